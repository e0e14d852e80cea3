"""Dues paid online: booked once, in the right name, and never lost."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_membership_payment import MembershipPaymentCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12 10:00:00")
class TestMembershipPayments(MembershipPaymentCommon):
    def _activities(self, payment):
        return payment.activity_ids.mapped("note")

    def _open_items(self, partner):
        """Return what is unmatched on the partner's receivable."""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", partner.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )
        return round(sum(lines.mapped("amount_residual")), 2)

    def test_paid_once(self):
        tx = self._transaction()
        self._confirm(tx)
        contribution = self._contributions()
        self.assertEqual(
            (contribution.amount, contribution.mode, contribution.date),
            (60.0, "card", date(2026, 11, 12)),
        )
        self.assertEqual(contribution.payment_id, tx.payment_id)
        self.assertEqual(contribution.partner_id, self.jeanne.partner_id)
        self.assertEqual(contribution.move_id.payment_state, "paid")
        self.assertEqual(set(self.dues.line_ids.mapped("paid_on")), {contribution.date})
        self.assertEqual(self.jeanne.state, "up_to_date")
        self.assertFalse(self._open_items(self.jeanne.partner_id))
        self.assertFalse(tx.payment_id.activity_ids)

    def test_notified_twice(self):
        tx = self._transaction()
        self._confirm(tx)
        tx._set_done()
        tx._post_process()
        tx.is_post_processed = False
        tx._post_process()
        self.assertEqual(len(self._contributions()), 1)
        payments = self.env["account.payment"].search(
            [("partner_id", "=", self.jeanne.partner_id.id)]
        )
        self.assertEqual(len(payments), 1)

    def test_late_confirmation_after_an_error(self):
        tx = self._transaction()
        tx._set_error("Time is up")
        tx._post_process()
        self.assertFalse(self._contributions())
        self._confirm(tx)
        self.assertEqual(self._contributions().amount, 60.0)

    def test_failed_and_cancelled_change_nothing(self):
        for outcome in ("_set_error", "_set_canceled", "_set_pending"):
            tx = self._transaction()
            getattr(tx, outcome)(**{"state_message": "No"})
            tx._post_process()
        self.assertFalse(self._contributions())
        self.assertEqual(self.dues._left(), 60)
        self.assertTrue(self.dues._is_paying())

    def test_paid_twice_is_not_lost(self):
        first, second = self._transaction(), self._transaction()
        self._confirm(first)
        self._confirm(second)
        self.assertEqual(len(self._contributions()), 1)
        self.assertEqual(second.payment_id.state, "in_process")
        self.assertEqual(self._open_items(self.jeanne.partner_id), -60.0)
        [note] = self._activities(second.payment_id)
        self.assertIn("60.00", note)
        self.assertIn("are not owed", note)

    def test_paid_after_a_part_by_transfer(self):
        tx = self._transaction()
        self.dues._receive(
            self.jeanne.partner_id,
            date(2026, 11, 11),
            self.dues._left() - 40,
            journal_id=self.bank.id,
        )
        self._confirm(tx)
        self.assertEqual(sorted(self._contributions().mapped("amount")), [20.0, 40.0])
        self.assertEqual(self._open_items(self.jeanne.partner_id), -20.0)
        self.assertIn("20.00", self._activities(tx.payment_id)[0])

    def test_paid_after_the_call_was_cancelled(self):
        tx = self._transaction()
        self.dues.action_cancel()
        self._confirm(tx)
        self.assertFalse(self._contributions())
        self.assertEqual(tx.payment_id.amount, 60.0)
        self.assertEqual(len(self._activities(tx.payment_id)), 1)

    def test_what_cannot_be_booked_stays_with_an_activity(self):
        tax = self.env["account.tax"].create({"name": "VAT", "amount": 20})
        self.season.version_ids.charge_ids.product_id.taxes_id = tax
        tx = self._transaction()
        self._confirm(tx)
        self.assertFalse(self._contributions())
        self.assertIn("bears VAT", self._activities(tx.payment_id)[0])

    def test_the_treasurer_is_told(self):
        treasurer = self.env["res.users"].create(
            {
                "name": "Treasurer",
                "login": "treasurer",
                "group_ids": [
                    (4, self.env.ref("recurring_revenue.group_treasurer").id)
                ],
            }
        )
        self.company.rr_treasurer_id = treasurer
        tx = self._transaction()
        self.dues.action_cancel()
        self._confirm(tx)
        self.assertEqual(tx.payment_id.activity_ids.user_id, treasurer)

    def test_a_guardian_paid(self):
        parent = self.env["res.partner"].create({"name": "Parent"})
        tx = self._transaction(partner_id=parent.id)
        self._confirm(tx)
        self.assertEqual(self._contributions().partner_id, parent)
        self.assertEqual(tx.payment_id.partner_id, parent)
        self.assertFalse(self._open_items(parent))

    def _refund(self, tx, amount):
        refund = tx._create_child_transaction(amount, is_refund=True)
        self._confirm(refund)
        return refund

    def test_refunded(self):
        tx = self._transaction()
        self._confirm(tx)
        contribution = self._contributions()
        refund = self._refund(tx, 60.0)
        self.assertEqual(contribution.state, "returned")
        self.assertIn(refund.reference, contribution.return_reason)
        self.assertEqual(self.dues._left(), 60)
        self.assertEqual(self.jeanne.state, "awaiting")
        self.assertFalse(self._open_items(self.jeanne.partner_id))
        self.assertEqual(tx.payment_id.move_id.payment_state, "not_paid")
        balances = self.env["account.move.line"]._read_group(
            [("partner_id", "=", self.jeanne.partner_id.id)],
            ["account_id"],
            ["balance:sum"],
        )
        kinds = ("income", "asset_receivable")
        for account, balance in balances:
            if account.account_type in kinds:
                self.assertFalse(round(balance, 2), account.name)

    def test_partly_refunded(self):
        tx = self._transaction()
        self._confirm(tx)
        refund = self._refund(tx, 10.0)
        self.assertEqual(self._contributions().state, "booked")
        self.assertIn("10.00", self._activities(refund.payment_id)[0])

    def test_the_reference_is_that_of_the_call(self):
        reference = self.env["payment.transaction"]._compute_reference(
            "none", rr_dues_id=self.dues.id
        )
        self.assertEqual(reference, self.dues.name.replace("/", "-"))
