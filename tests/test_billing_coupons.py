"""Coupons on invoices: amounts, texts, and that all who foresee them agree."""

from odoo.tests import freeze_time, tagged

from .common_coupons import CouponCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01")
class TestBillingCoupons(CouponCommon):
    def test_percent_for_three_periods(self):
        sub, use = self._with_coupon(duration="periods", period_count=3)
        self.assertEqual(self.foreseen(sub)[:4], [24, 24, 24, 30])
        for month in range(4, 8):
            self._bill(f"2026-{month:02}-01")
        self.assertInvoiced(sub, [24, 24, 24, 30])
        self.assertEqual(sum(sub.billed_item_ids.mapped("amount")), 120)
        self.assertEqual(self.taken(use), 18)
        self.assertEqual(use.state, "finished")
        self.assertSound(sub)

    def test_catching_up_bills_the_same(self):
        sub, use = self._with_coupon(duration="periods", period_count=3)
        self._bill("2026-07-01")
        self.assertInvoiced(sub, [24 * 3 + 30])
        self.assertEqual(self.taken(use), 18)
        self.assertSound(sub)

    def test_a_second_run_bills_nothing(self):
        sub, use = self._with_coupon()
        self._bill("2026-04-01")
        self._bill("2026-04-01")
        self.assertNothingLeft(sub, "2026-04-01")
        self.assertInvoiced(sub, [24])
        self.assertEqual(len(use.redemption_ids), 1)

    def test_the_line_shows_the_percentage_and_names_the_coupon(self):
        sub, _use = self._with_coupon()
        line = self._bill("2026-04-01").move_ids.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, line.discount), (1, 30, 20))
        self.assertIn("Coupon SPRING (20 %): ", line.name)
        self.assertIn("6.00", line.name)
        self.assertEqual(line.move_id.amount_tax, 4.8)
        why = sub.billed_item_ids.why
        self.assertIn("Coupon SPRING", why)

    def test_beside_a_discount_of_the_line(self):
        """Of the price after the line's own discount: 30.00 less 10 % less 20 %."""
        sub = self._draft()
        sub.line_ids.discount = 10
        self._use(sub, self._coupon())
        sub.action_activate()
        line = self._bill("2026-04-01").move_ids.invoice_line_ids
        self.assertEqual(line.price_subtotal, 21.6)
        self.assertEqual(line.discount, 28)
        self.assertSound(sub)

    def test_where_the_percentage_is_not_exact_the_amount_stands(self):
        """33.33 % of 30.00 is 10.00, the column would say 9.999."""
        sub, _use = self._with_coupon(percent=33.33)
        line = self._bill("2026-04-01").move_ids.invoice_line_ids
        self.assertEqual(line.price_subtotal, 20.0)
        self.assertSound(sub)

    def test_a_percentage_stands_in_the_column_wherever_it_is_exact(self):
        """9.99 less 20 % is 7.99 for Odoo too; an amount is never shown as 50 %."""
        sub = self._draft(plan=self._plan("Odd", [{"unit_price": 9.99}]))
        self._use(sub, self._coupon())
        sub.action_activate()
        line = self._bill("2026-04-01").move_ids.invoice_line_ids
        self.assertEqual((line.discount, line.price_subtotal), (20, 7.99))
        sub, _use = self._with_coupon("fixed", code="HALF", amount=15)
        line = self._bill("2026-04-01").move_ids.invoice_line_ids
        self.assertEqual((line.discount, line.price_unit), (0, 15))

    def test_a_fixed_amount_over_two_lines(self):
        plan = self._plan("Two", [{"unit_price": 10.0}, {"unit_price": 20.0}])
        sub = self._draft(plan=plan)
        use = self._use(sub, self._coupon(kind="fixed", amount=10))
        sub.action_activate()
        lines = self._bill("2026-04-01").move_ids.invoice_line_ids
        self.assertEqual(lines.mapped("price_subtotal"), [6.67, 13.33])
        self.assertIn("Coupon SPRING: ", lines[0].name)
        self.assertEqual(self.taken(use), 10)
        self.assertSound(sub)

    def test_a_fixed_amount_carries_over_or_lapses(self):
        for rest, amounts, months in (
            ("carries", [0, 10, 30], 3),
            ("lapses", [0, 30, 30], 3),
        ):
            with self.subTest(rest=rest):
                sub = self._draft(customer=self._customer(rest))
                use = self._use(
                    sub, self._coupon(rest, kind="fixed", amount=50, rest=rest)
                )
                sub.action_activate()
                self.assertEqual(self.foreseen(sub)[:months], amounts)
                for month in range(4, 4 + months):
                    self._bill(f"2026-{month:02}-01")
                self.assertInvoiced(sub, amounts[1:])
                self.assertEqual(self.taken(use), 50 if rest == "carries" else 30)
                self.assertEqual(use.state, "finished")
                self.assertEqual(use.amount_left, 0)
                self.assertSound(sub)

    def test_what_is_left_is_shown(self):
        sub, use = self._with_coupon("fixed", amount=50, rest="carries")
        self.assertEqual(use.amount_left, 50)
        self._bill("2026-04-01")
        self.assertEqual((use.amount_left, use.state), (20, "active"))

    def test_free_periods_follow_the_rule_for_zero_invoices(self):
        sub, use = self._with_coupon("free", duration="periods", period_count=2)
        self._bill("2026-05-01")
        self.assertFalse(sub.billed_item_ids.move_id)
        self.assertEqual(sum(sub.billed_item_ids.mapped("amount")), 60)
        self.assertEqual(self.taken(use), 60)
        self._bill("2026-06-01")
        self.assertInvoiced(sub, [30])
        plan = self._plan("Shown", zero_invoice=True)
        shown = self._draft(plan=plan)
        self._use(shown, self._coupon("GIFT", "free"))
        shown.action_activate()
        self._bill("2026-04-01")
        self.assertInvoiced(shown, [0])
        line = shown.billed_item_ids.move_id.invoice_line_ids
        self.assertEqual(line.price_subtotal, 0)
        self.assertIn("Coupon GIFT (One free period)", line.name)
        self.assertSound(shown)

    def test_a_free_line_is_shown_on_an_invoice_that_is_made_anyway(self):
        plan = self._plan(
            "Set-up",
            [{"unit_price": 30.0}, {"unit_price": 50.0, "role": "one_off"}],
        )
        sub = self._draft(plan=plan)
        self._use(sub, self._coupon(kind="free"))
        sub.action_activate()
        lines = self._bill("2026-04-01").move_ids.invoice_line_ids
        self.assertEqual(sorted(lines.mapped("price_subtotal")), [0, 50])
        self.assertSound(sub)

    def test_one_off_charges_only_where_said(self):
        plan = self._plan(
            "Set-up",
            [{"unit_price": 30.0}, {"unit_price": 50.0, "role": "one_off"}],
        )
        for one_off, amount in ((False, 74.0), (True, 64.0)):
            sub = self._draft(plan=plan, customer=self._customer(str(one_off)))
            self._use(sub, self._coupon(f"X{one_off}", one_off=one_off))
            sub.action_activate()
            self._bill("2026-04-01")
            self.assertInvoiced(sub, [amount])

    def test_an_incomplete_first_period(self):
        """16 to 30 April: half of the price, and half of the amount where prorated."""
        plan = self._plan("Aligned", alignment="calendar")
        for prorated, amount in ((True, 10), (False, 5)):
            sub = self._draft(
                "2026-04-16", plan=plan, customer=self._customer(str(prorated))
            )
            use = self._use(
                sub, self._coupon(f"P{prorated}", "fixed", prorated=prorated)
            )
            sub.action_activate()
            self.assertEqual(str(use.end_date), "2026-05-01")
            self._bill("2026-04-16")
            self.assertInvoiced(sub, [amount])
            self.assertSound(sub)

    def test_prices_with_tax(self):
        """10.00 before tax off 36.00 with tax is 12.00 off what the line shows."""
        product = self._product(taxes_id=[(6, 0, self.tax_included.ids)])
        plan = self._plan("Gross", [{"unit_price": 36.0, "product_id": product.id}])
        sub = self._draft(plan=plan)
        use = self._use(sub, self._coupon(kind="fixed"))
        sub.action_activate()
        self._bill("2026-04-01")
        self.assertInvoiced(sub, [20])
        self.assertEqual(self.taken(use), 10)
        self.assertEqual(use.redemption_ids.invoiced, 20)
        self.assertSound(sub)

    def test_two_coupons(self):
        """20 % of 30.00, then 10.00: 14.00 are left, and each has its record."""
        sub = self._draft()
        uses = [
            self._use(sub, self._coupon(kind="fixed", code="TEN")),
            self._use(sub, self._coupon()),
        ]
        sub.action_activate()
        self._bill("2026-04-01")
        self.assertInvoiced(sub, [14])
        self.assertEqual([self.taken(use) for use in uses], [10, 6])
        self.assertSound(sub)

    def test_grouped_invoices_keep_to_their_own_lines(self):
        first, second = (self._draft(invoice_grouping="customer") for _n in range(2))
        use = self._use(first, self._coupon(kind="fixed", amount=50))
        (first | second).action_activate()
        move = self._bill("2026-04-01").move_ids
        self.assertEqual(move.amount_untaxed, 30)
        self.assertEqual(len(move.invoice_line_ids), 2)
        self.assertEqual(self.taken(use), 30)
        self.assertSound(first)
        self.assertSound(second)

    def test_only_lines_of_its_plans(self):
        other = self._plan("Other")
        sub, _use = self._with_coupon(plan_ids=[(6, 0, (self.plan | other).ids)])
        self._bill("2026-04-01")
        self.assertInvoiced(sub, [24])

    def test_run_preview_and_form_agree(self):
        sub, _use = self._with_coupon("fixed", duration="periods", period_count=2)
        run = self.env["recurring.billing.run"].create({"date": "2026-04-01"})
        sums = run._preview_sums()
        self.assertEqual(sums["company"][0], 20)
        self.assertEqual(self.foreseen(sub)[:3], [20, 20, 30])
        self.assertIn("20.00", sub.next_summary)
        self.assertIn("SPRING", sub.next_summary)
        self._bill("2026-04-01")
        self.assertInvoiced(sub, [20])

    def test_complete_lines_equal_the_standard_ones(self):
        """A comparison that fails would fall back to the standard way: none did."""
        plan = self._plan("Two", [{"unit_price": 9.99}, {"unit_price": 20.01}])
        for code, kind in (("A", "percent"), ("B", "fixed"), ("C", "free")):
            for zero in (False, True):
                customer = self._customer(f"{code}{zero}")
                sub = self._draft(plan=plan, customer=customer)
                if not (kind == "free" and zero):
                    self._use(sub, self._coupon(f"{code}{zero}", kind))
                sub.action_activate()
        logger = "odoo.addons.recurring_revenue.models.billing.complete_lines"
        with self.assertNoLogs(logger, "INFO"):
            run = self._bill("2026-04-01")
        self.assertFalse(run.problem_ids)
        self.assertEqual(run.invoice_count, 5)

    def test_in_arrears(self):
        """What runs and is not billed yet is covered."""
        plan = self._plan("Arrears", timing="arrears")
        sub = self._subscribe(plan, "2026-03-01")
        self._bill("2026-04-01")
        with freeze_time("2026-04-15"):
            use = self._use(sub, self._coupon())
        self.assertEqual(str(use.start_date), "2026-04-01")
        self._bill("2026-05-01")
        self._bill("2026-06-01")
        self.assertInvoiced(sub, [30, 24, 30])

    def test_more_than_fits_the_quantity(self):
        sub = self._draft()
        sub.line_ids.quantity = 3
        self._use(sub, self._coupon(kind="fixed", amount=15))
        sub.action_activate()
        line = self._bill("2026-04-01").move_ids.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit), (1, 75))
        self.assertIn("3 x 30.00", line.name)
        self.assertIn("Coupon SPRING", line.name)
