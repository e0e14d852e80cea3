"""One bad record never stops the others (law 6): each case by its name and sentence."""

from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .common_billing import BillingCommon

DAY = "2026-10-15"


@tagged("post_install", "-at_install")
class TestBillingProblems(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan("Pro", [{"unit_price": 100.0}])
        cls.good = cls._subscribe(cls.plan, "2026-10-01", cls._customer("Good one"))
        cls.other_good = cls._subscribe(
            cls.plan, "2026-10-01", cls._customer("Good two")
        )

    def _bad(self, plan=None, **values):
        """Return a subscription that can be billed until the test spoils something."""
        customer = values.pop("customer", None) or self._customer("Bad")
        return self._subscribe(plan or self.plan, "2026-10-01", customer, **values)

    def _plan_of(self, **product):
        product = self._product("Old thing", **product)
        return self._plan(
            "Old", [{"unit_price": 50.0, "product_id": product.id}]
        ), product

    def assertOnlyBad(self, run, bad, code, sentence, to_mend):
        """The bad one says why and what to mend, the good ones have their invoice."""
        self.assertEqual(run.state, "done")
        self.assertEqual(run.problem_ids.subscription_id, bad)
        self.assertEqual(set(run.problem_ids.mapped("code")), {code})
        for problem in run.problem_ids:
            self.assertIn(sentence, problem.message)
            self.assertEqual(problem._cause(), to_mend or problem.subscription_id)
            action = problem.action_open_cause()
            self.assertEqual(action["res_id"], (to_mend or problem.subscription_id).id)
        for sub in bad:
            self.assertEqual(sub.health, "problem")
            self.assertIn(sentence, sub.problem_message)
            self.assertEqual(len(sub._problem_activities()), 1)
            self.assertFalse(sub.billed_item_ids, "nothing was billed")
        billed = (self.good | self.other_good) - bad
        for sub in billed:
            self.assertEqual(sub.health, "fine")
            self.assertEqual(
                sub.billed_item_ids.move_id.mapped("state"), ["posted"], sub.name
            )
        self.assertEqual(run.invoice_count, len(billed))

    def assertMended(self, run, bad):
        """Continuing the run bills what was mended and forgets the problem."""
        run.action_continue()
        with patch.object(type(run), "_commit_batch", lambda *args, **kw: float("inf")):
            run._work()
        self.assertEqual(run.state, "done")
        self.assertEqual(set(bad.mapped("health")), {"fine"})
        self.assertFalse(any(bad.mapped("problem_message")))
        self.assertFalse(bad._problem_activities(), "the activity cleared itself")
        self.assertFalse(run.problem_count)
        for sub in bad:
            self.assertEqual(len(sub.billed_item_ids.move_id), 1, "billed, and once")

    # ------------------------------------------------------------------
    # The cases
    # ------------------------------------------------------------------

    def test_archived_customer(self):
        bad = self._bad()
        bad.partner_id.active = False
        run = self._bill(DAY)
        self.assertOnlyBad(
            run, bad, "partner_archived", "The customer Bad is archived", bad.partner_id
        )
        bad.partner_id.active = True
        self.assertMended(run, bad)

    def test_archived_product(self):
        plan, product = self._plan_of()
        bad = self._bad(plan)
        product.active = False
        run = self._bill(DAY)
        self.assertOnlyBad(
            run, bad, "product_archived", "The product Old thing is archived", product
        )
        product.active = True
        self.assertMended(run, bad)

    def test_no_income_account(self):
        """Odoo would silently fall back to the journal's account."""
        category = self.env["product.category"].create({"name": "No account"})
        category.property_account_income_categ_id = False
        default = self.env["ir.default"].search(
            [("field_id.name", "=", "property_account_income_categ_id")]
        )
        default.unlink()
        plan, product = self._plan_of(
            categ_id=category.id, property_account_income_id=False
        )
        good_account = self.env["account.account"].search(
            [("account_type", "=", "income"), ("company_ids", "in", self.company.ids)],
            limit=1,
        )
        (
            self.good | self.other_good
        ).line_ids.product_id.property_account_income_id = good_account
        self.company.income_account_id = False
        bad = self._bad(plan)
        run = self._bill(DAY)
        self.assertOnlyBad(
            run, bad, "no_income_account", "has no income account", product
        )
        product.property_account_income_id = good_account
        self.assertMended(run, bad)

    def test_archived_income_account(self):
        account = self.env["account.account"].create(
            {"name": "Gone", "code": "706999", "account_type": "income"}
        )
        plan, _product = self._plan_of(property_account_income_id=account.id)
        bad = self._bad(plan)
        account.active = False
        run = self._bill(DAY)
        self.assertOnlyBad(run, bad, "account_archived", "The income account", account)
        account.active = True
        self.assertMended(run, bad)

    def test_inactive_journal(self):
        journal = self.env["account.journal"].create(
            {"name": "Old sales", "code": "OLDS", "type": "sale"}
        )
        bad = self._bad(journal_id=journal.id)
        journal.active = False
        run = self._bill(DAY)
        self.assertOnlyBad(
            run, bad, "journal_archived", "Old sales is archived", journal
        )
        journal.active = True
        self.assertMended(run, bad)

    def test_no_sales_journal_left(self):
        journals = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)]
        )
        self.company.rr_journal_id = False
        journals.active = False
        run = self._bill(DAY)
        self.assertEqual(set(run.problem_ids.mapped("code")), {"no_journal"})
        self.assertIn("has no sales journal", run.problem_ids[0].message)
        self.assertEqual(
            run.problem_ids[0]._cause(), run.problem_ids[0].subscription_id
        )
        journals.active = True
        self.assertMended(run, self.good | self.other_good)

    def test_customer_of_another_company(self):
        bad = self._bad()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = %s",
            (other.id, bad.partner_id.id),
        )
        self.env.invalidate_all()
        run = self._bill(DAY)
        self.assertOnlyBad(
            run, bad, "partner_company", "belongs to Elsewhere", bad.partner_id
        )
        bad.partner_id.company_id = False
        self.assertMended(run, bad)

    def _raising_tax(self, product, error):
        taxes = type(self.env["account.tax"])
        original = taxes._add_tax_details_in_base_lines

        def raises(model, base_lines, company):
            if any(line["product_id"] == product for line in base_lines):
                raise error
            return original(model, base_lines, company)

        return patch.object(taxes, "_add_tax_details_in_base_lines", raises)

    def test_tax_that_raises_a_sentence(self):
        plan, product = self._plan_of()
        bad = self._bad(plan)
        error = ValidationError("This tax needs a country.")
        with self._raising_tax(product, error):
            run = self._bill(DAY)
        self.assertOnlyBad(run, bad, "refused", "This tax needs a country.", None)
        self.assertMended(run, bad)

    def test_tax_that_crashes(self):
        plan, product = self._plan_of()
        bad = self._bad(plan)
        with (
            self._raising_tax(product, ZeroDivisionError("division by zero")),
            self.assertLogs("odoo.addons.recurring_revenue", "WARNING"),
        ):
            run = self._bill(DAY)
        self.assertOnlyBad(
            run,
            bad,
            "refused",
            "Odoo could not make the invoice: division by zero",
            None,
        )
        self.assertMended(run, bad)

    def test_currency_without_rate(self):
        """Odoo would silently count one for one."""
        pound = self.env.ref("base.GBP")
        pound.active = True
        pound.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"name": "2025-01-01", "rate": 0.8, "currency_id": pound.id}
        )
        prices = self.env["product.pricelist"].create(
            {"name": "Pounds", "currency_id": pound.id}
        )
        bad = self._bad(pricelist_id=prices.id, currency_id=pound.id)
        pound.rate_ids.unlink()
        run = self._bill(DAY)
        self.assertOnlyBad(run, bad, "no_rate", "There is no rate for GBP", pound)
        self.env["res.currency.rate"].create(
            {"name": "2026-11-01", "rate": 0.8, "currency_id": pound.id}
        )
        self.assertEqual(self._bill(DAY).problem_ids.code, "no_rate", "a later one")
        self.env["res.currency.rate"].create(
            {"name": "2026-10-01", "rate": 0.8, "currency_id": pound.id}
        )
        self.assertMended(run, bad)

    def test_inactive_currency(self):
        franc = self.env.ref("base.CHF")
        franc.active = True
        self.env["res.currency.rate"].create(
            {"name": "2025-01-01", "rate": 0.9, "currency_id": franc.id}
        )
        prices = self.env["product.pricelist"].create(
            {"name": "Francs", "currency_id": franc.id}
        )
        bad = self._bad(pricelist_id=prices.id, currency_id=franc.id)
        self.env.cr.execute(
            "UPDATE res_currency SET active = FALSE WHERE id = %s", (franc.id,)
        )
        self.env.invalidate_all()
        run = self._bill(DAY)
        self.assertOnlyBad(
            run, bad, "currency_archived", "The currency CHF is not active", franc
        )
        franc.active = True
        self.assertMended(run, bad)

    def test_no_open_day(self):
        """Everything up to today is locked: Odoo would silently book in the future."""
        self.company.fiscalyear_lock_date = "2099-12-31"
        run = self._bill(DAY)
        bad = self.good | self.other_good
        self.assertEqual(run.problem_ids.subscription_id, bad)
        self.assertEqual(set(run.problem_ids.mapped("code")), {"no_open_day"})
        self.assertIn("no open day to book on", run.problem_ids[0].message)
        self.assertIn("12/31/2099", run.problem_ids[0].message)
        self.assertFalse(run.move_ids)
        self.company.fiscalyear_lock_date = False
        self.assertMended(run, bad)

    def test_lock_date_moves_the_accounting_date_and_is_reported(self):
        """No error: booked on the first open day, with the invoice's own date."""
        self.company.fiscalyear_lock_date = "2026-10-20"
        run = self._bill(DAY)
        self.assertFalse(run.problem_ids)
        self.assertEqual((run.invoice_count, run.shifted_count), (2, 2))
        for move in run.move_ids:
            self.assertEqual(str(move.invoice_date), DAY)
            self.assertGreater(str(move.date), "2026-10-20")
            self.assertEqual(
                str(move.invoice_line_ids.deferred_start_date), "2026-10-01"
            )

    # ------------------------------------------------------------------
    # Grouped invoices
    # ------------------------------------------------------------------

    def test_group_is_rebuilt_without_the_refused_member(self):
        plan, product = self._plan_of()
        customer = self._customer("Group")
        first, bad, third = (
            self._bad(each, customer=customer, invoice_grouping="customer")
            for each in (self.plan, plan, self.plan)
        )
        product.active = False
        run = self._bill(DAY)
        self.assertEqual(run.problem_ids.subscription_id, bad)
        invoice = first.billed_item_ids.move_id
        self.assertEqual(invoice, third.billed_item_ids.move_id)
        self.assertEqual(invoice.amount_untaxed, 200.0)
        product.active = True
        self.assertMended(run, bad)

    def test_group_is_rebuilt_without_the_member_that_raises(self):
        plan, product = self._plan_of()
        customer = self._customer("Group")
        first, bad, third = (
            self._bad(each, customer=customer, invoice_grouping="customer")
            for each in (self.plan, plan, self.plan)
        )
        with self._raising_tax(product, ValidationError("No such tax.")):
            run = self._bill(DAY)
        self.assertEqual(run.problem_ids.subscription_id, bad)
        self.assertEqual(run.problem_ids.message, "No such tax.")
        invoice = first.billed_item_ids.move_id
        self.assertEqual(invoice, third.billed_item_ids.move_id)
        self.assertEqual((invoice.amount_untaxed, run.invoice_count), (200.0, 3))
        self.assertMended(run, bad)

    # ------------------------------------------------------------------
    # Once, and until it is mended
    # ------------------------------------------------------------------

    def test_one_activity_however_often_it_fails(self):
        bad = self._bad()
        bad.partner_id.active = False
        first, second = self._bill(DAY), self._bill(DAY)
        self.assertEqual(len(bad._problem_activities()), 1)
        problems = self.env["recurring.billing.problem"]
        still_open = problems.search(
            [*problems._open_domain(), ("subscription_id", "=", bad.id)]
        )
        self.assertEqual(still_open, second.problem_ids, "the newest sentence counts")
        self.assertTrue(first.problem_ids.superseded)
        bad.partner_id.active = True
        third = self._bill(DAY)
        self.assertEqual(third.invoice_count, 1)
        self.assertFalse(bad._problem_activities())
        for problem in first.problem_ids | second.problem_ids:
            self.assertTrue(problem.resolved)
            self.assertEqual(problem.resolved_run_id, third)

    def test_many_bad_ones_among_many(self):
        bad = self.env["recurring.subscription"]
        for number in range(6):
            sub = self._bad(customer=self._customer(f"Bad {number}"))
            if number % 2:
                sub.partner_id.active = False
                bad |= sub
        run = self._bill(DAY)
        self.assertEqual(run.problem_ids.subscription_id, bad)
        self.assertEqual((run.invoice_count, run.problem_count), (5, 3))
        ((_name, _in, opened),) = run.action_open_failed()["domain"]
        self.assertEqual(set(opened), set(bad.ids))

    def test_sentence_is_in_the_language_of_who_started(self):
        bad = self._bad()
        bad.partner_id.active = False
        run = self._bill(DAY)
        self.assertEqual(
            run.problem_ids.message,
            "The customer Bad is archived. Restore it, or cancel the subscription.",
        )

    def test_a_seller_reads_only_the_problems_of_own_customers(self):
        seller = new_test_user(self.env, "rr_seller", "recurring_revenue.group_user")
        own, foreign = (
            self._bad(customer=self._customer(name), user_id=user.id)
            for name, user in (("Own", seller), ("Foreign", self.env.user))
        )
        (own | foreign).partner_id.active = False
        foreign.team_id = False
        run = self._bill(DAY)
        seen = run.problem_ids.with_user(seller).search([("run_id", "=", run.id)])
        self.assertEqual(seen.subscription_id, own)
