"""What an invoice says of its parties, and of what kind of operation it is."""

from odoo import models
from odoo.tools import format_amount

from .account_move_line_words import SERVICES
from .company_legal import siren_of, spaced

# Whose companies have a SIREN; without a country, nothing is known.
WITH_SIREN = (False, "FR", "MC", "GP", "MQ", "RE", "GF", "YT", "BL", "MF", "PM")

DASH = " – "


class AccountMove(models.Model):
    _inherit = "account.move"

    def _rr_identity(self):
        """Return the company in one line: form, capital, seat, register, numbers."""
        data = self._rr_legal()
        parts = [data["name"], self._rr_form(data), data["address"]]
        parts += self._rr_registers(data)
        if data["vat"]:
            label = "VAT" if self._rr_lang().startswith("en") else "TVA"
            parts.append(f"{label} {data['vat']}")
        return DASH.join(filter(None, parts))

    def _rr_legal_text(self):
        """Return form, capital and registers of the company: what an electronic invoice
        has no field of its own for (BT-33)."""
        data = self._rr_legal()
        parts = [self._rr_form(data), *self._rr_registers(data)]
        return DASH.join(filter(None, parts))

    def _rr_registers(self, data):
        siren, registers = spaced(data["siren"]), []
        if data["kind"] == "association" and data["rna"]:
            registers.append(f"RNA {data['rna']}")
        if data["city"]:
            registers.append(f"RCS {data['city']} {siren}".strip())
        elif siren:
            registers.append(f"SIREN {siren}")
        return registers

    def _rr_form(self, data):
        if data["kind"] != "company" or not data["capital"]:
            return data["form"]
        currency = self.env["res.currency"].browse(data["currency"])
        spoken = self.with_context(lang=self._rr_spoken()).env
        capital = format_amount(spoken, data["capital"], currency)
        return self._rr_say("capital", form=data["form"], capital=capital).strip()

    def _rr_operation_text(self):
        """Return the category of the operation: goods, services or both."""
        kinds = {line._rr_supply() for line in self._rr_sold_lines()}
        goods, services = "goods" in kinds, bool(kinds & set(SERVICES))
        if goods and services:
            return self._rr_say("operation_both")
        if goods or services:
            return self._rr_say(f"operation_{'goods' if goods else 'service'}")
        return ""

    def _rr_customer_siren(self):
        payer = self.commercial_partner_id
        if payer.country_id.code not in WITH_SIREN:
            return ""
        return spaced(siren_of(payer.company_registry, payer.vat))

    def _rr_delivered_elsewhere(self):
        """Tell whether goods go to another address than the invoice's."""
        address, payer = self.partner_shipping_id, self.partner_id
        if not address or address == payer:
            return False
        if not any(line._rr_supply() == "goods" for line in self._rr_sold_lines()):
            return False
        names = ("street", "street2", "zip", "city", "country_id")
        return any(address[name] != payer[name] for name in names)
