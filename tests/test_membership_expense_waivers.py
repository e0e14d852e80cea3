"""Waived expenses of volunteers: from the voucher to two matched entries and a gift."""

import base64
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_gifts import GiftCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAA"
    "ABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12")
class TestExpenseWaivers(GiftCommon):
    def _file(self, name="ticket.pdf", env=None):
        return (env or self.env)["ir.attachment"].create(
            {"name": name, "raw": base64.b64decode(PIXEL)}
        )

    def _sheet(self, rows=None, env=None, **values):
        """Return a sheet of rows (day, what, amount or (km, vehicle))."""
        rows = rows or [("2026-10-03", "Train", 71.10)]
        env = env or self.env
        lines = []
        for day, name, worth in rows:
            line = {"date": day, "name": name}
            if isinstance(worth, tuple):
                line.update(kind="km", kilometres=worth[0], vehicle=worth[1])
            else:
                line["amount"] = worth
            line["attachment_ids"] = [Command.set(self._file(env=env).ids)]
            lines.append(Command.create(line))
        return env["recurring.expense.waiver"].create(
            {"partner_id": self.donor.id, "line_ids": lines, **values}
        )

    def _signed(self, sheet, day="2026-11-10"):
        sheet.write(
            {
                "signed_on": day,
                "document_ids": [Command.set(self._file("signed.pdf").ids)],
            }
        )

    def _booked(self, rows=None, **values):
        sheet = self._sheet(rows, **values)
        sheet.action_submit()
        self._signed(sheet)
        sheet.action_approve()
        sheet.action_book()
        return sheet

    def test_the_whole_chain(self):
        sheet = self._booked(
            [("2026-10-03", "Train", 71.10), ("2026-10-05", "Stamps", 8)]
        )
        gift = sheet.contribution_id
        self.assertEqual((sheet.state, gift.state), ("booked", "booked"))
        self.assertEqual((gift.nature, gift.amount), ("expenses", 79.10))
        self.assertEqual((gift.date, gift.partner_id), (date(2026, 11, 10), self.donor))
        self.assertEqual(
            self._entry(sheet.expense_move_id),
            [("467000", -79.1), ("625100", 8.0), ("625100", 71.1)],
        )
        self.assertEqual(sheet.expense_move_id.date, date(2026, 10, 5))
        self.assertEqual(
            self._entry(gift.move_id), [("467000", 79.1), ("754120", -79.1)]
        )
        self.assertEqual(gift.move_id.date, date(2026, 11, 10))
        owed = (sheet.expense_move_id | gift.move_id).line_ids.filtered(
            lambda item: item.account_id.code == "467000"
        )
        self.assertTrue(all(item.reconciled for item in owed))
        self.assertFalse(gift.payment_id)
        labels = (sheet.expense_move_id | gift.move_id).line_ids.mapped("name")
        self.assertFalse([label for label in labels if "Train" in label])

    def test_no_step_without_the_one_before(self):
        sheet = self._sheet()
        sheet.line_ids.attachment_ids = False
        with self.assertRefused("attach the voucher"):
            sheet.action_submit()
        self.assertIn("attach the voucher", sheet.missing_text)
        sheet.line_ids.attachment_ids = self._file()
        for step in ("action_approve", "action_book"):
            with self.assertRefused("this is not possible now"):
                self._signed(sheet)
                getattr(sheet, step)()
        sheet.write({"signed_on": False, "document_ids": [Command.clear()]})
        sheet.action_submit()
        with self.assertRefused("not signed yet"):
            sheet.action_approve()
        with self.assertRefused("was handed in"):
            sheet.line_ids.amount = 1000
        with self.assertRefused("by the buttons"):
            sheet.state = "booked"
        sheet._sign("Camille Durand", PIXEL, date(2026, 11, 10))
        sheet.action_approve()
        with self.assertRefused("approved as it stands"):
            sheet.signed_on = "2026-01-01"
        with self.assertRefused("stays on record"):
            sheet.unlink()
        with self.assertRefused("it is kept"):
            sheet.line_ids.attachment_ids.unlink()
        empty = self.env["recurring.expense.waiver"].create(
            {"partner_id": self.donor.id}
        )
        with self.assertRefused("at least one expense"):
            empty.action_submit()
        late = self._sheet([("2026-12-24", "Cake", 10)])
        with self.assertRefused("lies in the future"):
            late.action_submit()

    def test_kilometres(self):
        """5 HP: 0.636 to 5,000 km, then 0.357 + 1,395 over the year."""
        sheet = self._sheet(
            [
                ("2026-03-01", "Tours", (4900, "car_5")),
                ("2026-04-01", "Camp", (200, "car_5")),
            ]
        )
        sheet.action_submit()
        # 5,100 x 0.357 + 1,395 = 3,215.70, less 4,900 x 0.636 = 3,116.40
        self.assertEqual(sheet.line_ids.mapped("amount"), [3116.40, 99.30])
        other = self._sheet([("2026-05-01", "Camp", (100, "car_5"))])
        self.assertEqual(other.line_ids.amount, 35.70)
        self.assertIn("5100 km", other.line_ids.explanation)
        self.assertIn("not confirmed", other.missing_text)
        moto = self._sheet([("2026-05-01", "Camp", (100, "moto_2"))])
        self.assertEqual(moto.line_ids.amount, 39.50)
        moto.line_ids.is_electric = True
        self.assertEqual(moto.line_ids.amount, 47.40)
        with self.assertRefused("No rate per kilometre"):
            self._sheet([("2020-05-01", "Camp", (100, "car_5"))])

    def test_refused_and_handed_in_again(self):
        sheet = self._sheet()
        sheet.action_submit()
        self._signed(sheet)
        with self.assertRefused("Say why"):
            sheet._refuse("")
        sheet._refuse("The ticket is of another person")
        self.assertEqual(sheet.state, "refused")
        sheet.action_back()
        self.assertFalse(sheet.signed_on or sheet.document_ids)
        sheet.line_ids.amount = 20
        sheet.action_submit()
        self.assertEqual(sheet.amount, 20)

    def test_taken_back(self):
        sheet = self._booked()
        window = self.env["recurring.expense.waiver.reason"].create(
            {"waiver_id": sheet.id, "what": "cancel", "reason": "Paid by his employer"}
        )
        window.action_confirm()
        gift = sheet.contribution_id
        self.assertEqual((sheet.state, gift.state), ("cancelled", "cancelled"))
        self.assertEqual(gift.return_reason, "Paid by his employer")
        for code in ("467", "6251", "7541"):
            self.assertEqual(self._balance(code), 0)
        moves = sheet.expense_move_id | gift.move_id
        owed = (moves | moves.reversal_move_ids).line_ids.filtered(
            lambda item: item.account_id.code == "467000"
        )
        self.assertEqual(len(owed), 4)
        self.assertTrue(all(item.reconciled for item in owed))
        again = self._booked()
        again.contribution_id._cancel(date(2026, 11, 12), "From the gift")
        self.assertEqual(again.state, "cancelled")

    def test_closed_year(self):
        self.company.fiscalyear_lock_date = "2026-10-31"
        sheet = self._booked()
        self.assertEqual(sheet.expense_move_id.date, date(2026, 11, 1))
        self.assertEqual(sheet.contribution_id.date, date(2026, 11, 10))

    def test_another_year(self):
        sheet = self._sheet([("2025-12-20", "Train", 30)])
        self._signed(sheet)
        self.assertIn("the gift is one of 2026", sheet.missing_text)

    def test_only_a_refund_that_is_owed_is_waived(self):
        sheet = self._sheet([("2026-10-03", "Train", 30), ("2026-11-08", "Taxi", 20)])
        sheet.action_submit()
        self._signed(sheet, "2026-11-07")
        self.assertIn("before the expense of", sheet.missing_text)
        with self.assertRefused("before the expense of"):
            sheet.action_approve()
        sheet.signed_on = "2027-11-08"
        with self.assertRefused("lies in the future"):
            sheet.action_approve()
        sheet.signed_on = "2026-11-08"
        sheet.action_approve()

    def test_expenses_of_two_financial_years(self):
        """One entry would put those of one year into the other."""
        rows = [("2025-12-20", "Train", 30), ("2026-01-04", "Train", 30)]
        with self.assertRefused("a sheet for each"):
            self._sheet(rows).action_submit()
        self.company.fiscalyear_last_month = "8"
        self.company.fiscalyear_last_day = 31
        self._sheet(rows).action_submit()

    def test_for_a_project(self):
        self._set_up_books(with_projects=True)
        well = self.env["recurring.dedicated.fund"].create(
            {"name": "Well", "purpose": "A well"}
        )
        project = {str(well.analytic_account_id.id): 100}
        sheet = self._sheet()
        sheet.action_submit()
        sheet.line_ids.analytic_distribution = project
        self._signed(sheet)
        sheet.action_approve()
        sheet.action_book()
        self.assertEqual(
            sheet.expense_move_id.line_ids.mapped("analytic_distribution"),
            [project, False],
        )

    def test_only_with_vouchers(self):
        gift = self._gift(
            20,
            nature="expenses",
            journal_id=False,
            line={"product_id": self._role("waiver").product_id.id},
        )
        with self.assertRefused("come with their vouchers"):
            gift.action_book()

    def test_the_account_must_be_matched(self):
        self._role("volunteer").account_id.reconcile = False
        with self.assertRefused("must allow reconciliation"):
            self._booked()

    def test_rights(self):
        def user(name, group):
            return new_test_user(
                self.env, name, groups=f"recurring_revenue.group_{group}"
            )

        secretary, treasurer = user("secretary", "secretary"), user("t", "treasurer")
        sheet = self._sheet(env=self.env(user=secretary))
        self.assertEqual(
            sheet.line_ids.attachment_ids.sudo().mapped("res_id"), sheet.ids
        )
        sheet.action_submit()
        sheet._sign("Camille Durand", PIXEL, date(2026, 11, 10))
        with self.assertRaises(AccessError):
            sheet.action_approve()
        mine = sheet.with_user(treasurer)
        self.assertTrue(mine.line_ids.attachment_ids.mapped("name"))
        mine.action_approve()
        with self.assertRaises(AccessError):
            sheet.action_book()
        mine.action_book()
        self.assertEqual(mine.contribution_id.state, "booked")
        mine._cancel(date(2026, 11, 12), "Mistake")
        self.assertEqual(mine.state, "cancelled")
        own = self._sheet(
            env=self.env(user=treasurer), partner_id=treasurer.partner_id.id
        )
        own.action_submit()
        own._sign("T", PIXEL, date(2026, 11, 10))
        with self.assertRefused("Somebody else approves"):
            own.action_approve()

    def test_the_sheet_to_sign(self):
        sheet = self._sheet(
            [("2026-10-03", "Train", 71.10), ("2026-10-04", "Camp", (100, "car_5"))]
        )
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html(
            "recurring_revenue.report_expense_waiver", sheet.ids
        )[0].decode()
        for text in ("Camille Durand", "71.10", "100", "134.70", "waive the refund"):
            self.assertIn(text, html)
