"""Dues across years follow the policy for dues: on receipt, unless deferred."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_membership import MembershipCommon
from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestMembershipDeferral(MembershipCommon, RevenueCommon):
    def _received(self, plan=None):
        """Return the entry of dues of 50.00 from November to August, received."""
        member = self._member("Jeanne", "2026-11-10", plan)
        dues = member._call_dues(date(2026, 11, 10))
        dues.line_ids.charge_id.product_id.taxes_id = [Command.clear()]
        dues.action_call()
        if dues.is_invoiced:
            return dues.invoice_ids
        money = dues._receive(
            member.partner_id,
            date(2026, 11, 10),
            Decimal(60),
            journal_id=self.env["account.journal"]
            .search(
                [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
            )
            .id,
        )
        return money.move_id

    def test_on_receipt_by_the_policy_of_dues(self):
        """Other services are deferred, dues are revenue when they are received."""
        self._policy(nature="dues", treatment="invoiced")
        self.assertFalse(self._schedule(self._received()))

    def test_deferred_where_the_company_says_so(self):
        option = self._policy(nature="dues")
        schedule = self._schedule(self._received())
        self.assertEqual((schedule.policy_id, schedule.amount), (option, 50.0))
        self.assertEqual(
            (str(schedule.date_start), str(schedule.date_end)),
            ("2026-11-10", "2027-09-01"),
        )

    def test_invoiced_dues_follow_the_same_policy(self):
        version = {"alignment": "season", "alignment_month": "9"}
        plan = self._membership_plan(
            "Claimed",
            [{"unit_price": 60.0}],
            rr_dues_basis="month",
            rr_dues_document="invoice",
            **version,
        )
        self._policy(nature="dues", treatment="invoiced")
        self.assertFalse(self._schedule(self._received(plan)))
