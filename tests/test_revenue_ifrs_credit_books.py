"""Credit notes by hand: the books and IFRS 15, side by side at each closing."""

from random import Random

from odoo.tests import freeze_time, tagged

from .common_revenue_ifrs import IfrsCreditsCase


@tagged("post_install", "-at_install")
class TestIfrsCreditsAndBooks(IfrsCreditsCase):
    """The bridge and the balances, closing by closing."""

    def _through(self, credit, closings=("2026-03", "2026-04")):
        """Close before and after a credit; both times the books say the same."""
        sub, invoice = self._billed()
        with freeze_time("2026-04-05"):
            self._close(closings[0])
            before = self.assertNoCause(sub, f"{closings[0]}-31")
        credit(invoice)
        with freeze_time("2026-05-02"):
            self._close(closings[1])
            self.assertEqual(self._figure(sub, f"{closings[0]}-31"), before)
            return self.assertNoCause(sub, f"{closings[1]}-30")

    def test_every_cause_is_as_in_the_books(self):
        for amount, cause, since, earned in (
            (900, "terminated", "2026-04-01", 300),
            (600, "terminated", "2026-04-01", 600),
            (90, "modification", "2026-04-01", 390),
            (40, "past", None, 360),
            (120, "error", None, 360),
            (1200, "error", None, 0),
        ):
            with self.subTest(cause=cause, amount=amount):
                seen = self._through(
                    lambda invoice, amount=amount, cause=cause, since=since: (
                        self._credited(invoice, amount, cause, since)
                    )
                )
                self.assertEqual(seen.get("ifrs", 0), earned)
                self.assertEqual(seen.get("billed", 0), 1200 - amount)
                self.assertEqual(
                    seen.get("contract_liability", 0), 1200 - amount - earned
                )

    def test_by_day_within_a_month(self):
        self._policy("2020-03-01", method="day")
        for amount, cause, since in (
            (500, "terminated", "2026-04-08"),
            (77.77, "modification", "2026-04-08"),
            (33.33, "error", None),
        ):
            with self.subTest(cause=cause):
                self._through(
                    lambda invoice, amount=amount, cause=cause, since=since: (
                        self._credited(invoice, amount, cause, since)
                    )
                )

    def test_closed_figures_stay(self):
        """April is closed before a credit of April is known."""
        sub, invoice = self._billed()
        with freeze_time("2026-05-05"):
            self._close("2026-04")
            closed = self._figure(sub, "2026-04-30")
            self._credited(invoice, 900, "terminated", "2026-04-01", day="2026-05-04")
            self.assertEqual(self._figure(sub, "2026-04-30"), closed)
        with freeze_time("2026-06-02"):
            self._close("2026-05")
            seen = self.assertNoCause(sub, "2026-05-31")
            self.assertEqual((seen["ifrs"], seen["billed"]), (300, 300))
            self.assertEqual(self._figure(sub, "2026-04-30"), closed)
            self.assertEqual(len(self._contracts(sub, current=False)), 2)

    def test_an_end_of_the_subscription_takes_the_credit(self):
        """What a person gave back is not given back twice, billed or not yet."""
        sub, invoice = self._billed()
        self._credited(invoice, 200, "modification", "2026-04-01")
        with freeze_time("2026-06-15"):
            sub.action_cancel("date", "2026-06-30", credit=True)
            # 181 of 365 days.
            self.assertEqual(self._contracts(sub)[-1].price, 595.07)
            self._bill("2026-06-15")
            rows = sub.billed_item_ids.sorted("id")
            self.assertEqual(
                sorted((row.kind, row.amount) for row in rows[-2:]),
                [("credit", -404.93), ("waiver", -200)],
            )
            months = self._ifrs(sub)
            self.assertEqual(self._contracts(sub)[-1].price, 595.07)
            self.assertEqual(self._from_april(sub, "2026-04-30")[1], 77.78)
        self.assertEqual(round(sum(months.values()), 2), 595.07)
        self.assertEqual(months["2026-03"], 100)

    def test_a_monthly_invoice_of_a_year(self):
        """The contract is the year: half of a month that falls leaves the others."""
        plan = self._plan(
            "Year",
            [{"unit_price": 120.0, "product_id": self._product("Service").id}],
            term_count=12,
            term_unit="month",
            renewal="automatic",
        )
        sub, invoice = self._billed(plan)
        self._credited(invoice, 60, "terminated", "2026-01-16", day="2026-01-20")
        with freeze_time("2026-01-21"):
            months = self._ifrs(sub)
            self.assertEqual(self._contracts(sub).price, 1380)
        self.assertEqual(round(sum(months.values()), 2), 1380)
        self.assertEqual(months["2026-02"], months["2026-12"])

    def test_a_foreign_currency(self):
        """Earned at the rate of the invoice; what the credit at another rate gives
        back more or less is a difference of April, as in the books."""
        rates = self.env["res.currency.rate"]
        for day, rate in (("2026-01-01", 1.25), ("2026-04-01", 2.0)):
            rates.create({"currency_id": self.dollar.id, "name": day, "rate": rate})
        plan = self._yearly(currency_id=self.dollar.id)
        sub, invoice = self._billed(plan, currency_id=self.dollar.id)
        with freeze_time("2026-04-05"):
            self._close("2026-03")
            self.assertEqual(self.assertNoCause(sub, "2026-03-31")["ifrs"], 240)
        self._credited(invoice, 900, "terminated", "2026-04-01")
        with freeze_time("2026-05-02"):
            self._close("2026-04")
            seen = self.assertNoCause(sub, "2026-04-30")
            # 720 were deferred, 450 are given back.
            self.assertEqual((seen["billed"], seen["ifrs"]), (510, 510))
            months = self._ifrs(sub)
        self.assertEqual(
            months, {"2026-01": 80, "2026-02": 80, "2026-03": 80, "2026-04": 270}
        )

    def test_a_foreign_currency_month_by_month(self):
        """February was invoiced at 80 cents and was bad, credited at 50 cents."""
        rates = self.env["res.currency.rate"]
        for day, rate in (("2026-01-01", 1.25), ("2026-04-01", 2.0)):
            rates.create({"currency_id": self.dollar.id, "name": day, "rate": rate})
        plan = self._plan(
            "Dollars",
            [{"unit_price": 100.0, "product_id": self._product("Service").id}],
            currency_id=self.dollar.id,
        )
        sub, january = self._billed(plan, currency_id=self.dollar.id)
        for day in ("2026-02-01", "2026-03-01", "2026-04-01"):
            with freeze_time(day):
                self._bill(day)
        february = sub.billed_item_ids.move_id.sorted("invoice_date")[1]
        with freeze_time("2026-04-05"):
            self._close("2026-03")
            self.assertEqual(self.assertNoCause(sub, "2026-03-31")["ifrs"], 240)
        self._credited(february, 40, "past")
        self._credited(january, 20, "error", day="2026-04-11")
        with freeze_time("2026-05-02"):
            self._close("2026-04")
            seen = self._figure(sub, "2026-04-30")
            # 80 + 80 + 80 + 50, less 20 and 10.
            self.assertEqual((seen["billed"], seen["ifrs"]), (260, 260))
            self.assertNotIn("contract_asset", seen)
            self.assertNotIn("contract_liability", seen)

    def test_under_cut_off(self):
        self._policy("2020-03-01", treatment="cut_off", method="month")
        for amount, cause, since in (
            (900, "terminated", "2026-04-01"),
            (90, "modification", "2026-04-01"),
            (40, "past", None),
            (120, "error", None),
        ):
            with self.subTest(cause=cause):
                self._through(
                    lambda invoice, amount=amount, cause=cause, since=since: (
                        self._credited(invoice, amount, cause, since)
                    )
                )

    def test_a_year_of_free_months_and_a_fee(self):
        """Each cause keeps the price: what is earned in the end is what is owed."""
        charges = [
            {
                "name": "Service",
                "unit_price": 1200.0,
                "stand_alone_price": 1500.0,
                "product_id": self._product("Service").id,
            },
            {
                "name": "Set-up",
                "role": "one_off",
                "unit_price": 240.0,
                "rr_obligation": "grouped",
                "product_id": self._product("Set-up").id,
            },
            {
                "name": "Training",
                "role": "one_off",
                "unit_price": 100.0,
                "stand_alone_price": 400.0,
                "product_id": self._product("Training").id,
            },
        ]
        plan = self._plan("Full", charges, interval_count=1, interval_unit="year")
        for cause in ("terminated", "modification", "past", "error"):
            with self.subTest(cause=cause):
                sub, invoice = self._billed(plan)
                self.assertEqual(self._contracts(sub).price, 1540)
                with freeze_time("2026-04-10"):
                    credit = self._credit_note(
                        invoice, "2026-04-10", None, cause, "2026-04-01", post=False
                    )
                    lines = credit.invoice_line_ids.sorted("price_unit")
                    for line, amount in zip(lines, (10, 24, 300), strict=True):
                        line.price_unit = amount
                    credit.action_post()
                with freeze_time("2027-02-02"):
                    self._measure()
                    months = self._ifrs(sub, "2026-12-31")
                    own = [m for m in months if m < "2027"]
                    self.assertEqual(
                        round(sum(months[month] for month in own), 2), 1206
                    )
                    for day in ("2026-03-31", "2026-04-30", "2026-12-31"):
                        seen = self._figure(sub, day)
                    self.assertNotIn("contract_asset", seen)

    def test_books_that_follow_ifrs(self):
        """What a closing books for IFRS 15 is taken back with what was deferred."""
        accounts = {}
        for name, code, kind in (
            ("contract_asset", "418900", "asset_current"),
            ("contract_liability", "487900", "liability_current"),
            ("ifrs_revenue", "706900", "income"),
        ):
            accounts[f"rr_{name}_account_id"] = self.env["account.account"].create(
                {"name": name, "code": code, "account_type": kind}
            )
        self.company.write(
            {name: account.id for name, account in accounts.items()}
            | {"rr_revenue_ledger": "ifrs"}
        )
        plan = self._yearly()
        plan.current_version_id.charge_ids.rr_obligation_timing = "single"
        sub, invoice = self._billed(plan)
        with freeze_time("2026-04-05"):
            self._close("2026-03")
        self._credited(invoice, 120, "modification", "2026-04-01")
        with freeze_time("2026-05-02"):
            run = self._close("2026-04")
            # 360 by IFRS 15, 300 and 86.67 in the books.
            seen = self._figure(sub, "2026-04-30")
            self.assertEqual((seen["statutory"], seen["ifrs"]), (386.67, 360))
            gap = accounts["rr_ifrs_revenue_account_id"]
            self.assertEqual(self._balance(gap, "2026-04-30"), -26.67)
            run.action_undo()
            self.assertEqual(self._balance(gap), 0)

    def test_what_falls_at_the_end_is_given_back_once(self):
        """Two credit notes gave back more than the days that are left are worth: the
        billing gives nothing more, and neither does IFRS 15."""
        self._policy("2020-03-01", method="day")
        sub, invoice = self._billed(self._yearly(1000.01))
        with freeze_time("2026-03-14"):
            self._credit_note(invoice, "2026-03-14", 201.95, "past", "2026-03-11")
        with freeze_time("2026-04-09"):
            self._credit_note(
                invoice, "2026-04-09", 190.45, "modification", "2026-07-11"
            )
        with freeze_time("2026-11-20"):
            sub.action_cancel("date", "2026-11-21", credit=True)
            self._bill("2026-11-20")
            self.assertEqual(self._contracts(sub).price, 607.61)
            self.assertEqual(self._figure(sub, "2027-12-31")["ifrs"], 607.61)

    def test_any_credits_of_any_life(self):
        """Whatever is credited, changed and closed: what is earned in the end is the
        price, and nothing is left in the balance sheet."""
        self._policy("2020-03-01", method="day")
        for seed in range(8):
            with self.subTest(seed=seed):
                self._live(Random(seed))

    def _live(self, chance):
        sub, invoice = self._billed(self._yearly(1000.01))
        left, turn = 100001, chance.randint(5, 11)
        for month in range(2, 13):
            day = f"2026-{month:02}-{chance.randint(3, 20):02}"
            with freeze_time(day):
                if month >= turn:
                    # What a person credited is taken into account by the billing.
                    self._change(sub, day, chance)
                elif chance.random() < 0.4:
                    self._close(f"2026-{month - 1:02}")
                else:
                    cents = chance.randint(1, left // 3)
                    left -= cents
                    cause = chance.choice(
                        ["terminated", "modification", "past", "error", None]
                    )
                    since = f"2026-{chance.randint(1, 12):02}-11"
                    self._credit_note(invoice, day, cents / 100, cause, since)
                    self.assertEqual(self._contracts(sub).price, left / 100)
                self._figure(sub, f"2026-{month - 1:02}-28")
        with freeze_time("2027-02-02"):
            if not sub.end_date:
                self._bill("2027-02-02")  # the year that has begun
            self._close("2027-01")
            price = round(sum(self._contracts(sub).mapped("price")), 2)
            seen = self._figure(sub, "2027-12-31")
            self.assertEqual((seen["ifrs"], seen["billed"]), (price, price))
            self.assertFalse({"contract_asset", "contract_liability"} & set(seen))

    def _change(self, sub, day, chance):
        if sub.end_date:
            return
        if chance.random() < 0.3:
            sub.action_cancel("date", day, credit=True)
        else:
            line = sub.line_ids.sorted("id")[-1]
            row = {"line_id": line.id, "price_unit": chance.randint(500, 2000)}
            sub.action_change("lines", {"lines": [row]}, when="now", proration="now")
        self._figure(sub, day)
        self._bill(day)
