"""Undoing a price revision of subscriptions that changed in the meantime."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_revision import RevisionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestTakenBack(RevisionCommon):
    def _withdrawn(self, revision, sub):
        revision.action_withdraw()
        self.assertEqual(revision.state, "withdrawn")
        row = self._row(revision, sub)
        self.assertEqual((row.state, row.change_id.state), ("withdrawn", "withdrawn"))

    def test_after_a_change_of_quantity(self):
        """The quantity stays, the price is the old one: 4 x 30.00, not 4 x 33.00."""
        sub = self._running(billed="2026-04-01")
        revision = self._applied()
        self._quantity(sub, 4)
        self._withdrawn(revision, sub)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 120.0)
        self.assertNothingLeft(sub, "2026-07-31")
        line = sub.line_ids.filtered(lambda line: not line.end_date)
        self.assertEqual(line.price_source, "Pro, version 1")
        back = sub.change_ids.sorted("id")[-1]
        self.assertEqual(
            (back.type, back.note),
            ("price_revision", f"“{revision.name}” is taken back"),
        )
        with freeze_time("2026-07-01"):
            self.env["recurring.subscription"]._enter_changes(
                self.company, self._day("2026-07-01")
            )
        self.assertEqual(back.state, "applied")
        self.assertEqual(sub.recurring_amount, 120.0)

    def test_after_an_agreed_price(self):
        """What was agreed meanwhile goes on, and the next revision is free to come."""
        sub = self._running(billed="2026-04-01")
        revision = self._applied()
        rows = [{"line_id": sub.line_ids[:1].id, "price_unit": 20.0}]
        self._change(sub, "lines", {"lines": rows})
        self._withdrawn(revision, sub)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 20.0)
        line = sub.line_ids.filtered(lambda line: not line.end_date)
        self.assertTrue(line.price_agreed)
        again = self._revision(effective_date="2026-09-01", agreed_too=True)
        self.assertRow(again, sub, 20.0, 22.0, "2026-09-01")

    def test_after_a_change_of_plan(self):
        team = self._plan_of_seats("Team", 50.0)
        sub = self._running(billed="2026-04-01")
        revision = self._applied()
        self._change(sub, "plan", {"plan_id": team.id}, when="now")
        self._withdrawn(revision, sub)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 50.0)

    def test_after_a_cancellation(self):
        for when, through in (("period_end", 0.0), ("date", 30.0)):
            sub = self._running(billed="2026-04-01")
            revision = self._revision(plan_ids=[Command.set(self.pro.ids)])
            (revision.line_ids - self._row(revision, sub)).action_exclude()
            revision.action_apply()
            last = "2026-07-31" if when == "date" else None
            sub.action_cancel(when=when, last_day=last)
            self._withdrawn(revision, sub)
            self._bill("2026-06-01")
            self.assertEqual(self.charged(sub, "2026-07-01"), through)

    def test_what_took_it_back_is_not_withdrawn_itself(self):
        sub = self._running(billed="2026-04-01")
        revision = self._applied()
        self._quantity(sub, 4)
        revision.action_withdraw()
        back = sub.change_ids.sorted("id")[-1]
        with self.assertRefused("was taken back"):
            back.action_withdraw()

    def test_a_later_change_that_waits_is_withdrawn_first(self):
        sub = self._running(billed="2026-04-01")
        revision = self._applied()
        later = self._quantity(sub, 4, when="date", date="2026-08-01")
        revision.action_withdraw()
        row = self._row(revision, sub)
        self.assertEqual(row.state, "kept")
        self.assertIn("withdraw that one first", row.why)
        later.action_withdraw()
        row.change_id.action_withdraw()
        self.assertEqual(row.state, "withdrawn")
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 30.0)

    def test_a_scale(self):
        plan = self._plan(
            "Team",
            [{"name": "Seats", "charge_model": "volume", "tiers": [(0, 5.0)]}],
        )
        sub = self._subscribe(plan, "2026-04-01", lines=[{"quantity": 4}])
        self._bill("2026-04-01")
        revision = self._applied()
        self._quantity(sub, 10)
        self._withdrawn(revision, sub)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 50.0)

    def test_void_on_its_day_it_moves_no_index(self):
        """Who left the plan before the day starts the next one from the old base."""
        index = self.env["recurring.index"].create(
            {
                "name": "Syntec",
                "value_ids": [Command.create({"date": "2026-03-01", "value": 110.0})],
            }
        )
        team = self._plan_of_seats("Team", 50.0)
        sub = self._running(
            billed="2026-04-01", index_id=index.id, index_base_value=100
        )
        stays = self._running(
            billed="2026-04-01", index_id=index.id, index_base_value=100
        )
        revision = self._applied(method="index")
        self.assertRowDone(revision, sub, 30.0, 33.0)
        self._change(sub, "plan", {"plan_id": team.id}, when="now")
        with freeze_time("2026-07-01"):
            self.env["recurring.subscription"]._enter_changes(
                self.company, self._day("2026-07-01")
            )
        self.assertEqual((sub.index_base_value, stays.index_base_value), (100, 110))
        self.assertEqual(self._row(revision, sub).state, "withdrawn")
        self.assertEqual(self._row(revision, stays).state, "effective")


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestVersionTakenBack(RevisionCommon):
    def _to_version_2(self, plan):
        """Return a revision that moves all to a new version at 36.00 from July on."""
        plan.action_new_version()
        draft = plan.draft_version_id
        base = draft.charge_ids.filtered(lambda charge: charge.role == "base")
        base.unit_price = 36.0
        draft.effective_date = "2026-05-01"
        draft.action_publish()
        return self._applied(method="version", version_id=draft.id)

    def assertTakenBack(self, revision, sub):
        revision.action_withdraw()
        row = self._row(revision, sub)
        self.assertEqual((row.state, row.change_id.state), ("withdrawn", "withdrawn"))
        with freeze_time("2026-07-01"):
            self.env["recurring.subscription"]._enter_changes(
                self.company, self._day("2026-07-01")
            )
        self.assertEqual(sub.plan_version_id.number, 1)

    def test_after_a_change_of_quantity(self):
        """An earlier revision brought 33.00: that stays, for 4 seats."""
        sub = self._running(billed="2026-04-01")
        self._applied(effective_date="2026-06-01", notice_days=0)
        with freeze_time("2026-06-01"):
            self.env["recurring.subscription"]._enter_changes(
                self.company, self._day("2026-06-01")
            )
        revision = self._to_version_2(self.pro)
        self._quantity(sub, 4)
        self.assertTakenBack(revision, sub)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 132.0)
        self.assertNothingLeft(sub, "2026-07-31")
        self.assertEqual(self.charged(sub, "2026-08-01"), 132.0)
        # Nothing waits that would keep others out.
        self._change(sub, "plan", {"plan_id": self._plan_of_seats("T", 50.0).id})

    def test_an_add_on_would_be_lost(self):
        """The new version would end it: taken back first, it goes on."""
        sub = self._running(billed="2026-04-01")
        revision = self._to_version_2(self.pro)
        with self.assertRefused("withdraw it first"):
            self._change(sub, "addon_add", {"charge_id": self.addon.id})
        self.assertTakenBack(revision, sub)
        self._change(sub, "addon_add", {"charge_id": self.addon.id})
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 40.0)

    def test_price_phases_go_on(self):
        """10.00 until September, then 20.00; two of them since April."""
        phases = [Command.create({"periods": 6, "price": 10.0})]
        charge = {"unit_price": 20.0, "charge_model": "per_unit", "phase_ids": phases}
        plan = self._plan("Ramp", [charge])
        sub = self._subscribe(plan, "2026-04-01")
        self._bill("2026-04-01")
        revision = self._to_version_2(plan)
        line = sub.line_ids.sorted("start_date")[0]
        self._quantity(sub, 2, line=line)
        self.assertTakenBack(revision, sub)
        self._bill("2026-09-01")
        self.assertEqual(self.charged(sub, "2026-10-01"), 40.0)
        rows = sub.billed_item_ids.filtered(lambda row: row.date_start.month in (7, 9))
        self.assertEqual(rows.mapped("amount"), [20.0, 20.0])

    def test_after_a_cancellation(self):
        sub = self._running(billed="2026-04-01")
        revision = self._to_version_2(self.pro)
        sub.action_cancel(when="date", last_day="2026-07-31")
        self.assertTakenBack(revision, sub)
        self._bill("2026-06-01")
        self.assertEqual(self.charged(sub, "2026-07-01"), 30.0)
        self.assertNothingLeft(sub, "2026-09-01")
