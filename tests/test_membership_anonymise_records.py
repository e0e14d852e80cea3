"""Requests, notes, documents and payments forget a person; vouchers stay."""

import io
import json
import zipfile
from datetime import date

from odoo.tests import freeze_time, new_test_user, tagged

from .common_receipts import ReceiptCommon

THEN = "2021-10-05"


@tagged("post_install", "-at_install")
class TestMembershipAnonymiseRecords(ReceiptCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "rr_a_admin",
            "recurring_revenue.group_manager,recurring_revenue.group_treasurer",
        )
        with freeze_time(THEN):
            cls.member = cls._member("Jeanne Martin", THEN, number="00042")
            cls.person = cls.member.partner_id
            cls.person.email = "jeanne@example.org"
            cls.member.note = "Her mother is ill"
            cls.asked = cls._request(
                state="joined",
                contact_id=cls.person.id,
                street="1 rue Haute",
                membership_id=cls.member.id,
            )
            cls.env.flush_all()

    @classmethod
    def _request(cls, membership_id=False, **values):
        return cls.env["recurring.join.request"].create(
            {
                "company_id": cls.company.id,
                "plan_id": cls.season.id,
                "email": "jeanne@example.org",
                "person_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Jeanne Martin",
                            "birthdate": "1980-12-31",
                            "category_id": cls.member_category.id,
                            "membership_id": membership_id,
                        },
                    )
                ],
                **values,
            }
        )

    def _run(self):
        """Anonymise who left long ago; return the line of the person."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET date = %s", [THEN])
        self.env.invalidate_all()
        with freeze_time("2026-11-12"):
            runs = self.env["recurring.anonymise.run"].with_user(self.admin)
            run = runs.browse(runs.action_preview()["res_id"])
            if run.ready_count:
                run.action_start()
        return run.line_ids.filtered(lambda line: line.partner_id == self.person)

    def test_requests_and_notes_are_forgotten(self):
        other = self._request(email="paul@example.org", membership_id=self.member.id)
        self.assertEqual(self._run().state, "done")
        self.assertFalse(self.asked.exists())
        self.assertFalse(self.member.note)
        self.assertRecordValues(
            other.person_ids, [{"name": "Former member 00042", "birthdate": False}]
        )
        self.assertNotIn("Jeanne", other.name)

    def test_payments_and_documents_forget_who_it_was(self):
        with freeze_time(THEN):
            dues = self.member._call_dues(date(2021, 10, 5))
            dues.action_call()
            dues.action_cancel()
        method = self.env.ref("payment.payment_method_unknown")
        provider = self.env["payment.provider"].create({"name": "Any", "code": "none"})
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "old",
                "amount": 1,
                "currency_id": self.euro.id,
                "partner_id": self.person.id,
            }
        )
        self.assertEqual(payment.partner_email, "jeanne@example.org")
        run = self.env["recurring.print.run"].create(
            {
                "name": "Calls",
                "company_id": self.company.id,
                "user_id": self.env.uid,
                "report_id": self.env["ir.actions.report"].search([], limit=1).id,
            }
        )
        line = self.env["recurring.print.line"].create(
            {
                "run_id": run.id,
                "name": "Jeanne Martin",
                "res_model": "recurring.dues",
                "res_id": dues.id,
            }
        )
        self.assertEqual(self._run().state, "done")
        self.assertFalse(payment.partner_email or payment.partner_name or line.name)

    def test_vouchers_of_money_stay(self):
        with freeze_time(THEN):
            gift = self._given(40, THEN, donor=self.person)
            files = self.env["ir.attachment"].create(
                [
                    {"name": "deed.pdf", "res_model": one._name, "res_id": one.id}
                    for one in (gift, self.member)
                ]
            )
        self.assertEqual(self._run().state, "done")
        self.assertTrue(files[0].exists(), "the entry must be explained for ten years")
        self.assertFalse(files[1].exists())

    def test_who_asks_to_join_again_stays(self):
        self._request(state="review")
        line = self._run()
        self.assertIn("asked to join again", line.reason)
        self.assertEqual(self.person.name, "Jeanne Martin")

    def test_a_person_gets_requests_and_waivers_too(self):
        waiver = self.env["recurring.expense.waiver"].create(
            {
                "partner_id": self.person.id,
                "line_ids": [(0, 0, {"name": "Train to Lyon", "amount": 30})],
            }
        )
        content = self.person.with_user(self.admin)._person_zip()
        data = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("data.json"))
        self.assertEqual(data["requests"][0]["street"], "1 rue Haute")
        self.assertEqual(data["waivers"][0]["name"], waiver.name)
        self.assertEqual(data["waiver_lines"][0]["name"], "Train to Lyon")

    def test_a_joint_donor_is_forgotten_on_the_receipt(self):
        spouse = self._donor("Paul Martin")
        with freeze_time("2021-11-05"):
            gift = self._given(100, "2021-11-04", joint_partner_id=spouse.id)
            receipt = self.env["recurring.tax.receipt"]._issue_for(gift)
        self.assertEqual(receipt.donor_joint_name, "Paul Martin")
        spouse.name = "Former donor"
        receipt._forget_donor(spouse)
        self.assertEqual(
            (receipt.donor_name, receipt.donor_joint_name),
            ("Jeanne Martin", "Former donor"),
        )
        self.assertTrue(receipt.donor_street)
