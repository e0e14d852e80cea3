"""Who an anonymised contact was, as long as the law asks for it and no longer."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...guard import applying, is_applying


class RecurringIdentity(models.Model):
    """Name and address of somebody who was anonymised but whose entries or receipts
    must still be explained to an auditor or the tax office.

    Treasurers read it; it is deleted on the day until which the law asks for it
    (GDPR, article 17-3 b).
    """

    _name = "recurring.identity"
    _description = "Identity Kept for Accounting"
    _order = "keep_until, id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    name = fields.Char(required=True, readonly=True)
    address = fields.Char(readonly=True)
    vat = fields.Char(string="VAT Number", readonly=True)
    why = fields.Char(string="Kept For", readonly=True)
    keep_until = fields.Date(required=True, readonly=True, index=True)

    def write(self, vals):
        """Refuse: it is what it was."""
        if not is_applying(self.env):
            raise UserError(self.env._("An identity that is kept does not change."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_when_over(self):
        if not is_applying(self.env):
            raise UserError(self.env._("It is deleted when its delay is over."))

    @api.model
    def _cron_purge(self):
        """Delete identities whose delay is over, and what receipts say of the donor."""
        today = fields.Date.context_today(self)
        over = applying(self.search([("keep_until", "<=", today)]))
        for company, rows in over.grouped("company_id").items():
            receipts = self.env["recurring.tax.receipt"].search(
                [
                    "|",
                    ("partner_id", "in", rows.partner_id.ids),
                    ("joint_partner_id", "in", rows.partner_id.ids),
                    ("company_id", "=", company.id),
                ]
            )
            receipts._forget_donor(rows.partner_id)
            self.env["recurring.privacy.log"]._record(
                "anonymise",
                len(rows),
                self.env._("Identities deleted: their delay is over."),
                company=company,
            )
        over.unlink()


class RecurringTaxReceipt(models.Model):
    _inherit = "recurring.tax.receipt"

    def _forget_donor(self, partners):
        """Let receipts whose delay is over say no more whose they were.

        :param partners: who is forgotten: the donor, or who gave jointly with them
        """
        for receipt in self:
            values = {}
            if receipt.partner_id in partners:
                values |= {
                    "donor_name": receipt.partner_id.name,
                    "donor_siren": False,
                    "donor_street": False,
                    "donor_town": False,
                }
            if receipt.joint_partner_id in partners:
                values["donor_joint_name"] = receipt.joint_partner_id.name
            applying(receipt).write(values)
        # sudo: files of receipts belong to them, whoever stored them.
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
