"""Contracts by IFRS 15: measured, and read month by month."""

from datetime import date

from odoo.tests import freeze_time

from .common_revenue import RevenueCommon

CAUSES = ("timing", "setup", "free", "allocation", "modification")


class IfrsCommon(RevenueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accrued = cls.env.ref(f"account.{cls.company.id}_pcg_4181")
        cls.company.rr_accrued_account_id = accrued

    def _measure(self):
        self.env["recurring.revenue.contract"]._measure(self.company)

    def _contracts(self, sub, current=True):
        """The versions of a subscription's terms, oldest first; those in force."""
        self._measure()
        domain = [("subscription_id", "=", sub.id)]
        if current:
            domain.append(("is_current", "=", True))
        contracts = self.env["recurring.revenue.contract"].search(domain)
        return contracts.sorted(lambda one: (one.date_start, one.version, one.id))

    def _ifrs(self, sub, known=None, **domain):
        """``{"2026-01": revenue}`` by IFRS 15, as it was known on a day."""
        self._measure()
        return self._figures(sub, "amount", known)

    def _figures(self, sub, name, known=None):
        found = {}
        for row in self.env["recurring.revenue.ifrs.month"].search(
            [
                ("subscription_id", "=", sub.id),
                ("known_on", "<=", known or date.max),
            ],
            order="month",
        ):
            month = str(row.month)[:7]
            found[month] = round(found.get(month, 0) + row[name], 2)
        return {month: amount for month, amount in found.items() if amount}

    def _allocated(self, contract):
        return {
            one.name: (one.price, one.stand_alone, one.allocated)
            for one in contract.obligation_ids
        }

    def _figure(self, sub, day):
        """The figures of a subscription at the end of a month; zeros left out."""
        self._measure()
        contracts = self.env["recurring.revenue.contract"]
        rows = contracts._figures(self.company, date.fromisoformat(day))
        [row] = [row for row in rows if row["subscription_id"] == sub.id]
        causes = sum(row[name] for name in CAUSES)
        self.assertAlmostEqual(row["statutory"] + causes, row["ifrs"], 6)
        self.assertAlmostEqual(
            row["deferred"] - causes - row["netted"],
            row["contract_liability"] - row["contract_asset"],
            6,
        )
        return {
            name: round(float(value), 2)
            for name, value in row.items()
            if value and not name.endswith("_id")
        }


class IfrsCreditsCase(IfrsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy("2020-02-01", method="month")

    def _billed(self, plan=None, **values):
        """A subscription from January that was billed, and its invoice."""
        with freeze_time("2026-01-01"):
            sub = self._subscribe(plan or self._yearly(), "2026-01-01", **values)
            self._bill("2026-01-01")
            self._measure()
        return sub, sub.billed_item_ids.move_id

    def _credited(self, invoice, amount, cause, since=None, day="2026-04-10", **line):
        with freeze_time(day):
            return self._credit_note(invoice, day, amount, cause, since, **line)

    def _from_april(self, sub, known=None):
        """Revenue of January, April, May and December."""
        months = self._ifrs(sub, known)
        return [months.get(f"2026-{month}", 0) for month in ("01", "04", "05", "12")]

    def _versions(self, sub):
        return [
            (str(one.effective_date or ""), one.treatment, one.price)
            for one in self._contracts(sub, current=False)
        ]

    def assertNoCause(self, sub, day):
        """The books and IFRS 15 say the same: no cause stands between them."""
        figure = self._figure(sub, day)
        self.assertFalse({name: figure[name] for name in CAUSES if name in figure})
        return figure
