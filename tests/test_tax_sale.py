"""A quotation bears the VAT that the subscription's invoices will bear."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_tax import GERMAN, TaxCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxSale(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._regime(oss_option=True)
        cls.included = cls.env.ref(
            f"account.{cls.company.id}_tva_normale_encaissement_ttc"
        )
        cls.included.active = True
        cls.company._vat_set_up()
        cls.software = cls._sold("electronic", price=120.0, tax=cls.included)
        cls._plan(
            "Software",
            charges=[{"product_id": cls.software.id, "unit_price": 120.0}],
            plan={"product_tmpl_ids": [Command.set(cls.software.product_tmpl_id.ids)]},
        )

    def _quote(self, customer):
        return self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "order_line": [Command.create({"product_id": self.software.id})],
            }
        )

    def _totals(self, record):
        return record.amount_untaxed, record.amount_tax, record.amount_total

    def test_quoted_is_what_is_billed(self):
        for customer, totals in (
            (self._at("FR", "75011"), (100.0, 20.0, 120.0)),
            (self._at("DE", "10115"), (100.0, 19.0, 119.0)),
            (self._at("DE", "10115", vat=GERMAN), (100.0, 0.0, 100.0)),
            (self._at("RE", "97400"), (100.0, 8.5, 108.5)),
            (self._at("CH", "3000"), (100.0, 0.0, 100.0)),
        ):
            with self.subTest(customer=customer.name):
                order = self._quote(customer)
                self.assertEqual(self._totals(order), totals)
                order.action_confirm()
                sub = order.rr_subscription_ids
                self.assertFalse(sub.fiscal_position_id)
                self._bill("2026-11-01")
                self.assertEqual(self._totals(sub.billed_item_ids.move_id), totals)

    def test_a_position_chosen_on_the_customer(self):
        customer = self._at("FR", "75011")
        export = self.company._vat_find_position("export")
        customer.property_account_position_id = export
        order = self._quote(customer)
        self.assertEqual(order.fiscal_position_id, export)
        self.assertEqual(self._totals(order), (100.0, 0.0, 100.0))
        order.action_confirm()
        sub = order.rr_subscription_ids
        self._bill("2026-11-01")
        self.assertEqual(self._totals(sub.billed_item_ids.move_id), (100.0, 0.0, 100.0))

    def test_the_price_with_tax_stays_by_policy(self):
        self.company.rr_vat_price_policy = "gross"
        order = self._quote(self._at("DE", "10115"))
        self.assertEqual(self._totals(order), (100.84, 19.16, 120.0))

    def test_another_customer_is_taxed_anew(self):
        order = self._quote(self._at("FR", "75011"))
        order.partner_id = self._at("CH", "3000")
        self.assertEqual(self._totals(order), (100.0, 0.0, 100.0))

    def test_a_position_chosen_by_hand_stays(self):
        export = self.env.ref(
            f"account.{self.company.id}_fiscal_position_template_import_export"
        )
        order = self._quote(self._at("FR", "75011"))
        order.fiscal_position_id = export
        order.action_update_taxes()
        self.assertEqual(order.amount_tax, 0.0)
        order.action_confirm()
        self.assertEqual(order.rr_subscription_ids.fiscal_position_id, export)
