"""A coupon on a subscription: from when on, the wizard, who may, and the history."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_coupons import CouponCommon

GROUP = "recurring_revenue.group_%s"


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
        """Three months at 20 %, then a year from the second on: two months of it, 61
        of 365 days. 20 % of 300.00 x 61 / 365 = 10.03."""
        sub, use = self._yearly_from_may()
        self.assertEqual(str(use.end_date), "2026-07-01")
        self.assertInvoiced(sub, [24, 289.97])
        self.assertSound(sub)
        line = sub.billed_item_ids.move_line_id.sorted("id")[-1]
        self.assertIn("SPRING (20 %, until 06/30/2026)", line.name)

    def test_free_months_are_no_free_year(self):
        """300.00 x 61 / 365 = 50.14 of the year are free."""
        sub, _use = self._yearly_from_may("free")
        self.assertInvoiced(sub, [249.86])
        self.assertSound(sub)

    def test_an_amount_by_the_month_of_a_year(self):
        sub, use = self._yearly_from_may("fixed")
        self.assertInvoiced(sub, [20, 280])
        self.assertSound(sub)
        self.assertEqual((self.taken(use), use.state), (30, "finished"))
        # What was paid with it counts once, however many periods are in a charge.
        self.assertEqual(sum(use.redemption_ids.mapped("invoiced")), 300)
        line = sub.billed_item_ids.move_line_id.sorted("id")[-1]
        self.assertIn("Coupon SPRING: -20.00", line.name)

    def test_an_amount_for_ever_on_a_year(self):
        sub, use = self._yearly_from_may("fixed", duration="forever")
        self.assertInvoiced(sub, [20, 180])
        with freeze_time("2027-05-01"):
            self._bill("2027-05-01")
        self.assertInvoiced(sub, [20, 180, 180])
        self.assertSound(sub)

    def test_a_credit_of_days_that_were_not_reduced(self):
        """Free until June; cancelled in November: 180 of 365 days of 300.00 are
        credited in full, 147.95, as nothing of the free months is in them."""
        sub, use = self._yearly_from_may("free")
        with freeze_time("2026-11-01"):
            sub.action_cancel(when="now", credit=True)
            self._bill("2026-11-02")
        self.assertInvoiced(sub, [249.86, -147.95])
        self.assertSound(sub)
        self.assertEqual(round(self.taken(use), 2), 80.14)

    def test_a_credit_of_some_of_the_days_that_were_reduced(self):
        """Cancelled on 31 May: 334 of 365 days, 274.52, of which the 30 days of June,
        24.66, were free."""
        sub, use = self._yearly_from_may("free")
        with freeze_time("2026-05-31"):
            sub.action_cancel(when="now", credit=True)
            self._bill("2026-06-01")
        self.assertInvoiced(sub, [249.86, -249.86])
        self.assertSound(sub)
        self.assertEqual(round(self.taken(use), 2), 55.48)

    def test_a_seat_more_within_the_free_months(self):
        """From June on two seats: 334 of 365 days, of which the 30 of June are free.
        (300.00 x 304 / 365) x 2 = 499.73 in all, whatever is credited on the way."""
        sub, _use = self._yearly_from_may("free", model="per_unit")
        with freeze_time("2026-06-01"):
            line = sub.line_ids.filtered(lambda line: not line.end_date)
            rows = [{"line_id": line.id, "quantity": 2}]
            sub.action_change("lines", {"lines": rows}, proration="now")
            self._bill("2026-06-01")
        self.assertInvoiced(sub, [249.86, 249.87])
        self.assertSound(sub)
        with freeze_time("2026-11-01"):
            sub.action_cancel(when="now", credit=True)
            self._bill("2026-11-02")
        # 600.00 x 180 / 365 = 295.89
        self.assertInvoiced(sub, [249.86, 249.87, -295.89])
        self.assertSound(sub)

    def test_amounts_by_the_month_are_kept_for_the_months_served(self):
        sub, use = self._yearly_from_may("fixed")
        with freeze_time("2026-11-01"):
            sub.action_cancel(when="now", credit=True)
            self._bill("2026-11-02")
        self.assertInvoiced(sub, [20, 280, -147.95])
        self.assertSound(sub)
        self.assertEqual(self.taken(use), 30)

    def _yearly_from_may(self, kind="percent", model="flat", **terms):
        """A coupon for three months from April on; a yearly plan from May on."""
        charge = {"unit_price": 300.0, "charge_model": model}
        yearly = self._plan("Yearly", [charge], interval_unit="year")
        sub = self._subscribe(self.plan, "2026-04-01")
        terms = {"duration": "periods", "period_count": 3, **terms}
        use = self._use(sub, self._coupon(kind=kind, **terms))
        self._bill("2026-04-10")
        with freeze_time("2026-05-01"):
            sub.action_change(
                "plan", {"plan_id": yearly.id, "anchor": "new"}, when="now"
            )
            self._bill("2026-05-01")
        return sub, use

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
class TestCouponWithTrial(CouponCommon):
    """A trial costs nothing: the coupon's periods begin with the first one billed."""

    def _trial_plan(self, **values):
        return self._plan("Trial", trial_days=14, **values)

    def test_a_draft_with_a_trial(self):
        sub = self._draft(plan=self._trial_plan())
        use = self._use(sub, self._coupon())
        self.assertIn("24.00", sub.next_summary)
        sub.action_activate()
        self.assertEqual(sub.state, "trial")
        self.assertEqual(
            (str(use.start_date), str(use.end_date)), ("2026-04-15", "2026-05-15")
        )
        self.assertEqual(self.foreseen(sub)[:2], [24, 30])

    def test_applied_during_a_trial(self):
        sub = self._draft(plan=self._trial_plan())
        sub.action_activate()
        use = self._use(sub, self._coupon())
        self.assertEqual(str(use.start_date), "2026-04-15")
        self.assertEqual(self.foreseen(sub)[:2], [24, 30])

    def test_a_change_is_shown_with_the_coupon(self):
        sub = self._draft()
        self._use(sub, self._coupon(duration="forever"))
        sub.action_activate()
        self._bill("2026-04-01")
        with freeze_time("2026-04-16"):
            rows = {"lines": [{"line_id": sub.line_ids.id, "quantity": 2}]}
            shown = sub.preview_change("lines", rows)
            sub.action_change("lines", rows)
            self._bill("2026-04-16")
        self.assertEqual(shown["difference"], 12)
        self.assertEqual(sum(item["value"] for item in shown["items"]), 12)
        self.assertInvoiced(sub, [24, 12])

    def test_offered_before_leaving(self):
        """The coupon that the plan offers keeps a customer who wanted to leave."""
        sub = self._subscribe(self.plan, "2026-04-01")
        coupon = self._coupon("STAY")
        self.plan.retention_coupon_id = coupon
        reason = self.env["recurring.close.reason"].search([], limit=1)
        action = sub.action_open_cancel()
        cancels = self.env[action["res_model"]].with_context(**action["context"])
        with Form(cancels) as form:
            form.reason_id = reason
            self.assertTrue(form.offers_coupon)
        action = form.record.action_take_coupon()
        coupons = self.env[action["res_model"]].with_context(**action["context"])
        with Form(coupons) as form:
            self.assertEqual(form.code, "STAY")
            self.assertIn("24.00", form.preview)
        form.record.action_confirm()
        change = sub.change_ids.sorted("id")[-1]
        self.assertEqual(change.type, "coupon_add")
        self.assertIn("took: a discount", change.what_text)
        with Form(cancels) as form:
            form.reason_id = reason
            self.assertFalse(form.offers_coupon)
