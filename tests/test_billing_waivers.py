"""Credited periods that wait for a decision, and credit notes typed by hand."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common_billing_operations import OperationsCommon


@tagged("post_install", "-at_install")
class TestWaivers(OperationsCommon):
    """A credited period waits until somebody says: bill again, or leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.bill()

    def setUp(self):
        super().setUp()
        self.credit_note = self.reverse(self.move)
        self.waiver = self.pending()

    def test_bill_again(self):
        self.bill("2025-05-01")
        self.waiver.action_bill_again()
        self.assertEqual(self.waiver.waiver_state, "billed_again")
        self.assertEqual(self.sub.next_billing_date, date(2025, 4, 1))
        change = self.sub.change_ids[0]
        self.assertEqual((change.type, change.amount_effect), ("waiver", 30.0))
        self.proposes([("charge", 30.0)], day="2025-05-01")
        moves = self.bill("2025-05-02")
        self.assertEqual(moves.amount_untaxed, 30.0)
        self.assertEqual(moves.invoice_line_ids.deferred_start_date, date(2025, 4, 1))
        self.assertNothingLeft(self.sub, "2025-05-02")

    def test_bill_again_once(self):
        self.waiver.action_bill_again()
        with self.assertRefused("billed again already"):
            self.waiver.action_bill_again()
        self.proposes([("charge", 30.0)])

    def test_leave(self):
        self.waiver.action_leave()
        self.assertEqual(self.waiver.waiver_state, "left")
        self.assertFalse(self.pending())
        self.proposes([])
        # Whoever changes their mind may.
        self.waiver.action_bill_again()
        self.proposes([("charge", 30.0)])

    def test_bill_again_and_credit_note_cancelled(self):
        """Without the credit note the period was billed twice: one is credited."""
        self.waiver.action_bill_again()
        self.bill("2025-04-20")
        self.credit_note.button_cancel()
        self.proposes([("credit", -30.0)])

    def test_bill_again_and_credit_note_cancelled_before_billing(self):
        self.waiver.action_bill_again()
        self.credit_note.button_cancel()
        self.proposes([])

    def test_invoice_cancelled_while_it_waits(self):
        self.move.button_cancel()
        self.proposes([("charge", 30.0)])

    def test_bill_again_on_a_closed_subscription(self):
        self.sub._cancel(date(2025, 5, 1), True)
        self.env["recurring.subscription"]._advance_lifecycle(
            self.company, date(2025, 5, 2)
        )
        self.assertEqual(self.sub.state, "closed")
        self.waiver.action_bill_again()
        self.assertEqual(self.sub.state, "cancelling")
        self.assertEqual(self.bill("2025-05-03").amount_untaxed, 30.0)
        self.assertNothingLeft(self.sub, "2025-05-03")
        self.env["recurring.subscription"]._advance_lifecycle(
            self.company, date(2025, 5, 4)
        )
        self.assertEqual(self.sub.state, "closed")

    def test_who_may_decide(self):
        seller = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        officer = new_test_user(self.env, "officer", "recurring_revenue.group_billing")
        self.sub.user_id = seller
        for name in ("action_bill_again", "action_leave"):
            with self.assertRaises(AccessError):
                getattr(self.waiver.with_user(seller), name)()
        self.waiver.with_user(officer).action_leave()
        self.waiver.with_user(officer).action_bill_again()
        self.assertEqual(self.sub.change_ids[0].user_id, officer)

    def test_nothing_to_decide_about_a_charge(self):
        with self.assertRefused("nothing to decide"):
            self.sub.billed_item_ids[-1].action_bill_again()


