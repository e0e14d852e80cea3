"""What stops a confirmation, and what a confirmed order keeps."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_sale import SaleCommon


@tagged("post_install", "-at_install")
class TestSaleGuards(SaleCommon):
    def test_unpublished_plan_stops_the_confirmation(self):
        plan = self.env["recurring.plan"].create({"name": "Later"})
        product = self._product("Later", 10.0)
        product.rr_plan_id = plan
        order = self._order((product, {}))
        with self.assertRaisesRegex(UserError, "no published version"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")

    def test_unclear_charge_stops_the_confirmation(self):
        bundle = self._product("Bundle", 99.0)
        bundle.rr_plan_id = self.plan
        order = self._order((bundle, {}))
        with self.assertRaisesRegex(UserError, "several charges"):
            order.action_confirm()

    def test_discount_on_the_whole_order_stops_the_confirmation(self):
        discount = self._product("Discount", 0.0)
        self.company.sale_discount_product_id = discount
        order = self._order((self.pro, {}), (discount, {"price_unit": -10}))
        with self.assertRaisesRegex(UserError, "whole order"):
            order.action_confirm()

    def test_no_second_subscription(self):
        order = self._order((self.pro, {}))
        order.action_confirm()
        with self.assertRaises(UserError):
            order.action_confirm()
        order._action_confirm()
        self.assertEqual(len(order.rr_subscription_ids), 1)

    def test_cancel_edit_and_confirm_again_is_the_same_subscription(self):
        order = self._order((self.pro, {}))
        order.action_confirm()
        sub = order.rr_subscription_ids
        order._action_cancel()
        self.assertEqual((order.state, sub.state), ("cancel", "closed"))
        self.assertFalse(sub.next_billing_date)
        order.action_draft()
        order.order_line.price_unit = 20
        order.action_confirm()
        self.assertEqual(order.rr_subscription_ids, sub)
        self.assertEqual(sub.state, "active")
        self.assertFalse(sub.end_date)
        self.assertEqual(sorted(sub.line_ids.mapped("price_unit")), [5, 20, 50])

    def test_a_billed_subscription_keeps_its_order(self):
        order = self._order((self.pro, {}), rr_start_date=date(2026, 1, 1))
        order.action_confirm()
        sub = order.rr_subscription_ids
        line = sub.line_ids.filtered("sale_line_id")
        self.env["recurring.billed.item"]._append(
            [
                {
                    "subscription_id": sub.id,
                    "line_id": line.id,
                    "kind": "charge",
                    "date_start": date(2026, 1, 1),
                    "date_end": date(2026, 2, 1),
                    "whole_start": date(2026, 1, 1),
                    "whole_end": date(2026, 2, 1),
                    "quantity": 1,
                    "amount": 31,
                    "price_basis": "product",
                    "partner_id": sub.partner_invoice_id.id,
                    "company_id": sub.company_id.id,
                    "currency_id": sub.currency_id.id,
                    "product_id": line.product_id.id,
                }
            ]
        )
        with self.assertRaisesRegex(UserError, "billed already"):
            order._action_cancel()
        self.assertEqual((order.state, sub.state), ("sale", "active"))

    def test_a_started_line_is_not_typed_over(self):
        order = self._order((self.pro, {}), (self.training, {}))
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "Change the subscription"):
            order.order_line[0].product_uom_qty = 2
        order.order_line[0].product_uom_qty = 1
        order.order_line[1].product_uom_qty = 2

    def test_a_plan_added_to_a_confirmed_order_starts(self):
        order = self._order((self.training, {}))
        order.action_confirm()
        order.order_line = [Command.create({"product_id": self.pro.id})]
        self.assertEqual(order.rr_subscription_ids.state, "active")
        with self.assertRaisesRegex(UserError, "Change the subscription"):
            order.order_line = [Command.create({"product_id": self.seat.id})]

    def test_an_old_order_stays_ordinary_when_its_product_becomes_a_plan(self):
        """2 x 500 confirmed; Freight is added after Consulting became a plan."""
        consulting = self._product("Consulting", 500)
        order = self._order((consulting, {"product_uom_qty": 2}))
        order.action_confirm()
        consulting.rr_plan_id = self._plan(
            "Care", [{"product_id": consulting.id, "unit_price": 9}]
        )
        freight = self._product("Freight", 10)
        order.order_line = [Command.create({"product_id": freight.id})]
        old = order.order_line[0]
        self.assertFalse(old.rr_plan_id)
        self.assertEqual((old.qty_to_invoice, old.price_unit), (2, 500))
        self.assertFalse(order.rr_subscription_ids)
        order.rr_start_date = date(2026, 1, 1)
        self.assertEqual(order._create_invoices().amount_untaxed, 1010)

    def test_a_line_added_to_an_old_order_sells_what_its_product_is_today(self):
        order = self._order((self.training, {}))
        order.action_confirm()
        self.training.rr_plan_id = self._plan(
            "Course", [{"product_id": self.training.id, "unit_price": 9}]
        )
        order.order_line = [Command.create({"product_id": self.training.id})]
        old, new = order.order_line
        self.assertEqual((old.qty_to_invoice, new.qty_to_invoice), (1, 0))
        self.assertEqual((old.price_unit, new.price_unit), (400, 9))
        self.assertEqual(order.rr_subscription_ids.line_ids.sale_line_id, new)
        self.assertEqual(order._create_invoices().amount_untaxed, 400)

    def test_the_form_of_a_confirmed_order_shows_the_plan_of_a_new_line_only(self):
        order = self._order((self.training, {}))
        order.action_confirm()
        self.training.rr_plan_id = self._plan(
            "Course", [{"product_id": self.training.id, "unit_price": 9}]
        )
        with Form(order) as form, form.order_line.new() as line:
            line.product_id = self.training
            self.assertEqual(line.price_unit, 9)
        self.assertEqual(order.order_line.mapped("price_unit"), [400, 9])
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [1, 0])

    def test_an_order_created_as_confirmed_starts(self):
        order = self._order((self.training, {}), (self.pro, {}), state="sale")
        self.assertEqual(order.rr_subscription_ids.plan_id, self.plan)
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [1, 0])

    def test_the_plan_of_a_confirmed_line_is_not_taken_away(self):
        """Without it the order would invoice what the subscription bills."""
        order = self._order((self.pro, {}), (self.training, {}))
        order.action_confirm()
        sold, ordinary = order.order_line
        for name in ("rr_plan_id", "rr_charge_id"):
            with self.assertRaisesRegex(UserError, "confirmed"):
                sold.write({name: False})
        with self.assertRaisesRegex(UserError, "confirmed"):
            ordinary.write({"rr_plan_id": self.plan.id})
        with self.assertRaisesRegex(UserError, "confirmed"):
            ordinary.product_id = self.pro
        sold.write({"rr_plan_id": self.plan.id})
        order.rr_subscription_ids._close_with_order(order)
        with self.assertRaisesRegex(UserError, "confirmed"):
            sold.write({"rr_plan_id": False})
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0, 1])
