"""Every kind of invoice before the official rules: no failed assertion."""

import os
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_einvoice import EinvoiceCommon, OfficialRules
from .common_tax import BELGIAN, GERMAN

SWISS = "CHE-107.787.577 TVA"


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestEinvoiceRules(EinvoiceCommon):
    def _categories(self, move):
        return {line._rr_einvoice_category() for line in move.invoice_line_ids}

    def test_french_customers(self):
        company, consumer = self._french_company(), self._at("FR", "75011")
        public = self._at(
            "FR", "75007", is_company=True, company_registry="21440109300015"
        )
        self.assertEqual(public.rr_vat_status, "public")
        association = self._french_company(vat=False, rr_vat_status="non_taxable")
        reunion = self._french_company("97400", "RE", vat="FR23334175221")
        reunion.company_registry = "33417522100000"[:9]
        guiana = self._french_company("97300", "GF", company_registry="404833048")
        self.assertValid(
            {
                "company": self._invoice(company, self._sold()),
                "goods": self._invoice(company, self._sold("goods")),
                "both": self._invoice(company, self._sold("goods"), self._sold()),
                "consumer": self._invoice(consumer, self._sold()),
                "association": self._invoice(association, self._sold()),
                "public": self._invoice(
                    public,
                    self._sold(),
                    service_code="SERVICE-12",
                    commitment_number="EJ-2026-0042",
                ),
                "Réunion company": self._invoice(reunion, self._sold()),
                "Réunion goods": self._invoice(reunion, self._sold("goods")),
                "Guiana company": self._invoice(guiana, self._sold()),
                "training": self._invoice(company, self._sold("training")),
            }
        )

    def test_other_member_states(self):
        german = self._at("DE", "10115", vat=GERMAN)
        consumer = self._at("DE", "10115")
        self._regime(oss_option=True)
        moves = {
            "service": self._invoice(german, self._sold()),
            "goods": self._invoice(german, self._sold("goods")),
            "both": self._invoice(german, self._sold("goods"), self._sold()),
            "consumer": self._invoice(consumer, self._sold()),
            "OSS": self._invoice(consumer, self._sold("electronic")),
            "OSS and home": self._invoice(
                consumer, self._sold("electronic"), self._sold()
            ),
            "Belgian": self._invoice(
                self._at("BE", "1000", vat=BELGIAN), self._sold("electronic")
            ),
        }
        self.assertEqual(self._categories(moves["service"]), {"AE"})
        self.assertEqual(self._categories(moves["goods"]), {"K"})
        self.assertEqual(moves["OSS"].amount_total, 119.0)
        self.assertValid(moves)

    def test_third_countries(self):
        swiss = self._at("CH", "1200", vat=SWISS)
        moves = {
            "service": self._invoice(swiss, self._sold()),
            "goods": self._invoice(swiss, self._sold("goods")),
            "consumer": self._invoice(self._at("CH", "1200"), self._sold()),
            "electronic": self._invoice(
                self._at("US", "10001"), self._sold("electronic")
            ),
        }
        self.assertEqual(self._categories(moves["service"]), {"O"})
        self.assertEqual(self._categories(moves["goods"]), {"G"})
        self.assertValid(moves)

    def test_edges_of_the_union(self):
        """Where the postcode, not the country, says what VAT there is."""
        company = {"is_company": True}
        online, service = self._sold("electronic"), self._sold()
        moves = {
            "Canaries": self._invoice(self._at("ES", "35001"), online),
            "Canaries company": self._invoice(
                self._at("ES", "38001", **company), service
            ),
            "Ceuta": self._invoice(self._at("ES", "51001"), online),
            "Monaco": self._invoice(
                self._at("MC", "98000", vat="FR53000004605"), service
            ),
            "Saint-Barthélemy": self._invoice(
                self._at("BL", "97133", company_registry="404833048", **company),
                service,
            ),
            "Northern Ireland": self._invoice(
                self._at("UK", "BT1 1AA", vat="XI432525179"), self._sold("goods")
            ),
            "Greece": self._invoice(
                self._at("GR", "10431", vat="EL094259216"), service
            ),
        }
        self.assertEqual(self._categories(moves["Canaries"]), {"O"})
        self.assertValid(moves)
        self.assertValid(
            {name: self._refund(move, "2026-11-01") for name, move in moves.items()}
        )

    def test_sellers_without_vat(self):
        company, consumer = self._french_company(), self._at("FR", "75011")
        moves = {}
        self._regime(regime="franchise")
        moves["franchise"] = self._invoice(company, self._sold())
        self.company.vat = False
        moves["franchise without number"] = self._invoice(company, self._sold())
        moves["franchise, consumer"] = self._invoice(consumer, self._sold())
        self._regime("2026-01-01", regime="association_exempt")
        moves["association"] = self._invoice(company, self._sold())
        moves["members"] = self._invoice(consumer, self._sold("member_service"))
        moves["dues"] = self._invoice(company, self._sold("dues"))
        moves["dues of a consumer"] = self._invoice(consumer, self._sold("dues"))
        self.assertEqual(self._categories(moves["dues"]), {"O"})
        self.assertEqual(self._categories(moves["franchise"]), {"E"})
        self.assertValid(moves)

    def test_money(self):
        company = self._french_company()
        self.env["res.currency.rate"].create(
            {"name": "2026-01-01", "rate": 1.25, "currency_id": self.dollar.id}
        )
        chart = f"account.{self.company.id}_"
        included = self.env.ref(f"{chart}tva_normale_encaissement_ttc")
        reduced = self.env.ref(f"{chart}tva_intermediaire_encaissement")
        (included | reduced).active = True
        plan = self._plan(
            "Dollars",
            charges=[{"product_id": self._sold().id, "unit_price": 33.33}],
            currency_id=self.dollar.id,
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollar", "currency_id": self.dollar.id}
        )
        dollars = self._subscribe(
            plan, "2026-11-01", customer=company, pricelist_id=pricelist.id
        )
        self._bill("2026-11-01")
        moves = {
            "dollars": dollars.billed_item_ids.move_id,
            "included": self._invoice(company, self._sold(tax=included, price=99.99)),
            "rates": self._invoice(
                company,
                self._sold(price=33.33),
                self._sold(price=12.34, tax=reduced, name="Reduced"),
            ),
        }
        self.assertEqual(moves["dollars"].currency_id, self.dollar)
        self.assertEqual(included.price_include, True)
        self.assertValid(moves)

    def test_quantities_and_discounts(self):
        company = self._french_company()
        product = self._sold()
        tiers = self._plan(
            "Tiers",
            charges=[
                {
                    "product_id": product.id,
                    "charge_model": "graduated",
                    "tiers": [(10, 3.333), (0, 1.234)],
                }
            ],
        )
        plain = self._plan(
            "Seats", charges=[{"product_id": product.id, "charge_model": "per_unit"}]
        )
        line = {"quantity": 17, "price_unit": 3.333, "discount": 12.5}
        subs = {
            "tiers": self._subscribe(
                tiers, "2026-11-01", customer=company, lines=[{"quantity": 17}]
            ),
            "discount": self._subscribe(
                plain, "2026-11-01", customer=company, lines=[line]
            ),
            "small price": self._subscribe(
                plain,
                "2026-11-01",
                customer=company,
                lines=[{"quantity": 14000, "price_unit": 0.0137}],
            ),
        }
        self._bill("2026-11-01")
        self.assertValid(
            {name: sub.billed_item_ids.move_id for name, sub in subs.items()}
        )

    def test_paid_invoice(self):
        move = self._invoice(self._french_company(), self._sold())
        self._pay(move, "2026-10-30")
        facts = move._rr_einvoice_facts()
        self.assertEqual((facts.process, str(facts.paid_on)), ("S2", "2026-10-30"))
        self.assertValid({"paid": move})

    def test_credit_notes(self):
        self._regime(oss_option=True)
        customers = {
            "company": self._french_company(),
            "consumer": self._at("FR", "75011"),
            "German": self._at("DE", "10115", vat=GERMAN),
            "Swiss": self._at("CH", "1200", vat=SWISS),
            "OSS": self._at("DE", "10115"),
        }
        moves = {}
        for name, customer in customers.items():
            origin = self._invoice(customer, self._sold("electronic"))
            refund = self._refund(origin, "2026-11-01")
            self.assertEqual(refund.reversed_entry_id, origin)
            moves[name] = refund
        self.assertValid(moves)

    def test_credit_note_of_a_billing(self):
        company = self._french_company()
        charge = {"product_id": self._sold().id, "unit_price": 33.33}
        plan = self._plan("Pro", charges=[charge])
        sub = self._subscribe(plan, "2026-11-01", customer=company)
        self._bill("2026-11-01")
        sub._cancel(date(2026, 11, 15), credit=True)
        self._bill("2026-11-20")
        refund = sub.billed_item_ids.move_id.filtered("reversed_entry_id")
        self.assertEqual(refund.amount_untaxed, 17.78)
        self.assertValid({"credit note": refund})

    def test_without_the_rules_tests_fail(self):
        """What nobody could validate is never taken for valid."""
        with (
            patch.dict(os.environ, {"RR_EINVOICE_PYTHON": "/nowhere/python"}),
            self.assertRaisesRegex(AssertionError, "official rules"),
        ):
            OfficialRules()

    def test_the_rules_judge(self):
        move = self._invoice(self._french_company(), self._sold())
        content, _errors = self._export(move, "cii")
        plain = content.replace(b">S1<", b">XX<").replace(b">PMT<", b">AAI<")
        found = self.rules.failures({"odd": (plain, ["schema", "en16931", "br-fr"])})
        self.assertEqual(
            [code for code, _where, _text in found["odd"]],
            ["BR-FR-05_BT-22_PMT", "BR-FR-08_BT-23"],
        )

    def test_lines_by_hand(self):
        """An invoice that no subscription made: zero line, section, negative line."""
        product = self._sold()
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self._french_company().id,
                "invoice_date": "2026-11-01",
                "invoice_line_ids": [
                    Command.create({"display_type": "line_section", "name": "All"}),
                    Command.create({"product_id": product.id, "price_unit": 100}),
                    Command.create({"product_id": product.id, "price_unit": 0}),
                    Command.create({"product_id": product.id, "price_unit": -20.0}),
                    Command.create(
                        {"product_id": product.id, "price_unit": 5, "discount": 100}
                    ),
                ],
            }
        )
        move.action_post()
        self.assertValid({"by hand": move})
