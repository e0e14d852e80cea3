"""A person resets, cancels or reverses what was posted: ledger and next billing."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.guard import applying
from .common_billing_operations import OperationsCommon


@tagged("post_install", "-at_install")
class TestPostedOperations(OperationsCommon):
    """Posted invoices: reset, cancelled, reversed in full or part, modified."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.bill()

    def test_reset_to_draft_and_reposted(self):
        self.move.button_draft()
        self.proposes([])
        self.move.action_post()
        self.assertEqual(self.rows(), [("charge", 30.0)])
        self.proposes([])

    def test_cancelled(self):
        self.move.button_cancel()
        self.assertEqual(self.rows(), [("charge", 30.0), ("charge", -30.0)])
        self.proposes([("charge", 30.0)])

    def test_reset_and_deleted(self):
        self.move.button_draft()
        self.move.unlink()
        self.proposes([("charge", 30.0)])

    def test_duplicated_posted(self):
        self.move.copy().action_post()
        self.assertEqual(self.rows(), [("charge", 30.0)])

    def test_audit_trail_lets_cancel_but_not_delete(self):
        self.company.restrictive_audit_trail = True
        self.move.button_draft()
        with self.assertRefused("audit trail"):
            self.move.unlink()
        self.assertEqual(self.rows(), [("charge", 30.0)], "nothing left of a refusal")
        self.move.button_cancel()
        self.proposes([("charge", 30.0)])
        self.move.button_draft()
        self.proposes([])
        self.move.action_post()
        credit_note = self.reverse(self.move)
        self.proposes([])
        credit_note.button_cancel()
        self.assertEqual(sum(amount for _kind, amount in self.rows()), 30.0)
        self.proposes([])

    def test_locked_month_is_refused(self):
        self.company.fiscalyear_lock_date = "2025-04-30"
        with self.assertRaises(UserError):
            self.move.button_cancel()
        self.assertEqual(self.rows(), [("charge", 30.0)], "nothing left of a refusal")
        self.reverse(self.move, date="2025-05-02")
        self.assertEqual(self.rows()[1:], [("credit", -30.0), ("waiver", 30.0)])
        self.proposes([])

    def test_hashed_invoice_is_refused(self):
        self.move.journal_id.restrict_mode_hash_table = True
        self.move.button_hash()
        with self.assertRaises(UserError):
            self.move.button_cancel()
        self.assertEqual(self.rows(), [("charge", 30.0)])
        self.reverse(self.move)
        self.assertEqual(self.rows()[1:], [("credit", -30.0), ("waiver", 30.0)])
        self.proposes([])

    # Reversed

    def test_reversed_waits_for_a_decision(self):
        credit_note = self.reverse(self.move, post=False)
        line = credit_note.invoice_line_ids
        self.assertEqual(line.rr_subscription_id, self.sub)
        self.assertEqual(line.deferred_start_date, date(2025, 4, 1))
        self.assertEqual(self.rows(), [("charge", 30.0)], "nothing before posting")
        credit_note.action_post()
        self.assertEqual(
            self.rows(), [("charge", 30.0), ("credit", -30.0), ("waiver", 30.0)]
        )
        self.assertEqual(self.pending().amount, 30.0)
        self.assertEqual(self.sub.billed_through, date(2025, 5, 1))
        self.proposes([])
        self.proposes([("charge", 30.0)], day="2025-05-01")

    def test_reversal_deleted_before_posting(self):
        self.reverse(self.move, post=False).unlink()
        self.assertEqual(self.rows(), [("charge", 30.0)])
        self.proposes([])

    def test_reversal_cancelled(self):
        credit_note = self.reverse(self.move)
        credit_note.button_cancel()
        self.assertEqual(self.rows()[3:], [("credit", 30.0), ("waiver", -30.0)])
        self.assertFalse(self.pending())
        self.proposes([])
        # A cancelled one that comes back counts when it is posted.
        credit_note.button_draft()
        self.assertEqual(len(self.rows()), 5)
        credit_note.action_post()
        self.assertEqual(self.pending().amount, 30.0)
        self.proposes([])

    def test_reversal_reset_to_draft_and_reposted(self):
        credit_note = self.reverse(self.move)
        credit_note.button_draft()
        self.assertFalse(self.pending())
        self.proposes([])
        credit_note.action_post()
        self.assertEqual(
            self.rows()[3:],
            [("credit", 30.0), ("waiver", -30.0), ("credit", -30.0), ("waiver", 30.0)],
        )
        self.proposes([])

    def test_reversed_in_part_is_goodwill(self):
        credit_note = self.reverse(self.move, post=False)
        self.edit(credit_note, price_unit=10.0)
        credit_note.action_post()
        self.assertEqual(self.rows()[1:], [("credit", -10.0), ("waiver", 10.0)])
        self.assertFalse(self.pending())
        self.proposes([])

    def test_reversed_in_two_parts(self):
        for amount, waiting in ((10.0, 0.0), (20.0, 20.0)):
            credit_note = self.reverse(self.move, post=False)
            self.edit(credit_note, price_unit=amount)
            credit_note.action_post()
            self.assertEqual(sum(self.pending().mapped("amount")), waiting)
        self.proposes([])

    def test_reversed_twice_credits_once(self):
        """The second exceeds what was billed: the ledger does not follow it."""
        self.reverse(self.move)
        self.reverse(self.move)
        self.assertEqual(len(self.rows()), 3)
        self.proposes([])

    def test_credit_after_goodwill_on_cancellation(self):
        """10.00 were given back by hand; the end of the service gives the rest."""
        credit_note = self.reverse(self.move, post=False)
        self.edit(credit_note, price_unit=10.0)
        credit_note.action_post()
        self.sub._cancel(date(2025, 4, 1), True)
        self.proposes([("waiver", -10.0), ("credit", -20.0)])
        self.next_billing_leaves_nothing()
        self.assertEqual(sum(amount for _kind, amount in self.rows()), 0.0)

    def test_credit_after_goodwill_on_cancellation_half_way(self):
        """Served 15.00; paid 30.00 less 10.00: 5.00 are missing to the customer."""
        credit_note = self.reverse(self.move, post=False)
        self.edit(credit_note, price_unit=10.0)
        credit_note.action_post()
        self.sub._cancel(date(2025, 4, 16), True)
        self.proposes([("waiver", -10.0), ("credit", -5.0)])

    def test_cancellation_settles_what_waited(self):
        """Credited in full, and not owed any more: no decision is left."""
        self.reverse(self.move)
        self.sub._cancel(date(2025, 4, 1), True)
        self.proposes([("waiver", -30.0)])
        self.next_billing_leaves_nothing()
        self.assertFalse(self.pending())

    def test_reversed_invoice_with_a_credit_on_it(self):
        """An invoice that charges May and gives half of April back is reversed."""
        sub = self._subscribe(self.plan, "2025-04-01")
        self.bill("2025-04-01")
        line = sub.line_ids
        applying(line).write({"end_date": "2025-04-16"})
        applying(line).copy({"start_date": "2025-05-01", "end_date": False})
        sub._reopen_from(date(2025, 4, 1))
        sub._refresh_billing_state()
        moves = self.bill("2025-05-01").filtered(
            lambda move: sub in move.invoice_line_ids.rr_subscription_id
        )
        self.assertEqual(moves.mapped("amount_untaxed"), [15.0])
        self.reverse(moves)
        self.assertEqual(sorted(self.pending(sub).mapped("amount")), [-15.0, 30.0])
        self.proposes([], sub, "2025-05-01")
        self.pending(sub).action_bill_again()
        self.proposes([("credit", -15.0), ("charge", 30.0)], sub, "2025-05-01")

    def test_credit_note_of_a_run_is_not_counted_twice(self):
        self.sub._cancel(date(2025, 4, 16), True)
        credit_note = self.bill("2025-04-16")
        self.assertEqual(credit_note.move_type, "out_refund")
        self.assertEqual(self.rows(), [("charge", 30.0), ("credit", -15.0)])
        credit_note.button_draft()
        credit_note.action_post()
        self.assertEqual(self.rows(), [("charge", 30.0), ("credit", -15.0)])
        self.proposes([])

    def test_credit_note_of_a_run_is_reversed(self):
        """A debit for a credit: the person decides that it stays charged."""
        self.sub._cancel(date(2025, 4, 16), True)
        credit_note = self.bill("2025-04-16")
        debit = self.reverse(credit_note)
        self.assertEqual(debit.move_type, "out_invoice")
        self.assertEqual(self.rows()[2:], [("credit", 15.0), ("waiver", -15.0)])
        self.proposes([])
        self.pending().action_bill_again()
        self.proposes([("credit", -15.0)])

    def test_reversal_is_reversed(self):
        """A credit note by hand is itself reversed: the period is billed as before."""
        credit_note = self.reverse(self.move)
        self.reverse(credit_note)
        self.assertEqual(sum(amount for _kind, amount in self.rows()), 30.0)
        self.proposes([])

    def test_two_subscriptions_on_one_invoice(self):
        """Only one of them is given back: the other one is not touched."""
        subs = [
            self._subscribe(self.plan, "2025-05-01", invoice_grouping="customer")
            for _number in range(2)
        ]
        move = self.bill("2025-05-01").filtered(
            lambda move: len(move.invoice_line_ids) == 2
        )
        credit_note = self.reverse(move, post=False)
        credit_note.invoice_line_ids[0].unlink()
        credit_note.action_post()
        given = credit_note.invoice_line_ids.rr_subscription_id
        for sub in subs:
            waiting = 30.0 if sub == given else 0.0
            self.assertEqual(sum(self.pending(sub).mapped("amount")), waiting)
            self.proposes([], sub, "2025-05-30")

    def test_others_invoices_and_runs_ask_the_ledger_nothing(self):
        """Invoices without subscriptions, and the billing's own, cost nothing more."""
        ledger = type(self.env["recurring.billed.item"])
        with patch.object(ledger, "_of_lines", side_effect=AssertionError):
            ordinary = self.move.copy()
            ordinary.action_post()
            self.reverse(ordinary).button_cancel()
            ordinary.button_draft()
            ordinary.invoice_line_ids.unlink()
            ordinary.unlink()
            self.assertTrue(self.bill("2025-05-01"))

    # Rights

    def test_an_invoicing_user_needs_no_group_of_ours(self):
        user = new_test_user(
            self.env, "clerk", "base.group_user,account.group_account_invoice"
        )
        move = self.move.with_user(user)
        credit_note = self.reverse(move)
        self.assertEqual(self.rows()[1:], [("credit", -30.0), ("waiver", 30.0)])
        self.assertEqual(self.sub.billed_item_ids[0].create_uid, user)
        credit_note.button_cancel()
        move.button_cancel()
        move.button_draft()
        self.proposes([])
        with self.assertRaises(AccessError):
            self.sub.billed_item_ids[0].with_user(user).action_leave()
