"""The wizard announces what the change then does; large price cuts wait."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged

from .common_changes import ChangeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestChangeWizard(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.max = cls._plan_of_seats("Max", 62.0, cls._product("Max seat"))

    def _wizard(self, sub, kind):
        action = sub.with_context(default_kind=kind).action_open_change()
        return Form(sub.env[action["res_model"]].with_context(**action["context"]))

    def _plain(self, html):
        text = html.replace("\N{NO-BREAK SPACE}", " ")
        for tag in ("<span>", "</span>"):
            text = text.replace(tag, "")
        return " ".join(text.split())

    def test_quantity_before_and_after(self):
        sub = self._running(billed="2026-04-01")
        wizard = self._wizard(sub, "lines")
        self.assertFalse(wizard.ready)
        with wizard.line_ids.edit(0) as line:
            line.quantity = 2
        self.assertTrue(wizard.ready)
        preview = self._plain(wizard.preview)
        for text in ("15 of 30 days", "15.00 € more on the invoice of", "+30.00 €"):
            self.assertIn(text, preview)
        # Nothing was kept of the trial.
        self.assertEqual(sub.line_ids.quantity, 1)
        self.assertEqual(sub.change_ids.type, "start")
        wizard.save().action_confirm()
        self.assertEqual(sub.change_ids.sorted("id")[-1].amount_effect, 15.0)

    def test_what_is_announced_is_done(self):
        """The same figures from the preview and from the history, for each kind."""
        cases = [
            ("plan", {"plan_id": self.max.id}, {}),
            ("addon_add", {"charge_id": self.addon.id}, {"when": "period_end"}),
            ("pause", {"until": "2026-06-01"}, {}),
            ("anchor", {"day": 10}, {}),
        ]
        for kind, values, options in cases:
            with self.subTest(kind):
                sub = self._running(billed="2026-04-01")
                shown = sub.preview_change(kind, values, **options)
                change = self._change(sub, kind, values, **options)
                self.assertEqual(shown["type"], change.type)
                self.assertEqual(shown["effective_date"], str(change.effective_date))
                self.assertEqual(shown["monthly_effect"], change.monthly_effect)
                day = shown["settled_on"]
                run = self._bill(day)
                made = run.move_ids.filtered(
                    lambda move, sub=sub: sub in move.line_ids.rr_subscription_id
                )
                self.assertAlmostEqual(
                    sum(made.mapped("amount_untaxed_signed")),
                    shown["billed"],
                    places=2,
                )
                self.assertEqual(
                    shown["difference"],
                    round(shown["billed"] - shown["billed_without"], 2),
                )

    def test_less_to_pay_is_not_called_money_back(self):
        sub = self._running(billed="2026-04-01", plan=self.max)
        wizard = self._wizard(sub, "plan")
        wizard.plan_id = self.pro
        preview = self._plain(wizard.preview)
        self.assertIn("From 05/01/2026 on", preview)
        self.assertIn("32.00 € less on the invoice of", preview)
        pause = self._wizard(sub, "pause")
        pause.until = "2026-06-01"
        preview = self._plain(pause.preview)
        self.assertIn("31.00 € back on", preview)
        self.assertIn("Next credit note: 04/16/2026, 31.00 €", preview)
        self.assertIn("service again from 06/01/2026", preview)

    def test_postpone_proposes_a_whole_period(self):
        sub = self._running(start="2026-03-05", billed="2026-04-05")
        self.assertEqual(str(sub.billed_through), "2026-05-05")
        wizard = self._wizard(sub, "lines")
        wizard.kind = "postpone"
        self.assertEqual(wizard.postpone_until, date(2026, 6, 5))

    def test_the_plan_decides_when(self):
        sub = self._running(billed="2026-04-01", plan=self.max)
        wizard = self._wizard(sub, "plan")
        self.assertEqual(wizard.when, "now")
        wizard.plan_id = self.pro
        self.assertEqual(wizard.when, "period_end")
        self.assertTrue(wizard.scheduled)
        wizard.save().action_confirm()
        change = sub.change_ids.sorted("id")[-1]
        self.assertEqual((change.type, change.state), ("downgrade", "scheduled"))
        self.assertEqual(change.what_text, "Max → Pro")

    def test_a_refusal_is_shown_instead_of_a_preview(self):
        sub = self._running(billed="2026-04-01")
        wizard = self._wizard(sub, "plan")
        wizard.plan_id = self.pro
        self.assertIn("has the plan Pro already", wizard.preview)
        self.assertFalse(wizard.ready)

    def test_only_officers_choose_the_proration(self):
        seller = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        sub = self._running(billed="2026-04-01", user_id=seller.id)
        wizard = self._wizard(sub.with_user(seller), "lines")
        self.assertFalse(wizard.may_override)
        with self.assertRaises(AssertionError):
            wizard.proration = "none"

    def test_history_says_what_changed(self):
        sub = self._running(billed="2026-04-01")
        change = self._quantity(sub, 5)
        self.assertEqual(change.what_text, "Pro seat: 1 → 5")
        added = self._change(sub, "addon_add", {"charge_id": self.addon.id})
        self.assertEqual(added.what_text, "Pro support")
        pause = self._change(sub, "pause", {"until": "2026-06-01"})
        self.assertEqual(pause.what_text, "service again from 06/01/2026")


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestApproval(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.rr_approve_changes = True
        cls.seller = new_test_user(cls.env, "seller", "recurring_revenue.group_user")
        cls.manager = new_test_user(cls.env, "boss", "recurring_revenue.group_manager")

    def setUp(self):
        super().setUp()
        self.sub = self._running(billed="2026-04-01", user_id=self.seller.id)
        self.own = self.sub.with_user(self.seller)

    def _discount(self, percent):
        rows = [{"line_id": self.sub.line_ids.ids[-1], "discount": percent}]
        return self._change(self.own, "lines", {"lines": rows})

    def test_a_small_discount_is_free(self):
        self.assertEqual(self._discount(10).state, "applied")

    def test_a_large_one_waits_and_changes_nothing(self):
        change = self._discount(25)
        self.assertEqual((change.state, change.type), ("waiting", "discount"))
        self.assertEqual((change.amount_effect, change.monthly_effect), (-3.75, -7.5))
        # Who decides reads what is asked for.
        self.assertEqual(change.what_text, "Pro seat: 0 % → 25 %")
        self.assertFalse(self.sub.line_ids.discount)
        self.assertEqual(
            self.sub.activity_ids.activity_type_id,
            self.env.ref("recurring_revenue.activity_approval"),
        )
        sections = self.env["recurring.today"].with_user(self.manager).get_today()
        self.assertIn("approvals", [part["id"] for part in sections["sections"]])

    def test_approved(self):
        change = self._discount(25)
        with self.assertRaises(AccessError):
            change.with_user(self.seller).action_approve()
        change.with_user(self.manager).action_approve()
        self.assertEqual((change.state, change.decided_uid), ("applied", self.manager))
        self.assertEqual(change.user_id, self.seller)
        self.assertFalse(self.sub.activity_ids)
        self.assertDue(
            self.sub,
            "2026-04-16",
            [
                ("credit", "2026-04-16", "2026-04-30", -15.0),
                ("charge", "2026-04-16", "2026-04-30", 11.25),
            ],
        )

    def test_refused_and_withdrawn(self):
        refused = self._discount(25)
        refused.with_user(self.manager).action_refuse()
        self.assertEqual(refused.state, "refused")
        withdrawn = self._discount(30)
        withdrawn.with_user(self.seller).action_withdraw()
        self.assertEqual(withdrawn.state, "withdrawn")
        with self.assertRaises(UserError):
            withdrawn.with_user(self.manager).action_approve()
        self.assertFalse(self.sub.line_ids.discount)

    def test_a_manager_needs_nobody(self):
        rows = [{"line_id": self.sub.line_ids.id, "discount": 50}]
        sub = self.sub.with_user(self.manager)
        self.assertEqual(self._change(sub, "lines", {"lines": rows}).state, "applied")

    def test_a_lower_price_counts_like_a_discount(self):
        rows = [{"line_id": self.sub.line_ids.id, "price_unit": 26.0}]
        self.assertEqual(
            self._change(self.own, "lines", {"lines": rows}).state, "waiting"
        )

    def test_free_months_count_too(self):
        change = self._change(self.own, "postpone", {"until": "2026-07-01"})
        self.assertEqual(change.state, "waiting")
        self.assertEqual(self.sub.next_billing_date, date(2026, 5, 1))
        self.assertEqual(
            self._change(self.own, "postpone", {"until": "2026-05-15"}).state,
            "scheduled",
        )

    def test_the_preview_takes_days_as_texts(self):
        """As the external API sends them."""
        rows = {"lines": [{"line_id": self.sub.line_ids.id, "quantity": 2}]}
        shown = self.own.preview_change("lines", rows, when="date", date="2026-05-10")
        self.assertEqual(shown["effective_date"], "2026-05-10")

    def test_the_preview_says_that_it_waits(self):
        rows = {"lines": [{"line_id": self.sub.line_ids.id, "discount": 50}]}
        self.env.invalidate_all()
        shown = self.own.preview_change("lines", rows)
        self.assertTrue(shown["waiting"])
        # Nor does a seller without a right to invoices need one to see the credit.
        self.env.invalidate_all()
        action = self.own.with_context(default_kind="lines").action_open_change()
        model = self.own.env[action["res_model"]].with_context(**action["context"])
        wizard = Form(model)
        with wizard.line_ids.edit(0) as line:
            line.discount = 50
        self.assertTrue(wizard.waiting, wizard.preview)
        self.assertEqual(shown["difference"], -7.5)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestRetention(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.max = cls._plan_of_seats("Max", 62.0, cls._product("Max seat"))
        cls.max.write({"retention_plan_id": cls.pro.id, "retention_pause": True})
        cls.reason = cls.env["recurring.close.reason"].search([], limit=1)

    def _cancelling(self, sub):
        action = sub.action_open_cancel()
        wizard = Form(self.env[action["res_model"]].with_context(**action["context"]))
        wizard.reason_id = self.reason
        return wizard

    def test_refused_offers_stay_in_the_history(self):
        sub = self._running(billed="2026-04-01", plan=self.max)
        wizard = self._cancelling(sub)
        self.assertTrue(wizard.offers_plan and wizard.offers_pause)
        self.assertEqual(wizard.offer_plan_id, self.pro)
        wizard.save().action_confirm()
        change = sub.change_ids.sorted("id")[-1]
        self.assertEqual(change.type, "cancel")
        self.assertIn(
            "Offered before leaving: a smaller plan, a pause; refused",
            change.what_text,
        )

    def test_a_smaller_plan_instead(self):
        sub = self._running(billed="2026-04-01", plan=self.max)
        action = self._cancelling(sub).save().action_take_plan()
        wizard = Form(self.env[action["res_model"]].with_context(**action["context"]))
        self.assertEqual(wizard.plan_id, self.pro)
        wizard.save().action_confirm()
        change = sub.change_ids.sorted("id")[-1]
        self.assertEqual((change.type, change.state), ("downgrade", "scheduled"))
        self.assertIn("took: a smaller plan", change.what_text)
        self.assertEqual(sub.state, "active")

    def test_who_stays_needs_no_reason_for_leaving(self):
        sub = self._running(billed="2026-04-01", plan=self.max)
        wizard = self._cancelling(sub)
        wizard.reason_id = self.env["recurring.close.reason"]
        cancellation = wizard.save()
        self.assertTrue(cancellation.action_take_pause())
        with self.assertRaisesRegex(UserError, "Choose the reason"):
            cancellation.action_confirm()
        self.assertEqual(sub.state, "active")

    def test_no_offer_without_one(self):
        wizard = self._cancelling(self._running(billed="2026-04-01"))
        self.assertFalse(wizard.offers_plan or wizard.offers_pause)


@tagged("post_install", "-at_install")
class TestChangeTour(ChangeCommon, HttpCase):
    @freeze_time("2026-04-16")
    def test_change_pause_resume(self):
        self._running(billed="2026-04-01", customer=self._customer("Tour Changing"))
        self.start_tour("/odoo/subscriptions", "rr_subscription_change", login="admin")
