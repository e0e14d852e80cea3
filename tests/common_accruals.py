"""What tests of accruals share: plans in arrears, and what stands on the accounts."""

from .common_cut_off import CutOffCommon

ACCRUALS = "odoo.addons.recurring_revenue.models.revenue.accruals"


class AccrualCommon(CutOffCommon):
    def _arrears(self, price=100.0, count=1, unit="month", **version):
        return self._plan(
            "Arrears",
            [{"unit_price": price, "product_id": self._product("Arrears").id}],
            timing="arrears",
            interval_count=count,
            interval_unit=unit,
            **version,
        )

    def _monthly(self, price=100.0, **version):
        return self._plan(
            "Month",
            [{"unit_price": price, "product_id": self._product("Month").id}],
            interval_count=1,
            interval_unit="month",
            **version,
        )

    def _at(self, day):
        """Balances of invoices to issue, their VAT, credits to issue, revenue."""
        return [
            self._balance(account, day)
            for account in (
                self.accrued,
                self.accrued_tax,
                self.credit_due,
                self.income,
            )
        ]
