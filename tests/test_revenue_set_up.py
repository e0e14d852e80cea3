"""The set-up of revenue recognition, page by page."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.recurring_revenue.models.revenue.revenue_accounts import RevenueChart

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-15 10:00:00")
class SetUpCase(RevenueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.unlink()
        cls.journal.unlink()
        cls.company.write(
            {
                "rr_deferred_account_id": False,
                "rr_revenue_journal_id": False,
                "account_cash_basis_base_account_id": False,
            }
        )
        cls.deferred.reconcile = False
        cls.accountant = new_test_user(
            cls.env,
            "rr_revenue_accountant",
            "account.group_account_manager",
            lang="en_US",
        )

    def _wizard(self, user=None, **values):
        wizards = self.env["recurring.revenue.set.up"]
        return wizards.with_user(user or self.accountant).create(values)

    def _ready(self, **values):
        """Return a set-up on its second page."""
        wizard = self._wizard(create_missing=True, **values)
        wizard.action_next()
        return wizard

    def _policies(self):
        return {
            policy.nature_id.code: (policy.treatment, policy.method, policy.spread)
            for policy in self.env["recurring.revenue.policy"].search([])
        }


class TestAccounts(SetUpCase):
    def test_the_french_chart(self):
        wizard = self._wizard()
        found = {
            name: wizard[name].code
            for name in (
                "rr_deferred_account_id",
                "rr_accrued_account_id",
                "rr_accrued_tax_account_id",
                "rr_credit_due_account_id",
                "rr_advance_account_id",
                "rr_reduction_account_id",
            )
        }
        self.assertEqual(
            list(found.values()),
            ["487000", "418100", "445870", "419800", "419100", "709600"],
        )
        self.assertEqual(wizard.carried_account_id.code, "110000")

    def test_other_countries(self):
        """Accounts of other charts, made here: their codes and types are the charts'
        own (l10n_be, l10n_de, l10n_lu, l10n_ch of Odoo 19)."""
        for country, code in (
            ("BE", "493"),
            ("DE", "0990"),
            ("DE", "3900"),
            ("LU", "482"),
            ("CH", "2300"),
            ("CH", "2301"),
        ):
            company = self.env["res.company"].create(
                {
                    "name": f"{country} {code}",
                    "country_id": self.env.ref(f"base.{country.lower()}").id,
                }
            )
            self.env["account.account"].with_company(company).create(
                {
                    "code": code,
                    "name": f"Account {code}",
                    "account_type": "liability_current",
                    "company_ids": company.ids,
                }
            )
            found = RevenueChart(company).find("deferred")
            self.assertEqual(found.with_company(company).code, code)

    def test_a_country_without_codes(self):
        """Elsewhere by its words; without any, beside an account of its type."""
        company = self.env["res.company"].create(
            {"name": "US", "country_id": self.env.ref("base.us").id}
        )
        accounts = self.env["account.account"].with_company(company)
        chart = RevenueChart(company)
        self.assertFalse(chart.find("deferred"))
        [payable] = accounts.create(
            {
                "code": "201000",
                "name": "Other",
                "account_type": "liability_current",
                "company_ids": company.ids,
            }
        )
        self.assertEqual(chart.missing("deferred").code, "201001")
        payable.with_context(lang="en_US").name = "Unearned Revenue"
        self.assertEqual(chart.find("deferred"), payable)

    def test_nothing_is_made_unasked(self):
        accounts = self.env["account.account"].search_count([])
        wizard = self._wizard()
        self.assertIn("PCA", wizard.missing_html)
        with self.assertRefused("tick “Create What Is Missing”"):
            wizard.action_next()
        self.assertEqual(self.env["account.account"].search_count([]), accounts)
        self.assertFalse(self.company.rr_deferred_account_id)

    def test_what_is_missing_is_made(self):
        wizard = self._ready()
        self.assertEqual(wizard.step, "policy")
        company = self.company
        self.assertEqual(company.rr_revenue_journal_id.code, "PCA")
        self.assertEqual(company.rr_revenue_journal_id.type, "general")
        self.assertTrue(self.deferred.reconcile)
        base = company.account_cash_basis_base_account_id
        self.assertEqual(
            (base.code, base.account_type), ("445890", "liability_current")
        )
        again = self._wizard()
        self.assertFalse(again.has_missing)
        self.assertEqual(again.rr_revenue_journal_id, company.rr_revenue_journal_id)
        self.assertEqual(again.account_cash_basis_base_account_id, base)

    def test_no_base_without_vat_on_receipts(self):
        taxes = self.env["account.tax"].search([("tax_exigibility", "=", "on_payment")])
        taxes.active = False
        wizard = self._ready()
        self.assertFalse(wizard.has_receipts)
        self.assertFalse(self.company.account_cash_basis_base_account_id)

    def test_the_base_is_never_deferred_revenue(self):
        wizard = self._wizard(
            create_missing=True, account_cash_basis_base_account_id=self.deferred.id
        )
        with self.assertRefused("must not run through deferred revenue"):
            wizard.action_next()

    def test_an_archived_account(self):
        wizard = self._wizard(create_missing=True)
        wizard.rr_deferred_account_id = self.deferred
        self.deferred.active = False
        with self.assertRefused("is archived"):
            wizard.action_next()

    def test_an_account_of_another_type(self):
        income = self.env.ref(f"account.{self.company.id}_pcg_707_account")
        wizard = self._wizard(create_missing=True, rr_deferred_account_id=income.id)
        with self.assertRefused("does not suit “Deferred Revenue”"):
            wizard.action_next()

    def test_an_archived_journal(self):
        journal = self.env["account.journal"].create(
            {"name": "Old", "code": "OLD", "type": "general", "active": False}
        )
        wizard = self._wizard(create_missing=True, rr_revenue_journal_id=journal.id)
        with self.assertRefused("The journal Old is archived"):
            wizard.action_next()


class TestPolicies(SetUpCase):
    def test_what_is_proposed(self):
        wizard = self._ready()
        self.assertEqual(str(wizard.date_from), "2026-04-01")
        wizard.action_next()
        self.assertEqual(wizard.step, "opening")
        self.assertEqual(
            self._policies(),
            {
                "service": ("continuous", "day", "service"),
                "usage": ("invoiced", "day", "service"),
                "one_off": ("invoiced", "point", "service"),
                "setup": ("continuous", "day", "term"),
                "dues": ("invoiced", "day", "service"),
            },
        )
        self.assertFalse(self.company._revenue_obstacle())
        policies = self.env["recurring.revenue.policy"].search([])
        self.assertTrue(all(policies.mapped("justification")))

    def test_services_and_fees_follow_the_method(self):
        form = Form(self.env["recurring.revenue.set.up"].with_user(self.accountant))
        form.create_missing = True
        wizard = form.save()
        wizard.action_next()
        with Form(wizard) as form:
            form.treatment = "cut_off"
            form.method = "month"
        wizard.action_next()
        policies = self._policies()
        self.assertEqual(policies["service"], ("cut_off", "month", "service"))
        self.assertEqual(policies["setup"], ("cut_off", "month", "term"))
        self.assertEqual(policies["dues"], ("invoiced", "day", "service"))
        service = self.env["recurring.revenue.policy"].search(
            [("nature_id.code", "=", "service")]
        )
        self.assertIn("each month alike", service.justification)

    def test_twice_writes_nothing(self):
        self._ready().action_next()
        policies = self.env["recurring.revenue.policy"].search([])
        wizard = self._wizard()
        wizard.action_next()
        wizard.action_next()
        self.assertEqual(self.env["recurring.revenue.policy"].search([]), policies)

    def test_another_method_from_another_day(self):
        self._ready().action_next()
        move = self._invoice("2026-04-10", 1200.0, "2026-04-10", "2027-04-09")
        self.assertTrue(self._schedule(move))
        wizard = self._wizard()
        wizard.action_next()
        line = wizard.line_ids.filtered(lambda line: line.nature_id.code == "service")
        line.method = "month"
        with self.assertRefused("Invoices were booked by this policy"):
            wizard.action_next()
        wizard.date_from = "2026-05-01"
        wizard.action_next()
        policies = self.env["recurring.revenue.policy"].search(
            [("nature_id.code", "=", "service")]
        )
        self.assertEqual(policies.mapped("method"), ["month", "day"])

    def test_a_policy_begins_on_the_first_of_a_month(self):
        wizard = self._ready()
        wizard.date_from = "2026-04-02"
        with self.assertRefused("first day of a month"):
            wizard.action_next()

    def test_detail_and_ledger(self):
        wizard = self._ready()
        wizard.rr_revenue_detail = "customer"
        wizard.rr_revenue_ledger = "ifrs"
        wizard.action_next()
        self.assertEqual(self.company.rr_revenue_detail, "customer")
        self.assertEqual(self.company.rr_revenue_ledger, "ifrs")


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
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        register.create({"payment_date": "2026-04-12"})._create_payments()
        bank = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.env["account.journal"]
                .search([("type", "=", "bank")], limit=1)
                .id,
                "date": "2026-04-12",
                "amount": 120.0,
                "payment_ref": "Paid",
            }
        )
        if not move.tax_cash_basis_created_move_ids:
            receivable = move.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            suspense = bank.move_id.line_ids.filtered(lambda line: line.credit)
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
