import logging
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models.revenue import revenue_entry_trust
from ..models.revenue.revenue_entry_rows import EntryRows
from ..models.revenue.revenue_entry_trust import PARTIAL_COLUMNS
from ..models.revenue.revenue_matching_rows import MatchingRows
from .common_revenue_entries import LOGGER, RevenueEntriesCommon


@freeze_time("2026-12-03")
@tagged("post_install", "-at_install")
class TestRevenueTrust(RevenueEntriesCommon):
    """Shortcuts are taken only where they were compared and nobody interferes."""

    def test_rows_are_written_once_compared(self):
        with self._rows() as inserted:
            self._book(self._lines(10, 20))
        # two structures in a sample each, line and opposite; then the entry
        self.assertEqual(inserted, [2, 2, 3])
        with self._rows() as inserted:
            self._book(self._lines(30, 40, 50))
        self.assertEqual(inserted, [4])

    def test_a_difference_leads_to_the_standard_way(self):
        original = EntryRows._constants
        with (
            patch.object(
                EntryRows, "_constants", lambda row: {**original(row), "quantity": 7}
            ),
            self.assertLogs(LOGGER, logging.INFO) as log,
        ):
            move, ids = self._book(self._lines(10, 20))
        self.assertIn("line 1, quantity: 1.0 / 7.0", log.output[0])
        self.assertEqual(set(move.line_ids.mapped("quantity")), {1.0})
        self.assertEqual(ids["d1"], move.line_ids.filtered("debit").sorted("id")[1].id)

    def test_a_sample_that_cannot_be_made(self):
        with (
            patch.object(EntryRows, "insert", side_effect=ValueError("broken")),
            self.assertLogs(LOGGER, logging.INFO) as log,
        ):
            move, _ids = self._book(self._lines(10))
        self.assertIn("broken", log.output[0])
        self.assertEqual(move.state, "posted")
        self.assertEqual(len(move.line_ids), 2)

    def test_no_trace_of_the_samples(self):
        last, _ids = self._book(self._lines(5))
        self.env.registry.clear_cache()
        count = self.env["account.move"].search_count([])
        move, _ids = self._book(self._lines(10, 20))
        self.assertEqual(self.env["account.move"].search_count([]), count + 1)
        self.assertEqual(move.sequence_number, last.sequence_number + 1)
        self.assertFalse(move.made_sequence_gap)

    def test_a_difference_in_matching(self):
        deferred = self._deferred_line(30)
        _move, ids = self._book(self._lines(10))
        original = MatchingRows._update_lines
        with (
            patch.object(
                MatchingRows,
                "_update_lines",
                lambda rows, items: original(rows, list(items)[:1]),
            ),
            self.assertLogs(LOGGER, logging.INFO) as log,
        ):
            self.entry._reconcile([[deferred.id, ids["d0"]]])
        self.assertIn("amount_residual", log.output[0])
        line = self.env["account.move.line"].browse(ids["d0"])
        self.assertTrue(line.reconciled)
        self.assertEqual(deferred.amount_residual, -20)

    def test_samples_of_matching_leave_no_trace(self):
        deferred = self._deferred_line(30)
        _move, ids = self._book(self._lines(10))
        self.entry._reconcile([[deferred.id, ids["d0"]]])
        self.assertEqual(len(deferred.matched_debit_ids), 1)

    # ------------------------------------------------------------------
    # Others' hands
    # ------------------------------------------------------------------

    def test_nobody_interferes_here(self):
        self.assertIsNone(self.entry._foreign_hand())

    def test_override_of_another_module(self):
        lines = {"account.move.line": ("create", "reconcile")}
        with (
            patch.object(revenue_entry_trust, "WATCHED_METHODS", lines),
            patch.object(revenue_entry_trust, "KNOWN_MODULES", {"analytic"}),
        ):
            self.env.registry.clear_cache()
            self.assertEqual(
                self.entry._foreign_hand(), "account: account.move.line.create"
            )
            with self._rows() as inserted:
                self._book(self._lines(10))
        self.assertFalse(inserted)

    def test_column_of_another_module(self):
        columns = PARTIAL_COLUMNS - {"max_date"}
        with patch.object(revenue_entry_trust, "PARTIAL_COLUMNS", columns):
            self.env.registry.clear_cache()
            self.assertEqual(
                self.entry._foreign_hand(), "account.partial.reconcile.max_date"
            )

    def test_value_of_another_module_that_follows(self):
        modules = revenue_entry_trust.DEPENDENT_MODULES - {"sale"}
        with patch.object(revenue_entry_trust, "DEPENDENT_MODULES", modules):
            self.env.registry.clear_cache()
            self.assertIn("sale.order", self.entry._foreign_hand())

    def _rows(self):
        """Return a context: [number of lines of each insertion]."""
        return Insertions()


class Insertions:
    def __enter__(self):
        self.sizes = []
        original = EntryRows.insert

        def insert(rows, lines):
            self.sizes.append(len(lines))
            return original(rows, lines)

        self.patch = patch.object(EntryRows, "insert", insert)
        self.patch.start()
        return self.sizes

    def __exit__(self, *error):
        self.patch.stop()
