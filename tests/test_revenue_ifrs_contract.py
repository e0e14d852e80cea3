"""Contracts by IFRS 15: terms that bind, obligations, what each is worth."""

from datetime import date

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common_revenue_ifrs import IfrsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01")
class TestIfrsContract(IfrsCommon):
    def _bundle(self, **version):
        charges = [
            {
                "name": name,
                "unit_price": price,
                "stand_alone_price": alone,
                "product_id": self._product(name).id,
            }
            for name, price, alone in (
                ("A", 40.0, 50.0),
                ("B", 20.0, 25.0),
                ("C", 40.0, 75.0),
            )
        ]
        return self._plan("Bundle", charges, **version)

    def test_bundle(self):
        """Sold for 100, alone 50, 25 and 75: 33.33, 16.67 and 50.00."""
        sub = self._subscribe(self._bundle(), "2026-01-01")
        [contract] = self._contracts(sub)
        self.assertEqual((contract.price, contract.stand_alone), (100, 150))
        self.assertEqual(
            self._allocated(contract),
            {
                "A": (40, 50, 33.33),
                "B": (20, 25, 16.67),
                "C": (40, 75, 50),
            },
        )
        self.assertEqual(self._ifrs(sub), {"2026-01": 100})

    def test_discount_of_certain_charges(self):
        plan = self._bundle()
        last = plan.current_version_id.charge_ids[2]
        last.rr_bears_discount = True
        sub = self._subscribe(plan, "2026-01-01")
        [contract] = self._contracts(sub)
        self.assertEqual(
            [one.allocated for one in contract.obligation_ids], [50, 25, 25]
        )

    def test_evergreen_binds_for_a_month(self):
        sub = self._subscribe(self._plan(), "2026-01-01")
        [contract] = self._contracts(sub)
        self.assertEqual(contract.last_day, date(2026, 1, 31))
        self.assertEqual(contract.price, 30)
        with freeze_time("2026-03-15"):
            first, second, third = self._contracts(sub)
        self.assertEqual(third.date_start, date(2026, 3, 1))
        self.assertEqual(third.date_end, date(2026, 4, 1))
        self.assertIn("only that period binds", third.term_text)

    def test_notice_binds_for_longer(self):
        """Too late to leave at the end of January from the 2nd on."""
        sub = self._subscribe(self._plan(notice_days=31), "2026-01-01")
        self.assertEqual(self._contracts(sub)[-1].date_end, date(2026, 2, 1))
        with freeze_time("2026-01-02"):
            self.assertEqual(self._contracts(sub)[-1].date_end, date(2026, 3, 1))

    def test_commitment_with_two_free_months(self):
        """12 months at 120, the first two free: 100 every month."""
        plan = self._committed([Command.create({"periods": 2, "price": 0.0})])
        sub = self._subscribe(plan, "2026-01-01")
        [contract] = self._contracts(sub)
        self.assertEqual(contract.last_day, date(2026, 12, 31))
        self.assertEqual((contract.price, contract.stand_alone), (1200, 1440))
        months = self._ifrs(sub)
        self.assertEqual(len(months), 12)
        self.assertEqual(set(months.values()), {100.0})
        self.assertEqual(
            self._figures(sub, "free"),
            {"2026-01": 100, "2026-02": 100}
            | {f"2026-{month:02}": -20 for month in range(3, 13)},
        )

    def _setup(self, **values):
        return {
            "name": "Set-up",
            "role": "one_off",
            "unit_price": 240.0,
            "product_id": self._product("Set-up").id,
            **values,
        }

    def test_set_up_that_is_not_distinct(self):
        """240 upfront are earned over the year, 20 a month."""
        plan = self._committed(price=100.0, more=[self._setup(rr_obligation="grouped")])
        sub = self._subscribe(plan, "2026-01-01")
        [contract] = self._contracts(sub)
        [one] = contract.obligation_ids
        self.assertEqual((one.name, one.price, one.allocated), ("Service", 1440, 1440))
        self.assertEqual(set(self._ifrs(sub).values()), {120.0})
        self.assertEqual(
            self._figures(sub, "setup"),
            {"2026-01": -220} | {f"2026-{month:02}": 20 for month in range(2, 13)},
        )

    def test_set_up_that_is_distinct(self):
        plan = self._committed(price=100.0, more=[self._setup()])
        sub = self._subscribe(plan, "2026-01-01")
        self.assertEqual(self._allocated(self._contracts(sub))["Set-up"][2], 240)
        self.assertEqual(self._ifrs(sub)["2026-01"], 340)

    def test_set_up_over_the_life_of_a_customer(self):
        self._policy(
            "2020-01-01", "one_off", spread="life", life_months=24, method="month"
        )
        plan = self._committed(price=100.0, more=[self._setup()])
        sub = self._subscribe(plan, "2026-01-01")
        months = self._ifrs(sub)
        self.assertEqual(set(months.values()), {110.0, 10.0})
        self.assertEqual(len(months), 24)

    def test_obligations_are_set_until_a_month_rests_on_them(self):
        plan = self._committed(more=[self._setup()])
        sub = self._subscribe(plan, "2026-01-01")
        service, setup = plan.current_version_id.charge_ids
        with self.assertRefused("stays as it is"):
            setup.stand_alone_price = 300
        self.assertEqual(len(self._contracts(sub).obligation_ids), 2)
        setup.write({"rr_obligation": "grouped", "rr_obligation_charge_id": service.id})
        self.assertEqual(len(self._contracts(sub).obligation_ids), 1)
        with freeze_time("2026-02-02"):
            self._close("2026-01")
        with self.assertRefused("what Set-up promises stays"):
            setup.rr_obligation = False
        with self.assertRefused("same version", ValidationError):
            draft = self._plan(publish=False).draft_version_id
            draft.charge_ids.rr_obligation_charge_id = service

    def test_contracts_are_not_typed(self):
        contract = self._contracts(self._subscribe(self._plan(), "2026-01-01"))
        with self.assertRefused("not typed"):
            contract.price = 1
        with self.assertRefused("not typed"):
            contract.obligation_ids.allocated = 1

    def _committed(self, phases=(), price=120.0, more=(), **version):
        charge = {
            "name": "Service",
            "unit_price": price,
            "product_id": self._product("Service").id,
            "phase_ids": list(phases),
        }
        version = {
            "term_count": 12,
            "term_unit": "month",
            "renewal": "automatic",
            **version,
        }
        self._policy("2020-02-01", method="month")
        return self._plan("Year", [charge, *more], **version)
