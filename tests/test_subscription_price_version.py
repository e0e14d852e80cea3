"""A new plan version and the subscriptions that exist: what publishing promised."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_revision import RevisionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestVersionRevision(RevisionCommon):
    def _next_version(self, plan, price, publish=True, **values):
        """Return version 2: every base price ``price``, in force from 1 May."""
        plan.action_new_version()
        draft = plan.draft_version_id
        base = draft.charge_ids.filtered(lambda charge: charge.role == "base")
        base.unit_price = price
        draft.write({"effective_date": "2026-05-01", **values})
        action = draft.action_publish() if publish else None
        return draft, action

    def _publish(self, plan, price, **values):
        version, action = self._next_version(plan, price, **values)
        self.assertEqual(action["res_model"], "recurring.price.revision")
        return version, self.Revision.browse(action["res_id"])

    def test_publishing_prepares_the_list(self):
        sub = self._running(billed="2026-04-01", quantity=2)
        draft, _none = self._next_version(
            self.pro, 35.0, publish=False, existing_policy="next_period"
        )
        self.assertEqual(draft.moving_count, 1)
        action = draft.action_publish()
        revision = self.Revision.browse(action["res_id"])
        self.assertEqual(
            (revision.method, revision.state, revision.subscription_count),
            ("version", "prepared", 1),
        )
        self.assertRow(revision, sub, 60.0, 70.0, "2026-05-01", monthly=10.0)
        self.assertEqual(sub.plan_version_id.number, 1)
        revision.action_apply()
        change = sub.change_ids.sorted("id")[-1]
        self.assertEqual((change.type, change.revision_id), ("migrate", revision))
        self.assertEqual(self.charged(sub, "2026-05-01"), 70.0)
        with freeze_time("2026-05-01"):
            self.env["recurring.subscription"]._enter_changes(
                self.company, self._day("2026-05-01")
            )
        self.assertEqual(sub.plan_version_id, draft)

    def test_never(self):
        self._running()
        _version, action = self._next_version(self.pro, 35.0)
        self.assertEqual(action, {"type": "ir.actions.act_window_close"})

    def test_nobody_to_move(self):
        plan = self._plan_of_seats("Empty", 10.0)
        _version, action = self._next_version(plan, 12.0, existing_policy="renewal")
        self.assertEqual(action, {"type": "ir.actions.act_window_close"})

    def test_on_a_fixed_date(self):
        sub = self._running(billed="2026-04-01")
        _version, revision = self._publish(
            self.pro, 35.0, existing_policy="date", existing_date="2026-06-10"
        )
        self.assertRow(revision, sub, 30.0, 35.0, "2026-07-01")

    def test_at_the_renewal(self):
        term = self._plan_of_seats(
            "Term", 30.0, term_count=1, term_unit="year", renewal="automatic"
        )
        sub = self._running("2025-11-15", plan=term)
        _version, revision = self._publish(term, 35.0, existing_policy="renewal")
        self.assertRow(revision, sub, 30.0, 35.0, "2026-11-15")
        revision.action_apply()
        self._bill("2026-10-15")
        self.assertEqual(self.charged(sub, "2026-11-15"), 35.0)

    def test_an_agreed_price_stays_unless_told(self):
        sub = self._subscribe(
            self.pro, "2026-04-01", lines=[{"price_unit": 20.0, "price_agreed": True}]
        )
        version, revision = self._publish(self.pro, 35.0, existing_policy="next_period")
        self.assertRow(revision, sub, 20.0, 20.0, "2026-05-01", monthly=0.0)
        revision.action_withdraw()
        revision = self._revision(
            method="version",
            version_id=version.id,
            agreed_too=True,
            effective_date="2026-05-16",
        )
        self.assertRow(revision, sub, 20.0, 35.0, "2026-06-01", monthly=15.0)
        revision.action_apply()
        self._bill("2026-05-01")
        self.assertEqual(self.charged(sub, "2026-06-01"), 35.0)

    def test_add_ons_and_what_is_made_for_one_customer_go_along(self):
        sub = self._running()
        self._change(sub, "addon_add", {"charge_id": self.addon.id})
        self._bill("2026-04-16")
        _version, revision = self._publish(
            self.pro, 35.0, existing_policy="next_period"
        )
        self.assertRow(revision, sub, 40.0, 45.0, "2026-05-01")
        revision.action_apply()
        self.assertEqual(self.charged(sub, "2026-05-01"), 45.0)

    def test_monthly_becomes_yearly(self):
        """300.00 a year instead of 30.00 a month: 25.00 a month, 5.00 less."""
        sub = self._running(billed="2026-04-01")
        _version, revision = self._publish(
            self.pro, 300.0, interval_unit="year", existing_policy="next_period"
        )
        self.assertRow(revision, sub, 30.0, 300.0, "2026-05-01", monthly=-5.0)
        revision.action_apply()
        self.assertEqual(self.charged(sub, "2026-05-01"), 300.0)
        self.assertNothingLeft(sub, "2027-04-30")

    def test_a_guarantee_and_a_change_that_waits(self):
        one = self._running(price_guarantee_until="2026-12-31")
        two = self._running()
        other = self._plan_of_seats("Other", 50.0)
        self._change(two, "plan", {"plan_id": other.id}, when="date", date="2026-08-01")
        _version, revision = self._publish(
            self.pro, 35.0, existing_policy="next_period"
        )
        self.assertLeftOut(revision, one, "guarantee", "guaranteed")
        self.assertLeftOut(revision, two, "scheduled", "Upgrade")

    def test_a_missing_rate_stops_only_its_subscription(self):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.dollar.id)]
        ).unlink()
        rate = self.env["res.currency.rate"].create(
            {
                "currency_id": self.dollar.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 1.1,
            }
        )
        dollar = self._running(currency_id=self.dollar.id)
        euro = self._running()
        rate.unlink()
        _version, revision = self._publish(
            self.pro, 35.0, existing_policy="next_period"
        )
        self.assertLeftOut(revision, dollar, "rate", "no exchange rate of USD")
        self.assertEqual(self._row(revision, euro).state, "ready")

    def test_withdrawn_before_the_day(self):
        sub = self._running(billed="2026-04-01")
        _version, revision = self._publish(
            self.pro, 35.0, existing_policy="next_period"
        )
        revision.action_apply()
        revision.action_withdraw()
        self.assertEqual(self.charged(sub, "2026-05-01"), 30.0)
        self.assertEqual(sub.plan_version_id.number, 1)

    def test_a_plan_of_every_company(self):
        """Each company gets a list of its own."""
        shared = self._plan_of_seats("Shared", 30.0, plan={"company_id": False})
        other = self.env["res.company"].create(
            {"name": "Other", "currency_id": self.euro.id}
        )
        self.env.user.company_ids = [Command.link(other.id)]
        self._running(plan=shared)
        self._subscribe(
            shared,
            "2026-04-01",
            company_id=other.id,
            customer=self._customer("There"),
        )
        _version, action = self._next_version(
            shared, 35.0, existing_policy="next_period"
        )
        revisions = self.Revision.search(action["domain"])
        self.assertEqual(revisions.company_id, self.company | other)
        self.assertEqual(revisions.mapped("subscription_count"), [1, 1])
