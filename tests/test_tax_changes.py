"""A tax that another one takes the place of: by days of service, by invoice date."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common_tax_change import TaxChangeCommon


@tagged("post_install", "-at_install")
@freeze_time("2025-05-01")
class TestTaxChanges(TaxChangeCommon):
    def test_the_decision_says_the_rate_of_the_line(self):
        """The record that explains a line names what the line bears."""
        self._change(apply=True)
        sub = self._energy()
        self.assertEqual(sub.vat_line, "VAT of 5.5 %, France")
        for line in sub.billed_item_ids.move_id.invoice_line_ids:
            self.assertEqual(line.rr_vat_decision_id.rate, line.tax_ids.amount)
        with freeze_time("2025-08-01"):
            sub.invalidate_recordset(["vat_line"])
            self.assertEqual(sub.vat_line, "VAT of 20 %, France")

    def test_known_before_the_invoice(self):
        """240.00 from May 2025 to April 2026: 60.49 at 5.5 %, 179.51 at 20 %."""
        self._change(apply=True)
        invoice = self._energy().billed_item_ids.move_id
        self.assertEqual(
            self._parts(invoice),
            [(5.5, 60.49, "2025-05-01"), (20.0, 179.51, "2025-08-01")],
        )
        self.assertEqual(invoice.amount_tax, 39.23)  # 3.33 + 35.90

    def test_known_after_the_invoice(self):
        """The days from August on are credited at 5.5 % and invoiced at 20 %."""
        sub = self._energy()
        first = sub.billed_item_ids.move_id
        self.assertEqual(self._parts(first), [(5.5, 240.0, "2025-05-01")])
        change = self._change()
        self.assertEqual(change.affected_count, 1)
        change.action_apply()
        with freeze_time("2025-07-10"):
            self._bill("2025-07-10")
        moves = sub.billed_item_ids.move_id - first
        note = moves.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(self._parts(note), [(5.5, 179.51, "2025-08-01")])
        self.assertEqual(note.reversed_entry_id, first)
        self.assertEqual(self._parts(moves - note), [(20.0, 179.51, "2025-08-01")])
        with freeze_time("2025-09-10"):
            self.assertEqual(self._bill("2025-09-10").invoice_count, 0)

    def test_withdrawn(self):
        """Taken back, the same days go back to the old tax."""
        change = self._change(apply=True)
        sub = self._energy()
        change.action_withdraw()
        self._bill("2025-05-02")
        self.assertEqual(self._net(sub), {self.reduced.name: 240.0})
        # Nothing is parted at a day on which nothing changes any more.
        later = self._energy("2025-05-02").billed_item_ids.move_id
        self.assertEqual(self._parts(later), [(5.5, 240.0, "2025-05-02")])

    def test_by_invoice_date(self):
        self._change("invoice", apply=True)
        self.assertEqual(
            self._parts(self._energy().billed_item_ids.move_id),
            [(5.5, 240.0, "2025-05-01")],
        )
        later = self._energy("2025-08-01").billed_item_ids.move_id
        self.assertEqual(self._parts(later), [(20.0, 240.0, "2025-08-01")])

    def test_only_for_some_products(self):
        other = self._sold(price=240.0, tax=self.reduced, name="Other")
        self._change(apply=True, product_tmpl_ids=other.product_tmpl_id.ids)
        invoice = self._energy().billed_item_ids.move_id
        self.assertEqual(self._parts(invoice), [(5.5, 240.0, "2025-05-01")])

    def test_an_applied_change_stands(self):
        change = self._change(apply=True)
        with self.assertRaises(UserError):
            change.date = "2025-09-01"
        with self.assertRaises(UserError):
            change.unlink()
        with self.assertRaises(UserError):
            change.action_apply()

    def test_included_and_excluded_do_not_mix(self):
        included = self.tax_s.copy({"price_include_override": "tax_included"})
        with self.assertRaises(ValidationError):
            self._change(new_tax_id=included.id)
