"""OSS figures, DES and recapitulative statement: from invoice lines to the file."""

import base64
import io

from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_tax import BELGIAN, GERMAN, TaxCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxStatement(TaxCommon):
    def _statement(self, kind, period="q4", year=2026, user=None):
        model = self.env["recurring.vat.statement"]
        return model.with_user(user or self.env.user).create(
            {"kind": kind, "period": period, "year": year}
        )

    def _figures(self, statement, *names):
        return [tuple(line[name] for name in names) for line in statement.line_ids]

    def test_oss_by_country_rate_and_kind(self):
        self._regime(oss_option=True)
        software, goods = self._sold("electronic"), self._sold("goods", 33.33)
        self._invoice(self._at("DE"), software)
        self._invoice(self._at("DE"), software)
        self._invoice(self._at("DE"), goods)
        self._invoice(self._at("SE"), software)
        self._invoice(self._at("FR"), software)
        statement = self._statement("oss")
        figures = self._figures(
            statement, "country_code", "supply", "rate", "base", "vat"
        )
        self.assertEqual(
            figures,
            [
                ("DE", "goods", 19.0, 33.33, 6.33),
                ("DE", "service", 19.0, 200.0, 38.0),
                ("SE", "service", 25.0, 100.0, 25.0),
            ],
        )
        self.assertEqual((statement.base_total, statement.vat_total), (333.33, 69.33))
        lines = self.env["account.move.line"].search(
            statement.line_ids[1].action_open_lines()["domain"]
        )
        self.assertEqual(sum(lines.mapped("price_subtotal")), 200.0)
        self.assertFalse(self._statement("oss", "q3").line_ids)

    def test_what_is_declared_is_what_is_booked(self):
        """Ten lines of 9.99 on one invoice: the cents of the tax are shared out."""
        self._regime(oss_option=True)
        products = [self._sold("electronic", 9.99, name=f"S{n}") for n in range(10)]
        products.append(self._sold("goods", 9.99))
        invoice = self._invoice(self._at("DE"), *products)
        statement = self._statement("oss")
        self.assertEqual(len(statement.line_ids), 2)
        self.assertEqual(round(statement.vat_total, 2), invoice.amount_tax)

    def test_corrections_of_earlier_quarters_stand_apart(self):
        self._regime(oss_option=True)
        with freeze_time("2026-08-01"):
            move = self._invoice(
                self._at("DE"), self._sold("electronic"), day="2026-08-01"
            )
        own = self._invoice(self._at("DE"), self._sold("electronic"))
        # September to November of the first one, and November of the second.
        for origin in (move, own):
            origin._reverse_moves([{"invoice_date": "2026-11-01"}], cancel=True)
        statement = self._statement("oss")
        self.assertEqual(
            self._figures(statement, "corrects", "period_name", "base", "vat"),
            [(False, "2026 Q4", 300.0, 57.0), (True, "2026 Q3", -100.0, -19.0)],
        )

    def test_a_correction_takes_the_rate_of_its_quarter(self):
        """Given back in full, the sale of the third quarter leaves nothing."""
        self._regime(oss_option=True)
        krona = self.env.ref("base.SEK")
        krona.active = True
        for day, rate in (("2026-07-01", 11.0), ("2026-09-30", 11.2)):
            self._rate(krona, day, rate)
        self._rate(krona, "2026-10-15", 12.0)
        software = self._sold("electronic", 1000.0)
        charges = [{"product_id": software.id, "unit_price": 1000.0}]
        plan = self._plan("SEK", charges=charges, currency_id=krona.id)
        with freeze_time("2026-09-01"):
            sub = self._subscribe(
                plan, "2026-09-01", customer=self._at("SE"), currency_id=krona.id
            )
            self._bill("2026-09-01")
        sub.billed_item_ids.move_id._reverse_moves(
            [{"invoice_date": "2026-11-01"}], cancel=True
        )
        sold, given = self._statement("oss", "q3"), self._statement("oss")
        self.assertEqual((sold.base_total, sold.vat_total), (89.29, 22.32))
        self.assertEqual((given.base_total, given.vat_total), (-89.29, -22.32))
        self.assertTrue(given.line_ids.corrects)

    def _rate(self, currency, day, rate):
        self.env["res.currency.rate"].create(
            {"name": day, "currency_id": currency.id, "rate": rate}
        )

    def test_greece_is_el(self):
        self._regime(oss_option=True)
        self._invoice(self._at("GR"), self._sold("electronic"))
        self.assertEqual(self._statement("oss").line_ids.country_code, "EL")

    def test_one_figure_for_a_number(self):
        """Two records of one customer: 50.25 each is 101 to declare, not 50 twice."""
        service = self._sold("service", 50.25)
        self._invoice(self._at("DE", vat=GERMAN), service)
        self._invoice(self._at("DE", vat=GERMAN), service)
        statement = self._statement("des")
        self.assertEqual(
            self._figures(statement, "number", "base", "declared"),
            [(GERMAN, 100.5, 101)],
        )
        self.assertTrue(statement.line_ids.partner_id)

    def test_services_to_businesses_by_month_and_number(self):
        german, belgian = self._at("DE", vat=GERMAN), self._at("BE", vat=BELGIAN)
        service = self._sold("service", 100.5)
        with freeze_time("2026-10-01"):
            self._invoice(german, service, day="2026-10-01")
        self._invoice(german, service)
        self._invoice(german, service)
        self._invoice(belgian, service)
        self._invoice(german, self._sold("goods"))
        statement = self._statement("des")
        self.assertEqual(
            self._figures(statement, "start", "number", "base", "declared"),
            [
                (_day("2026-10-01"), GERMAN, 100.5, 101),
                (_day("2026-11-01"), BELGIAN, 100.5, 101),
                (_day("2026-11-01"), GERMAN, 301.5, 302),
            ],
        )
        november = self._statement("des", "m11")
        self.assertEqual(len(november.line_ids), 2)
        goods = self._statement("goods")
        self.assertEqual(self._figures(goods, "number", "base"), [(GERMAN, 100.0)])

    def test_what_nobody_decided_is_pointed_out(self):
        position = self.company._vat_find_position("eu_service")
        tax = position.tax_ids.filtered(
            lambda one: one.tax_scope == "service" and one.type_tax_use == "sale"
        )[:1]
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self._at("DE", vat=GERMAN).id,
                "invoice_date": "2026-11-01",
                "invoice_line_ids": [
                    (0, 0, {"name": "By hand", "price_unit": 50, "tax_ids": tax.ids})
                ],
            }
        )
        move.action_post()
        statement = self._statement("des")
        self.assertFalse(statement.line_ids)
        self.assertEqual(statement.undecided_count, 1)
        domain = statement.action_open_undecided()["domain"]
        self.assertEqual(self.env["account.move.line"].search(domain).move_id, move)

    def test_file(self):
        self._regime(oss_option=True)
        self._invoice(self._at("DE"), self._sold("electronic"))
        statement = self._statement("oss")
        action = statement.action_download()
        self.assertIn("oss-2026-q4.xlsx", action["url"])
        book = load_workbook(io.BytesIO(base64.b64decode(statement.file)))
        self.assertEqual(len(book.sheetnames), 3)
        rows = list(book.worksheets[0].iter_rows(min_row=6, values_only=True))
        self.assertEqual(rows[0][1:], ("DE", "Services", "FR", 19, 100, 19))
        self.assertEqual(rows[1][5:], (100, 19))
        lines = list(book.worksheets[2].iter_rows(min_row=6, values_only=True))
        self.assertEqual(len(lines), 1)
        des = self._statement("des")
        des.action_download()
        self.assertTrue(des.file)

    def test_who_may_see_it(self):
        groups = "base.group_user,account.group_account_readonly"
        reader = new_test_user(self.env, "auditor", groups)
        self._invoice(self._at("DE", vat=GERMAN), self._sold())
        self.assertEqual(len(self._statement("des", user=reader).line_ids), 1)
        seller = new_test_user(self.env, "seller", "recurring_revenue.group_user")
        with self.assertRaises(AccessError):
            self._statement("des", user=seller)


def _day(text):
    return fields.Date.to_date(text)
