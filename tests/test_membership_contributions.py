"""Dues and gifts that were received: in the books, on the day, and taken back."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12")
class TestMembershipContributions(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.jeanne = cls._member("Jeanne", "2026-11-10")
        cls.dues = cls.jeanne._call_dues(date(2026, 11, 10))
        cls.dues.action_call()
        cls.gift = cls._product("Gift", taxes_id=[Command.clear()])
        cls.dues.line_ids.charge_id.product_id.taxes_id = False

    def _received(self, rows, day="2026-11-12", **values):
        """Return a contribution of rows (dues line or product, amount), not booked."""
        return self.env["recurring.contribution"].create(
            {
                "partner_id": self.jeanne.partner_id.id,
                "date": day,
                "journal_id": self.bank.id,
                "line_ids": [
                    Command.create(
                        {
                            "kind": "dues",
                            "dues_line_id": what.id,
                            "amount": amount,
                        }
                        if what._name == "recurring.dues.line"
                        else {"product_id": what.id, "amount": amount}
                    )
                    for what, amount in rows
                ],
                **values,
            }
        )

    def _balances(self):
        """Return {account type: balance} of everything of Jeanne."""
        groups = self.env["account.move.line"]._read_group(
            [("partner_id", "=", self.jeanne.partner_id.id)],
            ["account_id"],
            ["balance:sum"],
        )
        found = {}
        for account, balance in groups:
            kind = account.account_type
            found[kind] = round(found.get(kind, 0) + balance, 2)
        return {kind: balance for kind, balance in found.items() if balance}

    def test_called_dues_are_no_claim(self):
        self.assertFalse(self._balances())

    def test_received_and_booked(self):
        dues, entrance = self.dues.line_ids
        money = self._received([(dues, 50), (entrance, 10), (self.gift, 40)])
        money.action_book()
        self.assertEqual(money.amount, 100)
        self.assertEqual(self._balances(), {"income": -100, "asset_current": 100})
        self.assertEqual(money.move_id.move_type, "out_receipt")
        self.assertEqual(money.move_id.payment_state, "paid")
        self.assertEqual(money.payment_id.date, date(2026, 11, 12))
        [line] = money.move_id.invoice_line_ids.filtered("deferred_end_date")
        self.assertEqual(
            (str(line.deferred_start_date), str(line.deferred_end_date)),
            ("2026-11-10", "2027-08-31"),
        )
        self.assertNotIn("Jeanne", line.name)
        self.assertEqual(str(dues.counts_on), "2026-11-12")
        self.assertEqual(self.jeanne.state, "up_to_date")

    def test_by_instalments(self):
        dues = self.dues.line_ids[0]
        first = self._received([(dues, 20)])
        first.action_book()
        self.assertFalse(dues.paid_on)
        self.assertEqual(self.jeanne.state, "awaiting")
        too_much = self._received([(dues, 30.01)], "2026-12-12")
        with self.assertRefused("only 30.00"):
            too_much.action_book()
        self._received([(dues, 30)], "2026-12-12").action_book()
        self.assertEqual(str(dues.paid_on), "2026-12-12")

    def test_by_a_third_party(self):
        dues = self.dues.line_ids[0]
        council = self.env["res.partner"].create({"name": "Works council"})
        self._received([(dues, 20)], partner_id=council.id).action_book()
        self._received([(dues, 30)]).action_book()
        self.assertEqual(str(dues.paid_on), "2026-11-12")
        self.assertEqual(self._balances(), {"income": -30, "asset_current": 30})

    def test_returned_unpaid(self):
        dues = self.dues.line_ids[0]
        money = self._received([(dues, 50)])
        money.action_book()
        with self.assertRefused("Say why"):
            money._return(date(2026, 11, 20), "")
        money._return(date(2026, 11, 20), "Cheque without cover")
        self.assertEqual(money.state, "returned")
        self.assertFalse(self._balances())
        self.assertFalse(dues.paid_on or dues.counts_on)
        with self.assertRefused("this is not possible now"):
            money._return(date(2026, 11, 20), "Again")
        self._received([(dues, 50)], "2026-12-01").action_book()
        self.assertEqual(str(dues.counts_on), "2026-12-01")

    def test_refused(self):
        money = self._received([])
        with self.assertRefused("what the money is for"):
            money.action_book()
        prepared = self._member("Paul", "2026-11-10")._call_dues(date(2026, 11, 10))
        with self.assertRefused("call the dues first"):
            self._received([(prepared.line_ids[0], 5)]).action_book()
        taxed = self._product("Course")
        taxed.taxes_id = self.env["account.tax"].search(
            [("type_tax_use", "=", "sale"), ("amount", "=", 20)], limit=1
        )
        with self.assertRefused("bears VAT"):
            self._received([(taxed, 5)]).action_book()

    def test_what_was_booked_stays(self):
        money = self._received([(self.gift, 40)])
        money.action_book()
        for change in (
            lambda: money.write({"date": "2026-11-01"}),
            lambda: money.line_ids.write({"amount": 1}),
            lambda: money.line_ids.unlink(),
            lambda: money.write({"line_ids": [Command.create({"amount": 3})]}),
        ):
            with self.assertRefused("it stays as it is"):
                change()
        with self.assertRefused("by the buttons"):
            money.state = "draft"
        with self.assertRefused("stays on record"):
            money.unlink()
        with self.assertRefused("this is not possible now"):
            money.action_book()

    def test_rights(self):
        money = self._received([(self.gift, 40)])
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        with self.assertRaises(AccessError):
            money.with_user(secretary).action_book()
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        money.with_user(treasurer).action_book()
        self.assertEqual(money.state, "booked")

    def test_money_for_a_call_pays_its_lines_in_order(self):
        half = self.dues._receive(
            self.jeanne.partner_id,
            date(2026, 11, 12),
            Decimal("40.00"),
            journal_id=self.bank.id,
            mode="cheque",
        )
        self.assertEqual(half.line_ids.mapped("amount"), [40.0])
        self.assertEqual(self.jeanne.state, "awaiting")
        rest = self.dues._receive(
            self.jeanne.partner_id,
            date(2026, 11, 12),
            Decimal("20.00"),
            journal_id=self.bank.id,
        )
        self.assertEqual(rest.line_ids.mapped("amount"), [10.0, 10.0])
        self.assertEqual(self.jeanne.state, "up_to_date")
        self.assertFalse(rest.env.context.get("rr_applying_change"))
        with self.assertRaisesRegex(UserError, "more than what is still owed"):
            self.dues._receive(
                self.jeanne.partner_id,
                date(2026, 11, 12),
                Decimal("0.01"),
                journal_id=self.bank.id,
            )

    def test_nobody_creates_a_booked_contribution(self):
        with self.assertRaisesRegex(UserError, "by the buttons"):
            self._received([(self.gift, 5.0)], state="booked")
