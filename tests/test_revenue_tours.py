"""In the browser: revenue recognition is set up, and existing books are taken over."""

from odoo import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .test_revenue_set_up import SetUpCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-15 10:00:00")
class TestRevenueTours(SetUpCase, HttpCase):
    def test_set_up(self):
        user = new_test_user(
            self.env,
            "rr_tour_accountant",
            "account.group_account_manager,account.group_account_user",
            lang="en_US",
        )
        self._invoice("2025-11-15", 1200.0, "2025-11-15", "2026-11-14")
        income = self.env.ref(f"account.{self.company.id}_pcg_707_account")
        journal = self.env["account.journal"].search(
            [("type", "=", "general")], limit=1
        )
        entry = self.env["account.move"].create(
            {
                "date": "2025-12-31",
                "journal_id": journal.id,
                "line_ids": [
                    Command.create({"account_id": self.deferred.id, "credit": 1000}),
                    Command.create({"account_id": income.id, "debit": 1000}),
                ],
            }
        )
        entry._post(soft=False)
        self.start_tour("/odoo/revenue-set-up", "rr_revenue_set_up", login=user.login)
        opening = self.env["account.move"].search([("rr_revenue_opening", "!=", False)])
        self.assertEqual(opening.state, "posted")
        self.assertEqual(
            sorted((line.account_id.code, line.balance) for line in opening.line_ids),
            [("110000", 45.48), ("487000", -45.48)],
        )
        self.assertAgrees("2026-01-01")
