"""What a row may not say, each with its sentence."""

from odoo.tests import tagged

from .common_import import ImportCommon


@tagged("post_install", "-at_install")
class TestImportProblems(ImportCommon):
    """Every bad row: the line, the column, the value and a reason."""

    def _refused(self, column, part, **values):
        problems = self._problems(**values)
        found = [p for p in problems if p[1] == column]
        self.assertTrue(found, f"{values}: {problems}")
        self.assertIn(part, found[0][3])
        self.assertEqual(found[0][0], 2)
        name = "reference" if column == "external_ref" else column
        self.assertEqual(found[0][2], str(values.get(name, "")))
        return problems

    def test_references(self):
        self._refused("external_ref", "filled in", reference="")
        self._refused("external_ref", "characters", reference="x" * 70)
        job = self._upload(self._row("A"), self._row("A"))
        self.assertRecordValues(
            job.problem_ids,
            [{"line": 3, "column": "external_ref", "value": "A"}],
        )
        self.assertIn("line 2", job.problem_ids.reason)

    def test_plan(self):
        self._refused("plan", "no plan with this code", plan="NOPE")
        self._refused("plan", "filled in", plan="")
        self.env["recurring.plan"].create({"name": "New", "code": "NEW"})
        self._refused("plan", "no published version", plan="NEW")

    def test_numbers(self):
        self._refused("quantity", "negative", quantity="-1")
        self._refused("quantity", "fixed price", quantity="2")
        self._refused("quantity", "decimals", quantity="1.2345", plan="SEATS")
        self._refused("price", "negative", price="-3")
        self._refused("price", "not a number", price="free")
        self._refused("discount", "between 0 and 100", discount="101")
        self._refused("period_amount", "decimals", period_amount="1.999")
        self._refused("price_basis", "one of", price="1", price_basis="net")
        self._refused("price_basis", "neither", price_basis="excluded")

    def test_currency(self):
        self._refused("currency", "not known", currency="ZZZ")
        chf = self.env.ref("base.CHF")
        chf.active = True
        chf.rate_ids.unlink()
        self._refused("currency", "no exchange rate", currency="CHF")

    def test_billed_through(self):
        self._refused(
            "billed_through", "more than one day before", billed_through="2025-12-30"
        )
        self.assertFalse(self._problems(billed_through="2025-12-31"))
        self._refused("billed_through", "everything since", billed_through="")
        self._refused("billed_through", "no such day", billed_through="2026-06-31")

    def test_prepaid_period(self):
        self._refused("period_start", "after the last day", period_start="2026-11-01")
        self._refused("period_start", "before the start", period_start="2025-12-01")
        self._refused(
            "period_amount",
            "several billing periods",
            period_amount="100",
            billed_through="2027-06-30",
        )
        self._refused(
            "period_invoice",
            "Nothing was billed",
            period_invoice="F",
            billed_through="2025-12-31",
        )

    def test_dates(self):
        self._refused("start_date", "no such day", start_date="2026-02-29")
        self._refused("start_date", "not a date", start_date="1/2/2026")
        self._refused("start_date", "filled in", start_date="")
        self._refused("last_day", "before the start", last_day="2025-12-31")
        self._refused("term_end", "before the start", term_end="2025-01-01")
        self._refused(
            "term_end", "does not renew", plan="FIXED", start_date="2024-01-01"
        )
        self._refused("renewal", "no term", renewal="automatic")
        calendar = self._plan("CAL", 30, alignment="day_of_month", alignment_day=5)
        self._refused(
            "anchor_date",
            "No billing period",
            plan=calendar.code,
            anchor_date="2026-01-07",
        )

    def test_customer(self):
        self._refused("customer_name", "filled in", customer_name="")
        self._refused("customer_email", "not one e-mail", customer_email="nobody")
        self._refused("customer_country", "two letters", customer_country="XX")
        self._refused("customer_country", "characters", customer_country="FRA")
        self._refused("customer_lang", "not installed", customer_lang="tlh")
        self._refused("payment_term", "no payment terms", payment_term="Never")
        self.known.active = False
        self._refused("customer_ref", "archived", customer_ref="K-1")
        self.known.active = True
        self.known.copy({"ref": "K-1"})
        self._refused("customer_ref", "Several customers", customer_ref="K-1")
        job = self._upload(
            self._row("A", customer_ref="N"),
            self._row("B", customer_ref="N", customer_name="Bcme"),
        )
        self.assertIn("another name on line 2", job.problem_ids.reason)

    def test_formula(self):
        self._refused("customer_name", "formula", customer_name="=A2")

    def test_several_problems_of_one_row_are_all_told(self):
        problems = self._problems(plan="NOPE", price="x", customer_country="XX")
        self.assertEqual(
            {p[1] for p in problems}, {"plan", "price", "customer_country"}
        )
