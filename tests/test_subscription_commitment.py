"""A longer commitment costs less; a free plan leads to a paid one."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_sale import SaleCommon
from .common_trials import TrialCommon


def commitments(*rows):
    return [
        Command.create({"term_count": count, "term_unit": unit, "discount": percent})
        for count, unit, percent in rows
    ]


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestCommitment(TrialCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flexible = cls._trial_plan(
            "Flexible",
            trial_days=0,
            term_ids=commitments((12, "month", 10), (2, "year", 20)),
        )
        cls.version = cls.flexible.current_version_id
        cls.year, cls.two_years = cls.version.term_ids.sorted("months")

    def test_term_and_discount_of_the_choice(self):
        sub = self._subscribe(self.flexible, "2026-04-16", term_id=self.year.id)
        self.assertEqual(
            (sub.term_start, sub.term_end, sub.renewal),
            (date(2026, 4, 16), date(2027, 4, 16), "automatic"),
        )
        base, setup = sub.line_ids
        self.assertEqual((base.discount, setup.discount), (10.0, 0.0))
        self._bill("2026-04-16")
        self.assertEqual(sorted(sub.billed_item_ids.mapped("amount")), [27.0, 50.0])
        self._day_comes(sub, "2027-04-16")
        self.assertEqual(sub.term_end, date(2028, 4, 16))
        with self.assertRefused("not typed over"):
            sub.term_id = self.two_years

    def test_chosen_later_in_the_draft(self):
        sub = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.flexible.id}
        )
        self.assertEqual(sub.line_ids[0].discount, 0.0)
        sub.term_id = self.two_years
        self.assertEqual(sub.line_ids[0].discount, 20.0)
        sub.line_ids[0].discount = 25.0
        sub.term_id = self.year
        self.assertEqual(sub.line_ids[0].discount, 25.0)
        self.assertEqual(sub.renewal, "automatic")
        sub.term_id = False
        self.assertEqual(sub.renewal, "none")

    def test_texts_and_publication(self):
        self.assertIn("Committed for 12 months: 10 % off", self.version.price_summary)
        with self.assertRefused("equally long"):
            self._trial_plan(
                "Twice", term_ids=commitments((12, "month", 5), (1, "year", 10))
            )
        with self.assertRefused("shorter than one billing period"):
            self._trial_plan(
                "Short", interval_unit="year", term_ids=commitments((6, "month", 5))
            )
        with self.assertRefused("has been published"):
            self.year.discount = 50

    def test_a_change_of_plan_keeps_a_commitment_that_both_offer(self):
        premium = self._trial_plan(
            "Premium",
            [{"unit_price": 60.0}],
            trial_days=0,
            term_ids=commitments((1, "year", 15)),
        )
        sub = self._subscribe(self.flexible, "2026-04-16", term_id=self.year.id)
        self._change(sub, "plan", {"plan_id": premium.id})
        self.assertEqual(sub.term_id.version_id, premium.current_version_id)
        self.assertEqual(sub.term_end, date(2027, 4, 16))
        self.assertEqual(sub._lines_on(date(2026, 4, 16)).discount, 15.0)
        other = self._subscribe(self.flexible, "2026-04-16", term_id=self.year.id)
        self._change(other, "plan", {"plan_id": self.pro.id})
        self.assertFalse(other.term_id)
        self.assertEqual(other._lines_on(date(2026, 4, 16)).discount, 0.0)

    def test_the_term_counts_after_the_trial(self):
        plan = self._trial_plan("Tried", term_ids=commitments((1, "year", 10)))
        term = plan.current_version_id.term_ids
        sub = self._subscribe(plan, "2026-04-16", term_id=term.id)
        self.assertEqual(sub.term_end, date(2027, 4, 30))
        with freeze_time("2026-04-20"):
            sub.action_convert_trial()
        self.assertEqual(
            (sub.term_start, sub.term_end), (date(2026, 4, 20), date(2027, 4, 20))
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestUpgrade(TrialCommon):
    def test_free_for_ever_then_upgraded_in_one_click(self):
        free = self._plan_of_seats("Free", 0.0, plan={"upgrade_plan_id": self.pro.id})
        sub = self._subscribe(free, "2026-03-16")
        self._bill("2026-04-16")
        self.assertEqual(sub.state, "active")
        self.assertFalse(sub.billed_item_ids.move_id)
        self.assertEqual(sub.billed_item_ids.mapped("amount"), [0.0, 0.0])
        self.assertIn("Nothing is to be paid", sub.next_summary)
        self.assertIn("30.00", sub.upgrade_text)
        self.assertEqual(sub.plan_id, free)
        action = sub.action_open_upgrade()
        self.assertEqual(action["res_id"], sub.id)
        sub.action_upgrade()
        self.assertEqual(sub.plan_id, self.pro)
        self.assertEqual(sub.change_ids.sorted("id")[-1].type, "upgrade")
        self.assertDue(
            sub, "2026-04-16", [("charge", "2026-04-16", "2026-05-15", 30.0)]
        )
        with self.assertRefused("does not say what to upgrade to"):
            sub.action_upgrade()

    def test_from_free_to_a_trial_to_paid(self):
        phases = [Command.create({"periods": 1, "price": 19.0})]
        charge = {"unit_price": 30.0, "phase_ids": phases}
        paid = self._trial_plan("Paid", [charge], trial_days=10)
        free = self._plan_of_seats("Free", 0.0, plan={"upgrade_plan_id": paid.id})
        sub = self._subscribe(free, "2026-03-16")
        self._bill("2026-04-16")
        self.assertIn("Free until 04/25/2026", sub.upgrade_text)
        self.assertEqual((sub.state, sub.trial_start), ("active", False))
        sub.action_upgrade()
        self.assertEqual(
            (sub.state, sub.plan_id, sub.trial_end, sub.next_billing_date),
            ("trial", paid, date(2026, 4, 26), date(2026, 4, 26)),
        )
        self._day_comes(sub, "2026-04-26")
        self.assertEqual(sub.state, "active")
        self._bill("2026-05-26")
        self.assertEqual(
            [row[1:] for row in self._charged(sub) if row[0]],
            [("2026-04-26", "2026-05-25"), ("2026-05-26", "2026-06-25")],
        )
        self.assertEqual([row[0] for row in self._charged(sub) if row[0]], [19.0, 30.0])
        other = self._subscribe(free, "2026-04-16")
        with self.assertRefused("cannot try Paid"):
            self._change(other, "plan", {"plan_id": paid.id, "trial": True})
        other.action_upgrade()
        self.assertEqual(other.state, "active")

    def _charged(self, sub):
        return [
            (row.amount, str(row.date_start), str(row.last_day))
            for row in sub.billed_item_ids.sorted("date_start")
        ]


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01")
class TestQuotation(SaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env.user.lang = "en_US"

    def _sell(self, **version):
        phases = version.pop("phases", [])
        charge = {
            "product_id": self.pro.id,
            "unit_price": 20,
            "phase_ids": [Command.create(phase) for phase in phases],
        }
        setup = {"product_id": self.setup.id, "unit_price": 50, "role": "one_off"}
        self.pro.rr_plan_id = self._plan("Offer", [charge, setup], **version)
        return self._order((self.pro, {}))

    def test_the_quotation_tells_trial_and_phases(self):
        order = self._sell(trial_days=30, phases=[{"periods": 2, "price": 10}])
        text = order.rr_expected_text.replace("\N{NO-BREAK SPACE}", " ")
        self.assertEqual(
            text,
            "Offer: free until 04/30/2026, then:\n"
            "Offer: 72.00 € including tax on 05/01/2026, then 12.00 € including tax on "
            "06/01/2026, then 24.00 € including tax on 07/01/2026",
        )
        self.assertIn("first 2 months at 10.00", order.order_line.rr_period_text)
        self.assertEqual(order.order_line.rr_period, "per month")
        order.action_confirm()
        sub = order.rr_subscription_ids
        self.assertEqual((sub.state, sub.trial_end), ("trial", date(2026, 5, 1)))
        expected = sub._expected(date(2026, 4, 1), date(2026, 7, 1))
        self.assertEqual([row.total for row in expected], [72.0, 12.0, 24.0])

    def test_what_the_trial_depends_on(self):
        order = self._sell(trial_days=30, trial_after="payment")
        self.assertIn("once you have given a payment method", order.rr_expected_text)
        self.assertIn("84.00", order.rr_expected_text)
        order = self._sell(trial_days=30, trial_after="end")
        self.assertIn("unless you ask to go on", order.rr_expected_text)

    def test_a_customer_who_had_a_trial_is_quoted_without(self):
        first = self._sell(trial_days=30)
        first.action_confirm()
        again = self._order((self.pro, {}))
        self.assertNotIn("free until", again.rr_expected_text)
        again.action_confirm()
        self.assertEqual(again.rr_subscription_ids.state, "active")

    def test_an_order_cancelled_in_the_trial_and_confirmed_again(self):
        order = self._sell(trial_days=30)
        order.action_confirm()
        sub = order.rr_subscription_ids
        order._action_cancel()
        self.assertEqual(sub.state, "closed")
        order.action_draft()
        order.action_confirm()
        self.assertEqual(order.rr_subscription_ids, sub)
        self.assertEqual((sub.state, sub.trial_end), ("trial", date(2026, 5, 1)))

    def test_a_commitment_chosen_on_the_quotation(self):
        order = self._sell(term_ids=commitments((1, "year", 10)))
        term = order.rr_term_ids
        self.assertEqual(term.discount, 10)
        order.rr_term_id = term
        self.assertEqual(order.order_line.discount, 10)
        self.assertIn(
            "10 % off for a commitment of one year", order.order_line.rr_period_text
        )
        # (18.00 + 50.00) with 20 % tax
        self.assertIn("81.60", order.rr_expected_text)
        order.action_confirm()
        sub = order.rr_subscription_ids
        self.assertEqual((sub.term_id, sub.term_end), (term, date(2027, 4, 1)))
        base, setup = sub.line_ids
        self.assertEqual((base.discount, setup.discount), (10, 0))

    def test_a_commitment_taken_back_takes_its_discount(self):
        order = self._sell(term_ids=commitments((1, "year", 10)))
        order.order_line.discount = 5
        order.order_line.product_uom_qty = 2
        self.assertEqual(order.order_line.discount, 5)
        order.rr_term_id = order.rr_term_ids
        self.assertEqual(order.order_line.discount, 10)
        order.rr_term_id = False
        self.assertEqual(order.order_line.discount, 0)

    def test_a_discount_taken_off_the_quotation_stays_off(self):
        order = self._sell(term_ids=commitments((1, "year", 10)))
        order.rr_term_id = order.rr_term_ids
        order.order_line.discount = 0
        order.action_confirm()
        self.assertEqual(order.rr_subscription_ids.line_ids.mapped("discount"), [0, 0])
