"""A plan's versions: checked when published, unchanged ever after."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestCatalogPublish(RecurringCommon):
    def _assert_refused(self, sentence, version):
        with self.assertRaises(UserError) as refusal:
            version.action_publish()
        self.assertIn(sentence, str(refusal.exception))
        self.assertEqual(version.state, "draft")

    def _draft(self, **values):
        return self._plan(publish=False, **values).draft_version_id

    def test_publishing_says_who_and_when(self):
        plan = self._plan()
        version = plan.current_version_id
        self.assertEqual((version.state, version.number), ("published", 1))
        self.assertEqual(version.published_uid, self.env.user)
        self.assertTrue(version.published_date)
        self.assertEqual(plan.state, "published")
        self.assertFalse(plan.draft_version_id)

    def test_review_checks_before_it_asks(self):
        good = self._draft()
        action = good.action_review()
        self.assertEqual((action["res_id"], action["target"]), (good.id, "new"))
        with self.assertRaises(UserError):
            self._draft(charge_ids=[Command.clear()]).action_review()

    def test_all_reasons_at_once(self):
        version = self._draft(
            interval_unit="week",
            alignment="calendar",
            interval_count=2,
            cancel_when="term_end",
        )
        with self.assertRaises(UserError) as refusal:
            version.action_publish()
        text = str(refusal.exception)
        self.assertIn("Following the calendar takes a period of 1 week", text)
        self.assertIn("Without a term nobody can cancel at its end", text)

    # ------------------------------------------------------------------
    # Refusals, each with its sentence
    # ------------------------------------------------------------------

    def test_refuse_archived_plan(self):
        version = self._draft()
        version.plan_id.active = False
        self._assert_refused("The plan is archived", version)

    def test_refuse_without_charge(self):
        version = self._draft(charge_ids=[Command.clear()])
        self._assert_refused("It has no charge", version)

    def test_refuse_only_addons_and_one_offs(self):
        version = self._draft(charges=[{"role": "addon"}, {"role": "one_off"}])
        self._assert_refused("add one that every subscription has", version)

    def test_refuse_alignments_that_make_no_grid(self):
        cases = [
            ("week", 1, "day_of_month", "counted in months or years"),
            ("day", 10, "calendar", "Following the calendar takes"),
            ("month", 5, "season", "A season is billed by 1, 2, 3, 4, 6 or 12"),
            ("year", 2, "calendar", "Following the calendar takes"),
        ]
        for unit, count, alignment, sentence in cases:
            with self.subTest(unit=unit, count=count, alignment=alignment):
                self._assert_refused(
                    sentence,
                    self._draft(
                        interval_unit=unit, interval_count=count, alignment=alignment
                    ),
                )

    def test_refuse_season_on_31_september(self):
        version = self._draft(
            interval_unit="year",
            alignment="season",
            alignment_month="9",
            alignment_day=31,
        )
        self._assert_refused("a day that does not exist", version)

    def test_refuse_terms_that_contradict(self):
        cases = [
            ({"renewal": "automatic"}, "there is nothing to renew"),
            ({"cancel_when": "term_end"}, "nobody can cancel at its end"),
            (
                {"interval_unit": "year", "term_count": 6, "term_unit": "month"},
                "shorter than one billing period",
            ),
            (
                {"term_count": 1, "term_unit": "month", "notice_days": 45},
                "The notice is longer than the term",
            ),
        ]
        for values, sentence in cases:
            with self.subTest(**values):
                self._assert_refused(sentence, self._draft(**values))

    def test_refuse_archived_product(self):
        version = self._draft()
        version.charge_ids.product_id.active = False
        self._assert_refused("is archived", version)

    def test_refuse_product_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        version = self._draft()
        version.charge_ids.product_id.company_id = other
        self._assert_refused("belongs to a company other than the plan", version)

    def test_refuse_inactive_currency(self):
        version = self._draft(currency_id=self.dollar.id)
        self.dollar.active = False
        self._assert_refused("USD is not active", version)

    def test_refuse_archived_journal(self):
        journal = self.env["account.journal"].create(
            {"name": "Dues", "type": "sale", "code": "RRDUE"}
        )
        version = self._draft(journal_id=journal.id)
        journal.active = False
        self._assert_refused("The journal Dues is archived", version)

    def test_refuse_archived_payment_terms(self):
        term = self.env["account.payment.term"].create({"name": "Some day"})
        version = self._draft(payment_term_id=term.id)
        term.active = False
        self._assert_refused("The payment terms Some day are archived", version)

    def test_refuse_price_scales_with_gaps(self):
        cases = [
            ([], "has no tier"),
            ([(10, 5)], "stops at 10"),
            ([(10, 5), (10, 4), (0, 3)], "end at the same quantity"),
            ([(0, 5), (0, 4)], "end at the same quantity"),
        ]
        for tiers, sentence in cases:
            with self.subTest(tiers=tiers):
                charge = {"charge_model": "graduated", "tiers": tiers}
                self._assert_refused(sentence, self._draft(charges=[charge]))

    def test_refuse_second_version_without_or_before_its_date(self):
        plan = self._plan(effective_date="2026-03-01")
        plan.action_new_version()
        second = plan.draft_version_id
        second.effective_date = False
        self._assert_refused("Say from which day on", second)
        second.effective_date = "2026-02-01"
        self._assert_refused("before version 1 (03/01/2026)", second)
        second.effective_date = "2026-03-01"
        second.action_publish()

    def test_refuse_policy_without_or_before_its_date(self):
        plan = self._plan()
        plan.action_new_version()
        second = plan.draft_version_id
        second.write({"effective_date": "2026-03-01", "existing_policy": "date"})
        self._assert_refused("Say on which day existing subscriptions move", second)
        second.existing_date = "2026-02-01"
        self._assert_refused("before it takes effect", second)
        second.existing_date = "2026-04-01"
        second.action_publish()

    def test_form_keeps_term_and_renewal_together(self):
        with Form(self._draft()) as form:
            form.term_count = 1
            self.assertEqual(form.renewal, "automatic")
            form.cancel_when = "term_end"
            form.term_count = 0
            self.assertEqual((form.renewal, form.cancel_when), ("none", "period_end"))


@tagged("post_install", "-at_install")
class TestCatalogFrozen(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan(
            charges=[
                {"unit_price": 30.0},
                {"charge_model": "volume", "tiers": [(10, 5), (0, 4)]},
            ]
        )
        cls.version = cls.plan.current_version_id
        cls.flat, cls.tiered = cls.version.charge_ids

    def _assert_frozen(self, operation, *args):
        with self.assertRaises(UserError) as refusal:
            operation(*args)
        self.assertIn("it stays as it is", str(refusal.exception))

    def test_published_version_does_not_change(self):
        self._assert_frozen(self.version.write, {"interval_count": 2})
        self._assert_frozen(self.version.write, {"effective_date": "2030-01-01"})
        self._assert_frozen(self.version.unlink)

    def test_charges_and_tiers_do_not_change(self):
        product = self._product()
        tier = self.tiered.tier_ids[0]
        new_charge = {"version_id": self.version.id, "product_id": product.id}
        self._assert_frozen(self.flat.write, {"unit_price": 31})
        self._assert_frozen(self.flat.unlink)
        self._assert_frozen(self.env["recurring.plan.charge"].create, new_charge)
        self._assert_frozen(tier.write, {"unit_price": 1})
        self._assert_frozen(tier.unlink)
        self._assert_frozen(
            self.env["recurring.price.tier"].create, {"charge_id": self.tiered.id}
        )

    def test_nothing_moves_into_a_published_version(self):
        draft = self._plan(publish=False).draft_version_id
        self._assert_frozen(draft.charge_ids.write, {"version_id": self.version.id})

    def test_state_changes_by_its_buttons_only(self):
        draft = self._plan(publish=False).draft_version_id
        with self.assertRefused("by its buttons only"):
            draft.write({"state": "published"})
        with self.assertRefused("in preparation until"):
            draft.create({"plan_id": self.plan.id, "state": "published"})
        with self.assertRefused("is in state “Published”"):
            self.version.action_publish()

    def test_translations_may_still_be_added(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.flat.update_field_translations("name", {"fr_FR": "Licence pro"})
        self.assertEqual(self.flat.with_context(lang="fr_FR").name, "Licence pro")

    def test_published_plan_is_archived_not_deleted(self):
        with self.assertRefused("Archive it instead"):
            self.plan.unlink()
        self.plan.active = False
        draft_only = self._plan(publish=False)
        draft_only.unlink()
        self.assertFalse(draft_only.exists())

    def test_published_plan_keeps_its_company(self):
        with self.assertRefused("its company stays"):
            self.plan.company_id = False
        self.plan.company_id = self.plan.company_id

    def test_retired_is_sold_no_more(self):
        self.version.action_retire()
        self.assertEqual(self.plan.state, "retired")
        self.assertFalse(self.plan.current_version_id)
        self.assertFalse(self.plan._version_at(date(2026, 1, 1)))
        self._assert_frozen(self.flat.write, {"unit_price": 31})


@tagged("post_install", "-at_install")
class TestCatalogVersions(RecurringCommon):
    def test_new_plan_has_a_version_to_fill_in(self):
        plan = self.env["recurring.plan"].create({"name": "Équipe, à l'année"})
        self.assertEqual(plan.code, "EQUIPE-A-L-ANNEE")
        self.assertEqual(plan.draft_version_id.number, 1)
        self.assertEqual(plan.state, "draft")

    def test_codes_are_free_and_unique(self):
        first = self._plan("Pro", publish=False)
        second = self._plan("Pro", publish=False)
        self.assertEqual((first.code, second.code), ("PRO", "PRO-2"))
        first.name = "Pro renamed"
        self.assertEqual(first.code, "PRO")
        with self.assertRefused("used by another plan", ValidationError):
            self._plan(publish=False, plan={"code": "PRO", "company_id": False})
        with self.assertRefused("ends with a space", ValidationError):
            first.code = "PRO "

    def test_version_by_the_day_of_the_start(self):
        """Version 1 for any start, 2 from 1 March, 3 from 1 June 2026."""
        plan = self._plan()
        for day in ("2026-03-01", "2026-06-01"):
            plan.action_new_version()
            plan.draft_version_id.effective_date = day
            plan.draft_version_id.action_publish()
        cases = {
            date(2019, 1, 1): 1,
            date(2026, 2, 28): 1,
            date(2026, 3, 1): 2,
            date(2026, 5, 31): 2,
            date(2026, 6, 1): 3,
        }
        for day, number in cases.items():
            with self.subTest(day=day):
                self.assertEqual(plan._version_at(day).number, number)
        self.assertEqual(plan.current_version_id.number, 3)

    def test_not_on_sale_before_its_date(self):
        plan = self._plan(effective_date="2026-03-01")
        self.assertFalse(plan._version_at(date(2026, 2, 28)))
        self.assertTrue(plan._version_at(date(2026, 3, 1)))

    def test_newer_version_of_the_same_day_wins(self):
        plan = self._plan(effective_date="2026-03-01")
        plan.action_new_version()
        plan.draft_version_id.effective_date = "2026-03-01"
        plan.draft_version_id.action_publish()
        self.assertEqual(plan._version_at(date(2026, 3, 1)).number, 2)

    def test_new_version_copies_prices_and_leaves_the_old(self):
        plan = self._plan(
            charges=[{"charge_model": "graduated", "tiers": [(10, 5), (0, 4)]}],
            term_count=1,
            renewal="automatic",
        )
        first = plan.current_version_id
        action = plan.action_new_version()
        second = plan.draft_version_id
        self.assertEqual(action["res_id"], second.id)
        self.assertEqual((second.number, second.renewal), (2, "automatic"))
        self.assertTrue(second.effective_date)
        second.charge_ids.tier_ids[0].unit_price = 6
        self.assertEqual(first.charge_ids.tier_ids.mapped("unit_price"), [5, 4])
        self.assertEqual(plan.action_new_version()["res_id"], second.id)

    def test_copy_of_a_plan_starts_in_preparation(self):
        plan = self._plan(charges=[{"unit_price": 42.0}])
        copy = plan.copy()
        self.assertEqual((copy.name, copy.code), ("Pro (copy)", "PRO-COPY"))
        self.assertEqual(copy.state, "draft")
        self.assertEqual(copy.version_ids.mapped("number"), [1])
        self.assertEqual(copy.draft_version_id.charge_ids.unit_price, 42.0)

    def test_one_draft_at_a_time(self):
        plan = self._plan(publish=False)
        with self.assertRefused("in preparation already"):
            self.env["recurring.plan.version"].create({"plan_id": plan.id})

    def test_schedule_of_a_subscription(self):
        plan = self._plan(alignment="day_of_month", alignment_day=15)
        schedule = plan.current_version_id._schedule(date(2025, 1, 1))
        self.assertEqual(schedule.anchor, date(2025, 1, 15))
        anniversary = self._plan().current_version_id
        moved = anniversary._schedule(date(2025, 2, 10), date(2025, 1, 31))
        self.assertEqual(moved.period_at(date(2025, 2, 10)).end, date(2025, 2, 28))

    def test_rhythm_in_words(self):
        cases = [
            ({}, "Every month, in advance, from the day it starts"),
            (
                {"alignment": "day_of_month", "alignment_day": 31},
                "Every month, in advance, on the last day of the month",
            ),
            (
                {"interval_count": 3, "alignment": "calendar", "timing": "arrears"},
                "Every 3 months, in arrears, by calendar quarter",
            ),
            (
                {"interval_unit": "year", "alignment": "season"},
                "Every year, in advance, season from 1 September",
            ),
        ]
        for values, text in cases:
            with self.subTest(text=text):
                version = self._plan(**values).current_version_id
                self.assertEqual(version.schedule_text, text)
        monthly = self._plan().current_version_id
        self.assertEqual(
            monthly._schedule_text(date(2026, 3, 10)),
            "Every month, in advance, on day 10 of the month",
        )
