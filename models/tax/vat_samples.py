"""Decisions asked for by a screen: nothing is created, no subscription is needed."""

from dataclasses import dataclass

from odoo import models

from ...engine.vat import Customer, decide
from .vat_answer import Facts


@dataclass(frozen=True, slots=True)
class Sample:
    """A customer who does not exist, for the preview of the set-up."""

    code: str
    country: str
    postcode: str
    status: str
    number: str = "none"
    number_text: str = ""


SAMPLES = (
    Sample("consumer_home", "FR", "75001", "consumer"),
    Sample("company_home", "FR", "69001", "business", "confirmed", "FR…"),
    Sample("company_eu", "DE", "10115", "business", "confirmed", "DE…"),
    Sample("consumer_eu", "DE", "10115", "consumer"),
    Sample("company_overseas", "FR", "97400", "business", "confirmed", "FR…"),
    Sample("company_outside", "CH", "3000", "business"),
    Sample("consumer_overseas", "FR", "97400", "consumer"),
    Sample("public_home", "FR", "35000", "public"),
    Sample("association_home", "FR", "31000", "non_taxable"),
)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _vat_sample(self, payer, address, nature, day):
        """Return the values that a decision record about a customer would have, None
        where no rules are known. Raises EngineError where the table has a gap."""
        self.ensure_one()
        # sudo: the tables are the law's, and who sees a customer may see its VAT.
        book = self.env["recurring.vat.rule"].sudo()._book()
        address = payer.sudo()._vat_address(address.sudo())
        customer = payer.sudo()._vat_customer(address, book)
        found = self._vat_decided_as(customer, nature, day)
        if found is None:
            return None
        facts = Facts(self, payer.sudo().commercial_partner_id, address, nature, day)
        return facts.evidence(*found)

    def _vat_invented(self, sample, nature, day):
        """Return the same about a customer of the preview."""
        book = self.env["recurring.vat.rule"].sudo()._book()  # sudo: as above
        located = book.atlas.find(sample.country, sample.postcode, "")
        known = sample.number != "none"
        customer = Customer(
            located, sample.status, sample.number, sample.country if known else ""
        )
        found = self._vat_decided_as(customer, nature, day)
        if found is None:
            return None
        nobody = self.env["res.partner"]
        values = Facts(self, nobody.new({}), nobody, nature, day).evidence(*found)
        values["inputs"].update(
            country=sample.country,
            postcode=sample.postcode,
            number=sample.number_text,
            number_state=sample.number,
        )
        return values

    def _vat_decided_as(self, customer, nature, day):
        """Return (decision, seller, customer, supply), None without a decision."""
        book = self.env["recurring.vat.rule"].sudo()._book()  # sudo: as above
        seller = self.sudo()._vat_seller(day)  # sudo: as above
        supply = nature.sudo()._supply()  # sudo: as above
        decision = decide(seller, customer, supply, day, book)
        return None if decision is None else (decision, seller, customer, supply)
