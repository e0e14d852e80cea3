from odoo import api, fields, models

ENDED = ("closed",)


class RecurringSubscription(models.Model):
    """Says what its electronic invoices will lack, long before one is made."""

    _inherit = "recurring.subscription"

    edi_missing = fields.Char(
        string="Missing in Electronic Invoices", compute="_compute_edi_missing"
    )

    def _rr_edi_missing(self):
        """Return sentences, each naming what to fill in and where."""
        self.ensure_one()
        company, payer = self.company_id, self.partner_invoice_id or self.partner_id
        if company.account_fiscal_country_id.code != "FR" or not payer:
            return []
        if not company._vat_is_decided():
            return []
        return company._rr_edi_missing() + payer._rr_edi_missing_customer()

    @api.depends("partner_id", "partner_invoice_id", "company_id", "state")
    def _compute_edi_missing(self):
        for sub in self:
            running = sub.state not in ENDED
            sub.edi_missing = " ".join(sub._rr_edi_missing()) if running else False
