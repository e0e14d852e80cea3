"""Applying and withdrawing in batches, stopped and continued; one bad one alone."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..models.subscription.revisions import price_revision_work
from .common_revision import RevisionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestRevisionJob(RevisionCommon):
    def _many(self, count=5):
        subs = self.env["recurring.subscription"]
        for number in range(count):
            subs += self._running(customer=self._customer(f"Customer {number}"))
        self._bill("2026-06-01")
        return subs

    def _started(self, revision, action="action_apply", batch=2):
        """Start a job in the background, two subscriptions a batch."""
        with patch.object(price_revision_work, "AT_ONCE", 0):
            getattr(revision, action)()
        return self._in_batches(revision)

    def test_in_the_background(self):
        subs = self._many()
        revision = self._revision()
        with self._started(revision):
            self.assertEqual(revision.state, "applying")
            self.assertEqual(revision.progress, 0)
            self.Revision._cron_work()
        self.assertEqual((revision.state, revision.progress), ("applied", 100))
        self.assertEqual(revision.job_uid, self.env.user)
        for sub in subs:
            self.assertDue(
                sub,
                "2026-07-01",
                [("charge", "2026-07-01", "2026-07-31", 33.0)],
            )

    def test_stopped_and_continued(self):
        """Each row once, however often it is stopped, killed or started again."""
        subs = self._many()
        revision = self._revision()
        self._started(revision)
        self.assertEqual(revision._treat_next("apply", 2), 2)
        revision.action_stop()
        self.assertEqual(revision.progress_text, "2 of 5 subscriptions")
        with self._in_batches(revision):
            self.Revision._cron_work()
            self.assertEqual(len(revision.change_ids), 2)
            with self.assertRefused("not possible now"):
                revision.action_apply()
            revision.action_continue()
            self.Revision._cron_work()
            self.Revision._cron_work()
        self.assertEqual(revision.state, "applied")
        self.assertEqual(
            revision.change_ids.mapped("subscription_id").sorted("id"), subs
        )
        self.assertEqual(len(revision.change_ids), 5)

    def test_one_bad_subscription_does_not_stop_the_others(self):
        subs = self._many(3)
        revision = self._revision()
        rows = [{"line_id": subs[1].line_ids.id, "price_unit": 28.0}]
        self._change(subs[1], "lines", {"lines": rows})
        subs[2].action_cancel("date", last_day="2026-05-31")
        revision.action_apply()
        self.assertEqual(revision.state, "applied")
        self.assertEqual(
            [self._row(revision, sub).state for sub in subs],
            ["done", "problem", "problem"],
        )
        self.assertIn("it is 28.00", self._row(revision, subs[1]).why)
        self.assertIn("is cancelled", self._row(revision, subs[2]).why)
        self.assertEqual(revision.problem_count, 2)
        # Prepared again: an agreed price, and one who leaves.
        revision.action_prepare_problems()
        self.assertEqual(revision.state, "prepared")
        self.assertLeftOut(revision, subs[1], "agreed", "agreed")
        self.assertLeftOut(revision, subs[2], "ends", "Ends before")
        self.assertEqual(self._row(revision, subs[0]).state, "done")

    def test_an_error_of_odoo_stands_on_its_row(self):
        subs = self._many(2)
        revision = self._revision()
        sub_class = type(subs)
        original = sub_class._apply_revise

        def broken(sub, edit, values):
            if sub == subs[0]:
                raise ValueError("broken")
            return original(sub, edit, values)

        logger = "odoo.addons.recurring_revenue.models.subscription"
        with (
            patch.object(sub_class, "_apply_revise", broken),
            self.assertLogs(f"{logger}.revisions.price_revision_work", "WARNING"),
        ):
            revision.action_apply()
        self.assertIn("broken", self._row(revision, subs[0]).why)
        self.assertEqual(self._row(revision, subs[1]).state, "done")
        self.assertEqual(len(subs[0].line_ids), 1)

    def test_a_list_that_is_too_old(self):
        subs = self._many(2)
        revision = self._revision()
        self._bill("2026-07-01")
        revision.action_apply()
        self.assertIn("billed at the old price", self._row(revision, subs[0]).why)
        with freeze_time("2026-08-02"):
            late = self._revision(effective_date="2026-09-01")
        with freeze_time("2026-09-02"):
            late.action_apply()
        self.assertIn("has passed", self._row(late, subs[0]).why)

    def test_withdrawn(self):
        """All is as before the revision; what has taken effect says so."""
        subs = self._many(3)
        revision = self._revision()
        row = self._row(revision, subs[2])
        row.action_exclude()
        revision.action_apply()
        self._quantity(subs[1], 3, when="date", date="2026-08-01")
        with self._started(revision, "action_withdraw"):
            self.assertEqual(revision.state, "withdrawing")
            self.Revision._cron_work()
        self.assertEqual(revision.state, "withdrawn")
        self.assertEqual(
            [self._row(revision, sub).state for sub in subs],
            ["withdrawn", "kept", "excluded"],
        )
        self.assertIn("builds on this change", self._row(revision, subs[1]).why)
        self.assertEqual(self.charged(subs[0], "2026-07-01"), 30.0)
        self.assertNothingLeft(subs[0], "2026-07-31")
        with self.assertRefused("not possible now"):
            revision.action_apply()

    def test_what_has_taken_effect_stays(self):
        sub = self._many(1)
        revision = self._applied()
        with freeze_time("2026-07-01"):
            today = self._day("2026-07-01")
            self.env["recurring.subscription"]._enter_changes(self.company, today)
            self.assertEqual(self._row(revision, sub).state, "effective")
            self.assertEqual(revision.subscription_count, 1)
            revision.action_withdraw()
        self.assertEqual(self._row(revision, sub).state, "kept")
        self.assertIn("taken effect on 07/01/2026", self._row(revision, sub).why)
        self.assertEqual(revision.kept_count, 1)
        self.assertEqual(self.charged(sub, "2026-07-01"), 33.0)

    def test_a_change_that_is_withdrawn_alone(self):
        """On the subscription, by a colleague: the list of the revision knows."""
        subs = self._many(2)
        revision = self._applied()
        user = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        subs[0].user_id = user
        change = self._row(revision, subs[0]).change_id
        change.with_user(user).action_withdraw()
        self.assertEqual(self._row(revision, subs[0]).state, "withdrawn")
        self.assertEqual(revision.subscription_count, 1)
        revision.action_withdraw()
        self.assertEqual(self._row(revision, subs[1]).state, "withdrawn")

    def test_a_start_of_today(self):
        """Without notice, from today: in effect at once."""
        sub = self._running("2026-03-16", billed="2026-03-16")
        revision = self._applied(notice_days=0, effective_date="2026-04-16")
        row = self._row(revision, sub)
        self.assertEqual((row.state, row.change_id.state), ("effective", "applied"))
        self.assertEqual(self.charged(sub, "2026-04-16"), 33.0)

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_billing_officers_read(self):
        sub = self._many(1)
        revision = self._revision()
        officer = new_test_user(self.env, "officer", "recurring_revenue.group_billing")
        seen = revision.with_user(officer)
        self.assertEqual(seen.subscription_count, 1)
        self.assertEqual(seen.line_ids.new_price, 33.0)
        for action in (
            "action_prepare",
            "action_apply",
            "action_announce",
            "action_withdraw",
            "action_prepare_problems",
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(seen, action)()
        with self.assertRaises(AccessError):
            seen.line_ids.action_exclude()
        with self.assertRaises(AccessError):
            self.Revision.with_user(officer).create({"name": "Mine"})
        line = sub.line_ids
        values = {"lines": [{"line_id": line.id}], "source": "me"}
        with self.assertRaises(AccessError):
            sub.with_user(officer).action_change("revise", values)

    def test_salespeople_read_its_name_in_the_history(self):
        sub = self._many(1)
        self._applied()
        user = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        sub.user_id = user
        change = sub.change_ids.sorted("id")[-1].with_user(user)
        self.assertEqual(change.revision_name, "Prices 2026")
        with self.assertRaises(AccessError):
            change.env["recurring.price.revision"].search([])

    def test_an_administrator(self):
        sub = self._many(1)
        manager = new_test_user(self.env, "manager", "recurring_revenue.group_manager")
        revision = self.Revision.with_user(manager).create(
            {"name": "Mine", "percent": 5, "effective_date": "2026-07-01"}
        )
        revision.action_prepare()
        revision.line_ids.new_price = 31.0
        revision.action_apply()
        self.assertEqual(sub.change_ids.sorted("id")[-1].user_id, manager)
        self.assertEqual(self.charged(sub, "2026-07-01"), 31.0)
        revision.action_withdraw()

    def test_another_company(self):
        self._many(1)
        revision = self._revision()
        other = self.env["res.company"].create({"name": "Other"})
        officer = new_test_user(
            self.env,
            "foreign",
            "recurring_revenue.group_billing",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        model = self.Revision.with_user(officer)
        self.assertFalse(model.search([("id", "=", revision.id)]))
        with self.assertRaises(AccessError):
            revision.with_user(officer).read(["name"])
        foreign = self.Revision.create(
            {
                "name": "Theirs",
                "company_id": other.id,
                "percent": 5,
                "effective_date": "2026-07-01",
            }
        )
        foreign.action_prepare()
        self.assertFalse(foreign.line_ids)
        self.assertIn("No subscription fits", foreign.nothing_text)

    def test_created_as_a_draft(self):
        with self.assertRaises(UserError):
            self.Revision.create({"name": "x", "state": "applied"})
