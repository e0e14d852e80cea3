"""General assemblies: who may vote on the day, proxies, quorum, the printed lists."""

import io
from datetime import date, timedelta

from lxml import html
from openpyxl import load_workbook
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from ..engine.membership import Facts, state_on
from ..engine.period import Period
from .common_membership import MembershipCommon


class AssemblyCommon(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.year = cls._membership_plan(
            "Year", [{"unit_price": 100.0}], alignment="calendar"
        )
        cls.legal = cls._category("Legal person", kind="legal", votes=3)

    def _paid(self, name, *days, **values):
        """Return a member who joined and paid on the first day, renewed on the next."""
        values.setdefault("plan", self.year)
        member = self._member(name, days[0] if days else "2026-01-01", **values)
        for day in days:
            with freeze_time(day):
                dues = member._call_dues(date.fromisoformat(day))
                dues.action_call()
                dues.line_ids._mark_paid(date.fromisoformat(day))
        return member

    def _assembly(self, day="2026-03-14", **values):
        return self.env["recurring.assembly"].create(
            {"name": "AGM", "date": day, **values}
        )

    def _names(self, assembly):
        return assembly._voters().mapped("partner_id.name")

    def _proxy(self, assembly, giver, holder):
        return self.env["recurring.assembly.proxy"].create(
            {
                "assembly_id": assembly.id,
                "giver_id": giver.id,
                "holder_id": holder.id,
            }
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 10:00:00")
class TestAssembly(AssemblyCommon):
    def test_past_and_future_days_say_what_the_engine_says(self):
        members = {
            self._paid("Never"): (),
            self._paid("One year", "2025-01-10"): ((2025, "2025-01-10"),),
            self._paid("Two years", "2025-02-01", "2025-12-20"): (
                (2025, "2025-02-01"),
                (2026, "2025-12-20"),
            ),
            self._paid("Late", "2026-03-20"): ((2026, "2026-03-20"),),
        }
        days = "2025-01-09 2025-06-01 2026-03-14 2026-06-01 2027-02-01"
        for day in days.split():
            on = date.fromisoformat(day)
            expected = []
            for member, paid in members.items():
                covered = tuple(
                    Period(
                        max(date(year, 1, 1), member.joined_on), date(year + 1, 1, 1)
                    )
                    for year, paid_on in paid
                    if date.fromisoformat(paid_on) <= on
                )
                if state_on(Facts(covered=covered), on, 30) == "up_to_date":
                    expected.append(member.partner_id.name)
            assembly = self._assembly(day)
            self.assertEqual(self._names(assembly), sorted(expected), day)
        self.assertEqual(self._names(self._assembly("2026-03-14")), ["Two years"])

    def test_in_grace(self):
        self._paid("Ann", "2025-01-10")
        self.assertFalse(self._names(self._assembly("2026-01-15")))
        self.assertEqual(
            self._names(self._assembly("2026-01-15", includes_grace=True)), ["Ann"]
        )
        self.assertFalse(self._names(self._assembly("2026-02-15", includes_grace=True)))

    def test_votes_by_category(self):
        spokesman = self.env["res.partner"].create({"name": "Paul"})
        self._paid("Ann", "2026-01-02")
        self._paid(
            "Corner Shop",
            "2026-01-02",
            category_id=self.legal.id,
            representative_id=spokesman.id,
        )
        self._paid("Honoured", category_id=self.honorary.id)
        assembly = self._assembly()
        self.assertEqual(self._names(assembly), ["Ann", "Corner Shop"])
        self.assertEqual((assembly.voter_count, assembly.vote_count), (2, 4))
        self.assertEqual(assembly.without_vote_text, "1 by their category or age")
        self.assertEqual(assembly._rows()[1]["representative"], "Paul")
        self.honorary.votes = 1
        honoured = self._paid("Honoured too", category_id=self.honorary.id)
        self.assertEqual(honoured.votes, 1)
        assembly.invalidate_recordset()
        self.assertEqual(assembly.voter_count, 3)

    def test_members_under_age(self):
        mother = self.env["res.partner"].create({"name": "Mother"})
        young = self._paid("Young", guardian_id=mother.id)
        young.partner_id.rr_birthdate = "2012-06-01"
        with freeze_time("2026-01-02"):
            dues = young._call_dues(date(2026, 1, 2))
            dues.action_call()
            dues.line_ids._mark_paid(date(2026, 1, 2))
        assembly = self._assembly()
        self.assertEqual(assembly._rows()[0]["representative"], "Mother")
        self.member_category.minor_votes = "none"
        assembly.invalidate_recordset()
        self.assertFalse(self._names(assembly))
        self.assertEqual(assembly.voter_count, 0)

    def test_nobody_votes_twice(self):
        ann = self._paid("Ann", "2026-01-02")
        other = self._membership_plan("Other", [{"unit_price": 5.0}])
        again = self.env["recurring.membership"].create(
            {
                "partner_id": ann.partner_id.id,
                "plan_id": other.id,
                "category_id": self.member_category.id,
                "joined_on": "2026-01-02",
                "lifetime_from": "2026-01-02",
                "votes": 2,
            }
        )
        assembly = self._assembly()
        self.assertEqual(assembly._voters(), again)
        self.assertEqual(assembly.vote_count, 2)
        self.assertEqual(assembly.without_vote_text, "1 counted once already")
        assembly.plan_ids = self.year
        self.assertEqual(assembly._voters(), ann)

    def test_of_another_company(self):
        self._paid("Ann", "2026-01-02")
        other = self.env["res.company"].create({"name": "Other"})
        assembly = self._assembly(company_id=other.id)
        self.assertFalse(assembly._voters())
        secretary = new_test_user(
            self.env, "secretary", "recurring_revenue.group_secretary"
        )
        with self.assertRaises(AccessError):
            assembly.with_user(secretary).read(["name"])
        mine = self._assembly()
        self.assertEqual(mine.with_user(secretary).voter_count, 1)

    # ------------------------------------------------------------------
    # Proxies and quorum
    # ------------------------------------------------------------------

    def _four(self):
        names = ("Ann", "Bob", "Cleo", "Dan")
        return [self._paid(name, "2026-01-02") for name in names]

    def test_proxies_per_person(self):
        ann, bob, cleo, dan = self._four()
        assembly = self._assembly(max_proxies=2)
        self._proxy(assembly, bob, ann)
        self._proxy(assembly, cleo, ann)
        with self.assertRefused("would hold 3 proxies: at most 2", ValidationError):
            self._proxy(assembly, dan, ann)

    def test_who_may_give_and_hold(self):
        ann, bob, cleo, _dan = self._four()
        assembly = self._assembly()
        late = self._paid("Late", "2026-03-20")
        with self.assertRefused("may not vote on March 14, 2026", ValidationError):
            self._proxy(assembly, late, ann)
        with self.assertRefused("may not vote on March 14, 2026", ValidationError):
            self._proxy(assembly, ann, late)
        self._proxy(assembly, bob, ann)
        with self.assertRefused("cannot be passed on", ValidationError):
            self._proxy(assembly, ann, cleo)
        with self.assertRefused("cannot be passed on", ValidationError):
            self._proxy(assembly, cleo, bob)
        for giver, error in ((bob, UniqueViolation), (cleo, CheckViolation)):
            with mute_logger("odoo.sql_db"), self.assertRaises(error):
                with self.env.cr.savepoint():
                    self._proxy(assembly, giver, cleo)

    def test_quorum(self):
        ann, bob, cleo, dan = self._four()
        assembly = self._assembly(quorum=50)
        self.assertEqual(assembly.quorum_text, "Not reached: 0 of 4, 2 are needed")
        self._proxy(assembly, bob, ann)
        self.assertFalse(assembly.is_quorate)  # the holder is not there yet
        assembly.present_ids = ann
        self.assertEqual(
            (assembly.present_count, assembly.represented_count, assembly.there_votes),
            (1, 1, 2),
        )
        self.assertEqual(assembly.quorum_text, "Reached: 2 of 4, 2 are needed")
        assembly.present_ids = ann | bob  # who comes himself is not represented
        self.assertEqual((assembly.present_count, assembly.represented_count), (2, 0))
        assembly.quorum = 50.01
        self.assertEqual(assembly.quorum_text, "Not reached: 2 of 4, 3 are needed")
        assembly.write({"quorum_basis": "votes", "present_ids": (cleo | dan).ids})
        cleo.votes = 5
        assembly.invalidate_recordset()
        self.assertEqual(assembly.quorum_text, "Reached: 6 of 8, 5 are needed")
        assembly.quorum = 0
        self.assertEqual(assembly.quorum_text, "No quorum is asked for")
        with self.assertRefused("it stays on record"):
            assembly.unlink()

    # ------------------------------------------------------------------
    # What is printed
    # ------------------------------------------------------------------

    def test_sheet_over_pages(self):
        for number in range(60):
            self._paid(f"Member {number:02d}", lifetime_from="2026-01-01")
        assembly = self._assembly(place="Town hall", time=18.5, quorum=25)
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "recurring_revenue.action_report_assembly_sheet", assembly.ids
        )
        tree = html.fromstring(content)
        tables = tree.xpath("//table[contains(@class, 'rr-lines')]")
        self.assertEqual(
            [len(table.xpath(".//tr")) - 1 for table in tables], [16, 20, 20, 4]
        )
        for table in tables:
            self.assertEqual(
                [cell.text_content().strip() for cell in table.xpath(".//th")],
                ["#", "Number", "Member", "Votes", "Proxy given to", "Signature"],
            )
        text = " ".join(tree.text_content().split())
        for part in (
            "March 14, 2026, 18:30 – Town hall",
            "May vote: members who are up to date on March 14, 2026.",
            "60 members, 60 votes.",
            "Quorum: 15 of 60 members",
            "Page 4 of 4",
        ):
            self.assertIn(part, text)

    def test_spreadsheet(self):
        ann, bob, _cleo, _dan = self._four()
        bob.partner_id.name = "=cmd()"
        ann.votes = 2
        assembly = self._assembly()
        self._proxy(assembly, bob, ann)
        book = load_workbook(io.BytesIO(assembly._xlsx()))
        rows = list(book.active.iter_rows(values_only=True))
        self.assertEqual(rows[0][0], "AGM")
        self.assertEqual(
            rows[4],
            (
                "Member Number",
                "Name",
                "Represented By",
                "Category",
                "Votes",
                "Proxy Given To",
                "Signature",
            ),
        )
        found = {row[1]: row for row in rows[5:9]}
        self.assertEqual(found["Ann"][:5], (ann.number, "Ann", "", "Member", 2))
        self.assertEqual(found["'=cmd()"][5], "Ann")
        self.assertEqual((rows[9][0], rows[9][4]), ("Total", "=SUM(E6:E9)"))
        values = load_workbook(io.BytesIO(assembly._xlsx()), data_only=True)
        self.assertEqual(values.active["E10"].value, 5)

    def test_empty(self):
        assembly = self._assembly("2020-01-01")
        self.assertEqual(assembly.voter_count, 0)
        self.assertTrue(assembly._xlsx())
        self.assertEqual(assembly._sheet(18, 22)["sheets"], [[]])


@tagged("post_install", "-at_install")
class TestAssemblyFiles(AssemblyCommon, HttpCase):
    def test_download(self):
        with freeze_time("2026-11-21"):
            for number in range(60):
                self._paid(f"Member {number:02d}", lifetime_from="2026-01-01")
        assembly = self._assembly()
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with (
            self.allow_pdf_render(),
            mute_logger("odoo.addons.base.models.ir_actions_report"),
        ):
            content, _kind = report._render_qweb_pdf(
                "recurring_revenue.action_report_assembly_sheet", assembly.ids
            )
        self.assertEqual(len(PdfFileReader(io.BytesIO(content)).pages), 4)
        secretary = new_test_user(
            self.env, "rr_secretary", "recurring_revenue.group_secretary", lang="en_US"
        )
        self.authenticate(secretary.login, secretary.login)
        path = f"/recurring_revenue/assembly/{assembly.id}"
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
        self.assertEqual(len(rows), 5 + 60 + 1)
        new_test_user(self.env, "rr_nobody", "base.group_user")
        self.authenticate("rr_nobody", "rr_nobody")
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(path).status_code, 403)
        self.assertEqual(assembly.date + timedelta(0), date(2026, 3, 14))
