"""What the page of a closing says afterwards: movements, and what was booked."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    record_html = fields.Html(compute="_compute_record_html", sanitize=False)
    can_lock = fields.Boolean(compute="_compute_can_lock")

    @api.depends("state", "move_ids", "month")
    @api.depends_context("lang")
    def _compute_record_html(self):
        for run in self:
            run.record_html = run.state in ("done", "stopped", "undone") and self.env[
                "ir.qweb"
            ]._render("recurring_revenue.closing_record", run._record_values())

    def _record_values(self):
        statement = self._statement()
        rows = self._booked_rows() if self.state != "undone" else []
        return {
            **self._rows_values(rows),
            "lines": [
                (label, self._money(statement[name]))
                for name, label in self._statement_labels().items()
                if statement[name] or name in ("opening", "recognised")
            ],
            "closing": self._money(statement["closing"]),
            "ledger": self._ledger_text(statement["ledger"]),
            "difference": self._money(statement["difference"]),
            "agrees": not statement["difference"],
            "month": self._month_name(self.month),
            "date": fields.Date.to_string(self.month),
            "company": self.company_id.id,
            "last_day": format_date(self.env, self.last_day),
            "undone": self.state == "undone",
        }

    def _statement_labels(self):
        return {
            "opening": self.env._("Deferred at the beginning"),
            "billed": self.env._("Billed"),
            "taken_over": self.env._("Taken over"),
            "credited": self.env._("Credited"),
            "recognised": self.env._("Recognised"),
            "currency": self.env._("Currency differences"),
            "elsewhere": self.env._("Cut-off booked on another day, or not yet"),
        }

    def _ledger_text(self, amount):
        """Return "General ledger 487: 18,204.33 €"."""
        accounts = self.env["account.account"].browse(self._deferred_accounts())
        # sudo: a number of an account is no secret to who may read the closing.
        codes = accounts.sudo().with_company(self.company_id).mapped("code")
        return self.env._(
            "General ledger %(accounts)s: %(amount)s",
            accounts=", ".join(filter(None, codes)),
            amount=self._money(amount),
        )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_entries(self):
        """Open the entries of this closing, those that took it back included."""
        self.ensure_one()
        entries = self.move_ids
        views = [[False, "list"], [False, "form"]]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries of %s", self.display_name),
            "res_model": "account.move",
            "domain": [("rr_revenue_run_id", "=", self.id)],
            "views": views[1:] if len(entries) == 1 else views,
            "res_id": entries.id if len(entries) == 1 else False,
            "context": {"create": False},
        }

    def action_open_slices(self):
        """Open what this closing booked, or is going to book, month by month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_revenue_slice_action"
        )
        domain = [("run_id", "=", self.id)]
        if self.state in ("draft", "running"):
            domain = [
                ("company_id", "=", self.company_id.id),
                ("run_id", "=", False),
                ("due_month", "<=", self.month),
            ]
        return {
            **action,
            "name": self.display_name,
            "domain": domain,
            "context": {"search_default_group_customer": 1},
        }

    @api.depends("state", "last_day", "company_id")
    @api.depends_context("uid")
    def _compute_can_lock(self):
        manager = self.env.user.has_group("account.group_account_manager")
        for run in self:
            company = run.company_id
            locked = max(
                filter(None, (company.fiscalyear_lock_date, company.hard_lock_date)),
                default=None,
            )
            run.can_lock = (
                manager
                and run.state == "done"
                and not (locked and locked >= run.last_day)
            )

    def action_lock(self):
        """Lock the books up to the end of this month, where the user may."""
        self.ensure_one()
        if not self.can_lock:
            raise UserError(
                self.env._(
                    "Only an accounting administrator locks the books, after the month "
                    "was closed and where they are not locked already."
                )
            )
        # sudo: an accounting administrator sets lock dates, here as in the settings.
        self.company_id.sudo().fiscalyear_lock_date = self.last_day
        self.message_post(
            body=self.env._(
                "The books are locked up to %s.", format_date(self.env, self.last_day)
            )
        )
        return True
