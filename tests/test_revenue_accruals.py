"""Accruals: what was served by the end of a month and is not invoiced by then."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models.guard import applying
from .common_accruals import ACCRUALS, AccrualCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueAccruals(AccrualCommon):
    def test_in_arrears_and_not_invoiced(self):
        self._subscribe(self._arrears(), "2026-01-01")
        run = self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])
        self.assertEqual(self._at("2026-02-01"), [0, 0, 0, 0])
        self.assertEqual(len(run.move_ids), 2)
        self.assertNative(run)
        self.assertFalse(self._close("2026-01").move_ids)
        line = run.move_ids.line_ids.filtered(
            lambda one: one.account_id == self.accrued
        )
        self.assertEqual(line.partner_id, self.customer)

    def test_in_arrears_and_invoiced_on_the_first_of_the_next_month(self):
        """Whether the billing ran before the closing makes no difference."""
        self._subscribe(self._arrears(), "2026-01-01")
        self._bill("2026-02-01")
        run = self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])
        self.assertEqual(self._at("2026-02-01"), [0, 0, 0, 100])
        self.assertNative(run)
        self.assertFalse(self._close("2026-01").move_ids)

    def test_billed_between_two_closings_of_the_month(self):
        """What was missing becomes an invoice of February: the sum stays."""
        self._subscribe(self._arrears(), "2026-01-01")
        self._close("2026-01")
        self._bill("2026-02-01")
        self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])
        self.assertEqual(self._at("2026-02-01"), [0, 0, 0, 100])

    def test_drafts_of_the_billing_are_not_in_the_books(self):
        self.company.rr_invoice_policy = "draft"
        sub = self._subscribe(self._monthly(), "2026-01-01")
        self._bill("2026-01-01")
        self.assertEqual(sub.billed_item_ids.move_id.state, "draft")
        self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])

    def test_a_quarter_counts_as_far_as_it_was_served(self):
        self._subscribe(self._arrears(300, 3), "2026-01-01")
        self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])
        self._close("2026-02")
        self.assertEqual(self._at("2026-02-28"), [-240, 40, 0, 200])
        self._bill("2026-04-01")
        self._close("2026-03")
        self.assertEqual(self._at("2026-03-31"), [-360, 60, 0, 300])
        self.assertEqual(self._at("2026-04-01"), [0, 0, 0, 300])
        self._close("2026-04")
        self.assertEqual(self._at("2026-04-30"), [-120, 20, 0, 400])

    def test_by_the_days_where_the_policy_says_so(self):
        self.policy.method = "day"
        self._subscribe(self._arrears(300, 3), "2026-01-01")
        self._close("2026-01")
        # 31 of 90 days.
        self.assertEqual(self._at("2026-01-31"), [-124.0, 20.67, 0, 103.33])

    def test_in_advance_and_late(self):
        """A year that should have been billed in January: January alone is served."""
        self._subscribe(self._yearly(), "2026-01-01")
        self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])

    def test_in_advance_and_not_begun(self):
        self._subscribe(self._monthly(days_ahead=10), "2026-02-01")
        self.assertFalse(self._close("2026-01").move_ids)

    def test_billed_in_advance(self):
        """Nothing is missing: the year is deferred, and that is all."""
        self._subscribe(self._yearly(), "2026-01-01")
        self._bill("2026-01-01")
        run = self._close("2026-01")
        roles = set(run.move_ids.mapped("rr_closing_role"))
        self.assertEqual(roles, {"deferral", "reversal"})
        self.assertEqual(self._at("2026-01-31"), [0, 0, 0, 100])

    def test_a_credit_that_was_not_issued_yet(self):
        """Ended on the 16th, after the month was billed: half is to be credited."""
        sub = self._subscribe(self._monthly(310), "2026-01-01")
        self._bill("2026-01-01")
        self._end(sub, "2026-01-16")
        run = self._close("2026-01")
        # 16 of 31 days, 160.00, with their VAT.
        self.assertEqual(self._at("2026-01-31"), [0, -32, 192, 150])
        self.assertEqual(self._at("2026-02-01"), [0, 0, 0, 310])
        self.assertNative(run)

    def _end(self, sub, day):
        applying(sub.line_ids).end_date = day
        sub._refresh_billing_state()

    def test_a_credit_note_of_the_next_month(self):
        """Credited in February for January: credit to come; for later: no matter."""
        invoice = self._invoice("2026-01-02", 1200, "2026-01-01", "2026-12-31")
        self._credit_note(invoice, "2026-02-05", amount=600, cause="error")
        run = self._close("2026-01")
        self.assertEqual(
            self._booked(run, "credit_due"),
            [("2026-01-31", {"4198": -60, "4458": 10, self._code(): 50})],
        )
        # 1,200 billed, 1,100 deferred, 50 to be credited.
        self.assertEqual(self._balance(self.income, "2026-01-31"), 50)

    def _code(self):
        return self.income.code[:4].rstrip("0")

    def test_an_invoice_by_hand_of_the_next_month(self):
        self._invoice("2026-02-05", 1200, "2026-01-01", "2026-12-31")
        self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])

    def test_without_an_account_of_vat(self):
        self.company.rr_accrued_tax_account_id = False
        self._subscribe(self._arrears(), "2026-01-01")
        run = self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-100, 0, 0, 100])
        self.assertNative(run)

    def test_foreign_currency_at_the_rate_of_the_last_day(self):
        rates = self.env["res.currency.rate"]
        for day, rate in (("2026-01-01", 1.25), ("2026-01-31", 2.0)):
            rates.create({"currency_id": self.dollar.id, "name": day, "rate": rate})
        plan = self._arrears()
        self._subscribe(plan, "2026-01-01")
        self._invoice(
            "2026-02-05", 1200, "2026-01-01", "2026-12-31", currency_id=self.dollar.id
        )
        run = self._close("2026-01")
        accruals = run.move_ids.filtered(lambda move: move.rr_closing_role == "accrual")
        [foreign] = accruals.filtered(lambda move: move.currency_id == self.dollar)
        line = foreign.line_ids.filtered(lambda one: one.account_id == self.accrued)
        self.assertEqual((line.amount_currency, line.balance), (120, 60))
        self.assertEqual(self._at("2026-01-31"), [-180, 30, 0, 150])
        self.assertEqual(self._balance(self.accrued), 0)

    def test_what_is_revenue_when_invoiced_is_not_accrued(self):
        self.policy.treatment = "invoiced"
        self.company.rr_closing_accruals = "always"
        self._subscribe(self._arrears(), "2026-01-01")
        self.assertFalse(self._close("2026-01").move_ids)

    def test_settings(self):
        self._subscribe(self._arrears(), "2026-01-01")
        self.company.rr_closing_accruals = "never"
        self.assertFalse(self._close("2026-01").move_ids)
        self.policy.treatment = "continuous"
        self.company.rr_closing_accruals = "cut_off"
        self.assertFalse(self._close("2026-01").move_ids)
        self.company.rr_closing_accruals = "always"
        self.company.rr_accrued_account_id = False
        with self.assertRefused("Invoices to Issue"):
            self._close("2026-01")

    def test_one_that_cannot_be_reckoned_is_named(self):
        good = self._subscribe(self._arrears(), "2026-01-01")
        bad = self._subscribe(self._arrears(), "2026-01-01")
        whole = type(good)._prepare_drafts

        def broken(subs, *args):
            if bad in subs:
                raise ValueError("no price")
            return whole(subs, *args)

        self.patch(type(good), "_prepare_drafts", broken)
        run = self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])
        notes = " ".join(run.message_ids.mapped("body"))
        self.assertIn(bad.name, notes)
        self.assertNotIn(good.name, notes)

    def test_taken_back(self):
        self._subscribe(self._arrears(), "2026-01-01")
        run = self._close("2026-01")
        run.action_undo()
        for day in ("2026-01-31", "2026-02-01"):
            self.assertNeutral(run, day)
        self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])

    def test_killed_and_continued(self):
        """The place that was reached is kept with what was booked up to it."""
        self._subscribe(self._arrears(), "2026-01-01")
        self._subscribe(self._arrears(), "2026-01-01")
        with patch(f"{ACCRUALS}.SUBSCRIPTIONS", 1):
            run = self.env["recurring.revenue.run"].create({"month": "2026-01-01"})
            run._set_state(("draft",), "running")
            self.assertEqual(run._book_batch(), 1)
            self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])
            run._set_state(("running",), "stopped")
            run.action_continue()
            self.assertEqual(run.state, "done")
            self.assertEqual(run._book_batch(), 0)
        self.assertEqual(self._at("2026-01-31"), [-240, 40, 0, 200])

    def test_prices_that_contain_vat(self):
        product = self._product("Gross", taxes_id=self.tax_included.ids)
        plan = self._arrears()
        line = {"product_id": product.id, "price_unit": 120}
        self._subscribe(plan, "2026-01-01", lines=[line])
        self._close("2026-01")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])

    def test_analytic(self):
        plan = self.env["account.analytic.plan"].create({"name": "Project"})
        account = self.env["account.analytic.account"].create(
            {"name": "Alpha", "plan_id": plan.id}
        )
        line = {"analytic_distribution": {str(account.id): 100}}
        self._subscribe(self._arrears(), "2026-01-01", lines=[line])
        self._close("2026-01")
        lines = self.env["account.analytic.line"].search([("company_id", "!=", False)])
        self.assertEqual(
            {str(line.date): line.amount for line in lines},
            {"2026-01-31": 100, "2026-02-01": -100},
        )

    def test_ended_before_the_month(self):
        """What ended in December and was billed to its end leaves nothing."""
        sub = self._subscribe(self._arrears(), "2025-12-01")
        self._bill("2026-01-01")
        self._end(sub, "2026-01-01")
        self.assertFalse(self._close("2026-01").move_ids)

    def test_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "fr_FR"
        self._subscribe(self._arrears(), "2026-01-01")
        run = self._close("2026-01")
        self.assertTrue(all(run.move_ids.mapped("ref")))
        self.assertEqual(run._in_language_of_books().env.lang, "fr_FR")

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._subscribe(self._arrears(), "2026-01-01")
        self._close("2026-01")
        self.assertFalse(
            self.env["account.move"].search([("company_id", "=", other.id)])
        )
