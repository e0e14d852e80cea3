"""What an association said of itself on its receipts: kept as it was."""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tax.company_legal import siren_of, spaced
from ...tax.numbers import rna_finding
from ..gifts.recurring_gift_basis import BASES


class RecurringReceiptIssuer(models.Model):
    """Name, number, address, object, basis and signature, as they stood when receipts
    were issued: one row for as long as nothing changes. A receipt points to it, so
    that it prints the same years later."""

    _name = "recurring.receipt.issuer"
    _description = "Issuer of Tax Receipts, as It Was"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    date = fields.Date(string="First Used On", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    legal_form = fields.Char(readonly=True)
    rna = fields.Char(string="RNA", readonly=True)
    siren = fields.Char(string="SIREN", readonly=True)
    street = fields.Char(readonly=True)
    town = fields.Char(readonly=True)
    country = fields.Char(readonly=True)
    object = fields.Text(readonly=True)
    basis = fields.Selection(BASES, readonly=True)
    law = fields.Char(readonly=True)
    signatory = fields.Char(readonly=True)
    signatory_function = fields.Char(readonly=True)
    signature = fields.Binary(attachment=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)

    _digest_once = models.UniqueIndex("(company_id, digest)")

    def write(self, vals):
        """Refuse: what was said on receipts stays said."""
        if vals:
            raise UserError(self.env._("What past receipts say never changes."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What past receipts say is kept."))

    @api.model
    def _kept(self, company, basis, day, lang):
        """Return the row that holds what a company says of itself today.

        :param basis: the ``recurring.gift.basis`` that the gifts rest on
        :param lang: of the receipts: the object of the association has languages
        """
        content = company._rr_receipt_content() | {
            "object": basis.with_context(lang=lang).object,
            "basis": basis.basis,
            "law": basis.law or False,
        }
        country = company.country_id.with_context(lang=lang)
        content["country"] = country.name or False
        signature = company.rr_receipt_signature or b""
        text = json.dumps(content, sort_keys=True).encode() + signature
        digest = hashlib.sha256(text).hexdigest()
        # sudo: written by issuing, by nobody else.
        own = self.sudo()
        known = own.search(
            [("company_id", "=", company.id), ("digest", "=", digest)], limit=1
        )
        known = known or own.create(
            {
                **content,
                "company_id": company.id,
                "date": day,
                "signature": signature or False,
                "digest": digest,
            }
        )
        return self.browse(known.id)

    def _number_text(self):
        """Return SIREN and RNA as they are printed."""
        parts = []
        if self.siren:
            parts.append(f"SIREN {spaced(self.siren)}")
        if self.rna:
            parts.append(f"RNA {self.rna}")
        return ", ".join(parts)


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_receipt_signatory = fields.Char(
        string="Signatory of Receipts",
        help="Who signs the tax receipts: first name, name.",
    )
    rr_receipt_function = fields.Char(
        string="Function of the Signatory", help="For instance treasurer, president."
    )
    rr_receipt_signature = fields.Binary(
        string="Signature",
        attachment=True,
        help="A picture of the signature: it is printed on every tax receipt.",
    )

    def _rr_receipt_today(self):
        """Return the day it is for this company: that of issuing a receipt."""
        zone = self.sudo().partner_id.tz or self.env.context.get("tz")
        return fields.Date.context_today(self.with_context(tz=zone))

    def _rr_receipt_content(self):
        """Return what a company says of itself on receipts, without the basis."""
        self.ensure_one()
        own = self.sudo()  # sudo: its own card, for whoever may issue its receipts
        finding = rna_finding(own.rr_rna)
        return {
            "name": own.name,
            "legal_form": own.rr_legal_form or False,
            "rna": finding.number if finding and not finding.fault else False,
            "siren": siren_of(own.company_registry, own.vat) or False,
            "street": ", ".join(filter(None, (own.street, own.street2))) or False,
            "town": " ".join(filter(None, (own.zip, own.city))) or False,
            "signatory": own.rr_receipt_signatory or False,
            "signatory_function": own.rr_receipt_function or False,
        }

    def _rr_receipt_missing(self):
        """Return ``{code: words}`` of what receipts must say and nobody filled in."""
        self.ensure_one()
        said, env = self._rr_receipt_content(), self.env
        own = self.sudo()  # sudo: see ``_rr_receipt_content``
        missing = {}
        if not (said["street"] and own.zip and own.city):
            missing["address"] = env._("Address of the association")
        if not (said["rna"] or said["siren"]):
            missing["number"] = env._(
                "RNA number (W and nine digits) or SIREN of the association"
            )
        if not said["signatory"]:
            missing["signatory"] = env._("Who signs the receipts")
        if not own.rr_receipt_signature:
            missing["signature"] = env._("Picture of the signature")
        return missing


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rr_receipt_signatory = fields.Char(
        related="company_id.rr_receipt_signatory", readonly=False
    )
    rr_receipt_function = fields.Char(
        related="company_id.rr_receipt_function", readonly=False
    )
    rr_receipt_signature = fields.Binary(
        related="company_id.rr_receipt_signature", readonly=False
    )
    rr_receipt_rna = fields.Char(
        related="company_id.rr_rna", string="RNA of the Association", readonly=False
    )
    rr_receipt_registry = fields.Char(
        related="company_id.company_registry",
        string="SIREN or SIRET of the Association",
        readonly=False,
    )
