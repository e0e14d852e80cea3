"""Rates and other facts of the law: the addon's, corrected, or added by somebody."""

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestTaxDelivered(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rates = cls.env["recurring.vat.rate"]
        cls.delivered = cls.env.ref("recurring_revenue.vat_rate_fr_standard")
        cls.own = cls.rates.create(
            {"territory": "FR", "rate": 21, "valid_from": "2030-01-01"}
        )

    def test_origin(self):
        self.assertEqual(self.delivered.origin, "delivered")
        self.assertEqual(self.own.origin, "own")
        self.delivered.valid_to = "2030-01-01"
        self.rates.invalidate_model(["origin"])
        self.assertEqual(self.delivered.origin, "changed")
        ours = self.rates.search([("origin", "in", ("changed", "own"))])
        self.assertEqual(ours, self.delivered + self.own)

    def test_what_would_come_back_is_not_deleted(self):
        self.own.unlink()
        with self.assertRaisesRegex(UserError, "give it an end"):
            self.delivered.unlink()

    def test_one_day_one_rate(self):
        """A row of a later version of the addon that somebody added before it."""
        values = {"territory": "FR", "category": "standard", "rate": 22.0}
        row = {
            "xml_id": "recurring_revenue.vat_rate_fr_standard_2030",
            "values": {**values, "valid_from": "2030-01-01"},
            "noupdate": False,
        }
        loading = self.rates.with_context(install_module="recurring_revenue")
        self.assertEqual(loading._load_records([row], update=True), self.own)
        self.assertEqual(self.own.rate, 21)
        self.rates.invalidate_model(["origin"])
        self.assertEqual(self.own.origin, "changed")
