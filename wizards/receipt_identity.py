"""What receipts say of the association, completed by the treasurer in one window."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.tax.company_legal import siren_of
from ..models.tax.number_texts import fault_text
from ..models.tax.numbers import rna_finding

# Field of the window: field of the company.
FIELDS = {
    "street": "street",
    "zip": "zip",
    "city": "city",
    "rna": "rr_rna",
    "registry": "company_registry",
    "signatory": "rr_receipt_signatory",
    "signatory_function": "rr_receipt_function",
    "signature": "rr_receipt_signature",
}


class RecurringReceiptIdentity(models.TransientModel):
    """A treasurer need not be allowed to change all settings of the company."""

    _name = "recurring.receipt.identity"
    _description = "The Association on Tax Receipts"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    street = fields.Char()
    zip = fields.Char(string="Postal Code")
    city = fields.Char(string="Town")
    rna = fields.Char(string="RNA of the Association")
    registry = fields.Char(string="SIREN or SIRET of the Association")
    signatory = fields.Char(string="Signatory of Receipts")
    signatory_function = fields.Char(string="Function of the Signatory")
    signature = fields.Binary(attachment=False)

    @api.model
    def _open_for(self, company):
        """Return the action that opens the window for a company."""
        own = company.sudo()  # sudo: its own card, for whoever issues its receipts
        values = {name: own[source] for name, source in FIELDS.items()}
        window = self.create({"company_id": company.id, **values})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The Association on Tax Receipts"),
            "res_model": self._name,
            "res_id": window.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_save(self):
        """Keep what was filled in on the card of the association.

        :raises UserError: a number that cannot be right
        """
        self.ensure_one()
        self.env["recurring.tax.receipt"].check_access("create")
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("%s is not among your companies.", self.company_id.name)
            )
        finding = rna_finding(self.rna)
        if finding and finding.fault:
            raise UserError(fault_text(self.env, finding))
        if self.registry and not siren_of(self.registry):
            raise UserError(
                self.env._("%s is no SIREN or SIRET: check the digits.", self.registry)
            )
        # sudo: these fields of the card only; the right to issue receipts was checked.
        self.company_id.sudo().write(
            {source: self[name] for name, source in FIELDS.items()}
        )
        return {"type": "ir.actions.act_window_close"}
