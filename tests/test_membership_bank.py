"""From a line of the bank statement to a contribution, and back."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.recurring_revenue.models.membership.money.bank_proposal import (
    BankProposal,
)

from .common_gifts import GiftCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-20")
class TestBankGifts(GiftCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jeanne = cls._member("Jeanne Martin", "2026-11-10")
        cls.dues = cls.jeanne._call_dues(date(2026, 11, 10))
        cls.dues.action_call()  # 50.00 and an entrance fee of 10.00
        cls.dues.line_ids.charge_id.product_id.taxes_id = False

    def _line(self, amount, label="Virement", day="2026-11-15", **values):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": day,
                "payment_ref": label,
                "amount": amount,
                **values,
            }
        )

    def _wizard(self, line, user=None, **values):
        wizards = self.env["recurring.bank.gift"].with_user(user or self.env.user)
        action = line.with_user(user or self.env.user).action_gift_or_dues()
        wizard = wizards.with_context(**action["context"]).create({})
        if values:
            wizard.write(values)
        if "partner_id" in values:
            wizard._onchange_partner_id()
        return wizard

    def _booked(self, line):
        return self.env["recurring.contribution"].search(
            [("statement_line_id", "=", line.id)], order="id"
        )

    def test_dues_and_a_gift_on_top(self):
        line = self._line(80.0, partner_id=self.jeanne.partner_id.id)
        wizard = self._wizard(line)
        self.assertEqual(wizard.partner_id, self.jeanne.partner_id)
        self.assertEqual(wizard.line_ids.mapped("amount"), [50.0, 10.0])
        self.assertEqual((wizard.dues_amount, wizard.gift_amount), (60, 20))
        wizard.action_book()
        money = self._booked(line)
        self.assertEqual((money.state, money.amount), ("booked", 80))
        self.assertFalse(money.payment_id)
        self.assertEqual(money.move_id.payment_state, "paid")
        self.assertEqual(
            self._entry(line.move_id), [("411100", -80.0), ("512001", 80.0)]
        )
        self.assertTrue(line.is_reconciled)
        self.assertFalse(line.rr_left)
        self.assertEqual(self.jeanne.state, "up_to_date")
        self.assertEqual(str(self.dues.line_ids[0].paid_on), "2026-11-15")
        self.assertEqual(self._balance("754"), -20)
        with self.assertRefused("attributed already"):
            line.action_gift_or_dues()

    def test_who_it_may_be(self):
        bank = self.env["res.partner.bank"].create(
            {
                "acc_number": "FR76 3000 6000 0112 3456 7890 189",
                "partner_id": self.donor.id,
            }
        )

        def found(**values):
            line = self._line(33.0, **values)
            return BankProposal(line).donor()

        partner, why = found(label=f"VIR {self.dues.name} MERCI")
        self.assertEqual(partner, self.jeanne.partner_id)
        self.assertIn(self.dues.name, why)
        partner, why = found(label=f"ADHERENT {self.jeanne.number}")
        self.assertEqual(partner, self.jeanne.partner_id)
        partner, why = found(account_number=bank.sanitized_acc_number)
        self.assertEqual(
            (partner, why), (self.donor, "By the bank account it came from.")
        )
        partner, why = found(partner_name="camille durand")
        self.assertEqual((partner, why), (self.donor, "By the name of who paid."))
        partner, why = found(label="VIR SEPA MARTIN JEANNE NOV")
        self.assertEqual(
            (partner, why), (self.jeanne.partner_id, "The label contains the name.")
        )
        partner, why = found(label="VIREMENT")
        self.assertFalse(partner)
        partner, why = BankProposal(self._line(60.0)).donor()
        self.assertEqual(partner, self.jeanne.partner_id)
        self.assertIn("Please check", why)

    def test_an_account_is_known_the_next_time(self):
        first = self._line(25.0, account_number="FR001")
        self._wizard(first, partner_id=self.donor.id).action_book()
        partner, why = BankProposal(self._line(30.0, account_number="FR001")).donor()
        self.assertEqual(partner, self.donor)
        self.assertIn(self._booked(first).name, why)

    def test_several_people_in_one_line(self):
        line = self._line(100.0, "REMISE 2 CHEQUES")
        other = self.env["res.partner"].create({"name": "Paul"})
        wizard = self._wizard(line, partner_id=self.donor.id, amount=60, mode="cheque")
        wizard.action_book()
        self.assertEqual(line.rr_left, 40)
        self.assertFalse(line.is_reconciled)
        self._wizard(line, partner_id=other.id).action_book()
        self.assertEqual(self._booked(line).mapped("amount"), [60.0, 40.0])
        self.assertEqual(
            self._entry(line.move_id),
            [("411100", -60.0), ("411100", -40.0), ("512001", 100.0)],
        )
        first = self._booked(line)[0]
        first._cancel(date(2026, 11, 18), "Paid by somebody else")
        self.assertEqual(line.rr_left, 60)
        self.assertEqual(self._balance("411", partner_id=self.donor.id), 0)
        self.assertEqual(self._balance("754"), -40)
        self.assertEqual(self._booked(line)[1].move_id.payment_state, "paid")
        self._wizard(line, partner_id=other.id).action_book()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(self._balance("754"), -100)

    def test_too_much(self):
        line = self._line(50.0, partner_id=self.jeanne.partner_id.id)
        wizard = self._wizard(line, amount=51)
        with self.assertRefused("Only 50.00"):
            wizard.action_book()
        self.assertEqual(line.rr_left, 50)
        wizard.write({"amount": 50})
        wizard.line_ids[0].amount = 60
        with self.assertRefused("More is put on dues"):
            wizard.action_book()
        wizard.partner_id = False
        with self.assertRefused("Say who paid"):
            wizard.action_book()

    def test_the_other_way(self):
        gift = self._gift(30.0)
        gift.action_book()
        wizard = self._wizard(self._line(30.0), what="returned", reason="No cover")
        wizard.contribution_id = gift
        with self.assertRefused("goes the other way"):
            wizard.action_book()
        wizard = self._wizard(self._line(-30.0), what="new", amount=30)
        wizard.partner_id = self.donor
        with self.assertRefused("goes the other way"):
            wizard.action_book()

    def test_what_bounced(self):
        """A direct debit of 60.00 comes in, and goes back with a fee of 15.00."""
        line = self._line(60.0, partner_id=self.jeanne.partner_id.id)
        self._wizard(line, mode="debit").action_book()
        money = self._booked(line)
        back = self._line(-75.0, "REJET PRLV", "2026-11-18")
        wizard = self._wizard(back, contribution_id=money.id, reason="No cover")
        self.assertEqual(wizard.what, "returned")
        wizard.action_book()
        self.assertEqual((money.state, money.returned_line_id), ("returned", back))
        self.assertEqual(str(money.returned_on), "2026-11-18")
        self.assertEqual(self._balance("411", partner_id=self.jeanne.partner_id.id), 0)
        self.assertEqual(back.rr_left, -15)
        self.assertFalse(self.dues.line_ids[0].paid_on)
        self.assertEqual(self.jeanne.state, "awaiting")
        items = (line.move_id | back.move_id | money.move_id).line_ids
        receivable = items.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        self.assertTrue(all(item.reconciled for item in receivable))

    def test_cheques_that_were_recorded_before(self):
        """Two cheques wait on 5112; they are deposited, and one bounces."""
        gifts = self._gift(30.0, mode="cheque") | self._gift(20.0, mode="cheque")
        gifts.action_book()
        self.assertEqual(self._balance("5112"), 50)
        self._gift(45.0, mode="debit").action_book()  # waits, and is no cheque
        line = self._line(50.0, "REMISE CHEQUES")
        wizard = self._wizard(line)
        self.assertEqual((wizard.what, wizard.known_ids), ("known", gifts))
        wizard.action_book()
        self.assertEqual(self._balance("5112"), 0)
        self.assertTrue(line.is_reconciled)
        self.assertTrue(all(gifts.payment_id.mapped("is_matched")))
        back = self._line(-30.0, "CHEQUE IMPAYE", "2026-11-18")
        wizard = self._wizard(back)
        self.assertEqual(wizard.contribution_id, gifts[0])
        wizard.reason = "No cover"
        wizard.action_book()
        self.assertEqual(gifts[0].state, "returned")
        self.assertEqual((self._balance("5112"), self._balance("754")), (0, -65))
        self.assertEqual(self._balance("512001"), 20)
        waiting = self.env["account.move.line"].search(
            [("account_id.code", "=", "511200"), ("reconciled", "=", False)]
        )
        self.assertFalse(waiting)

    def _cheque_with_letter(self, deposited_first):
        """A cheque of 30.00 bounces; the bank's letter is recorded before its
        statement says so."""
        gift = self._gift(30.0, "2026-11-12", mode="cheque")
        gift.action_book()
        deposit = self._line(30.0, "REMISE CHEQUES")
        back = self._line(-31.5, "CHEQUE IMPAYE", "2026-11-18")
        if deposited_first:
            self._wizard(deposit).action_book()
            self.assertEqual(gift.deposit_line_id, deposit)
        gift._return(date(2026, 11, 18), "No cover")
        return gift, deposit, back

    def _check_settled(self, gift, back):
        self.assertEqual((gift.state, gift.returned_line_id), ("returned", back))
        self.assertEqual(str(gift.returned_on), "2026-11-18")
        self.assertEqual(back.rr_left, -1.5)
        self.assertEqual((self._balance("5112"), self._balance("754")), (0, 0))
        waiting = self.env["account.move.line"].search(
            [("account_id.code", "=", "511200"), ("reconciled", "=", False)]
        )
        self.assertFalse(waiting)

    def test_recorded_as_returned_before_the_statement_says_so(self):
        gift, deposit, back = self._cheque_with_letter(deposited_first=True)
        self.assertFalse(self._wizard(self._line(30.0, "VIR")).known_ids)
        wizard = self._wizard(back, contribution_id=gift.id)
        self.assertTrue(wizard.is_recorded)
        wizard.action_book()
        self._check_settled(gift, back)
        with self.assertRefused("by another line already"):
            gift._return_by(self._line(-30.0, "X", "2026-11-19"), "Again")

    def test_recorded_as_returned_before_any_statement(self):
        gift, deposit, back = self._cheque_with_letter(deposited_first=False)
        wizard = self._wizard(deposit)
        self.assertEqual((wizard.what, wizard.known_ids), ("known", gift))
        wizard.action_book()
        self.assertTrue(deposit.is_reconciled)
        self._wizard(back, contribution_id=gift.id).action_book()
        self._check_settled(gift, back)

    def test_what_went_out_is_looked_at_first(self):
        gift, deposit, back = self._cheque_with_letter(deposited_first=False)
        self._wizard(back, contribution_id=gift.id).action_book()
        self._wizard(deposit).action_book()
        self._check_settled(gift, back)

    def test_the_line_stays_with_its_contribution(self):
        line = self._line(25.0)
        self._wizard(line, partner_id=self.donor.id).action_book()
        with self.assertRefused("take it back"):
            line.action_undo_reconciliation()
        with self.assertRefused("take it back"):
            line.unlink()
        self._booked(line)._cancel(date(2026, 11, 18), "Not ours")
        line.action_undo_reconciliation()
        self.assertEqual(line.rr_left, 25)

    def test_rights(self):
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        line = self._line(80.0, partner_id=self.jeanne.partner_id.id)
        self._wizard(line, treasurer).action_book()
        money = self._booked(line).with_user(treasurer)
        money._cancel(date(2026, 11, 18), "Mistake")
        self.assertEqual(line.rr_left, 80)
        self._wizard(line, treasurer).action_book()
        money = (
            self._booked(line)
            .with_user(treasurer)
            .filtered(lambda one: one.state == "booked")
        )
        back = self._line(-80.0, "REJET", "2026-11-18")
        wizard = self._wizard(back, treasurer, reason="No cover")
        self.assertEqual(wizard.contribution_id, money)
        wizard.action_book()
        self.assertEqual(money.state, "returned")
        with self.assertRaises(AccessError):
            self.env["recurring.bank.gift"].with_user(secretary).create(
                {"statement_line_id": line.id}
            )
        with self.assertRefused("by the buttons"):
            self._gift(statement_line_id=line.id)

    def test_closed_days(self):
        line = self._line(25.0, day="2026-10-05")
        self._wizard(line, partner_id=self.donor.id).action_book()
        self.company.fiscalyear_lock_date = "2026-10-31"
        money = self._booked(line)
        with self.assertRefused("You cannot add/modify entries"):
            money._cancel(date(2026, 11, 18), "Wrong person")
        money._return(date(2026, 11, 18), "No cover")
        self.assertEqual(money.state, "returned")
        self.assertEqual(self._balance("754"), 0)
