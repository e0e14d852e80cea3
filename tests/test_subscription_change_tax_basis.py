"""Prices with tax beside prices without: what is compared is before tax."""

from odoo import Command
from odoo.tests import Form, freeze_time, tagged

from .common_changes import ChangeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestChangeTaxBasis(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        included = [Command.set(cls.tax_included.ids)]
        seat = cls._product("Home seat", taxes_id=included)
        cls.home = cls._plan_of_seats("Home", 33.0, seat)  # 27.50 before tax

    def test_a_dearer_price_with_tax_is_a_cheaper_plan(self):
        sub = self._running(billed="2026-04-01")
        change = self._change(sub, "plan", {"plan_id": self.home.id}, when="now")
        self.assertEqual(change.type, "downgrade")
        self.assertEqual(change.monthly_effect, -2.5)

    def test_the_preview_says_which_price_has_tax_in_it(self):
        sub = self._running(billed="2026-04-01")
        action = sub.with_context(default_kind="plan").action_open_change()
        wizard = Form(sub.env[action["res_model"]].with_context(**action["context"]))
        wizard.plan_id = self.home
        preview = " ".join(wizard.preview.replace("\N{NO-BREAK SPACE}", " ").split())
        self.assertEqual(preview.count(">with tax<"), 2)
        self.assertIn("−2.50 € a month", preview)
        self.assertIn("−30.00 € a year before tax", preview)
        self.assertIn("2.50 € less on the invoice of 05/01/2026", preview)

    def test_a_price_revision_counts_before_tax(self):
        sub = self._running(billed="2026-04-01", plan=self.home)
        revision = self.env["recurring.price.revision"].create(
            {
                "name": "Spring",
                "percent": 10,
                "plan_ids": [Command.set(self.home.ids)],
                "effective_date": "2026-06-01",
            }
        )
        revision.action_prepare()
        row = revision.line_ids.filtered(lambda row: row.subscription_id == sub)
        self.assertEqual((row.old_price, row.new_price), (33.0, 36.3))
        self.assertEqual((row.monthly_effect, row.yearly_effect), (2.75, 33.0))
        self.assertEqual(
            row._notice_text(), "Home seat: 33.00\xa0€ → 36.30\xa0€ with tax"
        )
