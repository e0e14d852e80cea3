"""Credit notes by hand, by IFRS 15: what each changes depends on why it was made."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_revenue_ifrs import IfrsCreditsCase
from .common_usage import UsageCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-12")
class TestIfrsCredits(IfrsCreditsCase):
    def test_an_end(self):
        """What was served stands, the rest falls."""
        sub, invoice = self._billed()
        credit = self._credited(invoice, 900, "terminated", "2026-04-01")
        self.assertEqual(self._from_april(sub), [100, 0, 0, 0])
        self.assertEqual(sum(self._ifrs(sub).values()), 300)
        self.assertEqual(
            self._versions(sub),
            [("", False, 1200), ("2026-04-01", "prospective", 300)],
        )
        before, after = self._contracts(sub, current=False)
        self.assertEqual((after.credit_id, after.previous_id), (credit, before))
        self.assertEqual(str(after.known_on), "2026-04-10")
        self.assertEqual(after.before_price, 1200)
        self.assertFalse(before.is_current)

    def test_what_was_known_before_stays(self):
        sub, invoice = self._billed()
        self._credited(invoice, 900, "terminated", "2026-04-01")
        self.assertEqual(self._from_april(sub, "2026-03-31"), [100] * 4)
        self.assertEqual(self._figure(sub, "2026-03-31")["within_one"], 900)
        self.assertNotIn("within_one", self._figure(sub, "2026-04-30"))

    def test_an_end_with_less_given_back(self):
        """Nobody owes what is kept any more: it is earned at the end."""
        sub, invoice = self._billed()
        self._credited(invoice, 600, "terminated", "2026-04-01")
        self.assertEqual(self._from_april(sub), [100, 300, 0, 0])

    def test_an_end_in_the_past(self):
        """What was recognised too much by then is taken back when it is known."""
        sub, invoice = self._billed()
        self._credited(invoice, 1000, "terminated", "2026-03-01")
        self.assertEqual(sum(self._ifrs(sub).values()), 200)
        self.assertEqual(self._from_april(sub, "2026-03-31"), [100] * 4)

    def test_the_rest_costs_less(self):
        sub, invoice = self._billed()
        self._credited(invoice, 90, "modification", "2026-04-01")
        self.assertEqual(self._from_april(sub), [100, 90, 90, 90])
        self.assertEqual(self._versions(sub)[1], ("2026-04-01", "prospective", 1110))

    def test_the_rest_of_one_service_costs_less(self):
        """One service: 90 a month from the beginning, caught up in April."""
        plan = self._yearly()
        plan.current_version_id.charge_ids.rr_obligation_timing = "single"
        sub, invoice = self._billed(plan)
        self._credited(invoice, 120, "modification", "2026-04-01")
        self.assertEqual(self._from_april(sub), [100, 60, 90, 90])
        self.assertEqual(self._versions(sub)[1][1], "catch_up")

    def test_a_service_that_was_bad(self):
        """February was worth less: revenue falls when that is known."""
        sub, invoice = self._billed()
        self._credited(
            invoice,
            40,
            "past",
            deferred_start_date="2026-02-01",
            deferred_end_date="2026-02-28",
        )
        self.assertEqual(self._from_april(sub), [100, 60, 100, 100])
        self.assertEqual(self._ifrs(sub)["2026-02"], 100)
        self.assertEqual(self._versions(sub)[1], ("2026-04-10", "served", 1160))

    def test_a_service_that_was_bad_somewhere(self):
        sub, invoice = self._billed()
        self._credited(invoice, 40, "past")
        self.assertEqual(self._from_april(sub), [100, 60, 100, 100])

    def test_a_service_that_is_bad_until_may(self):
        """20 a month: 26 for what was served, the rest as it is served."""
        sub, invoice = self._billed()
        self._credited(
            invoice,
            60,
            "past",
            deferred_start_date="2026-03-01",
            deferred_end_date="2026-05-31",
        )
        self.assertEqual(self._ifrs(sub)["2026-03"], 100)
        self.assertEqual(self._from_april(sub), [100, 60, 80, 100])

    def test_an_error(self):
        """As if it had been right from the beginning; known since April."""
        sub, invoice = self._billed()
        self._credited(invoice, 120, "error")
        self.assertEqual(self._from_april(sub), [90] * 4)
        self.assertEqual(self._from_april(sub, "2026-03-31"), [100] * 4)
        self.assertEqual(self._versions(sub)[1], ("2026-01-01", "restated", 1080))

    def test_no_word_is_an_error(self):
        sub, invoice = self._billed()
        self._credited(invoice, 120, None)
        self.assertEqual(self._from_april(sub), [90] * 4)

    def test_the_whole_invoice_was_wrong(self):
        sub, invoice = self._billed()
        self._credited(invoice, None, "error")
        self.assertEqual(self._ifrs(sub), {})
        self.assertNoCause(sub, "2026-04-30")

    def test_reset_to_draft(self):
        """It never was; posted again it counts again."""
        sub, invoice = self._billed()
        credit = self._credited(invoice, 900, "terminated", "2026-04-01")
        self._measure()
        credit.button_draft()
        self.assertEqual(self._from_april(sub), [100] * 4)
        self.assertEqual(self._versions(sub), [("", False, 1200)])
        credit.rr_credit_cause = "modification"
        credit.invoice_line_ids.price_unit = 90
        credit.action_post()
        self.assertEqual(self._from_april(sub), [100, 90, 90, 90])
        credit.button_draft()
        credit.button_cancel()
        self.assertEqual(self._versions(sub), [("", False, 1200)])

    def test_billed_again(self):
        sub, invoice = self._billed()
        self._credited(invoice, None, "error")
        self.assertEqual(self._ifrs(sub), {})
        waiver = sub.billed_item_ids.filtered(lambda row: row.waiver_state == "pending")
        waiver.action_bill_again()
        self.assertEqual(self._from_april(sub), [100] * 4)

    def test_several(self):
        """Another price since April, February was bad, and the end in July."""
        sub, invoice = self._billed()
        self._credited(invoice, 90, "modification", "2026-04-01")
        self._credited(
            invoice,
            30,
            "past",
            day="2026-05-10",
            deferred_start_date="2026-02-01",
            deferred_end_date="2026-02-28",
        )
        with freeze_time("2026-08-02"):
            self._credited(invoice, 540, "terminated", "2026-07-01", day="2026-07-02")
            self.assertEqual(
                self._ifrs(sub),
                {
                    **{f"2026-{month:02}": 100 for month in (1, 2, 3)},
                    **{"2026-04": 90, "2026-05": 60, "2026-06": 90},
                },
            )
            self.assertEqual(
                [row[1] for row in self._versions(sub)],
                [False, "prospective", "served", "prospective"],
            )
            self.assertEqual(self._from_april(sub, "2026-04-30"), [100, 90, 90, 90])
            for month in ("04", "05", "07"):
                self._close(f"2026-{month}")
            self.assertNoCause(sub, "2026-07-31")

    def test_an_error_after_another_price(self):
        """Both hold: 120 less from the beginning, 90 less since April."""
        sub, invoice = self._billed()
        self._credited(invoice, 90, "modification", "2026-04-01")
        self._credited(invoice, 120, "error", day="2026-04-11")
        self.assertEqual(self._from_april(sub), [90, 80, 80, 80])

    def test_a_month_without_commitment(self):
        """Each month is a contract of its own, and February's is over."""
        sub, january = self._billed(self._plan())
        for day in ("2026-02-01", "2026-03-01", "2026-04-01"):
            with freeze_time(day):
                self._bill(day)
        february = sub.billed_item_ids.move_id.sorted("invoice_date")[1]
        self._credited(february, 6, "past")
        months = self._ifrs(sub)
        self.assertEqual((months["2026-02"], months["2026-04"]), (30, 24))
        february = self._contracts(sub)[1]
        self.assertEqual((str(february.date_start), february.price), ("2026-02-01", 24))
        self._credited(january, 6, "modification", day="2026-04-11")
        months = self._ifrs(sub)
        self.assertEqual((months["2026-01"], months["2026-04"]), (30, 18))

    def test_lines_of_a_bundle(self):
        """Sold for 900 a year, alone 1,200: only the second ends, in July."""
        charges = [
            {
                "name": name,
                "unit_price": price,
                "stand_alone_price": 600.0,
                "product_id": self._product(name).id,
            }
            for name, price in (("A", 600.0), ("B", 300.0))
        ]
        plan = self._plan("Two", charges, interval_count=1, interval_unit="year")
        sub, invoice = self._billed(plan)
        with freeze_time("2026-08-02"):
            credit = self._credit_note(
                invoice, "2026-07-02", None, "terminated", "2026-07-01", post=False
            )
            first, second = credit.invoice_line_ids.sorted("id")
            first.price_unit, second.price_unit = 60, 150
            credit.action_post()
            months = self._ifrs(sub)
            contract = self._contracts(sub)
        self.assertEqual((months["2026-06"], months.get("2026-08", 0)), (75, 0))
        # What is kept of A (240) is earned when both end.
        self.assertEqual(months["2026-07"], 240)
        self.assertEqual(contract.price, 690)

    def test_one_line_of_two(self):
        """B ends: what is not earned yet is earned by A."""
        charges = [
            {"name": name, "unit_price": price, "product_id": self._product(name).id}
            for name, price in (("A", 600.0), ("B", 300.0))
        ]
        plan = self._plan("Two", charges, interval_count=1, interval_unit="year")
        sub, invoice = self._billed(plan)
        with freeze_time("2026-08-02"):
            credit = self._credit_note(
                invoice, "2026-07-02", None, "terminated", "2026-07-01", post=False
            )
            credit.invoice_line_ids.sorted("id")[0].unlink()
            credit.invoice_line_ids.price_unit = 150
            credit.action_post()
            months = self._ifrs(sub)
            self.assertEqual((months["2026-06"], months["2026-07"]), (75, 50))
            self.assertEqual(sum(months.values()), 750)
            self._close("2026-07")
            self.assertNoCause(sub, "2026-07-31")


