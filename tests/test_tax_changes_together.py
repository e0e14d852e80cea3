"""A change of rate beside the option for debits, and positions chosen by hand."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_tax_change import TaxChangeCommon

INCLUDED = "tax_included"


@tagged("post_install", "-at_install")
@freeze_time("2025-05-01")
class TestTaxChangesTogether(TaxChangeCommon):
    def _debits(self, day="2025-07-01"):
        self._regime(day, debits=True)
        twins = self.env["account.tax"].search([("rr_vat_debits_of_id", "!=", False)])
        return {twin.rr_vat_debits_of_id: twin for twin in twins}

    def _taxes(self, moves):
        return [
            (line.tax_ids, line.price_subtotal)
            for line in moves.invoice_line_ids.sorted("deferred_start_date")
        ]

    def test_rate_changes_under_the_option(self):
        """Both parts are due on invoice: the twins take each other's place."""
        twins = self._debits()
        self._change(apply=True)
        with freeze_time("2025-07-02"):
            invoice = self._energy("2025-07-02").billed_item_ids.move_id
        # 30 days of July of 365.
        self.assertEqual(
            self._taxes(invoice),
            [(twins[self.reduced], 19.73), (twins[self.tax_s], 220.27)],
        )

    def test_option_after_the_change_of_rate(self):
        for rule in ("period", "invoice", "payment"):
            with self.subTest(rule=rule):
                change = self._change(rule, apply=True)
                twins = self._debits("2026-01-01")
                with freeze_time("2026-02-01"):
                    invoice = self._energy("2026-02-01").billed_item_ids.move_id
                self.assertEqual(
                    self._taxes(invoice), [(twins[self.tax_s], 240.0)], rule
                )
                change.action_withdraw()
                self.company.rr_vat_registration_ids.filtered("debits").unlink()
                self.company._vat_set_up()

    def test_by_invoice_under_the_option(self):
        twins = self._debits()
        self._change("invoice", apply=True)
        with freeze_time("2025-08-02"):
            invoice = self._energy("2025-08-02").billed_item_ids.move_id
        self.assertEqual(self._taxes(invoice), [(twins[self.tax_s], 240.0)])

    def test_billed_before_the_option_corrected_under_it(self):
        """Only the days from August on are credited, at the tax that they bore."""
        sub = self._energy()
        first = sub.billed_item_ids.move_id
        twins = self._debits()
        change = self._change()
        self.assertEqual(change.affected_count, 1)
        with freeze_time("2025-07-10"):
            preview = self.env["recurring.vat.tax.change.preview"]._for_change(change)
            self.assertEqual(
                (preview.line_ids.credited, preview.line_ids.charged), (179.51, 179.51)
            )
            change.action_apply()
            self._bill("2025-07-10")
        moves = sub.billed_item_ids.move_id - first
        note = moves.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(self._taxes(note), [(self.reduced, 179.51)])
        self.assertEqual(self._taxes(moves - note), [(twins[self.tax_s], 179.51)])
        self.assertNothingLeft(sub, "2025-07-11")

    def test_billed_before_the_option_right_already(self):
        """What was billed at the new rate on receipts is not billed anew on debits."""
        self._change(apply=True)
        sub = self._energy()
        self._debits()
        sub._reopen_from(sub.start_date)
        with freeze_time("2025-07-10"):
            self.assertNothingLeft(sub, "2025-07-10")

    def test_new_tax_gets_its_twin(self):
        """A tax that was switched on after the option."""
        self._debits()
        middle = self.env.ref(
            f"account.{self.company.id}_tva_intermediaire_encaissement"
        )
        middle.active = True
        self._change(apply=True, new_tax_id=middle.id)
        with freeze_time("2025-08-02"):
            tax = self._energy("2025-08-02").billed_item_ids.move_id.invoice_line_ids
        self.assertEqual(tax.tax_ids.rr_vat_debits_of_id, middle)
        self.assertEqual(tax.tax_ids.tax_exigibility, "on_invoice")

    def test_a_position_by_hand_keeps_dated_taxes(self):
        """Who chooses the position chooses no rate of another day, nor receipts."""
        twins = self._debits("2025-06-01")
        self._change(apply=True)
        position = self.company._vat_find_position("domestic")
        with freeze_time("2025-06-01"):
            sub = self._energy("2025-06-01", fiscal_position_id=position.id)
        invoice = sub.billed_item_ids.move_id
        # 61 days of June and July.
        self.assertEqual(
            self._taxes(invoice),
            [(twins[self.reduced], 40.11), (twins[self.tax_s], 199.89)],
        )
        decisions = invoice.invoice_line_ids.rr_vat_decision_id
        self.assertEqual(sorted(decisions.mapped("rate")), [5.5, 20.0])
        # The rules say the same of either day: nothing is odd about it.
        self.assertEqual(set(decisions.mapped("treatment")), {"domestic"})
        self.assertFalse(any(decisions.mapped("warnings")))
        self.assertEqual(
            {decision.inputs["position"] for decision in decisions}, {position.name}
        )
        self.assertEqual(invoice.fiscal_position_id, position)

    def test_without_rules(self):
        """Sellers elsewhere: the change holds, the rest is Odoo's own mapping."""
        self.company.rr_vat_decides = False
        self._change(apply=True)
        sub = self._energy()
        self.assertEqual(
            self._parts(sub.billed_item_ids.move_id),
            [(5.5, 60.49, "2025-05-01"), (20.0, 179.51, "2025-08-01")],
        )
        self.assertNothingLeft(sub, "2025-05-02")
        german = self._at("DE", "10115", vat="DE136695976")
        abroad = self._energy(customer=german).billed_item_ids.move_id
        self.assertNotIn(self.tax_s, abroad.invoice_line_ids.tax_ids)

    def test_new_tax_put_on_the_product(self):
        """In arrears, 15 July to 14 August: 17 of 31 days keep the old rate."""
        plan = self._plan(
            "Arrears",
            charges=[{"product_id": self.product.id, "unit_price": 31.0}],
            timing="arrears",
        )
        with freeze_time("2025-07-15"):
            sub = self._energy("2025-07-15", plan=plan)
        self._change(apply=True)
        self.product.taxes_id = self.tax_s
        with freeze_time("2025-08-15"):
            self._bill("2025-08-15")
            self.assertEqual(
                self._parts(sub.billed_item_ids.move_id),
                [(5.5, 17.0, "2025-07-15"), (20.0, 14.0, "2025-08-01")],
            )
            self.assertNothingLeft(sub, "2025-08-16")

    def test_prices_with_tax_stay(self):
        """A rate of the seller's country is no change with the customer: 240.00 with
        tax stay 240.00, whatever the company keeps for customers who move."""
        old, new = (
            tax.copy({"name": f"{tax.name} TTC", "price_include_override": INCLUDED})
            for tax in (self.reduced, self.tax_s)
        )
        self._debits("2025-06-01")
        product = self._sold(price=240.0, tax=old, name="Gross")
        charge = {"product_id": product.id, "unit_price": 240.0}
        plan = self._plan("Gross", charges=[charge], interval_unit="year")
        for policy in ("net", "gross"):
            self.company.rr_vat_price_policy = policy
            with self.subTest(policy=policy):
                product.taxes_id = old
                sub = self._energy(plan=plan)
                change = self._change(apply=True, old_tax_id=old.id, new_tax_id=new.id)
                self._bill("2025-05-02")
                moves = sub.billed_item_ids.move_id
                self.assertEqual(
                    sorted(moves.mapped("amount_total")), [179.51, 179.51, 240.0]
                )
                for tax in (old, new):
                    product.taxes_id = tax
                    with freeze_time("2025-06-02"):
                        later = self._energy("2025-06-02", plan=plan)
                    self.assertEqual(later.billed_item_ids.move_id.amount_total, 240.0)
                change.action_withdraw()

    def test_always_at_the_new_tax(self):
        """A product that never bore the old tax bears none of it for earlier days."""
        self._change(apply=True)
        product = self._sold(price=240.0, name="Always")
        plan = self._plan(
            "Always", charges=[{"product_id": product.id, "unit_price": 240.0}]
        )
        invoice = self._energy(plan=plan).billed_item_ids.move_id
        self.assertEqual(self._parts(invoice), [(20.0, 240.0, "2025-05-01")])

    def test_by_invoice_after_by_period(self):
        """5.5 % to 20 % by days of service, then to 10 % by invoice date."""
        middle = self.env.ref(
            f"account.{self.company.id}_tva_intermediaire_encaissement"
        )
        middle.active = True
        self._change(apply=True)
        self._change(
            "invoice",
            apply=True,
            old_tax_id=self.tax_s.id,
            new_tax_id=middle.id,
            date="2025-10-01",
        )
        with freeze_time("2025-10-02"):
            invoice = self._energy("2025-10-02").billed_item_ids.move_id
        self.assertEqual(self._parts(invoice), [(10.0, 240.0, "2025-10-02")])

    def test_former_payer(self):
        """In arrears: who pays the period that has begun pays it at both rates."""
        plan = self._plan(
            "Quarter",
            charges=[{"product_id": self.product.id, "unit_price": 92.0}],
            timing="arrears",
            interval_count=3,
        )
        with freeze_time("2025-07-01"):
            sub = self._energy("2025-07-01", plan=plan)
        self._change(apply=True)
        other = self._at("FR", "69001")
        with freeze_time("2025-09-01"):
            sub.action_change("customer", {"partner_id": other.id}, date="2025-09-01")
        with freeze_time("2025-10-01"):
            self._bill("2025-10-01")
        found = {
            (row.partner_id, line.tax_ids.amount): line.price_subtotal
            for row in sub.billed_item_ids
            for line in row.move_line_id
        }
        self.assertEqual(sub.partner_invoice_id, other)
        self.assertEqual(found, {(self.buyer, 5.5): 31.0, (self.buyer, 20.0): 61.0})

    def test_quotation(self):
        """A quotation from August on bears what its invoices will bear."""
        self._change(apply=True)
        self.yearly.product_tmpl_ids = self.product.product_tmpl_id
        with freeze_time("2025-08-15"):
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.buyer.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
            )
            self.assertEqual(order.order_line.tax_ids, self.tax_s)
