"""What an order that sells subscriptions invoices itself, and prints."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_sale import SaleCommon


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