@tagged("post_install", "-at_install")
@freeze_time("2026-04-12")
class TestIfrsCreditsOfAllSorts(UsageCommon, IfrsCreditsCase):
    def test_usage(self):
        """What was used in January cost less: a credit counts once."""
        with freeze_time("2026-01-01"):
            sub = self._subscribe(self._usage_plan(base=0), "2026-01-01")
        with freeze_time("2026-01-20"):
            self._record(("2026-01-10T10:00:00Z", 5000), sub=sub)
        with freeze_time("2026-02-02"):
            self._bill("2026-02-02")
        invoice = sub.billed_item_ids.move_id
        self.assertEqual(invoice.amount_untaxed, 40)
        self.assertEqual(self._ifrs(sub), {"2026-01": 40})
        self._credited(invoice, None, "error")
        self.assertEqual(self._ifrs(sub), {})
        invoice.reversal_move_ids.button_draft()
        self.assertEqual(self._ifrs(sub), {"2026-01": 40})
        credit = invoice.reversal_move_ids
        credit.rr_credit_cause = "past"
        credit.action_post()
        self.assertEqual(self._ifrs(sub), {"2026-01": 40, "2026-04": -40})

    def test_a_discount_line(self):
        """A line of -120 a year is credited with its sign."""
        charges = [
            {"name": "Service", "unit_price": 1200.0},
            {"name": "Loyalty", "unit_price": 0.0},
        ]
        for charge in charges:
            charge["product_id"] = self._product(charge["name"]).id
        plan = self._plan("Loyal", charges, interval_count=1, interval_unit="year")
        lines = [{}, {"price_unit": -120.0, "price_agreed": True}]
        sub, invoice = self._billed(plan, lines=lines)
        self.assertEqual(self._from_april(sub), [90] * 4)
        with freeze_time("2026-04-10"):
            credit = self._credit_note(
                invoice, "2026-04-10", None, "terminated", "2026-04-01", post=False
            )
            first, second = credit.invoice_line_ids.sorted("price_unit")
            first.price_unit, second.price_unit = -90, 900
            credit.action_post()
        self.assertEqual(self._from_april(sub), [90, 0, 0, 0])
        self.assertEqual(self._contracts(sub).price, 270)

    def test_reverse_and_modify(self):
        """Invoiced anew for 1,080: as if it had been so from the beginning."""
        sub, invoice = self._billed()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": invoice.journal_id.id,
                    "date": "2026-04-10",
                    "rr_credit_cause": "error",
                }
            )
        )
        wizard.modify_moves()
        self._contracts(sub)
        wizard.new_move_ids.invoice_line_ids.price_unit = 1080
        wizard.new_move_ids.action_post()
        self.assertEqual(self._from_april(sub), [90] * 4)
        self.assertEqual(self._contracts(sub).price, 1080)

    def test_edited_before_it_is_posted_again(self):
        """No credit note: nobody ever owed more."""
        with freeze_time("2026-01-01"):
            sub = self._subscribe(self._yearly(), "2026-01-01")
            self._bill("2026-01-01")
            move = sub.billed_item_ids.move_id
            move.button_draft()
            move.invoice_line_ids.price_unit = 1080
            move.action_post()
        self.assertEqual(self._versions(sub), [("", False, 1080)])
        self.assertEqual(self._from_april(sub), [90] * 4)

    def test_typed_by_hand_and_assigned(self):
        """Its cause is not asked: an error, known since its date."""
        sub, _invoice = self._billed()
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": "2026-04-10",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": sub.line_ids.product_id.id,
                            "price_unit": 120.0,
                        }
                    )
                ],
            }
        )
        credit.action_post()
        action = credit.action_rr_assign()
        self.env[action["res_model"]].browse(action["res_id"]).action_assign()
        self.assertEqual(self._from_april(sub), [90] * 4)
        self.assertEqual(self._from_april(sub, "2026-03-31"), [100] * 4)

    def test_a_decision_against_the_rule_is_for_changes(self):
        sub, invoice = self._billed()
        self._credited(invoice, 90, "modification", "2026-04-01")
        contract = self._contracts(sub)
        self.assertFalse(contract.change_id)
        self.assertIn("over the rest of the term", contract.modification_text)
        wizard = self.env["recurring.revenue.override.wizard"].create(
            {"contract_id": contract.id, "note": "Because"}
        )
        with self.assertRefused("credit note"):
            wizard.action_apply()
