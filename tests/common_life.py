"""What the tests of a subscription's life share."""

from .common_billing import BillingCommon


class LifeCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("recurring_revenue.close_reason_price")
        cls.monthly = cls._plan("Monthly")
        cls.yearly = cls._plan("Yearly", [{"unit_price": 1200.0}], interval_unit="year")

    def _types(self, subscription):
        return subscription.change_ids.sorted("id").mapped("type")
