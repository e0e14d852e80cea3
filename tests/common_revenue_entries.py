"""A French company with deferred revenue on 487, and entries made in both ways."""

from datetime import date
from unittest.mock import patch

from odoo import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..models.billing.complete_lines_check import differences, stored_rows
from ..models.revenue.revenue_entry_trust import RecurringRevenueEntry

LOGGER = "odoo.addons.recurring_revenue.models.revenue.revenue_entry_trust"
NOVEMBER = date(2026, 11, 30)


class RevenueEntriesCommon(AccountTestInvoicingCommon):
    @classmethod
    @AccountTestInvoicingCommon.setup_chart_template("fr")
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.euro = cls.company.currency_id
        cls.dollar = cls.setup_other_currency("USD", rates=[("2026-01-01", 1.2)])
        cls.journal = cls.company_data["default_journal_misc"]
        cls.deferred = cls.env["account.account"].create(
            {
                "name": "Produits constatés d'avance",
                "code": "487900",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        cls.income = cls.company_data["default_account_revenue"]
        cls.entry = cls.env["recurring.revenue.entry"]
        plan = cls.env["account.analytic.plan"].create({"name": "Departments"})
        cls.north, cls.south = cls.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("North", "South")]
        )

    def setUp(self):
        super().setUp()
        # a difference that another test saw would be silent here
        self.env.registry.clear_cache()

    def _line(self, key, amount, account=None, **values):
        """Return a line; the amount in the document's currency is the same if left."""
        return {
            "key": key,
            "account_id": (account or self.deferred).id,
            "partner_id": self.partner_a.id,
            "amount": amount,
            "amount_currency": amount,
            "analytic_distribution": False,
            "name": f"Revenue of November, {key}",
            "extra": {},
            **values,
        }

    def _lines(self, *amounts):
        """Return debits on 487 and the sum of them as revenue."""
        lines = [self._line(f"d{n}", amount) for n, amount in enumerate(amounts)]
        total = -round(sum(amounts), 2)
        return [*lines, self._line("revenue", total, self.income, partner_id=False)]

    def _book(self, lines, day=NOVEMBER, currency=None, **options):
        return self.entry._book(
            options.pop("company", self.company),
            options.pop("journal", self.journal),
            day,
            currency or self.euro,
            lines,
            options or None,
        )

    def _standard(self):
        """Leave no shortcut: everything is made the standard way."""
        return patch.object(
            RecurringRevenueEntry, "_foreign_hand", lambda entry: "the test"
        )

    def assertBookedAlike(self, lines, **options):
        """Book twice, fast and standard; all columns must be the same.

        :return: (move, {key: line id}) of the fast way
        """
        self.assertFalse(self.entry._foreign_hand())
        with self.assertNoLogs(LOGGER, "INFO"):
            move, ids = self._book(lines, **options)
        with self._standard():
            other, other_ids = self._book(lines, **options)
        self.assertEqual(ids.keys(), other_ids.keys())
        expected, actual = stored_rows(other + move)
        for rows in (expected, actual):
            self._leave_out_number(rows)
        self.assertEqual(differences(expected, actual), [])
        for key, line_id in ids.items():
            self.assertEqual(
                self._analytic_rows(line_id), self._analytic_rows(other_ids[key]), key
            )
        return move, ids

    def _leave_out_number(self, rows):
        """Two entries have two numbers, and hashes over them."""
        for row in rows:
            for name in ("name", "sequence_number", "move_name", "inalterable_hash"):
                if name != "name" or "sequence_number" in row:
                    row.pop(name, None)
        rows[0].pop("secure_sequence_number", None)

    def _analytic_rows(self, line_id):
        lines = self.env["account.analytic.line"].search(
            [("move_line_id", "=", line_id)]
        )
        names = [
            name
            for name, field in lines._fields.items()
            if field.store and field.column_type and name not in ("id", "move_line_id")
        ]
        rows = lines.sorted("id").read(names, load=None)
        return [
            {
                k: v
                for k, v in row.items()
                if k not in ("id", "create_date", "write_date")
            }
            for row in rows
        ]

    # ------------------------------------------------------------------
    # Invoices to recognise
    # ------------------------------------------------------------------

    def _deferred_line(self, amount, day="2026-11-01", currency=None, **values):
        """Return the line on 487 of a posted invoice (credit note if negative)."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice" if amount > 0 else "out_refund",
                "partner_id": self.partner_a.id,
                "invoice_date": day,
                "currency_id": (currency or self.euro).id,
                **values,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "A year",
                            "quantity": 1,
                            "price_unit": abs(amount),
                            "account_id": self.deferred.id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice.invoice_line_ids

    def _matching(self, lines):
        """Return what the database holds of the matching, free of ids.

        Partials appear as (debit line, credit line); numbers as the first of them.
        """
        lines = lines.with_env(self.env)
        self.env.flush_all()
        self.env.invalidate_all()
        place = {line.id: number for number, line in enumerate(lines)}
        partials = (lines.matched_debit_ids | lines.matched_credit_ids).sorted("id")
        pairs = {
            partial.id: (
                place[partial.debit_move_id.id],
                place[partial.credit_move_id.id],
            )
            for partial in partials
        }
        fulls = {
            full.id: sorted(pairs[partial.id] for partial in full.partial_reconcile_ids)
            for full in lines.full_reconcile_id
        }

        def plain(row, *names):
            return {key: row[key] for key in row if key not in names}

        def number(text):
            if text and text.startswith("P"):
                return pairs[int(text[1:])]
            return text and fulls[int(text)]

        rows, moves = [], []
        for line in lines:
            (row,) = stored_rows_of(line)
            rows.append(
                {
                    **plain(row, "id", "move_id", "move_name", "write_date"),
                    "create_date": None,
                    "matching_number": number(row["matching_number"]),
                    "full_reconcile_id": fulls.get(row["full_reconcile_id"]),
                }
            )
            (row,) = stored_rows_of(line.move_id)
            unlike = ("id", "name", "sequence_number", "payment_reference")
            moves.append(
                plain(row, *unlike, "create_date", "write_date", "access_token")
            )
        found = []
        for partial in partials:
            (row,) = stored_rows_of(partial)
            found.append(
                {
                    **plain(row, "id", "create_date", "write_date"),
                    "debit_move_id": pairs[partial.id][0],
                    "credit_move_id": pairs[partial.id][1],
                    "full_reconcile_id": fulls.get(row["full_reconcile_id"]),
                }
            )
        return rows, found, moves


def stored_rows_of(record):
    """Return the row of a record as the database holds it."""
    record.env.cr.execute(
        f"SELECT * FROM {record._table} WHERE id = %s",
        [record.id],  # noqa: S608
    )
    return record.env.cr.dictfetchall()
