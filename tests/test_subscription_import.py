"""Importing a portfolio: what each row becomes, and what is refused with a sentence."""

import base64
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.tests import TransactionCase, new_test_user, tagged

from ..engine.errors import EngineError
from ..models.subscription import recurring_import
from ..models.subscription.import_build import ImportBuild
from ..models.subscription.import_check import RowCheck
from .common_billing import BillingCommon

TODAY = date(2026, 11, 20)


class ImportCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.user = new_test_user(
            cls.env, "importer", groups="recurring_revenue.group_billing"
        )
        cls.tax = cls.env["account.tax"].create(
            {"name": "T20", "amount": 20, "type_tax_use": "sale"}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Service",
                "type": "service",
                "taxes_id": [Command.set(cls.tax.ids)],
            }
        )
        cls.month = cls._plan("MONTH", 30)
        cls.seats = cls._plan("SEATS", 10, charge={"charge_model": "per_unit"})
        cls.year = cls._plan(
            "YEAR",
            30,
            term_count=1,
            term_unit="year",
            renewal="automatic",
        )
        cls.fixed = cls._plan("FIXED", 30, term_count=1, term_unit="year")
        cls.known = cls.env["res.partner"].create({"name": "Known", "ref": "K-1"})

    @classmethod
    def _plan(cls, code, price, charge=None, more=(), **values):
        plan = cls.env["recurring.plan"].create({"name": code.title(), "code": code})
        first = {"product_id": cls.product.id, "unit_price": price, **(charge or {})}
        plan.version_ids.write(
            {
                "charge_ids": [Command.create(vals) for vals in (first, *more)],
                **values,
            }
        )
        plan.version_ids.action_publish()
        return plan

    def _csv(self, *rows):
        names = list(dict.fromkeys(name for row in rows for name in row))
        names += [
            name for name in ("external_ref", "plan", "start_date") if name not in names
        ]
        lines = [";".join(names)]
        lines += [";".join(str(row.get(name, "")) for name in names) for row in rows]
        return "\n".join(lines).encode()

    def _row(self, reference="C-1", **values):
        return {
            "external_ref": reference,
            "customer_name": "Acme",
            "plan": "MONTH",
            "start_date": "2026-01-01",
            "billed_through": "2026-10-31",
            **values,
        }

    def _upload(self, *rows, today=TODAY):
        return (
            self.env["recurring.import"]
            .with_user(self.user)
            ._upload(self._csv(*rows), "portfolio.csv", self.company, today)
        )

    def _import(self, *rows, today=TODAY):
        job = self._upload(*rows, today=today)
        self.assertFalse(job.problem_ids.mapped("sentence"))
        job.action_import()
        self.assertFalse(job.problem_ids.mapped("sentence"))
        return job.row_ids.subscription_id

    def _problems(self, **values):
        job = self._upload(self._row(**values))
        return [(p.line, p.column, p.value, p.reason) for p in job.problem_ids]


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

    def test_again_changes_nothing(self):
        self._import(self._row())
        count = self.env["recurring.subscription"].search_count([])
        job = self._upload(self._row(price="1", plan="NO SUCH PLAN"), self._row("C-2"))
        self.assertEqual((job.existing_count, job.valid_count), (1, 1))
        job.action_import()
        self.assertEqual(self.env["recurring.subscription"].search_count([]), count + 1)
        self.assertIn("already there", job.summary)
        with self.assertRaises(UserError):
            job.action_import()

    def test_valid_rows_only_and_the_rest_to_correct(self):
        job = self._upload(
            self._row("A"), self._row("B", plan="NOPE", price="-1"), self._row("C")
        )
        self.assertEqual((job.valid_count, job.problem_count), (2, 1))
        job.action_import()
        self.assertEqual((job.state, job.imported_count), ("done", 2))
        content = base64.b64decode(job.rejected_file)
        self.assertIn("plan: There is no plan", content.decode("utf-8-sig"))
        corrected = content.replace(b"NOPE", b"MONTH").replace(b";-1;", b";1;")
        again = (
            self.env["recurring.import"]
            .with_user(self.user)
            ._upload(corrected, "c.csv", self.company, TODAY)
        )
        again.action_import()
        self.assertEqual(again.row_ids.subscription_id.external_ref, "B")

    def test_a_row_that_fails_late_does_not_stop_the_others(self):
        run = ImportBuild.run

        reason = "another module says no"

        def fail(build, rows):
            if any(row.reference == "B" for row in rows):
                raise UserError(reason)
            return run(build, rows)

        job = self._upload(*(self._row(reference) for reference in "ABCDE"))
        with patch.object(ImportBuild, "run", fail):
            job.action_import()
        self.assertEqual((job.imported_count, job.problem_count), (4, 1))
        self.assertEqual(job.problem_ids.reason, reason)
        self.assertEqual(job.problem_ids.reference, "B")

    def _import_with_bad_row(self, error):
        """Import rows A to E, of which C makes the building raise ``error``."""
        run = ImportBuild.run

        def fail(build, rows):
            if any(row.reference == "C" for row in rows):
                raise error
            return run(build, rows)

        job = self._upload(*(self._row(reference) for reference in "ABCDE"))
        with patch.object(ImportBuild, "run", fail):
            job.action_import()
        return job

    def test_an_error_of_the_engine_fails_its_row_alone(self):
        job = self._import_with_bad_row(EngineError("Too long: {days}.", days=40))
        self.assertEqual((job.state, job.imported_count), ("done", 4))
        self.assertEqual(job.problem_ids.reference, "C")
        self.assertIn("cannot be computed: Too long: 40.", job.problem_ids.reason)

    def test_an_unexpected_error_fails_its_row_alone_with_a_sentence(self):
        """The row stands in the file to correct, the job goes on to its end."""
        with self.assertLogs(level="WARNING") as log:
            job = self._import_with_bad_row(KeyError("boom"))
        self.assertIn("line 4", log.output[0])
        self.assertEqual((job.state, job.imported_count), ("done", 4))
        self.assertIn("show them to your administrator", job.problem_ids.reason)
        content = base64.b64decode(job.rejected_file).decode("utf-8-sig")
        self.assertIn("boom", content)

    def test_a_conflict_is_not_the_fault_of_a_row(self):
        """Another transaction was faster: the batch is tried again, nothing refused."""
        with self.assertRaises(SerializationFailure):
            self._import_with_bad_row(SerializationFailure())

    def test_a_row_that_cannot_be_checked_does_not_stop_the_check(self):
        run = RowCheck.run

        def fail(check):
            if check.line == 3:
                raise EngineError("Out of range.")
            return run(check)

        with patch.object(RowCheck, "run", fail):
            job = self._upload(*(self._row(reference) for reference in "ABC"))
        self.assertEqual((job.valid_count, job.problem_count), (2, 1))
        self.assertRecordValues(
            job.problem_ids,
            [{"line": 3, "reason": "The row cannot be computed: Out of range."}],
        )

    def test_a_large_file_is_a_background_job_that_goes_on(self):
        job = self._upload(*(self._row(f"C-{n}") for n in range(7)))
        committed = []

        def commit(job, treated, remaining=None):
            committed.append(treated)
            return 0 if len(committed) == 2 else 60  # time is up after one batch

        with (
            patch.object(recurring_import, "AT_ONCE", 3),
            patch.object(type(job), "_commit_batch", commit),
        ):
            job.action_import()
            self.assertEqual((job.state, job.imported_count), ("running", 0))
            batch = type(job)._import_next
            with patch.object(type(job), "_import_next", lambda job: batch(job, 3)):
                job.sudo()._cron_import()
                self.assertEqual((job.state, job.imported_count), ("running", 3))
                self.assertAlmostEqual(job.progress, 42.86, 1)
                job.action_stop()
                job.sudo()._cron_import()
                self.assertEqual(job.imported_count, 3)
                job.action_continue()
                job.sudo()._cron_import()
        self.assertEqual((job.state, job.imported_count), ("done", 7))

    def test_rights(self):
        seller = new_test_user(
            self.env, "nobody", groups="recurring_revenue.group_user"
        )
        job = self._upload(self._row())
        with self.assertRaises(AccessError):
            self.env["recurring.import"].with_user(seller)._upload(
                self._csv(self._row()), "f.csv", self.company
            )
        with self.assertRaises(AccessError):
            job.with_user(seller).read(["name"])
        with self.assertRaises(AccessError):
            job.write({"state": "done"})
        other = self.env["res.company"].create({"name": "Other"})
        self.user.write({"company_ids": [Command.link(other.id)]})
        there = job.with_user(self.user).with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            there.read(["name"])

    def test_wizard(self):
        wizard = (
            self.env["recurring.import.wizard"]
            .with_user(self.user)
            .create(
                {
                    "file": base64.b64encode(self._csv(self._row())),
                    "filename": "f.csv",
                    "date": TODAY,
                }
            )
        )
        action = wizard.action_check()
        self.assertEqual(
            self.env["recurring.import"].browse(action["res_id"]).valid_count, 1
        )
        wizard.file = base64.b64encode("é".encode("latin-1"))
        with self.assertRaisesRegex(UserError, "UTF-8"):
            wizard.action_check()


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


