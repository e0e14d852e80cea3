"""Starting on existing books: what is still to be earned is taken over once, and the
deferred account says the same as the schedules."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_revenue import RevenueCommon

START = date(2026, 1, 1)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-15 10:00:00")
class OpeningCase(RevenueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.unlink()
        chart = f"account.{cls.company.id}_"
        cls.carried = cls.env.ref(f"{chart}pcg_110")
        cls.income = cls.env.ref(f"{chart}pcg_707_account")

    def _begin(self, day="2026-01-01", **values):
        return self._policy(day, **values)

    def _opened(self, start=START):
        return self.company._revenue_open(start, self.carried)

    def _entry(self, move):
        return sorted(
            (line.account_id.code, round(line.balance, 2)) for line in move.line_ids
        )

    def _by_hand(self, day, account, amount):
        """Return a posted entry that credits the deferred account."""
        move = self.env["account.move"].create(
            {
                "date": day,
                "journal_id": self.journal.id,
                "line_ids": [
                    Command.create({"account_id": self.deferred.id, "credit": amount}),
                    Command.create({"account_id": account.id, "debit": amount}),
                ],
            }
        )
        move._post(soft=False)
        return move

    def _billed_before(self, start, end, amount, **values):
        """Return a subscription with one row that a former system billed."""
        subscription = self._subscribe(self._yearly(), str(start))
        line = subscription.line_ids
        [row] = self.env["recurring.billed.item"]._append(
            [
                {
                    "subscription_id": subscription.id,
                    "line_id": line.id,
                    "kind": "opening",
                    "date_start": start,
                    "date_end": end,
                    "whole_start": start,
                    "whole_end": end,
                    "quantity": 1,
                    "amount": amount,
                    "price_basis": "product",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "currency_id": self.euro.id,
                    "product_id": line.product_id.id,
                    "account_id": self.income.id,
                    "tax_key": str(self.tax.id),
                    "opening_ref": "F-17",
                    **values,
                }
            ]
        )
        return row


class TestOpenings(OpeningCase):
    def test_the_rest_of_an_invoice(self):
        """1,200 from 15 November by day: 1,045.48 are left on 31 December."""
        move = self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        self.assertFalse(self._schedule(move))
        self._begin()
        made, entry = self._opened()
        self.assertEqual(
            (made.kind, made.amount, str(made.booked_on)),
            ("opening", 1045.48, "2025-12-31"),
        )
        self.assertEqual(made.move_line_id, move.invoice_line_ids)
        self.assertEqual(round(sum(made.slice_ids.mapped("amount")), 2), 1045.48)
        self.assertEqual(self._months(made)["2026-01"], 101.92)
        self.assertEqual(
            self._entry(entry), [("110000", 1045.48), ("487000", -1045.48)]
        )
        self.assertEqual(str(entry.date), "2026-01-01")
        self.assertAgrees("2026-01-01")

    def test_twice_adds_nothing(self):
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        self._begin()
        self._opened()
        made, entry = self._opened()
        self.assertFalse(made)
        self.assertFalse(entry)
        self.assertAgrees("2026-01-01")

    def test_only_the_difference_to_what_was_deferred_by_hand(self):
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        self._by_hand("2025-12-31", self.income, 1000.0)
        self._begin()
        _made, entry = self._opened()
        self.assertEqual(self._entry(entry), [("110000", 45.48), ("487000", -45.48)])
        self.assertAgrees("2026-01-01")

    def test_no_entry_where_the_books_agree(self):
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        self._by_hand("2025-12-31", self.income, 1045.48)
        self._begin()
        made, entry = self._opened()
        self.assertTrue(made)
        self.assertFalse(entry)
        self.assertAgrees("2025-12-31")

    def _explained(self):
        """Return what explains a difference in March, as the report shows it."""
        report = self.env["recurring.revenue.statement"].create(
            {"date_from": "2026-01-01", "date_to": "2026-03-31"}
        )
        rows = (report.explanations or {}).get("rows", [])
        return [
            (row["name"], next(c["text"] for c in row["cells"] if c["key"] == "amount"))
            for row in rows
        ]

    def test_a_difference_that_came_after(self):
        """What was taken over explains nothing of it, and is not shown."""
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        self._by_hand("2025-12-31", self.income, 1000.0)
        self._begin()
        self._opened()
        run = self._close("2026-03")
        self.assertEqual(self._explained(), [])
        odd = self._by_hand("2026-02-10", self.income, 55.0)
        self.assertEqual(
            self._explained(),
            [("Entry without schedule", "55.00"), ("Difference", "55.00")],
        )
        line = odd.line_ids.filtered(lambda line: line.account_id == self.deferred)
        self.assertEqual(run._strange_lines(run.last_day), line.ids)

    def test_a_difference_from_before(self):
        """Once the old entries are not what was taken over, all of them are shown."""
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        self._by_hand("2025-12-31", self.income, 1000.0)
        self._begin()
        self._opened()
        self._by_hand("2025-12-30", self.income, 55.0)
        amounts = [amount for _name, amount in self._explained()]
        self.assertEqual(amounts, ["55.00", "1,000.00", "45.48", "-1,045.48", "55.00"])

    def test_too_much_was_deferred_by_hand(self):
        self._by_hand("2025-12-31", self.income, 100.0)
        self._begin()
        made, entry = self._opened()
        self.assertFalse(made)
        self.assertEqual(self._entry(entry), [("110000", -100.0), ("487000", 100.0)])
        self.assertAgrees("2026-01-01")

    def test_a_former_system_billed(self):
        row = self._billed_before(date(2025, 7, 1), date(2026, 7, 1), 365.0)
        self._begin()
        made, _entry = self._opened()
        self.assertEqual(made.billed_item_id, row)
        self.assertEqual((made.amount, made.revenue_account_id), (181.0, self.income))
        self.assertEqual(made.label, f"F-17 {row.subscription_id.name} Year")
        self.assertAgrees("2026-01-01")
        self._close("2026-01")
        self.assertAgrees("2026-01-31")
        self.assertEqual(made.recognised, 31.0)

    def test_tax_is_never_deferred(self):
        """438.00 with 20 % are 365.00 before tax, whoever says that it is included."""
        product = self._product("Gross", taxes_id=[Command.set(self.tax_included.ids)])
        tax = {"tax_key": str(self.tax_included.id)}
        self._billed_before(
            date(2025, 7, 1), date(2026, 7, 1), 438.0, price_basis="included"
        )
        self._billed_before(
            date(2025, 7, 1), date(2026, 7, 1), 438.0, product_id=product.id, **tax
        )
        self._begin()
        made, _entry = self._opened()
        self.assertEqual(made.mapped("amount"), [181.0, 181.0])

    def test_equal_months(self):
        self._billed_before(date(2025, 9, 1), date(2026, 9, 1), 1000.0)
        self._begin(method="month")
        made, _entry = self._opened()
        self.assertEqual(made.amount, 666.67)
        months = self._months(made)
        self.assertEqual(len(months), 8)
        self.assertTrue(all(part in (83.33, 83.34) for part in months.values()))

    def test_a_currency_keeps_the_rate_of_its_day(self):
        self.env["res.currency.rate"].create(
            [
                {"name": "2025-07-01", "rate": 2.0, "currency_id": self.dollar.id},
                {"name": "2026-01-01", "rate": 1.0, "currency_id": self.dollar.id},
            ]
        )
        self._billed_before(
            date(2025, 7, 1), date(2026, 7, 1), 365.0, currency_id=self.dollar.id
        )
        self._begin()
        made, _entry = self._opened()
        self.assertEqual((made.amount_currency, made.amount), (181.0, 90.5))
        self.assertEqual(round(sum(made.slice_ids.mapped("amount")), 2), 90.5)
        self.assertAgrees("2026-01-01")

    def test_no_rate_is_said(self):
        self.env["res.currency.rate"].search([]).unlink()
        row = self._billed_before(
            date(2025, 7, 1), date(2026, 7, 1), 365.0, currency_id=self.dollar.id
        )
        self._begin()
        comparison = self.company._revenue_comparison(START)
        self.assertFalse(comparison.openings.found)
        [problem] = comparison.openings.problems
        self.assertIn(row.display_name, problem)
        self.assertIn("no rate for USD", problem)

    def test_natures_that_are_not_deferred(self):
        product = self._product("Dues")
        product.product_tmpl_id.rr_revenue_nature_id = self._revenue_nature("dues")
        self._billed_before(
            date(2025, 7, 1), date(2026, 7, 1), 365.0, product_id=product.id
        )
        self._begin()
        self._begin(nature="dues", treatment="invoiced")
        made, _entry = self._opened()
        self.assertFalse(made)

    def test_cut_off_books_no_entry(self):
        self._billed_before(date(2025, 7, 1), date(2026, 7, 1), 365.0)
        self._begin(treatment="cut_off")
        made, entry = self._opened()
        self.assertEqual((made.treatment, made.amount), ("cut_off", 181.0))
        self.assertFalse(entry)

    def test_a_credit_of_before_is_taken_off(self):
        """365.00 a year, ended on 31 March: what was given back is not earned."""
        with freeze_time("2025-07-01"):
            subscription = self._subscribe(self._yearly(365.0), "2025-07-01")
            self._bill("2025-07-01")
        with freeze_time("2025-12-10"):
            subscription._cancel(date(2026, 4, 1), credit=True)
            credit = self._bill("2025-12-10").move_ids
            self.assertEqual(credit.amount_untaxed, 91.0)
        self._begin()
        made, _entry = self._opened()
        self.assertEqual((made.amount, str(made.date_end)), (90.0, "2026-04-01"))
        self.assertEqual(
            self._months(made), {"2026-01": 31.0, "2026-02": 28.0, "2026-03": 31.0}
        )
        self.assertAgrees("2026-01-01")

    def test_the_billing_credits_what_a_former_system_billed(self):
        """365.00 a year, ended on 30 April after it was taken over."""
        row = self._billed_before(date(2025, 7, 1), date(2026, 7, 1), 365.0)
        self._begin()
        made, _entry = self._opened()
        row.subscription_id._cancel(date(2026, 5, 1), credit=True)
        credit = self._bill("2026-04-15").move_ids
        self.assertEqual(credit.amount_untaxed, 61.0)
        self.assertEqual(credit.invoice_line_ids.account_id, self.deferred)
        self.assertEqual(sum(self._months(made).values()), 120.0)
        self.assertAgrees("2026-04-15")

    def test_an_invoice_that_was_taken_over_is_credited_not_reset(self):
        move = self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        self._begin()
        self._opened()
        with self.assertRefused("Credit it with a credit note"):
            move.button_draft()
        self._credit_note(move, "2026-02-01", cause="terminated", since="2026-02-01")
        self.assertAgrees("2026-02-01")
        self._close("2026-02")
        self.assertAgrees("2026-02-28")


class TestOpeningsWithinTheYear(OpeningCase):
    def test_invoices_of_this_year_are_taken_back_from_their_revenue(self):
        """Earlier years against the result carried forward, this year's own invoices
        against the revenue that they were booked on."""
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        self._invoice("2026-02-01", 365.0, "2026-02-01", "2027-01-31")
        self._begin("2026-04-01")
        made, entry = self._opened(date(2026, 4, 1))
        amounts = sorted(made.mapped("amount"))
        self.assertEqual(amounts, [306.0, 749.59])
        self.assertEqual(
            self._entry(entry),
            [("110000", 749.59), ("487000", -1055.59), ("707000", 306.0)],
        )
        self.assertAgrees("2026-04-01")

    def test_what_was_deferred_by_hand_this_year(self):
        self._invoice("2026-02-01", 365.0, "2026-02-01", "2027-01-31")
        self._by_hand("2026-03-31", self.income, 306.0)
        self._begin("2026-04-01")
        _made, entry = self._opened(date(2026, 4, 1))
        self.assertFalse(entry)

    def test_a_locked_start_is_booked_on_the_first_open_day(self):
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        self._begin()
        self.company.fiscalyear_lock_date = "2026-02-28"
        _made, entry = self._opened()
        self.assertEqual(str(entry.date), "2026-03-01")
        self.assertAgrees("2026-03-01")


class TestOpeningsRefused(OpeningCase):
    def test_the_middle_of_a_month(self):
        self._begin()
        with self.assertRefused("first of a month"):
            self._opened(date(2026, 1, 15))

    def test_a_day_that_is_still_to_come(self):
        self._begin("2026-05-01")
        with self.assertRefused("once the day has come"):
            self._opened(date(2026, 5, 1))

    def test_no_policy(self):
        with self.assertRefused("No policy was chosen"):
            self._opened()

    def test_earlier_years_are_not_charged_to_this_year(self):
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        self._begin()
        with self.assertRefused("account of this year's result"):
            self.company._revenue_open(START, self.income)
        with self.assertRefused("result carried forward"):
            self.company._revenue_open(START, self.env["account.account"])
        self.assertFalse(self.env["recurring.revenue.schedule"].search([]))

    def test_a_closing_that_was_released_at_once(self):
        """31 December by hand, taken back on 1 January: the year has that revenue."""
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        closing = self._by_hand("2025-12-31", self.income, 1045.48)
        [release] = closing._reverse_moves([{"date": START}])
        release._post(soft=False)
        self._begin()
        with self.assertRefused(release.name):
            self._opened()
        [back] = release._reverse_moves([{"date": START}])
        back._post(soft=False)
        made, entry = self._opened()
        self.assertTrue(made)
        self.assertFalse(entry)
        self.assertAgrees("2026-01-01")
