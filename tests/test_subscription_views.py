"""The main path in the browser: a subscription is made, started and cancelled."""

from odoo.tests import HttpCase, freeze_time, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionTours(BillingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = cls.env.ref("base.user_admin")
        admin.write({"lang": "en_US", "odoobot_state": "disabled"})
        admin.group_ids += cls.env.ref("account.group_account_invoice")
        cls._customer("Tour Customer")
        cls.yearly = cls._plan(
            "Tour Yearly",
            [{"name": "Support", "unit_price": 1200.0}],
            interval_unit="year",
            term_count=1,
            term_unit="year",
            renewal="none",
            cancel_when="now",
            cancel_credit=True,
        )

    def _billed(self, start):
        """Return a subscription to 1,200 a year, billed on its first day."""
        customer = self._customer("Tour Billed")
        subscription = self._subscribe(self.yearly, start, customer=customer)
        self._bill(start)
        return subscription

    @freeze_time("2026-03-31 10:00:00")
    def test_life(self):
        """90 of 365 days served: 904.11 of 1,200 are given back, as announced."""
        subscription = self._billed("2026-01-01")
        self.start_tour("/odoo/subscriptions", "rr_subscription_life", login="admin")
        self.assertEqual(subscription.state, "cancelling")
        run = self._bill("2026-03-31")
        credit = run.move_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(credit.amount_untaxed, 904.11)
        self.assertEqual(credit.invoice_line_ids.rr_subscription_id, subscription)

    def test_screens(self):
        self._billed("2026-01-01")
        self.start_tour("/odoo/subscriptions", "rr_subscription_screens", login="admin")
