"""Importing a portfolio: what each row becomes, and what is refused with a sentence."""

from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged

from .common_import import TODAY, ImportCommon


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    def test_a_running_subscription(self):
        """Monthly on the 1st, billed through 31 October: November is due."""
        sub = self._import(
            self._row(
                customer_ref="K-9",
                customer_email="a@acme.example",
                customer_country="FR",
                customer_city="Paris",
                price="27.50",
                price_basis="excluded",
                period_invoice="F-7",
                client_order_ref="PO 1",
            )
        )
        self.assertRecordValues(
            sub,
            [
                {
                    "external_ref": "C-1",
                    "state": "active",
                    "start_date": date(2026, 1, 1),
                    "billed_through": date(2026, 11, 1),
                    "settled_through": date(2026, 10, 1),
                    "next_billing_date": date(2026, 11, 1),
                    "recurring_amount": 27.5,
                    "client_order_ref": "PO 1",
                }
            ],
        )
        self.assertRecordValues(
            sub.partner_id,
            [
                {
                    "name": "Acme",
                    "ref": "K-9",
                    "city": "Paris",
                    "email": "a@acme.example",
                }
            ],
        )
        self.assertRecordValues(
            sub.line_ids,
            [{"price_unit": 27.5, "price_agreed": True, "price_basis": "excluded"}],
        )
        self.assertRecordValues(
            sub.billed_item_ids,
            [
                {
                    "kind": "opening",
                    "date_start": date(2026, 10, 1),
                    "date_end": date(2026, 11, 1),
                    "whole_start": date(2026, 10, 1),
                    "whole_end": date(2026, 11, 1),
                    "amount": 27.5,
                    "opening_ref": "F-7",
                    "tax_key": str(self.tax.id),
                    "price_basis": "excluded",
                    "sequence": 1,
                }
            ],
        )
        self.assertEqual(sub.change_ids.mapped("type"), ["import"])
        self.assertEqual(sub.change_ids.user_id, self.user)

    def test_the_stored_dates_are_what_the_engine_says(self):
        """The import's own arithmetic agrees with a refresh from the database."""
        subs = self._import(
            self._row("A"),
            self._row("B", billed_through="2026-11-30", quantity="", plan="SEATS"),
            self._row("C", billed_through="2026-10-14"),
            self._row("D", last_day="2026-12-15"),
            self._row("E", start_date="2026-12-01", billed_through=""),
        )
        before = [(sub.next_billing_date, sub.billed_through) for sub in subs]
        self.assertEqual(
            [day for day, _through in before],
            [
                date(2026, 11, 1),
                date(2026, 12, 1),
                date(2026, 10, 15),
                date(2026, 11, 1),
                date(2026, 12, 1),
            ],
        )
        subs.sudo()._refresh_billing_state()
        after = [(sub.next_billing_date, sub.billed_through) for sub in subs]
        self.assertEqual(before, after)

    def test_nothing_before_is_ever_proposed(self):
        """Also when history is looked at again from the very start."""
        sub = self._import(self._row()).sudo()
        sub._reopen_from(date(2026, 1, 1))
        items = sub._difference(date(2026, 11, 1))[sub.id]
        self.assertEqual(
            [(item.part.start, item.amount) for item in items],
            [(date(2026, 11, 1), 30)],
        )

    def test_a_prepaid_year_can_be_credited(self):
        """1,200 for the year from 1 March on a monthly plan, left after 100 days."""
        sub = self._import(
            self._row(
                start_date="2024-03-01",
                billed_through="2027-02-28",
                period_start="2026-03-01",
                period_amount="1200",
            )
        ).sudo()
        self.assertRecordValues(
            sub.billed_item_ids,
            [
                {
                    "amount": 1200,
                    "date_start": date(2026, 3, 1),
                    "date_end": date(2027, 3, 1),
                    "whole_start": date(2026, 3, 1),
                    "whole_end": date(2027, 3, 1),
                }
            ],
        )
        self.assertEqual(sub.next_billing_date, date(2027, 3, 1))
        sub._cancel(date(2026, 3, 1) + timedelta(days=100), credit=True)
        items = sub._difference(TODAY)[sub.id]
        self.assertEqual(sum(item.amount for item in items), Decimal("-871.23"))

    def test_billed_ahead_covers_the_running_month_too(self):
        """Billed through December on 20 November: two openings to credit."""
        sub = self._import(self._row(billed_through="2026-12-31"))
        self.assertEqual(
            sub.billed_item_ids.sorted("sequence").mapped("date_start"),
            [date(2026, 11, 1), date(2026, 12, 1)],
        )
        self.assertEqual(sub.next_billing_date, date(2027, 1, 1))

    def test_days_before_the_grid_are_prorated(self):
        """Started on the 15th, billed by calendar month through 31 October: 1-14
        November is a part of the period from 15 October."""
        sub = self._import(self._row(start_date="2026-01-15")).sudo()
        items = sub._difference(date(2026, 11, 1))[sub.id]
        self.assertEqual(
            [(i.part.start, i.part.end, float(i.amount)) for i in items],
            [(date(2026, 11, 1), date(2026, 11, 15), round(30 * 14 / 31, 2))],
        )
        anchored = self._import(
            self._row("C-2", start_date="2026-01-15", anchor_date="2026-11-01")
        ).sudo()
        items = anchored._difference(date(2026, 11, 1))[anchored.id]
        self.assertEqual([float(item.amount) for item in items], [30])

    def test_never_billed(self):
        """Started on 1 November, billed through the day before: nothing is prepaid."""
        plan = self._plan(
            "FEE",
            30,
            more=[{"product_id": self.product.id, "unit_price": 9, "role": "one_off"}],
        )
        row = self._row(
            plan=plan.code, start_date="2026-11-01", billed_through="2026-10-31"
        )
        sub = self._import(row)
        self.assertFalse(sub.billed_item_ids)
        self.assertFalse(sub.settled_through)
        self.assertEqual(sub.next_billing_date, date(2026, 11, 1))
        self.assertEqual(sorted(sub.line_ids.mapped("price_unit")), [9, 30])
        billed = self._import(self._row("C-2", plan=plan.code))
        self.assertEqual(billed.line_ids.mapped("price_unit"), [30])

    def test_ended_is_closed_unless_days_are_unbilled(self):
        ended = self._import(self._row("A", last_day="2026-10-31"))
        self.assertEqual((ended.state, ended.next_billing_date), ("closed", False))
        self.assertEqual(ended.last_day, date(2026, 10, 31))
        unbilled = self._import(self._row("B", last_day="2026-11-10"))
        self.assertEqual(unbilled.state, "cancelling")
        self.assertEqual(unbilled.next_billing_date, date(2026, 11, 1))
        beyond = self._import(
            self._row("C", billed_through="2026-11-30", last_day="2026-11-10")
        )
        self.assertEqual((beyond.state, beyond.next_billing_date), ("closed", False))
        self.assertEqual(beyond.billed_item_ids.amount, 30)

    def test_a_cancellation_can_be_withdrawn(self):
        sub = self._import(
            self._row(last_day=(date.today() + timedelta(days=60)).isoformat())
        ).sudo()
        self.assertEqual(sub.state, "cancelling")
        sub.action_undo_cancel()
        self.assertEqual((sub.state, sub.end_date), ("active", False))
        self.assertFalse(sub.line_ids.end_date)

    def test_terms(self):
        row = {"start_date": "2024-03-01"}
        counted = self._import(self._row("A", plan="YEAR", **row))
        self.assertRecordValues(
            counted,
            [
                {
                    "term_start": date(2026, 3, 1),
                    "term_end": date(2027, 3, 1),
                    "end_date": False,
                    "renewal": "automatic",
                }
            ],
        )
        given = self._import(self._row("B", plan="FIXED", term_end="2027-02-28", **row))
        self.assertRecordValues(
            given,
            [
                {
                    "term_start": date(2026, 3, 1),
                    "term_end": date(2027, 3, 1),
                    "end_date": date(2027, 3, 1),
                    "renewal": "none",
                    "state": "active",
                }
            ],
        )
        self.assertEqual(given.line_ids.end_date, date(2027, 3, 1))
        manual = self._import(
            self._row("C", plan="YEAR", renewal="manual", term_end="2027-02-28", **row)
        )
        self.assertEqual(
            (manual.renewal, manual.end_date), ("manual", date(2027, 3, 1))
        )

    def test_quantity_discount_currency_and_customers(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        subs = self._import(
            self._row(
                "A", plan="SEATS", quantity="3", discount="10", customer_ref="K-1"
            ),
            self._row("B", currency="USD", price="40", customer_ref="K-2"),
            self._row("C", customer_ref="K-2"),
        )
        self.assertEqual(subs[0].partner_id, self.known)
        self.assertEqual(subs[0].recurring_amount, 27)
        self.assertEqual(subs[1].partner_id, subs[2].partner_id)
        self.assertEqual((subs[1].currency_id, subs[1].recurring_amount), (usd, 40))
        self.assertEqual(subs[1].billed_item_ids.currency_id, usd)

    def test_amount_is_shared_over_the_lines(self):
        """Base 30 and seats 10: 100 for the period is 75 and 25."""
        plan = self._plan(
            "BOTH",
            30,
            more=[
                {
                    "product_id": self.product.id,
                    "charge_model": "per_unit",
                    "unit_price": 5,
                    "default_quantity": 2,
                }
            ],
        )
        sub = self._import(self._row(plan=plan.code, period_amount="100"))
        self.assertEqual(sorted(sub.billed_item_ids.mapped("amount")), [25, 75])
