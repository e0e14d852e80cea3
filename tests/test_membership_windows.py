"""The windows: calling dues, receiving money, payments that come back, departures."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestMembershipWindows(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.season.version_ids.charge_ids.product_id.taxes_id = False
        cls.secretary = new_test_user(
            cls.env, "rr_window_secretary", "recurring_revenue.group_secretary"
        )
        cls.treasurer = new_test_user(
            cls.env, "rr_window_treasurer", "recurring_revenue.group_treasurer"
        )

    def _window(self, model, records, user=None, **values):
        window = self.env[model].with_user(user or self.env.user)
        return window.with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).create(values)

    def _call(self, members, **values):
        return self._window("recurring.dues.call", members, self.secretary, **values)

    # ------------------------------------------------------------------
    # Calling
    # ------------------------------------------------------------------

    def test_call_by_the_secretary(self):
        jeanne = self._member("Jeanne", "2026-11-10")
        jean = self._member("Jean", "2026-11-10", payer_id=jeanne.partner_id.id)
        honour = self._member("Honour", "2026-11-10", category_id=self.honorary.id)
        window = self._call(jeanne | jean | honour)
        self.assertEqual((window.call_count, str(window.due_on)), (1, "2026-12-10"))
        for text in ("Jeanne", "Jean", "10 of 12 months", "120.00", "owes nothing"):
            self.assertIn(text, window.preview)
        action = window.action_call()
        dues = (jeanne | jean).dues_line_ids.dues_id
        self.assertEqual(
            (dues.state, dues.amount, str(dues.due_on)), ("called", 120.0, "2026-12-10")
        )
        self.assertEqual(action["res_id"], dues.id)
        self.assertFalse(honour.dues_line_ids)

    def test_nothing_is_written_by_the_preview(self):
        jeanne = self._member("Jeanne", "2026-11-10")
        window = self._call(jeanne)
        self.assertTrue(window.preview)
        self.assertFalse(jeanne.dues_line_ids)
        sequence = self.env.ref("recurring_revenue.sequence_dues")
        before = sequence.number_next_actual
        window.invalidate_recordset()
        self.assertTrue(window.preview)
        sequence.invalidate_recordset()
        self.assertEqual(sequence.number_next_actual, before)

    def test_prepared_only(self):
        jeanne = self._member("Jeanne", "2026-11-10")
        self._call(jeanne).action_prepare()
        self.assertEqual(jeanne.dues_line_ids.dues_id.state, "draft")
        window = self._call(jeanne)
        self.assertEqual(window.call_count, 0)
        self.assertIn("prepared or called already", window.preview)
        with self.assertRefused("None of these members owes dues now"):
            window.action_call()

    def test_a_season_that_is_far_is_not_called_by_mistake(self):
        jeanne = self._member("Jeanne", "2026-11-10")
        dues = jeanne._call_dues(date(2026, 11, 10))
        dues.action_call()
        dues.line_ids._mark_paid(date(2026, 11, 10))
        window = self._call(jeanne)
        self.assertEqual((window.call_count, window.has_early), (0, True))
        self.assertIn("more than 60 days to come", window.preview)
        window.early = True
        self.assertEqual(window.call_count, 1)
        window.action_call()
        days = jeanne.dues_line_ids.filtered("date_end").mapped("last_day")
        self.assertEqual(str(max(days)), "2028-08-31")

    def test_who_cannot_be_called_does_not_stop_the_others(self):
        priced = self._membership_plan(
            "Priced", [{"unit_price": 9.0, "rr_category_id": self.reduced.id}]
        )
        good = self._member("Good", "2026-11-10")
        bad = self._member("Bad", "2026-11-10", priced)
        window = self._call(good | bad)
        self.assertEqual(window.call_count, 1)
        self.assertIn("has no price for", window.preview)
        window.action_call()
        self.assertEqual(good.dues_line_ids.dues_id.state, "called")
        self.assertFalse(bad.dues_line_ids)

    # ------------------------------------------------------------------
    # Receiving
    # ------------------------------------------------------------------

    def _called(self, name="Jeanne"):
        member = self._member(name, "2026-11-10")
        dues = member._call_dues(date(2026, 11, 10))
        dues.action_call()
        return member, dues

    def test_received_by_the_treasurer(self):
        jeanne, dues = self._called()
        model = self.env["recurring.dues.receipt"].with_user(self.treasurer)
        form = Form(
            model.with_context(active_model="recurring.membership", active_id=jeanne.id)
        )
        self.assertEqual(form.dues_id, dues)
        self.assertEqual((form.payer_id, form.amount), (jeanne.partner_id, 60.0))
        self.assertEqual(form.journal_id.type, "bank")
        form.mode = "cheque"
        form.cheque_number = "0012345"
        form.amount = 55.0
        self.assertIn("5.00", form.preview)
        form.save().action_receive()
        self.assertEqual((dues.progress, dues.amount_left), ("partial", 5.0))
        received = self.env["recurring.contribution"].search(
            [("partner_id", "=", jeanne.partner_id.id)]
        )
        self.assertEqual(
            (received.state, received.cheque_number, received.amount),
            ("booked", "0012345", 55.0),
        )
        self._window("recurring.dues.receipt", dues, self.treasurer).action_receive()
        self.assertEqual((dues.progress, jeanne.state), ("paid", "up_to_date"))
        self.assertEqual(jeanne.amount_owed, 0.0)
        action = dues.with_user(self.treasurer).action_open_contributions()
        self.assertEqual(len(received.search(action["domain"])), 2)

    def test_more_than_is_owed_is_refused(self):
        _jeanne, dues = self._called()
        window = self._window(
            "recurring.dues.receipt", dues, self.treasurer, amount=70.0
        )
        self.assertIn("more than what is owed", window.preview)
        with self.assertRefused("more than what is still owed"):
            window.action_receive()
        window.amount = 0
        with self.assertRefused("how much was received"):
            window.action_receive()

    def test_paid_by_somebody_else_from_a_joint_account(self):
        jeanne, dues = self._called()
        parents = self.env["res.partner"].create([{"name": "P"}, {"name": "M"}])
        self._window(
            "recurring.dues.receipt",
            dues,
            self.treasurer,
            payer_id=parents[0].id,
            joint_partner_id=parents[1].id,
            day="2026-11-09",
        ).action_receive()
        received = self.env["recurring.contribution"].search(
            [("partner_id", "=", parents[0].id)]
        )
        self.assertEqual(received.joint_partner_id, parents[1])
        self.assertEqual(str(received.date), "2026-11-09")
        self.assertEqual(jeanne.state, "up_to_date")

    def test_came_back(self):
        jeanne, dues = self._called()
        self._window("recurring.dues.receipt", dues, self.treasurer).action_receive()
        received = self.env["recurring.contribution"].search(
            [("partner_id", "=", jeanne.partner_id.id)]
        )
        window = self._window(
            "recurring.contribution.return", received, self.treasurer, reason="No funds"
        )
        window.action_confirm()
        self.assertEqual(
            (received.state, received.return_reason), ("returned", "No funds")
        )
        self.assertEqual((dues.progress, jeanne.amount_owed), ("called", 60.0))
        self.assertEqual(jeanne.state, "awaiting")

    def test_money_typed_in_the_form(self):
        jeanne, dues = self._called()
        gift = self._product("Gift", taxes_id=[Command.clear()])
        form = Form(self.env["recurring.contribution"].with_user(self.treasurer))
        form.partner_id = jeanne.partner_id
        self.assertEqual(form.journal_id.type, "bank")  # proposed
        with form.line_ids.new() as line:
            line.kind = "dues"
            line.dues_line_id = dues.line_ids[0]
            self.assertEqual(line.amount, 50.0)
        with form.line_ids.new() as line:
            line.product_id = gift
            line.amount = 25.0
        received = form.save()
        self.assertEqual(received.amount, 75.0)
        received.action_book()
        self.assertIn("Gift", received.purpose)
        self.assertEqual(dues.amount_left, 10.0)

    # ------------------------------------------------------------------
    # Departure and rights
    # ------------------------------------------------------------------

    def test_departure_by_the_secretary(self):
        jeanne, dues = self._called()
        window = self._window(
            "recurring.membership.departure",
            jeanne,
            self.secretary,
            reason="Moved away",
            day="2026-11-10",
        )
        self.assertEqual(window.open_amount, 60.0)
        window.action_confirm()
        self.assertEqual(jeanne.state, "resigned")
        self.assertEqual(dues.state, "called")
        jeanne.with_user(self.secretary).action_undo_departure()
        self.assertEqual(jeanne.state, "awaiting")
        window = self._window(
            "recurring.membership.departure",
            jeanne,
            self.secretary,
            kind="excluded_on",
            reason="Decided on 9 November",
        )
        window.action_confirm()
        self.assertEqual(jeanne.state, "excluded")

    def test_a_secretary_keeps_off_the_money(self):
        jeanne, dues = self._called()
        for model, records in (
            ("recurring.dues.receipt", dues),
            ("recurring.contribution.return", dues),
            ("recurring.membership.set.up", jeanne),
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self._window(model, records, self.secretary)
        with self.assertRaises(AccessError):
            self.season.with_user(self.secretary).name = "Mine"
        mine = dues.with_user(self.secretary)
        self.assertEqual((mine.amount_left, mine.progress), (60.0, "called"))
        mine.action_cancel()
        self.assertEqual(dues.state, "cancelled")

    def test_every_screen_of_the_secretary_opens(self):
        jeanne, dues = self._called()
        views = {
            "recurring.membership": ("kanban", "list", "form", "search"),
            "recurring.dues": ("list", "form", "search"),
            "res.partner": ("form",),
        }
        records = {
            "recurring.membership": jeanne,
            "recurring.dues": dues,
            "res.partner": jeanne.partner_id,
        }
        for model, kinds in views.items():
            found = (
                self.env[model]
                .with_user(self.secretary)
                .get_views([(False, kind) for kind in kinds])
            )
            for kind in set(kinds) - {"search"}:
                with self.subTest(model=model, kind=kind):
                    names = [
                        name
                        for name in found["models"][model]["fields"]
                        if f'name="{name}"' in found["views"][kind]["arch"]
                    ]
                    records[model].with_user(self.secretary).read(names)

    def test_a_treasurer_sets_dues_and_no_subscriptions(self):
        mine = self.season.with_user(self.treasurer)
        mine.name = "Season of the club"
        pro = self._plan("Pro")
        with self.assertRaises(AccessError):
            pro.with_user(self.treasurer).name = "Mine"
        self.assertEqual(pro.with_user(self.treasurer).name, "Pro")
        manager = new_test_user(
            self.env, "rr_window_manager", "recurring_revenue.group_manager"
        )
        pro.with_user(manager).name = "Pro plus"

    def test_another_company_is_not_seen(self):
        jeanne, dues = self._called()
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "rr_window_other",
            "recurring_revenue.group_treasurer",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(
            self.env["recurring.membership"]
            .with_user(user)
            .search([("id", "=", jeanne.id)])
        )
        counts = self.env["recurring.membership"].with_user(user).member_counts()
        self.assertEqual(counts["total"], 0)
        with self.assertRaises(AccessError):
            self._window("recurring.dues.receipt", dues, user).action_receive()
