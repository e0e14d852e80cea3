"""Thresholds as dated data; where consumers of electronic services are, proved."""

from decimal import Decimal

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Date
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common_tax import GERMAN, TaxCommon

IBAN_DE, IBAN_FR = "DE89370400440532013000", "FR1420041010050500013M02606"


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxLocation(TaxCommon):
    def _decision(self, customer, nature="electronic", **values):
        invoice = self._invoice(customer, self._sold(nature), **values)
        return invoice.invoice_line_ids.rr_vat_decision_id

    def _german(self, iban=None, **values):
        customer = self._at("DE", "10115", **values)
        if iban:
            self.env["res.partner.bank"].create(
                {"partner_id": customer.id, "acc_number": iban}
            )
        return customer

    def _second_proof_wanted(self):
        """Let the sales of electronic services be above the threshold."""
        threshold = self.env.ref("recurring_revenue.vat_threshold_location")
        threshold.amount = 50

    # ------------------------------------------------------------------
    # Thresholds
    # ------------------------------------------------------------------

    def test_amounts_by_day(self):
        thresholds = self.env["recurring.vat.threshold"]
        for code, day, country, amount in (
            ("oss", "2026-11-01", "FR", 10000),
            ("oss", "2026-11-01", "DE", 10000),
            ("location_proofs", "2026-11-01", "", 100000),
            ("franchise_services", "2026-11-01", "FR", 37500),
            ("franchise_services_upper", "2026-11-01", "FR", 41250),
            ("franchise_goods", "2026-11-01", "FR", 85000),
            ("franchise_goods_upper", "2026-11-01", "FR", 93500),
            ("association_side", "2025-12-31", "FR", 80011),
            ("association_side", "2026-01-01", "FR", 81051),
        ):
            found = thresholds._amount_on(code, Date.to_date(day), country)
            self.assertEqual(found, Decimal(amount), (code, day))
        self.assertIsNone(
            thresholds._amount_on("franchise_goods", Date.to_date("2026-01-01"), "DE")
        )

    def test_what_is_not_confirmed_says_so(self):
        rows = self.env["recurring.vat.threshold"].search([("confirmed", "=", False)])
        self.assertEqual(rows.mapped("amount"), [81051.0])
        self.assertTrue(all(rows.search([]).mapped("source")))

    def test_an_accountant_corrects_an_amount(self):
        row = self.env.ref("recurring_revenue.vat_threshold_fr_association_2026")
        accountant = new_test_user(
            self.env, "threshold_accountant", groups="account.group_account_manager"
        )
        row.with_user(accountant).write({"amount": 81100, "confirmed": True})
        day = Date.to_date("2026-06-01")
        thresholds = self.env["recurring.vat.threshold"]
        self.assertEqual(
            thresholds._amount_on("association_side", day, "FR"), Decimal(81100)
        )
        clerk = new_test_user(
            self.env, "threshold_clerk", groups="account.group_account_invoice"
        )
        with self.assertRaises(AccessError):
            row.with_user(clerk).amount = 1

    @mute_logger("odoo.sql_db")
    def test_two_amounts_of_one_day_are_refused(self):
        values = {"name": "Twice", "code": "oss", "amount": 1}
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env["recurring.vat.threshold"].create(values)

    # ------------------------------------------------------------------
    # Proofs
    # ------------------------------------------------------------------

    def test_the_billing_address_suffices(self):
        decision = self._decision(self._german())
        self.assertNotIn("location", decision.warnings or "")

    def test_an_iban_that_agrees_is_kept(self):
        decision = self._decision(self._german(IBAN_DE))
        self.assertEqual(decision.inputs["paid_from_iban"], "DE")
        self.assertNotIn("location", decision.warnings or "")

    def test_proofs_that_contradict_are_a_warning(self):
        decision = self._decision(self._german(IBAN_FR))
        self.assertIn("location_conflict", decision.warnings)
        # The address stands: nobody's invoice waits for it.
        self.assertEqual(decision.inputs["country"], "DE")

    def test_a_proof_typed_by_hand_settles_it(self):
        customer = self._german(
            IBAN_FR,
            rr_payment_country_id=self.env.ref("base.de").id,
            rr_payment_country_proof="Card of a German bank",
        )
        decision = self._decision(customer)
        self.assertNotIn("location", decision.warnings or "")
        self.assertEqual(decision.inputs["paid_from_hand"], "DE")

    def test_reunion_pays_from_a_french_bank(self):
        customer = self._at("RE", "97400")
        self.env["res.partner.bank"].create(
            {"partner_id": customer.id, "acc_number": IBAN_FR}
        )
        decision = self._decision(customer)
        self.assertNotIn("location", decision.warnings or "")

    def test_second_proof_above_the_threshold(self):
        self._decision(self._german())
        self._second_proof_wanted()
        self.assertEqual(self.company._vat_electronic_sales(2026), 100)
        decision = self._decision(self._german())
        self.assertIn("location_second_missing", decision.warnings)
        decision = self._decision(self._german(IBAN_DE))
        self.assertNotIn("location", decision.warnings or "")

    def test_sales_of_the_year_before_count(self):
        self._decision(self._german(), day="2025-12-01")
        self._second_proof_wanted()
        self.assertTrue(self.company._vat_two_proofs(Date.to_date("2026-11-01")))
        self.assertFalse(self.company._vat_two_proofs(Date.to_date("2027-11-01")))

    def test_only_electronic_services_to_consumers(self):
        self._decision(self._german(), "service")
        self._decision(self._german(vat=GERMAN))
        self.assertEqual(self.company._vat_electronic_sales(2026), 0)
        for decision in (
            self._decision(self._german(IBAN_FR), "service"),
            self._decision(self._german(IBAN_FR, vat=GERMAN)),
        ):
            self.assertNotIn("location", decision.warnings or "")
            self.assertNotIn("paid_from_iban", decision.inputs)
