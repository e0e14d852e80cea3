from odoo import api, fields, models

# The fields of l10n_fr_facturx_chorus_pro, where it is installed, and ours.
CHORUS_PRO = {
    "buyer_reference": "service_code",
    "purchase_order_reference": "commitment_number",
}
OURS = {f"rr_{ours}": theirs for theirs, ours in CHORUS_PRO.items()}


class AccountMove(models.Model):
    _inherit = "account.move"

    rr_service_code = fields.Char(
        string="Service Code",
        help="The department of a public customer (BT-10, Chorus Pro: code service).",
    )
    rr_commitment_number = fields.Char(
        string="Commitment Number",
        help="The public customer's order (BT-13, Chorus Pro: numéro d'engagement).",
    )

    def _rr_public_code(self, name):
        """Return a code of the public customer: what stands in the field of Odoo's own
        module for Chorus Pro where it is installed, else in ours."""
        theirs = OURS[name]
        known = self[theirs] if theirs in self._fields else ""
        return known or self[name] or ""

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Show each code once: Odoo's own module for Chorus Pro has fields for them."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            for ours, theirs in OURS.items():
                if theirs in self._fields:
                    for node in arch.xpath(f"//field[@name='{ours}']"):
                        node.set("invisible", "1")
        return arch, view


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _prepare_invoice_header(self, document, run, resolver):
        """Carry over what a public customer wants to read on the invoice."""
        vals = super()._prepare_invoice_header(document, run, resolver)
        first = self[:1]
        if not (first.service_code or first.commitment_number):
            return vals
        vals.update(
            rr_service_code=first.service_code,
            rr_commitment_number=first.commitment_number,
        )
        known = self.env["account.move"]._fields
        vals.update(
            {name: first[ours] for name, ours in CHORUS_PRO.items() if name in known}
        )
        return vals
