"""Members on screen: found, sorted, grouped and counted by where they stand."""

from datetime import date, timedelta

from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_membership import MembershipCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestMembershipScreens(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.year = cls._membership_plan(
            "Year", [{"unit_price": 100.0}], alignment="calendar"
        )
        members = cls.env["recurring.membership"]
        cls.paid = cls._member("A paid", "2026-01-01", cls.year)
        cls._pay(cls.paid, "2026-01-05")
        cls.next_season = cls._member("B season", "2026-09-01")
        cls._pay(cls.next_season, "2026-09-02")
        cls.lapsed = cls._member("C lapsed", "2025-01-01", cls.year)
        cls._pay(cls.lapsed, "2025-01-05")
        cls.long_ago = cls._member("D long ago", "2023-01-01", cls.year)
        cls._pay(cls.long_ago, "2023-01-05")
        cls.called = cls._member("E called", "2026-01-01", cls.year)
        cls.called._call_dues(date(2026, 11, 1)).action_call()
        cls.pending = cls._member("F pending", "2026-11-01", cls.year)
        cls.honorary_member = cls._member(
            "G honour", "2026-11-01", cls.year, category_id=cls.honorary.id
        )
        cls.members = (
            members
            | cls.paid
            | cls.next_season
            | cls.lapsed
            | cls.long_ago
            | cls.called
            | cls.pending
            | cls.honorary_member
        )
        cls.domain = [("id", "in", cls.members.ids)]

    @classmethod
    def _pay(cls, member, day):
        with freeze_time(day):
            dues = member._call_dues(date.fromisoformat(day))
            dues.action_call()
            dues.line_ids._mark_paid(date.fromisoformat(day))
        return dues

    def _grouped(self, *fields, **context):
        members = self.env["recurring.membership"].with_context(**context)
        return members._read_group(self.domain, fields, ["__count"])

    def test_grouped_by_standing(self):
        self.assertEqual(
            dict(self._grouped("state")),
            {
                "up_to_date": 2,
                "lapsed": 2,
                "awaiting": 1,
                "pending": 1,
                "honorary": 1,
            },
        )
        then = dict(self._grouped("state", membership_day="2025-06-01"))
        self.assertEqual(then["up_to_date"], 1)
        self.assertEqual(then["lapsed"], 1)

    def test_columns_of_the_kanban(self):
        members = self.env["recurring.membership"]
        answer = members.with_context(read_group_expand=True).web_read_group(
            self.domain,
            ["state"],
            [],
            auto_unfold=True,
            unfold_read_specification={"partner_id": {"fields": {}}, "number": {}},
        )
        self.assertEqual(
            [(group["state"], group["__count"]) for group in answer["groups"]],
            [
                ("up_to_date", 2),
                ("awaiting", 1),
                ("lapsed", 2),
                ("pending", 1),
                ("honorary", 1),
            ],
        )
        records = answer["groups"][0]["__records"]
        self.assertEqual(
            {record["id"] for record in records}, {self.paid.id, self.next_season.id}
        )

    def test_sorted_and_found_by_the_last_day(self):
        members = self.env["recurring.membership"]
        found = members.search(
            [*self.domain, ("covered_until", "!=", False)], order="covered_until, id"
        )
        self.assertEqual(
            found, self.long_ago | self.lapsed | self.paid | self.next_season
        )
        self.assertEqual(str(found[0].covered_until), "2023-12-31")
        until = [*self.domain, ("covered_until", "<=", "2025-12-31")]
        self.assertEqual(members.search(until), self.lapsed | self.long_ago)
        without = [*self.domain, ("covered_until", "=", False)]
        self.assertEqual(
            members.search(without),
            self.called | self.pending | self.honorary_member,
        )
        [first, *_others] = self._grouped("covered_until:year")
        self.assertEqual((first[0].year, first[1]), (2023, 1))

    def test_to_renew(self):
        members = self.env["recurring.membership"]
        domain = [*self.domain, ("to_renew", "=", True)]
        # Its end is within 60 days, and less than a year ago, and nothing was called.
        self.assertEqual(members.search(domain), self.paid | self.lapsed)
        self.assertTrue(self.paid.to_renew)
        self.assertFalse(self.next_season.to_renew)
        self.assertFalse(self.long_ago.to_renew)
        self.paid._call_dues(date(2026, 11, 10))
        self.lapsed.lifetime_from = "2026-01-01"
        self.assertFalse(members.search(domain))
        self.assertEqual(
            members.search([*self.domain, ("to_renew", "=", False)]), self.members
        )

    def test_limits_of_to_renew(self):
        # Until 31 December: not yet 61 days before, and not any more after a year.
        for day, expected in (
            ("2026-11-01", False),
            ("2026-11-02", True),
            ("2027-01-15", True),
            ("2028-01-01", True),
            ("2028-01-02", False),
        ):
            with self.subTest(day=day):
                asked = self.paid.with_context(membership_day=day)
                self.assertEqual(asked.to_renew, expected)

    def test_counters_are_one_query(self):
        members = self.env["recurring.membership"]
        before = members.member_counts()
        self.env.flush_all()
        with self.assertQueryCount(1):
            counts = members.member_counts()
        self.assertEqual(counts, before)
        self.assertEqual(
            counts["total"],
            sum(counts[state] for state in dict(members._fields["state"].selection)),
        )
        earlier = members.with_context(membership_day="2023-06-01").member_counts()
        self.assertEqual(earlier["up_to_date"], 1)

    def test_search_sort_and_group_join_once(self):
        members = self.env["recurring.membership"]
        query = members._search(
            [*self.domain, ("state", "in", ["up_to_date", "lapsed"])],
            order="covered_until",
        )
        self.assertEqual(query.select().code.count("FROM recurring_dues_line"), 1)
        self.env.flush_all()
        with self.assertQueryCount(1):
            members._read_group(
                [*self.domain, ("state", "!=", "pending")],
                ["state", "covered_until:year"],
                ["__count"],
            )

    def test_a_page_of_members_is_few_queries(self):
        many = self.env["recurring.membership"]
        for number in range(12):
            many |= self._member(f"M{number:02}", "2026-11-01", self.year)
        many._call_dues(date(2026, 11, 10)).action_call()
        specification = {
            name: {}
            for name in ("number", "state", "covered_until", "amount_owed", "email")
        }
        specification["partner_id"] = {"fields": {"display_name": {}}}

        def queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.web_read(specification)
            return self.env.cr.sql_log_count - before

        queries(many)
        self.assertEqual(queries(many[:2]), queries(many))

    def test_new_member_in_the_form(self):
        user = new_test_user(
            self.env, "rr_form_secretary", "recurring_revenue.group_secretary"
        )
        self.company.rr_membership_plan_id = self.season
        form = Form(self.env["recurring.membership"].with_user(user))
        form.partner_id = self.env["res.partner"].create({"name": "Jeanne"})
        self.assertEqual(form.plan_id, self.season)
        form.category_id = self.reduced
        member = form.save()
        self.assertEqual(member.payer_id, member.partner_id)
        self.assertEqual((member.state, member.votes), ("pending", 1))
        self.assertEqual(member.partner_id.rr_member_state, "pending")

    def test_household(self):
        self.called.payer_id = self.paid.partner_id
        self.assertEqual(self.paid.household_ids, self.called)
        self.assertEqual(self.called.household_count, 1)
        self.assertEqual(self.pending.household_count, 0)

    def test_what_is_still_owed(self):
        self.assertEqual(self.called.amount_owed, 100.0)
        dues = self.called.dues_line_ids.dues_id
        self.assertEqual((dues.progress, dues.is_late), ("called", False))
        dues.due_on = date(2026, 11, 10) - timedelta(days=1)
        self.assertTrue(dues.is_late)
        dues.action_cancel()
        self.assertEqual((self.called.amount_owed, dues.progress), (0.0, "cancelled"))

    def test_numbers_in_the_settings(self):
        settings = self.env["res.config.settings"].create({})
        shared = self.env.ref("recurring_revenue.sequence_membership")
        settings.write(
            {
                "rr_member_prefix": "A-",
                "rr_member_padding": 4,
                "rr_member_next": 700,
            }
        )
        settings.execute()
        self.assertFalse(shared.prefix)
        self.assertEqual(self._member("N", "2026-11-01", self.year).number, "A-0700")
        self.env.invalidate_all()
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.rr_member_next, 701)
        self.assertEqual(self.company._member_sequence().company_id, self.company)
