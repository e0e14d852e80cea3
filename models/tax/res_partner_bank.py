from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .number_texts import fault_text
from .numbers import iban_finding


class ResPartnerBank(models.Model):
    """Bank accounts whose number looks like an IBAN: is it one, and of which country.

    Other account numbers are left alone. Typed on a form, a wrong IBAN is refused;
    brought by an import, it is kept and listed.
    """

    _inherit = "res.partner.bank"

    rr_iban_fault = fields.Char(
        string="What Is Wrong with the IBAN", compute="_compute_rr_iban", store=True
    )
    rr_iban_country = fields.Char(
        string="Country of the IBAN",
        compute="_compute_rr_iban",
        store=True,
        help="ISO code, empty where the number is no right IBAN.",
    )
    rr_iban_message = fields.Char(string="IBAN", compute="_compute_rr_iban_message")

    @api.depends("acc_number")
    def _compute_rr_iban(self):
        for account in self:
            finding = iban_finding(account.acc_number)
            account.rr_iban_fault = finding.fault if finding else False
            right = finding and not finding.fault
            account.rr_iban_country = finding.country if right else False

    @api.depends("acc_number")
    @api.depends_context("lang")
    def _compute_rr_iban_message(self):
        for account in self:
            finding = iban_finding(account.acc_number)
            account.rr_iban_message = fault_text(self.env, finding)

    def web_save(self, vals, specification, next_id=None):
        result = super().web_save(vals, specification, next_id=next_id)
        if "acc_number" in vals:
            saved = self or self.browse(row["id"] for row in result)
            saved._refuse_typed()
        return result

    def _refuse_typed(self):
        """Refuse wrong IBANs, saying which part is wrong."""
        for account in self.filtered("rr_iban_fault"):
            raise ValidationError(account._iban_sentence())

    def _iban_sentence(self):
        return self.env._(
            "Bank account %(number)s: %(fault)s",
            number=self.acc_number,
            fault=self.rr_iban_message,
        )
