"""Who may use which coupon, from when on, and what the history says of it."""

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, mute_logger, tagged

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
