"""The next invoice that a screen announces is what is billed."""

from datetime import date

from lxml import html

from odoo.tests import Form, freeze_time, tagged

from .common_life import LifeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPreview(LifeCommon):
    def _rows(self, table):
        """Return the cells of a preview table, row by row."""
        rows = html.fromstring(f"<div>{table}</div>").xpath("//tbody/tr")
        return [
            [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
            for row in rows
        ]

    def _plain(self, text):
        return " ".join(
            str(html.fromstring(f"<div>{text}</div>").text_content()).split()
        )

    def test_next_invoice_with_tax(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        self._bill("2026-04-16")
        self.assertEqual(
            self._plain(sub.next_summary),
            "05/01/2026 36.00 € tax included (30.00 € before tax) "
            "Licence 05/01/2026 – 05/31/2026 30.00 €",
        )
        rows = self._rows(sub.upcoming_table)
        self.assertEqual(len(rows), 12)
        self.assertEqual(
            rows[0],
            ["05/01/2026", "05/01/2026 – 05/31/2026", "Licence", "30.00 €", "36.00 €"],
        )

    def test_next_invoice_of_a_draft_comes_once_started(self):
        sub = self.env["recurring.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": self.monthly.id,
                "start_date": "2026-04-01",
            }
        )
        self.assertIn("once started", sub.next_summary)
        self.assertNotIn("with the next billing", sub.next_summary)
        sub.action_activate()
        sub.invalidate_recordset(["next_summary"])
        self.assertIn("with the next billing", sub.next_summary)

    def test_next_invoice_without_tax(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        sub.line_ids.product_id.taxes_id = False
        sub.invalidate_recordset(["next_summary"])
        self.assertIn("30.00 € no tax", self._plain(sub.next_summary))
        self.assertNotIn("before tax", sub.next_summary)

    def test_next_credit_note(self):
        sub = self._subscribe(self.yearly, "2026-01-01")
        self._bill("2026-01-01")
        self.assertFalse(sub.next_is_credit)
        sub.action_cancel("now", reason=self.reason, credit=True)
        sub.invalidate_recordset(["next_is_credit", "upcoming_table"])
        self.assertTrue(sub.next_is_credit)
        self.assertIn("Credit note", self._rows(sub.upcoming_table)[0][0])

    def test_preview_of_a_form_not_saved(self):
        """Choosing a plan shows its charges and what they will cost, before saving."""
        plan = self._plan(
            "Aligned", alignment="day_of_month", alignment_day=1, term_count=0
        )
        with Form(self.env["recurring.subscription"]) as form:
            form.partner_id = self.customer
            form.plan_id = plan
            form.start_date = date(2026, 4, 16)
            self.assertIn("15 of 30 days", form.next_summary)
            self.assertIn("18.00", form.next_summary)
            with form.line_ids.edit(0) as line:
                line.price_unit = 60.0
            self.assertIn("36.00", form.next_summary)
        self.assertTrue(form.record.line_ids.price_agreed)

    def test_preview_ends_with_the_term(self):
        plan = self._plan("Term", term_count=3, term_unit="month", renewal="none")
        sub = self._subscribe(plan, "2026-04-01")
        days = [row[0] for row in self._rows(sub.upcoming_table)]
        self.assertEqual(days, ["04/16/2026", "05/01/2026", "06/01/2026"])

    def test_preview_is_what_is_billed(self):
        """The dates and amounts announced are those of the ledger a year later."""
        plan = self._plan(
            "Both",
            [
                {"unit_price": 31.0},
                {"name": "Set-up", "unit_price": 50.0, "role": "one_off"},
            ],
            alignment="day_of_month",
            alignment_day=31,
        )
        sub = self._subscribe(plan, "2026-04-16")
        today = date(2026, 4, 16)
        announced = [
            (row.day, round(row.untaxed, 2), round(row.total, 2))
            for row in sub._expected(today, date(2026, 8, 31))
        ]
        billed = []
        for day, _untaxed, _total in announced:
            run = self._bill(day)
            billed.append((day, run.amount_untaxed, run.amount_total))
        self.assertEqual(billed, announced)
        self.assertEqual(len(billed), 6)

    def test_on_hold_and_closed(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        self._bill("2026-04-16")
        sub.action_cancel("now", reason=self.reason)
        sub._advance_lifecycle(self.company, date(2026, 4, 17))
        self.assertEqual(sub.state, "closed")
        self.assertIn("nothing will be billed any more", sub.next_summary)
