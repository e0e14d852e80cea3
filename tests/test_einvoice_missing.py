"""Before an invoice is sent, the screen names what it lacks; nothing is blocked."""

from odoo.tests import freeze_time, tagged

from .common_einvoice import EinvoiceCommon
from .common_tax import GERMAN


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestEinvoiceMissing(EinvoiceCommon):
    def assertMissing(self, record, *words):
        """One sentence for each of ``words``, in this order."""
        sentences = record._rr_edi_missing()
        self.assertEqual(len(sentences), len(words), sentences)
        for sentence, word in zip(sentences, words, strict=True):
            self.assertIn(word, sentence)

    def test_nothing_is_missing(self):
        for customer in (
            self._french_company(),
            self._at("FR", "75011"),
            self._at("DE", "10115", vat=GERMAN),
            self._at("US", street=False),
        ):
            self.assertMissing(self._invoice(customer, self._sold()))

    def test_customer_without_siren_or_address(self):
        company = self._french_company("", vat=False, company_registry=False)
        move = self._invoice(company, self._sold())
        self.assertEqual(move.state, "posted")
        self.assertMissing(move, "the address lacks Zip", "SIREN or SIRET is missing")
        company.company_registry = "404833047"
        self.assertMissing(move, "lacks Zip", "neither a right SIREN")
        company.write({"company_registry": "404833048", "zip": "75011"})
        self.assertMissing(move)

    def test_seller(self):
        self.company.write({"company_registry": False, "vat": False})
        self.company.city = False
        move = self._invoice(self._french_company(), self._sold())
        self.assertMissing(
            move, "the address lacks City", "SIREN or SIRET", "your VAT number"
        )

    def test_public_customer_needs_a_siret(self):
        public = self._at("FR", "75007", is_company=True, company_registry="110002011")
        public.rr_vat_status = "public"
        move = self._invoice(public, self._sold())
        self.assertIn("SIRET (14 digits)", move._rr_edi_missing()[-1])

    def test_associations_need_no_siren(self):
        """What they buy is e-reported, as a consumer's purchase is."""
        association = self._french_company(
            vat=False, company_registry=False, rr_vat_status="non_taxable"
        )
        move = self._invoice(association, self._sold())
        self.assertMissing(move)

    def test_document(self):
        move = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self._french_company().id,
                "invoice_date": "2026-11-01",
                "invoice_line_ids": [
                    (0, 0, {"name": "Gift", "price_unit": 5, "tax_ids": False})
                ],
            }
        )
        self.assertMissing(move, "no tax", "which invoice it corrects")
        # Factur-X cannot say it: unless somebody chose it, the PDF leaves all the same.
        send = self.env["account.move.send"]
        self.assertFalse(send._get_default_invoice_edi_format(move))
        move.invoice_line_ids.tax_ids = self.tax_s
        self.assertEqual(send._get_default_invoice_edi_format(move), "facturx")

    def test_the_screens_say_so(self):
        company = self._french_company(company_registry=False, vat=False)
        charge = {"product_id": self._sold().id, "unit_price": 10}
        plan = self._plan("Pro", charges=[charge])
        sub = self._subscribe(plan, "2026-11-01", customer=company)
        self.assertIn("SIREN or SIRET", sub.edi_missing)
        self._bill("2026-11-01")
        move = sub.billed_item_ids.move_id
        alert = move.alerts["rr_edi_missing"]
        self.assertEqual(alert["level"], "warning")
        self.assertIn("SIREN or SIRET", alert["message"])
        wizard = self.env["account.move.send.wizard"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        alert = wizard.create({}).alerts["rr_edi_missing"]
        self.assertEqual(alert["level"], "warning")
        self.assertIn("SIREN or SIRET", alert["message"])
        company.company_registry = "404833048"
        sub.invalidate_recordset(["edi_missing"])
        move.invalidate_recordset(["alerts"])
        self.assertFalse(sub.edi_missing)
        self.assertNotIn("rr_edi_missing", move.alerts or {})
