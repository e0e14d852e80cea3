from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_revenue_entries import NOVEMBER, RevenueEntriesCommon


@freeze_time("2026-12-03")
@tagged("post_install", "-at_install")
class TestRevenueEntries(RevenueEntriesCommon):
    # ------------------------------------------------------------------
    # The same rows as plain Odoo
    # ------------------------------------------------------------------

    def test_euro(self):
        move, ids = self.assertBookedAlike(self._lines(52.60, 115.32, 0.01))
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "move_type": "entry",
                    "date": NOVEMBER,
                    "amount_total": 167.93,
                    "amount_total_signed": 167.93,
                }
            ],
        )
        lines = self.env["account.move.line"].browse(ids.values())
        self.assertRecordValues(
            lines,
            [
                {"balance": 52.60, "amount_residual": 52.60, "debit": 52.60},
                {"balance": 115.32, "amount_residual": 115.32, "debit": 115.32},
                {"balance": 0.01, "amount_residual": 0.01, "debit": 0.01},
                {"balance": -167.93, "amount_residual": 0, "debit": 0},
            ],
        )
        self.assertEqual(set(lines.mapped("parent_state")), {"posted"})
        self.assertEqual(set(lines.mapped("move_name")), {move.name})
        self.assertEqual(set(lines.mapped("date")), {NOVEMBER})
        self.assertFalse(lines.tax_tag_ids)
        self.assertFalse(lines.tax_ids)

    def test_foreign_currency_keeps_both_amounts(self):
        # 100.00 USD sold at 0.8211: today's rate would give 83.33
        lines = [
            self._line("a", 82.11, amount_currency=100.00),
            self._line("b", 0.00, amount_currency=0.01),
            self._line("r", -82.11, self.income, amount_currency=-100.01),
        ]
        move, ids = self.assertBookedAlike(lines, currency=self.dollar)
        self.assertEqual(move.currency_id, self.dollar)
        line = self.env["account.move.line"].browse(ids["a"])
        self.assertEqual((line.balance, line.amount_currency), (82.11, 100.00))
        self.assertEqual(line.amount_residual_currency, 100.00)

    def test_analytic_distribution(self):
        split = {str(self.north.id): 60, str(self.south.id): 40}
        lines = [
            self._line("a", 10.01),
            self._line("r", -10.01, self.income, analytic_distribution=split),
        ]
        _move, ids = self.assertBookedAlike(lines)
        self.assertFalse(self._analytic_rows(ids["a"]))
        amounts = [row["amount"] for row in self._analytic_rows(ids["r"])]
        self.assertEqual(amounts, [6.01, 4.00])

    def test_no_distribution_model_fills_in(self):
        self.env["account.analytic.distribution.model"].create(
            {
                "account_prefix": self.income.code[:3],
                "analytic_distribution": {str(self.north.id): 100},
            }
        )
        _move, ids = self.assertBookedAlike(self._lines(10))
        lines = self.env["account.move.line"].browse(ids.values())
        self.assertFalse(any(lines.mapped("analytic_distribution")))
        self.assertFalse(lines.analytic_line_ids)

    def test_taxes_of_an_account_are_left_out(self):
        self.income.tax_ids = self.tax_sale_a
        move, _ids = self.assertBookedAlike(self._lines(10))
        self.assertFalse(move.line_ids.tax_ids)
        self.assertEqual(len(move.line_ids), 2)

    def test_without_partner(self):
        lines = self._lines(10, 20)
        for line in lines:
            line["partner_id"] = False
        move, _ids = self.assertBookedAlike(lines)
        self.assertFalse(move.line_ids.partner_id)

    def test_credits_on_the_deferred_account(self):
        # a credit note is recognised the other way round
        self.assertBookedAlike(self._lines(-10, 25))

    def test_nothing_in_amount(self):
        self.assertBookedAlike(self._lines(0, 25))

    def test_further_values(self):
        lines = self._lines(10)
        lines[0]["extra"] = {"deferred_start_date": date(2026, 11, 1)}
        lines[0]["name"] = '  L\'été à 10 % «quoted» \\ "so"\n'
        move, ids = self.assertBookedAlike(lines, ref="November")
        self.assertEqual(move.ref, "November")
        line = self.env["account.move.line"].browse(ids["d0"])
        self.assertEqual(line.deferred_start_date, date(2026, 11, 1))
        self.assertEqual(line.ref, "November")

    def test_amounts_as_decimals_or_floats(self):
        # 0.1 + 0.2 is no problem of ours: what is given is what is booked
        move, _ids = self.assertBookedAlike(self._lines(0.1, 0.2))
        self.assertEqual(move.amount_total, 0.3)

    def test_day_in_the_future(self):
        move, _ids = self.assertBookedAlike(self._lines(10), day=date(2027, 1, 31))
        self.assertEqual((move.state, move.date), ("posted", date(2027, 1, 31)))
        self.assertEqual(move.auto_post, "no")

    def test_hashed_journal(self):
        self.journal.restrict_mode_hash_table = True
        move, ids = self.assertBookedAlike(self._lines(10, 20))
        self.assertTrue(move.inalterable_hash)
        result = self.company._check_hash_integrity()
        self.assertIn("verified", str(result["results"]))
        deferred = self._deferred_line(120)
        self.entry._reconcile([[deferred.id, ids["d0"]]])
        self.assertEqual(deferred.amount_residual, -110)

    def test_audit_trail_keeps_its_notes(self):
        self.company.restrictive_audit_trail = True
        self.env = self.env(context={})
        self.entry = self.entry.with_env(self.env)
        move, _ids = self.assertBookedAlike(self._lines(10))
        self.env.cr.flush()
        self.assertTrue(move.message_ids)

    def test_numbers_follow_one_another(self):
        numbers = [self._book(self._lines(10 + n))[0].sequence_number for n in range(3)]
        self.assertEqual(numbers, [numbers[0], numbers[0] + 1, numbers[0] + 2])

    def test_storno(self):
        self.company.account_storno = True
        self.assertBookedAlike(self._lines(-10, 25))

    def test_rounding_of_the_currency(self):
        self.dollar.rounding = 0.05
        lines = [
            self._line("a", 8.00, amount_currency=10.02),
            self._line("r", -8.00, self.income, amount_currency=-10.02),
        ]
        with self.assertRaisesRegex(UserError, "10.02"):
            self._book(lines, currency=self.dollar)

    def test_an_accountant_books(self):
        accountant = self._user("account.group_account_invoice")
        self.entry = self.entry.with_user(accountant)
        move, ids = self.assertBookedAlike(self._lines(10))
        self.assertEqual(move.create_uid, accountant)
        self.assertEqual(move.line_ids.create_uid, accountant)
        deferred = self._deferred_line(10)
        self.entry._reconcile([[deferred.id, ids["d0"]]])
        self.assertTrue(deferred.reconciled)

    def test_others_do_not(self):
        self.entry = self.entry.with_user(self._user("base.group_user"))
        with self.assertRaises(AccessError):
            self._book(self._lines(10))
        with self.assertRaises(AccessError):
            self.entry._reconcile([[self._deferred_line(10).id]])

    def _user(self, group):
        return new_test_user(
            self.env,
            login=group,
            groups=group,
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    # ------------------------------------------------------------------
    # Refused
    # ------------------------------------------------------------------

    def test_wrong_balance(self):
        lines = self._lines(10)
        lines[0]["amount"] = 10.01
        with self.assertRaisesRegex(UserError, "0.01"):
            self._book(lines)

    def test_wrong_balance_in_the_foreign_currency_only(self):
        lines = self._lines(10)
        lines[0]["amount_currency"] = 12.01
        with self.assertRaisesRegex(UserError, "does not balance"):
            self._book(lines, currency=self.dollar)

    def test_finer_than_the_currency(self):
        lines = self._lines(10.005)
        lines[1].update(amount=-10.005, amount_currency=-10.005)
        with self.assertRaisesRegex(UserError, "10.005"):
            self._book(lines)

    def test_two_amounts_in_the_company_currency(self):
        lines = self._lines(10)
        for line, sign in zip(lines, (1, -1), strict=True):
            line["amount_currency"] = sign * 9
        with self.assertRaisesRegex(UserError, "10.* 9"):
            self._book(lines)

    def test_nothing_to_book(self):
        with self.assertRaisesRegex(UserError, "nothing"):
            self._book([])

    def test_locked_day(self):
        self.company.fiscalyear_lock_date = NOVEMBER
        with self.assertRaisesRegex(UserError, "closed up to 11/30/2026"):
            self._book(self._lines(10))
        move, _ids = self._book(self._lines(10), day=date(2026, 12, 1))
        self.assertEqual(move.date, date(2026, 12, 1))

    def test_archived_account(self):
        lines = self._lines(10)
        self.income.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self._book(lines)

    def test_account_of_another_company(self):
        other = self._create_company(name="Other")
        account = self.env["account.account"].create(
            {
                "name": "Income",
                "code": "706999",
                "account_type": "income",
                "company_ids": other.ids,
            }
        )
        lines = self._lines(10)
        lines[1]["account_id"] = account.id
        with self.assertRaises(UserError):
            self._book(lines)
