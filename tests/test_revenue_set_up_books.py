"""The set-up of revenue recognition: existing books, who may, VAT on receipts."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common_revenue_set_up import SetUpCase


class TestExistingBooks(SetUpCase):
    def test_preview_then_entry_then_nothing(self):
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        wizard = self._ready()
        wizard.date_from = "2026-01-01"
        wizard.action_next()
        self.assertEqual(wizard.opening_day, date(2026, 1, 1))
        self.assertTrue(wizard.has_entry)
        self.assertIn("1,045.48", wizard.opening_html)
        self.assertIn("110000", wizard.opening_html)
        self.assertFalse(self.env["recurring.revenue.schedule"].search([]))
        wizard.action_take_over()
        self.assertEqual(self._balance(self.deferred, "2026-01-01"), 1045.48)
        self.assertAgrees("2026-01-01")
        wizard.invalidate_recordset()
        self.assertFalse(wizard.has_opening or wizard.has_entry)
        self.assertIn("Nothing is left", wizard.opening_html)
        moves = self.env["account.move"].search_count([])
        wizard.action_take_over()
        self.assertEqual(self.env["account.move"].search_count([]), moves)

    def test_what_was_posted_since_is_said(self):
        self._invoice("2026-02-01", 365.0, "2026-02-01", "2027-01-31")
        wizard = self._ready()
        wizard.date_from = "2026-01-01"
        wizard.action_next()
        self.assertIn("1 invoice lines from", wizard.opening_html)
        self.assertIn("03/01/2026", wizard.opening_html)
        wizard.opening_day = "2026-03-01"
        self.assertTrue(wizard.has_entry)
        self.assertIn("707000", wizard.opening_html)
        wizard.action_take_over()
        self.assertAgrees("2026-03-01")

    def test_what_is_booked_by_hand_since_is_shown(self):
        wizard = self._ready()
        wizard.date_from = "2026-01-01"
        wizard.action_next()
        move = self.env["account.move"].create(
            {
                "date": "2026-02-28",
                "journal_id": self.company.rr_revenue_journal_id.id,
                "line_ids": [
                    Command.create({"account_id": self.deferred.id, "debit": 10.0}),
                    Command.create({"account_id": self.tax_account().id, "credit": 10}),
                ],
            }
        )
        move._post(soft=False)
        wizard.invalidate_recordset()
        self.assertEqual(wizard.by_hand_count, 1)
        self.assertIn(move.name, wizard.opening_html)
        action = wizard.action_open_by_hand()
        self.assertEqual(len(action["domain"][0][2]), 1)

    def tax_account(self):
        return self.env.ref(f"account.{self.company.id}_pcg_707_account")

    def test_a_day_to_come(self):
        wizard = self._ready()
        wizard.date_from = "2026-05-01"
        wizard.action_next()
        self.assertIn("once the day has come", wizard.opening_html)
        self.assertFalse(wizard.has_opening)


class TestWhoMaySetUp(SetUpCase):
    def test_a_plain_user(self):
        for groups in ("base.group_user", "recurring_revenue.group_billing"):
            user = new_test_user(self.env, groups.replace(".", "_"), groups)
            with self.assertRaises(AccessError):
                self._wizard(user)
            with self.assertRaises(AccessError):
                self.env["recurring.revenue.policy"].with_user(user).create(
                    {"justification": "Mine"}
                )

    def test_an_administrator_of_subscriptions_makes_no_accounts(self):
        user = new_test_user(
            self.env, "rr_admin", "recurring_revenue.group_manager", lang="en_US"
        )
        wizard = self._wizard(user, create_missing=True)
        with self.assertRefused("administrator of the accounting"):
            wizard.action_next()
        self._ready()
        wizard = self._wizard(user)
        wizard.action_next()
        wizard.action_next()
        self.assertEqual(len(self._policies()), 5)
        with self.assertRefused("administrator of the accounting"):
            wizard.action_take_over()

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        wizards = self.env["recurring.revenue.set.up"].with_company(other)
        wizard = wizards.create({"company_id": other.id})
        with self.assertRaises(AccessError):
            wizard.with_user(self.accountant).with_context(
                allowed_company_ids=self.company.ids
            ).action_next()

    def test_two_companies_with_different_policies(self):
        self._ready().action_next()
        other = self.env["res.company"].create(
            {"name": "Other", "country_id": self.env.ref("base.fr").id}
        )
        self.accountant.company_ids |= other
        wizards = self.env["recurring.revenue.set.up"].with_user(self.accountant)
        wizard = wizards.with_company(other).create({"create_missing": True})
        wizard.action_next()
        wizard.treatment = "cut_off"
        for line in wizard.line_ids.filtered(lambda line: line.spread == "service"):
            line.treatment = "cut_off"
        wizard.action_next()
        account = other.rr_deferred_account_id
        self.assertEqual(account.company_ids, other)
        self.assertEqual(account.with_company(other).code, "487000")
        book = self.env["recurring.revenue.policy"]._book(other)
        service = self._revenue_nature("service").id
        day = date(2026, 6, 1)
        self.assertEqual(book.find(service, day).treatment, "cut_off")
        own = self.env["recurring.revenue.policy"]._book(self.company)
        self.assertEqual(own.find(service, day).treatment, "continuous")
        self.assertEqual(self.company.rr_deferred_account_id, self.deferred)

    def test_where_odoo_defers_by_itself(self):
        module = self.env["ir.module.module"].search([("name", "=", "base")])
        self.patch(type(self.company), "_revenue_rival", lambda company: bool(module))
        wizard = self._wizard()
        self.assertIn("this one keeps out", wizard.rival_text)
        with self.assertRefused("this one keeps out"):
            wizard.action_next()


class TestVatOnReceipts(SetUpCase):
    def test_a_payment_leaves_deferred_revenue_untouched(self):
        """120.00 with VAT on receipts, for a year: the entry of the payment runs
        through the account of the base, not through 487."""
        chart = f"account.{self.company.id}_"
        vat = self.env.ref(f"{chart}tva_normale_encaissement")
        self._ready().action_next()
        self.product = self._product("Year", taxes_id=[Command.set(vat.ids)])
        move = self._invoice(
            "2026-04-10", 100.0, "2026-04-10", "2027-04-09", post=False
        )
        move.invoice_line_ids.tax_ids = vat
        move._post(soft=False)
        self.assertEqual(self._balance(self.deferred), 100.0)
        bank = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        received = self.env["account.bank.statement.line"].create(
            {
                "journal_id": bank.id,
                "date": "2026-04-12",
                "amount": 120.0,
                "payment_ref": "Paid",
            }
        )
        receivable = move.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        suspense = received.move_id.line_ids.filtered("credit")
        suspense.account_id = receivable.account_id
        (suspense | receivable).reconcile()
        entry = move.tax_cash_basis_created_move_ids
        self.assertTrue(entry)
        base = self.company.account_cash_basis_base_account_id
        self.assertIn(base, entry.line_ids.account_id)
        items = self.env["account.move.line"].search(
            [("account_id", "=", self.deferred.id)]
        )
        self.assertEqual(items, move.invoice_line_ids)
        self.assertEqual(self._balance(base), 0.0)
        self.assertAgrees()
