"""Who may use which coupon, from when on, and what the history says of it."""

from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, mute_logger, new_test_user, tagged

from .common_coupons import CouponCommon

GROUP = "recurring_revenue.group_%s"


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01")
class TestCouponTerms(CouponCommon):
    def test_codes(self):
        coupon = self._coupon(" spring20 ")
        self.assertEqual(coupon.code, "SPRING20")
        found = coupon._with_code("Spring20", self.company)
        self.assertEqual(found, coupon)
        self.assertFalse(coupon._with_code("SPRING%", self.company))
        self.assertFalse(coupon._with_code("", self.company))
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.env.cr.savepoint():
                self._coupon("Spring20")
                self.env.flush_all()
        other = self.env["res.company"].create({"name": "Other"})
        twin = self._coupon("SPRING20", company_id=other.id)
        self.assertEqual(coupon._with_code("SPRING20", other), twin)

    def test_what_it_grants_is_said(self):
        texts = {
            self._coupon("A", duration="periods"): "20 % off, for 3 periods",
            self._coupon("B", "fixed", rest="carries"): (
                "10.00\N{NO-BREAK SPACE}€ off, for one period, what is left is taken "
                "off later"
            ),
            self._coupon("C", "free"): "One free period",
            self._coupon("D", duration="forever", one_off=True): (
                "20 % off, as long as the subscription runs, one-off charges too"
            ),
        }
        for coupon, text in texts.items():
            self.assertEqual(coupon.terms_text, text)

    def test_terms_that_make_no_sense(self):
        for values in (
            {"percent": 0},
            {"percent": 101},
            {"kind": "fixed", "amount": 0},
            {"kind": "free", "duration": "forever"},
            {"duration": "periods", "period_count": 0},
            {"code": "  "},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._coupon(**values)

    def test_terms_stay_once_used(self):
        coupon = self._coupon()
        coupon.percent = 25
        sub = self._draft()
        use = self._use(sub, coupon)
        with self.assertRefused("SPRING has been used"):
            coupon.percent = 30
        with self.assertRefused("stays on record"):
            coupon.unlink()
        coupon.write({"valid_to": "2026-04-30", "max_uses": 5, "name": "Longer"})
        copy = coupon.copy()
        self.assertEqual((copy.code, copy.percent), ("SPRING-COPY", 25))
        # A draft that is deleted takes its use along.
        sub.unlink()
        self.assertFalse(use.exists())
        coupon.percent = 30


@tagged("post_install", "-at_install")
@freeze_time("2026-04-10")
class TestCouponRefusals(CouponCommon):
    def refused(self, sentence, sub=None, code="SPRING", day=None, **terms):
        if terms:
            self._coupon(code, **terms)
        sub = sub or self._draft("2026-04-10")
        with self.assertRefused(sentence):
            sub.action_apply_coupon(code, day)
        self.assertFalse(sub.coupon_use_ids)

    def test_unknown_or_archived(self):
        self.refused("There is no coupon “NOPE”.", code="NOPE")
        self.refused("There is no coupon “SPRING”.", active=False)

    def test_first_and_last_day_count(self):
        self.refused(
            "can be used from 04/11/2026 on", code="A", valid_from="2026-04-11"
        )
        self.refused("04/09/2026 was its last day", code="B", valid_to="2026-04-09")
        today = self._coupon("C", valid_from="2026-04-10", valid_to="2026-04-10")
        self.assertTrue(self._use(self._draft("2026-04-10"), today))

    def test_used_up(self):
        coupon = self._coupon(max_uses=1)
        use = self._use(self._draft(), coupon)
        other = self._draft(customer=self._customer("Other"))
        self.refused("SPRING is used up: it could be used 1 times.", other)
        self.assertEqual(coupon.status, "used_up")
        self.assertIn(coupon, coupon.search([("status", "=", "used_up")]))
        # What was removed before it took anything off is not a use.
        use.action_remove()
        self.assertTrue(self._use(other, coupon))

    def test_once_per_customer(self):
        coupon = self._coupon()
        self._use(self._draft(), coupon)
        person = self._customer("Bob", parent_id=self.customer.id)
        self.refused(
            "Acme has used SPRING already: 1 per customer.",
            self._draft(customer=person),
        )
        self.assertTrue(self._use(self._draft(customer=self._customer("B")), coupon))

    def test_not_for_this_plan(self):
        other = self._plan("Other")
        self.refused(
            "SPRING is not for the plan Pro, only for: Other.",
            plan_ids=[Command.set(other.ids)],
        )

    def test_new_customers_only(self):
        self._subscribe(self.plan, "2026-01-01")
        self.refused(
            "is for new customers: Acme has subscribed before", new_customers=True
        )
        newcomer = self._draft(customer=self._customer("New"))
        coupon = self._coupon("OTHER", new_customers=True)
        self.assertTrue(self._use(newcomer, coupon))
        billed = self._subscribe(self.plan, "2026-04-01", self._customer("Billed"))
        self._bill("2026-04-10")
        self.refused("is for new customers", billed, code="OTHER")

    def test_tags_and_sources(self):
        tag = self.env["res.partner.category"].create({"name": "Partner"})
        self.refused(
            "with the tag Partner", code="A", category_ids=[Command.set(tag.ids)]
        )
        self.customer.category_id = tag
        coupon = self.env["recurring.coupon"]._with_code("A", self.company)
        self.assertTrue(self._use(self._draft(), coupon))
        source = self.env["utm.source"].create({"name": "Fair"})
        self.refused(
            "who came through Fair", code="B", source_ids=[Command.set(source.ids)]
        )
        medium = self.env["utm.medium"].create({"name": "Stand"})
        self.refused(
            "who came through Stand", code="C", medium_ids=[Command.set(medium.ids)]
        )
        coupon = coupon._with_code("B", self.company)
        self.assertTrue(self._use(self._draft(source_id=source.id), coupon))

    def test_combination(self):
        sub = self._draft()
        self._use(sub, self._coupon("A"))
        self._coupon("B", combination="alone")
        with self.assertRefused("B cannot be combined with A: B stands alone."):
            sub.action_apply_coupon("B")
        with self.assertRefused("has A already"):
            sub.action_apply_coupon("a")

    def test_other_currency(self):
        self.refused(
            "takes off an amount in USD", kind="fixed", currency_id=self.dollar.id
        )
        percent = self._coupon("P", currency_id=self.dollar.id)
        self.assertTrue(self._use(self._draft(), percent))

    def test_billed_already(self):
        sub = self._subscribe(self.plan, "2026-04-01")
        self._bill("2026-04-01")
        self.refused(
            "let SPRING hold from 05/01/2026 on", sub, day="2026-04-01", percent=5
        )
        self.refused("starts on 04/01/2026: choose", sub, day="2026-03-01")
        sub._cancel(sub.start_date, credit=True)
        sub._set_state(("cancelling", "active"), "closed")
        self.refused("is closed", sub)

    def test_a_draft_that_does_not_fit_any_more_is_not_started(self):
        other = self._plan("Other")
        sub = self._draft()
        self._use(sub, self._coupon(plan_ids=[Command.set(self.plan.ids)]))
        sub.plan_id = other
        sub.line_ids.unlink()
        sub._add_plan_lines()
        with self.assertRefused("is not for the plan Other"):
            sub.action_activate()


@tagged("post_install", "-at_install")
@freeze_time("2026-04-10")
class TestCouponUse(CouponCommon):
    def test_from_the_next_period_on(self):
        sub = self._subscribe(self.plan, "2026-04-01")
        self._bill("2026-04-01")
        use = self._use(sub, self._coupon())
        self.assertEqual(
            (str(use.start_date), str(use.end_date)), ("2026-05-01", "2026-06-01")
        )
        change = sub.change_ids.filtered(lambda change: change.type == "coupon_add")
        self.assertEqual(change.amount_effect, -6)
        self.assertIn("05/01/2026: 24.00", change.note)
        self.assertEqual(change.user_id, self.env.user)
        self._bill("2026-06-01")
        self.assertInvoiced(sub, [30, 24 + 30])

    def test_from_a_later_day_on(self):
        sub = self._subscribe(self.plan, "2026-04-01")
        use = self._use(sub, self._coupon(), "2026-05-15")
        self.assertEqual(str(use.end_date), "2026-07-01")
        self.assertEqual(self.foreseen(sub, "2026-04-10")[:4], [30, 30, 24, 30])

    def test_removed(self):
        sub = self._subscribe(self.plan, "2026-04-01")
        use = self._use(sub, self._coupon(duration="forever"))
        self._bill("2026-04-10")
        use.action_remove()
        self.assertEqual((use.state, use.counted), ("removed", True))
        self.assertEqual(str(use.removed_date), "2026-05-01")
        change = sub.change_ids.filtered(lambda change: change.type == "coupon_remove")
        self.assertEqual(change.amount_effect, 6)
        self._bill("2026-05-01")
        self.assertInvoiced(sub, [24, 30])
        self.assertSound(sub)
        with self.assertRefused("does not have this coupon"):
            sub.action_remove_coupon(use.id)

    def test_a_change_of_rhythm_grants_neither_more_nor_less(self):
        """Three months at a discount; then yearly: the year that starts within them."""
        yearly = self._plan("Yearly", [{"unit_price": 300.0}], interval_unit="year")
        sub = self._subscribe(self.plan, "2026-04-01")
        use = self._use(sub, self._coupon(duration="periods", period_count=3))
        self._bill("2026-04-10")
        with freeze_time("2026-05-01"):
            sub.action_change("plan", {"plan_id": yearly.id, "anchor": "new"})
            self.assertEqual(str(use.end_date), "2026-07-01")
            self._bill("2026-05-01")
        self.assertInvoiced(sub, [24, 240])

    def test_two_in_a_month_cannot_use_the_last_one(self):
        """Counting claims the coupon: the claim is part of every application."""
        coupon = self._coupon()
        claims = []
        with patch.object(
            type(coupon), "_claim", lambda self: claims.append(self.code)
        ):
            self._use(self._draft(), coupon)
        self.assertEqual(claims, ["SPRING"])
        before = coupon.claim_count
        coupon._claim()
        self.assertEqual(coupon.claim_count, before + 1)

    def test_the_wizard_shows_before_and_after(self):
        sub = self._subscribe(self.plan, "2026-04-01")
        self._coupon()
        wizard = self.env["recurring.coupon.wizard"].with_context(
            default_subscription_id=sub.id
        )
        with Form(wizard) as form:
            form.code = "nope"
            self.assertIn("There is no coupon", form.refusal)
            form.code = "spring"
            self.assertFalse(form.refusal)
            self.assertIn("30.00", form.preview)
            self.assertIn("24.00", form.preview)
            form.date = "2026-06-01"
            self.assertIn("takes effect later", form.preview)
            form.date = False
        self.assertFalse(sub.coupon_use_ids)
        form.record.action_confirm()
        self.assertEqual(sub.coupon_use_ids.coupon_id.code, "SPRING")
        # On a draft as well.
        draft = self._draft(customer=self._customer("B"))
        with Form(wizard.with_context(default_subscription_id=draft.id)) as form:
            form.code = "SPRING"
            self.assertIn("24.00", form.preview)

    def test_a_draft_that_starts_later_is_covered_from_its_start(self):
        sub = self._draft("2026-04-01")
        use = self._use(sub, self._coupon())
        self.assertFalse(use.start_date)
        self.assertEqual(self.foreseen(sub, "2026-04-10")[:2], [30 + 24 - 30, 30])
        sub.start_date = "2026-04-15"
        sub.action_activate()
        self.assertEqual(
            (str(use.start_date), str(use.end_date)), ("2026-04-15", "2026-05-15")
        )

    def test_a_copy_has_no_coupon(self):
        sub = self._draft()
        self._use(sub, self._coupon())
        self.assertFalse(sub.copy().coupon_use_ids)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-10")
class TestCouponRights(CouponCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "c_seller", groups=GROUP % "user")
        cls.other = new_test_user(cls.env, "c_other", groups=GROUP % "user")
        cls.manager = new_test_user(cls.env, "c_manager", groups=GROUP % "manager")
        cls.accountant = new_test_user(
            cls.env, "c_accountant", groups="account.group_account_readonly"
        )
        cls.coupon = cls._coupon()
        cls.sub = cls._subscribe(cls.plan, "2026-04-01", user_id=cls.seller.id)

    def test_a_salesperson_applies_and_removes_on_own_subscriptions(self):
        sub = self.sub.with_user(self.seller)
        [use_id] = sub.action_apply_coupon("SPRING")
        use = self.env["recurring.coupon.use"].with_user(self.seller).browse(use_id)
        self.assertEqual(use.user_id, self.seller)
        self.assertIn("24.00", sub.next_summary)
        for values in ({"state": "finished"}, {"end_date": False}):
            with self.assertRaises(AccessError):
                use.write(values)
        with self.assertRaises(AccessError):
            self.coupon.with_user(self.seller).write({"percent": 100})
        with self.assertRaises(AccessError):
            sub.with_user(self.other).action_remove_coupon(use_id)
        use.action_remove()

    def test_others_do_not(self):
        for user in (self.other, self.accountant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.sub.with_user(user).action_apply_coupon("SPRING")

    def test_an_accountant_reads_figures(self):
        self.sub.action_apply_coupon("SPRING")
        self._bill("2026-04-10")
        coupon = self.coupon.with_user(self.accountant)
        self.assertEqual((coupon.use_count, coupon.cost), (1, 6))
        redemption = coupon.use_ids.redemption_ids
        self.assertEqual(redemption.amount, 6)
        for records in (redemption, redemption.sudo()):
            with self.assertRaises(UserError):
                records.write({"amount": 0})

    def test_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self._coupon("FOREIGN", company_id=company.id)
        with self.assertRefused("There is no coupon “FOREIGN”."):
            self.sub.action_apply_coupon("FOREIGN")
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager).read(["code"])

    def test_a_manager_makes_one_on_the_form(self):
        coupons = self.env["recurring.coupon"].with_user(self.manager)
        with Form(coupons) as form:
            form.code = "ten"
            form.name = "Ten"
            form.kind = "fixed"
            form.amount = 10
        self.assertEqual(form.record.code, "TEN")


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01")
class TestCampaign(CouponCommon):
    def test_figures(self):
        """Three uses: one stays, one leaves, one still has its discount."""
        coupon = self._coupon(duration="periods", period_count=2)
        subs = [self._draft(customer=self._customer(f"C{n}")) for n in range(3)]
        for sub in subs[:2]:
            self._use(sub, coupon)
            sub.action_activate()
        self._bill("2026-05-01")
        with freeze_time("2026-05-20"):
            subs[1].action_cancel("period_end")
        with freeze_time("2026-06-01"):
            self.env["recurring.subscription"]._advance_lifecycle(
                self.company, subs[0].start_date.replace(month=6)
            )
            subs[2].start_date = "2026-06-01"
            self._use(subs[2], coupon)
            subs[2].action_activate()
            self._bill("2026-06-01")
            self.assertEqual(
                (coupon.use_count, coupon.ended_count, coupon.converted_count),
                (3, 2, 1),
            )
            self.assertEqual(coupon.conversion, 0.5)
        self.assertEqual(coupon.cost, 6 * 5)
        self.assertEqual(coupon.revenue, 24 * 5)
        uses = coupon.use_ids.sorted("id")
        self.assertEqual(uses.mapped("converted"), [True, False, False])
        self.assertEqual(uses.mapped("state"), ["finished", "finished", "active"])

    def test_in_the_companys_currency(self):
        self.env["res.currency.rate"].create(
            {"currency_id": self.dollar.id, "name": "2026-01-01", "rate": 2.0}
        )
        plan = self._plan("Dollars", currency_id=self.dollar.id)
        sub = self._draft(plan=plan, currency_id=self.dollar.id)
        use = self._use(sub, self._coupon())
        sub.action_activate()
        self._bill("2026-04-01")
        self.assertEqual((use.redemption_ids.amount, use.coupon_id.cost), (6, 3))

    def test_filters(self):
        made = {
            "open": self._coupon("O"),
            "expired": self._coupon("E", valid_to="2026-03-31"),
            "upcoming": self._coupon("U", valid_from="2026-04-02"),
        }
        for status, coupon in made.items():
            self.assertEqual(coupon.status, status)
            found = coupon.search([("status", "=", status)])
            self.assertIn(coupon, found)
            self.assertFalse(found & (sum(made.values(), coupon) - coupon))
