"""What VAT a company charges a customer for a product, and what is kept of the why."""

from dataclasses import dataclass, replace

from odoo import models

from ...engine.vat import Decision, Supply, decide
from ..exact import exact
from ..subscription.tax_basis import change_basis
from .account_fiscal_position import rate_of


@dataclass(frozen=True)
class Sold:
    """What a product is for VAT: products that are alike share an answer.

    ``own`` are the taxes of a domestic sale; ``category`` the category of their rate,
    None where the table knows none.
    """

    nature: object
    own: object
    category: str | None

    @property
    def supply(self):
        """The engine's supply."""
        return self.nature._supply(self.category)

    @property
    def names_rate(self):
        """Whether the nature says which rate it is, whatever its own tax."""
        return bool(self.nature.category)


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision, the supply it is about and what is kept of it as evidence.

    ``names_rate``: the product's nature says which rate it is, whatever its own tax.
    """

    decision: Decision
    supply: Supply
    evidence: dict
    names_rate: bool = False


class ResCompany(models.Model):
    _inherit = "res.company"

    def _vat_answer(self, payer, address, product, day, crossed=None):
        """Return the answer for a product sold to ``payer`` and served at ``address``
        on a day; only where ``_vat_is_decided``.

        ``crossed``: see ``_vat_seller``.
        """
        sold = self._vat_sold(product, day)
        return self._vat_answer_for(payer, address, sold, day, crossed)

    def _vat_sold(self, product, day):
        """Return what a product is for VAT when it is sold on a day."""
        self.ensure_one()
        # sudo: a product's nature is no secret to whoever bills it.
        nature = product.product_tmpl_id.sudo()._vat_nature()
        own = self._vat_own_taxes(product)
        return Sold(nature, own, self._vat_category(own, day))

    def _vat_answer_for(self, payer, address, sold, day, crossed=None):
        """Return the answer for whatever is ``Sold``, see ``_vat_answer``."""
        self.ensure_one()
        # sudo: the tables are the law's, and whoever bills may not read every partner.
        book = self.env["recurring.vat.rule"].sudo()._book()
        seller = self.sudo()._vat_seller(day, crossed)
        address = payer.sudo()._vat_address(address.sudo())
        customer = payer.sudo()._vat_customer(address, book)
        decision = decide(seller, customer, sold.supply, day, book)
        if decision.treatment == "domestic" and not (sold.names_rate or sold.category):
            decision = _as_own_taxes(decision, sold.own)
        facts = Facts(self, payer.commercial_partner_id, address, sold.nature, day)
        evidence = facts.evidence(decision, seller, customer, sold.supply)
        self._vat_add_address(evidence, payer, customer, book.atlas)
        self._vat_add_location(evidence, payer, customer, day, book.atlas)
        return Answer(decision, sold.supply, evidence, sold.names_rate)

    def _vat_own_taxes(self, product):
        """Return the product's own taxes here, its income account's where it has none
        (as an invoice line does)."""
        template = product.product_tmpl_id.sudo().with_company(self)
        own = template.taxes_id._filter_taxes_by_company(self)
        if own:
            return own
        account = template.get_product_accounts()["income"]
        return account.tax_ids.filtered(
            lambda tax: tax.type_tax_use == "sale" and tax.company_id == self
        )

    def _vat_category(self, own, day):
        """Return which category of rate the product's own tax is, None if unknown."""
        percents = set(own.mapped("amount"))
        if len(percents) != 1:
            return None
        # sudo: the tables are the law's, the same for everybody who bills.
        book = self.env["recurring.vat.rule"].sudo()._book()
        return book.category(self._vat_territory(), exact(percents.pop()), day)

    def _vat_add_address(self, evidence, payer, customer, atlas):
        """Warn where a service goes to another place than who pays for it is in."""
        there, payer = customer.located.territory, payer.commercial_partner_id.sudo()
        if evidence["inputs"]["supply"] == "goods" or there is None:
            return
        if evidence["address_id"] == payer.id or not payer.country_id:
            return
        if payer._vat_located(atlas).territory != there:
            add_warning(evidence, "addresses_differ")

    def _vat_taxes_of(self, answer, own):
        """Return the taxes that carry out an answer for a product whose own are
        ``own``; empty where the set-up lacks the position or the tax."""
        decision = answer.decision
        territory = decision.taxed_in if decision.treatment == "oss" else None
        position = self._vat_find_position(decision.treatment, territory)
        if position is None:
            return own.browse()
        return self._vat_carried_out(answer, own, position)

    def _vat_carried_out(self, answer, own, position):
        """Return the taxes that carry out an answer through a fiscal position; empty
        where there is none of the decided rate.

        At home the product's own taxes stand, unless its nature names another rate or
        it has none.
        """
        decision, supply = answer.decision, answer.supply
        if decision.treatment != "domestic":
            found = position._vat_taxes(decision, own, supply)
            if found or decision.treatment != "dom_service":
                return found
            # A seller overseas who sells to the mainland bears its ordinary rate.
            return self._vat_home_tax(decision, own, supply)
        mapped = position.map_tax(own) if position else own
        if mapped and (
            not answer.names_rate or rate_of(mapped) == float(decision.rate or 0)
        ):
            return mapped
        return self._vat_home_tax(decision, own, supply)

    def _vat_home_tax(self, decision, own, supply):
        """Return the tax of domestic sales of the decided rate that is most like the
        product's own ones; empty where none is active."""
        scope = "consu" if supply.kind == "goods" else "service"
        rate = float(decision.rate or 0)
        home = self.env["recurring.vat.maker"]._originals(self, scope)
        included = bool(own) and all(own.mapped("price_include"))
        due = own[:1].tax_exigibility
        return home.filtered(lambda tax: tax.active and tax.amount == rate).sorted(
            lambda tax: (
                tax.price_include != included,
                tax.tax_scope != scope,
                bool(due) and tax.tax_exigibility != due,
                tax.sequence,
                tax.id,
            )
        )[:1]

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


def add_warning(evidence, code):
    """Add a warning to what a decision keeps; ``vat_sentences`` has its words."""
    evidence["warnings"] = f"{evidence['warnings']} {code}".strip()


def _as_own_taxes(decision, own):
    """Say of a sale at home what the product's own taxes say, and that it is odd."""
    percents = set(
        own.filtered(lambda tax: tax.amount_type == "percent").mapped("amount")
    )
    if not own:
        return replace(decision, warnings=(*decision.warnings, "own_tax_missing"))
    if len(percents) != 1:
        return decision
    rate = exact(percents.pop())
    return replace(
        decision,
        rate=rate or None,
        tax_category=decision.tax_category if rate else "E",
        warnings=(*decision.warnings, "own_tax_differs"),
    )


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
