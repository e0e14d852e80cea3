"""A French seller whose VAT is decided by rules, and customers of every kind."""

from odoo import Command

from .common_billing import BillingCommon

# Real numbers with right check digits (python-stdnum), of companies or invented.
FRENCH, GERMAN, BELGIAN = "FR40303265045", "DE136695976", "BE0428759497"


class TaxCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chart = f"account.{cls.company.id}_"
        cls.company.write(
            {
                "country_id": cls.env.ref("base.fr").id,
                "zip": "44000",
                "vat": FRENCH,
                "rr_vat_decides": True,
            }
        )
        cls.tax_s = cls.env.ref(f"{chart}tva_normale_encaissement")
        cls.tax_g = cls.env.ref(f"{chart}tva_normale")
        cls.company._vat_set_up()

    @classmethod
    def _regime(cls, day="2020-01-01", **values):
        """Let the company stand so towards VAT from a day on, and set it up."""
        cls.env["recurring.vat.registration"].create(
            {"company_id": cls.company.id, "date_from": day, **values}
        )
        return cls.company._vat_set_up()

    @classmethod
    def _nature(cls, code):
        return cls.env.ref(f"recurring_revenue.vat_nature_{code}")

    @classmethod
    def _sold(cls, nature="service", price=100.0, tax=None, name=None, **values):
        """Return a product of a VAT nature, with the tax of a domestic sale."""
        goods = cls._nature(nature).supply == "goods"
        tax = (cls.tax_g if goods else cls.tax_s) if tax is None else tax
        return cls._product(
            name or nature,
            price,
            taxes_id=[Command.set(tax.ids)],
            rr_vat_nature_id=cls._nature(nature).id,
            **values,
        )

    @classmethod
    def _at(cls, country, postcode="", **values):
        """Return a customer in a country; a company where it has a number."""
        values.setdefault("is_company", bool(values.get("vat")))
        return cls._customer(
            f"{country} {postcode}".strip(),
            country_id=cls.env.ref(f"base.{country.lower()}").id,
            zip=postcode,
            **values,
        )

    @classmethod
    def _invoice(cls, customer, *products, day="2026-11-01", **values):
        """Bill a month of products to a customer and return what was made."""
        charges = [
            {"product_id": product.id, "unit_price": product.list_price}
            for product in products
        ]
        plan = cls._plan(f"{customer.name} {products[0].name}", charges=charges)
        sub = cls._subscribe(plan, day, customer=customer, **values)
        cls._bill(day)
        return sub.billed_item_ids.move_id
