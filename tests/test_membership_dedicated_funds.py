"""Dedicated funds: what was given for a purpose, used for it, and carried forward."""

import io
from datetime import date

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_gifts import GiftCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-02-10")
class TestDedicatedFunds(GiftCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_books(with_projects=True)
        cls.well = cls.env["recurring.dedicated.fund"].create(
            {"name": "Well", "purpose": "A well in Kolda", "date_from": "2026-01-01"}
        )
        cls.general = cls.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", cls.company.id)], limit=1
        )

    def _give(self, amount, day):
        gift = self._gift(amount, day, line={"fund_id": self.well.id})
        gift.action_book()
        return gift

    def _spend(self, amount, day, fund=None):
        account = self._role("travel").account_id
        payable = self.env["account.account"].search([("code", "=", "467000")], limit=1)
        project = str((fund or self.well).analytic_account_id.id)
        move = self.env["account.move"].create(
            {
                "journal_id": self.general.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": amount,
                            "analytic_distribution": {project: 100},
                        }
                    ),
                    Command.create({"account_id": payable.id, "balance": -amount}),
                ],
            }
        )
        move._post(soft=False)
        return move

    def _year(self, year):
        found = self.env["recurring.fund.year"].search(
            [("date_to", "=", f"{year}-12-31")]
        )
        if found:
            found._refresh()
            return found
        return self.env["recurring.fund.year"].create(
            {"date_from": f"{year}-01-01", "date_to": f"{year}-12-31"}
        )

    def _figures(self, year):
        [line] = year.line_ids
        return [
            line[name]
            for name in ("opening", "received", "used", "carried", "use", "report")
        ]

    def _differences(self, year):
        return [row[-1] for row in year._check_rows()]

    def test_accounts_by_origin(self):
        fund = self.well
        accounts = fund.account_id | fund.report_account_id | fund.use_account_id
        self.assertEqual(accounts.mapped("code"), ["196000", "689600", "789600"])
        self.assertEqual(
            fund.analytic_account_id.plan_id, self.company.rr_project_plan_id
        )

    def test_three_years(self):
        """1,000 given in 2026, 300 spent; 500 in 2027, 900 spent; then 450 spent."""
        self._give(1000, "2026-05-02")
        self._spend(300, "2026-06-01")
        year = self._year(2026)
        self.assertEqual(self._figures(year), [0, 1000, 300, 700, 0, 700])
        self.assertEqual(self._differences(year), [0])
        year.action_post()
        self.assertEqual(
            self._entry(year.move_ids), [("196000", -700.0), ("689600", 700.0)]
        )
        self.assertEqual(year.move_ids.date, date(2026, 12, 31))
        self.assertEqual(self._balance("196"), -700)
        self.assertEqual(self._differences(year), [0])
        with self.assertRefused("Nothing is left to book"):
            year.action_post()

        self._give(500, "2027-03-01")
        self._spend(900, "2027-04-01")
        following = self._year(2027)
        self.assertEqual(self._figures(following), [700, 500, 900, 300, 700, 300])
        following.action_post()
        self.assertEqual(
            self._entry(following.move_ids),
            [
                ("196000", -300.0),
                ("196000", 700.0),
                ("689600", 300.0),
                ("789600", -700.0),
            ],
        )
        self.assertEqual(self._balance("196"), -300)

        self._spend(450, "2028-01-10")
        last = self._year(2028)
        self.assertEqual(self._figures(last), [300, 0, 300, 0, 300, 0])
        self.assertEqual(last.line_ids.own, 150)
        last.action_post()
        self.assertEqual(self._balance("196"), 0)
        self.assertEqual(self._differences(last), [0])
        with self.assertRefused("take it back first"):
            year.action_take_back()

    def test_what_comes_late_books_the_difference(self):
        self._give(1000, "2026-05-02")
        year = self._year(2026)
        year.action_post()
        self._spend(250, "2026-12-20")
        year.action_refresh()
        self.assertTrue(year.has_entry)
        year.action_post()
        self.assertEqual(len(year.move_ids), 2)
        self.assertEqual(self._balance("196"), -750)
        self.assertEqual(self._balance("689"), 750)

    def test_taken_back_and_posted_again(self):
        self._give(1000, "2026-05-02")
        year = self._year(2026)
        year.action_post()
        year.action_take_back()
        self.assertEqual((year.state, self._balance("196")), ("draft", 0))
        year.action_post()
        self.assertEqual(self._balance("196"), -1000)
        year.action_take_back()
        self.assertEqual((self._balance("196"), self._balance("689")), (0, 0))
        with self.assertRefused("stays on record"):
            year.unlink()

    def test_a_gift_that_came_back(self):
        gift = self._give(1000, "2026-05-02")
        self._year(2026).action_post()
        gift._return(date(2027, 1, 10), "Cheque without cover")
        year = self._year(2027)
        self.assertEqual(self._figures(year), [1000, -1000, 0, 0, 1000, 0])
        year.action_post()
        self.assertEqual(self._balance("196"), 0)
        # Through 789: what was put aside in another year is no cost of this one.
        self.assertEqual((self._balance("689"), self._balance("789")), (1000, -1000))

    def test_more_came_back_than_was_left(self):
        gift = self._give(1000, "2026-05-02")
        self._spend(600, "2026-06-01")
        self._year(2026).action_post()
        gift._return(date(2027, 1, 10), "Cheque without cover")
        year = self._year(2027)
        self.assertEqual(self._figures(year), [400, -1000, 0, 0, 400, 0])
        year.action_post()
        self.assertEqual(self._balance("196"), 0)
        self.assertEqual(self._differences(year), [0])

    def test_what_the_association_bore_stays_borne(self):
        """100 given in 2026 and 150 spent; what comes in 2028 is not for that."""
        self._give(100, "2026-05-02")
        self._spend(150, "2026-06-01")
        self._give(300, "2027-05-02")
        first, year = self._year(2026), self._year(2027)
        self.assertEqual(year.line_ids.carried, 300)
        first.action_post()
        self.assertEqual((first.state, len(first.move_ids)), ("posted", 0))
        year.action_post()
        fund = self.well
        fund.invalidate_recordset()
        self.assertEqual((fund.received, fund.used, fund.left), (400, 100, 300))

    def test_a_year_that_was_never_closed(self):
        self._give(300, "2025-05-02")
        self._spend(100, "2025-06-01")
        year = self._year(2026)
        self.assertIn("Close that year first", year.check_html)
        self.assertIn("200.00", year.check_html)
        self._year(2025).action_post()
        year.action_refresh()
        year.invalidate_recordset(["check_html"])
        self.assertNotIn("Close that year first", year.check_html)

    def test_entries_that_name_no_fund(self):
        account = self.well.account_id
        other = self._role("other").account_id
        move = self.env["account.move"].create(
            {
                "journal_id": self.general.id,
                "date": "2026-01-01",
                "line_ids": [
                    Command.create({"account_id": other.id, "balance": 400}),
                    Command.create({"account_id": account.id, "balance": -400}),
                ],
            }
        )
        move._post(soft=False)
        year = self._year(2026)
        self.assertEqual(year.nameless_count, 1)
        items = self.env["account.move.line"].search(year.action_nameless()["domain"])
        self.assertEqual(items, move.line_ids.filtered("credit"))

    def test_funds_of_other_origins(self):
        funds = self.env["recurring.dedicated.fund"]
        values = {"name": "Youth", "purpose": "Camps", "origin": "grant"}
        with self.assertRefused("have them created in the set-up"):
            funds.create(values)
        wizard = self.env["recurring.association.set.up"].create({})
        lines = wizard.line_ids.filtered(
            lambda line: line.role.startswith(("grant", "bodies"))
        )
        codes = ["194000", "689400", "789400", "195000", "689500", "789500"]
        self.assertEqual(lines.mapped("new_code"), codes)
        self.assertFalse(any(lines.mapped("make")))
        lines.make = True
        wizard.action_save()
        fund = funds.create(values)
        accounts = fund.account_id | fund.report_account_id | fund.use_account_id
        self.assertEqual(accounts.mapped("code"), codes[:3])
        fund.origin = "bodies"
        self.assertEqual(fund.account_id.code, "195000")

    def test_accounts_stay_once_there_are_entries(self):
        self._give(1000, "2026-05-02")
        with self.assertRefused("its accounts stay"):
            self.well.use_account_id = self._role("other").account_id
        self.well.purpose = "Two wells"

    def test_an_opening_by_hand(self):
        income = self._role("other").account_id
        move = self.env["account.move"].create(
            {
                "journal_id": self.general.id,
                "date": "2026-01-01",
                "line_ids": [
                    Command.create({"account_id": income.id, "balance": 400}),
                    Command.create(
                        {"account_id": self.well.account_id.id, "balance": -400}
                    ),
                ],
            }
        )
        move._post(soft=False)
        year = self._year(2026)
        self.assertEqual(self._differences(year), [-400])
        self.assertIn("text-danger", year.check_html)
        move.line_ids.filtered("credit").rr_fund_id = self.well
        year.action_refresh()
        self.assertEqual(self._differences(year), [0])
        self.assertEqual((year.line_ids.transferred, year.line_ids.carried), (400, 400))

    def test_idle(self):
        self._give(1000, "2025-05-02")
        self._year(2025).action_post()
        year = self._year(2026)
        self.assertTrue(year.line_ids.is_idle)
        year.unlink()
        self._spend(10, "2025-06-01")
        self.assertFalse(self._year(2026).line_ids.is_idle)

    def test_locked(self):
        self._give(1000, "2026-05-02")
        year = self._year(2026)
        self.company.fiscalyear_lock_date = "2026-12-31"
        with self.assertRefused("The books are closed until"):
            year.action_post()

    def test_in_order(self):
        self._give(1000, "2025-05-02")
        self._year(2025)
        with self.assertRefused("this year opens with it"):
            self._year(2026).action_post()

    def test_spreadsheet(self):
        self._give(1000, "2026-05-02")
        self._spend(300, "2026-06-01")
        year = self._year(2026)
        year.action_post()
        book = load_workbook(io.BytesIO(year._xlsx()), data_only=True)
        rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
        self.assertEqual(rows[5][:6], ["Well", 0, 0, 1000, 300, 700])
        self.assertEqual([row[5] for row in rows[6:]], [700, 700, 0])

    def test_screen_of_a_fund(self):
        self._give(1000, "2026-05-02")
        self._spend(1200, "2026-06-01")
        fund = self.well
        self.assertEqual((fund.received, fund.used, fund.left), (1000, 1000, 0))
        with self.assertRefused("archive it"):
            fund.unlink()

    def test_rights_and_companies(self):
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        self._give(1000, "2026-05-02")
        year = self._year(2026)
        year.with_user(treasurer).action_post()
        self.assertEqual(self.well.with_user(treasurer).left, 1000)
        self.well.invalidate_recordset()
        self.assertEqual(self.well.with_user(secretary).left, 1000)
        with self.assertRaises(AccessError):
            year.with_user(secretary).action_take_back()
        with self.assertRefused("by the button"):
            year.state = "draft"

    def test_other_company(self):
        france = self.env.ref("base.fr").id
        other = self.env["res.company"].create({"name": "Other", "country_id": france})
        self.env.user.company_ids |= other
        env = self.env(context=dict(self.env.context, allowed_company_ids=[other.id]))
        wizard = env["recurring.association.set.up"].create({"with_projects": True})
        self.assertEqual(wizard.company_id, other)
        wizard.gift_journal_id = False
        wizard.action_save()
        foreign = env["recurring.dedicated.fund"].create(
            {"name": "Foreign", "purpose": "Elsewhere"}
        )
        self.assertEqual(foreign.company_id, other)
        gift = self._gift()
        with self.assertRefused("belongs to another company"):
            gift.line_ids.fund_id = foreign
            self.env.flush_all()
