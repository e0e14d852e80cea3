"""The same invoices on both ways, compared row by row."""

from datetime import date
from unittest.mock import patch

from odoo import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..models.billing.complete_lines import RecurringInvoiceBuilder
from ..models.billing.complete_lines_check import differences, stored_rows

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
