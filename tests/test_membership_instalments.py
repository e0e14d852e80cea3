"""Instalments, cheques deposited later, shares of third parties: exact, each once."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_membership import MembershipCommon

NBSP = "\N{NO-BREAK SPACE}"


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12")
class TestMembershipInstalments(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.year = cls._membership_plan(
            "Year", [{"unit_price": 100.0}], alignment="calendar"
        )
        cls.jeanne = cls._member("Jeanne", "2026-01-01", cls.year)
        cls.dues = cls._call(cls.jeanne)
        cls.council = cls.env["res.partner"].create(
            {"name": "Works council", "email": "council@example.com"}
        )

    @classmethod
    def _call(cls, member):
        dues = member._call_dues(date(2026, 11, 12))
        dues.line_ids.charge_id.product_id.taxes_id = False
        dues.action_call()
        return dues

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

    def _cheques(self, count=3):
        return self._plan_in(
            count,
            mode="cheque",
            handed_on="2026-11-12",
            cheque_bank="Crédit coopératif",
            first_number="0000099",
        )

    def _deposit(self, rows, day):
        self.env["recurring.instalment.deposit"].create(
            {
                "instalment_ids": [Command.set(rows.ids)],
                "date": day,
                "journal_id": self.bank.id,
            }
        ).action_deposit()

    def test_they_sum_exactly(self):
        rows = self._plan_in(3)
        self.assertEqual(
            [(str(row.due_on), row.amount) for row in rows],
            [("2026-11-30", 33.34), ("2026-12-30", 33.33), ("2027-01-30", 33.33)],
        )
        self.assertEqual(rows.mapped("state"), ["planned"] * 3)
        printed = self.dues._call_document()["instalments"]
        self.assertEqual([amount for _day, amount in printed][:1], [f"33.34{NBSP}€"])

    def test_never_more_than_is_asked(self):
        rows = self._plan_in(2)
        with self.assertRefused("come to"):
            rows[0].amount = 50.01
        with self.assertRefused("is to be split"):
            self._plan_in(1)

    def test_the_window_takes_other_parts_that_sum(self):
        wizard = self.env["recurring.instalment.plan"].create(
            {"dues_id": self.dues.id, "count": 2, "mode": "transfer"}
        )
        wizard.line_ids[0].amount = 70
        with self.assertRefused("120.00"):
            wizard.action_apply()
        wizard.line_ids[1].amount = 30
        wizard.action_apply()
        self.assertEqual(self.dues.instalment_ids.mapped("amount"), [70, 30])

    def test_cheques_are_handed_over_at_once_and_deposited_one_by_one(self):
        rows = self._cheques()
        self.assertEqual(rows.mapped("state"), ["in_hand"] * 3)
        self.assertEqual(
            rows.mapped("cheque_number"), ["0000099", "0000100", "0000101"]
        )
        self.assertFalse(self.env["recurring.contribution"].search([]))
        with freeze_time("2026-11-30"):
            self.assertEqual(rows.filtered("is_due"), rows[0])
            self.assertEqual(rows.search([("is_due", "=", True)]), rows[0])
            self._deposit(rows[0], "2026-11-30")
        money = rows[0].contribution_id
        self.assertEqual((money.amount, money.mode), (33.34, "cheque"))
        # The gift was made when the cheque was handed over, the books know the deposit.
        self.assertEqual(str(money.date), "2026-11-12")
        self.assertEqual(str(money.deposited_on), "2026-11-30")
        self.assertEqual(str(money.move_id.date), "2026-11-30")
        self.assertEqual(str(money.payment_id.date), "2026-11-30")
        self.assertEqual(money.move_id.payment_state, "paid")
        self.assertEqual(rows.mapped("state"), ["received", "in_hand", "in_hand"])
        self.assertFalse(self.dues.line_ids.paid_on or self.dues.line_ids.counts_on)
        self._deposit(rows[1:], "2027-01-30")
        self.assertEqual(rows.mapped("state"), ["received"] * 3)
        self.assertEqual(str(self.dues.line_ids.paid_on), "2027-01-30")
        self.assertEqual(sum(rows.contribution_id.mapped("amount")), 100)
        with self.assertRefused("received already"):
            self._deposit(rows[0], "2027-02-01")
        with self.assertRefused("stays as it is"):
            rows[0].amount = 3
        with self.assertRefused("stays on record"):
            rows[0].unlink()

    def test_a_cheque_that_comes_back(self):
        rows = self._cheques(2)
        self._deposit(rows, "2026-12-30")
        self.assertTrue(self.dues.line_ids.paid_on)
        rows[1].contribution_id._return(date(2027, 1, 8), "Without cover")
        self.assertEqual(rows.mapped("state"), ["received", "returned"])
        self.assertFalse(self.dues.line_ids.paid_on)
        again = self._plan_in(1)[-1]
        self.assertEqual((again.amount, again.state), (50, "planned"))
        self._deposit(again, "2027-02-01")
        self.assertEqual(str(self.dues.line_ids.paid_on), "2027-02-01")

    def test_it_counts_from_the_first_part_where_the_plan_says_so(self):
        plan = self._membership_plan(
            "Soon",
            [{"unit_price": 90.0}],
            alignment="calendar",
            rr_counts_parts="first",
        )
        paul = self._member("Paul", "2026-01-01", plan)
        self.dues = self._call(paul)
        rows = self._cheques()
        self.assertEqual(paul.state, "awaiting")
        self._deposit(rows[0], "2026-11-12")
        self.assertEqual(paul.state, "up_to_date")
        self.assertFalse(self.dues.line_ids.paid_on)
        self._deposit(rows[1], "2026-12-30")
        self.assertEqual(str(self.dues.line_ids.counts_on), "2026-11-12")
        rows[0].contribution_id._return(date(2027, 1, 2), "Without cover")
        self.assertEqual(str(self.dues.line_ids.counts_on), "2026-12-30")
        rows[1].contribution_id._return(date(2027, 1, 2), "Without cover")
        self.assertFalse(self.dues.line_ids.counts_on)
        self._deposit(rows[2], "2027-01-30")
        self.assertEqual(str(self.dues.line_ids.counts_on), "2027-01-30")

    def test_cheques_given_back(self):
        rows = self._cheques()
        with self.assertRefused("give the cheques back first"):
            self.dues.action_cancel()
        rows.action_give_back()
        self.assertEqual(rows.mapped("state"), ["cancelled"] * 3)
        self.dues.action_cancel()
        with self.assertRefused("received already"):
            self._deposit(rows[0], "2026-12-01")

    def test_a_cheque_is_not_deposited_before_it_was_given(self):
        rows = self._cheques(1)
        with self.assertRefused("handed over later"):
            self._deposit(rows, "2026-11-01")
        with self.assertRefused("Only a cheque", ValidationError):
            rows.mode = "transfer"

    def test_a_third_party_pays_its_share_in_its_own_name(self):
        share = self.env["recurring.dues.share"].create(
            {
                "dues_id": self.dues.id,
                "partner_id": self.council.id,
                "amount": 40,
                "reference": "CE-2026",
            }
        )
        self.assertEqual(share.name, f"{self.dues.name}-1")
        self.assertEqual(self.dues.own_amount, 60)
        self.assertEqual(self.dues._payable_amounts(), [60])
        self.assertEqual(self.dues._mail_totals()["amount"], f"60.00{NBSP}€")
        self._plan_in(2)
        self.assertEqual(self.dues.instalment_ids.mapped("amount"), [30, 30])
        self._plan_in(1, share_id=share.id)
        theirs = self.dues.instalment_ids.filtered("share_id")
        self.assertEqual((theirs.partner_id, theirs.amount), (self.council, 40))
        self._deposit(theirs, "2026-11-20")
        self.assertEqual((share.received, share.amount_left), (40, 0))
        self.assertEqual(theirs.contribution_id.partner_id, self.council)
        self.assertFalse(self.dues.line_ids.paid_on)
        self._deposit(self.dues.instalment_ids - theirs, "2026-12-30")
        self.assertEqual(str(self.dues.line_ids.paid_on), "2026-12-30")
        by_payer = self.env["recurring.contribution"]._read_group(
            [], ["partner_id"], ["amount:sum"]
        )
        self.assertEqual(dict(by_payer), {self.council: 40, self.jeanne.partner_id: 60})
        with self.assertRefused("was paid stays"):
            share.unlink()

    def test_shares_are_refused_that_do_not_fit(self):
        shares = self.env["recurring.dues.share"]
        values = {"dues_id": self.dues.id, "partner_id": self.council.id}
        with self.assertRefused("more than the 100.00", ValidationError):
            shares.create({**values, "amount": 100.01})
        with self.assertRefused("pays what the shares leave", ValidationError):
            shares.create(
                {**values, "amount": 10, "partner_id": self.jeanne.partner_id.id}
            )
        self._plan_in(2)
        with self.assertRefused("come to"):
            shares.create({**values, "amount": 10})

    def test_a_share_has_its_own_document(self):
        share = self.env["recurring.dues.share"].create(
            {"dues_id": self.dues.id, "partner_id": self.council.id, "amount": 40}
        )
        share.action_send()
        mail = self.env["mail.mail"].search([("model", "=", share._name)])
        self.assertEqual(mail.recipient_ids, self.council)
        for text in ("40.00", share.name, "Jeanne"):
            self.assertIn(text, mail.body_html)
        self.assertEqual(str(share.sent_on), "2026-11-12")
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "recurring_revenue.report_dues_share", share.ids
        )
        for text in ("40.00", "100.00", share.name, "Works council"):
            self.assertIn(text, html.decode())
        self.council.email = False
        with self.assertRefused("no e-mail address"):
            share.action_send()

    def test_part_payments_beside_a_plan(self):
        rows = self._plan_in(2)
        self.assertEqual(self.dues._payable_amounts(), [50, 100])
        online = self.dues._receive(
            self.jeanne.partner_id,
            date(2026, 11, 13),
            Decimal("60"),
            journal_id=self.bank.id,
        )
        self.assertEqual(rows.mapped("state"), ["received", "planned"])
        self.assertEqual(rows[0].contribution_id, online)
        self.assertEqual(self.dues._payable_amounts(), [40])
        with self.assertRefused("more than what is still owed"):
            self._deposit(rows[1], "2026-11-30")
        rows[1].action_give_back()
        self.assertEqual(rows.mapped("state"), ["received", "cancelled"])

    def test_no_reminder_while_cheques_wait(self):
        self.year.action_usual_reminders()
        reminders = self.env["recurring.renewal.reminder"]
        self.dues.due_on = "2026-11-30"
        day = date(2026, 12, 10)
        self.assertEqual(len(reminders._due(self.company, day)), 1)
        self._cheques()
        self.assertFalse(reminders._due(self.company, day))

    def test_rights(self):
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        wizard = self.env["recurring.instalment.plan"].with_user(secretary)
        wizard.create({"dues_id": self.dues.id, "count": 2}).action_apply()
        rows = self.dues.instalment_ids.with_user(secretary)
        self.assertEqual(rows.mapped("state"), ["in_hand"] * 2)
        with self.assertRaises(AccessError):
            self.env["recurring.instalment.deposit"].with_user(secretary).create({})
        with self.assertRaises(AccessError):
            rows._deposit(date(2026, 11, 30), self.bank)
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        self.dues.instalment_ids.with_user(treasurer)._deposit(
            date(2026, 12, 1), self.bank
        )
        self.assertEqual(rows.mapped("state"), ["received"] * 2)
        with self.assertRefused("by the buttons"):
            rows.is_cancelled = True
