"""A subscription's life: what states allow, who may do what, what is never typed."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_life import LifeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestStates(LifeCommon):
    def test_start_dates_the_lines_and_the_first_billing(self):
        draft = self.env["recurring.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": self.monthly.id,
                "start_date": "2026-04-01",
            }
        )
        self.assertEqual(draft.state, "draft")
        self.assertFalse(draft.next_billing_date)
        draft.action_activate()
        self.assertEqual(draft.state, "active")
        self.assertEqual(draft.line_ids.start_date, date(2026, 4, 1))
        self.assertEqual(draft.next_billing_date, date(2026, 4, 1))
        self.assertEqual(self._types(draft), ["start"])

    def test_start_twice_is_refused(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        with self.assertRefused("it cannot become active"):
            sub.action_activate()

    def test_start_needs_a_line(self):
        draft = self.env["recurring.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": self.monthly.id,
                "line_ids": [],
            }
        )
        with self.assertRefused("nothing to bill"):
            draft.action_activate()

    def test_start_with_an_anchor_off_the_grid(self):
        """By the calendar month, but to be counted from the 15th: said in words."""
        plan = self._plan("Calendar", alignment="calendar")
        draft = self.env["recurring.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": plan.id,
                "start_date": "2026-04-10",
                "anchor_date": "2026-04-15",
            }
        )
        with self.assertRefused("cannot count its periods from 04/15/2026"):
            draft.action_activate()
        self.assertEqual(draft.state, "draft")
        draft.anchor_date = "2026-05-01"
        draft.action_activate()
        self.assertEqual(draft.state, "active")

    def test_cancel_in_draft_is_refused(self):
        draft = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.monthly.id}
        )
        with self.assertRefused("is not running"):
            draft.action_cancel("now", reason=self.reason)

    def test_cancel_at_period_end_then_close(self):
        """Monthly from 1 April, billed; cancelled on the 16th for the month's end."""
        sub = self._subscribe(self.monthly, "2026-04-01")
        self._bill("2026-04-16")
        sub.action_cancel("period_end", reason=self.reason, note="too dear")
        self.assertEqual(sub.state, "cancelling")
        self.assertEqual(sub.last_day, date(2026, 4, 30))
        self.assertEqual(sub.close_reason_id, self.reason)
        self.assertFalse(sub.next_billing_date)
        sub._advance_lifecycle(self.company, date(2026, 4, 30))
        self.assertEqual(sub.state, "cancelling", "the last day is still served")
        sub._advance_lifecycle(self.company, date(2026, 5, 1))
        self.assertEqual(sub.state, "closed")
        self.assertEqual(self._types(sub), ["start", "cancel", "close"])
        cancel = sub.change_ids.filtered(lambda change: change.type == "cancel")
        self.assertEqual(cancel.effective_text, "last day 04/30/2026")
        self.assertEqual(cancel.note, "too dear")

    def test_not_closed_before_the_credit_is_billed(self):
        """Yearly 1,200 from 1 January; cancelled on 16 April: 259 of 365 days back."""
        sub = self._subscribe(self.yearly, "2026-01-01")
        self._bill("2026-01-01")
        sub.action_cancel("now", reason=self.reason, credit=True)
        sub._advance_lifecycle(self.company, date(2026, 4, 17))
        self.assertEqual(sub.state, "cancelling")
        self._bill("2026-04-17")
        self.assertBilled(
            sub,
            [
                ("charge", "2026-01-01", "2026-12-31", 1200.0),
                ("credit", "2026-04-17", "2026-12-31", -851.51),
            ],
        )
        sub._advance_lifecycle(self.company, date(2026, 4, 17))
        self.assertEqual(sub.state, "closed")

    def test_undo_cancellation(self):
        """Withdrawn before anything was credited: as if nothing had happened."""
        sub = self._subscribe(self.yearly, "2026-01-01")
        self._bill("2026-01-01")
        before = (sub.next_billing_date, sub.line_ids.end_date)
        sub.action_cancel(
            "date", last_day="2026-05-31", reason=self.reason, credit=True
        )
        self.assertEqual(sub.change_ids.sorted("id")[-1].amount_effect, -703.56)
        sub.action_undo_cancel()
        self.assertEqual(sub.state, "active")
        self.assertFalse(sub.close_reason_id)
        self.assertEqual((sub.next_billing_date, sub.line_ids.end_date), before)
        self.assertNothingLeft(sub, "2026-04-16")
        self.assertEqual(sub.change_ids.sorted("id")[-1].amount_effect, 703.56)

    def test_undo_after_the_last_day_is_refused(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        sub.action_cancel("date", last_day="2026-04-10", reason=self.reason)
        with self.assertRefused("has ended"):
            sub.action_undo_cancel()

    def test_cancel_again_moves_the_last_day(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        sub.action_cancel("date", last_day="2026-06-30", reason=self.reason)
        sub.action_cancel("date", last_day="2026-05-31", reason=self.reason)
        self.assertEqual(sub.last_day, date(2026, 5, 31))
        self.assertEqual(sub.line_ids.last_day, date(2026, 5, 31))
        sub.action_undo_cancel()
        self.assertFalse(sub.end_date or sub.line_ids.end_date)
        self.assertEqual(sub.state, "active")

    def test_hold_and_release(self):
        """Nothing is billed on hold; the months missed are billed after."""
        sub = self._subscribe(self.monthly, "2026-02-01")
        with self.assertRefused("Say why"):
            sub.action_hold(" ")
        sub.action_hold("waits for a signature")
        self._bill("2026-04-16")
        self.assertFalse(sub.billed_item_ids)
        sub.action_release()
        self._bill("2026-04-16")
        self.assertEqual(sum(sub.billed_item_ids.mapped("amount")), 90.0)
        self.assertEqual(self._types(sub), ["start", "hold", "release"])

    def test_hold_needs_a_running_subscription(self):
        """Also where a draft was selected together with one that runs."""
        running = self._subscribe(self.monthly, "2026-04-01")
        draft = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.monthly.id}
        )
        ended = self._subscribe(self.monthly, "2026-04-01")
        ended._cancel(date(2026, 4, 1), credit=True)
        ended._advance_lifecycle(self.company, date(2026, 4, 16))
        self.assertEqual(ended.state, "closed")
        for other in (draft, ended):
            with self.subTest(other.state), self.assertRefused("is not running"):
                (running | other).action_hold("waits for a signature")
            self.assertFalse(running.hold or other.hold)
            wizard = self.env["recurring.hold.wizard"].create(
                {"subscription_ids": [Command.set(other.ids)], "reason": "x"}
            )
            with self.assertRefused(other.name):
                wizard.action_confirm()

    def test_one_off_on_a_running_subscription(self):
        """Charged once, with the next billing, without disturbing the periods."""
        sub = self._subscribe(self.monthly, "2026-04-01")
        self._bill("2026-04-01")
        training = self._product("Training", 400.0)
        sub.action_add_one_off(training, 400.0, date(2026, 4, 20), quantity=2)
        self.assertEqual(sub.next_billing_date, date(2026, 4, 20))
        self.assertEqual(sub.recurring_amount, 30.0)
        self._bill("2026-04-20")
        self._bill("2026-05-01")
        amounts = sub.billed_item_ids.sorted("sequence").mapped("amount")
        self.assertEqual(amounts, [30.0, 800.0, 30.0])


