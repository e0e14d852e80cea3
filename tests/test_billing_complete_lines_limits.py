"""When complete lines are not used, what is checked, and what they cost."""

import logging
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.billing.complete_lines import RecurringInvoiceBuilder
from ..models.billing.complete_lines_draft import Drafter

# Odoo gives the name INFO to a level of its own, so the number it is.
from .common_complete_lines import DAY, LOGGER, CompleteLinesCommon


@tagged("post_install", "-at_install")
class TestBillingCompleteLinesLimits(CompleteLinesCommon):
    def test_order_is_kept(self):
        epd = self.pay_terms_a.copy({"early_discount": True})
        vals_list = [
            self._vals(self._line(price), invoice_payment_term_id=term)
            for price, term in ((1, False), (2, epd.id), (3, False), (4, epd.id))
        ]
        moves = self.builder._create_invoices(vals_list)
        self.assertEqual(moves.mapped("amount_untaxed"), [1, 2, 3, 4])
        self.builder._post_invoices(moves)
        numbers = sorted(moves.mapped("sequence_number"))
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 4)))

    # ------------------------------------------------------------------
    # The standard way
    # ------------------------------------------------------------------

    def test_switched_off(self):
        self.company.rr_complete_lines = False
        self.assertStandard(self._vals())

    def test_early_payment_discount(self):
        epd = self.pay_terms_a.copy({"early_discount": True})
        self.assertStandard(self._vals(invoice_payment_term_id=epd.id))

    def test_cash_rounding(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Five cents",
                "rounding": 0.05,
                "strategy": "biggest_tax",
                "rounding_method": "HALF-UP",
            }
        )
        move = self.assertStandard(self._vals(invoice_cash_rounding_id=rounding.id))
        self.assertEqual(move.amount_total, 95.65)

    def test_archived_records(self):
        self.service.active = False
        self.assertStandard(self._vals())
        self.service.active = True
        self.vat20.active = False
        self.assertStandard(
            self._vals(self._line(tax_ids=[Command.set(self.vat20.ids)]))
        )

    def test_unusual_lines(self):
        note = Command.create({"display_type": "line_note", "name": "Thank you"})
        self.assertStandard(self._vals(self._line(), note))
        self.assertStandard(self._vals(self._line(product_id=False, tax_ids=False)))

    def test_foreign_override(self):
        with patch.object(
            RecurringInvoiceBuilder, "_foreign_override", return_value="x: _sync"
        ):
            self.assertStandard(self._vals())

    def test_difference_leads_to_the_standard_way(self):
        # given: complete lines with another tax base than Odoo's
        original = Drafter._tax_row

        def tax_row(drafter, header, tax):
            return {**original(drafter, header, tax), "tax_base_amount": 1.0}

        # when
        with (
            patch.object(Drafter, "_tax_row", tax_row),
            self.assertLogs(LOGGER, logging.INFO) as log,
        ):
            move = self.builder._create_invoices([self._vals()])
        # then: it is Odoo's invoice, and the log says what was different
        self.assertEqual(len(log.output), 1)
        self.assertIn("line 3, tax_base_amount: -79.7", log.output[0])
        tax_line = move.line_ids.filtered("tax_repartition_line_id")
        self.assertEqual(tax_line.tax_base_amount, -79.7)

    def test_difference_concerns_its_structure_only(self):
        original = Drafter._header_row

        def header_row(drafter, header, rows):
            row = original(drafter, header, rows)
            return {**row, "amount_tax": 9.0} if header.is_refund else row

        ways = []
        complete = RecurringInvoiceBuilder._create_complete

        def create_complete(builder, drafts):
            ways.append([draft.header["move_type"] for draft in drafts])
            return complete(builder, drafts)

        with (
            patch.object(Drafter, "_header_row", header_row),
            patch.object(RecurringInvoiceBuilder, "_create_complete", create_complete),
            self.assertLogs(LOGGER, logging.INFO),
        ):
            moves = self.builder._create_invoices(
                [self._vals(), self._vals(move_type="out_refund"), self._vals()]
            )
        self.assertEqual(ways[-1], ["out_invoice", "out_invoice"])
        self.assertEqual(moves.mapped("amount_tax"), [15.94, 15.94, 15.94])

    def test_one_that_cannot_be_created_spoils_no_comparison(self):
        # given: the second has an account that does not exist
        broken = self._vals(self._line(account_id=self.journal.id + 10**6))
        with self.assertLogs(LOGGER, logging.INFO) as log:
            good = self.builder._trusted_structures(
                *self._drafted([self._vals(), broken])
            )
        self.assertEqual(len(good), 1)
        self.assertIn("no comparison was possible", log.output[0])

    def _drafted(self, vals_list):
        drafter = Drafter(self.env, self.company, vals_list[:1])
        drafts = {0: drafter.draft(vals_list[0]), 1: drafter.draft(vals_list[0])}
        drafts[1].structure = ("another",)
        drafts[1].lines[0]["account_id"] = vals_list[1]["invoice_line_ids"][0][2][
            "account_id"
        ]
        return vals_list, drafts

    def test_unbalanced_lines_are_refused(self):
        drafter = Drafter(self.env, self.company, [self._vals()])
        draft = drafter.draft(self._vals())
        draft.lines[-1].update(balance=95.0, amount_currency=95.0)
        with self.assertRaisesRegex(UserError, "not balanced"):
            self.builder._create_complete([draft])

    # ------------------------------------------------------------------
    # Trust and cost
    # ------------------------------------------------------------------

    def test_a_structure_is_compared_once_per_run(self):
        run = self.env["recurring.billing.run"].sudo().create({"date": DAY})
        compared = []
        original = RecurringInvoiceBuilder._differences

        def count(builder, samples):
            compared.append(len(samples))
            return original(builder, samples)

        vals = self._vals(rr_run_id=run.id)
        credit = self._vals(rr_run_id=run.id, move_type="out_refund")
        with patch.object(RecurringInvoiceBuilder, "_differences", count):
            self.builder._create_invoices([vals] * 3)
            self.builder._create_invoices([vals, credit])
            self.builder._create_invoices([credit, vals])
            self.builder._create_invoices([self._vals()])  # no run: no memory
            self.builder._create_invoices([self._vals()])
        self.assertEqual(compared, [1, 1, 1, 1])

    def _queries_per_invoice(self, fast):
        """Return the queries of a batch of 40 whose kind of invoice is known."""
        self.company.rr_complete_lines = fast
        run = self.env["recurring.billing.run"].sudo().create({"date": DAY})
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(40)]
        )
        batches = [
            [
                self._vals(
                    self._line(10 + number / 7),
                    self._line(3.3, self.other_service, quantity=number),
                    partner_id=partner.id,
                    rr_run_id=run.id,
                )
                for number, partner in enumerate(partners, start=1)
            ]
            for _ in range(2)
        ]
        for vals_list in batches:
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.builder._post_invoices(self.builder._create_invoices(vals_list))
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
        return queries / 40

    def test_queries_on_the_fast_way(self):
        self.assertLessEqual(self._queries_per_invoice(fast=True), 5)

    def test_queries_on_the_standard_way(self):
        self.assertLessEqual(self._queries_per_invoice(fast=False), 8)

    def test_standard_way_with_and_without_a_header(self):
        # given: the fast way is off, and all or nothing of the header is said
        self.company.rr_complete_lines = False
        self.partner_a.property_payment_term_id = self.pay_terms_b
        full = self._vals()
        bare = {
            key: full[key]
            for key in ("move_type", "partner_id", "journal_id", "invoice_date")
        }
        vals_list = [full, {**bare, "invoice_line_ids": full["invoice_line_ids"]}]
        moves, standard = self._created_both_ways(vals_list)
        self.assertRowsEqual(moves, standard)
        self.assertEqual(moves[1].invoice_payment_term_id, self.pay_terms_b)
        self.assertEqual(moves[1].invoice_date_due, date(2026, 12, 31))
