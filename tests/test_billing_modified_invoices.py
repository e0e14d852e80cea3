"""Reverse and modify, and money of every kind: discounts, currencies, tax bases."""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common_billing_operations import OperationsCommon


@tagged("post_install", "-at_install")
class TestReverseAndModify(OperationsCommon):
    """The credit note and the new draft belong together: nothing waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.bill()

    def test_reverse_and_modify(self):
        draft = self.reverse(self.move, modify=True)
        self.assertEqual(draft.state, "draft")
        self.assertEqual(draft.invoice_line_ids.rr_subscription_id, self.sub)
        self.assertEqual(
            self.rows(),
            [
                ("charge", 30.0),
                ("credit", -30.0),
                ("waiver", 30.0),
                ("charge", 30.0),
                ("waiver", -30.0),
            ],
        )
        self.assertFalse(self.pending())
        self.proposes([])
        draft.action_post()
        self.assertEqual(len(self.rows()), 5)
        self.proposes([])
        # From now on it is an invoice like any other.
        self.sub._cancel(date(2025, 4, 16), True)
        credit_note = self.bill("2025-04-16")
        self.assertEqual(credit_note.reversed_entry_id, draft)
        self.assertEqual(credit_note.amount_untaxed, 15.0)

    def test_reverse_and_modify_with_another_quantity(self):
        draft = self.reverse(self.move, modify=True)
        self.edit(draft, quantity=2)
        draft.action_post()
        self.assertEqual(self.rows()[5:], [("charge", 30.0), ("waiver", -30.0)])
        self.proposes([])

    def test_reverse_and_modify_then_delete_the_draft(self):
        draft = self.reverse(self.move, modify=True)
        draft.unlink()
        self.proposes([("charge", 30.0)])
        self.next_billing_leaves_nothing()

    def test_reverse_and_modify_twice(self):
        first = self.reverse(self.move, modify=True)
        first.action_post()
        second = self.reverse(first, modify=True)
        second.action_post()
        self.assertFalse(self.pending())
        self.proposes([])
        second.button_cancel()
        self.proposes([("charge", 30.0)])

    def test_reverse_and_modify_a_credit_note_twice(self):
        """A credit note made anew, twice by mistake: 30.00 are credited, not 60.00."""
        credit_note = self.reverse(self.move)
        first = self.reverse(credit_note, modify=True)
        self.assertEqual(first.move_type, "out_refund")
        self.proposes([])
        second = self.reverse(credit_note, modify=True)
        (first + second).action_post()
        charge = self.sub.billed_item_ids[-1]
        [page] = charge._pages()
        self.assertEqual(page.charges()[charge], 0)
        self.assertFalse(self.sub._difference(date(2025, 4, 30))[self.sub.id])

    def test_reverse_and_modify_in_the_future(self):
        """The credit note waits for its date; the new draft stands from now on."""
        draft = self.reverse(self.move, modify=True, date="2099-01-01")
        self.assertEqual(self.rows()[1:], [("charge", 30.0), ("waiver", -30.0)])
        self.proposes([])
        credit_note = self.env["account.move"].search(
            [("reversed_entry_id", "=", self.move.id)]
        )
        credit_note.write({"auto_post": "no", "invoice_date": "2025-04-10"})
        credit_note.action_post()
        self.assertEqual(self.rows()[3:], [("credit", -30.0), ("waiver", 30.0)])
        self.assertFalse(self.pending())
        draft.action_post()
        self.proposes([])


@tagged("post_install", "-at_install")
class TestOddMoney(OperationsCommon):
    """Each test has a subscription of its own, beside the one that is billed here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bill()

    def test_discount_line(self):
        """A line of -5.00 a month is reversed like any other, with its sign."""
        plan = self._plan(
            "Loyal",
            charges=[{"unit_price": 30.0}, {"unit_price": 1.0, "name": "Loyalty"}],
        )
        sub = self._subscribe(
            plan, "2025-04-01", lines=[{}, {"price_unit": -5.0, "price_agreed": True}]
        )
        move = self.bill()
        self.assertEqual(move.amount_untaxed, 25.0)
        credit_note = self.reverse(move)
        self.assertEqual(sorted(self.pending(sub).mapped("amount")), [-5.0, 30.0])
        self.proposes([], sub)
        credit_note.button_draft()
        self.edit(credit_note, credit_note.invoice_line_ids[1], price_unit=-2.0)
        credit_note.action_post()
        self.assertEqual(self.pending(sub).mapped("amount"), [30.0])
        self.proposes([], sub)
        move.button_cancel()
        self.proposes([("charge", 30.0), ("charge", -5.0)], sub)

    def test_foreign_currency(self):
        self.env["res.currency.rate"].create(
            {"currency_id": self.dollar.id, "name": "2025-01-01", "rate": 1.25}
        )
        plan = self._plan("Dollar", currency_id=self.dollar.id)
        sub = self._subscribe(plan, "2025-04-01", currency_id=self.dollar.id)
        move = self.bill()
        self.assertEqual(move.currency_id, self.dollar)
        credit_note = self.reverse(move, post=False)
        self.edit(credit_note, price_unit=9.99)
        credit_note.action_post()
        self.assertEqual(self.rows(sub)[1:], [("credit", -9.99), ("waiver", 9.99)])
        self.proposes([], sub)

    def test_taxes_included_and_a_fiscal_position(self):
        """30.00 with tax is 25.00 abroad; 10.00 given back there are 12.00 here."""
        export = self.env["account.fiscal.position"].create({"name": "Export"})
        self.tax.copy(
            {
                "name": "0 %",
                "amount": 0,
                "fiscal_position_ids": [Command.set(export.ids)],
                "original_tax_ids": [Command.set(self.tax_included.ids)],
            }
        )
        product = self._product(taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._plan(
            "Incl", charges=[{"unit_price": 30.0, "product_id": product.id}]
        )
        sub = self._subscribe(plan, "2025-04-01", fiscal_position_id=export.id)
        move = self.bill()
        self.assertEqual(move.amount_total, 25.0)
        credit_note = self.reverse(move, post=False)
        self.edit(credit_note, price_unit=10.0)
        credit_note.action_post()
        self.assertEqual(self.rows(sub)[1:], [("credit", -12.0), ("waiver", 12.0)])
        self.proposes([], sub)

    def test_draft_moved_to_another_fiscal_position(self):
        """The same price in another tax basis is not a change of the price."""
        export = self.env["account.fiscal.position"].create({"name": "Export"})
        exempt = self.tax.copy(
            {
                "name": "0 %",
                "amount": 0,
                "fiscal_position_ids": [Command.set(export.ids)],
                "original_tax_ids": [Command.set(self.tax_included.ids)],
            }
        )
        product = self._product(taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._plan(
            "Incl", charges=[{"unit_price": 30.0, "product_id": product.id}]
        )
        sub = self._subscribe(plan, "2025-04-01")
        move = self.bill()
        self.assertEqual(move.amount_total, 30.0)
        move.button_draft()
        move.fiscal_position_id = export
        move.action_update_fpos_values()
        self.assertEqual(move.amount_total, 25.0)
        self.assertEqual(move.invoice_line_ids.tax_ids, exempt)
        move.action_post()
        self.assertEqual(
            self.rows(sub), [("charge", 30.0), ("charge", -30.0), ("charge", 30.0)]
        )
        self.assertEqual(sub.billed_item_ids[0].tax_key, str(exempt.id))
        self.assertFalse(sub._difference(date(2025, 4, 30))[sub.id])
