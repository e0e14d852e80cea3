"""What a closing will accrue is shown before it is booked."""

from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user, tagged

from .common_accruals import AccrualCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueClosingPreview(AccrualCommon):
    def _preview(self, month="2026-01"):
        run = self.env["recurring.revenue.run"].create({"month": f"{month}-01"})
        found = {
            section["key"]: (
                float(section["total"]),
                [(row["account_id"], float(row["amount"])) for row in section["rows"]],
            )
            for section in run._preview_sections()
            if section["key"] != "recognition"
        }
        run.unlink()
        return found

    def test_what_is_shown_is_what_is_booked(self):
        """Every kind, before posting; nothing is left to show after it."""
        invoice = self._invoice("2026-01-02", 1200, "2026-01-01", "2026-12-31")
        self._credit_note(invoice, "2026-02-05", amount=600, cause="error")
        self._subscribe(self._arrears(), "2026-01-01")
        before = self.env["account.move"].search_count([])
        found = self._preview()
        own = self.income.id
        self.assertEqual(
            found,
            {
                "deferral": (-1100, [(own, -1100)]),
                "accrual": (100, [(own, 100)]),
                "credit_due": (-50, [(own, -50)]),
            },
        )
        self.assertEqual(self.env["account.move"].search_count([]), before)
        self._close("2026-01")
        self.assertEqual(self._balance(self.income, "2026-01-31"), 150)
        self.assertFalse(self._preview())

    def test_customers(self):
        self._subscribe(self._arrears(), "2026-01-01")
        run = self.env["recurring.revenue.run"].create({"month": "2026-01-01"})
        [row] = run._closing_preview()
        self.assertEqual((row["kind"], row["amount"]), ("accrual", 100))
        self.assertEqual(row["partner_id"], self.customer.id)

    def test_an_account_is_missing(self):
        self._subscribe(self._arrears(), "2026-01-01")
        self.company.rr_accrued_account_id = False
        self.assertIn("obstacle", self._preview())

    def test_a_large_portfolio_is_reckoned_later(self):
        self._subscribe(self._arrears(), "2026-01-01")
        preview = "odoo.addons.recurring_revenue.models.revenue.cut_off_preview"
        with patch(f"{preview}.AT_ONCE", 0):
            self.assertEqual(self._preview(), {"unbilled": (0, [])})

    def test_an_accountant_alone(self):
        """Whoever may close needs no other right."""
        accountant = new_test_user(
            self.env, "closer", groups="account.group_account_user"
        )
        self._subscribe(self._arrears(), "2026-01-01")
        run = self.env["recurring.revenue.run"].create({"month": "2026-01-01"})
        run = run.with_user(accountant)
        self.assertEqual(len(run._closing_preview()), 1)
        run.action_post()
        self.assertEqual(run.state, "done")
        self.assertEqual(self._at("2026-01-31"), [-120, 20, 0, 100])
        self.assertEqual(run.move_ids.create_uid, accountant)
