"""What calling many members takes: few queries, however many there are."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestMembershipQueries(MembershipCommon):
    def _members(self, count, plan):
        partners = self.env["res.partner"].create(
            [{"name": f"Person {number}"} for number in range(count)]
        )
        return self.env["recurring.membership"].create(
            [
                {
                    "partner_id": partner.id,
                    "plan_id": plan.id,
                    "category_id": self.member_category.id,
                    "joined_on": "2026-11-10",
                    # every fourth is in the household of the one before
                    "payer_id": (
                        partners[number - 1] if number % 4 == 3 else partner
                    ).id,
                }
                for number, partner in enumerate(partners)
            ]
        )

    def _queries(self, members):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        dues = members._call_dues(date(2026, 11, 10))
        self.env.flush_all()
        self.assertEqual(len(dues), len(members) * 3 // 4)
        return self.env.cr.sql_log_count - before

    def test_calling_many_takes_few_queries(self):
        """Two queries a call were too many; now it is less than one for four calls."""
        few = self._queries(self._members(100, self.season))
        many = self._queries(self._members(500, self.season))
        self.assertLess(few, 60)
        self.assertLess((many - few) / 300, 0.25)

    def test_who_joined_long_ago_is_not_sold_a_period_that_is_over(self):
        member = self._member("Jean", "2021-03-01")
        dues = member._call_dues(date(2026, 11, 10))
        # As who was a member until then and renews late: the season that runs.
        self.assertEqual(
            self._lines(dues), [("dues", "2026-09-01", "2027-08-31", 60.0)]
        )
