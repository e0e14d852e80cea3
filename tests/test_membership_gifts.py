"""Gifts: typed in one form, in kind, for a project, on closed days, taken back."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_gifts import GiftCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12")
class TestGifts(GiftCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_books(with_projects=True)

    def _account(self, code):
        return self.env["account.account"].search(
            [("code", "=", code), ("company_ids", "in", self.company.id)]
        )

    def _entry_form(self, **values):
        entry = Form(self.env["recurring.gift.entry"])
        for name, value in {"partner_id": self.donor, "amount": 50, **values}.items():
            setattr(entry, name, value)
        return entry.save()

    def test_one_form(self):
        entry = self._entry_form(mode="cheque")
        self.assertEqual(entry.journal_id.type, "bank")
        gift = self.env["recurring.contribution"].browse(entry.action_book()["res_id"])
        self.assertEqual((gift.state, gift.gift_amount), ("booked", 50))
        self.assertEqual(gift.move_id.payment_state, "paid")
        codes = sorted(
            (line.account_id.code, line.balance)
            for line in (gift.move_id | gift.payment_id.move_id).line_ids
        )
        self.assertEqual(
            codes,
            [("411100", -50.0), ("411100", 50.0), ("511200", 50.0), ("754110", -50.0)],
        )
        self.assertNotIn("Durand", gift.move_id.invoice_line_ids.name)

    def test_the_next_keeps_what_is_common(self):
        fund = self.env["recurring.dedicated.fund"].create(
            {"name": "Well", "purpose": "A well"}
        )
        entry = self._entry_form(mode="cash", fund_id=fund, date=date(2026, 11, 3))
        self.assertEqual(entry.journal_id.type, "cash")
        project = {str(fund.analytic_account_id.id): 100}
        self.assertEqual(entry.analytic_distribution, project)
        action = entry.action_book_next()
        following = self.env["recurring.gift.entry"].browse(action["res_id"])
        self.assertEqual(
            (following.mode, following.fund_id, following.date),
            ("cash", fund, date(2026, 11, 3)),
        )
        self.assertFalse(following.partner_id or following.amount)
        self.assertIn("50.00", following.recorded_text)
        [gift] = fund.action_gifts()["domain"] and self.env[
            "recurring.contribution"
        ].search([("line_ids.fund_id", "=", fund.id)])
        [item] = gift.move_id.invoice_line_ids
        self.assertEqual((item.rr_fund_id, item.analytic_distribution), (fund, project))

    def test_companies_are_patrons(self):
        shop = self.env["res.partner"].create({"name": "Shop", "is_company": True})
        entry = self._entry_form(partner_id=shop)
        self.assertEqual(entry.product_id, self._role("patronage").product_id)

    def test_incomplete(self):
        entry = self.env["recurring.gift.entry"].create({"amount": 5})
        with self.assertRefused("Say who gave"):
            entry.action_book()
        entry.write({"partner_id": self.donor.id, "product_id": False})
        with self.assertRefused("set up the association's books"):
            entry.action_book()
        gift = self._gift(journal_id=False)
        with self.assertRefused("Choose the bank or cash"):
            gift.action_book()

    def _in_kind(self, account, **values):
        return self._gift(
            240.0,
            nature="kind",
            journal_id=False,
            description="Two laptops",
            valued_by="association",
            valuation="120 each, second hand",
            counterpart_account_id=account.id,
            **values,
        )

    def test_in_kind(self):
        gift = self._in_kind(self._account("218300"))
        gift.action_book()
        self.assertFalse(gift.payment_id)
        self.assertEqual(
            self._entry(gift.move_id), [("218300", 240.0), ("754110", -240.0)]
        )
        with self.assertRefused("No payment came back"):
            gift._return(date(2026, 11, 20), "Broken")
        gift._cancel(date(2026, 11, 20), "Never arrived")
        self.assertEqual(
            (gift.state, self._balance("2183"), self._balance("7541")),
            ("cancelled", 0, 0),
        )

    def test_in_kind_beside_the_balance_sheet(self):
        wizard = self.env["recurring.association.set.up"].create({})
        wizard.line_ids.filtered(lambda line: line.role.startswith("goods")).make = True
        wizard.action_save()
        gift = self._in_kind(self._role("goods_use").account_id)
        gift.action_book()
        self.assertEqual(
            self._entry(gift.move_id), [("860000", 240.0), ("870000", -240.0)]
        )
        other = self.env["account.account"].create(
            {"code": "869999", "name": "Other", "account_type": "off_balance"}
        )
        with self.assertRefused("what it answers to"):
            self._in_kind(other).action_book()

    def test_in_kind_for_two_projects(self):
        """What was used up costs each project its own part."""
        self._set_up_books(with_projects=True)
        funds = self.env["recurring.dedicated.fund"]
        wells, school = funds.create(
            [{"name": name, "purpose": name} for name in ("Wells", "School")]
        )
        gift = self._in_kind(self._role("travel").account_id)
        product = self._role("gift").product_id
        rows = [(wells, 100.0), (school, 40.0)]
        gift.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"product_id": product.id, "amount": amount, "fund_id": fund.id}
                )
                for fund, amount in rows
            ),
        ]
        gift.action_book()
        self.assertEqual(
            self._entry(gift.move_id),
            [
                ("625100", 40.0),
                ("625100", 100.0),
                ("754110", -100.0),
                ("754110", -40.0),
            ],
        )
        self.assertEqual((wells.received, wells.left), (100, 0))
        self.assertEqual((school.received, school.left), (40, 0))

    def test_in_kind_says_what_is_missing(self):
        gift = self._gift(nature="kind", journal_id=False, description="A chair")
        with self.assertRefused("Valued By, How It Was Valued, Booked As"):
            gift.action_book()
        shop = self.env["res.partner"].create({"name": "Shop", "is_company": True})
        with self.assertRaisesRegex(ValidationError, "values its gift in kind itself"):
            self._in_kind(self._account("218300"), partner_id=shop.id)

    def test_closed_days(self):
        self.company.fiscalyear_lock_date = "2026-10-31"
        gift = self._gift(day="2026-10-20")
        self.assertIn("11/01/2026", gift.lock_text)
        entry = self._entry_form(date=date(2026, 10, 20))
        self.assertIn("11/01/2026", entry.lock_text)
        gift.action_book()
        self.assertEqual(gift.date, date(2026, 10, 20))
        self.assertEqual(gift.move_id.date, date(2026, 11, 1))
        self.assertEqual(gift.payment_id.move_id.date, date(2026, 11, 1))
        self.assertEqual(gift.move_id.invoice_date, date(2026, 10, 20))
        self.assertIn("11/01/2026", gift.lock_text)
        kind = self._in_kind(self._account("218300"), day="2026-10-20")
        kind.action_book()
        self.assertEqual(kind.move_id.date, date(2026, 11, 1))
        open_day = self._gift(day="2026-11-02")
        self.assertFalse(open_day.lock_text)

    def test_nothing_is_taken_back_before_it_was_booked(self):
        gift = self._gift(50, "2026-11-12")
        gift.action_book()
        with self.assertRefused("on that day or later"):
            gift._cancel(date(2026, 11, 11), "Mistake")
        with self.assertRefused("on that day or later"):
            gift._return(date(2025, 11, 20), "No cover")
        self.assertEqual(gift.state, "booked")
        gift._return(date(2026, 11, 12), "No cover")

    def test_not_received_yet(self):
        entry = self.env["recurring.gift.entry"].create(
            {"partner_id": self.donor.id, "amount": 30, "date": "2027-11-12"}
        )
        with self.assertRefused("lies in the future"):
            entry.action_book()

    def test_cash_stands_in_the_cash_box(self):
        if not self.cash:
            self._set_up_books(with_cash=True)
        self.cash = self.env["account.journal"].search(
            [("type", "=", "cash"), ("company_id", "=", self.company.id)], limit=1
        )
        self._set_up_books()
        gift = self._gift(30, mode="cash", journal_id=self.cash.id)
        gift.action_book()
        box = self.cash.default_account_id
        self.assertEqual(
            self._entry(gift.payment_id.move_id), [("411100", -30.0), (box.code, 30.0)]
        )
        self.assertEqual(gift.move_id.payment_state, "paid")
        gift._return(date(2026, 11, 20), "Forged")
        self.assertEqual(self._balance(box.code), 0)

    def test_wrongly_booked(self):
        gift = self._gift()
        gift.action_book()
        window = self.env["recurring.contribution.take.back"].create(
            {"contribution_id": gift.id, "reason": "Of her sister"}
        )
        window.action_take_back()
        self.assertEqual(
            (gift.state, gift.return_reason), ("cancelled", "Of her sister")
        )
        self.assertEqual(self._balance("754"), 0)
        self.assertEqual(self._balance("411", partner_id=self.donor.id), 0)
        with self.assertRefused("this is not possible now"):
            gift._cancel(date(2026, 11, 20), "Again")
        again = self._gift()
        again.action_book()
        with self.assertRefused("Say why"):
            again._cancel(date(2026, 11, 20), " ")
        window = window.create(
            {"contribution_id": again.id, "reason": "No cover", "how": "returned"}
        )
        window.action_take_back()
        self.assertEqual(again.state, "returned")

    def test_no_vat(self):
        product = self._role("gift").product_id
        product.taxes_id = self.env["account.tax"].search(
            [("type_tax_use", "=", "sale"), ("amount", ">", 0)], limit=1
        )
        with self.assertRefused("bears VAT"):
            self._gift().action_book()

    def test_rights(self):
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        entry = (
            self.env["recurring.gift.entry"]
            .with_user(treasurer)
            .create({"partner_id": self.donor.id, "amount": 20})
        )
        gift = self.env["recurring.contribution"].browse(entry.action_book()["res_id"])
        self.assertEqual(gift.state, "booked")
        kind = self._in_kind(self._account("218300")).with_user(treasurer)
        kind.action_book()
        kind._cancel(date(2026, 11, 20), "Mistake")
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        with self.assertRaises(AccessError):
            self.env["recurring.gift.entry"].with_user(secretary).create({})
        with self.assertRaises(AccessError):
            gift.with_user(secretary)._cancel(date(2026, 11, 20), "No")
