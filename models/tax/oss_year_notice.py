"""What the accountant is told about sales to EU consumers, and does about them."""

from odoo import api, fields, models
from odoo.tools import format_amount


class RecurringVatOssYear(models.Model):
    _inherit = "recurring.vat.oss.year"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_prepare_oss(self):
        """Make the fiscal positions and taxes of the other member states; they are
        used from the invoice on that crosses the threshold."""
        self.ensure_one()
        self.check_access("write")
        self.env["account.tax"].check_access("create")
        self.company_id.rr_oss_prepared = True
        steps = self.company_id._vat_set_up()
        message = (
            self.env._("%s positions and taxes were made or adopted.", len(steps))
            if steps
            else self.env._("All rates of the other member states exist.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": "success"},
        }

    def action_open_lines(self):
        """Open the invoice lines that count."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "account.move.line",
            "views": [
                [self.env.ref("recurring_revenue.vat_line_view_list").id, "list"]
            ],
            "domain": [
                ("rr_vat_decision_id.counts_for_oss", "=", True),
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("invoice_date", ">=", f"{self.year}-01-01"),
                ("invoice_date", "<=", f"{self.year}-12-31"),
            ],
        }

    # ------------------------------------------------------------------
    # Telling the accountant
    # ------------------------------------------------------------------

    @api.model
    def _cron_watch(self):
        """Tell accountants whose company comes close to the threshold or crosses it."""
        today = fields.Date.context_today(self)
        companies = self.env["res.company"].search([("rr_vat_decides", "=", True)])
        for company in companies.filtered(lambda one: one._vat_is_decided()):
            if company._vat_taxes_at_destination(today):
                continue
            row = self._of(company, today.year) or self.create(
                {"company_id": company.id, "year": today.year}
            )
            row._note_crossing()
            if row.state == "near" and not row._activities():
                row._tell(row._near_text())

    def _gauge_text(self):
        """Return "EU consumers: 6,240.00 € of 10,000.00 € in 2026"."""
        self.ensure_one()
        return self.env._(
            "EU consumers: %(sold)s of %(limit)s in %(year)s",
            sold=format_amount(self.env, self.total_amount, self.currency_id),
            limit=format_amount(self.env, self.threshold_amount, self.currency_id),
            year=str(self.year),
        )

    def _near_text(self):
        return self.env._(
            "%s. Register for OSS, and run the VAT set-up with OSS now: from the "
            "invoice that crosses the threshold on, the customer's country is taxed, "
            "and its rates must exist by then.",
            self._gauge_text(),
        )

    def _crossing_text(self):
        return self.env._(
            "%s: the threshold is crossed. Register for OSS by the tenth of next "
            "month, run the VAT set-up with OSS so that all rates exist, and declare "
            "these sales by OSS every quarter.",
            self._gauge_text(),
        )

    def _activities(self):
        kind = self.env.ref("recurring_revenue.activity_oss_threshold")
        return self.activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def _tell(self, text):
        """Leave the accountant one activity with what to do."""
        self.ensure_one()
        row = self.with_context(mail_activity_quick_update=True)
        row._activities().unlink()
        row.activity_schedule(
            "recurring_revenue.activity_oss_threshold",
            note=text,
            user_id=self._accountant().id,
        )

    def _accountant(self):
        """Return who is told: a person who administers the company's accounts."""
        group = self.env.ref("account.group_account_manager")
        people = group.all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids and not user.share
        ).sorted("id")
        humans = people - self.env.ref("base.user_root")
        return humans[:1] or self.env.user
