"""Invoices made from complete lines equal those that Odoo makes line by line."""

import logging
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..models.billing.complete_lines import RecurringInvoiceBuilder
from ..models.billing.complete_lines_check import differences, stored_rows
from ..models.billing.complete_lines_draft import Drafter

# Odoo gives the name INFO to a level of its own, so the number it is.
LOGGER = "odoo.addons.recurring_revenue.models.billing.complete_lines"
DAY = date(2026, 11, 1)


class CompleteLinesCommon(AccountTestInvoicingCommon):
    """A French company, and helpers that make the same invoices in both ways."""

    @classmethod
    @AccountTestInvoicingCommon.setup_chart_template("fr")
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.journal = cls.company_data["default_journal_sale"]
        cls.builder = cls.env["recurring.invoice.builder"]
        cls.vat20 = cls.tax_sale_a
        cls.service_vat = cls.env["account.tax"].search(
            [
                ("company_id", "=", cls.company.id),
                ("type_tax_use", "=", "sale"),
                ("tax_exigibility", "=", "on_payment"),
                ("amount", "=", 20),
            ],
            limit=1,
        )
        cls.service = cls._service("Hosting", cls.vat20)
        cls.other_service = cls._service("Support", cls.vat20)

    @classmethod
    def _service(cls, name, taxes, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": 50.0,
                "taxes_id": [Command.set(taxes.ids)],
                **values,
            }
        )

    @classmethod
    def _tax(cls, name, amount, **values):
        return cls.vat20.copy({"name": name, "amount": amount, **values})

    def _line(self, price=10.0, product=None, **values):
        return Command.create(
            {
                "product_id": (product or self.service).id,
                "name": "Service of November",
                "quantity": 1.0,
                "price_unit": price,
                "analytic_distribution": False,
                **values,
            }
        )

    def _vals(self, *lines, **header):
        """Return the values of an invoice; two plain lines unless said otherwise."""
        return {
            "move_type": "out_invoice",
            "partner_id": self.partner_a.id,
            "journal_id": self.journal.id,
            "currency_id": self.company.currency_id.id,
            "invoice_date": DAY,
            "invoice_date_due": DAY,
            "invoice_payment_term_id": False,
            "fiscal_position_id": False,
            "invoice_line_ids": list(lines)
            or [self._line(10.37), self._line(23.11, self.other_service, quantity=3)],
            **header,
        }

    def _created_both_ways(self, vals_list):
        """Return (moves of the builder, moves of plain Odoo), all drafts."""
        standard = self.env["account.move"].union(
            *(self.env["account.move"].create(vals) for vals in vals_list)
        )
        self.env.flush_all()  # as this user
        return self.builder._create_invoices(vals_list), standard

    def assertFastAndEqual(self, *vals_list):
        """The invoices come from complete lines and equal Odoo's, drafts and posted."""
        ways = []
        original = RecurringInvoiceBuilder._create_complete

        def create_complete(builder, drafts):
            ways.append(len(drafts))
            return original(builder, drafts)

        with patch.object(RecurringInvoiceBuilder, "_create_complete", create_complete):
            fast, standard = self._created_both_ways(vals_list)
        self.assertEqual(ways[-1], len(vals_list), "made the standard way")
        self.assertEqual(fast.mapped("state"), ["draft"] * len(vals_list))
        self.assertRowsEqual(fast, standard)
        self.builder._post_invoices(fast)
        standard._post(soft=False)
        self.assertEqual(fast.mapped("state"), ["posted"] * len(vals_list))
        self.assertRowsEqual(fast, standard)
        for move in fast:
            self.assertBalanced(move)
            self.assertTotals(move)
        return fast, standard

    def assertRowsEqual(self, moves, others):
        """All columns agree, apart from the number that each document has."""

        def unnumbered(move, value):
            text = isinstance(value, str) and move.name
            return value.replace(move.name, "NUMBER") if text else value

        for move, other in zip(moves, others, strict=True):
            left, right = (
                [
                    {key: unnumbered(record, value) for key, value in row.items()}
                    | {"sequence_number": None}
                    for row in stored_rows(record)[0]
                ]
                for record in (move, other)
            )
            self.assertEqual(differences(right, left), [], move)

    def assertBalanced(self, move):
        self.assertEqual(move.line_ids.mapped("move_id"), move)
        currency = self.company.currency_id
        self.assertTrue(currency.is_zero(sum(move.line_ids.mapped("balance"))))
        self.assertTrue(
            move.currency_id.is_zero(sum(move.line_ids.mapped("amount_currency")))
        )

    def assertTotals(self, move):
        """What the header says is what the lines say."""
        tax_lines = move.line_ids.filtered("tax_repartition_line_id")
        self.assertAlmostEqual(
            move.amount_tax, abs(sum(tax_lines.mapped("amount_currency"))), 2
        )
        self.assertAlmostEqual(
            move.amount_total, move.amount_untaxed + move.amount_tax, 2
        )
        open_items = move.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        self.assertAlmostEqual(
            move.amount_residual, abs(sum(open_items.mapped("amount_currency"))), 2
        )

    def assertStandard(self, vals):
        """The invoice is made the standard way, without a comparison."""
        with patch.object(
            RecurringInvoiceBuilder,
            "_create_complete",
            side_effect=lambda drafts: (
                self.assertFalse(drafts) or self.env["account.move"]
            ),
        ):
            move = self.builder._create_invoices([vals])
        self.assertBalanced(move)
        return move


