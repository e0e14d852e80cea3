from odoo import models

SERVICES = ("service", "intangible", "electronic", "member_service", "training")
# Where the seller's own VAT is charged, so that the débits option means something.
TAXED_AT_HOME = ("domestic", "dom_service")


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _rr_supply(self):
        """Return what the line sells, in the words of VAT law: as decided, else as the
        product says; "" for a line without product."""
        self.ensure_one()
        facts = self.rr_vat_decision_id.inputs or {}
        if facts.get("supply"):
            return facts["supply"]
        if self.product_id:
            return self.product_id.product_tmpl_id._vat_nature().supply
        return ""

    def _rr_is_taxed_at_home(self):
        self.ensure_one()
        decision = self.rr_vat_decision_id
        if decision:
            return decision.is_taxed and decision.treatment in TAXED_AT_HOME
        return any(tax.amount for tax in self.tax_ids)
