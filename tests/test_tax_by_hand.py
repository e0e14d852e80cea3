"""Fiscal positions chosen by hand: they decide, and what the rules say is kept."""

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_tax import GERMAN, TaxCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxByHand(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.export = cls.company._vat_find_position("export")
        cls.reverse = cls.company._vat_find_position("eu_service")

    def _subscribed(self, customer, product, **values):
        charges = [{"product_id": product.id, "unit_price": product.list_price}]
        plan = self._plan(product.name, charges=charges)
        return self._subscribe(plan, "2026-11-01", customer=customer, **values)

    def _bill_one(self, sub):
        self._bill("2026-11-01")
        move = sub.billed_item_ids.move_id
        return move, move.invoice_line_ids.rr_vat_decision_id

    def test_on_the_customer(self):
        """As Odoo has it: the customer's position stands before any other."""
        customer = self._at("FR", "75011")
        customer.property_account_position_id = self.export
        sub = self._subscribed(customer, self._sold())
        self.assertIn("chosen by hand", sub.vat_line)
        self.assertIn(self.export.name, sub.vat_line)
        self.assertIn("by the rules it would be otherwise", sub.vat_odd)
        self.assertIn("By the rules it would be: VAT of 20 %, France", sub.vat_why)
        self.assertIn("chosen by hand", customer.rr_vat_line)
        self.assertIn("By the rules it would be: VAT of 20 %", customer.rr_vat_why)
        move, decision = self._bill_one(sub)
        self.assertEqual(move.amount_total, 100.0)
        self.assertEqual(move.fiscal_position_id, self.export)
        self.assertEqual((decision.rule, decision.treatment), ("by_hand", "by_hand"))
        self.assertEqual(decision.inputs["by_rules"]["rate"], 20.0)
        self.assertFalse(decision.mention)
        self.assertIn("chosen by hand", decision.why)
        self.assertFalse(sub.vat_change)

    def test_on_the_subscription_before_the_customer(self):
        customer = self._at("DE", "10115")
        customer.property_account_position_id = self.export
        sub = self._subscribed(customer, self._sold())
        sub.fiscal_position_id = self.reverse
        move, decision = self._bill_one(sub)
        self.assertEqual(move.fiscal_position_id, self.reverse)
        self.assertEqual(decision.inputs["position"], self.reverse.name)

    def test_where_the_rules_agree_their_decision_is_kept(self):
        customer = self._at("DE", "10115", vat=GERMAN)
        customer.property_account_position_id = self.reverse
        sub = self._subscribed(customer, self._sold())
        self.assertNotIn("otherwise", sub.vat_odd)
        _move, decision = self._bill_one(sub)
        self.assertEqual(decision.rule, "fr_service_eu")
        self.assertEqual(decision.mention, "reverse_charge")
        self.assertIn(self.reverse.name, decision.why)

    def test_a_german_consumer_counts_for_the_threshold_all_the_same(self):
        customer = self._at("DE", "10115")
        customer.property_account_position_id = self.export
        year = self.env["recurring.vat.oss.year"].create({"year": 2026})
        self._bill_one(self._subscribed(customer, self._sold("electronic")))
        year.invalidate_recordset()
        self.assertEqual(year.sold_amount, 100.0)

    def test_a_tax_that_changes_changes_here_too(self):
        reduced = self.tax_s.copy({"name": "5.5 S", "amount": 5.5})
        position = self.env["account.fiscal.position"].create(
            {"name": "Mine", "tax_ids": [Command.link(reduced.id)]}
        )
        reduced.original_tax_ids = self.tax_s
        position.invalidate_recordset(["tax_map"])
        customer = self._at("FR", "75011")
        customer.property_account_position_id = position
        sub = self._subscribed(customer, self._sold())
        self.env["recurring.vat.tax.change"].create(
            {
                "name": "Back to 20 %",
                "date": "2026-11-01",
                "rule": "invoice",
                "old_tax_id": reduced.id,
                "new_tax_id": self.tax_s.id,
            }
        ).action_apply()
        move, decision = self._bill_one(sub)
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax_s)
        self.assertEqual((move.amount_total, decision.rate), (120.0, 20.0))
