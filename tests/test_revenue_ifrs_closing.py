"""A company whose books follow IFRS 15: the difference is booked, and taken back."""

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common_revenue_ifrs import IfrsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01")
class TestIfrsClosing(IfrsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy("2020-02-01", method="month")
        for name, code, kind in (
            ("asset", "418900", "asset_current"),
            ("liability", "487900", "liability_current"),
            ("gap", "706900", "income"),
        ):
            account = cls.env["account.account"].create(
                {"name": name, "code": code, "account_type": kind}
            )
            setattr(cls, name, account)
        cls.company.write(
            {
                "rr_revenue_ledger": "ifrs",
                "rr_contract_asset_account_id": cls.asset.id,
                "rr_contract_liability_account_id": cls.liability.id,
                "rr_ifrs_revenue_account_id": cls.gap.id,
            }
        )

    def _training(self):
        """100 a month for a year, and a training sold for 100 that is worth 400."""
        charges = [
            {"unit_price": 100.0, "product_id": self._product("Service").id},
            {
                "role": "one_off",
                "unit_price": 100.0,
                "stand_alone_price": 400.0,
                "product_id": self._product("Training").id,
            },
        ]
        plan = self._plan(
            "Year", charges, term_count=12, term_unit="month", renewal="automatic"
        )
        return self._subscribe(plan, "2026-01-01")

    def _stand(self):
        return tuple(
            self._balance(account) for account in (self.gap, self.asset, self.liability)
        )

    def test_what_is_served_first_is_a_contract_asset(self):
        sub = self._training()
        # 1,300 in all, alone 1,600: 325 for the training, 81.25 a month.
        self._bill("2026-01-01")
        with freeze_time("2026-02-02"):
            run = self._close("2026-01")
            self.assertEqual(self._stand(), (206.25, -206.25, 0))
            [entry] = run.move_ids
            self.assertEqual(str(entry.date), "2026-01-31")
            [line] = entry.line_ids.filtered(lambda one: one.account_id == self.asset)
            self.assertEqual(line.partner_id, sub.partner_id)
        with freeze_time("2026-05-02"):
            self._bill("2026-04-30")
            # January to April: 650 by IFRS, 500 invoiced.
            run = self._close("2026-04")
            self.assertEqual(self._stand(), (150, -150, 0))
            run.action_undo()
            self.assertEqual(self._stand(), (206.25, -206.25, 0))
            again = self._close("2026-04")
            self.assertEqual(self._stand(), (150, -150, 0))
            section = again._preview_sections()[-1]
            self.assertEqual((section["key"], section["total"]), ("ifrs", 0))

    def test_a_set_up_is_a_contract_liability(self):
        charges = [
            {"unit_price": 100.0, "product_id": self._product("Service").id},
            {
                "role": "one_off",
                "unit_price": 240.0,
                "rr_obligation": "grouped",
                "product_id": self._product("Set-up").id,
            },
        ]
        self._subscribe(
            self._plan(
                "Year", charges, term_count=12, term_unit="month", renewal="automatic"
            ),
            "2026-01-01",
        )
        self._bill("2026-01-01")
        with freeze_time("2026-02-02"):
            run = self.env["recurring.revenue.run"].create({"month": "2026-01-01"})
            self.env["recurring.revenue.contract"]._measure(self.company)
            section = run._preview_sections()[-1]
            self.assertEqual((section["key"], section["total"]), ("ifrs", -220))
            run.action_post()
            self.assertEqual(self._stand(), (-220, 0, 220))

    def test_local_books_stay_as_they_are(self):
        self.company.rr_revenue_ledger = "local"
        self._training()
        self._bill("2026-01-01")
        self._measure()
        with freeze_time("2026-02-02"):
            run = self._close("2026-01")
        self.assertFalse(run.move_ids)
        self.assertEqual(self._stand(), (0, 0, 0))

    def test_liabilities_stand_apart(self):
        with self.assertRefused("account apart", ValidationError):
            self.company.rr_contract_liability_account_id = self.deferred

    def test_missing_accounts_are_named(self):
        self.asset.active = False
        with freeze_time("2026-02-02"), self.assertRefused("Contract Assets"):
            self._close("2026-01")
