"""Tax receipts: what they say, who they are for, their numbers."""

from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_receipts import ReceiptCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-01-12")
class TestTaxReceipts(ReceiptCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receipts = cls.env["recurring.tax.receipt"]

    def _issue(self, *args, **kwargs):
        return self.receipts._issue_for(self._given(*args, **kwargs))

    def test_what_a_receipt_says(self):
        receipt = self._issue(230, "2026-03-04", mode="cheque")
        self.assertRecordValues(
            receipt,
            [
                {
                    "name": "2027-00001",
                    "amount": 230.0,
                    "amount_words": "two hundred and thirty euros",
                    "donor_name": "Jeanne Martin",
                    "donor_joint_name": False,
                    "donor_street": "1 place Bellecour",
                    "donor_town": "69002 Lyon",
                    "donor_country": "France",
                    "article": "200",
                    "scope": "gift",
                    "gift_year": 2026,
                    "date_from": date(2026, 3, 4),
                    "issued_on": date(2027, 1, 12),
                    "state": "issued",
                }
            ],
        )
        self.assertEqual(receipt.model_id.form_number, "11580*05")
        self.assertRecordValues(
            receipt.line_ids,
            [
                {
                    "amount": 230.0,
                    "nature": "money",
                    "gift_form": "manual",
                    "mode": "cheque",
                }
            ],
        )
        issuer = receipt.issuer_id
        self.assertEqual(issuer.rna, "W691234567")
        self.assertEqual(issuer.object, "Music for all")
        self.assertFalse(receipt.env.context.get("rr_applying_change"))

    def test_in_french(self):
        self.donor.lang = "fr_FR"
        receipt = self._issue("230.50", "2026-03-04")
        self.assertEqual(
            receipt.amount_words, "deux cent trente euros et cinquante centimes"
        )

    def test_company(self):
        receipt = self._issue(1000, "2026-03-04", self._firm())
        self.assertEqual(receipt.model_id.form_name, "2041-MEC-SD")
        self.assertEqual(
            (receipt.donor_siren, receipt.donor_legal_form, receipt.article),
            ("732829320", "SAS", "238 bis"),
        )

    def test_a_receipt_stays_as_it_was(self):
        """Donor and association move: the receipt says what it said."""
        receipt = self._issue(230, "2026-03-04")
        self.donor.write({"name": "Jeanne Durand", "street": "2 rue Y"})
        self.company.write({"name": "Les Amis du chant", "rr_rna": "W691234568"})
        self.basis.object = "Singing"
        receipt.invalidate_recordset()
        self.assertEqual(receipt.donor_name, "Jeanne Martin")
        self.assertEqual(receipt.donor_street, "1 place Bellecour")
        self.assertEqual(receipt.issuer_id.name, "Les Amis de la musique")
        self.assertEqual(receipt.issuer_id.object, "Music for all")
        later = self._issue(10, "2026-03-05")
        self.assertEqual(later.issuer_id.name, "Les Amis du chant")
        again = self._issue(10, "2026-03-06")
        self.assertEqual(again.issuer_id, later.issuer_id)

    def test_nothing_is_typed(self):
        receipt = self._issue(230, "2026-03-04")
        values = receipt.copy_data()[0]
        with self.assertRefused("are not typed"):
            self.receipts.create(values)
        for vals in (
            {"amount": 1},
            {"donor_name": "X"},
            {"state": "cancelled"},
            {"number": 3},
            {"line_ids": [(5,)]},
        ):
            with self.assertRefused("never changes"):
                receipt.write(vals)
        with self.assertRefused("never changes"):
            receipt.line_ids.amount = 1
        with self.assertRefused("never changes"):
            receipt.line_ids.unlink()
        with self.assertRefused("stays on record"):
            receipt.unlink()
        with self.assertRefused("are not typed"):
            receipt.copy()
        with self.assertRefused("never changes"):
            receipt.issuer_id.name = "X"
        with self.assertRefused("never changes"):
            receipt.with_context(rr_applying_change=True).write({"amount": 1})

    def test_numbers_follow_without_a_gap(self):
        """What fails gives its number back; each year of issue begins anew."""
        first = self._issue(10, "2026-03-04")
        gift = self._given(20, "2026-03-05")
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.assertEqual(self.receipts._issue_for(gift).number, 2)
            raise ZeroDivisionError
        second = self.receipts._issue_for(gift)
        with freeze_time("2028-01-02"):
            third = self._issue(30, "2027-12-31")
        self.assertEqual(
            [receipt.name for receipt in first | second | third],
            ["2027-00001", "2027-00002", "2028-00001"],
        )

    def test_numbers_of_each_company(self):
        self._issue(10, "2026-03-04")
        other = self.env["res.company"].create({"name": "Other"})
        counter = self.env["recurring.tax.receipt.counter"]
        self.assertEqual(counter._take(other, 2027, 3), 1)
        self.assertEqual(counter._take(self.company, 2027, 3), 2)
        self.assertEqual(counter._take(self.company, 2027, 1), 5)
        self.assertEqual(counter._take(other, 2027, 1), 4)

    def test_once(self):
        gift = self._given(10, "2026-03-04")
        receipt = self.receipts._issue_for(gift)
        self.assertEqual(gift.receipt_id, receipt)
        with self.assertRefused("Certified by receipt 2027-00001"):
            gift.action_issue_receipt()
        with self.assertRefused("cancel it first"):
            gift.receipted_elsewhere = "HelloAsso"

    def test_missing_data_blocks_with_a_list(self):
        gift = self._given(10, "2026-03-04")
        self.company.write({"rr_rna": False, "rr_receipt_signature": False})
        with self.assertRaises(UserError) as refusal:
            self.receipts._issue_for(gift)
        self.assertIn("RNA number", str(refusal.exception))
        self.assertIn("Picture of the signature", str(refusal.exception))
        self.assertNotIn("Who signs", str(refusal.exception))

    def test_household(self):
        """Two members pay 40 and 160: two receipts; from a joint account: one."""
        paul = self._donor("Paul Martin")
        plan = self._dues_plan("Dues", 200)
        for day, parts, found in (
            (
                "2026-02-01",
                [(self.donor, 40, None), (paul, 160, None)],
                [("Jeanne Martin", False, 40), ("Paul Martin", False, 160)],
            ),
            (
                "2026-03-01",
                [(self.donor, 200, paul)],
                [("Jeanne Martin", "Paul Martin", 200)],
            ),
        ):
            member = self._member(f"Child {day}", day, plan)
            dues = member._call_dues(date.fromisoformat(day))
            dues.action_call()
            receipts = self.receipts
            for payer, amount, joint in parts:
                money = dues._receive(
                    payer,
                    date.fromisoformat(day),
                    Decimal(amount),
                    journal_id=self.bank.id,
                    joint_partner_id=joint and joint.id,
                )
                receipts |= self.receipts._issue_for(money)
            self.assertEqual(
                [
                    (one.donor_name, one.donor_joint_name, one.amount)
                    for one in receipts
                ],
                found,
            )

    def test_rights(self):
        receipt = self._issue(10, "2026-03-04")
        own = new_test_user(self.env, "donor", groups="base.group_portal")
        self.assertFalse(self.receipts.with_user(own).search([]))
        with self.assertRaises(AccessError):
            receipt.with_user(own).read(["name"])
        mine = self._issue(10, "2026-03-05", self._donor("X"))
        shared = self._issue(
            10, "2026-03-05", self._donor("Y"), joint_partner_id=own.partner_id.id
        )
        own.partner_id.write({"street": "1", "zip": "1", "city": "1"})
        theirs = self._issue(10, "2026-03-06", own.partner_id)
        self.assertEqual(
            self.receipts.with_user(own).search([]).sorted("number"), shared | theirs
        )
        self.assertEqual(len(theirs.with_user(own).line_ids), 1)
        with self.assertRaises(AccessError):
            mine.with_user(own).line_ids.read(["amount"])
        with self.assertRaises(AccessError):
            theirs.with_user(own).action_cancel("no")
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        with self.assertRaises(AccessError):
            receipt.with_user(secretary).read(["name"])
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        gift = self._given(30, "2026-03-07")
        self.assertTrue(gift.with_user(treasurer).action_issue_receipt()["res_id"])
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="recurring_revenue.group_treasurer",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(AccessError):
            receipt.with_user(stranger).read(["name"])
        with self.assertRaises(AccessError):
            gift.with_user(stranger).action_issue_receipt()
