"""A person edits, deletes or cancels what a billing left as a draft (issue: section 4).

What the ledger says afterwards, and what the next billing proposes: see
common_billing_operations.
"""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common_billing_operations import OperationsCommon


@tagged("post_install", "-at_install")
class TestDraftOperations(OperationsCommon):
    """A draft of ours is edited, loses a line, is deleted, cancelled, comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rr_invoice_policy = "draft"
        cls.move = cls.bill()

    def test_untouched_draft_is_posted(self):
        self.move.action_post()
        self.assertEqual(self.rows(), [("charge", 30.0)])
        self.proposes([])

    def test_draft_deleted_is_billed_again(self):
        self.move.unlink()
        self.assertEqual(self.rows(), [("charge", 30.0), ("charge", -30.0)])
        void = self.sub.billed_item_ids[0]
        self.assertEqual(void.origin_id, self.sub.billed_item_ids[1])
        self.assertIn("deleted", void.note)
        self.assertEqual(self.sub.next_billing_date, date(2025, 4, 1))
        self.proposes([("charge", 30.0)])
        self.next_billing_leaves_nothing()
        self.assertEqual(self.rows()[2:], [("charge", 30.0)])

    def test_line_removed_is_billed_again(self):
        self.move.invoice_line_ids.unlink()
        self.assertEqual(self.rows(), [("charge", 30.0), ("charge", -30.0)])
        self.assertIn("Removed", self.sub.billed_item_ids[0].note)
        self.proposes([("charge", 30.0)])

    def test_line_removed_in_the_form(self):
        line = self.move.invoice_line_ids
        self.move.write({"invoice_line_ids": [Command.delete(line.id)]})
        self.proposes([("charge", 30.0)])

    def test_line_removed_in_closed_history(self):
        """The line of April is removed when July is billed: April comes back."""
        moves = self.move
        for day in ("2025-05-01", "2025-06-01", "2025-07-01"):
            moves += self.bill(day)
        self.assertTrue(self.sub.settled_through > date(2025, 4, 30))
        moves[0].unlink()
        self.assertEqual(self.sub.next_billing_date, date(2025, 4, 1))
        self.proposes([("charge", 30.0)], day="2025-07-31")

    def test_quantity_raised(self):
        self.edit(self.move, quantity=3)
        self.assertEqual(self.rows(), [("charge", 30.0)], "nothing before posting")
        self.move.action_post()
        self.assertEqual(
            self.rows(), [("charge", 30.0), ("charge", 60.0), ("waiver", -60.0)]
        )
        self.assertEqual(self.sub.billed_item_ids[0].waiver_state, "left")
        self.assertEqual(self.sub.billed_through, date(2025, 5, 1))
        self.proposes([])
        self.proposes([("charge", 30.0)], day="2025-05-01")

    def test_price_lowered(self):
        self.edit(self.move, price_unit=18.0)
        self.move.action_post()
        self.assertEqual(
            self.rows(), [("charge", 30.0), ("credit", -12.0), ("waiver", 12.0)]
        )
        self.assertFalse(self.pending())
        self.proposes([])

    def test_discount_given(self):
        self.edit(self.move, discount=12.34)  # 30.00 less 12.34 % = 26.298
        self.move.action_post()
        self.assertEqual(
            self.rows(), [("charge", 30.0), ("credit", -3.7), ("waiver", 3.7)]
        )
        self.proposes([])

    def test_price_set_to_zero_and_back(self):
        self.edit(self.move, price_unit=0.0)
        self.move.action_post()
        self.assertEqual(
            self.rows(), [("charge", 30.0), ("credit", -30.0), ("waiver", 30.0)]
        )
        self.proposes([])
        self.move.button_draft()
        self.edit(self.move, price_unit=30.0)
        self.move.action_post()
        self.assertEqual(self.rows()[3:], [("credit", 30.0), ("waiver", -30.0)])
        self.proposes([])

    def test_price_lowered_then_cancelled_from_the_start(self):
        """Of 30.00 the customer paid 18.00: no more than 18.00 is credited."""
        self.edit(self.move, price_unit=18.0)
        self.move.action_post()
        self.sub._cancel(date(2025, 4, 1), True)
        self.proposes([("waiver", -12.0), ("credit", -18.0)])

    def test_line_added_by_hand_is_not_ours(self):
        self.move.write(
            {
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self._product("Gift").id, "price_unit": 7.0}
                    )
                ]
            }
        )
        self.move.action_post()
        self.assertEqual(self.move.amount_untaxed, 37.0)
        self.assertEqual(self.rows(), [("charge", 30.0)])
        self.proposes([])

    def test_edited_twice_posts_once(self):
        self.edit(self.move, quantity=2)
        self.move.action_post()
        self.move.button_draft()
        self.move.action_post()
        self.assertEqual(
            self.rows(), [("charge", 30.0), ("charge", 30.0), ("waiver", -30.0)]
        )
        self.move.button_draft()
        self.edit(self.move, quantity=1)
        self.move.action_post()
        self.assertEqual(self.rows()[3:], [("credit", -30.0), ("waiver", 30.0)])
        self.proposes([])

    def test_other_taxes_are_credited_as_booked(self):
        """The bookkeeper makes the draft exempt: a later credit is exempt as well."""
        exempt = self.tax.copy({"name": "Exempt", "amount": 0})
        self.edit(self.move, tax_ids=[Command.set(exempt.ids)])
        self.move.action_post()
        self.assertEqual(
            self.rows(), [("charge", 30.0), ("charge", -30.0), ("charge", 30.0)]
        )
        self.proposes([])
        self.sub._cancel(date(2025, 4, 16), True)
        self.company.rr_invoice_policy = "posted"
        credit_note = self.bill("2025-04-30")
        self.assertEqual(credit_note.invoice_line_ids.tax_ids, exempt)
        self.assertEqual(credit_note.amount_total, 15.0)
        self.assertEqual(credit_note.reversed_entry_id, self.move)

    def test_other_currency_is_refused(self):
        self.move.currency_id = self.dollar
        with self.assertRefused("is billed in EUR"):
            self.move.action_post()
        self.assertEqual(self.rows(), [("charge", 30.0)])

    def test_cancelled_is_billed_again(self):
        self.move.button_cancel()
        self.assertEqual(self.rows(), [("charge", 30.0), ("charge", -30.0)])
        self.proposes([("charge", 30.0)])
        self.next_billing_leaves_nothing()

    def test_cancelled_and_reset_to_draft(self):
        self.move.button_cancel()
        self.move.button_draft()
        self.assertEqual(
            self.rows(), [("charge", 30.0), ("charge", -30.0), ("charge", 30.0)]
        )
        self.assertEqual(self.sub.next_billing_date, date(2025, 5, 1))
        self.proposes([])
        self.move.action_post()
        self.assertEqual(len(self.rows()), 3)
        self.proposes([])

    def test_cancelled_twice(self):
        for _time in range(2):
            self.move.button_cancel()
            self.proposes([("charge", 30.0)])
            self.move.button_draft()
            self.proposes([])
        self.assertEqual(len(self.rows()), 5)

    def test_cancelled_billed_again_and_reset_to_draft_is_refused(self):
        self.move.button_cancel()
        again = self.bill("2025-04-02")
        with self.assertRefused(again.display_name):
            self.move.button_draft()
        self.assertEqual(self.move.state, "cancel")
        self.proposes([])
        # That one gone, this one may come back.
        again.unlink()
        self.move.button_draft()
        self.proposes([])

    def test_cancelled_and_deleted(self):
        self.move.button_cancel()
        self.move.unlink()
        self.assertEqual(self.rows(), [("charge", 30.0), ("charge", -30.0)])
        self.proposes([("charge", 30.0)])

    def test_edited_cancelled_and_back(self):
        """What was edited comes back as edited."""
        self.edit(self.move, price_unit=18.0)
        self.move.action_post()
        self.move.button_cancel()
        self.assertEqual(sum(amount for _kind, amount in self.rows()), 0.0)
        self.proposes([("charge", 30.0)])
        self.move.button_draft()
        self.assertEqual(
            self.rows()[6:], [("charge", 30.0), ("credit", -12.0), ("waiver", 12.0)]
        )
        self.proposes([])
        self.sub._cancel(date(2025, 4, 1), True)
        self.proposes([("waiver", -12.0), ("credit", -18.0)])

    def test_duplicated_has_no_effect(self):
        copy = self.move.copy()
        self.assertFalse(copy.invoice_line_ids.rr_subscription_id)
        self.assertFalse(copy.invoice_line_ids.rr_subscription_line_id)
        self.assertFalse(copy.invoice_line_ids.deferred_start_date)
        self.assertFalse(copy.invoice_line_ids.deferred_end_date)
        self.assertFalse(copy.rr_run_id)
        copy.action_post()
        copy.button_cancel()
        self.assertEqual(self.rows(), [("charge", 30.0)])
        self.proposes([])

    def test_closed_subscription_bills_again(self):
        self.sub._cancel(date(2025, 5, 1), True)
        self.env["recurring.subscription"]._advance_lifecycle(
            self.company, date(2025, 5, 2)
        )
        self.assertEqual(self.sub.state, "closed")
        self.move.button_cancel()
        self.assertEqual(self.sub.state, "cancelling")
        self.assertEqual(self.sub.change_ids.sorted("id")[-1].type, "reopen")
        self.proposes([("charge", 30.0)])
        self.next_billing_leaves_nothing()

    def test_zero_invoice(self):
        plan = self._plan("Free", charges=[{"unit_price": 0.0}], zero_invoice=True)
        sub = self._subscribe(plan, "2025-04-01")
        [move] = self.bill()
        self.assertEqual(move.amount_total, 0.0)
        move.button_cancel()
        self.proposes([("charge", 0.0)], sub)
        move.button_draft()
        self.proposes([], sub)
        move.action_post()
        self.proposes([], sub)
        move.button_draft()
        self.edit(move, price_unit=5.0)
        move.action_post()
        self.assertEqual(self.rows(sub)[-2:], [("charge", 5.0), ("waiver", -5.0)])
        self.proposes([], sub)

    def test_draft_credit_note_of_a_run_is_edited(self):
        """A run proposes to give 15.00 back; the person gives 20.00, then 10.00."""
        self.move.action_post()
        self.sub._cancel(date(2025, 4, 16), True)
        credit_note = self.bill("2025-04-16")
        self.assertEqual(credit_note.amount_untaxed, 15.0)
        self.edit(credit_note, price_unit=20.0)
        credit_note.action_post()
        self.assertEqual(
            self.rows()[1:], [("credit", -15.0), ("credit", -5.0), ("waiver", 5.0)]
        )
        self.proposes([])
        credit_note.button_draft()
        self.edit(credit_note, price_unit=10.0)
        credit_note.action_post()
        self.assertEqual(sum(amount for _kind, amount in self.rows()), 15.0)
        self.proposes([])

    def test_draft_credit_note_of_a_run_is_deleted(self):
        self.move.action_post()
        self.sub._cancel(date(2025, 4, 16), True)
        credit_note = self.bill("2025-04-16")
        credit_note.unlink()
        self.assertEqual(self.rows()[1:], [("credit", -15.0), ("credit", 15.0)])
        self.proposes([("credit", -15.0)])

    def test_draft_deleted_that_was_credited_already(self):
        """30.00 and -15.00 are drafts; without the invoice, 30.00 balance the rest."""
        self.sub._cancel(date(2025, 4, 16), True)
        credit_note = self.bill("2025-04-16")
        self.assertEqual(credit_note.amount_untaxed, 15.0)
        self.move.unlink()
        self.proposes([("charge", 30.0)])
        self.next_billing_leaves_nothing()
        self.assertEqual(sum(amount for _kind, amount in self.rows()), 15.0)

    def test_quantity_raised_then_cancelled_from_the_start(self):
        """The 60.00 that a person added are the person's to give back."""
        self.edit(self.move, quantity=3)
        self.move.action_post()
        self.sub._cancel(date(2025, 4, 1), True)
        self.proposes([("credit", -30.0)])
        self.next_billing_leaves_nothing()

    def test_grouped_invoice_touches_only_whose_line_it_is(self):
        one = self._subscribe(self.plan, "2025-05-01", invoice_grouping="customer")
        two = self._subscribe(self.plan, "2025-05-01", invoice_grouping="customer")
        moves = self.bill("2025-05-01")
        move = moves.filtered(lambda move: len(move.invoice_line_ids) == 2)
        line = move.invoice_line_ids.filtered(
            lambda line: line.rr_subscription_id == one
        )
        line.unlink()
        self.proposes([("charge", 30.0)], one, "2025-05-01")
        self.proposes([], two, "2025-05-01")
        move.button_cancel()
        self.proposes([("charge", 30.0)], one, "2025-05-01")
        self.proposes([("charge", 30.0)], two, "2025-05-01")
        self.next_billing_leaves_nothing(one, "2025-05-01")
        self.assertNothingLeft(two, "2025-05-01")
