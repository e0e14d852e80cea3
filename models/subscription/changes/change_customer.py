"""Who has the subscription and who pays it, from a day on."""

from odoo import models
from odoo.exceptions import UserError

PARTIES = ("partner_id", "partner_invoice_id", "partner_shipping_id")


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _apply_customer(self, edit, values):
        """Change customer, invoice address or service address: ids of partners.

        What was billed so far stays with who was billed, and a period that began before
        that day is still billed to them. A new customer brings its own addresses unless
        they are given. Prices and currency stay as agreed.
        """
        asked = {name: int(values[name]) for name in PARTIES if values.get(name)}
        changed = {name: new for name, new in asked.items() if self[name].id != new}
        if not changed:
            raise UserError(self.env._("Nothing was changed."))
        partners = self.env["res.partner"].browse(changed.values())
        for partner in partners:
            if not partner.exists() or not partner.active:
                raise UserError(self.env._("Choose a customer that is not archived."))
            if partner.company_id and partner.company_id != self.company_id:
                raise UserError(
                    self.env._(
                        "%(partner)s belongs to %(company)s.",
                        partner=partner.display_name,
                        company=partner.company_id.name,
                    )
                )
        if "partner_id" in changed:
            partner = self.env["res.partner"].browse(changed["partner_id"])
            address = partner.address_get(["invoice"])["invoice"]
            own = {"partner_invoice_id": address, "partner_shipping_id": partner.id}
            changed |= {**own, **asked}
        if self.fiscal_position_id and "partner_invoice_id" in changed:
            # It was chosen for who paid so far.
            changed["fiscal_position_id"] = False
        edit.set(**changed, payer_until=edit.day)
        return "customer"
