"""Cancelling, charging once and holding: what their windows promise."""

from datetime import date

from odoo.tests import Form, freeze_time, tagged

from .common_life import LifeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestCancelWizard(LifeCommon):
    def _form(self, sub):
        action = sub.action_open_cancel()
        return Form(
            self.env["recurring.cancel.wizard"].with_context(**action["context"])
        )

    def test_shows_the_credit_that_is_then_billed(self):
        sub = self._subscribe(self.yearly, "2026-01-01")
        self._bill("2026-01-01")
        with self._form(sub) as form:
            form.when = "now"
            form.credit = False
            self.assertNotIn("851.51", form.preview)
            form.credit = True
            self.assertIn("-851.51", form.preview)
            self.assertIn("-1,021.81", form.preview)
            self.assertIn("04/16/2026", form.preview)
            # The try left nothing behind.
            self.assertEqual(sub.state, "active")
            self.assertFalse(sub.line_ids.end_date)
            self.assertEqual(sub.change_ids.mapped("type"), ["start"])
            form.reason_id = self.reason
        form.record.action_confirm()
        run = self._bill("2026-04-16")
        self.assertEqual(run.credit_note_count, 1)
        self.assertEqual((run.amount_untaxed, run.amount_total), (-851.51, -1021.81))

    def test_shows_what_is_still_billed(self):
        """To the end of June: May and June are still to be billed."""
        sub = self._subscribe(self.monthly, "2026-04-01")
        self._bill("2026-04-16")
        with self._form(sub) as form:
            form.when = "date"
            form.last_day = date(2026, 6, 30)
            form.reason_id = self.reason
            self.assertEqual(form.preview.count("30.00"), 2)

    def test_proposes_what_the_plan_says(self):
        plan = self._plan("Strict", cancel_when="now", cancel_credit=True)
        form = self._form(self._subscribe(plan, "2026-04-01"))
        self.assertEqual((form.when, form.credit), ("now", True))
        form = self._form(self._subscribe(self.monthly, "2026-04-01"))
        self.assertEqual(form.when, self.monthly.current_version_id.cancel_when)

    def test_no_term_is_said_in_words(self):
        form = self._form(self._subscribe(self.monthly, "2026-04-01"))
        form.when = "term_end"
        self.assertIn("has no term", form.preview)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestOtherWizards(LifeCommon):
    def test_one_off(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        training = self._product("Training", 400.0)
        action = sub.action_open_one_off()
        wizards = self.env["recurring.one.off.wizard"]
        with Form(wizards.with_context(**action["context"])) as form:
            form.product_id = training
            self.assertEqual(form.price_unit, 400.0)
            form.quantity = 2
            self.assertEqual(form.amount, 800.0)
            form.price_basis = "included"
        form.record.action_confirm()
        line = sub.line_ids.filtered(lambda line: line.product_id == training)
        self.assertEqual((line.role, line.price_basis), ("one_off", "included"))
        run = self._bill("2026-04-16")
        self.assertEqual(run.amount_total, 36.0 + 800.0)

    def test_hold_of_several(self):
        subs = self._subscribe(self.monthly, "2026-04-01")
        subs |= self._subscribe(self.monthly, "2026-04-01")
        action = subs.action_open_hold()
        wizards = self.env["recurring.hold.wizard"]
        with Form(wizards.with_context(**action["context"])) as form:
            form.reason = "Price dispute"
        form.record.action_confirm()
        self.assertEqual(subs.mapped("hold_reason"), ["Price dispute"] * 2)
