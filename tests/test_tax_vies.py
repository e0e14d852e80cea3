"""VIES: asked in the background or by a button, never by the billing; kept for ever."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger, zeep

from ..models.tax import vies
from .common_tax import BELGIAN, FRENCH, GERMAN, TaxCommon

DUTCH = "NL004495445B01"
YES = {
    "valid": True,
    "requestIdentifier": "WAPIAAAAY1",
    "traderName": "ACME GMBH",
    "traderAddress": "HAUPTSTR. 1\n10115 BERLIN",
}
NO = {"valid": False, "requestIdentifier": "WAPIAAAAN1"}


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01 08:00:00")
class TestTaxVies(TaxCommon):
    @contextmanager
    def _vies(self, answer):
        """Let VIES answer so: a dict, an error to raise, or a function of numbers."""
        calls = []

        def reply(number, requester="", timeout=None):
            calls.append((number, requester))
            found = answer(number, requester) if callable(answer) else answer
            if isinstance(found, Exception):
                raise found
            return found

        with (
            patch.object(vies, "check_vies", reply),
            patch.object(vies, "check_vies_approx", reply),
        ):
            yield calls

    def _customer_with_subscription(self, vat=GERMAN, country="DE"):
        customer = self._at(country, vat=vat)
        plan = self._plan(f"Plan {vat}", charges=[{"product_id": self._sold().id}])
        self._subscribe(plan, "2026-11-01", customer=customer)
        return customer

    def _run(self):
        cron = self.env.ref("recurring_revenue.cron_vat_check")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # One question
    # ------------------------------------------------------------------

    def test_confirmed_with_the_consultation_number(self):
        german = self._at("DE", "10115", vat=GERMAN)
        self.assertEqual(german.rr_vat_number_state, "plausible")
        with self._vies(YES) as calls:
            action = german.action_ask_vies()
        self.assertEqual(calls, [(GERMAN, FRENCH)])
        check = german.rr_vat_check_ids
        self.assertEqual(check.consultation, "WAPIAAAAY1")
        self.assertEqual(check.name, "ACME GMBH")
        self.assertEqual(check.address, "HAUPTSTR. 1 10115 BERLIN")
        self.assertEqual((check.source, check.company_id), ("vies", self.company))
        self.assertEqual(german._vat_number_facts(), ("confirmed", "DE"))
        self.assertEqual(
            german._vat_number_sentence(),
            "number confirmed on 11/01/2026 (consultation WAPIAAAAY1)",
        )
        self.assertIn("confirmed", action["params"]["message"])

    def test_refused_is_charged_and_said(self):
        """Right digits, refused by VIES: VAT as for a consumer, and why."""
        german = self._at("DE", "10115", vat=GERMAN)
        with self._vies(NO):
            german.action_ask_vies()
        self.assertEqual(german._vat_number_facts(), ("refused", "DE"))
        invoice = self._invoice(german, self._sold())
        self.assertEqual(invoice.amount_total, 120.0)
        decision = invoice.invoice_line_ids.rr_vat_decision_id
        self.assertIn("number_refused", decision.warnings)

    def test_decision_keeps_the_answer(self):
        german = self._at("DE", "10115", vat=GERMAN)
        with self._vies(YES):
            german.action_ask_vies()
        invoice = self._invoice(german, self._sold())
        self.assertEqual(invoice.amount_total, 100.0)
        inputs = invoice.invoice_line_ids.rr_vat_decision_id.inputs
        self.assertEqual(inputs["number_state"], "confirmed")
        self.assertEqual(inputs["number_answered_on"], "2026-11-01 08:00:00")
        self.assertEqual(inputs["number_consultation"], "WAPIAAAAY1")
        self.assertEqual(inputs["number_check"], german.rr_vat_check_id.id)

    def test_down_keeps_the_last_answer(self):
        german = self._at("DE", "10115", vat=GERMAN)
        with self._vies(YES):
            german.action_ask_vies()
        with freeze_time("2026-12-01 08:00:00"), self._vies(OSError("timed out")):
            action = german.action_ask_vies()
        self.assertIn("VIES did not answer", action["params"]["message"])
        last = german.rr_vat_check_ids.sorted("asked_on")[-1:]
        self.assertEqual(last.message, "timed out")
        self.assertEqual(german.rr_vat_number_state, "confirmed")
        self.assertEqual(str(german.rr_vat_answered_on), "2026-11-01 08:00:00")
        self.assertEqual(str(german.rr_vat_retry_on), "2026-12-01 09:00:00")
        self.assertEqual(len(german.rr_vat_check_ids), 2)

    def test_distance_grows_to_a_week(self):
        german = self._at("DE", "10115", vat=GERMAN)
        hours = []
        now = fields.Datetime.now()
        for _turn in range(10):
            with freeze_time(now), self._vies(OSError("down")):
                german.action_ask_vies()
            hours.append((german.rr_vat_retry_on - now) / timedelta(hours=1))
            now = german.rr_vat_retry_on
        self.assertEqual(hours, [1, 2, 4, 8, 16, 32, 64, 128, 168, 168])
        with freeze_time(now), self._vies(YES):
            german.action_ask_vies()
        self.assertFalse(german.rr_vat_retry_on)

    def test_unknown_follows_the_policy(self):
        german = self._at("DE", "10115", vat=GERMAN)
        invoice = self._invoice(german, self._sold())
        self.assertEqual(invoice.amount_total, 100.0)
        decision = invoice.invoice_line_ids.rr_vat_decision_id
        self.assertIn("number_unverified", decision.warnings)
        self._regime(unverified_numbers="refuse")
        self.assertEqual(self._invoice(german, self._sold()).amount_total, 120.0)
        with self._vies(YES):
            german.action_ask_vies()
        self.assertEqual(self._invoice(german, self._sold()).amount_total, 100.0)

    def test_another_number_starts_anew(self):
        german = self._at("DE", "10115", vat=GERMAN)
        with self._vies(YES):
            german.action_ask_vies()
        german.vat = "DE811569869"
        self.assertEqual(german.rr_vat_number_state, "plausible")
        self.assertFalse(german.rr_vat_answered_on)
        german.vat = GERMAN
        self.assertEqual(german.rr_vat_number_state, "confirmed")

    def test_the_forms_of_a_refusal(self):
        fault = zeep.exceptions.Fault

        def unknown_requester(number, requester):
            return fault("INVALID_REQUESTER_INFO") if requester else {"valid": True}

        for answer, expected, everywhere in (
            (fault("INVALID_INPUT"), "refused", False),
            (fault("MS_UNAVAILABLE"), "unreachable", False),
            (fault("SERVICE_UNAVAILABLE"), "unreachable", True),
            (zeep.exceptions.TransportError("503"), "unreachable", True),
            (TimeoutError(), "unreachable", True),
            (unknown_requester, "confirmed", False),
        ):
            with self._vies(answer):
                reply = vies.ask(GERMAN, FRENCH)
            self.assertEqual((reply.answer, reply.everywhere), (expected, everywhere))

    def test_wrong_and_unknown_numbers_are_not_asked_about(self):
        with self._vies(YES) as calls:
            for customer, words in (
                (self._at("CH", vat="CHE-107.787.577 IVA"), "their country's register"),
                (self._at("DE", is_company=True), "no VAT number"),
                (self._customer("X", country_id=False, vat="DE1"), "length is wrong"),
            ):
                with self.assertRaisesRegex(UserError, words):
                    customer.action_ask_vies()
        self.assertFalse(calls)

    def test_many_at_once(self):
        """Those that VIES cannot know are said, the others are asked about."""
        german = self._at("DE", vat=GERMAN)
        swiss = self._at("CH", vat="CHE-107.787.577 IVA")
        without = self._at("NL", is_company=True)
        with self._vies(YES) as calls:
            action = (german | swiss | without).action_ask_vies()
        self.assertEqual(calls, [(GERMAN, FRENCH)])
        lines = action["params"]["message"].splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("confirmed", lines[0])
        self.assertIn("no VAT number", lines[2])

    # ------------------------------------------------------------------
    # In the background
    # ------------------------------------------------------------------

    def test_new_numbers_are_asked_about(self):
        customer = self._customer_with_subscription()
        without = self._at("DE", "10115", vat="DE811569869")
        french = self._customer_with_subscription("FR83404833048", "FR")
        with self._vies(YES) as calls:
            self._run()
            self._run()
        self.assertEqual(calls, [(GERMAN, FRENCH)])
        self.assertEqual(customer.rr_vat_number_state, "confirmed")
        self.assertFalse((without | french).rr_vat_check_ids)

    def test_old_answers_are_asked_about_again(self):
        customer = self._customer_with_subscription()
        with self._vies(YES):
            self._run()
        for day, answer, count in (
            ("2026-11-30", NO, 1),
            ("2026-12-01", NO, 2),
            ("2026-12-07", YES, 2),
            ("2026-12-08", YES, 3),
        ):
            with freeze_time(f"{day} 08:00:00"), self._vies(answer):
                self._run()
            self.assertEqual(len(customer.rr_vat_check_ids), count, day)
        self.company.rr_vat_check_days = 0
        with freeze_time("2030-01-01"), self._vies(NO) as calls:
            self._run()
        self.assertFalse(calls)

    def test_a_silent_member_state_does_not_stop_the_others(self):
        down = zeep.exceptions.Fault("MS_UNAVAILABLE")
        germans = [
            self._customer_with_subscription(vat) for vat in (GERMAN, "DE811569869")
        ]
        dutch = self._customer_with_subscription(DUTCH, "NL")
        with self._vies(lambda number, _r: down if number[:2] == "DE" else YES) as c:
            self._run()
        self.assertEqual([number for number, _r in c], [GERMAN, DUTCH])
        self.assertEqual(dutch.rr_vat_number_state, "confirmed")
        with self._vies(YES) as calls:
            self._run()
        self.assertEqual([number for number, _r in calls], ["DE811569869"])
        self.assertEqual(germans[0].rr_vat_number_state, "plausible")
        with freeze_time("2026-11-01 09:00:00"), self._vies(YES):
            self._run()
        self.assertEqual(germans[0].rr_vat_number_state, "confirmed")

    def test_a_silent_vies_ends_the_run(self):
        for vat, country in ((GERMAN, "DE"), (DUTCH, "NL"), (BELGIAN, "BE")):
            self._customer_with_subscription(vat, country)
        with self._vies(OSError("no route")) as calls:
            self._run()
        self.assertEqual(len(calls), 1)

    @mute_logger("odoo.addons.recurring_revenue.models.tax.vat_check_work")
    def test_one_bad_customer_does_not_stop_the_others(self):
        self._customer_with_subscription()
        dutch = self._customer_with_subscription(DUTCH, "NL")
        checks = type(self.env["recurring.vat.check"])
        ask = checks._ask

        def failing(model, partner, company):
            if partner.rr_vat_number == GERMAN:
                raise RuntimeError
            return ask(model, partner, company)

        with self._vies(YES), patch.object(checks, "_ask", failing):
            self._run()
        self.assertEqual(dutch.rr_vat_number_state, "confirmed")

    def test_only_where_vat_is_decided_by_rules(self):
        self._customer_with_subscription()
        self.company.rr_vat_decides = False
        with self._vies(YES) as calls:
            self._run()
        self.assertFalse(calls)

    def test_billing_asks_nobody(self):
        with self._vies(AssertionError("the network while billing")) as calls:
            german = self._at("DE", "10115", vat=GERMAN)
            invoice = self._invoice(german, self._sold())
            german.vat = "DE811569869"
            again = self._invoice(german, self._sold())
        self.assertFalse(calls)
        self.assertEqual((invoice + again).mapped("amount_total"), [100.0, 100.0])

    def test_a_batch_of_customers_costs_no_query_each(self):
        germans = self.env["res.partner"]
        for _turn in range(20):
            germans |= self._at("DE", "10115", vat=GERMAN)
        with self._vies(YES):
            germans.action_ask_vies()
        self.env.flush_all()
        self.env.invalidate_all()
        # The customers, and the answers that stand: once for all of them.
        with self.assertQueryCount(4):
            kept = [german._vat_number_evidence() for german in germans]
        self.assertEqual({row["number_state"] for row in kept}, {"confirmed"})

    # ------------------------------------------------------------------
    # Evidence and rights
    # ------------------------------------------------------------------

    def test_answers_are_never_changed(self):
        german = self._at("DE", "10115", vat=GERMAN)
        with self._vies(NO):
            german.action_ask_vies()
        with self.assertRaises(UserError):
            german.rr_vat_check_ids.answer = "confirmed"
        with self.assertRaises(UserError):
            german.rr_vat_check_ids.unlink()

    def test_answers_of_other_registers_by_hand(self):
        """Somebody looked a British number up; VIES does not know it."""
        british = self._at("UK", vat="GB980780684")
        checks = self.env["recurring.vat.check"]
        values = {"partner_id": british.id, "answer": "confirmed"}
        with self.assertRaisesRegex(UserError, "which register"):
            checks.create(values)
        with self.assertRaisesRegex(UserError, "tomorrow"):
            checks.create(
                {**values, "message": "HMRC", "asked_on": "2027-01-01 00:00:00"}
            )
        check = checks.create(
            {**values, "message": "HMRC", "source": "vies", "number": "GB1"}
        )
        self.assertEqual((check.source, check.number), ("hand", "GB980780684"))
        self.assertEqual(british.rr_vat_number_state, "confirmed")

    def test_rights(self):
        german = self._at("DE", "10115", vat=GERMAN)
        seller = new_test_user(
            self.env, "vies_seller", groups="recurring_revenue.group_user"
        )
        clerk = new_test_user(
            self.env, "vies_clerk", groups="recurring_revenue.group_billing"
        )
        with self._vies(YES) as calls:
            with self.assertRaises(AccessError):
                german.with_user(seller).action_ask_vies()
            german.with_user(clerk).action_ask_vies()
        self.assertEqual(len(calls), 1)
        values = {"partner_id": german.id, "answer": "refused", "message": "x"}
        with self.assertRaises(AccessError):
            self.env["recurring.vat.check"].with_user(seller).create(values)
        sentence = german.with_user(seller)._vat_number_sentence()
        self.assertIn("confirmed on", sentence)

    def test_who_has_no_part_in_it_reads_customers_all_the_same(self):
        german = self._at("DE", vat=GERMAN)
        with self._vies(YES):
            german.action_ask_vies()
        plain = new_test_user(
            self.env, "vies_plain", groups="base.group_user,base.group_partner_manager"
        )
        customer = german.with_user(plain)
        own = ("rr_vat", "rr_vies", "rr_number", "rr_registry", "rr_rna", "rr_is_")
        names = [name for name in customer.fields_get() if name.startswith(own)]
        self.assertNotIn("rr_vat_check_ids", names)
        self.assertTrue(customer.read(names))
        self.assertIn("confirmed", customer.rr_vat_number_message)
        customer.vat = "DE811569869"
        self.assertEqual(german.rr_vat_number_state, "plausible")

    def test_another_company_s_question_is_not_read(self):
        other = self.env["res.company"].create({"name": "Other"})
        german = self._at("DE", "10115", vat=GERMAN)
        with self._vies(YES):
            german.with_company(other).action_ask_vies()
        clerk = new_test_user(
            self.env, "vies_clerk", groups="recurring_revenue.group_billing"
        )
        checks = self.env["recurring.vat.check"].with_user(clerk)
        self.assertFalse(checks.search([("partner_id", "=", german.id)]))
        # What it said about the number holds all the same.
        invoice = self._invoice(german, self._sold())
        inputs = invoice.invoice_line_ids.rr_vat_decision_id.inputs
        self.assertEqual(inputs["number_state"], "confirmed")
