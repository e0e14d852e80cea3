"""Decisions asked for by a screen: nothing is created, no subscription is needed."""

from dataclasses import dataclass

from odoo import models

from ...engine.vat import Customer, decide


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
)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _vat_sample(self, payer, address, nature, day):
        """Return the values that a decision record about a customer would have, None
        where no rules are known. Raises EngineError where the table has a gap."""
        self.ensure_one()
        # sudo: the tables are the law's, and who sees a customer may see its VAT.
        book = self.env["recurring.vat.rule"].sudo()._book()
        customer = payer.sudo()._vat_customer(address.sudo(), book)
        inputs = {
            "country": address.country_id.code or "",
            "postcode": address.zip or "",
            "state": address.state_id.code or "",
            "number": payer.commercial_partner_id.vat or "",
        }
        return self._vat_facts(customer, nature, day, inputs)

    def _vat_invented(self, sample, nature, day):
        """Return the same about a customer of the preview."""
        book = self.env["recurring.vat.rule"].sudo()._book()  # sudo: as above
        located = book.atlas.find(sample.country, sample.postcode, "")
        known = sample.number != "none"
        customer = Customer(
            located, sample.status, sample.number, sample.country if known else ""
        )
        inputs = {
            "country": sample.country,
            "postcode": sample.postcode,
            "number": sample.number_text,
        }
        return self._vat_facts(customer, nature, day, inputs)

    def _vat_facts(self, customer, nature, day, inputs):
        """Return a decision as the record that keeps it would hold it."""
        book = self.env["recurring.vat.rule"].sudo()._book()  # sudo: as above
        seller = self.sudo()._vat_seller(day)  # sudo: as above
        decision = decide(seller, customer, nature.sudo()._supply(), day, book)
        if decision is None:
            return None
        taxed_in = decision.taxed_in
        return {
            "rule": decision.rule,
            "source": decision.source,
            "treatment": decision.treatment,
            "taxed_in": taxed_in.code if taxed_in else False,
            "rate": float(decision.rate or 0),
            "is_taxed": decision.rate is not None,
            "mention": decision.mention,
            "evidence": " ".join(decision.evidence),
            "warnings": " ".join(decision.warnings),
            "inputs": {
                **inputs,
                "regime": seller.regime,
                "seller": seller.territory.code,
                "destination": seller.destination,
                "status": customer.status,
                "number_state": customer.number,
                "supply": nature.supply,
            },
        }
