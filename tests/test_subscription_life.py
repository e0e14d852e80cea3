"""A subscription's life: what states allow, who may do what, what is never typed."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_billing import BillingCommon


class LifeCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("recurring_revenue.close_reason_price")
        cls.monthly = cls._plan("Monthly")
        cls.yearly = cls._plan("Yearly", [{"unit_price": 1200.0}], interval_unit="year")

    def _types(self, subscription):
        return subscription.change_ids.sorted("id").mapped("type")


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


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestRights(LifeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "recurring_revenue.group_user"
        cls.anna = new_test_user(cls.env, "rr_anna", groups=group)
        cls.bert = new_test_user(cls.env, "rr_bert", groups=group)
        cls.chief = new_test_user(cls.env, "rr_chief", groups=group)
        cls.accountant = new_test_user(
            cls.env, "rr_accountant", groups="account.group_account_invoice"
        )
        cls.officer = new_test_user(
            cls.env, "rr_officer", groups="recurring_revenue.group_billing"
        )
        cls.stranger = new_test_user(cls.env, "rr_stranger", groups="base.group_user")
        cls.team = cls.env["crm.team"].create(
            {"name": "North", "user_id": cls.chief.id, "company_id": cls.company.id}
        )
        cls.env["crm.team.member"].create(
            {"crm_team_id": cls.team.id, "user_id": cls.anna.id}
        )
        cls.annas = cls._subscribe(
            cls.monthly, "2026-04-01", user_id=cls.anna.id, team_id=cls.team.id
        )
        cls.berts = cls._subscribe(
            cls.monthly, "2026-04-01", user_id=cls.bert.id, team_id=False
        )
        cls.nobodys = cls._subscribe(cls.monthly, "2026-04-01")
        cls.nobodys.write({"user_id": False, "team_id": False})

    def _seen(self, user):
        return (
            self.env["recurring.subscription"]
            .with_user(user)
            .search([("id", "in", (self.annas | self.berts | self.nobodys).ids)])
        )

    def test_own_and_team_only(self):
        self.assertEqual(self._seen(self.anna), self.annas)
        self.assertEqual(self._seen(self.bert), self.berts)
        self.assertEqual(self._seen(self.chief), self.annas)

    def test_the_team_s_without_a_salesperson(self):
        self.nobodys.team_id = self.team
        for user in (self.anna, self.chief):
            self.assertEqual(self._seen(user), self.annas | self.nobodys)
        self.assertEqual(self._seen(self.bert), self.berts)

    def test_problems_of_nobody_s_are_not_everybody_s(self):
        run = self.env["recurring.billing.run"].create({"date": "2026-04-16"})
        (self.annas | self.nobodys)._note_problem(run, "refused", "A fault.")
        problems = self.env["recurring.billing.problem"].with_user(self.anna)
        self.assertEqual(problems.search([]).subscription_id, self.annas)

    def test_others_lines_history_and_ledger_are_hidden_too(self):
        self._bill("2026-04-16")
        for records in (
            self.berts.line_ids,
            self.berts.change_ids,
            self.berts.billed_item_ids,
        ):
            records.invalidate_recordset()
            with self.subTest(records._name), self.assertRaises(AccessError):
                records.with_user(self.anna).read(["display_name"])

    def test_officer_and_accountant_see_all(self):
        everything = self.annas | self.berts | self.nobodys
        self.assertEqual(self._seen(self.officer), everything)
        self.assertEqual(self._seen(self.accountant), everything)

    def test_stranger_sees_nothing(self):
        with self.assertRaises(AccessError):
            self._seen(self.stranger)

    def test_accountant_reads_only(self):
        sub = self.annas.with_user(self.accountant)
        sub.read(["name", "next_summary", "upcoming_table", "invoice_count"])
        for refused in (
            lambda: sub.write({"note": "x"}),
            lambda: sub.action_cancel("now"),
            lambda: sub.action_hold("x"),
            lambda: self.monthly.with_user(self.accountant).write({"name": "x"}),
        ):
            with self.assertRaises(AccessError):
                refused()

    def test_user_changes_own_but_no_plan(self):
        """A user without any right in accounting runs a subscription's whole life."""
        draft = (
            self.env["recurring.subscription"]
            .with_user(self.anna)
            .create({"partner_id": self.customer.id, "plan_id": self.monthly.id})
        )
        self.assertEqual(draft.user_id, self.anna)
        draft.action_activate()
        draft.read(["next_summary", "upcoming_table", "amount_invoiced"])
        draft.action_hold("x")
        draft.action_release()
        wizard = (
            self.env["recurring.cancel.wizard"]
            .with_user(self.anna)
            .create({"subscription_id": draft.id, "reason_id": self.reason.id})
        )
        self.assertTrue(wizard.preview)
        wizard.action_confirm()
        self.assertEqual(draft.state, "cancelling")
        with self.assertRaises(AccessError):
            self.monthly.with_user(self.anna).write({"name": "Mine"})
        with self.assertRaises(UserError):
            self.env["recurring.billing.run"].with_user(self.anna).create(
                {"date": "2026-04-16"}
            ).action_start()

    def test_other_company_is_closed(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        visitor = new_test_user(
            self.env,
            "rr_visitor",
            groups="recurring_revenue.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self._seen(visitor))
