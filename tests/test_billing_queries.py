"""How many queries an invoice costs: counted, never timed (DESIGN: speed)."""

from odoo.tests import freeze_time, tagged

from .common_billing import BillingCommon

INVOICES = 40


@tagged("post_install", "-at_install")
@freeze_time("2026-12-01")
class TestBillingQueries(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan(
            charges=[
                {"unit_price": 30, "charge_model": "per_unit"},
                {"unit_price": 7, "charge_model": "per_unit"},
            ]
        )

    def _portfolio(self, start, coupon=None):
        for number in range(2 * INVOICES):
            customer = self._customer(f"Customer {start} {number}")
            sub = self._subscribe(
                self.plan, start, customer, lines=[{"price_unit": 20 + number}]
            )
            if coupon:
                sub.action_apply_coupon(coupon.code, start)

    def _bill_counted(self, day, queries):
        run = self.env["recurring.billing.run"].create({"date": day})
        run.action_start()
        # The first batch of a run checks each kind of invoice against Odoo's own.
        run._bill_batch(INVOICES)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(queries * INVOICES):
            run._bill_batch(INVOICES)
        self.assertEqual(run.invoice_count, 2 * INVOICES)

    def test_fast_way(self):
        """At most 6 queries per invoice of two lines, our own rows included."""
        self._portfolio("2025-01-01")
        self._bill("2025-01-01")
        self._bill_counted("2025-02-01", 6)

    def test_standard_way(self):
        """At most 8 when Odoo builds the lines itself."""
        self.company.rr_complete_lines = False
        self._portfolio("2025-01-01")
        self._bill("2025-01-01")
        self._bill_counted("2025-02-01", 8)

    def test_with_vat_by_rules(self):
        """Decisions, new ones too, cost queries per batch, not per invoice."""
        france = self.env.ref("base.fr").id
        self.company.write({"country_id": france, "rr_vat_decides": True})
        self.company._vat_set_up()
        self._portfolio("2025-01-01")
        self._bill_counted("2025-01-01", 6)
        decisions = self.env["recurring.vat.decision"].search_count([])
        self.assertEqual(decisions, 2 * INVOICES)

    def test_with_coupons(self):
        """A coupon each costs a few queries per batch, not per invoice."""
        coupon = self.env["recurring.coupon"].create(
            {
                "code": "TEN",
                "name": "Ten",
                "kind": "fixed",
                "amount": 10,
                "currency_id": self.euro.id,
                "duration": "periods",
                "period_count": 24,
            }
        )
        self._portfolio("2025-01-01", coupon)
        self._bill("2025-01-01")
        self._bill_counted("2025-02-01", 6)
        redemptions = self.env["recurring.coupon.redemption"].search([])
        self.assertEqual(sum(redemptions.mapped("amount")), 10 * 4 * INVOICES)
