"""The receipts of a year: three piles, issued once, whoever fails."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..models.membership.receipts import receipt_campaign_work
from .common_receipts import ReceiptCommon

DONORS = 20


@tagged("post_install", "-at_install")
@freeze_time("2027-01-12 10:00:00")
class TestReceiptCampaign(ReceiptCommon):
    def _campaign(self, year=2026, preview=True):
        campaign = self.env["recurring.receipt.campaign"].create({"year": year})
        if preview:
            campaign.action_preview()
        return campaign

    def _rows(self, rows):
        return [(row.partner_id.name or "", row.gift_count, row.amount) for row in rows]

    def test_year_before_today(self):
        campaign = self.env["recurring.receipt.campaign"].create({})
        self.assertEqual((campaign.year, campaign.state), (2026, "draft"))

    def test_three_piles(self):
        self._given(10, "2026-03-04")
        self._given(20, "2026-12-31")
        self._given(5, "2027-01-01")
        nowhere = self._donor("Nowhere", street=False)
        self._given(40, "2026-05-01", nowhere)
        self._given(50, "2026-05-01", receipted_elsewhere="HelloAsso 1")
        early = self._given(7, "2026-02-01", self._donor("Early"))
        early.action_issue_receipt()
        campaign = self._campaign()
        self.assertEqual(self._rows(campaign.issue_ids), [("Jeanne Martin", 2, 30)])
        self.assertEqual(
            self._rows(campaign.excluded_ids),
            [("Jeanne Martin", 1, 50), ("Early", 1, 7)],
        )
        self.assertEqual(self._rows(campaign.missing_ids), [("Nowhere", 1, 40)])
        self.assertIn("Nowhere: street", campaign.missing_ids.text)
        self.assertEqual(campaign.missing_ids.action_complete()["res_id"], nowhere.id)
        self.assertEqual(campaign.issue_label, "Issue 1 receipt")
        campaign.action_issue()
        self.assertEqual(campaign.state, "done")
        [receipt] = campaign.receipt_ids
        self.assertEqual((receipt.amount, receipt.scope), (30, "year"))
        self.assertEqual(campaign.issue_ids.receipt_id, receipt)
        nowhere.street = "1 rue X"
        second = self._campaign()
        self.assertEqual(self._rows(second.issue_ids), [("Nowhere", 1, 40)])

    def test_twice_issues_nothing_twice(self):
        self._given(10, "2026-03-04")
        first, second = self._campaign(), self._campaign()
        first.action_issue()
        second.action_issue()
        self.assertEqual(second.issue_ids.outcome, "nothing")
        self.assertEqual(len(self.env["recurring.tax.receipt"].search([])), 1)
        with self.assertRefused("this is not possible now"):
            first.action_issue()
        self.assertFalse(self._campaign().issue_ids)

    def test_a_donor_who_fails_does_not_stop_the_others(self):
        donors = [self._donor(f"Donor {number}") for number in range(8)]
        for donor in donors:
            self._given(10, "2026-03-04", donor)
        campaign = self._campaign()
        receipts = self.env.registry["recurring.tax.receipt"]
        standard = receipts._receipt_values
        why = "The printer is on fire"

        def failing(model, draft, *args):
            if draft.partner == donors[5]:
                raise UserError(why)
            return standard(model, draft, *args)

        with patch.object(receipts, "_receipt_values", failing):
            campaign.action_issue()
        self.assertEqual((campaign.issued_count, campaign.failed_count), (7, 1))
        failed = campaign.issue_ids.filtered(lambda row: row.outcome == "failed")
        self.assertEqual(failed.partner_id, donors[5])
        self.assertEqual(failed.text, why)
        campaign.action_continue()
        self.assertEqual((campaign.issued_count, campaign.failed_count), (8, 0))
        self.assertEqual(
            sorted(campaign.receipt_ids.mapped("number")), list(range(1, 9))
        )

    def test_in_the_background(self):
        for number in range(5):
            self._given(10, "2026-03-04", self._donor(f"Donor {number}"))
        campaign = self._campaign()
        module = receipt_campaign_work.__name__
        with patch(f"{module}.AT_ONCE", 2):
            campaign.action_issue()
        self.assertEqual((campaign.state, campaign.issued_count), ("running", 0))
        self.assertEqual(campaign._issue_batch(3), 3)
        self.assertEqual(campaign.progress_text, "3 of 5 receipts")
        campaign.action_stop()
        campaign.action_continue()
        self.assertEqual((campaign.state, campaign.issued_count), ("done", 5))

    def test_queries(self):
        """At most 12 queries for a receipt; a batch takes far less."""
        for number in range(2 * DONORS):
            self._given(10 + number, "2026-03-04", self._donor(f"Donor {number}"))
        campaign = self._campaign()
        campaign._set_state(("draft",), "running")
        campaign._issue_batch(DONORS)
        self.env.invalidate_all()
        with self.assertQueryCount(2 * DONORS):
            campaign._issue_batch(DONORS)
        self.assertEqual(campaign.issued_count, 2 * DONORS)

    def test_what_blocks(self):
        self._given(10, "2026-03-04")
        campaign = self._campaign(preview=False)
        with self.assertRefused("Look at the preview first"):
            campaign.action_issue()
        campaign.action_preview()
        self.company.rr_rna = False
        campaign.invalidate_recordset()
        self.assertIn("RNA number", campaign.missing_text)
        with self.assertRefused("RNA number"):
            campaign.action_issue()
        self.company.rr_rna = "W691234567"
        self.basis.unlink()
        campaign.action_preview()
        self.assertEqual(self._rows(campaign.missing_ids), [("", 1, 10)])
        action = campaign.missing_ids.action_complete()
        self.assertEqual(action["res_model"], "recurring.gift.basis")
        with self.assertRefused("no receipt to issue"):
            campaign.action_issue()

    def test_the_treasurer_completes_the_association(self):
        """Without the right to change the company's settings."""
        self.company.write({"rr_rna": False, "rr_receipt_signatory": False})
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        campaign = self._campaign().with_user(treasurer)
        action = campaign.action_complete()
        window = self.env[action["res_model"]].with_user(treasurer)
        window = window.browse(action["res_id"])
        self.assertEqual(window.city, "Lyon")
        window.rna = "W12"
        with self.assertRaises(UserError):
            window.action_save()
        window.write({"rna": "W691234567", "registry": "123"})
        with self.assertRefused("no SIREN"):
            window.action_save()
        window.write({"registry": "732829320", "signatory": "Paul"})
        window.action_save()
        campaign.invalidate_recordset()
        self.assertFalse(campaign.missing_text)
        self.assertEqual(self.company.rr_receipt_signatory, "Paul")
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError):
            window.create({"company_id": other.id}).action_save()

    def test_the_figure_to_be_confirmed(self):
        self.assertIn("73.00", self._campaign(2026).figure_notice)
        self.assertFalse(self._campaign(2025).figure_notice)

    def test_nothing_is_typed(self):
        self._given(10, "2026-03-04")
        campaign = self._campaign()
        with self.assertRefused("by the buttons"):
            campaign.state = "done"
        with self.assertRefused("by the buttons"):
            self.env["recurring.receipt.campaign"].create({"state": "running"})
        with self.assertRefused("is not typed"):
            campaign.issue_ids.amount = 3
        with self.assertRefused("is not typed"):
            campaign.issue_ids.copy()
        campaign.year = 2025
        self.assertFalse(campaign.row_ids or campaign.previewed_at)
        campaign.year = 2026
        campaign.action_preview()
        campaign.action_issue()
        with self.assertRefused("under way"):
            campaign.year = 2025
        with self.assertRefused("stays on record"):
            campaign.unlink()

    def test_handed_over_once(self):
        self._given(10, "2026-03-04")
        campaign = self._campaign()
        campaign.action_issue()
        action = campaign.action_send()
        self.assertEqual(action["res_model"], "recurring.print.run")
        campaign.receipt_ids._note_sent()
        with self.assertRefused("were handed over"):
            campaign.action_print()

    def test_rights(self):
        self._given(10, "2026-03-04")
        campaign = self._campaign()
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        with self.assertRaises(AccessError):
            campaign.with_user(secretary).action_issue()
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        own = campaign.with_user(treasurer)
        own.action_preview()
        own.action_issue()
        self.assertEqual(campaign.receipt_ids.issued_by_id, treasurer)
