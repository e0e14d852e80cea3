"""Usage on the form, and the import of a file of events."""

import base64
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_usage import UsageCommon

EURO = "\N{NO-BREAK SPACE}€"


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 10:00:00")
class TestUsageForm(UsageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sub = cls._subscribe(cls._usage_plan(), "2026-05-01")

    def test_used_of_what_is_included_and_the_running_amount(self):
        self._record(("2026-05-03", 1250))
        table = self.sub.usage_table
        for text in ("1,250 calls", "125 % of 1,000 calls", f"2.50{EURO}"):
            self.assertIn(text, table)
        self.assertIn("05/01/2026 – 05/31/2026", table)
        self.assertEqual(self.sub.usage_count, 1)
        action = self.sub.action_view_usage()
        self.assertEqual(action["domain"], [("subscription_id", "=", self.sub.id)])

    def test_the_commitment_is_part_of_the_running_amount(self):
        plan = self._usage_plan(self._usage_charge(minimum_amount=20))
        sub = self._subscribe(plan, "2026-05-01")
        self.assertIn(f"20.00{EURO}", sub.usage_table)
        self.assertIn("no limit", sub.usage_table)

    def test_the_period_goes_on_after_a_change(self):
        self._record(("2026-05-03", 900))
        rows = [{"line_id": self._usage_lines(self.sub).id, "discount": 50}]
        self.sub.action_change("lines", {"lines": rows}, when="now")
        self._record(("2026-05-20", 700))
        table = self.sub.usage_table
        for text in ("1,600 calls", "160 % of 1,000 calls", f"3.00{EURO}"):
            self.assertIn(text, table)
        self.assertIn("05/01/2026 – 05/31/2026", table)

    def test_the_price_is_the_one_of_this_subscription(self):
        self.assertIn(f"1,000 calls included, then 0.01{EURO} each", self._price())
        row = {"line_id": self._usage_lines(self.sub).id, "price_unit": 0.02}
        values = {"lines": [{**row, "discount": 5}]}
        self.sub.action_change("lines", values, when="now")
        self.assertEqual(
            self._price(),
            f"0.02{EURO} here; in the plan: 1,000 calls included, then 0.01{EURO} "
            "each, per month, less 5 %",
        )

    def _price(self):
        [row] = self.sub._usage_rows(date(2026, 5, 20))
        return row["price"]

    def test_in_a_trial_it_counts_and_is_free(self):
        plan = self._usage_plan(trial_days=30)
        sub = self._subscribe(plan, "2026-05-01")
        self.assertEqual(sub.state, "trial")
        self._record(("2026-05-03", 1250), sub=sub)
        for text in ("125 % of 1,000 calls", f"0.00{EURO}"):
            self.assertIn(text, sub.usage_table)

    def test_a_plan_without_usage_has_no_such_page(self):
        sub = self._subscribe(self._plan("Flat"), "2026-05-01")
        self.assertFalse(sub.has_usage)
        self.assertFalse(sub.usage_table)

    def test_before_and_after(self):
        draft = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.sub.plan_id.id}
        )
        self.assertIn("once the subscription has started", draft.usage_table)
        self.assertEqual(draft.line_ids.mapped("quantity"), [1, 0])
        self.sub.action_change("pause", {"until": "2026-05-25"})
        self.assertIn("Nothing is counted today", self.sub.usage_table)

    def test_a_form_shows_the_plan_s_usage(self):
        with Form(self.env["recurring.subscription"]) as form:
            form.partner_id = self.customer
            form.plan_id = self.sub.plan_id
            self.assertTrue(form.has_usage)

    def test_the_preview_shows_what_is_known(self):
        self._record(("2026-05-03", 1250))
        self._bill("2026-05-01")
        expected = self.sub._expected(date(2026, 5, 20), date(2026, 7, 15))
        self.assertEqual([row.untaxed for row in expected], [32.5, 30.0])


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 10:00:00")
class TestUsageImport(UsageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sub = cls._subscribe(cls._usage_plan(), "2026-05-01")

    def _import(self, text, env=None):
        content = text if isinstance(text, bytes) else text.encode()
        wizard = (env or self.env)["recurring.usage.import.wizard"].create(
            {"file": base64.b64encode(content), "filename": "usage.csv"}
        )
        wizard.action_import()
        return wizard

    def _counts(self, wizard):
        return (
            wizard.recorded_count,
            wizard.late_count,
            wizard.duplicate_count,
            wizard.refused_count,
        )

    def _quantities(self):
        return self.env["recurring.usage"].search([], order="id").mapped("quantity")

    def test_the_good_ones_are_kept_and_the_rest_is_listed(self):
        wizard = self._import(
            "key,subscription,meter,quantity,time\n"
            f"a,{self.sub.name},calls,12.5,2026-05-03\n"
            f"b,{self.sub.name},steps,1,2026-05-03\n"
            f"a,{self.sub.name},calls,12.5,2026-05-03\n"
            f"c,{self.sub.name},calls,3,2026-04-30\n"
            f"=d,{self.sub.name},calls,,\n"
        )
        self.assertEqual(self._counts(wizard), (2, 0, 1, 2))
        self.assertEqual(self._quantities(), [12.5, 1])
        self.assertIn("<td>3</td>", wizard.refused_table)
        self.assertIn("There is no meter “steps”.", wizard.refused_table)
        lines = base64.b64decode(wizard.refused_file).decode("utf-8-sig").splitlines()
        self.assertEqual(len(lines), 4)
        self.assertTrue(lines[1].startswith(f"3,b,{self.sub.name},steps,1,"), lines)
        self.assertIn("unknown_meter", lines[1])
        self.assertEqual(
            self.env["recurring.usage"].search([]).mapped("source"), ["import"] * 2
        )

    def test_semicolons_come_with_decimal_commas(self):
        self._import(f"subscription;meter;quantity\n{self.sub.name};calls;2,5\n")
        self.assertEqual(self._quantities(), [2.5])

    def test_the_same_file_without_keys_counts_once(self):
        text = f"subscription,meter\n{self.sub.name},calls\n{self.sub.name},calls\n"
        self.assertEqual(self._counts(self._import(text)), (2, 0, 0, 0))
        self.assertEqual(self._counts(self._import(text)), (0, 0, 2, 0))

    def test_unreadable_files(self):
        for content, sentence in (
            ("", "Choose a file first"),
            ("subscription,meter\n", "no row below them"),
            ("subscription,metre\nx,y\n", "The first line must name the columns"),
            ("quantity,time\n1,2\n", "Needed are subscription and meter"),
            (b"subscription,meter\n\xff\xfe,calls\n", "not encoded in UTF-8"),
        ):
            with self.subTest(sentence), self.assertRefused(sentence):
                self._import(content)

    def test_only_billing_officers_import(self):
        user = new_test_user(self.env, "seller", groups="recurring_revenue.group_user")
        with self.assertRaises(AccessError):
            self._import("subscription,meter\na,b\n", self.env(user=user))
        user = new_test_user(self.env, "of", groups="recurring_revenue.group_billing")
        text = f"subscription,meter\n{self.sub.name},calls\n"
        wizard = self._import(text, self.env(user=user))
        self.assertEqual(self._counts(wizard), (1, 0, 0, 0))