@tagged("post_install", "-at_install")
class TestPrepaidAmount(BillingCommon):
    """A prepaid amount with or without tax stands in the basis of the line's price."""

    def _import(self, plan, **values):
        row = {
            "external_ref": "R-1",
            "customer_name": "Al",
            "customer_country": self.company.country_id.code,
            "plan": plan.code,
            "start_date": "2026-01-01",
            "billed_through": "2026-11-30",
            "period_start": "2026-11-01",
            **values,
        }
        content = "\n".join([",".join(row), ",".join(map(str, row.values()))])
        job = self.env["recurring.import"]._upload(
            content.encode(), "f.csv", self.company, today=date(2026, 11, 15)
        )
        self.assertFalse(job.problem_ids.mapped("sentence"))
        job.action_import()
        return job.row_ids.subscription_id

    def _credited_half(self, sub):
        """Return the credit note of the second half of November."""
        with patch.object(Date, "context_today", lambda *args: date(2026, 11, 15)):
            sub.action_cancel("date", "2026-11-15", credit=True)
            return self._bill("2026-11-16").move_ids

    def _amounts(self, sub):
        return [
            (row.product_id.name, row.amount, row.price_basis)
            for row in sub.billed_item_ids.sorted("sequence")
        ]

    def _calendar_plan(self, *charges):
        return self._plan("Imported", charges=list(charges), alignment="calendar")

    def test_paid_with_tax_for_a_price_without(self):
        """100.00 and 20 % tax, 120.00 paid: half of November is 50.00 and 10.00."""
        plan = self._calendar_plan({"unit_price": 100.0})
        sub = self._import(plan, period_amount=120, price_basis="included")
        self.assertEqual(self._amounts(sub), [("Licence", 100, "product")])
        note = self._credited_half(sub)
        self.assertEqual((note.amount_untaxed, note.amount_total), (50, 60))

    def test_paid_without_tax_for_a_price_with(self):
        """120.00 with tax in it, 100.00 without tax paid: half is 60.00 with tax."""
        box = self._product("Box", 120, taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._calendar_plan({"unit_price": 120.0, "product_id": box.id})
        sub = self._import(plan, period_amount=100, price_basis="excluded")
        self.assertEqual(self._amounts(sub), [("Box", 120, "product")])
        self.assertEqual(self._credited_half(sub).amount_total, 60)

    def test_paid_in_the_basis_of_the_agreed_price(self):
        plan = self._calendar_plan({"unit_price": 100.0})
        sub = self._import(plan, price=120, period_amount=120, price_basis="included")
        self.assertEqual(self._amounts(sub), [("Licence", 120, "included")])
        self.assertEqual(self._credited_half(sub).amount_total, 60)

    def test_shared_with_the_tax_and_kept_without(self):
        """Agreed 120 with tax and a charge of 20 without; 144 with tax were paid."""
        plan = self._calendar_plan(
            {"unit_price": 90.0},
            {"unit_price": 20.0, "product_id": self._product("Support").id},
        )
        sub = self._import(plan, price=120, period_amount=144, price_basis="included")
        self.assertEqual(
            self._amounts(sub),
            [("Licence", 120, "included"), ("Support", 20, "product")],
        )
        note = self._credited_half(sub)
        self.assertEqual((note.amount_untaxed, note.amount_total), (60, 72))

    def test_shared_where_the_products_say_it_themselves(self):
        """Without a tax basis the amount is in that of the main charge's product."""
        box = self._product("Box", 120, taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._calendar_plan(
            {"unit_price": 120.0, "product_id": box.id},
            {"unit_price": 20.0, "product_id": self._product("Support").id},
        )
        sub = self._import(plan, period_amount=144)
        self.assertEqual(
            self._amounts(sub), [("Box", 120, "product"), ("Support", 20, "product")]
        )

    def test_paid_by_a_customer_whose_tax_is_mapped_away(self):
        """A price of 120 with tax is 100 for export: 100 paid is the whole price."""
        export = self.env["account.fiscal.position"].create(
            {
                "name": "Export",
                "auto_apply": True,
                "country_id": self.env.ref("base.us").id,
                "sequence": -1,
            }
        )
        self.tax.copy(
            {
                "name": "T0",
                "amount": 0,
                "fiscal_position_ids": [Command.set(export.ids)],
                "original_tax_ids": [Command.set(self.tax_included.ids)],
            }
        )
        box = self._product("Box", 120, taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._calendar_plan({"unit_price": 120.0, "product_id": box.id})
        sub = self._import(
            plan, customer_country="US", period_amount=100, price_basis="excluded"
        )
        self.assertEqual(self._amounts(sub), [("Box", 120, "product")])
        self.assertEqual(self._credited_half(sub).amount_total, 50)
