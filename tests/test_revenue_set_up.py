"""The set-up of revenue recognition: its pages of accounts and policies."""

from odoo.tests import Form

from odoo.addons.recurring_revenue.models.revenue.revenue_accounts import RevenueChart

from .common_revenue_set_up import SetUpCase


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
