"""Headers, grouping and dates of what a billing makes."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-01")
class TestDocumentHeaders(BillingCommon):
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
