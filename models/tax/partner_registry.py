"""SIREN, SIRET and RNA of a French customer: checked, and refused where typed.

What a person types on a form is refused with the part that is wrong. What an import or
another program brings is kept and listed: half a file is worse than a bad number.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .number_texts import TAKEN, fault_text
from .numbers import (
    Finding,
    iban_finding,
    registry_finding,
    rna_finding,
    siren_of_vat,
    vat_finding,
)

# Where companies have a SIREN: France and overseas, New Caledonia and Polynesia not.
WITH_SIREN = frozenset("FR GP MQ GF RE YT BL MF PM".split())


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_rna = fields.Char(
        string="RNA",
        help="Number in the national register of French associations: W and 9 digits.",
    )
    rr_registry_fault = fields.Char(
        string="What Is Wrong with the SIREN or SIRET",
        compute="_compute_rr_registry_fault",
        store=True,
    )
    rr_rna_fault = fields.Char(
        string="What Is Wrong with the RNA",
        compute="_compute_rr_rna_fault",
        store=True,
    )
    rr_registry_message = fields.Char(
        string="SIREN or SIRET", compute="_compute_rr_registry_message"
    )
    rr_rna_message = fields.Char(string="RNA Number", compute="_compute_rr_rna_message")

    def _registry_finding(self):
        """Return the finding on the SIREN or SIRET, None where there is none."""
        self.ensure_one()
        if self.country_id.code not in WITH_SIREN:
            return None
        finding = registry_finding(self.company_registry)
        if finding is None or finding.fault:
            return finding
        of_vat = vat_finding(self.vat, self.country_id.code)
        inside = siren_of_vat(of_vat)
        if inside and not finding.number.startswith(inside):
            siren = finding.number[:9]
            return Finding(
                finding.number, "FR", "registry_vat", (of_vat.number,), siren
            )
        return finding

    @api.depends("company_registry", "country_id", "vat")
    def _compute_rr_registry_fault(self):
        for partner in self:
            finding = partner._registry_finding()
            partner.rr_registry_fault = finding.fault if finding else False

    @api.depends("rr_rna")
    def _compute_rr_rna_fault(self):
        for partner in self:
            finding = rna_finding(partner.rr_rna)
            partner.rr_rna_fault = finding.fault if finding else False

    @api.depends("company_registry", "country_id", "vat")
    @api.depends_context("lang")
    def _compute_rr_registry_message(self):
        for partner in self:
            finding = partner._registry_finding()
            partner.rr_registry_message = fault_text(self.env, finding)

    @api.depends("rr_rna")
    @api.depends_context("lang")
    def _compute_rr_rna_message(self):
        for partner in self:
            partner.rr_rna_message = fault_text(self.env, rna_finding(partner.rr_rna))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([_rna_as_registered(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(_rna_as_registered(vals))

    def _commercial_fields(self):
        return [*super()._commercial_fields(), "rr_rna"]

    # ------------------------------------------------------------------
    # Typed on a form
    # ------------------------------------------------------------------

    def web_save(self, vals, specification, next_id=None):
        result = super().web_save(vals, specification, next_id=next_id)
        saved = self or self.browse(row["id"] for row in result)
        for partner in saved:
            partner._refuse_typed(vals)
        return result

    def _refuse_typed(self, vals):
        """Refuse the numbers among ``vals`` that are wrong, saying which part is."""
        texts = []
        if "vat" in vals and self == self.commercial_partner_id:
            finding = vat_finding(self.vat, self.country_id.code or "")
            if finding and finding.fault not in TAKEN:
                texts.append((self.env._("VAT number"), finding))
        if "company_registry" in vals and self.rr_registry_fault != "registry_vat":
            finding = self._registry_finding()
            texts.append((self.env._("SIREN or SIRET"), finding))
        if "rr_rna" in vals:
            texts.append((self.env._("RNA"), rna_finding(self.rr_rna)))
        for command in vals.get("bank_ids") or ():
            typed = command[0] in (0, 1) and command[2].get("acc_number")
            texts.append((self.env._("Bank account"), iban_finding(typed)))
        wrong = [
            self.env._(
                "%(name)s: %(fault)s", name=name, fault=fault_text(self.env, finding)
            )
            for name, finding in texts
            if finding and finding.fault
        ]
        if wrong:
            raise ValidationError("\n".join(wrong))

    @api.model
    def _build_vat_error_message(self, country_code, wrong_vat, record_label):
        """Odoo's refusal of a VAT number, and which part of the number is wrong."""
        message = super()._build_vat_error_message(
            country_code, wrong_vat, record_label
        )
        finding = vat_finding(wrong_vat, (country_code or "").upper())
        part = fault_text(self.env, finding)
        return f"{message}\n\n{part}" if part else message


def _rna_as_registered(vals):
    finding = rna_finding(vals.get("rr_rna"))
    return {**vals, "rr_rna": finding.number} if finding else vals
