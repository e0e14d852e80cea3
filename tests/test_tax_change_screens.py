"""Changes of a tax: seen before they are applied; by payment, with unpaid invoices."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_tax_change import TaxChangeCommon


@tagged("post_install", "-at_install")
@freeze_time("2025-05-01")
class TestTaxChangeScreens(TaxChangeCommon):
    def test_preview(self):
        """273 of 365 days of 240.00, twice: 359.02 credited and charged anew."""
        subs = self._energy() | self._energy()
        change = self._change()
        action = change.action_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(preview.line_ids.subscription_id, subs)
        self.assertEqual(preview.line_ids.mapped("credited"), [179.51, 179.51])
        self.assertEqual(str(preview.line_ids[0].last_day), "2026-04-30")
        total = preview.total_ids
        self.assertEqual((total.count, total.currency_id), (2, self.euro))
        self.assertEqual((total.credited, total.charged), (359.02, 359.02))
        # 179.51 at 20 % less 179.51 at 5.5 %, twice
        self.assertEqual(preview.line_ids.mapped("vat_change"), [26.03, 26.03])
        self.assertEqual(total.vat_change, 52.06)
        # Looking changed nothing.
        self.assertEqual(change.state, "draft")
        self.assertNothingLeft(subs[0], "2025-05-02")
        preview.action_apply()
        self.assertEqual(change.state, "applied")

    def test_preview_of_nothing(self):
        preview = self.env["recurring.vat.tax.change.preview"]._for_change(
            self._change("invoice")
        )
        self.assertFalse(preview.line_ids)

    def test_by_payment(self):
        """Due 30 days later: the invoice of 15 July is paid at the new tax."""
        term = self.env["account.payment.term"].create(
            {
                "name": "30 days",
                "line_ids": [
                    (
                        0,
                        0,
                        {"value": "percent", "value_amount": 100, "nb_days": 30},
                    )
                ],
            }
        )
        self._change("payment").action_apply()
        early = self._energy("2025-05-01", payment_term_id=term.id)
        with freeze_time("2025-07-15"):
            late = self._energy("2025-07-15", payment_term_id=term.id)
            at_once = self._energy("2025-07-15")
        for sub, tax in ((early, 5.5), (late, 20.0), (at_once, 5.5)):
            lines = sub.billed_item_ids.move_id.invoice_line_ids
            self.assertEqual(lines.tax_ids.amount, tax)

    def test_unpaid_invoices_are_billed_again(self):
        """Credited at 5.5 %, and billed at 20 % by the next billing."""
        sub = self._energy()
        paid = self._energy()
        self._pay(paid.billed_item_ids.move_id)
        change = self._change("payment")
        self.assertEqual(change.unpaid_count, 0)
        change.action_apply()
        with self.assertRefused("Wait for the day"):
            change.action_bill_unpaid_again()
        change.invalidate_recordset()
        self.assertEqual(change.unpaid_count, 1)
        first = sub.billed_item_ids.move_id
        with freeze_time("2025-08-02"):
            found = self.env["account.move"].search(
                change.action_open_unpaid()["domain"]
            )
            self.assertEqual(found, first)
            change.action_bill_unpaid_again()
            self._bill("2025-08-02")
            with self.assertRefused("No unpaid invoice"):
                change.action_bill_unpaid_again()
        moves = sub.billed_item_ids.move_id - first
        note = moves.filtered(lambda move: move.move_type == "out_refund")
        again = moves - note
        self.assertEqual(note.invoice_line_ids.tax_ids, self.reduced)
        self.assertEqual((note.amount_untaxed, first.payment_state), (240, "reversed"))
        self.assertEqual(again.invoice_line_ids.tax_ids, self.tax_s)
        self.assertEqual((again.amount_untaxed, again.amount_tax), (240.0, 48.0))
        self.assertNothingLeft(sub, "2025-08-03")

    def _pay(self, move, amount=None):
        values = {"amount": amount} if amount else {}
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(values)._create_payments()

    def test_partly_paid_invoices_are_billed_again(self):
        """100.00 of 253.20 paid: 94.79 before tax keeps 5.5 %, 145.21 gets 20 %."""
        sub = self._energy()
        first = sub.billed_item_ids.move_id
        self._pay(first, 100.0)
        change = self._change("payment", apply=True)
        self.assertEqual(change.unpaid_count, 1)
        with freeze_time("2025-08-02"):
            change.action_bill_unpaid_again()
            self._bill("2025-08-02")
        moves = sub.billed_item_ids.move_id - first
        note = moves.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((note.amount_untaxed, note.amount_total), (145.21, 153.2))
        self.assertEqual((first.amount_residual, note.amount_residual), (0.0, 0.0))
        self.assertEqual(
            self._net(sub), {self.reduced.name: 94.79, self.tax_s.name: 145.21}
        )
        self.assertNothingLeft(sub, "2025-08-03")
        self.assertEqual(self._vat_left(first | note), 0.0)

    def test_partly_paid_of_several_lines(self):
        """The note totals what is left to pay to the cent, whatever is rounded."""
        other = self._sold(price=33.33, tax=self.reduced, name="Other")
        plan = self._plan(
            "Two",
            charges=[
                {"product_id": self.product.id, "unit_price": 12.34},
                {"product_id": other.id, "unit_price": 33.33},
            ],
        )
        change = self._change("payment", apply=True)
        for paid in (0.01, 7.77, 19.99, 48.17):
            with self.subTest(paid=paid):
                sub = self._energy(plan=plan)
                first = sub.billed_item_ids.move_id
                self.assertEqual(first.amount_total, 48.18)
                self._pay(first, paid)
                with freeze_time("2025-08-02"):
                    change.action_bill_unpaid_again(first)
                note = sub.billed_item_ids.move_id - first
                self.assertEqual(note.amount_total, round(48.18 - paid, 2))
                self.assertEqual(first.amount_residual, 0.0)
                self.assertEqual(note.amount_residual, 0.0)

    def _vat_left(self, moves):
        """Return what waits on the account of VAT not due yet."""
        found = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.reduced.cash_basis_transition_account_id.id),
                "|",
                ("move_id", "in", moves.ids),
                ("move_id.tax_cash_basis_origin_move_id", "in", moves.ids),
            ]
        )
        return round(sum(found.mapped("balance")), 2)

    def test_products_to_change_by_hand(self):
        change = self._change()
        self.assertEqual(change.other_product_count, 1)
        found = self.env["product.template"].search(
            change.action_open_products()["domain"]
        )
        self.assertEqual(found, self.product.product_tmpl_id)

    def test_form(self):
        form = Form(self.env["recurring.vat.tax.change"])
        form.name, form.date = "LF", "2025-08-01"
        form.old_tax_id, form.new_tax_id = self.reduced, self.tax_s
        change = form.save()
        change.action_apply()
        with self.assertRaises(UserError):
            change.action_preview()

    def test_an_accountant_without_subscriptions(self):
        """Who keeps the taxes applies a change, bills unpaid invoices again, and takes
        the change back, without the right to change a subscription."""
        accountant = new_test_user(
            self.env, "rr_accountant", "account.group_account_manager"
        )
        sub = self._energy()
        change = self._change().with_user(accountant)
        change.action_preview()
        change.action_apply()
        self._bill("2025-05-02")
        moves = sub.billed_item_ids.move_id
        self.assertEqual(moves.mapped("move_type").count("out_refund"), 1)
        change.action_withdraw()
        self.assertEqual(change.state, "withdrawn")
        self._bill("2025-05-03")
        unpaid = self._energy()
        other = self._change("payment").with_user(accountant)
        other.action_apply()
        with freeze_time("2025-08-02"):
            other.action_bill_unpaid_again(unpaid.billed_item_ids.move_id)
            self._bill("2025-08-02")
        taxes = unpaid.billed_item_ids.move_id.invoice_line_ids.tax_ids
        self.assertEqual(taxes, self.reduced | self.tax_s)

    def test_who_may(self):
        change = self._change()
        user = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        with self.assertRaises(AccessError):
            change.with_user(user).action_preview()
        with self.assertRaises(AccessError):
            change.with_user(user).action_apply()
