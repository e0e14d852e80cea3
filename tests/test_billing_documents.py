"""What a billing makes: which documents, with which lines, taxes and dates."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-01")
class TestBillingDocuments(BillingCommon):
    # ------------------------------------------------------------------
    # Periods and amounts
    # ------------------------------------------------------------------

    def test_month_ends_do_not_drift(self):
        """Given a start on 31 January, then 28 February, 31 March, 30 April."""
        sub = self._subscribe(self._plan(), "2025-01-31")
        for day in ("2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"):
            run = self._bill(day)
            self.assertEqual(run.invoice_count, 1)
        self.assertBilled(
            sub,
            [
                ("charge", "2025-01-31", "2025-02-27", 30.0),
                ("charge", "2025-02-28", "2025-03-30", 30.0),
                ("charge", "2025-03-31", "2025-04-29", 30.0),
                ("charge", "2025-04-30", "2025-05-30", 30.0),
            ],
        )
        self.assertEqual(sub.next_billing_date, date(2025, 5, 31))

    def test_stub_is_a_share_of_the_whole_period(self):
        """Given monthly on day 15 and a start on 1 January: first 14 of 31 days."""
        plan = self._plan(
            charges=[{"unit_price": 31}],
            alignment="day_of_month",
            alignment_day=15,
        )
        sub = self._subscribe(plan, "2025-01-01")
        run = self._bill("2025-01-20")
        self.assertBilled(
            sub,
            [
                ("charge", "2025-01-01", "2025-01-14", 14.0),
                ("charge", "2025-01-15", "2025-02-14", 31.0),
            ],
        )
        first = run.move_ids.invoice_line_ids.sorted("deferred_start_date")[0]
        self.assertEqual(first.price_subtotal, 14.0)
        self.assertIn("14 of 31 days", first.name)
        self.assertEqual(first.deferred_start_date, date(2025, 1, 1))
        self.assertEqual(first.deferred_end_date, date(2025, 1, 14))

    def test_yearly_cancelled_after_90_days(self):
        """Given 1,200 a year, when cancelled after 90 of 365 days, 904.11 come back."""
        plan = self._plan(charges=[{"unit_price": 1200}], interval_unit="year")
        sub = self._subscribe(plan, "2025-01-01")
        invoice = self._bill("2025-01-01").move_ids
        sub._cancel(date(2025, 4, 1), credit=True)
        run = self._bill("2025-04-01")
        self.assertEqual(run.credit_note_count, 1)
        credit_note = run.move_ids
        self.assertEqual(credit_note.amount_untaxed, 904.11)
        self.assertEqual(credit_note.reversed_entry_id, invoice)
        self.assertEqual(credit_note.ref, f"Reversal of: {invoice.name}")
        self.assertIn(f"Credit of {invoice.name}", credit_note.invoice_line_ids.name)
        self.assertEqual(invoice.amount_residual, 355.07)
        self.assertEqual(sub.billed_item_ids[0].amount, -904.11)
        self.assertEqual(sub.billed_through, date(2025, 4, 1))
        self.assertNothingLeft(sub, "2026-01-01")
        self.env["recurring.subscription"]._advance_lifecycle(
            self.company, date(2025, 4, 2)
        )
        self.assertEqual(sub.state, "closed")

    def test_cancelled_without_credit_keeps_what_was_billed(self):
        plan = self._plan(charges=[{"unit_price": 1200}], interval_unit="year")
        sub = self._subscribe(plan, "2025-01-01")
        self._bill("2025-01-01")
        sub._cancel(date(2025, 4, 1), credit=False)
        self.assertEqual(sub.line_ids.bill_until, date(2026, 1, 1))
        self.assertEqual(self._bill("2026-06-01").move_ids.ids, [])
        self.assertEqual(sum(sub.billed_item_ids.mapped("amount")), 1200.0)

    def test_arrears_are_billed_when_served(self):
        sub = self._subscribe(self._plan(timing="arrears"), "2025-01-10")
        self.assertEqual(sub.next_billing_date, date(2025, 2, 10))
        self.assertEqual(self._bill("2025-02-09").invoice_count, 0)
        self._bill("2025-02-10")
        self.assertBilled(sub, [("charge", "2025-01-10", "2025-02-09", 30.0)])

    def test_days_ahead(self):
        self._subscribe(self._plan(days_ahead=10), "2025-02-01")
        self.assertEqual(self._bill("2025-01-21").invoice_count, 0)
        self.assertEqual(self._bill("2025-01-22").invoice_count, 1)

    def test_catch_up_in_one_invoice_or_three(self):
        """Three missed months give three dated lines, by the plan's choice."""
        self._subscribe(self._plan(), "2025-01-01")
        invoice = self._bill("2025-03-05").move_ids
        self.assertEqual(len(invoice), 1)
        self.assertEqual(
            [str(line.deferred_start_date) for line in invoice.invoice_line_ids],
            ["2025-01-01", "2025-02-01", "2025-03-01"],
        )
        self._subscribe(self._plan("Each", catch_up="per_period"), "2025-01-01")
        invoices = self._bill("2025-03-05").move_ids
        self.assertEqual(len(invoices), 3)
        self.assertEqual(set(invoices.mapped("amount_untaxed")), {30.0})

    def test_zero_is_recorded_without_an_invoice(self):
        sub = self._subscribe(self._plan(charges=[{"unit_price": 0}]), "2025-01-01")
        run = self._bill("2025-01-01")
        self.assertEqual((run.invoice_count, run.zero_count), (0, 1))
        self.assertBilled(sub, [("charge", "2025-01-01", "2025-01-31", 0.0)])
        self.assertEqual(sub.next_billing_date, date(2025, 2, 1))
        wanted = self._plan("Shown", [{"unit_price": 0}], zero_invoice=True)
        self._subscribe(wanted, "2025-01-01")
        invoice = self._bill("2025-01-01").move_ids
        self.assertEqual(invoice.mapped("amount_total"), [0.0])

    def test_one_off_and_discount(self):
        plan = self._plan(
            charges=[
                {"unit_price": 19.99, "charge_model": "per_unit"},
                {"unit_price": 50, "role": "one_off", "name": "Set-up"},
            ]
        )
        sub = self._subscribe(
            plan, "2025-01-01", lines=[{"quantity": 3, "discount": 12.34}]
        )
        invoice = self._bill("2025-01-01").move_ids
        recurring, once = invoice.invoice_line_ids
        # 3 x 19.99 x 0.8766 = 52.569702
        self.assertEqual(recurring.price_subtotal, 52.57)
        self.assertEqual((recurring.quantity, recurring.discount), (3.0, 12.34))
        self.assertEqual(once.price_subtotal, 50.0)
        self.assertFalse(once.deferred_start_date)
        self.assertEqual(self._bill("2025-02-01").move_ids.amount_untaxed, 52.57)
        self.assertEqual(sub.billed_through, date(2025, 3, 1))

    def test_line_is_one_at_the_amount_where_odoo_would_round_otherwise(self):
        """A quantity of 1.125 is stored 1.13 by an invoice line: show the amount."""
        plan = self._plan(charges=[{"unit_price": 80, "charge_model": "per_unit"}])
        self._subscribe(plan, "2025-01-01", lines=[{"quantity": 1.125}])
        line = self._bill("2025-01-01").move_ids.invoice_line_ids
        self.assertEqual((line.quantity, line.price_subtotal), (1.0, 90.0))
        self.assertIn("1.125 x", line.name)

    def test_tiers_are_explained(self):
        plan = self._plan(
            charges=[
                {
                    "charge_model": "graduated",
                    "tiers": [(10, 5.0), (0, 4.0)],
                    "default_quantity": 14,
                }
            ]
        )
        self._subscribe(plan, "2025-01-01")
        line = self._bill("2025-01-01").move_ids.invoice_line_ids
        self.assertEqual(line.price_subtotal, 66.0)
        self.assertIn("10 x", line.name)
        self.assertIn("4 x", line.name)

    def test_negative_line(self):
        """A rebate as a charge of its own lowers the invoice."""
        plan = self._plan(
            charges=[{"unit_price": 30}, {"unit_price": -5, "name": "Rebate"}]
        )
        self._subscribe(plan, "2025-01-01")
        self.assertEqual(self._bill("2025-01-01").move_ids.amount_untaxed, 25.0)

    # ------------------------------------------------------------------
    # Taxes and price bases
    # ------------------------------------------------------------------

    def test_agreed_with_tax_on_a_product_without(self):
        """36.00 with 20 % tax is 30.00 before tax."""
        sub = self._subscribe(
            self._plan(),
            "2025-01-01",
            lines=[{"price_unit": 36, "price_agreed": True, "price_basis": "included"}],
        )
        invoice = self._bill("2025-01-01").move_ids
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (30.0, 36.0))
        self.assertEqual(sub.billed_item_ids.amount, 36.0)
        self.assertEqual(sub.billed_item_ids.document_amount, 30.0)

    def test_agreed_without_tax_on_a_product_with(self):
        product = self._product(taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._plan(charges=[{"unit_price": 36, "product_id": product.id}])
        self._subscribe(
            plan,
            "2025-01-01",
            lines=[{"price_unit": 30, "price_agreed": True, "price_basis": "excluded"}],
        )
        invoice = self._bill("2025-01-01").move_ids
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (30.0, 36.0))

    def test_fiscal_position_adapts_a_price_with_tax(self):
        """120 with tax is 100 where the fiscal position maps to a tax of 0 %."""
        zero = self.env["account.tax"].create(
            {"name": "VAT 0", "amount": 0, "type_tax_use": "sale"}
        )
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        zero.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax_included.ids)],
            }
        )
        product = self._product(taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._plan(charges=[{"unit_price": 120, "product_id": product.id}])
        self._subscribe(plan, "2025-01-01", fiscal_position_id=position.id)
        invoice = self._bill("2025-01-01").move_ids
        self.assertEqual(invoice.invoice_line_ids.tax_ids, zero)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (100.0, 100.0))

    def test_the_old_is_credited_with_its_own_taxes(self):
        """Given a product whose tax changed, a credit takes back the old tax."""
        plan = self._plan(charges=[{"unit_price": 365}], interval_unit="year")
        product = plan.current_version_id.charge_ids.product_id
        sub = self._subscribe(plan, "2025-01-01")
        self._bill("2025-01-01")
        tax_10 = self.tax.copy({"name": "VAT 10", "amount": 10})
        product.taxes_id = tax_10
        sub._cancel(date(2025, 1, 11), credit=True)
        credit_note = self._bill("2025-01-11").move_ids
        self.assertEqual(credit_note.invoice_line_ids.tax_ids, self.tax)
        self.assertEqual(
            (credit_note.amount_untaxed, credit_note.amount_tax), (355.0, 71.0)
        )

    def test_foreign_currency(self):
        self.env["res.currency.rate"].create(
            {"name": "2025-01-01", "currency_id": self.dollar.id, "rate": 1.25}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollar", "currency_id": self.dollar.id}
        )
        sub = self._subscribe(self._plan(), "2025-01-01", pricelist_id=pricelist.id)
        self.assertEqual(sub.currency_id, self.dollar)
        run = self._bill("2025-01-01")
        self.assertEqual(run.move_ids.amount_untaxed, 37.5)
        self.assertEqual(run.amount_untaxed, 30.0)

    # ------------------------------------------------------------------
    # Headers and grouping
    # ------------------------------------------------------------------

    def test_header(self):
        term = self.env["account.payment.term"].create({"name": "Soon"})
        delivery = self._customer("Site", parent_id=self.customer.id, type="delivery")
        sub = self._subscribe(
            self._plan(),
            "2025-01-05",
            partner_shipping_id=delivery.id,
            payment_term_id=term.id,
            client_order_ref="PO 42",
            source_id=self.env.ref("utm.utm_source_newsletter").id,
        )
        run = self._bill("2025-01-20")
        invoice = run.move_ids
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.partner_id, self.customer)
        self.assertEqual(invoice.partner_shipping_id, delivery)
        self.assertEqual(invoice.invoice_payment_term_id, term)
        self.assertEqual(invoice.ref, "PO 42")
        self.assertEqual(invoice.invoice_origin, sub.name)
        self.assertEqual(invoice.source_id.name, "Newsletter")
        self.assertEqual(invoice.invoice_date, date(2025, 1, 20))

    def test_due_on_the_day_of_the_invoice_without_payment_terms(self):
        sub = self._subscribe(self._plan(), "2025-01-05", payment_term_id=False)
        invoice = self._bill("2025-01-20").move_ids
        self.assertEqual(invoice.invoice_date_due, date(2025, 1, 20))
        self.assertFalse(invoice.invoice_payment_term_id)
        sub._cancel(date(2025, 1, 25), credit=True)
        credit_note = self._bill("2025-01-26").move_ids
        self.assertEqual(credit_note.invoice_date_due, date(2025, 1, 26))

    def test_invoice_date_is_the_first_day_billed_by_setting(self):
        self.company.rr_invoice_date = "period_start"
        self._subscribe(self._plan(), "2025-01-05")
        self.assertEqual(
            self._bill("2025-01-20").move_ids.invoice_date, date(2025, 1, 5)
        )

    def test_drafts_by_setting(self):
        self.company.rr_invoice_policy = "draft"
        sub = self._subscribe(self._plan(), "2025-01-05")
        invoice = self._bill("2025-01-20").move_ids
        self.assertEqual(invoice.state, "draft")
        self.assertNothingLeft(sub, "2025-01-20")

    def test_grouped_per_customer(self):
        """Two subscriptions of a customer share an invoice; another term does not."""
        plan = self._plan()
        other_term = self.env["account.payment.term"].create({"name": "Late"})
        grouped = {"invoice_grouping": "customer"}
        one = self._subscribe(plan, "2025-01-01", **grouped)
        two = self._subscribe(plan, "2025-01-01", **grouped)
        three = self._subscribe(
            plan, "2025-01-01", payment_term_id=other_term.id, **grouped
        )
        run = self._bill("2025-01-01")
        self.assertEqual(sorted(run.move_ids.mapped("amount_untaxed")), [30.0, 60.0])
        self.assertEqual(one.billed_item_ids.move_id, two.billed_item_ids.move_id)
        self.assertNotEqual(one.billed_item_ids.move_id, three.billed_item_ids.move_id)
        texts = one.billed_item_ids.move_id.invoice_line_ids.mapped("name")
        self.assertIn(one.name, texts[0])

    def test_texts_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        plan = self._plan(charges=[{"name": "Seat", "unit_price": 30}], publish=False)
        plan.version_ids.charge_ids.with_context(lang="fr_FR").name = "Abonnement"
        plan.version_ids.action_publish()
        self._subscribe(plan, "2025-01-01", self._customer("Dupont", lang="fr_FR"))
        line = self._bill("2025-01-01").move_ids.invoice_line_ids
        self.assertEqual(line.name, "Abonnement\n01/01/2025 - 31/01/2025")

    def test_analytic_distribution(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create(
            {"name": "P1", "plan_id": plan.id}
        )
        distribution = {str(account.id): 100.0}
        self._subscribe(
            self._plan(), "2025-01-01", lines=[{"analytic_distribution": distribution}]
        )
        line = self._bill("2025-01-01").move_ids.invoice_line_ids
        self.assertEqual(line.analytic_distribution, distribution)

    def test_on_hold_is_not_billed_and_caught_up_later(self):
        sub = self._subscribe(self._plan(), "2025-01-01")
        sub.action_hold("Dispute about the price")
        self.assertEqual(self._bill("2025-02-15").invoice_count, 0)
        sub.action_release()
        self.assertEqual(self._bill("2025-02-15").move_ids.amount_untaxed, 60.0)

    def test_lock_date_moves_the_accounting_date_and_is_reported(self):
        self.company.fiscalyear_lock_date = "2026-10-31"
        self._subscribe(self._plan(), "2026-10-01")
        run = self._bill("2026-10-15")
        self.assertEqual(run.shifted_count, 1)
        self.assertEqual(run.move_ids.invoice_date, date(2026, 10, 15))
        self.assertGreater(run.move_ids.date, date(2026, 10, 31))
        self.assertEqual(
            run.move_ids.invoice_line_ids.deferred_start_date, date(2026, 10, 1)
        )

    def test_a_second_run_does_nothing(self):
        subs = [self._subscribe(self._plan(), "2025-01-01") for _ in range(3)]
        self.assertEqual(self._bill("2025-03-01").invoice_count, 3)
        again = self._bill("2025-03-01")
        self.assertEqual((again.invoice_count, again.subscription_done), (0, 0))
        for sub in subs:
            self.assertNothingLeft(sub, "2025-03-01")

    def test_opening_rows_are_credited_without_an_origin(self):
        """What a former system billed is credited, on a note that has no origin."""
        plan = self._plan(charges=[{"unit_price": 365}], interval_unit="year")
        sub = self._subscribe(plan, "2025-01-01")
        line = sub.line_ids
        nature = line._natures()[line.id]
        self.env["recurring.billed.item"]._append(
            [
                {
                    "subscription_id": sub.id,
                    "line_id": line.id,
                    "kind": "opening",
                    "date_start": date(2025, 1, 1),
                    "date_end": date(2026, 1, 1),
                    "whole_start": date(2025, 1, 1),
                    "whole_end": date(2026, 1, 1),
                    "amount": 365,
                    "partner_id": nature[0],
                    "company_id": nature[1],
                    "currency_id": nature[2],
                    "product_id": nature[3],
                    "account_id": nature[4],
                    "tax_key": nature[5],
                    "price_basis": nature[6],
                    "opening_ref": "OLD-17",
                }
            ]
        )
        sub._refresh_billing_state()
        self.assertEqual(sub.next_billing_date, date(2026, 1, 1))
        sub._cancel(date(2025, 7, 1), credit=True)
        credit_note = self._bill("2025-07-01").move_ids
        self.assertEqual(credit_note.move_type, "out_refund")
        self.assertFalse(credit_note.reversed_entry_id)
        self.assertEqual(credit_note.amount_untaxed, 184.0)

    def test_line_that_ended_inside_a_period_stays_billed(self):
        """Given a line that ended on 9 February and history closed up to the 15th,
        when the next billing looks at February again, then it gives nothing back."""
        plan = self._plan(charges=[{"unit_price": 28}, {"unit_price": 56}])
        sub = self._subscribe(plan, "2025-01-01", lines=[{"end_date": "2025-02-10"}])
        self._bill("2025-01-01")
        self._bill("2025-02-15")
        self.assertEqual(sub.settled_through, date(2025, 2, 15))
        self._bill("2025-02-20")
        self.assertBilled(
            sub,
            [
                ("charge", "2025-01-01", "2025-01-31", 28.0),
                ("charge", "2025-01-01", "2025-01-31", 56.0),
                ("charge", "2025-02-01", "2025-02-09", 9.0),
                ("charge", "2025-02-01", "2025-02-28", 56.0),
            ],
        )