@tagged("post_install", "-at_install")
class TestBillingCompleteLines(CompleteLinesCommon):
    # ------------------------------------------------------------------
    # Structures
    # ------------------------------------------------------------------

    def test_two_lines_with_vat(self):
        # 10.37 + 3 x 23.11 = 79.70; 20 % = 15.94
        fast, _standard = self.assertFastAndEqual(self._vals())
        self.assertRecordValues(
            fast,
            [
                {
                    "amount_untaxed": 79.70,
                    "amount_tax": 15.94,
                    "amount_total": 95.64,
                    "amount_residual": 95.64,
                    "payment_state": "not_paid",
                    "invoice_date_due": DAY,
                }
            ],
        )
        self.assertRecordValues(
            fast.line_ids.sorted("sequence"),
            [
                {"display_type": "product", "balance": -10.37, "price_total": 12.44},
                {"display_type": "product", "balance": -69.33, "price_total": 83.20},
                {"display_type": "tax", "balance": -15.94, "price_total": 0},
                {"display_type": "payment_term", "balance": 95.64, "price_total": 0},
            ],
        )

    def test_header_computed_by_odoo(self):
        # given: nothing but who, when and where
        vals = self._vals()
        for key in (
            "currency_id",
            "invoice_date_due",
            "invoice_payment_term_id",
            "fiscal_position_id",
        ):
            del vals[key]
        self.partner_a.property_payment_term_id = self.pay_terms_b
        fast, _standard = self.assertFastAndEqual(vals)
        self.assertEqual(fast.invoice_payment_term_id, self.pay_terms_b)
        self.assertEqual(fast.currency_id, self.company.currency_id)

    def test_lines_computed_by_odoo(self):
        self.assertFastAndEqual(
            self._vals(
                Command.create({"product_id": self.service.id, "quantity": 2}),
                Command.create({"product_id": self.product_b.id}),
            )
        )

    def test_credit_note(self):
        fast, _standard = self.assertFastAndEqual(self._vals(move_type="out_refund"))
        self.assertEqual(fast.amount_total, 95.64)
        self.assertEqual(fast.amount_total_signed, -95.64)
        tax_line = fast.line_ids.filtered("tax_repartition_line_id")
        self.assertEqual(tax_line.tax_repartition_line_id.document_type, "refund")

    def test_foreign_currency(self):
        pounds = self.setup_other_currency("GBP", rates=[("2026-01-01", 0.8537)])
        vals = self._vals(
            self._line(10.37), self._line(1.11, quantity=7), currency_id=pounds.id
        )
        fast, _standard = self.assertFastAndEqual(
            vals, {**vals, "invoice_payment_term_id": self.pay_terms_b.id}
        )
        self.assertEqual(fast[0].amount_untaxed, 18.14)
        # 18.14 / 0.8537 = 21.2487...
        self.assertAlmostEqual(fast[0].amount_untaxed_signed, 21.25, 1)

    def test_price_included(self):
        included = self._tax(
            "20% in the price", 20, price_include_override="tax_included"
        )
        product = self._service("To consumers", included)
        fast, _standard = self.assertFastAndEqual(
            self._vals(*(self._line(21.53, product) for _ in range(3)))
        )
        self.assertEqual(fast.amount_total, 64.59)
        self.assertEqual(fast.amount_untaxed, 53.82)  # 64.59 / 1.2 = 53.825

    def test_several_taxes_per_line(self):
        eco = self._tax("Eco", 1.5, amount_type="fixed", include_base_amount=True)
        city = self._tax("City", 2.5)
        product = self._service("Taxed thrice", eco + self.vat20 + city)
        self.assertFastAndEqual(
            self._vals(self._line(33.33, product, quantity=2), self._line(4.44))
        )

    def test_group_of_taxes_with_everything(self):
        product = self._service("Armageddon", self.tax_armageddon)
        self.assertFastAndEqual(
            self._vals(self._line(333.33, product, quantity=2), self._line(4.44))
        )

    def test_reverse_charge(self):
        def repartition(document):
            return [
                Command.clear(),
                Command.create({"document_type": document, "repartition_type": "base"}),
                *(
                    Command.create(
                        {
                            "document_type": document,
                            "repartition_type": "tax",
                            "factor_percent": factor,
                            "account_id": self.company_data[
                                "default_account_tax_sale"
                            ].id,
                        }
                    )
                    for factor in (100, -100)
                ),
            ]

        tax = self._tax(
            "Reverse charge",
            20,
            invoice_repartition_line_ids=repartition("invoice"),
            refund_repartition_line_ids=repartition("refund"),
        )
        fast, _standard = self.assertFastAndEqual(
            self._vals(self._line(100, self._service("Abroad", tax)))
        )
        self.assertEqual(fast.amount_tax, 0)

    def test_vat_on_payment(self):
        self.assertTrue(self.service_vat)
        product = self._service("French service", self.service_vat)
        vals = self._vals(self._line(100, product), self._line(50))
        fast, _standard = self.assertFastAndEqual(
            vals, {**vals, "move_type": "out_refund"}
        )
        waiting = fast[0].line_ids.filtered(
            lambda line: line.tax_line_id == self.service_vat
        )
        account = self.service_vat.cash_basis_transition_account_id
        self.assertEqual(waiting.account_id, account)
        self.assertFalse(waiting.tax_tag_ids)

    def test_withheld_like_negative_tax(self):
        tax = self._tax("Withheld", -3)
        product = self._service("Withheld", self.vat20 + tax)
        self.assertFastAndEqual(self._vals(self._line(99.99, product)))

    def test_no_tax(self):
        product = self._service("Exempt", self.env["account.tax"])
        fast, _standard = self.assertFastAndEqual(
            self._vals(self._line(12.34, product), self._line(5, tax_ids=[]))
        )
        self.assertEqual(len(fast.line_ids), 3)
        self.assertEqual(fast.amount_total, 17.34)

    def test_taxes_and_account_given(self):
        account = self.copy_account(self.company_data["default_account_revenue"])
        account.reconcile = True  # as deferred revenue is
        fast, _standard = self.assertFastAndEqual(
            self._vals(
                self._line(
                    80,
                    account_id=account.id,
                    tax_ids=[Command.set(self.tax_sale_b.ids)],
                )
            )
        )
        line = fast.invoice_line_ids
        self.assertEqual((line.account_id, line.amount_residual), (account, -80))

    def test_discount_and_odd_quantities(self):
        fast, _standard = self.assertFastAndEqual(
            self._vals(
                self._line(99.999, discount=12.345),
                self._line(0.3333, quantity=7.126, discount=100),
                self._line(12.12, quantity=12.125),
            )
        )
        self.assertEqual(fast.invoice_line_ids[0].discount, 12.35)  # two decimals
        self.assertEqual(fast.invoice_line_ids[1].price_subtotal, 0)

    def test_rounding_of_taxes(self):
        # 12.12 x 12.12 x 20 % = 29.37888 a line: per line 29.38, together 58.76
        lines = [self._line(12.12, quantity=12.12) for _ in range(5)]
        for method in ("round_globally", "round_per_line"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                fast, _standard = self.assertFastAndEqual(self._vals(*lines))
                expected = 146.89 if method == "round_globally" else 146.90
                self.assertEqual(fast.amount_tax, expected)

    def test_zero_and_negative_lines(self):
        fast, _standard = self.assertFastAndEqual(
            self._vals(self._line(30), self._line(0), self._line(-12.34)),
            self._vals(self._line(0)),
            self._vals(self._line(25), self._line(-25)),
        )
        self.assertEqual(fast.mapped("amount_untaxed"), [17.66, 0, 0])
        self.assertEqual(fast.mapped("payment_state"), ["not_paid", "paid", "paid"])

    def test_fiscal_position(self):
        fast, _standard = self.assertFastAndEqual(
            self._vals(self._line(30), fiscal_position_id=self.fiscal_pos_a.id)
        )
        self.assertEqual(fast.invoice_line_ids.tax_ids, self.tax_sale_b)

    def test_fiscal_position_of_the_delivery_address(self):
        berlin = self.env["res.partner"].create(
            {
                "name": "Kunde",
                "company_type": "company",
                "vat": "DE123456788",
                "country_id": self.env.ref("base.de").id,
            }
        )
        paris = self.env["res.partner"].create(
            {
                "name": "Lager",
                "type": "delivery",
                "parent_id": berlin.id,
                "country_id": self.env.ref("base.fr").id,
            }
        )
        vals = self._vals(partner_id=berlin.id)
        del vals["fiscal_position_id"]
        fast, _standard = self.assertFastAndEqual(
            {**vals, "partner_shipping_id": berlin.id}, vals
        )
        self.assertEqual(fast.mapped("partner_shipping_id"), berlin + paris)
        self.assertEqual(fast[0].amount_tax, 0)
        self.assertEqual(fast[1].amount_tax, 15.94)

    def test_instalments(self):
        vals = self._vals(invoice_payment_term_id=self.pay_terms_b.id, ref="PO 7")
        del vals["invoice_date_due"]
        fast, _standard = self.assertFastAndEqual(vals, self._vals(), vals)
        open_items = fast[0].line_ids.filtered("date_maturity").sorted("date_maturity")
        self.assertEqual(open_items.mapped("balance"), [28.69, 66.95])
        self.assertEqual(fast[0].invoice_date_due, date(2026, 12, 31))

    def test_contact_of_a_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.partner_a.id}
        )
        fast, _standard = self.assertFastAndEqual(self._vals(partner_id=contact.id))
        self.assertEqual(fast.line_ids.partner_id, self.partner_a)

    def test_product_tags_and_analytic(self):
        tag = self.env["account.account.tag"].create(
            {"name": "Digital", "applicability": "products"}
        )
        self.service.product_tmpl_id.account_tag_ids = tag
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create(
            {"name": "P1", "plan_id": plan.id}
        )
        distribution = {str(account.id): 100.0}
        fast, _standard = self.assertFastAndEqual(
            self._vals(self._line(10, analytic_distribution=distribution))
        )
        self.assertIn(tag, fast.invoice_line_ids.tax_tag_ids)
        self.assertEqual(fast.invoice_line_ids.analytic_line_ids.amount, 10)

    def test_analytic_by_model(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create(
            {"name": "P1", "plan_id": plan.id}
        )
        self.env["account.analytic.distribution.model"].create(
            {
                "partner_id": self.partner_b.id,
                "analytic_distribution": {str(account.id): 100},
            }
        )
        line = Command.create({"product_id": self.service.id, "price_unit": 9})
        fast, _standard = self.assertFastAndEqual(
            self._vals(line), self._vals(line, partner_id=self.partner_b.id)
        )
        self.assertEqual(
            fast.invoice_line_ids.mapped("analytic_distribution"),
            [False, {str(account.id): 100.0}],
        )

    def test_service_period_and_other_values_pass(self):
        fast, _standard = self.assertFastAndEqual(
            self._vals(
                self._line(
                    deferred_start_date=DAY, deferred_end_date=date(2026, 11, 30)
                ),
                ref="PO 12",
                invoice_origin="S1",
                narration="<p>Thank you</p>",
                invoice_user_id=self.env.user.id,
            )
        )
        self.assertEqual(fast.invoice_line_ids.deferred_end_date, date(2026, 11, 30))

    def test_lock_date_moves_the_accounting_date(self):
        self.company.fiscalyear_lock_date = date(2026, 11, 10)
        fast, _standard = self.assertFastAndEqual(self._vals())
        self.assertEqual(fast.invoice_date, DAY)
        self.assertGreater(fast.date, date(2026, 11, 10))

    def test_audit_trail_keeps_the_notes(self):
        self.company.restrictive_audit_trail = True
        self.env = self.env(context={"mail_create_nolog": False, "mail_notrack": False})
        self.builder = self.builder.with_env(self.env)
        fast, _standard = self.assertFastAndEqual(self._vals())
        self.assertTrue(fast.message_ids)

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
