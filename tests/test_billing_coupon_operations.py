"""What a person does to an invoice with a coupon: given back, adjusted, taken again."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..models.billing.recurring_coupon_redemption import Redeemed
from .common_billing_operations import OperationsCommon
from .common_coupons import CouponCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01")
class TestCouponOperations(CouponCommon):
    edit = OperationsCommon.edit
    reverse = OperationsCommon.reverse

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rr_invoice_policy = "draft"

    def _billed(self, kind="percent", **terms):
        sub, use = self._with_coupon(kind, **terms)
        return sub, use, self._bill("2026-04-01").move_ids

    def test_a_deleted_draft_gives_the_amount_back(self):
        sub, use, move = self._billed("fixed", amount=50, rest="carries")
        self.assertEqual((self.taken(use), use.amount_left), (30, 20))
        move = self.env["account.move"]
        self._bill("2026-05-01")
        move = sub.billed_item_ids.move_id
        self.assertEqual(move.amount_untaxed, 10)
        move.unlink()
        self.assertEqual((self.taken(use), use.amount_left), (30, 20))
        self.assertEqual(use.state, "active")
        self._bill("2026-05-01")
        self.assertInvoiced(sub, [10])
        self.assertEqual(self.taken(use), 50)
        self.assertSound(sub)

    def test_a_deleted_draft_is_billed_again_with_its_percentage(self):
        sub, use, move = self._billed()
        move.unlink()
        self.assertEqual(self.taken(use), 0)
        self._bill("2026-04-01")
        self.assertInvoiced(sub, [24])
        self.assertEqual(self.taken(use), 6)
        self.assertEqual(sum(use.redemption_ids.mapped("invoiced")), 24)
        self.assertSound(sub)

    def test_a_line_removed_from_a_draft(self):
        sub, use, move = self._billed()
        move.invoice_line_ids.unlink()
        self.assertEqual(self.taken(use), 0)
        self._bill("2026-04-01")
        self.assertEqual(self.taken(use), 6)
        self.assertSound(sub)

    def test_cancelled_and_back_again(self):
        sub, use, move = self._billed("fixed")
        move.button_cancel()
        self.assertEqual(self.taken(use), 0)
        move.button_draft()
        self.assertEqual(self.taken(use), 10)
        self.assertNothingLeft(sub, "2026-04-01")
        self.assertSound(sub)

    def test_what_was_used_elsewhere_does_not_come_back(self):
        sub, use, move = self._billed("fixed", amount=40, rest="carries")
        april = date(2026, 4, 1)
        rows = move.invoice_line_ids.rr_billed_item_ids
        rows._check_amount_left(Redeemed(use.id, april, 10, 10, 0))
        with self.assertRefused("another invoice in the meantime"):
            rows._check_amount_left(Redeemed(use.id, april, 11, 11, 0))

    def test_a_draft_edited_up_takes_less_off(self):
        """28.00 instead of 24.00: the customer owes 30.00 as before, 2.00 less."""
        sub, use, move = self._billed()
        self.edit(move, price_unit=28, discount=0)
        move.action_post()
        self.assertEqual(self.taken(use), 2)
        self.assertEqual(sum(use.redemption_ids.mapped("invoiced")), 28)
        self.assertEqual(sum(sub.billed_item_ids.mapped("amount")), 30)
        self.assertNothingLeft(sub, "2026-04-30")
        self.assertSound(sub)

    def test_a_draft_edited_beyond_the_price(self):
        """36.00: no coupon, and 6.00 more than the subscription owes, as decided."""
        sub, use, move = self._billed()
        self.edit(move, price_unit=36, discount=0)
        move.action_post()
        self.assertEqual(self.taken(use), 0)
        self.assertNothingLeft(sub, "2026-04-30")
        self.assertSound(sub)

    def test_a_draft_edited_down_keeps_the_proportion(self):
        sub, use, move = self._billed()
        self.edit(move, price_unit=12, discount=0)
        move.action_post()
        self.assertEqual(self.taken(use), 3)
        self.assertNothingLeft(sub, "2026-04-30")
        self.assertSound(sub)

    def test_a_free_line_edited_up(self):
        self.plan = self._plan("Shown", zero_invoice=True)
        sub, use, move = self._billed("free")
        self.edit(move, price_unit=10, discount=0)
        move.action_post()
        self.assertEqual(self.taken(use), 20)
        self.assertNothingLeft(sub, "2026-04-30")
        self.assertSound(sub)
        # Half a month later it ends: half of the 10.00 comes back, not of the 30.00.
        with freeze_time("2026-04-16"):
            sub.action_cancel("date", "2026-04-15", credit=True)
            self._bill("2026-04-16")
        self.assertInvoiced(sub, [10, -5])
        self.assertSound(sub)

    def test_credited_in_full_by_hand(self):
        sub, use, move = self._billed("fixed")
        move.action_post()
        self.reverse(move, date="2026-04-01")
        self.assertEqual(self.taken(use), 0)
        self.assertInvoiced(sub, [20, -20])
        self.assertNothingLeft(sub, "2026-04-30")
        self.assertSound(sub)
        # Billed again by decision, the coupon takes its amount off again.
        sub.billed_item_ids.filtered(
            lambda row: row.waiver_state == "pending"
        ).action_bill_again()
        self._bill("2026-04-01")
        self.assertInvoiced(sub, [20, -20, 20])
        self.assertEqual(self.taken(use), 10)
        self.assertSound(sub)

    def test_credited_in_part_by_hand(self):
        sub, use, move = self._billed()
        move.action_post()
        credit_note = self.reverse(move, date="2026-04-01", post=False)
        credit_note.invoice_line_ids.write({"price_unit": 8, "discount": 0})
        credit_note.action_post()
        self.assertEqual(self.taken(use), 4)
        self.assertNothingLeft(sub, "2026-04-30")
        self.assertSound(sub)

    def test_a_credit_note_by_hand_reset_to_draft(self):
        sub, use, move = self._billed()
        move.action_post()
        credit_note = self.reverse(move, date="2026-04-01")
        self.assertEqual(self.taken(use), 0)
        credit_note.button_draft()
        self.assertEqual(self.taken(use), 6)

    def test_reverse_and_modify(self):
        sub, use, move = self._billed("fixed")
        move.action_post()
        new = self.reverse(move, modify=True, date="2026-04-01")
        self.assertEqual(self.taken(use), 10)
        new.action_post()
        self.assertEqual(self.taken(use), 10)
        self.assertInvoiced(sub, [20, -20, 20])
        self.assertNothingLeft(sub, "2026-04-30")
        self.assertSound(sub)

    def test_booked_elsewhere(self):
        """Another tax on the draft: the rows are booked anew, the coupon stays."""
        sub, use, move = self._billed()
        other = self.tax.copy({"name": "VAT 10", "amount": 10})
        self.edit(move, tax_ids=[Command.set(other.ids)])
        move.action_post()
        self.assertEqual(self.taken(use), 6)
        self.assertNothingLeft(sub, "2026-04-30")
        self.assertSound(sub)

    def test_a_typed_credit_note_is_assigned(self):
        """Only what was paid is offered: 24.00, and nothing of a free period."""
        sub, use, move = self._billed("free", duration="once")
        other = self._use(sub, self._coupon("TWENTY"))
        self._bill("2026-05-01")
        invoice = sub.billed_item_ids.move_id
        invoice.action_post()
        credit_note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": "2026-05-02",
                "invoice_line_ids": [
                    Command.create({"product_id": self._product().id, "price_unit": 24})
                ],
            }
        )
        credit_note.action_post()
        wizard = self.env["recurring.credit.assignment"]._for_move(credit_note)
        self.assertEqual(wizard.line_ids.mapped("amount_open"), [24])
        wizard.action_assign()
        self.assertEqual(self.taken(other), 0)
        self.assertEqual(self.taken(use), 30)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01")
class TestCouponCredits(CouponCommon):
    def test_a_cancellation_gives_back_only_what_was_paid(self):
        sub, use = self._with_coupon()
        self._bill("2026-04-01")
        with freeze_time("2026-04-16"):
            sub.action_cancel("date", "2026-04-15", credit=True)
            self._bill("2026-04-16")
        self.assertInvoiced(sub, [24, -12])
        self.assertEqual(self.taken(use), 3)
        self.assertSound(sub)

    def test_the_credit_of_a_free_period_is_nothing(self):
        sub, use = self._with_coupon("free")
        self._bill("2026-04-01")
        with freeze_time("2026-04-16"):
            sub.action_cancel("date", "2026-04-15", credit=True)
            self._bill("2026-04-16")
        self.assertFalse(sub.billed_item_ids.move_id)
        self.assertEqual(self.taken(use), 15)
        self.assertNothingLeft(sub, "2026-04-16")
        self.assertSound(sub)

    def test_an_upgrade_within_the_period(self):
        """10.00 a month: half is given back with the credit, half taken off anew."""
        sub, use = self._with_coupon("fixed", duration="forever")
        self._bill("2026-04-01")
        with freeze_time("2026-04-16"):
            line = sub.line_ids
            rows = [{"line_id": line.id, "quantity": 2}]
            [change] = sub.action_change("lines", {"lines": rows})
            change = self.env["recurring.change"].browse(change)
            self._bill("2026-04-16")
        # Owed: 15.00 back, 30.00 for the second half; the coupon stays at 10.00.
        self.assertInvoiced(sub, [20, 15])
        self.assertEqual(change.amount_effect, 15)
        self.assertEqual(self.taken(use), 10)
        self.assertSound(sub)

    def test_an_upgrade_with_a_percentage(self):
        sub, use = self._with_coupon()
        self._bill("2026-04-01")
        with freeze_time("2026-04-16"):
            rows = [{"line_id": sub.line_ids.id, "quantity": 2}]
            [change] = sub.action_change("lines", {"lines": rows})
            change = self.env["recurring.change"].browse(change)
            self.assertEqual(change.amount_effect, 12)
            self._bill("2026-04-16")
        self.assertInvoiced(sub, [24, 12])
        self.assertEqual(self.taken(use), 9)
        self.assertSound(sub)

    def test_odd_amounts_leave_no_cent(self):
        plan = self._plan("Odd", [{"unit_price": 10.01}])
        sub = self._draft(plan=plan)
        use = self._use(sub, self._coupon(kind="fixed", amount=3.34))
        sub.action_activate()
        self._bill("2026-04-01")
        for day in ("2026-04-25", "2026-04-20", "2026-04-10"):
            with freeze_time(day):
                if sub.state != "active":
                    sub.action_undo_cancel()
                sub.action_cancel("date", day, credit=True)
                self._bill(day)
            self.assertSound(sub)
        self.assertGreater(self.taken(use), 0)

    def test_a_credit_made_again_after_it_was_deleted(self):
        """A credit note that was deleted gives the same amount when made again."""
        self.company.rr_invoice_policy = "draft"
        sub, use = self._with_coupon()
        invoice = self._bill("2026-04-01").move_ids
        invoice.action_post()
        with freeze_time("2026-04-02"):
            sub.action_cancel("date", "2026-04-01", credit=True)
            credit_note = self._bill("2026-04-02").move_ids
            amount = credit_note.amount_untaxed
            self.assertEqual(amount, 23.2)
            credit_note.unlink()
            self.assertEqual(self.taken(use), 6)
            self._bill("2026-04-02")
        self.assertInvoiced(sub, [24, -23.2])
        self.assertSound(sub)
