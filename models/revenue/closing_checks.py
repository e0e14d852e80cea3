"""What should be seen to before a month is closed: a checklist that fills itself."""

from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang

from ..catalog.texts import money
from .report_ledger import IS_STRANGE, Ledger

SET_UP = "recurring_revenue.recurring_revenue_set_up_action"
SALES = ("out_invoice", "out_refund", "out_receipt")


class RecurringRevenueRun(models.Model):
    """Each check is a method ``_check_<key>``; it asks, and never writes.

    A warning does not keep anybody from closing: only what makes a posting impossible
    does.
    """

    _inherit = "recurring.revenue.run"

    @api.model
    def _check_keys(self):
        """Return the checks in the order in which they are shown."""
        return [
            "set_up",
            "month_over",
            "billing",
            "drafts",
            "problems",
            "to_assign",
            "unexplained",
            "on_hold",
            "earlier",
            "lock",
        ]

    def _checks(self):
        """Return the checklist of this month: dictionaries with

        ``key``, ``level`` (ok, info, warning, danger: danger makes posting impossible),
        ``count``, ``label`` (a sentence), ``button`` (or False) and ``action`` (where
        the button leads).
        """
        self.ensure_one()
        run = self.with_company(self.company_id)
        found = (getattr(run, f"_check_{key}")() for key in self._check_keys())
        return [check for check in found if check]

    @api.model
    def get_check_action(self, key, month, company_id):
        """Return the action that mends a check of the closing of a month.

        :param key: the ``key`` of a check
        :param month: any day of the month, as a date or ISO text
        """
        self.check_access("read")
        run = self.new(
            self._on_first_day({"month": month, "company_id": int(company_id)})
        )
        found = {check["key"]: check for check in run._checks()}
        return found[key]["action"] if key in found else False

    def _check(self, key, good, label, count=0, level="warning", button=False, to=None):
        """Return a check; ``good`` says that nothing is to be done about it."""
        return {
            "key": key,
            "level": "ok" if good else level,
            "label": label,
            "count": count,
            "button": False if good else button,
            "action": to,
        }

    # ------------------------------------------------------------------
    # What makes it impossible
    # ------------------------------------------------------------------

    def _check_set_up(self):
        obstacle = self.company_id._revenue_obstacle()
        if not obstacle:
            return self._check(
                "set_up", True, self.env._("Policies, accounts, journal")
            )
        return self._check(
            "set_up",
            False,
            obstacle,
            level="danger",
            button=self.env._("Set it up"),
            to=self._set_up_action(),
        )

    @api.model
    def _set_up_action(self):
        """Return the wizard that sets revenue recognition up, for who may use it."""
        if not self.env["recurring.revenue.set.up"].has_access("create"):
            return False
        return self.env["ir.actions.act_window"]._for_xml_id(SET_UP)

    def _check_month_over(self):
        today = fields.Date.context_today(self)
        if self.last_day <= today:
            return None
        return self._check(
            "month_over", False, self._not_over_text(), level="danger", to=False
        )

    # ------------------------------------------------------------------
    # What is missing
    # ------------------------------------------------------------------

    def _check_billing(self):
        billing = self.env["recurring.billing.run"].new(
            {"company_id": self.company_id.id, "date": self.last_day}
        )
        count = billing._count_due()
        if not count:
            label = self.env._("Everything due is billed")
        elif count == 1:
            label = self.env._("1 subscription is due and not billed")
        else:
            label = self.env._(
                "%s subscriptions are due and not billed", self._number(count)
            )
        may_bill = self.env.user.has_group("recurring_revenue.group_billing")
        return self._check(
            "billing",
            not count,
            label,
            count,
            button=may_bill and self.env._("Preview and bill"),
            to=self.env["recurring.today"]._new_run_action(self.last_day),
        )

    def _check_drafts(self):
        domain = [
            ("company_id", "=", self.company_id.id),
            ("move_type", "in", SALES),
            ("state", "=", "draft"),
            "|",
            ("invoice_date", "<=", self.last_day),
            "&",
            ("invoice_date", "=", False),
            ("date", "<=", self.last_day),
        ]
        return self._count_check(
            "drafts",
            "account.move",
            domain,
            self.env._("No customer invoice is left as a draft"),
            self.env._("1 customer invoice is still a draft"),
            self.env._("%s customer invoices are still drafts"),
            self.env._("Check and post"),
        )

    def _check_problems(self):
        problems = self.env["recurring.billing.problem"]
        return self._count_check(
            "problems",
            problems._name,
            [("company_id", "=", self.company_id.id), *problems._open_domain()],
            self.env._("No billing problem"),
            self.env._("1 subscription could not be billed"),
            self.env._("%s subscriptions could not be billed"),
            self.env._("Mend them"),
        )

    def _check_to_assign(self):
        return self._count_check(
            "to_assign",
            "account.move",
            [("company_id", "=", self.company_id.id), ("rr_to_assign", "=", True)],
            self.env._("Every credit note says what it gives back"),
            self.env._("1 credit note does not say which periods it gives back"),
            self.env._("%s credit notes do not say which periods they give back"),
            self.env._("Assign them"),
        )

    def _count_check(self, key, model, domain, good, one, many, button):
        """Return a check that counts records of a list, None where that is secret."""
        records = self.env[model]
        if not records.has_access("read"):
            return None
        count = records.search_count(domain)
        label = one if count == 1 else many % self._number(count)
        label = label if count else good
        action = self._list_of(model, domain, label) if count else False
        return self._check(key, not count, label, count, button=button, to=action)

    def _list_of(self, model, domain, name, views="list,form", **context):
        lists = False
        if model == "account.move":
            lists = self.env.ref("account.view_out_invoice_tree").id
            context["default_move_type"] = "out_invoice"  # shows the customers
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "domain": domain,
            "views": [
                [lists if view == "list" else False, view] for view in views.split(",")
            ],
            "context": {"create": False, **context},
        }

    # ------------------------------------------------------------------
    # What the books say
    # ------------------------------------------------------------------

    def _check_unexplained(self):
        """What stands on the deferred account and follows from no schedule."""
        amount = self._unexplained(self.last_day)
        ids = self._strange_lines(self.last_day) if amount else []
        if not amount:
            label = self.env._("Every amount of deferred revenue has its schedule")
        else:
            label = self.env._(
                "%(amount)s of deferred revenue follow from no schedule: nothing will "
                "recognise them",
                amount=money(self.env, amount, self.company_id.currency_id),
            )
        return self._check(
            "unexplained",
            not amount,
            label,
            len(ids),
            button=self.env._("See the entries"),
            to=self._list_of(
                "account.move.line",
                [("id", "in", ids)],
                self.env._("Deferred revenue without a schedule"),
            ),
        )

    def _check_on_hold(self):
        """Schedules whose months move, for as long as nobody resumes the service."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("subscription_id.state", "=", "paused"),
            ("kind", "in", ("invoice", "opening")),
            ("is_open", "=", True),
        ]
        count = self.env["recurring.revenue.schedule"].search_count(domain)
        if not count:
            return None
        if count == 1:
            label = self.env._("1 schedule stands still: its subscription is paused")
        else:
            label = self.env._(
                "%s schedules stand still: their subscriptions are paused",
                self._number(count),
            )
        return self._check(
            "on_hold",
            False,
            label,
            count,
            level="info",
            button=self.env._("See them"),
            to=self._list_of("recurring.revenue.schedule", domain, label),
        )

    def _check_earlier(self):
        """Earlier months with something to book: this closing catches them up."""
        if self.state not in ("draft", "stopped"):
            return None
        months = [month for month, _day in self._months_open() if month < self.month]
        if not months:
            label = self.env._("Earlier months are closed")
            return self._check("earlier", True, label)
        names = [self._month_name(month) for month in months[:3]]
        if len(months) > 3:
            names.append("…")
        label = self.env._(
            "Earlier months are open and booked with this one, each on its own last "
            "day: %s",
            ", ".join(names),
        )
        return self._check(
            "earlier",
            False,
            label,
            len(months),
            level="info",
            button=self.env._("See them"),
            to=self._list_of(
                "recurring.revenue.slice",
                [
                    ("company_id", "=", self.company_id.id),
                    ("run_id", "=", False),
                    ("due_month", "<", self.month),
                ],
                self.env._("Earlier months to book"),
                views="list",
            ),
        )

    def _check_lock(self):
        """A lock date moves what is booked now to the first open day."""
        company = self.company_id
        if self.state not in ("draft", "stopped") or not company.rr_revenue_journal_id:
            return None
        day = self._first_open_day(self.last_day)
        if day == self.last_day:
            return self._check("lock", True, self.env._("The month is open to entries"))
        label = self.env._(
            "The books are locked: booked on %s, with its own month of service",
            format_date(self.env, day),
        )
        return self._check("lock", False, label, level="info")

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _number(self, count):
        return formatLang(self.env, count, digits=0)

    def _strange_lines(self, day):
        """Return the ids of posted lines on deferred accounts up to a day that neither
        a schedule nor a closing explains."""
        settled = Ledger(self.company_id, self.month, day).settled_on(day)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.id
                  FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                 WHERE l.account_id = ANY(%(accounts)s) AND l.date <= %(day)s
                   AND l.company_id = %(company)s AND l.parent_state = 'posted'
                   AND %(strange)s AND l.date > %(settled)s
                 ORDER BY l.date DESC, l.id DESC LIMIT 1000
                """,
                accounts=self._deferred_accounts(),
                day=day,
                company=self.company_id.id,
                strange=IS_STRANGE,
                settled=settled or date.min,
            )
        )
        return [line_id for (line_id,) in rows]
