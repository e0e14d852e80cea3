"""What a charge's product brings along: taxes, account, and a warning in time."""

from odoo import Command
from odoo.tests import Form, tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestCatalogBooking(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        taxes = cls.env["account.tax"]
        values = {"amount": 20.0, "type_tax_use": "sale"}
        cls.goods = taxes.create({"name": "20 goods", "tax_scope": "consu", **values})
        cls.service = taxes.create(
            {"name": "20 services", "tax_scope": "service", **values}
        )

    def _charge(self, tax, **values):
        product = self._product(taxes_id=[Command.set(tax.ids)], **values)
        plan = self._plan(
            publish=False, charges=[{"product_id": product.id, "unit_price": 30.0}]
        )
        return plan.draft_version_id.charge_ids

    def test_taxes_and_account_are_shown(self):
        charge = self._charge(self.service)
        account = charge.product_id.product_tmpl_id.get_product_accounts()["income"]
        self.assertTrue(account)
        self.assertEqual(charge.booking_text, f"20 services; {account.display_name}")
        self.assertFalse(charge.tax_warning)

    def test_a_service_with_the_tax_for_goods_is_warned_of(self):
        charge = self._charge(self.goods)
        self.assertIn("Licence is a service, but its tax 20 goods", charge.tax_warning)
        self.assertEqual(charge.version_id.tax_warning, charge.tax_warning)
        # A warning, not a ban: what is sold may be a box of goods after all.
        charge.version_id.action_publish()
        self.assertEqual(charge.version_id.state, "published")

    def test_goods_may_have_the_tax_for_goods(self):
        charge = self._charge(self.goods, type="consu")
        self.assertFalse(charge.tax_warning)

    def test_no_tax_and_no_account_are_said(self):
        charge = self._charge(self.env["account.tax"])
        template = charge.product_id.product_tmpl_id
        template.categ_id.property_account_income_categ_id = False
        self.company.income_account_id = False
        charge.invalidate_recordset(["booking_text"])
        self.assertEqual(charge.booking_text, "no tax; no income account yet")

    def test_it_shows_while_the_charge_is_being_entered(self):
        product = self._product(taxes_id=[Command.set(self.goods.ids)])
        version = self._plan(publish=False).draft_version_id
        with Form(version) as form, form.charge_ids.edit(0) as charge:
            charge.product_id = product
            self.assertIn("one for goods", charge.tax_warning)
