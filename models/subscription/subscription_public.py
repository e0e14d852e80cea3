from odoo import api, fields, models


class RecurringSubscription(models.Model):
    """What public customers want to read on every invoice, or refuse it."""

    _inherit = "recurring.subscription"

    service_code = fields.Char(
        help="The department of a public customer that the invoice goes to (Chorus "
        "Pro: code service). Exported in electronic invoices (BT-10).",
    )
    commitment_number = fields.Char(
        help="The public customer's order (Chorus Pro: numéro d'engagement). "
        "Exported in electronic invoices (BT-13).",
    )

    @api.depends("service_code", "commitment_number")
    def _compute_billing_group(self):
        """An invoice has one service code and one commitment number."""
        result = super()._compute_billing_group()
        for sub in self:
            codes = (sub.service_code or "", sub.commitment_number or "")
            if sub.invoice_grouping == "customer" and any(codes):
                sub.billing_group += f"/{codes[0]}/{codes[1]}"
        return result
