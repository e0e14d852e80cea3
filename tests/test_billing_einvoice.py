"""The service period of a line reaches the electronic invoice."""

from datetime import date

from lxml import etree

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_complete_lines import CompleteLinesCommon

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
YEAR = (date(2026, 9, 15), date(2027, 9, 14))
UBL = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
CII = {
    "ram": "urn:un:unece:uncefact:data:standard:"
    "ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}


@tagged("post_install", "-at_install")
class TestBillingEinvoice(CompleteLinesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        address = {
            "street": "1 rue de la Paix",
            "zip": "75002",
            "city": "Paris",
            "country_id": cls.env.ref("base.fr").id,
            "phone": "+33 1 23 45 67 89",
            "email": "invoices@example.com",
        }
        cls.company.partner_id.write(
            {**address, "vat": "FR23334175221", "company_registry": "33417522101010"}
        )
        cls.partner_a.write({**address, "vat": "FR96552100554"})
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )

    def _period(self, start, end):
        return {"deferred_start_date": start, "deferred_end_date": end}

    def _posted(self, **header):
        """Return an invoice with a month, a year, and a line without a period."""
        vals = self._vals(
            self._line(30, **self._period(*NOVEMBER)),
            self._line(365, self.other_service, **self._period(*YEAR)),
            self._line(5),
            **header,
        )
        moves = self.builder._create_invoices([vals])
        return self.builder._post_invoices(moves)

    def _exported(self, move, model):
        """Return the XML tree that Community's own exporter makes of an invoice."""
        # the exporters log what they would have liked to know
        with mute_logger("odoo.addons.account_edi_ubl_cii.models.account_edi_common"):
            content, _errors = self.env[model]._export_invoice(move)
        return etree.fromstring(content)

    def _ubl_periods(self, tree, line="InvoiceLine"):
        return [
            tuple(
                node.findtext(f"cac:InvoicePeriod/cbc:{name}", namespaces=UBL)
                for name in ("StartDate", "EndDate")
            )
            for node in tree.findall(f"cac:{line}", UBL)
        ]

    def test_ubl_line_period(self):
        # BT-134 and BT-135; the end is the last day of service
        move = self._posted()
        expected = [
            ("2026-11-01", "2026-11-30"),
            ("2026-09-15", "2027-09-14"),
            (None, None),
        ]
        for model in ("account.edi.xml.ubl_bis3", "account.edi.xml.ubl_21"):
            with self.subTest(model=model):
                tree = self._exported(move, model)
                self.assertEqual(self._ubl_periods(tree), expected)

    def test_ubl_credit_note_line_period(self):
        tree = self._exported(
            self._posted(move_type="out_refund"), "account.edi.xml.ubl_bis3"
        )
        self.assertEqual(
            self._ubl_periods(tree, "CreditNoteLine")[0], ("2026-11-01", "2026-11-30")
        )

    def test_factur_x_line_and_invoice_period(self):
        tree = self._exported(self._posted(), "account.edi.xml.cii")
        path = "ram:BillingSpecifiedPeriod/ram:{}DateTime/udt:DateTimeString"

        def period(node):
            return tuple(
                node.findtext(path.format(name), namespaces=CII)
                for name in ("Start", "End")
            )

        lines = tree.findall(".//ram:SpecifiedLineTradeSettlement", CII)
        self.assertEqual(
            [period(line) for line in lines],
            [("20261101", "20261130"), ("20260915", "20270914"), (None, None)],
        )
        # BT-73 and BT-74: the invoice covers what its lines cover
        whole = tree.find(".//ram:ApplicableHeaderTradeSettlement", CII)
        self.assertEqual(period(whole), ("20260915", "20270914"))

    def test_without_periods_nothing_is_invented(self):
        move = self.builder._create_invoices([self._vals()])
        self.builder._post_invoices(move)
        tree = self._exported(move, "account.edi.xml.ubl_bis3")
        self.assertFalse(tree.findall(".//cac:InvoicePeriod/cbc:StartDate", UBL))

    def test_a_period_ends_after_it_starts(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "rr_service_period"),
        ):
            self.env["account.move"].create(
                self._vals(self._line(**self._period(NOVEMBER[1], NOVEMBER[0])))
            )
            self.env.flush_all()

    def test_a_copy_has_no_period(self):
        copy = self._posted().copy()
        self.assertFalse(any(copy.line_ids.mapped("deferred_start_date")))
        self.assertEqual(len(copy.invoice_line_ids), 3)

    def test_a_line_of_a_user_has_a_period_too(self):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": NOVEMBER[0],
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.service.id, **self._period(*NOVEMBER)}
                    )
                ],
            }
        )
        move.action_post()
        tree = self._exported(move, "account.edi.xml.ubl_bis3")
        self.assertEqual(self._ubl_periods(tree), [("2026-11-01", "2026-11-30")])
