"""Recurring gifts: promised, expected once a period, received, never claimed."""

from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.recurring_revenue.models.guard import applying

from .common_gifts import GiftCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-10")
class TestGiftPledges(GiftCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_books(with_gift_plan=True)
        cls.monthly = cls.env["recurring.plan"].search(
            [("rr_kind", "=", "donation")], limit=1
        )

    def _pledge(self, amount=20.0, start="2026-01-31", **values):
        return self.env["recurring.gift.pledge"].create(
            {
                "partner_id": self.donor.id,
                "plan_id": self.monthly.id,
                "amount": amount,
                "date_start": start,
                **values,
            }
        )

    def _days(self, pledge, received=None):
        rows = pledge.expected_ids.sorted("date_due")
        if received is not None:
            rows = rows.filtered(lambda one: bool(one.contribution_line_id) == received)
        return [str(row.date_due) for row in rows]

    def test_expected_once_each_month(self):
        pledge = self._pledge()
        days = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
        self.assertEqual(self._days(pledge), days)
        self.assertEqual(str(pledge.next_due), "2026-06-30")
        pledge._expect(pledge._horizon())
        self.assertEqual(self._days(pledge), days)
        with freeze_time("2026-06-02"):
            with self.enter_registry_test_mode():
                self.env.ref(
                    "recurring_revenue.cron_gift_expected"
                ).method_direct_trigger()
        self.assertEqual(self._days(pledge), [*days, "2026-06-30"])
        self.assertFalse(
            self.env["account.move"].search([("partner_id", "=", self.donor.id)])
        )

    @mute_logger("odoo.sql_db")
    def test_no_double(self):
        pledge = self._pledge()
        row = {"pledge_id": pledge.id, "date_due": "2026-01-31", "amount": 20}
        with self.assertRefused("follow from what was promised"):
            self.env["recurring.gift.expected"].create(row)
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            applying(self.env["recurring.gift.expected"]).create(row)

    def test_states(self):
        pledge = self._pledge()
        states = pledge.expected_ids.sorted("date_due").mapped("state")
        self.assertEqual(states, ["missing"] * 3 + ["expected"] * 2)

    def test_a_gift_that_comes_is_matched(self):
        pledge = self._pledge()
        gift = self._gift(20.0, "2026-04-28")
        gift.action_book()
        self.assertEqual(self._days(pledge, True), ["2026-04-30"])
        row = pledge.expected_ids.filtered("contribution_line_id")
        self.assertEqual((row.state, row.received_amount), ("received", 20))
        extra = self._gift(500.5, "2026-03-30")
        extra.action_book()
        self.assertFalse(extra.line_ids.expected_ids)
        twice = self._gift(40.0, "2026-03-30")
        twice.action_book()
        self.assertEqual(
            self._days(pledge, True), ["2026-02-28", "2026-03-31", "2026-04-30"]
        )
        self.assertEqual(pledge.received_amount, 60)
        gift._return(date(2026, 5, 5), "No cover")
        self.assertEqual(
            self._days(pledge, False), ["2026-01-31", "2026-04-30", "2026-05-31"]
        )
        self.assertEqual(pledge.received_amount, 40)

    def test_only_of_the_donor_and_near(self):
        pledge = self._pledge(start="2026-04-15")
        early = self._gift(20.0, "2025-12-24")
        early.action_book()
        self.assertFalse(early.line_ids.expected_ids)
        other = self.env["res.partner"].create({"name": "Other"})
        foreign = self._gift(20.0, "2026-04-15", partner_id=other.id)
        foreign.action_book()
        self.assertFalse(self._days(pledge, True))
        row = pledge.expected_ids[-1]
        row.contribution_line_id = foreign.line_ids
        self.assertEqual(row.state, "received")
        with self.assertRefused("follow from what was promised"):
            row.amount = 5

    def test_received_by_the_list(self):
        self._set_up_books(with_projects=True)
        fund = self.env["recurring.dedicated.fund"].create(
            {"name": "Well", "purpose": "A well"}
        )
        pledge = self._pledge(mode="debit", fund_id=fund.id)
        rows = pledge.expected_ids.sorted("date_due")[:2]
        window = (
            self.env["recurring.gift.receive"]
            .with_context(active_ids=rows.ids)
            .create({"on_their_day": True})
        )
        made = self.env["recurring.contribution"].search(
            window.action_receive()["domain"], order="date"
        )
        self.assertEqual(
            [(str(one.date), one.amount, one.mode, one.state) for one in made],
            [
                ("2026-01-31", 20.0, "debit", "booked"),
                ("2026-02-28", 20.0, "debit", "booked"),
            ],
        )
        self.assertEqual(made.line_ids.fund_id, fund)
        self.assertEqual(rows.mapped("state"), ["received", "received"])
        with self.assertRefused("was received already"):
            window.action_receive()

    def test_from_the_bank(self):
        pledge = self._pledge()
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-04-30",
                "payment_ref": "VIR DURAND CAMILLE",
                "amount": 20.0,
                "partner_id": self.donor.id,
            }
        )
        wizards = self.env["recurring.bank.gift"]
        wizards.with_context(default_statement_line_id=line.id).create({}).action_book()
        self.assertEqual(self._days(pledge, True), ["2026-04-30"])

    def test_stopped(self):
        pledge = self._pledge()
        window = self.env["recurring.gift.stop"].create(
            {"pledge_id": pledge.id, "day": "2026-05-09", "reason": "Moved away"}
        )
        window.action_stop()
        self.assertEqual((pledge.state, pledge.stop_reason), ("ended", "Moved away"))
        self.assertEqual(self._days(pledge)[-1], "2026-04-30")
        pledge._expect(date(2026, 12, 31))
        self.assertEqual(self._days(pledge)[-1], "2026-04-30")
        with self.assertRefused("ended on"):
            pledge._stop(date(2026, 6, 1), "Again")
        pledges = self.env["recurring.gift.pledge"]
        self.assertIn(pledge, pledges.search([("state", "=", "ended")]))
        self.assertNotIn(pledge, pledges.search([("state", "=", "running")]))

    def test_changed(self):
        pledge = self._pledge()
        self._gift(20.0, "2026-01-31").action_book()
        pledge.amount = 25
        rows = pledge.expected_ids.sorted("date_due")
        self.assertEqual(rows.mapped("amount"), [20.0, 25.0, 25.0, 25.0, 25.0])
        with self.assertRefused("stop it, and record a new one"):
            pledge.date_start = "2026-02-01"
        with self.assertRefused("stop it instead"):
            pledge.unlink()
        fresh = self._pledge(start="2026-03-01")
        fresh.date_start = "2026-04-05"
        self.assertEqual(self._days(fresh), ["2026-04-05", "2026-05-05", "2026-06-05"])

    def test_refused(self):
        with self.assertRaisesRegex(ValidationError, "at least"):
            self._pledge(0.5)
        with self.assertRaisesRegex((ValidationError, UserError), "no plan for gifts"):
            self._pledge(plan_id=self.season.id)
        self._pledge()
        with self.assertRefused("is in use by"):
            self.monthly.rr_kind = "subscription"
        with self.assertRefused("never invoiced"):
            self.env["recurring.subscription"].create(
                {"partner_id": self.donor.id, "plan_id": self.monthly.id}
            )

    def test_rights(self):
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        pledge = (
            self.env["recurring.gift.pledge"]
            .with_user(treasurer)
            .create(
                {
                    "partner_id": self.donor.id,
                    "plan_id": self.monthly.id,
                    "amount": 5,
                    "date_start": "2026-05-01",
                }
            )
        )
        pledge.expected_ids[-1]._receive()
        pledge._stop(date(2026, 5, 10), "Asked to")
        with self.assertRaises(AccessError):
            pledge.with_user(secretary).amount = 6
