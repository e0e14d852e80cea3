"""A plan sold on a quotation: what starts, at which price, and what the order bills."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common_sale import SaleCommon


@tagged("post_install", "-at_install")
class TestSaleStart(SaleCommon):
    def test_quotation_shows_the_plan_price(self):
        order = self._order((self.pro, {}), (self.seat, {"product_uom_qty": 3}))
        self.assertEqual(order.order_line.mapped("price_unit"), [31, 5])
        self.assertEqual(order.order_line.rr_plan_id, self.plan)
        self.assertEqual(
            order.order_line[0].rr_period_text.splitlines()[0], "per month"
        )
        # the set-up fee comes along without a line: the customer reads of it
        self.assertIn("Set-up", order.order_line[0].rr_period_text)
        self.assertNotIn("Seat", order.order_line[0].rr_period_text)
        self.assertEqual(order.order_line[1].rr_period_text, "per month")

    @freeze_time("2026-04-01")
    def test_quotation_says_what_comes_first_and_what_then(self):
        """What it promises is what the subscription bills (20 % tax)."""
        order = self._order((self.pro, {}), (self.seat, {"product_uom_qty": 3}))
        # 31 + 3 x 5 + set-up 50, then without the set-up
        self.assertEqual(
            order.rr_expected_text,
            "Pro: 115.20\N{NO-BREAK SPACE}€ including tax on 04/01/2026, then "
            "55.20\N{NO-BREAK SPACE}€ including tax on 05/01/2026",
        )
        order.order_line[0].discount = 10
        self.assertIn("111.48", order.rr_expected_text)
        order.action_confirm()
        self.assertFalse(order.rr_expected_text)
        sub = order.rr_subscription_ids
        today = sub.start_date
        expected = sub._expected(today, sub._preview_until(today))
        self.assertEqual([row.total for row in expected[:2]], [111.48, 51.48])

    def test_an_order_without_plan_or_that_cannot_start_promises_nothing(self):
        self.assertFalse(self._order((self.training, {})).rr_expected_text)
        order = self._order((self.pro, {}))
        self.plan.active = False
        order.invalidate_recordset(["rr_expected_text"])
        self.assertFalse(order.rr_expected_text)

    def test_confirming_starts_the_subscription(self):
        invoice_address = self.env["res.partner"].create(
            {"name": "Accounts", "type": "invoice", "parent_id": self.customer.id}
        )
        service = self.env["res.partner"].create(
            {"name": "Plant", "type": "delivery", "parent_id": self.customer.id}
        )
        term = self.env["account.payment.term"].create({"name": "Ten days"})
        source = self.env["utm.source"].create({"name": "Fair"})
        order = self._order(
            (self.pro, {}),
            (self.training, {}),
            rr_start_date=date(2026, 4, 16),
            partner_invoice_id=invoice_address.id,
            partner_shipping_id=service.id,
            payment_term_id=term.id,
            source_id=source.id,
            client_order_ref="PO 7",
        )
        order.action_confirm()
        sub = order.rr_subscription_ids
        self.assertRecordValues(
            sub,
            [
                {
                    "state": "active",
                    "partner_id": self.customer.id,
                    "partner_invoice_id": invoice_address.id,
                    "partner_shipping_id": service.id,
                    "start_date": date(2026, 4, 16),
                    "plan_id": self.plan.id,
                    "payment_term_id": term.id,
                    "source_id": source.id,
                    "client_order_ref": "PO 7",
                    "user_id": order.user_id.id,
                    "currency_id": order.currency_id.id,
                    "next_billing_date": date(2026, 4, 16),
                }
            ],
        )
        self.assertRecordValues(
            sub.line_ids.sorted("sequence"),
            [
                {"product_id": product.id, "quantity": quantity, "price_unit": price}
                for product, quantity, price in [
                    (self.pro, 1, 31),
                    (self.seat, 2, 5),
                    (self.setup, 1, 50),
                ]
            ],
        )
        self.assertFalse(any(sub.line_ids.mapped("price_agreed")))

    def test_start_is_the_confirmation_day_by_default(self):
        order = self._order((self.pro, {}))
        order.action_confirm()
        self.assertEqual(order.rr_start_date, order.rr_subscription_ids.start_date)
        self.assertTrue(order.rr_start_date)

    def test_sold_explicitly_replaces_and_addon_comes_only_when_sold(self):
        order = self._order(
            (self.pro, {}),
            (self.seat, {"product_uom_qty": 4}),
            (self.setup, {"price_unit": 0}),
            (self.storage, {}),
        )
        order.action_confirm()
        lines = order.rr_subscription_ids.line_ids
        self.assertEqual(
            sorted(
                (
                    line.product_id.name,
                    line.quantity,
                    line.price_unit,
                    line.price_agreed,
                )
                for line in lines
            ),
            [
                ("Pro", 1, 31, False),
                ("Seat", 4, 5, False),
                ("Set-up", 1, 0, True),
                ("Storage", 1, 7, False),
            ],
        )
        self.assertEqual(lines.sale_line_id, order.order_line)

    def test_agreed_price_and_discount(self):
        order = self._order(
            (self.pro, {"price_unit": 25, "discount": 10}),
            (self.seat, {"product_uom_qty": 4, "discount": 50}),
        )
        self.assertEqual(order.order_line.mapped("price_unit"), [25, 5])
        order.action_confirm()
        lines = order.rr_subscription_ids.line_ids
        pro = lines.filtered(lambda line: line.product_id == self.pro)
        self.assertRecordValues(
            pro,
            [
                {
                    "price_unit": 25,
                    "discount": 10,
                    "price_agreed": True,
                    "price_basis": "excluded",
                    "amount_period": 22.5,
                }
            ],
        )
        seat = lines.filtered(lambda line: line.product_id == self.seat)
        self.assertRecordValues(
            seat,
            [
                {
                    "price_unit": 5,
                    "discount": 50,
                    "price_agreed": False,
                    "price_basis": "product",
                    "amount_period": 10,
                }
            ],
        )

    def test_three_of_a_fixed_price_are_billed_as_signed(self):
        order = self._order((self.pro, {"product_uom_qty": 3}))
        self.assertEqual(order.order_line.price_subtotal, 93)
        order.action_confirm()
        pro = order.rr_subscription_ids.line_ids.filtered("sale_line_id")
        self.assertEqual((pro.amount_period, pro.price_agreed), (93, True))

    def test_tiers_show_their_average_and_stay_tiers(self):
        product = self._product("Calls", 1.0)
        product.rr_plan_id = self._plan(
            "Calls",
            [
                {
                    "product_id": product.id,
                    "charge_model": "graduated",
                    "tier_ids": [
                        Command.create({"up_to": 10, "unit_price": 5}),
                        Command.create({"up_to": 0, "unit_price": 4}),
                    ],
                }
            ],
        )
        order = self._order((product, {"product_uom_qty": 13}))
        self.assertEqual(order.order_line.price_subtotal, 62)  # 10 x 5 + 3 x 4
        order.action_confirm()
        line = order.rr_subscription_ids.line_ids
        self.assertEqual((line.price_agreed, line.amount_period), (False, 62))

    def test_included_tax_maps_to_an_export_price_once(self):
        """120 with tax quoted to an export customer at 100: billed 100, not 83.33."""
        export = self.env["account.fiscal.position"].create({"name": "Export"})
        no_tax = self.tax.copy(
            {
                "name": "T0",
                "amount": 0,
                "fiscal_position_ids": [Command.set(export.ids)],
                "original_tax_ids": [Command.set(self.tax_included.ids)],
            }
        )
        product = self._product("Box", 120, self.tax_included)
        product.rr_plan_id = self._plan(
            "Box", [{"product_id": product.id, "unit_price": 120}]
        )
        order = self._order((product, {}), fiscal_position_id=export.id)
        self.assertEqual(order.order_line.tax_ids, no_tax)
        self.assertEqual(order.order_line.price_unit, 100)
        order.action_confirm()
        sub = order.rr_subscription_ids
        # as the plan asks: kept in the product's basis, adapted by the invoice
        self.assertRecordValues(
            sub.line_ids,
            [{"price_unit": 120, "price_basis": "product", "price_agreed": False}],
        )
        self.assertEqual(sub.fiscal_position_id, export)
        order = self._order((product, {"price_unit": 90}), fiscal_position_id=export.id)
        order.action_confirm()
        self.assertRecordValues(
            order.rr_subscription_ids.line_ids,
            [{"price_unit": 90, "price_basis": "excluded", "price_agreed": True}],
        )

    def test_agreed_price_with_tax_included(self):
        product = self._product("Box", 120, self.tax_included)
        product.rr_plan_id = self._plan(
            "Box", [{"product_id": product.id, "unit_price": 120}]
        )
        order = self._order((product, {"price_unit": 96}))
        order.action_confirm()
        self.assertRecordValues(
            order.rr_subscription_ids.line_ids,
            [{"price_unit": 96, "price_basis": "included", "price_agreed": True}],
        )

    def test_two_plans_are_two_subscriptions(self):
        other = self._product("Support", 9.0)
        other.rr_plan_id = self._plan(
            "Support", [{"product_id": other.id, "unit_price": 9}]
        )
        order = self._order((self.pro, {}), (other, {}))
        order.action_confirm()
        self.assertEqual(
            set(order.rr_subscription_ids.plan_id.mapped("name")), {"Pro", "Support"}
        )

    def test_a_salesperson_without_our_rights_sells_a_plan(self):
        user = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_salesman"
        )
        order = (
            self.env["sale.order"]
            .with_user(user)
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.pro.id})],
                }
            )
        )
        self.assertEqual(order.order_line.price_unit, 31)
        order.action_confirm()
        self.assertEqual(order.sudo().rr_subscription_ids.user_id, user)
        self.assertEqual(order.rr_subscription_count, 1)
