"""The preview says what the run then does, to the cent, and writes nothing."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.billing import billing_run_preview
from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingPreview(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 1.0837,
                "currency_id": cls.dollar.id,
                "company_id": cls.company.id,
            }
        )
        cls.dollars = cls.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": cls.dollar.id}
        )
        cls.plan = cls._plan(
            "Seats", [{"charge_model": "per_unit", "unit_price": 33.33}]
        )
        product = cls._product("Box", taxes_id=[Command.set(cls.tax_included.ids)])
        cls.plan_included = cls._plan(
            "Box", [{"unit_price": 49.99, "product_id": product.id}]
        )

    def _mixed_portfolio(self):
        """Return subscriptions of every kind, due on 1 November, some on 1 October."""
        dollar = {"pricelist_id": self.dollars.id, "currency_id": self.dollar.id}
        group = {"invoice_grouping": "customer"}
        self.plain = self._subscribe(self.plan, "2026-10-01")
        self.included = self._subscribe(self.plan_included, "2026-10-01")
        self.discounted = self._subscribe(
            self.plan, "2026-10-01", lines=[{"quantity": 3, "discount": 12.5}]
        )
        by_day = self._plan(
            "By day",
            [{"unit_price": 100.0}],
            alignment="day_of_month",
            alignment_day=1,
            first_period="prorate",
        )
        self.prorated = self._subscribe(by_day, "2026-10-15")
        self.foreign = self._subscribe(
            self.plan, "2026-10-01", self._customer("Yankee"), **dollar
        )
        pair = self._customer("Pair")
        self.first = self._subscribe(self.plan, "2026-10-01", pair, **group)
        self.second = self._subscribe(self.plan_included, "2026-10-01", pair, **group)
        self.leaver = self._subscribe(self.plan, "2026-10-01", self._customer("Leaver"))

    def _preview(self, day):
        run = self.env["recurring.billing.run"].create({"date": day})
        run.action_preview()
        return run

    def _run_previewed(self, run):
        run.action_start()
        with patch.object(
            type(run), "_commit_batch", lambda *args, **kwargs: float("inf")
        ):
            run._work()

    def _by_currency(self, moves):
        totals = {}
        for move in moves:
            sign = -1 if move.move_type == "out_refund" else 1
            own = totals.setdefault(str(move.currency_id.id), [0.0, 0.0, 0.0])
            for place, name in enumerate(
                ("amount_untaxed", "amount_tax", "amount_total")
            ):
                own[place] = round(own[place] + sign * move[name], 2)
        return totals

    def assertAgrees(self, run):
        """What the run made is what its preview announced."""
        sums = run.preview
        self.assertEqual(run.state, "done")
        self.assertEqual(
            (run.subscription_done, run.invoice_count, run.credit_note_count),
            (sums["subscriptions"], sums["invoices"], sums["credit_notes"]),
        )
        self.assertEqual(run.zero_count, sums["without"])
        self.assertEqual(run.problem_count, sums["problem_count"])
        self.assertEqual(sums["currencies"], self._by_currency(run.move_ids))
        for amount, name in zip(
            sums["company"],
            ("amount_untaxed", "amount_tax", "amount_total"),
            strict=True,
        ):
            self.assertAlmostEqual(amount, run[name], 2, name)
        self.assertAlmostEqual(
            sum(tax for _base, tax in sums["vat"].values()), run.amount_tax, 2
        )
        self.assertAlmostEqual(
            sum(base for base, _tax in sums["vat"].values()), run.amount_untaxed, 2
        )

    def test_agrees_with_the_run_to_the_cent(self):
        self._mixed_portfolio()
        first = self._preview("2026-10-20")
        self.assertEqual(first.preview["subscriptions"], 8)
        self.assertEqual(first.preview["invoices"], 7, "two share one invoice")
        self.assertEqual((first.preview["new"], first.preview["prorated"]), (8, 1))
        self._run_previewed(first)
        self.assertAgrees(first)
        # A month later one has left with credit, another takes more from the 16th.
        self.leaver._cancel(date(2026, 10, 17), credit=True)
        second = self._preview("2026-11-01")
        self.assertEqual(second.preview["credit_notes"], 1)
        self.assertEqual((second.preview["new"], second.preview["credited"]), (0, 1))
        self._run_previewed(second)
        self.assertAgrees(second)

    def test_agrees_where_taxes_round_by_line(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        self._mixed_portfolio()
        run = self._preview("2026-11-01")
        self._run_previewed(run)
        self.assertAgrees(run)

    def test_agrees_where_the_period_dates_the_invoice(self):
        """The rate of a foreign currency is the one of the invoice's own date."""
        self.company.rr_invoice_date = "period_start"
        self.env["res.currency.rate"].create(
            {
                "name": "2026-10-10",
                "rate": 1.2,
                "currency_id": self.dollar.id,
                "company_id": self.company.id,
            }
        )
        self._mixed_portfolio()
        run = self._preview("2026-10-20")
        self._run_previewed(run)
        self.assertAgrees(run)

    def test_agrees_after_a_fiscal_position(self):
        """A customer abroad: no tax, from a price that includes it at home."""
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        self._subscribe(
            self.plan_included, "2026-10-01", fiscal_position_id=position.id
        )
        run = self._preview("2026-10-01")
        self.assertEqual(run.preview["company"], [41.66, 0.0, 41.66])
        self._run_previewed(run)
        self.assertAgrees(run)

    def test_writes_nothing(self):
        self._mixed_portfolio()
        self._bill("2026-10-20")
        self.leaver._cancel(date(2026, 10, 17), credit=True)
        run = self.env["recurring.billing.run"].create({"date": "2026-11-01"})
        self.env.flush_all()
        before = self._everything()
        run.action_preview()
        self.env.flush_all()
        after = self._everything()
        self.assertGreater(run.preview["invoices"], 5)
        self.assertEqual(before, after)

    def _everything(self):
        """Return the rows of every table of ours, of accounting and the sequences'."""
        cr = self.env.cr
        cr.execute(
            """SELECT tablename FROM pg_tables WHERE schemaname = 'public'
                AND (tablename LIKE 'account%%' OR tablename LIKE 'recurring%%'
                  OR tablename LIKE 'ir_sequence%%' OR tablename LIKE 'mail_%%')
                AND tablename != 'recurring_billing_run'"""
        )
        found = {}
        for (table,) in cr.fetchall():
            cr.execute(
                SQL(
                    "SELECT COUNT(*), MD5(STRING_AGG(t::text, ',' ORDER BY t::text))"
                    " FROM %s t",
                    SQL.identifier(table),
                )
            )
            found[table] = cr.fetchone()
        cr.execute(
            "SELECT schemaname, sequencename, last_value FROM pg_sequences"
            " WHERE sequencename LIKE 'ir_sequence%'"
        )
        found["numbers"] = cr.fetchall()
        return found

    def test_problems_come_with_the_remedy(self):
        self._mixed_portfolio()
        self.foreign.partner_id.active = False
        run = self._preview("2026-11-01")
        (problem,) = run.preview["problems"]
        self.assertEqual(problem["subscription"][0], self.foreign.id)
        self.assertEqual(problem["record"], ["res.partner", self.foreign.partner_id.id])
        self.assertIn("is archived. Restore it", run.preview_html)
        self.assertIn("alert-warning", run.preview_html)
        self.assertFalse(run.problem_ids, "a preview leaves no trace")
        self.assertFalse(self.foreign.problem_message)
        self._run_previewed(run)
        self.assertAgrees(run)
        self.assertEqual(run.state, "done")
        self.assertNotIn("alert-warning", run.preview_html, "the result counts now")

    def test_one_that_raises_leaves_the_others_in_the_preview(self):
        self._mixed_portfolio()
        bad = self.second.line_ids.product_id
        taxes = type(self.env["account.tax"])
        original = taxes._add_tax_details_in_base_lines

        def raises(model, base_lines, company):
            if any(line["product_id"] == bad for line in base_lines):
                raise ZeroDivisionError("a tax by formula")
            return original(model, base_lines, company)

        with (
            patch.object(taxes, "_add_tax_details_in_base_lines", raises),
            self.assertLogs("odoo.addons.recurring_revenue", "WARNING"),
        ):
            run = self._preview("2026-11-01")
        failed = {problem["subscription"][0] for problem in run.preview["problems"]}
        self.assertEqual(failed, {self.second.id, self.included.id})
        self.assertIn("a tax by formula", run.preview["problems"][0]["message"])
        self.assertEqual(
            run.preview["subscriptions"], 6, "the group without its member"
        )

    def test_compared_with_the_last_run(self):
        self._mixed_portfolio()
        self._bill("2026-10-20")
        self.leaver._cancel(date(2026, 10, 21), credit=True)
        self._subscribe(self.plan, "2026-11-01", self._customer("Newcomer"))
        run = self._preview("2026-11-01")
        self.assertIn("This time: +1 new, -1 gone, 1 credited.", run.preview_html)
        self.assertIn("7 invoices", run.preview_html)

    def test_a_change_of_date_forgets_the_preview(self):
        self._mixed_portfolio()
        run = self._preview("2026-11-01")
        run.date = "2026-12-01"
        self.assertFalse(run.preview)
        self.assertFalse(run.preview_html)

    def test_large_portfolio_is_previewed_in_the_background(self):
        self._mixed_portfolio()
        at_once = self._preview("2026-11-01").preview
        run = self.env["recurring.billing.run"].create({"date": "2026-11-01"})
        with patch.object(billing_run_preview, "AT_ONCE", 3):
            run.action_preview()
        self.assertEqual(run.state, "previewing")
        self.assertFalse(run.preview_html)
        with self.assertRefused("not possible now"):
            run.action_start()
        steps = []

        def remember(run, treated, remaining=None):
            steps.append((treated, remaining, round(run.progress)))
            return float("inf")

        with patch.object(type(run), "_commit_batch", remember):
            run._preview_work(batch=3)
        self.assertEqual(run.state, "draft")
        self.assertEqual(len(steps), 4, "three batches and the end")
        self.assertEqual(sum(treated for treated, *_rest in steps), 8)
        for name in set(at_once) - {"made_at", "documents"}:
            self.assertEqual(run.preview[name], at_once[name], name)
        self.assertEqual(
            {document["subscription"][0] for document in run.preview["documents"]},
            {document["subscription"][0] for document in at_once["documents"]},
        )

    def test_the_scheduled_action_makes_the_preview(self):
        self._mixed_portfolio()
        run = self.env["recurring.billing.run"].create({"date": "2026-11-01"})
        with patch.object(billing_run_preview, "AT_ONCE", 3):
            run.action_preview()
        with self.enter_registry_test_mode():
            worker = self.env.ref("recurring_revenue.cron_billing_worker_1")
            worker.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(run.state, "previewing", "the other worker does it")
            worker = self.env.ref("recurring_revenue.cron_billing_worker_2")
            worker.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((run.state, run.preview["subscriptions"]), ("draft", 8))
        self.assertFalse(run.move_ids)

    def test_the_background_speaks_the_language_of_who_asked(self):
        self._mixed_portfolio()
        self.leaver.partner_id.active = False
        run = self.env["recurring.billing.run"].create({"date": "2026-11-01"})
        run.user_id.lang = "fr_FR"
        with patch.object(billing_run_preview, "AT_ONCE", 3):
            run.action_preview()
        with patch.object(type(run), "_commit_batch", lambda *args: float("inf")):
            run._preview_work()
        [problem] = run.preview["problems"]
        self.assertIn("est archivé", problem["message"])

    def test_a_preview_can_be_given_up(self):
        self._mixed_portfolio()
        run = self.env["recurring.billing.run"].create({"date": "2026-11-01"})
        with patch.object(billing_run_preview, "AT_ONCE", 3):
            run.action_preview()
        run.action_stop_preview()
        self.assertEqual(run.state, "draft")
        self.assertFalse(run.preview)

    def test_lists_the_biggest_and_counts_the_rest(self):
        self._mixed_portfolio()
        with patch(
            "odoo.addons.recurring_revenue.models.billing.preview_sums.SHOWN", 2
        ):
            run = self._preview("2026-10-20")
        shown = run.preview["documents"]
        self.assertEqual(
            [row["subscription"][0] for row in shown][:1], [self.discounted.id]
        )
        self.assertEqual(len(shown), 2)
        self.assertIn("and 5 smaller ones", run.preview_html)
