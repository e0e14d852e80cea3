"""IFRS 15 beside what the books adjust, take over, and keep in another currency."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_cut_off import CutOffCommon
from .common_revenue_ifrs import IfrsCommon


class IfrsBooksCase(CutOffCommon, IfrsCommon):
    """A company that adjusts its books at closings."""


@tagged("post_install", "-at_install")
class TestIfrsAccruals(IfrsBooksCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, code, kind in (
            ("asset", "418900", "asset_current"),
            ("liability", "487900", "liability_current"),
            ("gap", "706900", "income"),
        ):
            account = cls.env["account.account"].create(
                {"name": name, "code": code, "account_type": kind}
            )
            setattr(cls, name, account)

    def _follow_ifrs(self):
        self.company.write(
            {
                "rr_revenue_ledger": "ifrs",
                "rr_contract_asset_account_id": self.asset.id,
                "rr_contract_liability_account_id": self.liability.id,
                "rr_ifrs_revenue_account_id": self.gap.id,
            }
        )

    def _arrears(self, **charge):
        plan = self._plan(
            "Arrears",
            [
                {
                    "unit_price": 100.0,
                    "product_id": self._product("Arrears").id,
                    **charge,
                }
            ],
            timing="arrears",
            interval_count=1,
            interval_unit="month",
        )
        with freeze_time("2026-01-01"):
            return self._subscribe(plan, "2026-01-01")

    def test_what_is_to_be_invoiced_is_booked_revenue(self):
        sub = self._arrears()
        with freeze_time("2026-02-02"):
            before = self._figure(sub, "2026-01-31")
            self.assertEqual((before["timing"], before["contract_asset"]), (100, 100))
            run = self._close("2026-01")
            self.assertEqual(
                self._figure(sub, "2026-01-31"),
                {
                    "statutory": 100,
                    "ifrs": 100,
                    "deferred": -100,
                    "accrued": 100,
                    "contract_asset": 100,
                },
            )
            run.action_undo()
            self.assertEqual(self._figure(sub, "2026-01-31")["timing"], 100)
            self._close("2026-01")
            self._bill("2026-02-01")
            seen = self._figure(sub, "2026-02-28")
            self.assertEqual((seen["statutory"], seen["receivable"]), (100, 100))

    def test_an_invoice_to_issue_is_one_asset(self):
        """It stands on 418: by IFRS 15 nothing is added to it."""
        self._arrears()
        self._follow_ifrs()
        with freeze_time("2026-02-02"):
            run = self._close("2026-01")
        self.assertEqual(self._balance(self.accrued, "2026-01-31"), -120)
        for account in (self.asset, self.liability, self.gap):
            self.assertEqual(self._balance(account), 0)
        self.assertFalse(run.move_ids.filtered("rr_ifrs_adjustment"))

    def test_under_cut_off(self):
        with freeze_time("2026-01-15"):
            sub = self._subscribe(self._yearly(), "2026-01-01")
            self._bill("2026-01-15")
        for today, month, day, earned in (
            ("2026-02-02", "2026-01", "2026-01-31", 100),
            ("2026-03-02", "2026-02", "2026-02-28", 200),
        ):
            with freeze_time(today):
                self._close(month)
                seen = self._figure(sub, day)
                self.assertEqual((seen["statutory"], seen["ifrs"]), (earned, earned))
                self.assertNotIn("timing", seen)


@tagged("post_install", "-at_install")
class TestIfrsTakenOver(IfrsBooksCase):
    def test_what_a_former_system_billed(self):
        """1,200 for 2026, billed before; the books begin here in July."""
        self.policy.unlink()
        with freeze_time("2026-07-01"):
            sub = self._subscribe(self._yearly(), "2026-01-01")
            line = sub.line_ids
            self.env["recurring.billed.item"]._append(
                [
                    {
                        "subscription_id": sub.id,
                        "line_id": line.id,
                        "kind": "opening",
                        "date_start": date(2026, 1, 1),
                        "date_end": date(2027, 1, 1),
                        "whole_start": date(2026, 1, 1),
                        "whole_end": date(2027, 1, 1),
                        "quantity": 1,
                        "amount": 1200.0,
                        "price_basis": "product",
                        "partner_id": self.customer.id,
                        "company_id": self.company.id,
                        "currency_id": self.euro.id,
                        "product_id": line.product_id.id,
                        "account_id": self.income.id,
                        "tax_key": str(self.tax.id),
                    }
                ]
            )
            self._policy("2026-07-01", method="month")
            carried = self.env.ref(f"account.{self.company.id}_pcg_110")
            self.company._revenue_open(date(2026, 7, 1), carried)
        with freeze_time("2026-08-02"):
            self._close("2026-07")
            self.assertEqual(
                self._figure(sub, "2026-07-31"),
                {
                    "billed": 1200,
                    "statutory": 700,
                    "ifrs": 700,
                    "deferred": 500,
                    "contract_liability": 500,
                    "within_one": 500,
                },
            )


@tagged("post_install", "-at_install")
class TestIfrsCurrency(IfrsBooksCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.treatment = "continuous"
        rates = cls.env["res.currency.rate"]
        for day, rate in (("2026-01-01", 1.25), ("2026-06-01", 2.0)):
            rates.create({"currency_id": cls.dollar.id, "name": day, "rate": rate})

    def _dollars(self, more=(), **version):
        charge = {"unit_price": 100.0, "product_id": self._product("Service").id}
        plan = self._plan(
            "Year",
            [charge, *more],
            term_count=12,
            term_unit="month",
            renewal="automatic",
            currency_id=self.dollar.id,
            **version,
        )
        with freeze_time("2026-01-01"):
            return self._subscribe(plan, "2026-01-01", currency_id=self.dollar.id)

    def _bill_until(self, last):
        for month in range(1, last + 1):
            with freeze_time(f"2026-{month:02}-01"):
                self._bill(f"2026-{month:02}-01")

    def test_each_month_at_the_rate_of_its_invoice(self):
        """Five months at 80, seven at 50: what the books say, and no asset is left."""
        sub = self._dollars()
        self._bill_until(12)
        with freeze_time("2027-01-02"):
            self._close("2026-12")
            for day, earned in (("2026-05-31", 400), ("2026-12-31", 750)):
                self.assertEqual(
                    self._figure(sub, day),
                    {
                        "billed": earned,
                        "statutory": earned,
                        "ifrs": earned,
                        "receivable": earned,
                    }
                    | ({"within_one": 350} if day < "2026-12" else {}),
                )

    def test_a_fee_upfront_is_earned_at_the_rate_at_which_it_was_invoiced(self):
        """1,200 of service and 240 of set-up: 120 dollars a month, first in, first
        out; nothing is left once everything is served."""
        setup = {
            "name": "Set-up",
            "role": "one_off",
            "unit_price": 240.0,
            "rr_obligation": "grouped",
            "product_id": self._product("Set-up").id,
        }
        sub = self._dollars([setup])
        self._bill_until(12)
        with freeze_time("2027-01-02"):
            self._close("2026-12")
            january = self._figure(sub, "2026-01-31")
            self.assertEqual(
                (january["ifrs"], january["contract_liability"]), (96, 176)
            )
            june = self._figure(sub, "2026-06-30")
            # 720 dollars: 740 were invoiced at 80 cents.
            self.assertEqual((june["ifrs"], june["billed"]), (576, 642))
            end = self._figure(sub, "2026-12-31")
            self.assertEqual((end["ifrs"], end["billed"]), (942, 942))
            self.assertNotIn("contract_asset", end)
            self.assertNotIn("contract_liability", end)
