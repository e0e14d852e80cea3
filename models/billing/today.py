"""The home of the app: what needs a person, in one list, each with its one button."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ..catalog.texts import money
from ..subscription.recurring_subscription import RUNNING

SHOWN = 4  # entries of each section; the button shows all
DRY_RUN = 100  # subscriptions up to which the next billing's amount is computed


class RecurringToday(models.AbstractModel):
    """Answers the screen "Today". Later stages add their sections to ``_sections``."""

    _name = "recurring.today"
    _description = "Today"

    @api.model
    @api.readonly
    def get_today(self):
        """Return what the screen shows: sections, first steps and the next billing.

        Only what the user may see, in the companies that are switched on. A section
        is a dictionary: id, title, icon, tone, count, entries, button, action.
        """
        user = self.env.user
        if not any(map(user.has_group, self._reader_groups())):
            raise AccessError(self.env._("You have no access to subscriptions."))
        sections = [self._finish_section(section) for section in self._sections()]
        return {
            "sections": [section for section in sections if section["count"]],
            "steps": self._first_steps(),
            "next": self._next_billing(),
        }

    @api.model
    def _reader_groups(self):
        return (
            "recurring_revenue.group_user",
            "account.group_account_readonly",
            "account.group_account_invoice",
        )

    # ------------------------------------------------------------------
    # What needs a person
    # ------------------------------------------------------------------

    @api.model
    def _sections(self):
        """Return the sections, most urgent first; ``_section`` says what is in one."""
        return []

    def _section(self, key, model, domain, title, button, entry, **options):
        """Return a section before it is asked: what to count and how to tell it.

        :param entry: a function from a record to (title, detail).
        :param options: ``action`` (xmlid of the list to open), ``order``, ``icon``,
            ``tone`` (danger, warning, info), ``target`` (a function from a record to
            the record that a click opens), ``context`` for the list, ``second`` (a
            function from the domain to a second button: button, confirm, model,
            method, ids; or False).
        """
        return {
            "key": key,
            "model": model,
            "domain": domain,
            "title": title,
            "button": button,
            "entry": entry,
            **options,
        }

    def _finish_section(self, spec):
        """Count the section's records and tell the first of them."""
        model = self.env[spec["model"]]
        if not model.has_access("read"):
            return {"count": 0}
        count = model.search_count(spec["domain"])
        records = (
            model.search(spec["domain"], order=spec.get("order"), limit=SHOWN)
            if count
            else model
        )
        target = spec.get("target") or (lambda record: record)
        entries = []
        for record in records:
            title, detail = spec["entry"](record)
            opened = target(record)
            entries.append(
                {
                    "id": record.id,
                    "title": title,
                    "detail": detail or "",
                    "model": opened._name,
                    "res_id": opened.id,
                }
            )
        return {
            "id": spec["key"],
            "title": spec["title"],
            "icon": spec.get("icon", "fa-circle-o"),
            "tone": spec.get("tone", "info"),
            "count": count,
            "entries": entries,
            "more": count - len(entries),
            "button": spec["button"],
            "action": self._list_action(spec),
            "second": bool(count and spec.get("second"))
            and spec["second"](spec["domain"]),
        }

    def _list_action(self, spec):
        """Return the action that opens the whole list of a section."""
        action = {
            "type": "ir.actions.act_window",
            "name": spec["title"],
            "res_model": spec["model"],
            "domain": list(Domain(spec["domain"])),
            "views": [[False, "list"], [False, "form"]],
            "context": spec.get("context", {}),
        }
        known = spec.get("action") and self.env.ref(spec["action"], False)
        if known:
            # The action's own views and empty screen, our list.
            vals = self.env["ir.actions.act_window"]._for_xml_id(spec["action"])
            action = {
                **vals,
                **action,
                "views": vals["views"],
            }
        return action

    # ------------------------------------------------------------------
    # Next billing
    # ------------------------------------------------------------------

    @api.model
    def _next_billing(self):
        """Return what comes next for the company: a sentence and the button."""
        run = self.env["recurring.billing.run"].new(
            {"company_id": self.env.company.id, "date": fields.Date.context_today(self)}
        )
        # What failed before is due like the rest: the next billing tries it again.
        due = self._count_due(run)
        coming = None if due else run._next_billing()
        if coming:
            run.date, due = coming
        elif not due:
            return False
        detail = self._billing_detail(run, due)
        if coming:
            title = self.env._("Next billing: %s", format_date(self.env, run.date))
        elif run.company_id.rr_nightly_billing:
            title = self.env._("Due now, billed tonight by itself")
        else:
            title = self.env._("Due now")
        return {
            "title": title,
            "detail": detail,
            "due": not coming,
            "button": self.env._("Preview it")
            if coming
            else self.env._("Preview and bill"),
            "action": self._new_run_action(run.date)
            if self.env.user.has_group("recurring_revenue.group_billing")
            else False,
        }

    def _count_due(self, run):
        """Return how many the user sees that are due."""
        return self.env["recurring.subscription"].search_count(
            [
                ("company_id", "=", run.company_id.id),
                ("state", "in", RUNNING),
                ("hold", "=", False),
                ("next_billing_date", "<=", run.date),
            ]
        )

    def _billing_detail(self, run, due):
        """Return "214 invoices, 48,310 EUR before tax (preview)", or only the count."""
        may_read = self.env.user.has_group("account.group_account_invoice")
        if not may_read or due > DRY_RUN:
            if due == 1:
                return self.env._("1 subscription")
            return self.env._("%s subscriptions", formatLang(self.env, due, digits=0))
        sums = run._preview_sums()
        currency = run.company_id.currency_id
        parts = [self._counted_invoices(sums["invoices"])]
        if sums["credit_notes"]:
            parts.append(self._counted_credit_notes(sums["credit_notes"]))
        parts.append(
            self.env._(
                "%s before tax (preview)", money(self.env, sums["company"][0], currency)
            )
        )
        if sums["problem_count"]:
            parts.append(self.env._("%s with a problem", sums["problem_count"]))
        return ", ".join(parts)

    def _counted_invoices(self, count):
        if count == 1:
            return self.env._("1 invoice")
        return self.env._("%s invoices", formatLang(self.env, count, digits=0))

    def _counted_credit_notes(self, count):
        if count == 1:
            return self.env._("1 credit note")
        return self.env._("%s credit notes", formatLang(self.env, count, digits=0))

    def _new_run_action(self, date=None):
        context = {"default_date": fields.Date.to_string(date)} if date else {}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Billing"),
            "res_model": "recurring.billing.run",
            "views": [[False, "form"]],
            "context": context,
        }

    # ------------------------------------------------------------------
    # First use
    # ------------------------------------------------------------------

    @api.model
    def _first_steps(self):
        """Return the three steps to a first invoice, nothing once all are done."""
        may_bill = self.env.user.has_group("recurring_revenue.group_billing")
        may_plan = self.env.user.has_group("recurring_revenue.group_manager")
        plan = self.env["recurring.plan"].search_count(
            [("current_version_id", "!=", False)], limit=1
        )
        started = self.env["recurring.subscription"].search_count(
            [("state", "!=", "draft")], limit=1
        )
        billed = self.env["recurring.billing.run"].search_count(
            [("state", "in", ("running", "stopped", "done"))], limit=1
        )
        if billed and started:
            return []
        return [
            self._step(
                "plan",
                self.env._("Create a plan"),
                self.env._(
                    "What you sell, its price and how often it is billed. Publish it."
                ),
                plan,
                self.env._("New plan"),
                may_plan
                and self._form_action("recurring.plan", self.env._("New plan")),
            ),
            self._step(
                "subscription",
                self.env._("Start a subscription"),
                self.env._(
                    "Choose a customer and the plan, then press Start. A confirmed "
                    "quotation does the same."
                ),
                started,
                self.env._("New subscription"),
                self.env["recurring.subscription"].has_access("create")
                and self._form_action(
                    "recurring.subscription", self.env._("New subscription")
                ),
            ),
            self._step(
                "bill",
                self.env._("Bill"),
                self.env._(
                    "See the invoices before they are made, then make them: each "
                    "period once."
                ),
                billed,
                self.env._("Preview and bill"),
                may_bill and self._new_run_action(),
            ),
        ]

    def _step(self, key, title, text, done, button, action):
        return {
            "id": key,
            "title": title,
            "text": text,
            "done": bool(done),
            "button": button,
            "action": action,
        }

    def _form_action(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "form"]],
        }
