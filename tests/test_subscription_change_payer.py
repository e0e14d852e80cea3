"""Another payer from a day on: what was served before is the former payer's."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_changes import ChangeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestChangeOfPayer(ChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._customer("Other")

    def _pays(self, sub, partner, **options):
        return self._change(sub, "customer", {"partner_id": partner.id}, **options)

    def _day_comes(self, sub, day):
        with freeze_time(day):
            sub._advance_lifecycle(self.company, self._day(day))
            self._bill(day)

    def assertInvoiced(self, sub, rows):
        """The documents: (payer, type, amount before tax), in order of payer."""
        moves = sub.billed_item_ids.move_id
        self.assertEqual(
            sorted(
                (move.partner_id.name, move.move_type, move.amount_untaxed)
                for move in moves
            ),
            rows,
        )
        for row in sub.billed_item_ids.filtered("move_id"):
            self.assertEqual(row.partner_id, row.move_id.partner_id)
        with freeze_time("2026-08-01"):
            self.assertFalse(
                [
                    item
                    for item in sub._difference(date(2026, 5, 1))[sub.id]
                    if item.amount
                ]
            )

    def test_in_arrears_the_former_payer_pays_what_they_had(self):
        plan = self._plan_of_seats("Late", 30.0, timing="arrears")
        sub = self._running(plan=plan)
        self._pays(sub, self.other, when="date", date="2026-05-01")
        self._day_comes(sub, "2026-05-01")
        self.assertEqual(sub.partner_invoice_id, self.other)
        self._day_comes(sub, "2026-06-01")
        self.assertInvoiced(
            sub,
            [("Acme", "out_invoice", 30.0), ("Other", "out_invoice", 30.0)],
        )

    def test_periods_that_were_not_billed_in_time(self):
        sub = self._running("2026-03-01")
        self._pays(sub, self.other)
        self._day_comes(sub, "2026-05-01")
        self.assertInvoiced(
            sub,
            [("Acme", "out_invoice", 60.0), ("Other", "out_invoice", 30.0)],
        )

    def test_a_third_payer(self):
        sub = self._running("2026-03-01")
        third = self._customer("Third")
        self._pays(sub, self.other, when="date", date="2026-04-01")
        self._pays(sub, third, when="date", date="2026-05-01")
        self._day_comes(sub, "2026-05-01")
        self.assertInvoiced(
            sub,
            [
                ("Acme", "out_invoice", 30.0),
                ("Other", "out_invoice", 30.0),
                ("Third", "out_invoice", 30.0),
            ],
        )

    def test_of_the_past_before_another_one(self):
        """B from May on, then C from April on: March is A's, all the rest C's."""
        sub = self._running("2026-03-01")
        third = self._customer("Third")
        with freeze_time("2026-05-01"):
            self._pays(sub, self.other)
            self._pays(sub, third, when="date", date="2026-04-01")
        self._day_comes(sub, "2026-05-01")
        self.assertInvoiced(
            sub,
            [("Acme", "out_invoice", 30.0), ("Third", "out_invoice", 60.0)],
        )

    def test_a_change_of_the_past_is_the_former_payers(self):
        """Two seats from 10 April: 21.00 back and 42.00 due, on one invoice of Acme."""
        sub = self._running(billed="2026-04-01")
        self._pays(sub, self.other, when="date", date="2026-05-01")
        self._day_comes(sub, "2026-05-01")
        with freeze_time("2026-05-02"):
            line = sub.line_ids
            self._quantity(sub, 2, line=line, when="date", date="2026-04-10")
            self._bill("2026-05-02")
        self.assertInvoiced(
            sub,
            [
                ("Acme", "out_invoice", 21.0),
                ("Acme", "out_invoice", 30.0),
                ("Other", "out_invoice", 30.0),
                ("Other", "out_invoice", 30.0),
            ],
        )

    def test_taxes_of_the_former_payer(self):
        exempt = self.env["account.fiscal.position"].create({"name": "Exempt"})
        self.tax.fiscal_position_ids = False
        free = self.tax.copy(
            {
                "name": "VAT 0",
                "amount": 0.0,
                "fiscal_position_ids": [(4, exempt.id)],
                "original_tax_ids": [(4, self.tax.id)],
            }
        )
        plan = self._plan_of_seats("Late", 30.0, timing="arrears")
        sub = self._running(plan=plan, fiscal_position_id=exempt.id)
        self._pays(sub, self.other, when="date", date="2026-05-01")
        self._day_comes(sub, "2026-05-01")
        # It was chosen for Acme; what Acme had is still billed with it.
        self.assertFalse(sub.fiscal_position_id)
        self._day_comes(sub, "2026-06-01")
        first, second = sub.billed_item_ids.move_id.sorted("id")
        self.assertEqual(first.invoice_line_ids.tax_ids, free)
        self.assertEqual((first.fiscal_position_id, first.amount_total), (exempt, 30.0))
        self.assertEqual(second.amount_total, 36.0)

    def test_another_customer_whom_the_former_one_pays_for(self):
        sub = self._running(billed="2026-04-01")
        values = {
            "partner_id": self.other.id,
            "partner_invoice_id": self.customer.id,
        }
        self._change(sub, "customer", values)
        self.assertEqual(
            (sub.partner_id, sub.partner_invoice_id, sub.partner_shipping_id),
            (self.other, self.customer, self.other),
        )

    def test_the_preview_is_what_is_billed(self):
        plan = self._plan_of_seats("Late", 30.0, timing="arrears")
        sub = self._running(plan=plan)
        self._pays(sub, self.other)
        [row, *_rest] = sub._expected(date(2026, 4, 16), date(2026, 6, 1))
        self.assertEqual((row.day, row.untaxed, row.total), (date(2026, 5, 1), 30, 36))
