"""The VAT reconciliation: every difference between books and return has its line."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_tax_documents import Documents


@tagged("post_install", "-at_install")
@freeze_time("2026-12-31")
class TestTaxReconciliation(Documents):
    def test_invoices_only(self):
        """Goods 300 and services 200, of which 120.00 of 240.00 were paid."""
        self._document("2026-10-05", (self.goods, 300.0, self.tax_g))
        invoice = self._document("2026-10-06", (self.service, 200.0, self.tax_s))
        self._pay(invoice, 120.0, "2026-10-20")
        report = self._report("2026-10-17")
        self.assertEqual(str(report.date_to), "2026-10-31")
        self.assertSteps(report, {"Services invoiced and not paid yet": -100.0})
        amounts = self._amounts(report)
        self.assertEqual(amounts["Turnover in the books"], 500.0)
        self.assertEqual(amounts["Bases of the return"], 400.0)
        vat = self._amounts(report, "vat")
        self.assertEqual(vat["VAT of the return"], 80.0)
        waiting = self._amounts(report, "waiting")
        self.assertEqual(waiting["On invoices of the period"], 40.0)
        self.assertEqual(waiting["Became due by payments"], -20.0)
        self.assertEqual(waiting["VAT on unpaid invoices"], 20.0)

    def test_paid_later(self):
        """What October left open comes in November, over two payments."""
        invoice = self._document("2026-10-06", (self.service, 100.0, self.tax_s))
        for amount, day in ((40.0, "2026-11-03"), (40.0, "2026-11-20")):
            self._pay(invoice, amount, day)
        report = self._report("2026-11-01")
        amounts = self._amounts(report)
        # 100 x 40 / 120 = 33.33 each, and 66.67 for both together.
        self.assertEqual(
            amounts["Services of earlier invoices, paid in the period"], 66.67
        )
        self.assertEqual(amounts["Rounding of partial payments"], -0.01)
        self.assertEqual(amounts["Bases of the return"], 66.66)
        self.assertEqual(report.unexplained, 0.0, self._dump(report))
        self._pay(invoice, 40.0, "2026-12-01")
        year = self._report("2026-05-01", "year")
        self.assertEqual(str(year.date_from), "2026-01-01")
        self.assertEqual(year.unexplained, 0.0, self._dump(year))

    def test_credit_notes(self):
        """One settles its invoice a month later, another one stays open."""
        invoice = self._document("2026-10-06", (self.service, 100.0, self.tax_s))
        october = self._report("2026-10-01")
        self.assertSteps(october, {"Services invoiced and not paid yet": -100.0})
        invoice._reverse_moves(
            [{"invoice_date": "2026-11-02", "date": "2026-11-02"}], cancel=True
        )
        self._document(
            "2026-11-03", (self.service, 30.0, self.tax_s), kind="out_refund"
        )
        november = self._report("2026-11-01")
        self.assertEqual(november.unexplained, 0.0, self._dump(november))
        amounts = self._amounts(november)
        self.assertEqual(amounts["Turnover in the books"], -130.0)
        self.assertEqual(
            amounts["Services of earlier invoices, paid in the period"], 100.0
        )
        self.assertEqual(amounts["Credit notes on services, not settled yet"], 30.0)
        self.assertEqual(amounts["Bases of the return"], 0.0)

    def test_by_hand_deferred_and_accrued(self):
        """An entry without tax is named; 487 and 418 move turnover, not the bases."""
        self._document("2026-10-05", (self.goods, 1200.0, self.tax_g))
        self._entry("2026-10-31", ("707000", 1000.0), ("487000", -1000.0))
        self._entry(
            "2026-10-31", ("418100", 240.0), ("706000", -200.0), ("445870", -40.0)
        )
        self._entry("2026-10-15", ("512001", 55.0), ("708800", -55.0))
        report = self._report("2026-10-01")
        amounts = self._amounts(report)
        self.assertEqual(amounts["Turnover in the books"], 455.0)
        self.assertEqual(amounts["Change of deferred revenue"], 1000.0)
        self.assertEqual(amounts["Change of accrued revenue, without its VAT"], -200.0)
        self.assertEqual(amounts["Invoiced, before tax"], 1255.0)
        self.assertSteps(report, {"Entries by hand without tax": -55.0})
        self.assertEqual(amounts["Bases of the return"], 1200.0)

    def test_foreign_currency(self):
        """1,200 USD at 1.25, half of it paid at 1.20: base 500/1.20 x ... in euro."""
        self.env["res.currency.rate"].create(
            [
                {
                    "name": day,
                    "currency_id": self.dollar.id,
                    "rate": rate,
                    "company_id": self.company.id,
                }
                for day, rate in (("2026-10-01", 1.25), ("2026-10-15", 1.2))
            ]
        )
        invoice = self._document(
            "2026-10-06",
            (self.service, 1000.0, self.tax_s),
            currency_id=self.dollar.id,
        )
        self.assertEqual(invoice.amount_untaxed_signed, 800.0)
        self._pay(invoice, 600.0, "2026-10-20", currency_id=self.dollar.id)
        report = self._report("2026-10-01")
        amounts = self._amounts(report)
        self.assertEqual(amounts["Services invoiced and not paid yet"], -400.0)
        # 500.00 USD at 1.20 is 416.67 EUR, at 1.25 it was 400.00.
        self.assertEqual(
            amounts["Exchange rate of the payment against the invoice"], 16.67
        )
        self.assertEqual(amounts["Bases of the return"], 416.67)
        self.assertEqual(report.unexplained, 0.0, self._dump(report))

    def test_treatments(self):
        """OSS has no box in the return; out of scope and intra-EU have their own."""
        self._regime("2026-01-01", oss_option=True)
        oss = self.company._vat_find_position(
            "oss", self.env["recurring.vat.rule"]._book().atlas.find("DE").territory
        )
        german = oss.map_tax(self.tax_s)
        self.assertEqual(german.amount, 19.0)
        self._document("2026-10-05", (self.service, 100.0, german))
        free = self.env.ref(f"account.{self.company.id}_tva_sale_service_0")
        self._document("2026-10-05", (self.service, 50.0, free))
        report = self._report("2026-10-01")
        line = report.line_ids.filtered(lambda line: "has no box" in line.name)[:1]
        self.assertEqual(line.amount, -100.0)
        self.assertEqual(
            line.note, "Consumer of another member state: VAT of that state (OSS)"
        )
        # Paid or not, the sale that is exempt waits for its payment like others.
        self.assertSteps(
            report, {line.name: -100.0, "Services invoiced and not paid yet": -50.0}
        )

    def test_cash_basis_base_account(self):
        """Odoo's cash-basis entries on an account of their own change nothing."""
        base = self.env["account.account"].search([("code", "=", "471000")])
        self.company.account_cash_basis_base_account_id = base
        invoice = self._document("2026-10-06", (self.service, 100.0, self.tax_s))
        self._pay(invoice, 120.0, "2026-10-20")
        report = self._report("2026-10-01")
        self.assertSteps(report, {})
        self.assertEqual(self._amounts(report)["Bases of the return"], 100.0)

    def test_payment_taken_back(self):
        invoice = self._document("2026-10-06", (self.service, 100.0, self.tax_s))
        self._pay(invoice, 120.0, "2026-10-20")
        term = invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        term.remove_move_reconcile()
        for day in ("2026-10-01", "2026-12-01"):
            report = self._report(day)
            self.assertEqual(report.unexplained, 0.0, self._dump(report))

    def test_payment_before_its_invoice(self):
        """120.00 in October for an invoice of November: October points at it."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.buyer.id,
                "amount": 120.0,
                "date": "2026-10-25",
            }
        )
        payment.action_post()
        invoice = self._document("2026-11-03", (self.service, 100.0, self.tax_s))
        (payment.move_id | invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        name = "Payments without an invoice: VAT on services is due on them"
        october, november = self._report("2026-10-01"), self._report("2026-11-01")
        self.assertEqual(self._amounts(october, "waiting")[name], 120.0)
        self.assertNotIn(name, self._amounts(november, "waiting"))
        for report in (october, november):
            self.assertEqual(report.unexplained, 0.0, self._dump(report))
        line = october.line_ids.filtered(lambda line: line.name == name)
        items = self.env["account.move.line"].search(line.action_open_items()["domain"])
        self.assertEqual(items.move_id, payment.move_id)

    def test_sale_on_another_account(self):
        """An advance on 4191 bears VAT and is no turnover."""
        account = self.env["account.account"].search([("code", "=", "419100")])
        move = self._document("2026-10-05", (self.goods, 80.0, self.tax_g))
        move.button_draft()
        move.invoice_line_ids.account_id = account
        move.action_post()
        report = self._report("2026-10-01")
        self.assertSteps(report, {f"Sales booked on {account.display_name}": 80.0})

    def test_an_unexplained_rest_is_shown(self):
        """A base box typed by hand on VAT without its VAT: the rest says so."""
        entry = self._entry("2026-10-15", ("512001", 55.0), ("708800", -55.0))
        line = entry.line_ids.filtered(lambda line: line.balance < 0)
        entry.button_draft()
        line.tax_tag_ids = self.tax_g.repartition_line_ids.filtered(
            lambda line: line.repartition_type == "tax"
        ).tag_ids
        entry.action_post()
        report = self._report("2026-10-01")
        self.assertEqual(report.unexplained, 55.0, self._dump(report))

    def test_items_behind_a_line(self):
        invoice = self._document("2026-10-06", (self.service, 200.0, self.tax_s))
        report = self._report("2026-10-01")
        line = report.line_ids.filtered(lambda line: "not paid yet" in line.name)
        action = line.action_open_items()
        items = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(items, invoice.invoice_line_ids)
        for line in report.line_ids.filtered("domain"):
            self.env["account.move.line"].search(line.action_open_items()["domain"])

    def test_nothing_happened(self):
        report = self._report("2019-03-05")
        self.assertEqual(report.unexplained, 0.0)
        self.assertTrue(report._xlsx().startswith(b"PK"))

    def test_file_needs_figures(self):
        report = self.env["recurring.vat.reconciliation"].create({})
        with self.assertRaises(UserError):
            report.action_xlsx()
        self.assertEqual(report.date_from, fields.Date.to_date("2026-11-01"))

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        report = self.env["recurring.vat.reconciliation"].create(
            {"company_id": other.id}
        )
        with self.assertRaises(AccessError):
            report.with_context(allowed_company_ids=self.company.ids).action_compute()

    def test_who_may(self):
        user = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        with self.assertRaises(AccessError):
            self.env["recurring.vat.reconciliation"].with_user(user).create({})
        user = new_test_user(self.env, "auditor", "account.group_account_readonly")
        reports = self.env["recurring.vat.reconciliation"].with_user(user)
        report = reports.create({"date_from": "2026-10-01"})
        report.action_compute()
        self.assertTrue(report.line_ids)
