from datetime import date

from odoo import Command
from odoo.tests import tagged

# Odoo gives the name INFO to a level of its own, so the number it is.
from .common_complete_lines import DAY, CompleteLinesCommon


@tagged("post_install", "-at_install")
class TestBillingCompleteLines(CompleteLinesCommon):
    # ------------------------------------------------------------------
    # Structures
    # ------------------------------------------------------------------

    def test_two_lines_with_vat(self):
        # 10.37 + 3 x 23.11 = 79.70; 20 % = 15.94
        fast, _standard = self.assertFastAndEqual(self._vals())
        self.assertRecordValues(
            fast,
            [
                {
                    "amount_untaxed": 79.70,
                    "amount_tax": 15.94,
                    "amount_total": 95.64,
                    "amount_residual": 95.64,
                    "payment_state": "not_paid",
                    "invoice_date_due": DAY,
                }
            ],
        )
        self.assertRecordValues(
            fast.line_ids.sorted("sequence"),
            [
                {"display_type": "product", "balance": -10.37, "price_total": 12.44},
                {"display_type": "product", "balance": -69.33, "price_total": 83.20},
                {"display_type": "tax", "balance": -15.94, "price_total": 0},
                {"display_type": "payment_term", "balance": 95.64, "price_total": 0},
            ],
        )

    def test_header_computed_by_odoo(self):
        # given: nothing but who, when and where
        vals = self._vals()
        for key in (
            "currency_id",
            "invoice_date_due",
            "invoice_payment_term_id",
            "fiscal_position_id",
        ):
            del vals[key]
        self.partner_a.property_payment_term_id = self.pay_terms_b
        fast, _standard = self.assertFastAndEqual(vals)
        self.assertEqual(fast.invoice_payment_term_id, self.pay_terms_b)
        self.assertEqual(fast.currency_id, self.company.currency_id)

    def test_lines_computed_by_odoo(self):
        self.assertFastAndEqual(
            self._vals(
                Command.create({"product_id": self.service.id, "quantity": 2}),
                Command.create({"product_id": self.product_b.id}),
            )
        )

    def test_credit_note(self):
        fast, _standard = self.assertFastAndEqual(self._vals(move_type="out_refund"))
        self.assertEqual(fast.amount_total, 95.64)
        self.assertEqual(fast.amount_total_signed, -95.64)
        tax_line = fast.line_ids.filtered("tax_repartition_line_id")
        self.assertEqual(tax_line.tax_repartition_line_id.document_type, "refund")

    def test_foreign_currency(self):
        pounds = self.setup_other_currency("GBP", rates=[("2026-01-01", 0.8537)])
        vals = self._vals(
            self._line(10.37), self._line(1.11, quantity=7), currency_id=pounds.id
        )
        fast, _standard = self.assertFastAndEqual(
            vals, {**vals, "invoice_payment_term_id": self.pay_terms_b.id}
        )
        self.assertEqual(fast[0].amount_untaxed, 18.14)
        # 18.14 / 0.8537 = 21.2487...
        self.assertAlmostEqual(fast[0].amount_untaxed_signed, 21.25, 1)

    def test_price_included(self):
        included = self._tax(
            "20% in the price", 20, price_include_override="tax_included"
        )
        product = self._service("To consumers", included)
        fast, _standard = self.assertFastAndEqual(
            self._vals(*(self._line(21.53, product) for _ in range(3)))
        )
        self.assertEqual(fast.amount_total, 64.59)
        self.assertEqual(fast.amount_untaxed, 53.82)  # 64.59 / 1.2 = 53.825

    def test_several_taxes_per_line(self):
        eco = self._tax("Eco", 1.5, amount_type="fixed", include_base_amount=True)
        city = self._tax("City", 2.5)
        product = self._service("Taxed thrice", eco + self.vat20 + city)
        self.assertFastAndEqual(
            self._vals(self._line(33.33, product, quantity=2), self._line(4.44))
        )

    def test_group_of_taxes_with_everything(self):
        product = self._service("Armageddon", self.tax_armageddon)
        self.assertFastAndEqual(
            self._vals(self._line(333.33, product, quantity=2), self._line(4.44))
        )

    def test_reverse_charge(self):
        def repartition(document):
            return [
                Command.clear(),
                Command.create({"document_type": document, "repartition_type": "base"}),
                *(
                    Command.create(
                        {
                            "document_type": document,
                            "repartition_type": "tax",
                            "factor_percent": factor,
                            "account_id": self.company_data[
                                "default_account_tax_sale"
                            ].id,
                        }
                    )
                    for factor in (100, -100)
                ),
            ]

        tax = self._tax(
            "Reverse charge",
            20,
            invoice_repartition_line_ids=repartition("invoice"),
            refund_repartition_line_ids=repartition("refund"),
        )
        fast, _standard = self.assertFastAndEqual(
            self._vals(self._line(100, self._service("Abroad", tax)))
        )
        self.assertEqual(fast.amount_tax, 0)

    def test_vat_on_payment(self):
        self.assertTrue(self.service_vat)
        product = self._service("French service", self.service_vat)
        vals = self._vals(self._line(100, product), self._line(50))
        fast, _standard = self.assertFastAndEqual(
            vals, {**vals, "move_type": "out_refund"}
        )
        waiting = fast[0].line_ids.filtered(
            lambda line: line.tax_line_id == self.service_vat
        )
        account = self.service_vat.cash_basis_transition_account_id
        self.assertEqual(waiting.account_id, account)
        self.assertFalse(waiting.tax_tag_ids)

    def test_withheld_like_negative_tax(self):
        tax = self._tax("Withheld", -3)
        product = self._service("Withheld", self.vat20 + tax)
        self.assertFastAndEqual(self._vals(self._line(99.99, product)))

    def test_no_tax(self):
        product = self._service("Exempt", self.env["account.tax"])
        fast, _standard = self.assertFastAndEqual(
            self._vals(self._line(12.34, product), self._line(5, tax_ids=[]))
        )
        self.assertEqual(len(fast.line_ids), 3)
        self.assertEqual(fast.amount_total, 17.34)

    def test_taxes_and_account_given(self):
        account = self.copy_account(self.company_data["default_account_revenue"])
        account.reconcile = True  # as deferred revenue is
        fast, _standard = self.assertFastAndEqual(
            self._vals(
                self._line(
                    80,
                    account_id=account.id,
                    tax_ids=[Command.set(self.tax_sale_b.ids)],
                )
            )
        )
        line = fast.invoice_line_ids
        self.assertEqual((line.account_id, line.amount_residual), (account, -80))

    def test_discount_and_odd_quantities(self):
        fast, _standard = self.assertFastAndEqual(
            self._vals(
                self._line(99.999, discount=12.345),
                self._line(0.3333, quantity=7.126, discount=100),
                self._line(12.12, quantity=12.125),
            )
        )
        self.assertEqual(fast.invoice_line_ids[0].discount, 12.35)  # two decimals
        self.assertEqual(fast.invoice_line_ids[1].price_subtotal, 0)

    def test_rounding_of_taxes(self):
        # 12.12 x 12.12 x 20 % = 29.37888 a line: per line 29.38, together 58.76
        lines = [self._line(12.12, quantity=12.12) for _ in range(5)]
        for method in ("round_globally", "round_per_line"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                fast, _standard = self.assertFastAndEqual(self._vals(*lines))
                expected = 146.89 if method == "round_globally" else 146.90
                self.assertEqual(fast.amount_tax, expected)

    def test_zero_and_negative_lines(self):
        fast, _standard = self.assertFastAndEqual(
            self._vals(self._line(30), self._line(0), self._line(-12.34)),
            self._vals(self._line(0)),
            self._vals(self._line(25), self._line(-25)),
        )
        self.assertEqual(fast.mapped("amount_untaxed"), [17.66, 0, 0])
        self.assertEqual(fast.mapped("payment_state"), ["not_paid", "paid", "paid"])

    def test_fiscal_position(self):
        fast, _standard = self.assertFastAndEqual(
            self._vals(self._line(30), fiscal_position_id=self.fiscal_pos_a.id)
        )
        self.assertEqual(fast.invoice_line_ids.tax_ids, self.tax_sale_b)

    def test_fiscal_position_of_the_delivery_address(self):
        berlin = self.env["res.partner"].create(
            {
                "name": "Kunde",
                "company_type": "company",
                "vat": "DE123456788",
                "country_id": self.env.ref("base.de").id,
            }
        )
        paris = self.env["res.partner"].create(
            {
                "name": "Lager",
                "type": "delivery",
                "parent_id": berlin.id,
                "country_id": self.env.ref("base.fr").id,
            }
        )
        vals = self._vals(partner_id=berlin.id)
        del vals["fiscal_position_id"]
        fast, _standard = self.assertFastAndEqual(
            {**vals, "partner_shipping_id": berlin.id}, vals
        )
        self.assertEqual(fast.mapped("partner_shipping_id"), berlin + paris)
        self.assertEqual(fast[0].amount_tax, 0)
        self.assertEqual(fast[1].amount_tax, 15.94)

    def test_instalments(self):
        vals = self._vals(invoice_payment_term_id=self.pay_terms_b.id, ref="PO 7")
        del vals["invoice_date_due"]
        fast, _standard = self.assertFastAndEqual(vals, self._vals(), vals)
        open_items = fast[0].line_ids.filtered("date_maturity").sorted("date_maturity")
        self.assertEqual(open_items.mapped("balance"), [28.69, 66.95])
        self.assertEqual(fast[0].invoice_date_due, date(2026, 12, 31))

    def test_contact_of_a_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.partner_a.id}
        )
        fast, _standard = self.assertFastAndEqual(self._vals(partner_id=contact.id))
        self.assertEqual(fast.line_ids.partner_id, self.partner_a)

    def test_product_tags_and_analytic(self):
        tag = self.env["account.account.tag"].create(
            {"name": "Digital", "applicability": "products"}
        )
        self.service.product_tmpl_id.account_tag_ids = tag
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create(
            {"name": "P1", "plan_id": plan.id}
        )
        distribution = {str(account.id): 100.0}
        fast, _standard = self.assertFastAndEqual(
            self._vals(self._line(10, analytic_distribution=distribution))
        )
        self.assertIn(tag, fast.invoice_line_ids.tax_tag_ids)
        self.assertEqual(fast.invoice_line_ids.analytic_line_ids.amount, 10)

    def test_analytic_by_model(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create(
            {"name": "P1", "plan_id": plan.id}
        )
        self.env["account.analytic.distribution.model"].create(
            {
                "partner_id": self.partner_b.id,
                "analytic_distribution": {str(account.id): 100},
            }
        )
        line = Command.create({"product_id": self.service.id, "price_unit": 9})
        fast, _standard = self.assertFastAndEqual(
            self._vals(line), self._vals(line, partner_id=self.partner_b.id)
        )
        self.assertEqual(
            fast.invoice_line_ids.mapped("analytic_distribution"),
            [False, {str(account.id): 100.0}],
        )

    def test_service_period_and_other_values_pass(self):
        fast, _standard = self.assertFastAndEqual(
            self._vals(
                self._line(
                    deferred_start_date=DAY, deferred_end_date=date(2026, 11, 30)
                ),
                ref="PO 12",
                invoice_origin="S1",
                narration="<p>Thank you</p>",
                invoice_user_id=self.env.user.id,
            )
        )
        self.assertEqual(fast.invoice_line_ids.deferred_end_date, date(2026, 11, 30))

    def test_lock_date_moves_the_accounting_date(self):
        self.company.fiscalyear_lock_date = date(2026, 11, 10)
        fast, _standard = self.assertFastAndEqual(self._vals())
        self.assertEqual(fast.invoice_date, DAY)
        self.assertGreater(fast.date, date(2026, 11, 10))

    def test_audit_trail_keeps_the_notes(self):
        self.company.restrictive_audit_trail = True
        self.env = self.env(context={"mail_create_nolog": False, "mail_notrack": False})
        self.builder = self.builder.with_env(self.env)
        fast, _standard = self.assertFastAndEqual(self._vals())
        self.assertTrue(fast.message_ids)
