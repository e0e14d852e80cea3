"""How a partner is named in electronic invoices: SIREN, SIRET, electronic address."""

from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from odoo import api, models

from .facts import FRENCH_ADDRESS, Party

# Where the register of French companies numbers businesses.
WITH_SIREN = frozenset("FR GP MQ GF RE YT BL MF PM".split())
# Where invoices between businesses are French ones (not the overseas collectivities).
DOMESTIC = frozenset("FR GP MQ GF RE YT".split())
OUTSIDE_POSTCODES = ("97133", "97150")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _rr_einvoice_siret(self):
        """Return the SIRET (14 digits) that the registry number is, else ""."""
        digits = _plain(self.commercial_partner_id.company_registry)
        return digits if len(digits) == 14 and siret_number.is_valid(digits) else ""

    def _rr_einvoice_siren(self):
        """Return the SIREN (nine digits): of the registry number, else of the VAT
        number; "" where neither gives a right one."""
        payer = self.commercial_partner_id
        digits = _plain(payer.company_registry)
        if len(digits) == 14 and siret_number.is_valid(digits):
            return digits[:9]
        vat = _plain(payer.vat).upper()
        candidates = [digits, vat[4:] if vat.startswith("FR") else ""]
        return next((one for one in candidates if _is_siren(one)), "")

    def _rr_einvoice_party(self):
        """Return the values of BG-4 or BG-7 for this partner's commercial entity."""
        payer = self.commercial_partner_id
        french = payer._rr_has_siren()
        siren = payer._rr_einvoice_siren() if french else ""
        return Party(
            french=french,
            siren=siren,
            siret=payer._rr_einvoice_siret() if french else "",
            registry="" if french else payer.company_registry or "",
            vat=payer._rr_einvoice_vat(),
            address=payer._rr_einvoice_address(siren),
        )

    def _rr_has_siren(self):
        return (self.country_id.code or "FR") in WITH_SIREN

    def _rr_is_domestic(self):
        """Tell whether the place is one of French domestic invoices."""
        if (self.country_id.code or "") not in DOMESTIC:
            return False
        return not _plain(self.zip).startswith(OUTSIDE_POSTCODES)

    def _rr_einvoice_vat(self):
        vat = _plain(self.vat)
        return "" if vat == "/" else vat

    def _rr_einvoice_address(self, siren):
        """Return (scheme, address): the one entered, else the SIREN in France."""
        own = (self.peppol_eas, self.peppol_endpoint)
        if siren and own[0] != FRENCH_ADDRESS and not self._rr_behind_chorus():
            return FRENCH_ADDRESS, siren
        return own if all(own) else None

    @api.depends("is_company", "vat", "zip")
    def _compute_invoice_edi_format(self):
        # Not on rr_vat_status: an uninstallation takes along what depends on its
        # fields, even core's own field on users.
        return super()._compute_invoice_edi_format()

    def write(self, vals):
        result = super().write(vals)
        if "rr_vat_status" in vals:
            self.invalidate_recordset(["invoice_edi_format"])
        return result

    def _get_suggested_invoice_edi_format(self):
        """Suggest Factur-X for French businesses and public bodies, to a company in
        France that decides VAT by rules; whoever is reached through Peppol keeps it."""
        suggested = super()._get_suggested_invoice_edi_format()
        if suggested or not self._rr_is_invoiced_electronically():
            return suggested
        on_peppol = (
            "peppol_verification_state" in self._fields
            and self.peppol_verification_state == "valid"
        )
        return False if on_peppol or self._rr_behind_chorus() else "facturx"

    def _rr_is_invoiced_electronically(self):
        """Tell whether the French platforms pass on the current company's invoices."""
        company, payer = self.env.company, self.commercial_partner_id
        return (
            company.account_fiscal_country_id.code == "FR"
            and company._vat_is_decided()
            and payer._rr_is_domestic()
            and payer.rr_vat_status in ("business", "public")
        )

    def _rr_behind_chorus(self):
        """Tell whether invoices reach this public body through Chorus Pro's Peppol
        address: its own rules then hold (l10n_fr_facturx_chorus_pro)."""
        return self.env["account.edi.xml.ubl_bis3"]._is_customer_behind_chorus_pro(self)


def _plain(value):
    return "".join((value or "").split())


def _is_siren(digits):
    return len(digits) == 9 and digits.isdigit() and siren_number.is_valid(digits)
