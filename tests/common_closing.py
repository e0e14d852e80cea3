"""What tests of closing a month share: an accountant, contracts, what a page says."""

from odoo import Command
from odoo.tests import freeze_time, new_test_user

from .common_revenue import RevenueCommon


class ClosingCommon(RevenueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs = cls.env["recurring.revenue.run"]
        cls.accountant = new_test_user(
            cls.env,
            "rr_closer",
            "account.group_account_user,account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _run(self, month="2027-01"):
        return self.runs.create({"month": f"{month}-15", "company_id": self.company.id})

    def _year(self, day="2026-11-15", amount=1200, **values):
        return self._invoice(day, amount, "2026-11-15", "2027-11-14", **values)

    def _paused(self, day):
        """A subscription of a year from 15 November that is paused from a day on."""
        plan = self._yearly(pause_billing="shift")
        subscription = self._subscribe(plan, "2026-11-15")
        self._bill("2026-11-15")
        with freeze_time(day):
            subscription.action_change("pause", when="now")

    def _checks(self, run):
        return {check["key"]: check for check in run._checks()}

    def _levels(self, run, *keys):
        checks = self._checks(run)
        return [checks[key]["level"] for key in keys]

    def _totals(self, run):
        """What the preview says, by month, account and currency."""
        with run._as_prepared():
            rows = run._preview_sections()[0]["rows"]
        return {
            (row["month"], row["account"], row["currency"]): (
                row["amount"],
                row["amount_currency"],
            )
            for row in rows
        }

    def _posted(self, run):
        """What stands in the entries: the same keys, from the ledger."""
        found = {}
        for line in run.move_ids.line_ids - run.move_ids.line_ids.filtered(
            lambda line: line.account_id == self.deferred
        ):
            key = (line.date.replace(day=1), line.account_id.id, line.currency_id.id)
            amount, own = found.get(key, (0, 0))
            found[key] = (
                round(amount - line.balance, 2),
                round(own - line.amount_currency, 2),
            )
        return found
