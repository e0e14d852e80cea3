"""What of a year's contributions a receipt may certify, and why not the rest."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from ..models.guard import applying
from ..models.membership.receipts.receipt_eligibility import GiftsOfYear
from .common_receipts import ReceiptCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-12")
class TestReceiptEligibility(ReceiptCommon):
    def _findings(self, year=2025):
        """Return [(status, reason, amount)] of a year, in order."""
        return [
            (one.status, one.reason, one.amount)
            for one in GiftsOfYear(self.company, year).findings()
        ]

    def _dues_paid(self, name, price, back, parts=None, day="2025-03-01", **values):
        plan = self._dues_plan(name, price, back, **values)
        member = self._member(name, day, plan)
        member.partner_id.write(
            {"street": "1 rue X", "zip": "69001", "city": "Lyon", "lang": "en_US"}
        )
        dues = member._call_dues(date.fromisoformat(day))
        dues.action_call()
        for payer, amount in parts or [(member.partner_id, price)]:
            dues._receive(
                payer,
                date.fromisoformat(day),
                Decimal(str(amount)),
                journal_id=self.bank.id,
            )
        return member

    def test_counterpart_of_dues(self):
        """Ceiling of 2025: 100 with 20 counts, 100 with 30 and 400 with 80 do not."""
        for price, back, found, words in (
            (100, 20, 100, "counts in full"),
            (100, 30, 0, "more than 25 % of the payments for it, 25.00"),
            (400, 80, 0, "above the ceiling of 73.00"),
        ):
            with self.subTest(price=price, back=back):
                member = self._dues_paid(f"Dues {price} {back}", price, back)
                gifts = GiftsOfYear(self.company, 2025, member.partner_id)
                [finding] = gifts.findings()
                self.assertEqual(finding.amount, found)
                self.assertIn(words, finding.text.replace("\N{NO-BREAK SPACE}", " "))

    def test_counterparts_of_a_year_add_up(self):
        """40 and 40 are each below 73 and a quarter, together they are above it."""
        self._dues_paid("One", 200, 40, [(self.donor, 200)])
        self.assertEqual(self._findings(), [("eligible", "eligible", 200)])
        self._dues_paid("Two", 200, 40, [(self.donor, 200)], day="2025-06-01")
        self._given(50, "2025-07-01")
        self.assertEqual(
            self._findings(),
            [
                ("excluded", "counterpart", 0),
                ("excluded", "counterpart", 0),
                ("eligible", "eligible", 50),
            ],
        )

    def test_counterpart_is_shared_by_who_paid(self):
        """80 of 400 came back: a third party that paid 300 got 60, the member 20."""
        council = self._firm("Works council")
        other = self._donor("Paul")
        self._dues_paid("Dues", 400, 80, [(council, 300), (other, 100)])
        self.assertEqual(
            self._findings(),
            [("eligible", "eligible", 300), ("eligible", "eligible", 100)],
        )

    def test_gift_with_a_counterpart(self):
        self._given(100, "2025-02-01", line={"counterpart": 26})
        self._given(100, "2025-02-01", self._donor("Paul"), line={"counterpart": 25})
        self.assertEqual(
            self._findings(),
            [("excluded", "counterpart", 0), ("eligible", "eligible", 100)],
        )

    def test_dues_that_are_no_gift(self):
        self._dues_paid("Course", 100, 0, is_gift=False)
        self.assertEqual(self._findings(), [("excluded", "no_gift", 0)])

    def test_dues_of_which_a_part_is_a_gift(self):
        """20 of 60: by what was paid, to the cent; the receipt has that part only."""
        member = self._dues_paid(
            "Course and club",
            60,
            0,
            [(self.donor, 20), (self.donor, 20), (self.donor, 20)],
            rr_gift_amount=20,
        )
        findings = GiftsOfYear(self.company, 2025).findings()
        self.assertEqual(
            [str(one.amount) for one in findings], ["6.67", "6.66", "6.67"]
        )
        self.assertIn("6.67", findings[0].text)
        receipt = self.env["recurring.tax.receipt"]._issue_for(
            member.dues_line_ids.contribution_line_ids.contribution_id, "year"
        )
        self.assertEqual(f"{receipt.amount:.2f}", "20.00")
        report = self.env["recurring.receipt.statement"].create({"year": 2025})
        amounts = {row["key"]: row["cells"][1]["text"] for row in report.table["rows"]}
        self.assertEqual(
            (amounts["booked"], amounts["part"], amounts["ledger"]),
            ("60.00", "-40.00", "20.00"),
        )
        self.assertEqual(amounts["difference"], "0.00")

    def test_part_of_dues_and_what_comes_back(self):
        """A quarter of the part that is a gift, not of the whole price."""
        self._dues_paid("One", 100, 10, rr_gift_amount=40)
        self._dues_paid("Two", 100, 11, rr_gift_amount=40)
        self.assertEqual(
            self._findings(),
            [("eligible", "eligible", 40), ("excluded", "counterpart", 0)],
        )

    def test_part_of_what_a_benefactor_gives(self):
        """60 of 100 pay for the course, what is given above is a gift."""
        plan = self._dues_plan("Free", 100, rr_gift_amount=40, rr_free_amount=True)
        member = self._member("Anne", "2025-03-01", plan, chosen_amount=300)
        dues = member._call_dues(date(2025, 3, 1))
        dues.action_call()
        dues._receive(
            self.donor, date(2025, 3, 1), Decimal(300), journal_id=self.bank.id
        )
        self.assertEqual(self._findings(), [("eligible", "eligible", 240)])

    def test_part_larger_than_the_price(self):
        with self.assertRaises(ValidationError):
            self._dues_plan("Dues", 100, rr_gift_amount=101)

    def test_dated_after_today(self):
        gift = self._given(40, "2026-02-01")
        self.assertEqual(self._findings(2026), [("excluded", "future", 0)])
        with self.assertRefused("dated after today"):
            gift.action_issue_receipt()

    def test_what_is_not_paid_by_the_books(self):
        gift = self._given(40, "2025-02-01")
        self._given(30, "2025-02-01", book=False)
        gift.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(self._findings(), [("excluded", "unpaid", 0)])

    def test_what_was_credited(self):
        gift = self._given(40, "2025-02-01")
        credit = gift.move_id._reverse_moves([{"date": "2025-03-01"}])
        credit.action_post()
        self.assertEqual(self._findings(), [("excluded", "credited", 0)])

    def test_returned_is_no_gift(self):
        gift = self._given(40, "2025-02-01")
        gift._return(date(2025, 3, 1), "No cover")
        self.assertEqual(self._findings(), [])

    def test_receipted_elsewhere(self):
        self._given(40, "2025-02-01", receipted_elsewhere="HelloAsso 123")
        self.assertEqual(self._findings(), [("elsewhere", "elsewhere", 0)])

    def test_basis(self):
        gift = self._given(40, "2019-12-31")
        firm = self._given(70, "2025-02-01", self._firm())
        wealth = self._given(80, "2025-03-01", for_wealth_tax=True)
        self.assertEqual(self._findings(2019), [("missing", "basis", 0)])
        self.basis.allows_companies = False
        self.assertEqual(
            self._findings(),
            [("excluded", "article", 0), ("excluded", "article", 0)],
        )
        self.basis.write({"allows_companies": True, "allows_wealth_tax": True})
        self.assertEqual(
            [
                finding.article.code
                for finding in GiftsOfYear(self.company, 2025).findings()
            ],
            ["238 bis", "978"],
        )
        self.assertTrue(gift and firm and wealth)

    def test_missing_address(self):
        self.donor.zip = False
        self._given(40, "2025-02-01")
        firm = self._firm(company_registry=False, rr_legal_form=False)
        self._given(40, "2025-02-02", firm)
        first, second = GiftsOfYear(self.company, 2025).findings()
        self.assertEqual(first.status, "missing")
        self.assertIn("Jeanne Martin: postal code", first.text)
        self.assertIn("SIREN, legal form", second.text)

    def test_imported(self):
        """Booked elsewhere: certified here where a receipt is still to be issued."""
        for wanted in (True, False):
            gift = self._given(40, "2025-02-01", book=False)
            applying(gift).write({"state": "history", "receipt_wanted": wanted})
        self.assertEqual(
            self._findings(),
            [("eligible", "eligible", 40), ("elsewhere", "elsewhere", 0)],
        )
        report = self.env["recurring.receipt.statement"].create({"year": 2025})
        amounts = {row["key"]: row["cells"][1]["text"] for row in report.table["rows"]}
        self.assertEqual((amounts["accounts"], amounts["history"]), ("0.00", "80.00"))
        self.assertEqual(amounts["difference"], "0.00")

    def test_other_currency(self):
        self._given(40, "2025-02-01", currency_id=self.dollar.id)
        self.assertEqual(self._findings(), [("excluded", "currency", 0)])

    def test_receipts_of_a_year_by_donor(self):
        """Alone and jointly are two receipts; so are the two years of a company."""
        other = self._donor("Paul Martin")
        firm = self._firm(rr_year_ends="6")
        self._given(10, "2025-01-05")
        self._given(20, "2025-02-05", joint_partner_id=other.id)
        self._given(30, "2025-03-05", other, joint_partner_id=self.donor.id)
        self._given(40, "2025-04-05")
        self._given(50, "2025-06-30", firm)
        self._given(60, "2025-07-01", firm)
        gifts = GiftsOfYear(self.company, 2025)
        drafts = gifts.drafts(gifts.findings())
        self.assertEqual(
            [(draft.partner.name, draft.amount) for draft in drafts],
            [
                ("Jeanne Martin", 50),
                ("Jeanne Martin", 50),
                ("Mécénat SAS", 50),
                ("Mécénat SAS", 60),
            ],
        )
        self.assertEqual(drafts[1].joint, other)

    def test_other_company(self):
        self._given(10, "2025-01-05")
        other = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(GiftsOfYear(other, 2025).findings(), [])

    def test_two_purposes_in_one_payment(self):
        """Dues that are no gift and a gift: the receipt is for the gift alone."""
        plan = self._dues_plan("Course", 60, is_gift=False)
        member = self._member("Anne", "2025-03-01", plan)
        dues = member._call_dues(date(2025, 3, 1))
        dues.action_call()
        contribution = self._given(40, "2025-03-02", book=False)
        contribution.line_ids = [
            Command.create(
                {"kind": "dues", "dues_line_id": dues.line_ids.id, "amount": 60}
            )
        ]
        contribution.action_book()
        receipt = self.env["recurring.tax.receipt"]._issue_for(contribution)
        self.assertEqual((contribution.amount, receipt.amount), (100, 40))