@tagged("post_install", "-at_install")
class TestCreditNoteByHand(OperationsCommon):
    """April, May and June are billed; then somebody types a credit note."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls.bill("2025-04-01")
        cls.moves += cls.bill("2025-05-01") + cls.bill("2025-06-01")

    def credit(self, price=40.0, customer=None, **line):
        credit_note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": (customer or self.customer).id,
                "invoice_date": "2025-06-10",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.sub.line_ids.product_id.id,
                            "price_unit": price,
                            **line,
                        }
                    )
                ],
            }
        )
        credit_note.action_post()
        return credit_note

    def wizard(self, credit_note):
        action = credit_note.action_rr_assign()
        return self.env[action["res_model"]].browse(action["res_id"])

    def to_assign(self):
        return self.env["account.move"].search([("rr_to_assign", "=", True)])

    def test_assumes_nothing_until_assigned(self):
        credit_note = self.credit()
        self.assertEqual(self.rows(), [("charge", 30.0)] * 3)
        self.assertTrue(credit_note.rr_to_assign)
        self.assertEqual(self.to_assign(), credit_note)
        self.proposes([], day="2025-06-30")

    def test_assigned_newest_first(self):
        """Of 40.00, June gets 30.00 and May 10.00."""
        credit_note = self.credit()
        wizard = self.wizard(credit_note)
        self.assertEqual(
            [(str(line.date_start), line.amount) for line in wizard.line_ids],
            [("2025-06-01", 30.0), ("2025-05-01", 10.0), ("2025-04-01", 0.0)],
        )
        self.assertEqual(wizard.amount_left, 0.0)
        self.assertEqual(wizard.line_ids.move_id, self.moves)
        wizard.action_assign()
        self.assertEqual(
            self.rows()[3:],
            [("credit", -30.0), ("waiver", 30.0), ("credit", -10.0), ("waiver", 10.0)],
        )
        self.assertEqual(self.pending().date_start, date(2025, 6, 1))
        self.assertFalse(credit_note.rr_to_assign)
        self.assertEqual(credit_note.invoice_line_ids.rr_subscription_id, self.sub)
        self.assertEqual(self.sub.billed_item_ids[0].move_id, credit_note)
        self.proposes([], day="2025-06-30")
        self.pending().action_bill_again()
        self.proposes([("charge", 30.0)], day="2025-06-30")

    def test_assigned_as_the_person_says(self):
        wizard = self.wizard(self.credit(25.0))
        with Form(wizard) as form:
            for position, amount in enumerate((0.0, 0.0, 25.0)):
                with form.line_ids.edit(position) as line:
                    line.amount = amount
            self.assertEqual(form.amount_left, 0.0)
        wizard.action_assign()
        self.assertEqual(self.rows()[3:], [("credit", -25.0), ("waiver", 25.0)])
        self.assertEqual(self.sub.billed_item_ids[0].date_start, date(2025, 4, 1))
        self.assertFalse(self.pending())
        # What the person gave back is not given back a second time.
        self.sub._cancel(date(2025, 4, 1), True)
        self.proposes(
            [
                ("waiver", -25.0),
                ("credit", -5.0),
                ("credit", -30.0),
                ("credit", -30.0),
            ],
            day="2025-06-30",
        )

    def test_more_than_remains_is_refused(self):
        wizard = self.wizard(self.credit(100.0))
        self.assertEqual(wizard.amount_left, 10.0)
        wizard.line_ids[0].amount = 31.0
        with self.assertRefused("at most", ValidationError):
            wizard.action_assign()
        self.assertEqual(len(self.rows()), 3)

    def test_more_than_the_credit_note_is_refused(self):
        wizard = self.wizard(self.credit(10.0))
        wizard.line_ids[1].amount = 20.0
        with self.assertRefused("too much", ValidationError):
            wizard.action_assign()

    def test_another_customers_period_is_refused(self):
        wizard = self.wizard(self.credit(10.0))
        other = self._subscribe(self.plan, "2025-06-01", self._customer("Other"))
        self.bill("2025-06-01")
        wizard.line_ids[0].billed_item_id = other.billed_item_ids
        with self.assertRefused("another customer", ValidationError):
            wizard.action_assign()

    def test_nothing_chosen(self):
        wizard = self.wizard(self.credit(10.0))
        wizard.line_ids.amount = 0.0
        with self.assertRefused("Say how much"):
            wizard.action_assign()

    def test_assigned_once(self):
        credit_note = self.credit(10.0)
        first, second = self.wizard(credit_note), self.wizard(credit_note)
        first.action_assign()
        with self.assertRefused("assigned already"):
            second.action_assign()

    def test_cancelled_after_assignment(self):
        credit_note = self.credit(30.0)
        self.wizard(credit_note).action_assign()
        credit_note.button_cancel()
        self.assertEqual(sum(amount for _kind, amount in self.rows()), 90.0)
        self.assertFalse(self.pending())
        self.assertFalse(credit_note.rr_to_assign)
        self.proposes([], day="2025-06-30")

    def test_reset_and_reposted_is_assigned_again(self):
        credit_note = self.credit(30.0)
        self.wizard(credit_note).action_assign()
        credit_note.button_draft()
        credit_note.action_post()
        self.assertTrue(credit_note.rr_to_assign)
        self.proposes([], day="2025-06-30")
        self.wizard(credit_note).action_assign()
        self.assertEqual(self.pending().waiver_left, 30.0)
        self.proposes([], day="2025-06-30")

    def test_not_about_subscriptions(self):
        credit_note = self.credit()
        credit_note.action_rr_not_recurring()
        self.assertFalse(credit_note.rr_to_assign)
        self.assertFalse(self.to_assign())

    def test_who_is_not_asked(self):
        """No subscriptions, another currency, reversals: nothing to assign."""
        self.credit(customer=self._customer("Passer-by"))
        self.reverse(self.moves[0])
        ordinary = self.moves[0].copy()
        ordinary.action_post()
        self.reverse(ordinary)
        self.assertFalse(self.to_assign())

    def test_reversal_typed_over_is_to_assign(self):
        credit_note = self.reverse(self.moves[0], post=False)
        credit_note.write(
            {
                "invoice_line_ids": [
                    Command.clear(),
                    Command.create({"name": "Sorry", "price_unit": 5.0}),
                ]
            }
        )
        credit_note.action_post()
        self.assertEqual(len(self.rows()), 3)
        self.assertEqual(self.to_assign(), credit_note)
        self.wizard(credit_note).action_assign()
        self.assertEqual(self.rows()[3:], [("credit", -5.0), ("waiver", 5.0)])

    def test_prices_with_tax(self):
        """30.00 with 20 % tax are 25.00 before: 10.00 before tax are 12.00."""
        product = self._product(taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._plan(
            "Incl", charges=[{"unit_price": 30.0, "product_id": product.id}]
        )
        customer = self._customer("Consumer")
        sub = self._subscribe(plan, "2025-06-01", customer)
        self.bill("2025-06-01")
        wizard = self.wizard(
            self.credit(12.0, customer=customer, product_id=product.id)
        )
        self.assertEqual(wizard.amount, 10.0)
        self.assertEqual(wizard.line_ids.amount_open, 25.0)
        wizard.action_assign()
        self.assertEqual(self.rows(sub)[1:], [("credit", -12.0), ("waiver", 12.0)])
        self.proposes([], sub, "2025-06-30")

    def test_two_subscriptions_of_one_customer(self):
        other = self._subscribe(self.plan, "2025-06-01")
        self.bill("2025-06-01")
        wizard = self.wizard(self.credit(60.0))
        self.assertEqual(wizard.line_ids.subscription_id, self.sub | other)
        wizard.action_assign()
        for sub in self.sub | other:
            self.assertEqual(self.pending(sub).amount, 30.0)
            self.assertFalse(sub._difference(date(2025, 6, 30))[sub.id])
        self.assertEqual(self.to_assign().ids, [])

    def test_a_clerk_assigns(self):
        clerk = new_test_user(
            self.env, "clerk", "base.group_user,account.group_account_invoice"
        )
        credit_note = self.credit().with_user(clerk)
        self.wizard(credit_note).with_user(clerk).action_assign()
        self.assertEqual(self.sub.billed_item_ids[0].create_uid, clerk)

    def test_a_reader_does_not(self):
        reader = new_test_user(
            self.env, "reader", "base.group_user,account.group_account_readonly"
        )
        with self.assertRaises(AccessError):
            self.credit().with_user(reader).action_rr_assign()
