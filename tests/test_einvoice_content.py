"""What electronic invoices say, term by term, in both syntaxes."""

from lxml import etree

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models.einvoice import cii, ubl
from ..models.einvoice.xml_nodes import NAMESPACES, parse, serialize
from .common_einvoice import EXPORTERS, EinvoiceCommon
from .common_tax import GERMAN

SETTLEMENT = "//ram:ApplicableHeaderTradeSettlement"
NOTES = "//ram:IncludedNote/ram:SubjectCode"


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestEinvoiceContent(EinvoiceCommon):
    def _said(self, move, syntax, path):
        """Return the texts that a path finds in an exported invoice."""
        content, errors = self._export(move, syntax)
        self.assertFalse(errors)
        found = etree.fromstring(content).xpath(path, namespaces=NAMESPACES)
        return [getattr(node, "text", node) for node in found]

    def test_identifiers_and_addresses(self):
        move = self._invoice(self._french_company(), self._sold())
        legal = "//ram:SpecifiedLegalOrganization/ram:ID"
        self.assertEqual(self._said(move, "cii", legal), ["303265045", "404833048"])
        self.assertEqual(self._said(move, "cii", f"{legal}/@schemeID"), ["0002"] * 2)
        self.assertEqual(
            self._said(move, "cii", "//ram:GlobalID[@schemeID='0009']"),
            ["30326504500011", "40483304800014"],
        )
        self.assertEqual(
            self._said(move, "cii", "//ram:URIID[@schemeID='0225']"),
            ["303265045", "404833048"],
        )
        self.assertEqual(
            self._said(move, "ubl", "//cbc:EndpointID[@schemeID='0225']"),
            ["303265045", "404833048"],
        )
        self.assertEqual(
            self._said(move, "ubl", "//cac:PartyLegalEntity/cbc:CompanyID"),
            ["303265045", "404833048"],
        )

    def test_form_capital_and_register_of_the_seller(self):
        """What is printed at the foot stands in BT-33, in the customer's language."""
        self.company.write(
            {
                "rr_legal_kind": "company",
                "rr_legal_form": "SAS",
                "rr_share_capital": 20000,
                "rr_register_city": "Nantes",
            }
        )
        move = self._invoice(self._french_company(), self._sold())
        german = self._invoice(self._at("DE", "10115", vat=GERMAN), self._sold())
        expected = "SAS with a share capital of 20,000.00 € – RCS Nantes 303 265 045"
        for one in (move, german):
            for syntax, path in (
                ("cii", "//ram:SellerTradeParty/ram:Description"),
                ("ubl", "//cac:AccountingSupplierParty//cbc:CompanyLegalForm"),
            ):
                [text] = self._said(one, syntax, path)
                self.assertEqual(text.replace("\xa0", " "), expected)
        self.assertValid({"French": move, "German": german})

    def test_period_is_that_of_the_lines(self):
        """Odoo would say: from the invoice date to the due date."""
        move = self._invoice(self._french_company(), self._sold())
        path = f"{SETTLEMENT}/ram:BillingSpecifiedPeriod//udt:DateTimeString"
        self.assertEqual(self._said(move, "cii", path), ["20261101", "20261130"])
        period = "/*/cac:InvoicePeriod"
        self.assertEqual(
            self._said(move, "ubl", f"{period}/cbc:StartDate"), ["2026-11-01"]
        )
        self.assertEqual(
            self._said(move, "ubl", f"{period}/cbc:EndDate"), ["2026-11-30"]
        )

    def test_when_the_vat_falls_due(self):
        company = self._french_company()
        debits = self.tax_s.copy({"tax_exigibility": "on_invoice", "name": "débits"})
        cases = {
            "receipts": ((self._sold(),), ["72"], ["432"]),
            "debits": ((self._sold(tax=debits),), ["5"], ["3"]),
            "goods": ((self._sold("goods"),), ["29"], ["3"]),
            "both": ((self._sold("goods"), self._sold()), [], []),
        }
        for name, (products, in_cii, in_ubl) in cases.items():
            move = self._invoice(company, *products)
            with self.subTest(name):
                codes = f"{SETTLEMENT}//ram:DueDateTypeCode"
                self.assertEqual(self._said(move, "cii", codes), in_cii)
                codes = "/*/cac:InvoicePeriod/cbc:DescriptionCode"
                self.assertEqual(self._said(move, "ubl", codes), in_ubl)

    def test_notes_and_process(self):
        company, consumer = self._french_company(), self._at("FR", "75011")
        goods, service = self._sold("goods"), self._sold()
        move = self._invoice(company, service)
        self.assertEqual(self._said(move, "cii", NOTES), ["PMT", "PMD", "AAB"])
        notes = self._said(move, "ubl", "/*/cbc:Note")
        self.assertEqual([note[:5] for note in notes], ["#PMT#", "#PMD#", "#AAB#"])
        # 40 EUR are for professionals only (C. com. D441-5)
        move = self._invoice(consumer, service)
        self.assertEqual(self._said(move, "cii", NOTES), ["PMD", "AAB"])
        process = "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
        for products, code in (
            ((service,), "S1"),
            ((goods,), "B1"),
            ((goods, service), "M1"),
        ):
            move = self._invoice(company, *products)
            self.assertEqual(self._said(move, "cii", process), [code])
            self.assertEqual(self._said(move, "ubl", "/*/cbc:ProfileID"), [code])

    def test_paid_before_it_is_issued(self):
        move = self._invoice(self._french_company(), self._sold())
        self._pay(move, "2026-10-30", amount=60)
        self.assertEqual(self._said(move, "ubl", "/*/cbc:ProfileID"), ["S1"])
        self._pay(move, "2026-10-31")
        self.assertEqual(self._said(move, "ubl", "/*/cbc:ProfileID"), ["S2"])
        self.assertEqual(self._said(move, "ubl", "/*/cbc:DueDate"), ["2026-10-31"])
        due = "//ram:DueDateDateTime/udt:DateTimeString"
        self.assertEqual(self._said(move, "cii", due), ["20261031"])

    def test_settled_by_a_credit_note_is_not_paid(self):
        move = self._invoice(self._french_company(), self._sold())
        refund = self._refund(move, "2026-11-01")
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(self._said(move, "ubl", "/*/cbc:ProfileID"), ["S1"])
        self.assertEqual(
            self._said(refund, "ubl", "//cac:InvoiceDocumentReference/cbc:*"),
            [move.name, "2026-11-01"],
        )

    def test_given_up_is_not_paid(self):
        move = self._invoice(self._french_company(), self._sold("goods"))
        action = move.action_rr_bad_debt()
        self.env[action["res_model"]].browse(action["res_id"]).action_book()
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(self._said(move, "ubl", "/*/cbc:ProfileID"), ["B1"])

    def test_reverse_charge_says_why(self):
        german = self._at("DE", "10115", vat=GERMAN, lang="en_US")
        move = self._invoice(german, self._sold())
        tax = f"{SETTLEMENT}/ram:ApplicableTradeTax"
        for tag, expected in (
            ("CategoryCode", "AE"),
            ("ExemptionReasonCode", "VATEX-EU-AE"),
            ("ExemptionReason", "Reverse charge"),
        ):
            self.assertEqual(self._said(move, "cii", f"{tax}/ram:{tag}"), [expected])
        self.assertFalse(self._said(move, "cii", f"{tax}/ram:DueDateTypeCode"))
        # still Peppol's own profile, with a single note (R002)
        self.assertIn("peppol", self._said(move, "ubl", "/*/cbc:ProfileID")[0])
        self.assertEqual(len(self._said(move, "ubl", "/*/cbc:Note")), 1)

    def test_xrechnung_stays_itself(self):
        """The German format is one of UBL too: its profile is not touched."""
        german = self._at("DE", "10115", vat=GERMAN, email="rechnung@example.com")
        move = self._invoice(german, self._sold())
        builder = self.env["account.edi.xml.ubl_de"]
        with mute_logger(EXPORTERS):
            content, _errors = builder._export_invoice(move)
        self.assertIn(b"xrechnung", content)
        found = self.rules.failures({"DE": (content, ["schema", "en16931"])})
        self.assertFalse(found["DE"])

    def test_out_of_scope_carries_no_vat_number(self):
        move = self._invoice(self._french_company(), self._sold("dues"))
        for syntax in ("cii", "ubl"):
            content, _errors = self._export(move, syntax)
            self.assertNotIn(b"FR40303265045", content)
            self.assertNotIn(b"FR83404833048", content)

    def test_two_exemptions_are_one_breakdown(self):
        self._regime(regime="association_partial")
        move = self._invoice(
            self._at("FR", "75011"),
            self._sold("member_service"),
            self._sold("training"),
        )
        self.assertValid({"two exemptions": move})
        tax = f"{SETTLEMENT}/ram:ApplicableTradeTax"
        self.assertEqual(self._said(move, "cii", f"{tax}/ram:BasisAmount"), ["200.00"])
        reason = self._said(move, "cii", f"{tax}/ram:ExemptionReason")[0]
        self.assertIn("261-7", reason)
        self.assertIn("261-4", reason)

    def test_public_customer(self):
        public = self._at(
            "FR", "75007", is_company=True, company_registry="21440109300015"
        )
        codes = {"service_code": "SERVICE-12", "commitment_number": "EJ-42"}
        move = self._invoice(public, self._sold(), client_order_ref="ours", **codes)
        self.assertEqual(move.rr_service_code, "SERVICE-12")
        self.assertEqual(
            self._said(move, "cii", "//ram:BuyerReference"), ["SERVICE-12"]
        )
        order = "//ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"
        self.assertEqual(self._said(move, "cii", order), ["EJ-42"])
        self.assertEqual(
            self._said(move, "ubl", "/*/cbc:BuyerReference"), ["SERVICE-12"]
        )
        self.assertEqual(
            self._said(move, "ubl", "//cac:OrderReference/cbc:ID"), ["EJ-42"]
        )

    def test_chorus_pro_through_peppol(self):
        """The identifiers are those of Peppol; what Chorus Pro wants is named."""
        public = self._at(
            "FR",
            "75007",
            is_company=True,
            company_registry="11000201100044",
            peppol_eas="0009",
            peppol_endpoint="11000201100044",
        )
        move = self._invoice(public, self._sold(), service_code="SERVICE-12")
        self.assertEqual(
            self._said(move, "ubl", "//cac:AccountingCustomerParty//cbc:EndpointID"),
            ["11000201100044"],
        )
        self.assertIn("peppol", self._said(move, "ubl", "/*/cbc:ProfileID")[0])
        self.assertEqual(
            self._said(move, "ubl", "/*/cbc:BuyerReference"), ["SERVICE-12"]
        )
        self.assertFalse(move._rr_edi_missing())
        self.company.company_registry = "303265045"
        self.assertIn("Chorus Pro wants your SIRET", move._rr_edi_missing()[0])

    def test_codes_part_invoices(self):
        """One invoice per customer, but only one commitment number on each."""
        public = self._at(
            "FR", "75007", is_company=True, company_registry="21440109300015"
        )
        charge = {"product_id": self._sold().id, "unit_price": 10}
        plan = self._plan("P", charges=[charge])
        subs = [
            self._subscribe(
                plan,
                "2026-11-01",
                customer=public,
                invoice_grouping="customer",
                commitment_number=number,
            )
            for number in ("EJ-1", "EJ-1", "EJ-2")
        ]
        run = self._bill("2026-11-01")
        self.assertEqual(
            sorted(run.move_ids.mapped("rr_commitment_number")), ["EJ-1", "EJ-2"]
        )
        subs[0].commitment_number = "EJ-3"
        self.assertIn("EJ-3", subs[0].change_ids[:1].note)

    def test_vat_in_euro(self):
        move = self._invoice(self._french_company(), self._sold())
        self.assertFalse(self._said(move, "cii", "//ram:TaxCurrencyCode"))

    def test_small_prices_give_their_amount(self):
        """14,000 calls at 0.0137 are 191.80, not 14,000 times 0.01."""
        charge = {"product_id": self._sold().id, "charge_model": "per_unit"}
        plan = self._plan("Calls", charges=[charge])
        sub = self._subscribe(
            plan,
            "2026-11-01",
            customer=self._french_company(),
            lines=[{"quantity": 14000, "price_unit": 0.0137}],
        )
        self._bill("2026-11-01")
        price = "//ram:NetPriceProductTradePrice/ram:*"
        move = sub.billed_item_ids.move_id
        self.assertEqual(move.amount_untaxed, 191.8)
        said = [float(text) for text in self._said(move, "cii", price)]
        quantity = float(self._said(move, "cii", "//ram:BilledQuantity")[0])
        self.assertEqual(round(said[0] * quantity / (said[1:] or [1])[0], 2), 191.8)

    def test_written_twice_says_it_once(self):
        """Another module may have said it before: nothing is said again."""
        move = self._invoice(self._french_company(), self._sold())
        for syntax, module in (("cii", cii), ("ubl", ubl)):
            content, _errors = self._export(move, syntax)
            tree = parse(content)
            module.write_period(tree, move._rr_einvoice_period())
            module.write_facts(tree, move._rr_einvoice_facts())
            self.assertEqual(serialize(tree), content)

    def test_factur_x_is_suggested_where_the_platforms_pass_invoices_on(self):
        company, consumer = self._french_company(), self._at("FR", "75011")
        german = self._at("DE", "10115", vat=GERMAN)
        for customer, suggested in (
            (company, "facturx"),
            (consumer, False),
            (german, False),
        ):
            self.assertEqual(customer.invoice_edi_format, suggested, customer.name)
        company.rr_vat_status = "non_taxable"
        self.assertFalse(company.invoice_edi_format)
        company.rr_vat_status = "business"
        company.invoice_edi_format = "ubl_bis3"
        self.assertEqual(company.invoice_edi_format, "ubl_bis3")
        company.invoice_edi_format = False
        company.invalidate_recordset()
        self.assertFalse(company.invoice_edi_format)
        self.company.rr_vat_decides = False
        other = self._french_company()
        self.assertFalse(other.invoice_edi_format)

    def test_sellers_elsewhere_keep_odoos_own(self):
        move = self._invoice(self._french_company(), self._sold())
        self.company.account_fiscal_country_id = self.env.ref("base.be")
        self.assertFalse(move._rr_einvoice_is_french())
        self.assertFalse(move._rr_edi_missing())
        content, _errors = self._export(move, "cii")
        self.assertNotIn(b"SubjectCode", content)
