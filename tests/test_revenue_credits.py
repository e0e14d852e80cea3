"""Credit notes take from the schedule what they give back, by their cause."""

from odoo.tests import freeze_time, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueCreditsByBilling(RevenueCommon):
    def _ended(self, start, stop, closed=()):
        sub = self._subscribe(self._yearly(), start)
        self._bill(start)
        for month in closed:
            self._close(month)
        with freeze_time(stop):
            sub.action_cancel("now", credit=True)
            self._bill(stop)
        [invoice, credit] = sub.billed_item_ids.move_id.sorted("id")
        self.assertEqual(credit.move_type, "out_refund")
        return invoice, credit

    def test_ended_after_ninety_days_whatever_the_start(self):
        for start, stop in (
            ("2026-01-01", "2026-03-31"),
            ("2025-08-17", "2025-11-14"),
            ("2025-03-01", "2025-05-29"),
        ):
            invoice, credit = self._ended(start, stop)
            schedule = self._schedule(invoice)
            self.assertEqual(credit.amount_untaxed, 904.11)
            self.assertEqual(self._schedule(credit).cause, "terminated")
            self.assertEqual(credit.invoice_line_ids.account_id, self.deferred)
            self._close("2026-12")
            self.assertEqual((schedule.recognised, schedule.deferred), (295.89, 0))
            self.assertEqual(max(self._months(schedule)), stop[:7])
            self.assertTrue(invoice.invoice_line_ids.reconciled)
            self.assertTrue(credit.invoice_line_ids.reconciled)
        self.assertEqual(self._balance(self.deferred), 0)
        self.assertAgrees()

    def test_months_that_are_closed_stay(self):
        invoice, credit = self._ended(
            "2026-01-01", "2026-03-31", closed=("2026-01", "2026-02", "2026-03")
        )
        schedule = self._schedule(invoice)
        self.assertEqual((schedule.recognised, schedule.deferred), (295.89, 0))
        self.assertEqual(self._close("2026-04").move_count, 0)
        self.assertTrue(credit.invoice_line_ids.reconciled)

    def test_ended_when_more_months_were_recognised(self):
        """Closed until June, ended in March: what was too much is taken back."""
        invoice, _credit = self._ended("2026-01-01", "2026-03-31", closed=("2026-06",))
        schedule = self._schedule(invoice)
        self.assertEqual(schedule.deferred, -299.18)
        run = self._close("2026-07")
        self.assertEqual(run.amount, -299.18)
        self.assertEqual((schedule.recognised, schedule.deferred), (295.89, 0))
        self.assertAgrees()

    def test_an_upgrade_within_the_term(self):
        """The old price is given back from its day on, the new one is its own."""
        sub = self._subscribe(self._yearly(), "2026-01-01")
        self._bill("2026-01-01")
        self._close("2026-06")
        row = {"line_id": sub.line_ids.id, "price_unit": 2400.0}
        with freeze_time("2026-07-01"):
            sub.action_change("lines", {"lines": [row]}, when="now", proration="now")
            self._bill("2026-07-01")
        self.assertAgrees()
        self._close("2026-12")
        self.assertEqual(self._balance(self.deferred), 0)
        roots = self.env["recurring.revenue.schedule"].search(
            [("subscription_id", "=", sub.id), ("kind", "=", "invoice")], order="id"
        )
        # 181 and 184 of 365 days.
        self.assertEqual(roots.mapped("recognised"), [595.07, 1209.86])
        credit = roots[0].family_ids - roots[0]
        self.assertEqual((credit.kind, credit.cause), ("credit", "modification"))

    def test_a_credit_note_of_what_has_no_schedule(self):
        """Billed before there was a policy: credited as it was booked."""
        self.policy.date_from = "2026-06-01"
        invoice, credit = self._ended("2026-01-01", "2026-03-31")
        self.assertFalse(self._schedule(invoice) | self._schedule(credit))
        self.assertEqual(self._balance(self.deferred), 0)


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueCreditsByHand(RevenueCommon):
    def setUp(self):
        super().setUp()
        self.policy_by_month = self._policy("2026-01-01", method="month")
        self.invoice = self._invoice("2026-01-01", 1200, "2026-01-01", "2026-12-31")
        self.schedule = self._schedule(self.invoice)
        self._close("2026-03")

    def _left(self):
        months = self._months(self.schedule)
        return {month: months.get(f"2026-{month}") for month in ("01", "04", "12")}

    def test_an_end(self):
        self._credit_note(self.invoice, "2026-04-10", 900, "terminated", "2026-04-01")
        self.assertEqual(self._left(), {"01": 100, "04": None, "12": None})
        self.assertEqual(self.schedule.deferred, 0)
        self.assertAgrees()

    def test_an_end_with_less_given_back(self):
        self._credit_note(self.invoice, "2026-04-10", 600, "terminated", "2026-04-01")
        self.assertEqual(self._left(), {"01": 100, "04": 300, "12": None})

    def test_another_price_for_the_rest(self):
        self._credit_note(self.invoice, "2026-04-10", 90, "modification", "2026-04-01")
        self.assertEqual(self._left(), {"01": 100, "04": 90, "12": 90})
        self.assertAgrees()

    def test_an_error(self):
        """As if 120 less had been invoiced: the closed months are mended in April."""
        self._credit_note(self.invoice, "2026-04-10", 120, "error")
        self.assertEqual(self._left(), {"01": 90, "04": 90, "12": 90})
        run = self._close("2026-04")
        self.assertEqual(run.amount, 60)
        self.assertEqual({str(move.date) for move in run.move_ids}, {"2026-04-30"})
        self.assertAgrees()

    def test_the_whole_invoice_was_wrong(self):
        self._credit_note(self.invoice, "2026-04-10")
        self.assertEqual(self._months(self.schedule), {})
        self._close("2026-04")
        self.assertEqual(self._balance(self.deferred), 0)
        self.assertEqual(self.schedule.recognised, 0)
        self.assertTrue(self.invoice.invoice_line_ids.reconciled)

    def test_a_service_that_was_bad(self):
        """Credited for February: that month is reduced, on the account of reductions
        where there is one."""
        reductions = self.env.ref(f"account.{self.company.id}_pcg_7096")
        self.company.rr_reduction_account_id = reductions
        credit = self._credit_note(
            self.invoice,
            "2026-04-10",
            40,
            "past",
            deferred_start_date="2026-02-01",
            deferred_end_date="2026-02-28",
        )
        self.assertEqual(self._months(self.schedule)["2026-02"], 60)
        self._close("2026-04")
        self.assertEqual(self._balance(reductions), -40)
        self.assertAgrees()
        self.assertEqual(self._schedule(credit).cause, "past")

    def test_back_to_draft(self):
        credit = self._credit_note(
            self.invoice, "2026-04-10", 900, "terminated", "2026-04-01"
        )
        credit.button_draft()
        self.assertEqual(self._left(), {"01": 100, "04": 100, "12": 100})
        credit.action_post()
        self.assertEqual(self.schedule.deferred, 0)
        with self.assertRefused("Credit it with a credit note"):
            self.invoice.button_draft()

    def test_the_invoice_goes_only_after_its_credit(self):
        self.env["recurring.revenue.run"].search([]).action_undo()
        credit = self._credit_note(self.invoice, "2026-04-10", 90, "modification")
        with self.assertRefused("recognised or credited"):
            self.invoice.button_draft()
        credit.button_draft()
        self.assertFalse(self._schedule(credit))


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueCreditsInCurrency(RevenueCommon):
    def test_a_credit_at_another_rate(self):
        """960 euros were deferred; most is given back when a dollar is worth less."""
        rates = self.env["res.currency.rate"]
        for day, rate in (("2026-01-01", 1.25), ("2026-03-01", 2.0)):
            rates.create({"currency_id": self.dollar.id, "name": day, "rate": rate})
        self._policy("2026-01-01", method="month")
        plan = self._yearly(1200.0, currency_id=self.dollar.id)
        prices = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": self.dollar.id}
        )
        sub = self._subscribe(plan, "2026-01-01", pricelist_id=prices.id)
        self._bill("2026-01-01")
        self._close("2026-02")
        self.assertEqual(self._balance(self.deferred), 800)
        with freeze_time("2026-03-31"):
            sub.action_cancel("now", credit=True)
            self._bill("2026-03-31")
        [invoice, credit] = sub.billed_item_ids.move_id.sorted("id")
        # 275 of 365 days are given back, at 2.00; 9 of 12 months were left.
        self.assertEqual(credit.amount_untaxed, 904.11)
        self.assertEqual(self._balance(self.deferred), 347.94)
        self.assertAgrees()
        self._close("2026-04")
        self.assertEqual(self._balance(self.deferred), 0)
        gain = self.company.income_currency_exchange_account_id
        self.assertEqual(self._balance(gain), 271.23)
        self.assertTrue(invoice.invoice_line_ids.reconciled)
        self.assertAgrees()
