"""The set-up's page of existing books: what is taken over, and what that books."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..models.revenue.revenue_accounts import RevenueChart

SHOWN = 8


class RecurringRevenueSetUp(models.TransientModel):
    _inherit = "recurring.revenue.set.up"

    opening_day = fields.Date(string="Start Day")
    carried_account_id = fields.Many2one(
        "account.account",
        string="Result Carried Forward",
        check_company=True,
        domain=[("internal_group", "not in", ("income", "expense"))],
        help="What belongs to earlier years is booked against it, never against the "
        "revenue of this year.",
    )
    opening_html = fields.Html(compute="_compute_opening", sanitize=False)
    has_opening = fields.Boolean(compute="_compute_opening")
    has_entry = fields.Boolean(compute="_compute_opening")
    needs_carried = fields.Boolean(compute="_compute_opening")
    by_hand_count = fields.Integer(compute="_compute_opening")
    opening_move_id = fields.Many2one("account.move", readonly=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "carried_account_id" in fields_list:
            found = RevenueChart(self.env.company).find("carried")
            values["carried_account_id"] = found.id
        return values

    def _save_policies(self):
        """Propose to take over the books on the day from which the policies hold."""
        done = super()._save_policies()
        if not self.opening_day:
            self.opening_day = self.date_from
        return done

    # ------------------------------------------------------------------
    # The preview
    # ------------------------------------------------------------------

    def _opening_fault(self):
        """Return why the books cannot be taken over on the day chosen, or False."""
        self.ensure_one()
        if self.step != "opening" or not self.opening_day:
            return self.env._("Choose the start day.")
        try:
            self.env["recurring.revenue.schedule"]._check_start(
                self.company_id, self.opening_day
            )
        except UserError as error:
            return str(error)
        return False

    @api.depends("step", "opening_day", "carried_account_id", "company_id")
    @api.depends_context("lang")
    def _compute_opening(self):
        for wizard in self:
            fault = wizard._opening_fault()
            empty = {"has_opening": False, "has_entry": False, "needs_carried": False}
            values = {**empty, "by_hand_count": 0, "opening_html": False}
            if wizard.step == "opening" and fault:
                values["opening_html"] = wizard._opening_page(fault=fault)
            elif wizard.step == "opening":
                values.update(wizard._opening_values())
            wizard.update(values)

    def _opening_values(self):
        company, start = self.company_id.sudo(), self.opening_day
        # sudo: who may set up revenue (checked by the buttons, and by the access to
        # this wizard) sees what of the company's books is taken over.
        comparison = company._revenue_comparison(start)
        by_hand = company._revenue_by_hand(start)
        needs_carried = bool(comparison.carried)
        return {
            "has_opening": bool(comparison.openings.found),
            "has_entry": bool(comparison.difference),
            "needs_carried": needs_carried,
            "by_hand_count": len(by_hand),
            "opening_html": self._opening_page(
                fault=False,
                sources=self._source_rows(comparison),
                rows=self._comparison_rows(comparison),
                agrees=not comparison.difference,
                entry=comparison.difference and self._entry_rows(comparison),
                entry_day=format_date(self.env, company._revenue_open_day(start)),
                problems=comparison.openings.problems[:SHOWN],
                more_problems=max(len(comparison.openings.problems) - SHOWN, 0),
                by_hand=self._by_hand_rows(by_hand),
                more_by_hand=max(len(by_hand) - SHOWN, 0),
                late=self._late_text(comparison),
                day=format_date(self.env, start),
            ),
        }

    def _opening_page(self, **values):
        return self.env["ir.qweb"]._render(
            "recurring_revenue.revenue_set_up_opening", values
        )

    def _money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)

    def _named(self, account):
        """Return code and name: the display name has the code for some users only."""
        account = account.with_company(self.company_id)
        return " ".join(filter(None, (account.code, account.name)))

    def _source_rows(self, comparison):
        """Return ``[(what, how many, amount)]`` of what is taken over."""
        names = {
            "item": self.env._("Billed by a former system"),
            "line": self.env._("Lines of invoices and credit notes"),
        }
        found = {}
        for opening in comparison.openings.found:
            key = (opening.source, opening.is_continuous)
            count, amount = found.get(key, (0, 0))
            found[key] = (count + 1, amount + opening.amount)
        return [
            (
                names[source]
                if is_continuous
                else self.env._(
                    "%s (deferred at closing, nothing is booked now)", names[source]
                ),
                count,
                self._money(amount),
            )
            for (source, is_continuous), (count, amount) in sorted(found.items())
        ]

    def _comparison_rows(self, comparison):
        account = self._named(self.company_id.rr_deferred_account_id)
        env = self.env
        rows = [(env._("To take over"), self._money(comparison.new))]
        if comparison.schedules:
            text = env._("Deferred already by schedules")
            rows.append((text, self._money(comparison.schedules)))
        rows += [
            (
                env._("Balance of %s in the books", account),
                self._money(comparison.account),
            ),
            (env._("Difference"), self._money(comparison.difference)),
        ]
        return rows

    def _entry_rows(self, comparison):
        """Return ``[(account, debit, credit)]`` of the one entry."""
        accounts = self.env["account.account"]
        lines = self.company_id._revenue_opening_lines(
            comparison, self.carried_account_id
        )
        rows = []
        for line in lines:
            account = accounts.browse(line["account_id"] or ())
            amount = line["amount"]
            rows.append(
                (
                    self._named(account) or self.env._("Result carried forward"),
                    self._money(amount) if amount > 0 else "",
                    self._money(-amount) if amount < 0 else "",
                )
            )
        return rows

    def _by_hand_rows(self, items):
        return [
            (
                format_date(self.env, item.date),
                item.move_id.name,
                item.name or "",
                self._money(-item.balance),
            )
            for item in items[:SHOWN]
        ]

    def _late_text(self, comparison):
        """Say what was invoiced from the start day on and booked as revenue."""
        count, last = comparison.openings.sources.posted_since()
        if not count:
            return False
        after = fields.Date.add(last.replace(day=1), months=1)
        return self.env._(
            "%(count)s invoice lines from %(day)s on were posted as revenue before "
            "there was a policy: they stay so. With %(after)s as the start day they "
            "are taken over too.",
            count=count,
            day=format_date(self.env, self.opening_day),
            after=format_date(self.env, after),
        )

    # ------------------------------------------------------------------
    # Doing it
    # ------------------------------------------------------------------

    def action_take_over(self):
        """Write the schedules and post the one entry; nothing where all is there."""
        self.ensure_one()
        self._check_may_set_up()
        self._check_accountant()
        if not self.opening_day:
            raise UserError(self.env._("Choose the start day."))
        # sudo: schedules are written by the work only, whoever starts it.
        company = self.company_id.sudo()
        _made, move = company._revenue_open(
            self.opening_day, self.carried_account_id.sudo()
        )
        if move:
            self.opening_move_id = move.id
        return False

    def action_open_entry(self):
        """Open the entry that was posted."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.opening_move_id.id,
            "views": [(False, "form")],
        }

    def action_open_schedules(self):
        """Open what was taken over."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Taken Over"),
            "res_model": "recurring.revenue.schedule",
            "domain": list(
                Domain("kind", "=", "opening")
                & Domain("company_id", "=", self.company_id.id)
            ),
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }

    def action_open_by_hand(self):
        """Open the items that move deferred revenue without a schedule."""
        items = self.company_id.sudo()._revenue_by_hand(self.opening_day)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deferred Revenue by Hand"),
            "res_model": "account.move.line",
            "domain": [("id", "in", items.ids)],
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }
