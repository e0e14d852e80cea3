"""In the browser: VAT is set up, explained, corrected and declared."""

from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common_tax import GERMAN, TaxCommon
from .test_tax_reconciliation import Documents

GROUPS = "account.group_account_manager,base.group_partner_manager"


class Tours(HttpCase):
    @classmethod
    def _accountant(cls):
        return new_test_user(cls.env, "rr_accountant", GROUPS, lang="en_US")

    def _tour(self, name, url="/odoo/today"):
        self.start_tour(url, name, login="rr_accountant")


@tagged("post_install", "-at_install")
@freeze_time("2026-11-20 10:00:00")
class TestVatSetUpTours(TaxCommon, Tours):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accountant()
        cls.company.rr_vat_decides = False

    def test_set_up(self):
        guess = self._product("Tour Guess")
        self._plan(charges=[{"product_id": guess.id, "unit_price": 1.0}])
        self._tour("rr_vat_set_up", "/odoo/vat-set-up")
        company = self.company
        self.assertTrue(company.rr_vat_decides)
        self.assertEqual(
            (company.rr_legal_form, company.rr_share_capital, company.rr_penalties),
            ("SAS", 20000.0, "ecb"),
        )
        self.assertEqual(company.company_registry, "732 829 320 00074")
        self.assertEqual(company._rr_legal_missing(), [])
        (row,) = company.rr_vat_registration_ids
        self.assertEqual((row.regime, row.oss_option), ("normal", True))
        self.assertEqual(company._vat_set_up(dry=True), [])

    def test_a_country_without_rules(self):
        self.company.account_fiscal_country_id = self.env.ref("base.us")
        self._tour("rr_vat_set_up_elsewhere", "/odoo/vat-set-up")


@tagged("post_install", "-at_install")
@freeze_time("2026-11-20 10:00:00")
class TestVatCustomerTours(TaxCommon, Tours):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accountant()
        cls.german = cls._at("DE", "10115", vat=GERMAN)
        cls.german.name = "Tour GmbH"
        cls.invoice = cls._invoice(cls.german, cls._sold(), day="2026-11-20")

    def test_the_line_and_its_reasons(self):
        self._tour("rr_vat_line", "/odoo/subscriptions")

    def test_the_decision_of_an_invoice_line(self):
        self._tour("rr_vat_decision", f"/odoo/account.move/{self.invoice.id}")
        self._tour("rr_vat_decisions", "/odoo/vat-decisions")

    def test_a_number_is_corrected(self):
        wrong = self._at("FR", is_company=True, company_registry="73282932000079")
        wrong.name = "Tour SARL"
        plan = self._plan(charges=[{"product_id": self._sold().id, "unit_price": 1.0}])
        self._subscribe(plan, "2026-11-20", customer=wrong)
        self._tour("rr_vat_numbers")
        self.assertEqual(wrong.company_registry, "73282932000074")
        self.assertFalse(wrong.rr_number_attention)

    def test_oss(self):
        consumer = self._at("DE", "10115")
        consumer.name = "Tour Consumer"
        self._invoice(consumer, self._sold("electronic"), day="2026-11-20")
        self._tour("rr_vat_oss")
        year = self.env["recurring.vat.oss.year"]._of(self.company, 2026)
        self.assertEqual((year.total_amount, year.state), (9100.0, "near"))

    @freeze_time("2027-01-05 10:00:00")
    def test_statement(self):
        self._tour("rr_vat_statement")

    def test_ereporting(self):
        self._tour("rr_ereporting")


@tagged("post_install", "-at_install")
class TestVatBooksTours(Documents, Tours):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accountant()

    @freeze_time("2026-11-20 10:00:00")
    def test_reconciliation(self):
        move = self._document("2026-10-05", (self.service, 100.0, self.tax_s))
        self._pay(move, 48.0, "2026-10-20")
        self._tour("rr_vat_reconciliation")

    @freeze_time("2026-11-20 10:00:00")
    def test_bad_debt(self):
        move = self._document("2026-10-05", (self.service, 100.0, self.tax_s))
        self._tour("rr_vat_bad_debt", f"/odoo/account.move/{move.id}")
        self.assertEqual((move.payment_state, move.amount_residual), ("not_paid", 120))
        self.assertFalse(move.rr_bad_debt_id)

    @freeze_time("2025-05-01 10:00:00")
    def test_tax_change(self):
        """273 of 365 days of 240.00: seen before, applied, billed by the next run."""
        chart = f"account.{self.company.id}_"
        old = self.env.ref(f"{chart}tva_reduite_encaissement")
        old.active = True
        new = self.tax_s
        energy = self._sold(price=240.0, tax=old)
        yearly = self._plan(
            "Energy",
            charges=[{"product_id": energy.id, "unit_price": 240.0}],
            interval_unit="year",
        )
        self._subscribe(yearly, "2025-05-01", customer=self.buyer)
        self._bill("2025-05-01")
        old.name, new.name = "Tour old", "Tour new"
        self._tour("rr_vat_tax_change", "/odoo/vat-tax-changes")
        (change,) = self.env["recurring.vat.tax.change"].search([])
        self.assertEqual(
            (change.state, change.old_tax_id, change.new_tax_id, str(change.date)),
            ("applied", old, new, "2025-08-01"),
        )
