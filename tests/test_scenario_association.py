"""A year of an association, from September to the declaration, as people live it."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..models.membership.receipts.receipt_accounts_report import AccountsReport
from ..models.membership.receipts.receipt_declaration_report import DeclarationReport
from .common_receipts import ReceiptCommon


@tagged("post_install", "-at_install")
class TestAssociationYear(ReceiptCommon):
    """One test a period of the year; each begins where the one before it ended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2025-09-01"):
            cls.plan = cls._membership_plan(
                "Members",
                [
                    {"name": "Dues", "unit_price": 60.0, "rr_is_gift": True},
                    {
                        "name": "Reduced dues",
                        "unit_price": 40.0,
                        "rr_category_id": cls.reduced.id,
                        "rr_is_gift": True,
                    },
                    {
                        "name": "Dues of benefactors",
                        "unit_price": 100.0,
                        "rr_category_id": cls.benefactor.id,
                        "rr_free_amount": True,
                        "rr_is_gift": True,
                    },
                    {"name": "Entrance fee", "unit_price": 10.0, "role": "one_off"},
                ],
                alignment="season",
                alignment_month="9",
                rr_dues_basis="month",
                rr_grace_days=30,
            )
            cls.plan.current_version_id.charge_ids.product_id.taxes_id = False

    def _joins(self, name, day, **values):
        member = self._member(name, day, self.plan, **values)
        member.partner_id.write(
            {"street": "3 rue des Écoles", "zip": "69001", "city": "Lyon"}
        )
        return member

    def _called(self, member, day):
        dues = member._call_dues(date.fromisoformat(day))
        dues.action_call()
        return dues

    def _pays(self, dues, day, payer=None, amount=None, **values):
        with freeze_time(day):
            return dues._receive(
                payer or dues.payer_id,
                date.fromisoformat(day),
                Decimal(str(amount or dues.amount_left)),
                **{"journal_id": self.bank.id, "mode": "transfer", **values},
            )

    def _renews(self, day):
        """Return the calls of a campaign that the secretary starts on a day."""
        with freeze_time(day):
            run = self.env["recurring.renewal.run"].create(
                {"plan_ids": [Command.set(self.plan.ids)]}
            )
            self.assertEqual(run.day, date(2026, 9, 1))  # proposed
            for step in (run.action_list, run.action_prepare, run.action_send):
                step()
                while run.state in ("listing", "preparing", "sending"):
                    run._work()
            self.assertEqual(run.state, "done")
        return run.dues_ids

    def _issues(self, year, day):
        with freeze_time(f"{day} 10:00:00"):
            campaign = self.env["recurring.receipt.campaign"].create({"year": year})
            campaign.action_preview()
            campaign.action_issue()
            self.assertEqual(campaign.state, "done")
        return campaign.receipt_ids.sorted("number")

    def _on(self, member, day):
        return member._states_on(date.fromisoformat(day))[member.id][0]

    def test_from_september_to_the_declaration(self):
        self._autumn()
        self._january()
        self._spring()
        self._next_season()
        self._declaration()

    def _autumn(self):
        """Members join and pay, a couple from one household, one in November."""
        with freeze_time("2025-09-10"):
            self.anne = self._joins("Anne", "2025-09-10", category_id=self.reduced.id)
            self.bruno = self._joins(
                "Bruno",
                "2025-09-10",
                payer_id=self.anne.partner_id.id,
                category_id=self.benefactor.id,
                chosen_amount=160.0,
            )
            household = self._called(self.anne | self.bruno, "2025-09-10")
            self.assertEqual(len(household), 1)
        own = household.line_ids.grouped("membership_id")
        self.assertEqual(sum(own[self.anne].mapped("amount")), 50.0)
        self.assertEqual(sum(own[self.bruno].mapped("amount")), 170.0)
        # One payment from their joint account.
        self._pays(household, "2025-09-20", joint_partner_id=self.bruno.partner_id.id)
        with freeze_time("2025-11-10"):
            self.chloe = self._joins("Chloé", "2025-11-10")
            late = self._called(self.chloe, "2025-11-10")
        self.assertEqual(late.amount, 60.0)  # 50.00 for ten months, 10.00 entrance
        self._pays(late, "2025-11-15", mode="cheque", cheque_number="0000123")
        with freeze_time("2025-12-05"):
            self.david = self._joins("David", "2025-12-05")
            self.unpaid = self._called(self.david, "2025-12-05")
        with freeze_time("2025-12-20"):
            self.debit = self._given(
                100, "2025-12-20", self.chloe.partner_id, mode="debit"
            )
            self._given(230, "2025-12-28", self.donor)

    def _january(self):
        """Receipts of 2025; a debit bounces afterwards, and its receipt falls."""
        receipts = self._issues(2025, "2026-01-12")
        self.assertEqual(
            receipts.mapped("name"), ["2026-00001", "2026-00002", "2026-00003"]
        )
        by_donor = receipts.grouped("partner_id")
        couple = by_donor[self.anne.partner_id]
        self.assertEqual((couple.amount, couple.donor_joint_name), (200.0, "Bruno"))
        chloe = by_donor[self.chloe.partner_id]
        self.assertEqual(chloe.amount, 150.0)  # 50.00 of dues and 100.00
        donor = by_donor[self.donor]
        self.assertEqual(donor.amount, 230.0)
        self.assertEqual(donor.amount_words, "two hundred and thirty euros")
        self.assertFalse(self._issues_again(2025, "2026-01-13"))
        with freeze_time("2026-01-20 10:00:00"):
            self.debit._return(date(2026, 1, 20), "Rejected: no funds")
        self.assertEqual(chloe.state, "cancelled")
        self.assertIn("no funds", chloe.cancel_reason)
        [again] = self._issues(2025, "2026-01-25")
        self.assertEqual((again.name, again.amount), ("2026-00004", 50.0))
        self._agrees(2025)

    def _issues_again(self, year, day):
        with freeze_time(f"{day} 10:00:00"):
            campaign = self.env["recurring.receipt.campaign"].create({"year": year})
            campaign.action_preview()
            return campaign.issue_ids

    def _spring(self):
        """The general assembly: who paid by its day may vote, whoever asks later."""
        with freeze_time("2026-03-14"):
            assembly = self.env["recurring.assembly"].create({"date": "2026-03-14"})
            voters = self.anne | self.bruno | self.chloe
            self.assertEqual(assembly._voters(), voters)
            self.assertEqual(self._on(self.david, "2026-03-14"), "awaiting")
        # David pays a week later: now up to date, but he was not on the day.
        self._pays(self.unpaid, "2026-03-21", amount=55)
        self.assertEqual(self._on(self.david, "2026-03-21"), "up_to_date")
        self.assertEqual(self._on(self.david, "2026-03-14"), "awaiting")
        self.assertNotIn(self.david, assembly._voters())

    def _next_season(self):
        """Renewals: Anne early, Chloé late, David never again."""
        calls = self._renews("2026-08-01")
        self.assertEqual(calls.mapped("line_ids.date_start"), [date(2026, 9, 1)] * 4)
        with self.assertRaisesRegex(UserError, "Nobody is due"):
            self._renews("2026-08-02")
        by_payer = calls.grouped("payer_id")
        self._pays(by_payer[self.anne.partner_id], "2026-08-20")
        self._pays(by_payer[self.chloe.partner_id], "2026-10-20")
        for member, on_last_day, in_grace, after in (
            (self.anne, "up_to_date", "up_to_date", "up_to_date"),
            (self.chloe, "up_to_date", "grace", "lapsed"),
            (self.david, "up_to_date", "grace", "lapsed"),
        ):
            self.assertEqual(self._on(member, "2026-08-31"), on_last_day)
            self.assertEqual(self._on(member, "2026-09-30"), in_grace)
            self.assertEqual(self._on(member, "2026-10-01"), after)
        self.assertEqual(self._on(self.chloe, "2026-10-20"), "up_to_date")

    def _declaration(self):
        """What is declared for the financial year from September to August."""
        with freeze_time("2026-11-05 10:00:00"):
            report = DeclarationReport(
                self.company, date(2025, 9, 1), date(2026, 8, 31)
            )
            self.assertEqual(report.deadline, date(2026, 11, 30))
            # Issued in the year and standing: the couple's, the donor's, Chloé's new.
            self.assertEqual(len(report.issued), 3)
            self.assertEqual(sum(report.issued.mapped("amount")), 480.0)
            self.assertEqual(report.cancelled.mapped("donor_name"), ["Chloé"])
            # Received in the year and not receipted yet: David's and Anne's dues.
            self.assertEqual(
                sorted(report.waiting.mapped("amount")), [40.0, 45.0, 160.0]
            )
        receipts = self._issues(2026, "2027-01-11")
        self.assertEqual(receipts.mapped("name")[0], "2027-00001")
        self.assertEqual(sum(receipts.mapped("amount")), 200.0 + 60.0 + 45.0)
        self._agrees(2026)

    def _agrees(self, year):
        """The receipts of a year are explained against the accounts, to the cent."""
        report = AccountsReport(self.company, year)
        self.assertEqual(report.difference, 0)
