"""A plan sold on a quotation: what starts, at which price, and what the order bills."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged


class SaleCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.tax = cls.env["account.tax"].create(
            {"name": "T20", "amount": 20, "type_tax_use": "sale"}
        )
        cls.tax_included = cls.tax.copy(
            {"name": "T20 incl", "price_include_override": "tax_included"}
        )
        cls.pro = cls._product("Pro", 1.0)
        cls.seat = cls._product("Seat", 1.0)
        cls.setup = cls._product("Set-up", 1.0)
        cls.storage = cls._product("Storage", 1.0)
        cls.training = cls._product("Training", 400.0)
        cls.plan = cls._plan(
            "Pro",
            [
                {"product_id": cls.pro.id, "unit_price": 31},
                {
                    "product_id": cls.seat.id,
                    "charge_model": "per_unit",
                    "unit_price": 5,
                    "default_quantity": 2,
                },
                {"product_id": cls.setup.id, "unit_price": 50, "role": "one_off"},
                {"product_id": cls.storage.id, "unit_price": 7, "role": "addon"},
            ],
        )
        cls.pro.rr_plan_id = cls.plan
        cls.customer = cls.env["res.partner"].create({"name": "Acme"})

    @classmethod
    def _product(cls, name, price, tax=None):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": price,
                "invoice_policy": "order",
                "taxes_id": [Command.set((tax or cls.tax).ids)],
            }
        )

    @classmethod
    def _plan(cls, name, charges, **values):
        plan = cls.env["recurring.plan"].create({"name": name})
        version = plan.version_ids
        version.write(
            {"charge_ids": [Command.create(charge) for charge in charges], **values}
        )
        version.action_publish()
        return plan

    def _order(self, *lines, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, **vals})
                    for product, vals in lines
                ],
                **values,
            }
        )


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


@tagged("post_install", "-at_install")
class TestSaleInvoicing(SaleCommon):
    def test_only_one_off_lines_are_invoiced(self):
        order = self._order((self.pro, {}), (self.training, {}))
        order.action_confirm()
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0, 1])
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertFalse(order.rr_only_subscriptions)
        self.assertEqual(order.amount_to_invoice, 480)
        invoice = order._create_invoices()
        self.assertEqual(invoice.invoice_line_ids.product_id, self.training)
        invoice.action_post()
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(order.amount_to_invoice, 0)

    def test_nothing_to_invoice_on_a_pure_subscription(self):
        order = self._order((self.pro, {}))
        order.action_confirm()
        self.assertEqual(order.invoice_status, "no")
        self.assertTrue(order.rr_only_subscriptions, "no invoice is offered")
        with self.assertRaisesRegex(UserError, "the subscription bills"):
            order._create_invoices()
        order._force_lines_to_invoice_policy_order()
        self.assertEqual(order.order_line.qty_to_invoice, 0)

    def test_down_payment_counts_the_one_off_lines(self):
        order = self._order((self.pro, {}), (self.training, {}))
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": order.ids,
                "advance_payment_method": "percentage",
                "amount": 50,
            }
        )
        invoice = wizard._create_invoices(order)
        self.assertEqual(invoice.amount_untaxed, 200)
        invoice.action_post()
        final = order._create_invoices(final=True)
        self.assertEqual(final.amount_untaxed, 200)

    def test_no_down_payment_on_a_pure_subscription(self):
        order = self._order((self.pro, {}))
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": order.ids,
                "advance_payment_method": "percentage",
                "amount": 50,
            }
        )
        with self.assertRaisesRegex(UserError, "the subscription bills"):
            wizard.create_invoices()

    def test_the_printed_quotation_says_per_month(self):
        order = self._order((self.pro, {}))
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("sale.report_saleorder", order.ids)[0]
            .decode()
        )
        self.assertIn("per month", html)
        self.assertIn("Set-up", html)
