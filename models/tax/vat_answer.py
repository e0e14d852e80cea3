"""What VAT a company charges a customer for a product, and what is kept of the why."""

from dataclasses import dataclass

from odoo import models

from ...engine.vat import Decision, Supply, decide
from ..exact import exact
from ..subscription.tax_basis import change_basis


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision, the supply it is about and what is kept of it as evidence."""

    decision: Decision
    supply: Supply
    evidence: dict


class ResCompany(models.Model):
    _inherit = "res.company"

    def _vat_answer(self, payer, address, product, day, crossed=None):
        """Return the answer for a product sold to ``payer`` and served at ``address``
        on a day; only where ``_vat_is_decided``.

        ``crossed``: see ``_vat_seller``.
        """
        self.ensure_one()
        # sudo: the tables are the law's, and whoever bills may not read every partner.
        book = self.env["recurring.vat.rule"].sudo()._book()
        seller = self.sudo()._vat_seller(day, crossed)
        customer = payer.sudo()._vat_customer(address.sudo(), book)
        nature = product.product_tmpl_id.sudo()._vat_nature()
        supply = nature._supply(self._vat_category(product, seller, day, book))
        decision = decide(seller, customer, supply, day, book)
        facts = Facts(self, payer.commercial_partner_id, address, nature, day)
        evidence = facts.evidence(decision, seller, customer, supply)
        self._vat_add_location(evidence, payer, customer, day, book.atlas)
        return Answer(decision, supply, evidence)

    def _vat_category(self, product, seller, day, book):
        """Return which category of rate the product's own tax is, None if unknown."""
        own = product.sudo().taxes_id._filter_taxes_by_company(self)
        percents = set(own.mapped("amount"))
        if len(percents) != 1:
            return None
        return book.category(seller.territory, exact(percents.pop()), day)

    def _vat_taxes_of(self, answer, own):
        """Return the taxes that carry out an answer for a product whose own are
        ``own``; empty where the set-up lacks the position or the tax."""
        decision = answer.decision
        territory = decision.taxed_in if decision.treatment == "oss" else None
        position = self._vat_find_position(decision.treatment, territory)
        if position is None:
            return own.browse()
        if decision.treatment == "domestic":
            return position.map_tax(own)
        return position._vat_taxes(decision, own, answer.supply)

    def _vat_adapted_price(self, price, own, taxes, product):
        """Return a price in the basis of the product's taxes as a line with ``taxes``
        must carry it: by the company's policy the price with tax stays, or the one
        without."""
        changes = self.env["recurring.vat.tax.change"]
        if own == taxes or changes._took_place(own, taxes, product, self):
            return price
        if self._vat_keeps_gross(own):
            return self._vat_gross_price(price, taxes, product)
        return own._adapt_price_unit_to_another_taxes(
            price_unit=price, product=product, original_taxes=own, new_taxes=taxes
        )

    def _vat_keeps_gross(self, own):
        """Tell whether a price that contains ``own`` stays what the customer pays."""
        return (
            self.rr_vat_price_policy == "gross"
            and bool(own)
            and all(own.mapped("price_include"))
        )

    def _vat_gross_price(self, price, taxes, product):
        """Return the price of a line with ``taxes`` that comes to ``price`` in all."""
        if not taxes or all(taxes.mapped("price_include")):
            return price
        return change_basis(
            price, taxes, self.currency_id, product, wants_included=False
        )

    def _vat_find_position(self, treatment, territory=None):
        """Return the company's fiscal position for a treatment; None where none is set.

        A domestic sale needs none.
        """
        self.ensure_one()
        positions = self.env["account.fiscal.position"]
        found = positions.search(
            [
                *positions._check_company_domain(self),
                ("rr_vat_treatments", "!=", False),
                ("rr_vat_territory", "=", territory.code if territory else False),
            ]
        ).filtered(lambda position: treatment in position.rr_vat_treatments.split())
        if found or treatment == "domestic":
            return found[:1]
        return None


@dataclass(frozen=True, slots=True)
class Facts:
    """The records that a decision is about."""

    company: object
    payer: object
    address: object
    nature: object
    day: object

    def evidence(self, decision, seller, customer, supply):
        """Return the values of the record that keeps the decision."""
        taxed_in, address = decision.taxed_in, self.address
        return {
            "company_id": self.company.id,
            "partner_id": self.payer.id,
            "address_id": address.id,
            "nature_id": self.nature.id,
            "date": self.day,
            "rule": decision.rule,
            "source": decision.source,
            "treatment": decision.treatment,
            "taxed_in": taxed_in.code if taxed_in else False,
            "rate": float(decision.rate or 0),
            "is_taxed": decision.rate is not None,
            "tax_category": decision.tax_category,
            "vatex": decision.vatex,
            "mention": decision.mention,
            "evidence": " ".join(decision.evidence),
            "warnings": " ".join(decision.warnings),
            "inputs": {
                "regime": seller.regime,
                "seller": seller.territory.code,
                "destination": seller.destination,
                "country": address.country_id.code or "",
                "postcode": address.zip or "",
                "state": address.state_id.code or "",
                "place": decision.place,
                "status": customer.status,
                "kind": decision.kind,
                "supply": supply.kind,
                "category": supply.category,
                **self.payer._vat_number_evidence(),
            },
        }
