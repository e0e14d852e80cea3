"""How a partner is named in electronic invoices: SIREN, SIRET, electronic address."""

from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from odoo import models

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

    def _rr_behind_chorus(self):
        """Tell whether invoices reach this public body through Chorus Pro's Peppol
        address: its own rules then hold (l10n_fr_facturx_chorus_pro)."""
        return self.env["account.edi.xml.ubl_bis3"]._is_customer_behind_chorus_pro(self)


def _plain(value):
    return "".join((value or "").split())


def _is_siren(digits):
    return len(digits) == 9 and digits.isdigit() and siren_number.is_valid(digits)
