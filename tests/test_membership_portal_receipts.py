"""Tax receipts in the portal: a donor's own, the second time as a duplicate."""

from odoo.tests import HttpCase, new_test_user, tagged

from .common_receipts import ReceiptCommon


@tagged("post_install", "-at_install")
class TestMembershipPortalReceipts(ReceiptCommon, HttpCase):
    def _user(self, login, partner):
        new_test_user(
            self.env,
            login,
            groups="base.group_portal",
            partner_id=partner.id,
            name=partner.name,
            email=f"{login}@example.com",
            password=login,
        )

    def test_own_receipts(self):
        receipt = self.env["recurring.tax.receipt"]._issue_for(
            self._given(80, "2026-11-02")
        )
        self._user("jeanne", self.donor)
        self._user("paul", self._donor("Paul"))
        self.authenticate("paul", "paul")
        self.assertNotIn(receipt.name, self.url_open("/my/receipts").text)
        answer = self.url_open(f"/my/receipts/{receipt.id}/pdf")
        self.assertIn("text/html", answer.headers["Content-Type"])
        self.assertFalse(receipt.printed_on)
        self.authenticate("jeanne", "jeanne")
        self.assertIn(receipt.name, self.url_open("/my/receipts").text)
        answer = self.url_open(f"/my/receipts/{receipt.id}/pdf")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertTrue(receipt.printed_on)
        self.assertFalse(receipt.duplicate_count)
        receipt.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE recurring_tax_receipt"
            " SET printed_on = printed_on - interval '2 day'"
        )
        receipt.invalidate_recordset()
        self.url_open(f"/my/receipts/{receipt.id}/pdf")
        self.assertEqual(receipt.duplicate_count, 1)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["tax_receipt_count"]}
        )
        self.assertEqual(counters, {"tax_receipt_count": 1})
