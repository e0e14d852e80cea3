"""Recording usage: each event answered, the good ones kept, days in the right zone."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from ..models.subscription.usage import usage_record
from .common_usage import UsageCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 10:00:00")
class TestUsageRecord(UsageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._usage_plan()
        cls.sub = cls._subscribe(cls.plan, "2026-05-01")

    def _events(self):
        return self.env["recurring.usage"].search([], order="id")

    def test_recorded(self):
        self.assertEqual(self._record(("2026-05-03T12:00:00Z", 12.5)), ["recorded"])
        [answer] = self.answers
        self.assertEqual((answer["key"], answer["status"]), ("k1", "recorded"))
        self.assertEqual(answer["message"], "Recorded.")
        event = self._events()
        self.assertEqual(
            (event.subscription_id, event.meter_id), (self.sub, self.calls)
        )
        self.assertEqual(
            (event.quantity, str(event.time)), (12.5, "2026-05-03 12:00:00")
        )
        self.assertEqual((event.day, event.late), (date(2026, 5, 3), False))
        self.assertEqual((event.state, event.source), ("recorded", "api"))
        self.assertEqual(event.company_id, self.company)
        self.assertEqual(event.recorded_by, self.env.user.login)

    def test_the_subscription_may_be_named_in_three_ways(self):
        self.sub.with_context(rr_test=1).external_ref = "ERP-7"
        for reference in (self.sub.name, "ERP-7", self.sub.id):
            event = {"subscription": reference, "time": "2026-05-03"}
            self.assertEqual(self._record(event), ["recorded"])
        self.assertEqual(len(self._events()), 3)

    def test_what_is_left_out(self):
        self._record({})
        event = self._events()
        self.assertEqual((event.quantity, str(event.time)), (1, "2026-05-20 10:00:00"))

    def test_each_event_is_answered_and_the_good_ones_kept(self):
        codes = self._record(
            ("2026-05-03", 1),
            {"subscription": "SUB/NOBODY"},
            {"subscription": None},
            {"subscription": [1]},
            {"meter": "steps"},
            {"meter": 7},
            ("2026-04-30", 1),
            {"quantity": "many"},
            {"quantity": float("nan")},
            {"quantity": None},
            {"quantity": 10**10},
            {"quantity": True},
            {"time": "yesterday"},
            {"time": 1747000000},
            ("2026-05-23", 1),
            {"qty": 3},
            {"key": ""},
            {"key": 12},
            {"key": "x" * 201},
            {"subscription": "SUB\0"},
            {"meter": "calls\0"},
            {"value": "y" * 201},
            ("2026-05-04", "2.5"),
        )
        self.assertEqual(
            codes,
            [
                "recorded",
                *["unknown_subscription"] * 3,
                *["unknown_meter"] * 2,
                "before_start",
                *["bad_value"] * 5,
                *["bad_time"] * 2,
                "in_future",
                "bad_event",
                *["bad_key"] * 3,
                "unknown_subscription",
                "unknown_meter",
                "bad_value",
                "recorded",
            ],
        )
        self.assertEqual(self._events().mapped("quantity"), [1, 2.5])
        for answer in self.answers:
            self.assertTrue(answer["message"], answer)
        self.assertIn("05/01/2026", self.answers[6]["message"])

    def test_an_event_that_is_no_dictionary(self):
        answers = self.env["recurring.usage"].record(["call", None])
        self.assertEqual([a["code"] for a in answers], ["bad_event"] * 2)
        self.assertEqual(answers[0]["key"], None)

    def test_a_key_counts_once(self):
        first = {"key": "a", "time": "2026-05-03", "quantity": 5}
        self.assertEqual(self._record(first, first), ["recorded", "duplicate"])
        other = {**first, "quantity": 6}
        codes = self._record(first, other, {**first, "key": "b"})
        self.assertEqual(codes, ["duplicate", "conflict", "recorded"])
        self.assertEqual([a["status"] for a in self.answers[:2]], ["duplicate"] * 2)
        self.assertEqual(sum(self._events().mapped("quantity")), 10)

    def test_a_refused_event_does_not_use_up_its_key(self):
        bad = {"key": "a", "quantity": "x"}
        self.assertEqual(self._record(bad, {"key": "a"}), ["bad_value", "recorded"])

    def test_below_zero_only_where_a_sum_is_corrected(self):
        self.assertEqual(self._record({"quantity": -3}), ["recorded"])
        seats = self._meter("Seats", "seats", aggregation="maximum")
        users = self._meter("Users", "users", aggregation="unique")
        plan = self._usage_plan(self._usage_charge(seats), self._usage_charge(users))
        sub = self._subscribe(plan, "2026-05-01")
        codes = self._record(
            {"meter": "seats", "quantity": -1},
            {"meter": "seats", "quantity": 3},
            {"meter": "users"},
            {"meter": "users", "value": "ann"},
            sub=sub,
        )
        self.assertEqual(codes, ["bad_value", "recorded", "bad_value", "recorded"])

    def test_days_without_service(self):
        draft = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.plan.id}
        )
        self.assertEqual(self._record({}, sub=draft), ["before_start"])
        flat = self._subscribe(self._plan("Flat"), "2026-05-01")
        self.assertEqual(self._record({}, sub=flat), ["not_metered"])
        self.sub._cancel(date(2026, 5, 11), credit=True)
        codes = self._record(("2026-05-10", 1), ("2026-05-11", 1))
        self.assertEqual(codes, ["recorded", "after_end"])
        self.assertIn("05/10/2026", self.answers[1]["message"])

    def test_a_pause_has_no_service(self):
        self.sub.action_change("pause", {"until": "2026-05-18"}, "date", "2026-05-10")
        codes = self._record(("2026-05-09", 1), ("2026-05-12", 1), ("2026-05-18", 1))
        self.assertEqual(codes, ["recorded", "no_service", "recorded"])

    # ------------------------------------------------------------------
    # Time zone
    # ------------------------------------------------------------------

    def _days(self, *moments):
        self._record(*((moment, 1) for moment in moments))
        return [str(event.day) for event in self._events()]

    def test_the_company_s_midnight_decides_the_day(self):
        """In summer Paris is two hours ahead of UTC."""
        self.assertEqual(
            self._days(
                "2026-05-02T21:59:59Z",
                "2026-05-02T22:00:00Z",
                "2026-05-02T23:59:59+02:00",
                "2026-05-03T00:00:00+02:00",
                "2026-05-02 21:59:59",
                "2026-05-03",
            ),
            ["2026-05-02", "2026-05-03"] * 3,
        )

    def test_the_first_moment_of_the_subscription(self):
        codes = self._record(("2026-04-30T21:59:59Z", 1), ("2026-04-30T22:00:00Z", 1))
        self.assertEqual(codes, ["before_start", "recorded"])

    @freeze_time("2026-11-02 10:00:00")
    def test_both_sides_of_a_change_to_winter_time(self):
        """25 October 2026 has 25 hours: it ends at 23:00 UTC, began at 22:00."""
        self.assertEqual(
            self._days(
                "2026-10-24T21:59:59Z",
                "2026-10-24T22:00:00Z",
                "2026-10-25T22:59:59Z",
                "2026-10-25T23:00:00Z",
            ),
            ["2026-10-24", "2026-10-25", "2026-10-25", "2026-10-26"],
        )

    def test_the_zone_is_a_setting_of_the_company(self):
        with Form(self.env["res.config.settings"]) as form:
            self.assertEqual(form.rr_tz, "Europe/Paris")
            form.rr_tz = "Pacific/Auckland"
        form.record.execute()
        self._record(("2026-05-02T12:00:00Z", 1))
        self.assertEqual(self._events().day, date(2026, 5, 3))

    def test_another_zone_another_day(self):
        self.company.partner_id.tz = "America/New_York"
        self.assertEqual(self._days("2026-05-03T03:59:59Z"), ["2026-05-02"])

    # ------------------------------------------------------------------
    # Rights, sizes, guards
    # ------------------------------------------------------------------

    def test_who_may_record(self):
        for groups, may in (
            ("recurring_revenue.group_usage", True),
            ("recurring_revenue.group_billing", True),
            ("recurring_revenue.group_user", False),
            ("base.group_user", False),
        ):
            user = new_test_user(self.env, groups, groups=groups)
            env = self.env(user=user)
            with self.subTest(groups):
                if may:
                    self.assertEqual(self._record({}, env=env), ["recorded"])
                    self.assertEqual(self._events()[-1].recorded_by, user.login)
                else:
                    with self.assertRaises(AccessError):
                        self._record({}, env=env)
        recorder = self.env["res.users"].search(
            [("login", "=", "recurring_revenue.group_usage")]
        )
        with self.assertRaises(AccessError):
            self._events().with_user(recorder).read(["key"])
        with self.assertRaises(AccessError):
            self.sub.with_user(recorder).read(["name"])

    def test_only_the_own_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        env = self.env["recurring.usage"].with_company(other).env
        self.assertEqual(self._record({}, env=env), ["unknown_subscription"])
        self.assertIn("Other", self.answers[0]["message"])

    def test_keys_are_unique_by_company(self):
        other = self.env["res.company"].create(
            {"name": "Other", "currency_id": self.euro.id}
        )
        self._record({"key": "same"})
        self.assertFalse(
            self.env["recurring.usage"].search([("company_id", "=", other.id)])
        )

    def test_too_many_or_no_list(self):
        usage = self.env["recurring.usage"]
        with patch.object(usage_record, "MOST", 2):
            with self.assertRefused("at most 10,000 events"):
                usage.record([{}] * 3)
        for wrong in ({}, "events", None):
            with self.assertRefused("as a list"):
                usage.record(wrong)
        self.assertEqual(usage.record([]), [])

    def test_events_are_not_rewritten(self):
        self._record({})
        event = self._events()
        with self.assertRaises(UserError):
            event.quantity = 5
        with self.assertRaises(UserError):
            event.unlink()

    def test_a_line_by_usage_has_a_meter(self):
        draft = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.plan.id}
        )
        with self.assertRaises(ValidationError):
            draft.line_ids[0].role = "usage"

    def test_queries_do_not_grow_with_the_events(self):
        """A batch costs what one event costs: the events are handled in sets."""
        self._record({})
        subs = [self._subscribe(self.plan, "2026-05-01") for _number in range(5)]
        events = [
            {"key": f"q{n}", "subscription": subs[n % 5].name, "meter": "calls"}
            for n in range(500)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            answers = self.env["recurring.usage"].record(events)
        self.assertEqual({a["code"] for a in answers}, {"recorded"})