@tagged("post_install", "-at_install")
class TestTerm(LifeCommon):
    def _yearly_term(self, renewal):
        plan = self._plan(
            f"Term {renewal}",
            term_count=12,
            term_unit="month",
            renewal=renewal,
            notice_days=30,
        )
        return self._subscribe(plan, "2025-05-01")

    @freeze_time("2026-04-16")
    def test_automatic_renewal(self):
        sub = self._yearly_term("automatic")
        self.assertEqual(sub.term_last_day, date(2026, 4, 30))
        self.assertFalse(sub.end_date)
        sub._advance_lifecycle(self.company, date(2026, 5, 1))
        self.assertEqual(sub.term_last_day, date(2027, 4, 30))
        self.assertEqual(self._types(sub), ["start", "renew"])
        with self.assertRefused("renews by itself"):
            sub.action_renew()

    @freeze_time("2026-04-16")
    def test_renewal_by_hand_is_asked_for_once(self):
        sub = self._yearly_term("manual")
        self.assertEqual(sub.last_day, date(2026, 4, 30))
        for _day in range(2):
            sub._advance_lifecycle(self.company, date(2026, 4, 16))
        self.assertEqual(len(sub.activity_ids), 1)
        sub.action_renew()
        self.assertFalse(sub.activity_ids)
        self.assertEqual(sub.last_day, date(2027, 4, 30))
        self.assertEqual(sub.line_ids.last_day, date(2027, 4, 30))

    @freeze_time("2026-04-16")
    def test_no_renewal_ends_with_the_term(self):
        sub = self._yearly_term("none")
        self._bill("2026-04-16")
        sub._advance_lifecycle(self.company, date(2026, 5, 1))
        self.assertEqual(sub.state, "closed")
        self.assertEqual(sum(sub.billed_item_ids.mapped("amount")), 12 * 30.0)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestGuards(LifeCommon):
    """The external API may call write: it finds the same doors closed."""

    def test_state_and_dates_are_not_typed(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        for vals in (
            {"state": "closed"},
            {"end_date": "2026-04-30"},
            {"hold": True},
            {"next_billing_date": "2027-01-01"},
            {"settled_through": "2027-01-01"},
            {"ledger_sequence": 7},
            {"partner_id": self._customer("Other").id},
            {"start_date": "2026-01-01"},
            {"renewal": "automatic"},
        ):
            with self.subTest(vals), self.assertRefused("is not typed over"):
                sub.write(vals)

    def test_the_key_is_not_a_context_value(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        with self.assertRefused("is not typed over"):
            sub.with_context(rr_applying_change=True).write({"state": "closed"})

    def test_lines_of_a_running_subscription(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        with self.assertRefused("has started"):
            sub.line_ids.price_unit = 1.0
        with self.assertRefused("has started"):
            sub.line_ids.last_day = "2026-04-30"
        with self.assertRefused("has started"):
            sub.line_ids.unlink()
        with self.assertRefused("has started"):
            product = sub.line_ids.product_id.id
            sub.write({"line_ids": [Command.create({"product_id": product})]})

    def test_created_running_is_refused(self):
        for vals in ({"state": "active"}, {"next_billing_date": "2026-04-01"}):
            with self.subTest(vals), self.assertRefused("is a draft"):
                self.env["recurring.subscription"].create(
                    {"partner_id": self.customer.id, "plan_id": self.monthly.id, **vals}
                )

    def test_history_stays(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        self._bill("2026-04-16")
        with self.assertRefused("cannot be deleted"):
            sub.unlink()
        with self.assertRefused("cannot be edited"):
            sub.change_ids.note = "never happened"
        with self.assertRefused("cannot be rewritten"):
            sub.billed_item_ids.amount = 0.0
        with self.assertRefused("stays on record"):
            sub.billed_item_ids.unlink()
