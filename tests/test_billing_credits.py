"""Credits give back what was billed, as it was billed, to who was billed (law 4)."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..models.subscription.resolver import Resolver
from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-15")
class TestBillingCredits(BillingCommon):
    def _monthly(self, taxes, price=30.0):
        product = self._product(taxes_id=[Command.set(taxes.ids)])
        plan = self._plan(charges=[{"unit_price": price, "product_id": product.id}])
        sub = self._subscribe(plan, "2026-01-01")
        return sub, product, self._bill("2026-01-01").move_ids

    def _cancel_from(self, sub, end):
        sub._cancel(date.fromisoformat(end), credit=True)
        return self._bill("2026-01-15").move_ids

    def test_the_product_has_another_rate_with_tax_included(self):
        """30.00 with 20 % in it comes back whole, though the product has 10 % now."""
        sub, product, _invoice = self._monthly(self.tax_included)
        product.taxes_id = self.tax_included.copy({"name": "10 incl.", "amount": 10})
        credit_note = self._cancel_from(sub, "2026-01-01")
        self.assertEqual(credit_note.amount_total, 30.0)
        self.assertEqual(credit_note.invoice_line_ids.tax_ids, self.tax_included)

    def test_the_product_went_from_without_to_with_tax(self):
        sub, product, _invoice = self._monthly(self.tax)
        product.taxes_id = self.tax_included
        credit_note = self._cancel_from(sub, "2026-01-01")
        self.assertEqual(
            (credit_note.amount_untaxed, credit_note.amount_total), (30.0, 36.0)
        )
        self.assertEqual(sub.billed_item_ids[0].document_amount, -30.0)

    def test_several_credits_of_one_row_leave_no_cent(self):
        """10.01 with tax is 8.34 before tax on the invoice; two credits give 8.34."""
        sub, _product, _invoice = self._monthly(self.tax, 10.01)
        line = sub.line_ids
        sub2 = self._subscribe(
            sub.plan_id,
            "2026-01-01",
            lines=[{"price_basis": "included", "price_agreed": True}],
        )
        self.assertEqual(line.price_basis, "product")
        self._bill("2026-01-01")
        self.assertEqual(sub2.billed_item_ids.document_amount, 8.34)
        first = self._cancel_from(sub2, "2026-01-16")
        sub2._cancel(date(2026, 1, 1), credit=True)
        self.assertEqual(sub2.line_ids.end_date, date(2026, 1, 1))
        second = self._bill("2026-01-15").move_ids
        self.assertEqual(round(first.amount_untaxed + second.amount_untaxed, 2), 8.34)
        self.assertEqual(sum(sub2.billed_item_ids.mapped("document_amount")), 0.0)

    def test_customer_with_another_receivable_account(self):
        """The credit note is made and stays open, to be matched by hand."""
        sub, _product, invoice = self._monthly(self.tax)
        account = self.customer.property_account_receivable_id
        self.customer.property_account_receivable_id = account.copy({"code": "411999"})
        credit_note = self._cancel_from(sub, "2026-01-16")
        self.assertFalse(sub.problem_message)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertGreater(credit_note.amount_residual, 0)

    def test_credit_note_of_a_draft_is_not_reconciled(self):
        self.company.rr_invoice_policy = "draft"
        sub, _product, invoice = self._monthly(self.tax)
        self.company.rr_invoice_policy = "posted"
        credit_note = self._cancel_from(sub, "2026-01-16")
        self.assertEqual(credit_note.reversed_entry_id, invoice)
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_opening_goes_back_to_who_paid_it(self):
        plan = self._plan()
        sub = self._subscribe(plan, "2026-01-01")
        line = sub.line_ids
        names = self.env["recurring.billed.item"]._nature_names()
        nature = dict(zip(names, line._natures()[line.id], strict=True))
        self.env["recurring.billed.item"]._append(
            [
                {
                    **nature,
                    "subscription_id": sub.id,
                    "line_id": line.id,
                    "kind": "opening",
                    "date_start": date(2026, 1, 1),
                    "date_end": date(2026, 2, 1),
                    "whole_start": date(2026, 1, 1),
                    "whole_end": date(2026, 2, 1),
                    "amount": 31,
                }
            ]
        )
        bob = self._customer("Bob")
        sub.partner_invoice_id = bob
        credit_note = self._cancel_from(sub, "2026-01-16")
        self.assertEqual(credit_note.partner_id, self.customer)
        self.assertEqual(credit_note.amount_untaxed, 16.0)

    # ------------------------------------------------------------------
    # Groups
    # ------------------------------------------------------------------

    def test_plans_with_other_journals_do_not_share_an_invoice(self):
        journal = self.env["account.journal"].create(
            {"name": "Second", "code": "SEC", "type": "sale"}
        )
        for plan in (self._plan("One"), self._plan("Two", journal_id=journal.id)):
            sub = self._subscribe(plan, "2026-01-01", invoice_grouping="customer")
        run = self._bill("2026-01-01")
        self.assertEqual(run.invoice_count, 2)
        self.assertEqual(sub.billed_item_ids.move_id.journal_id, journal)

    def test_a_document_names_only_what_stands_on_it(self):
        plan = self._plan()
        grouped = {"invoice_grouping": "customer"}
        one = self._subscribe(plan, "2026-01-01", client_order_ref="PO 1", **grouped)
        two = self._subscribe(plan, "2026-01-01", client_order_ref="PO 2", **grouped)
        invoice = self._bill("2026-01-01").move_ids
        self.assertEqual(invoice.ref, "PO 1, PO 2")
        credit_note = self._cancel_from(two, "2026-01-16")
        self.assertEqual(credit_note.ref, f"Reversal of: {invoice.name}, PO 2")
        self.assertEqual(credit_note.invoice_origin, two.name)
        self.assertNotIn(one.name, credit_note.invoice_line_ids.name)

    # ------------------------------------------------------------------
    # One bad record (law 6)
    # ------------------------------------------------------------------

    def test_archived_product_of_what_was_billed_long_ago(self):
        """A set-up fee of last year, its product archived, stops nothing."""
        fee = self._product("Set-up")
        plan = self._plan(
            charges=[
                {"unit_price": 30},
                {"unit_price": 99, "role": "one_off", "product_id": fee.id},
            ]
        )
        self._subscribe(plan, "2025-01-01")
        self._bill("2025-01-01")
        fee.active = False
        run = self._bill("2025-02-01")
        self.assertEqual((run.problem_count, run.invoice_count), (0, 1))

    def test_one_whose_checks_fail_stops_only_itself(self):
        bad = self._subscribe(self._plan(), "2026-01-01")
        good = self._subscribe(self._plan(), "2026-01-01", self._customer("Bob"))
        booking = Resolver.booking

        def failing(resolver, sub, product):
            if sub == bad:
                raise ValueError("out of order")
            return booking(resolver, sub, product)

        logger = "odoo.addons.recurring_revenue.models.billing.billing_run_work"
        with (
            patch.object(Resolver, "booking", failing),
            self.assertLogs(logger, "WARNING"),
        ):
            self._bill("2026-01-01")
        self.assertIn("out of order", bad.problem_message)
        self.assertEqual(good.billed_item_ids.amount, 30.0)
