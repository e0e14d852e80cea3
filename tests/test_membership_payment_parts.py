"""Dues paid online in parts: instalments, shares of third parties, invoices."""

from decimal import Decimal

from odoo.tests import freeze_time, tagged

from .common_membership_payment import MembershipPaymentCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12 10:00:00")
class TestMembershipPaymentParts(MembershipPaymentCommon):
    def _plan_in(self, count, **values):
        wizard = self.env["recurring.instalment.plan"].create(
            {
                "dues_id": self.dues.id,
                "count": count,
                "first_on": "2026-11-30",
                "mode": "transfer",
                "handed_on": False,
                **values,
            }
        )
        wizard.action_apply()
        return self.dues.instalment_ids

    def test_the_next_instalment_or_all(self):
        first, second, third = self._plan_in(3)
        self.assertEqual(self.dues._payable_amounts(), [20, 60])
        tx = self._transaction(amount=20.0)
        self._confirm(tx)
        self.assertEqual(first.state, "received")
        self.assertEqual(first.contribution_id, self._contributions())
        self.assertEqual(self.dues._payable_amounts(), [20, 40])
        self._confirm(self._transaction(amount=40.0))
        self.assertEqual((second | third).mapped("state"), ["received", "received"])
        self.assertFalse(self.dues._payable_amounts())
        self.assertEqual(self.jeanne.state, "up_to_date")

    def test_cheques_in_hand_are_not_asked_for(self):
        self._plan_in(
            2,
            mode="cheque",
            handed_on="2026-11-12",
            cheque_bank="Bank",
            first_number="1",
        )
        self.assertEqual(
            self.dues.instalment_ids.mapped("state"), ["in_hand", "in_hand"]
        )
        self.assertEqual(self.dues._left(), 60)
        self.assertFalse(self.dues._payable_amounts())

    def test_the_share_of_a_third_party_is_not_asked_for(self):
        council = self.env["res.partner"].create({"name": "Works council"})
        self.env["recurring.dues.share"].create(
            {"dues_id": self.dues.id, "partner_id": council.id, "amount": 25}
        )
        self.assertEqual(self.dues._payable_amounts(), [35])
        self._confirm(self._transaction(amount=35.0))
        self.assertFalse(self.dues._payable_amounts())
        self.assertEqual(self.dues._left(), 25)

    def test_dues_that_were_invoiced(self):
        plan = self._membership_plan(
            "Invoiced",
            [{"unit_price": 80.0}],
            alignment="calendar",
            rr_dues_document="invoice",
        )
        plan.version_ids.charge_ids.product_id.taxes_id = False
        member = self._member("Anne", "2026-01-01", plan)
        dues = self._called(member)
        [invoice] = dues.invoice_ids
        self.assertEqual(dues._payable_amounts(), [Decimal("80")])
        tx = self._transaction(dues, 80.0)
        self._confirm(tx)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(self._contributions(dues).payment_id, tx.payment_id)
        self.assertFalse(dues._payable_amounts())
        self.assertEqual(member.state, "up_to_date")
        self.assertFalse(tx.payment_id.activity_ids)
        refund = tx._create_child_transaction(80.0, is_refund=True)
        self._confirm(refund)
        self.assertEqual(len(refund.payment_id.activity_ids), 1)

    def test_e_mails_have_the_link(self):
        self.assertIn(f"/my/dues/{self.dues.id}?access", self.dues._payment_link())
