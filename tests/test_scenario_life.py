"""A whole life: free, tried, by the month, by the year, more, paused, dearer, left.

Told with the money of every step; at the end what was billed less what was credited is
what was served, to the cent, and every step stands in the history.
"""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_revision import RevisionCommon


@tagged("post_install", "-at_install")
class TestScenarioLife(RevisionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.family = cls.env["recurring.plan.family"].create({"name": "Atelier"})
        cls.free = cls._of_family("Free", 0.0)
        cls.month = cls._of_family("Month", 30.0, trial_days=14)
        cls.year = cls._of_family("Year", 360.0, interval_unit="year")
        cls.big = cls._of_family("Big year", 720.0, interval_unit="year")

    @classmethod
    def _of_family(cls, name, price, **version):
        charges = [{"name": name, "unit_price": price}]
        return cls._plan(name, charges, plan={"family_id": cls.family.id}, **version)

    def _on(self, day, sub=None):
        """Let the daily job and the billing of a day run; return what was billed."""
        if sub:
            sub._advance_lifecycle(self.company, date.fromisoformat(day))
        before = self.sub.billed_item_ids
        self._bill(day)
        rows = self.sub.billed_item_ids - before
        return [
            (str(row.date_start), str(row.last_day), row.amount)
            for row in rows.sorted("sequence")
            if row.amount
        ]

    def test_from_freemium_to_the_end(self):
        with freeze_time("2026-01-10"):
            self.sub = sub = self._subscribe(self.free, "2026-01-10")
            self.assertEqual(self._on("2026-01-10", sub), [])
            self.assertEqual(sub.state, "active")

        with freeze_time("2026-02-01"):
            # tries the paid plan for two weeks
            values = {"plan_id": self.month.id, "trial": True}
            self._change(sub, "plan", values, when="now")
            self.assertEqual((sub.state, sub.plan_id), ("trial", self.month))
            self.assertEqual(self._on("2026-02-01", sub), [])
            self.assertEqual(sub.next_billing_date, date(2026, 2, 15))

        with freeze_time("2026-02-15"):
            billed = self._on("2026-02-15", sub)
            self.assertEqual(billed, [("2026-02-15", "2026-03-14", 30.0)])
            self.assertEqual(sub.state, "active")
            self.assertEqual(sub.trial_converted_on, date(2026, 2, 15))

        with freeze_time("2026-03-15"):
            # pays by the year from the day on which the month ends
            self._change(sub, "plan", {"plan_id": self.year.id}, when="now")
            billed = self._on("2026-03-15", sub)
            self.assertEqual(billed, [("2026-03-15", "2027-03-14", 360.0)])

        with freeze_time("2026-05-10"):
            # 309 of 365 days of the year are left
            change = self._change(sub, "plan", {"plan_id": self.big.id}, when="now")
            self.assertEqual(change.type, "upgrade")
            billed = self._on("2026-05-10", sub)
            self.assertEqual(
                billed,
                [
                    ("2026-05-10", "2027-03-14", 609.53),
                    ("2026-05-10", "2027-03-14", -304.77),
                ],
            )

        with freeze_time("2026-07-01"):
            # pauses for July: 52 days served of the 309
            self._change(sub, "pause", {"until": "2026-08-01"})
            billed = self._on("2026-07-01", sub)
            self.assertEqual(billed, [("2026-07-01", "2027-03-14", -506.95)])
            self.assertEqual(sub.state, "paused")

        with freeze_time("2026-08-01"):
            # 226 days of the year are left
            billed = self._on("2026-08-01", sub)
            self.assertEqual(billed, [("2026-08-01", "2027-03-14", 445.81)])
            self.assertEqual(sub.state, "active")

        with freeze_time("2026-12-20"):
            # prices rise by 10 % from the next period on
            revision = self._revision(effective_date="2027-02-01")
            self.assertRow(revision, sub, 720.0, 792.0, "2027-03-15")
            revision.action_apply()

        with freeze_time("2027-03-15"):
            billed = self._on("2027-03-15", sub)
            self.assertEqual(billed, [("2027-03-15", "2028-03-14", 792.0)])

        with freeze_time("2027-05-31"):
            # leaves at once, with what is unused: 78 of 366 days were served
            sub.action_cancel("now", credit=True)
            billed = self._on("2027-05-31", sub)
            self.assertEqual(billed, [("2027-06-01", "2028-03-14", -623.21)])

        with freeze_time("2027-06-01"):
            sub._advance_lifecycle(self.company, date(2027, 6, 1))
            self.assertEqual(sub.state, "closed")
            self.assertNothingLeft(sub, "2027-06-01")

        served = 30.0 + (360.0 - 304.77) + (102.58 + 445.81) + 168.79
        self.assertEqual(round(sum(sub.billed_item_ids.mapped("amount")), 2), served)
        moves = sub.billed_item_ids.move_id
        self.assertEqual(
            round(sum(moves.mapped("amount_untaxed_signed")), 2), round(served, 2)
        )
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        told = sub.change_ids.sorted("id").filtered(lambda c: c.state == "applied")
        types = told.mapped("type")
        for expected in (
            "start",
            "upgrade",
            "trial_convert",
            "pause",
            "resume",
            "price_revision",
            "cancel",
            "close",
        ):
            self.assertIn(expected, types)
