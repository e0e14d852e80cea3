"""What the screens promise is what happens: previews, copies, counts, why."""

from datetime import date

from lxml import html

from odoo import Command
from odoo.tests import Form, freeze_time, tagged

from .common_life import LifeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestPreview(LifeCommon):
    def _rows(self, table):
        """Return the cells of a preview table, row by row."""
        rows = html.fromstring(f"<div>{table}</div>").xpath("//tbody/tr")
        return [
            [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
            for row in rows
        ]

    def _plain(self, text):
        return " ".join(
            str(html.fromstring(f"<div>{text}</div>").text_content()).split()
        )

    def test_next_invoice_with_tax(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        self._bill("2026-04-16")
        self.assertEqual(
            self._plain(sub.next_summary),
            "05/01/2026 36.00 € tax included (30.00 € before tax) "
            "Licence 05/01/2026 – 05/31/2026 30.00 €",
        )
        rows = self._rows(sub.upcoming_table)
        self.assertEqual(len(rows), 12)
        self.assertEqual(
            rows[0],
            ["05/01/2026", "05/01/2026 – 05/31/2026", "Licence", "30.00 €", "36.00 €"],
        )

    def test_next_invoice_of_a_draft_comes_once_started(self):
        sub = self.env["recurring.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": self.monthly.id,
                "start_date": "2026-04-01",
            }
        )
        self.assertIn("once started", sub.next_summary)
        self.assertNotIn("with the next billing", sub.next_summary)
        sub.action_activate()
        sub.invalidate_recordset(["next_summary"])
        self.assertIn("with the next billing", sub.next_summary)

    def test_next_invoice_without_tax(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        sub.line_ids.product_id.taxes_id = False
        sub.invalidate_recordset(["next_summary"])
        self.assertIn("30.00 € no tax", self._plain(sub.next_summary))
        self.assertNotIn("before tax", sub.next_summary)

    def test_next_credit_note(self):
        sub = self._subscribe(self.yearly, "2026-01-01")
        self._bill("2026-01-01")
        self.assertFalse(sub.next_is_credit)
        sub.action_cancel("now", reason=self.reason, credit=True)
        sub.invalidate_recordset(["next_is_credit", "upcoming_table"])
        self.assertTrue(sub.next_is_credit)
        self.assertIn("Credit note", self._rows(sub.upcoming_table)[0][0])

    def test_preview_of_a_form_not_saved(self):
        """Choosing a plan shows its charges and what they will cost, before saving."""
        plan = self._plan(
            "Aligned", alignment="day_of_month", alignment_day=1, term_count=0
        )
        with Form(self.env["recurring.subscription"]) as form:
            form.partner_id = self.customer
            form.plan_id = plan
            form.start_date = date(2026, 4, 16)
            self.assertIn("15 of 30 days", form.next_summary)
            self.assertIn("18.00", form.next_summary)
            with form.line_ids.edit(0) as line:
                line.price_unit = 60.0
            self.assertIn("36.00", form.next_summary)
        self.assertTrue(form.record.line_ids.price_agreed)

    def test_preview_ends_with_the_term(self):
        plan = self._plan("Term", term_count=3, term_unit="month", renewal="none")
        sub = self._subscribe(plan, "2026-04-01")
        days = [row[0] for row in self._rows(sub.upcoming_table)]
        self.assertEqual(days, ["04/16/2026", "05/01/2026", "06/01/2026"])

    def test_preview_is_what_is_billed(self):
        """The dates and amounts announced are those of the ledger a year later."""
        plan = self._plan(
            "Both",
            [
                {"unit_price": 31.0},
                {"name": "Set-up", "unit_price": 50.0, "role": "one_off"},
            ],
            alignment="day_of_month",
            alignment_day=31,
        )
        sub = self._subscribe(plan, "2026-04-16")
        today = date(2026, 4, 16)
        announced = [
            (row.day, round(row.untaxed, 2), round(row.total, 2))
            for row in sub._expected(today, date(2026, 8, 31))
        ]
        billed = []
        for day, _untaxed, _total in announced:
            run = self._bill(day)
            billed.append((day, run.amount_untaxed, run.amount_total))
        self.assertEqual(billed, announced)
        self.assertEqual(len(billed), 6)

    def test_on_hold_and_closed(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        self._bill("2026-04-16")
        sub.action_cancel("now", reason=self.reason)
        sub._advance_lifecycle(self.company, date(2026, 4, 17))
        self.assertEqual(sub.state, "closed")
        self.assertIn("nothing will be billed any more", sub.next_summary)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestCancelWizard(LifeCommon):
    def _form(self, sub):
        action = sub.action_open_cancel()
        return Form(
            self.env["recurring.cancel.wizard"].with_context(**action["context"])
        )

    def test_shows_the_credit_that_is_then_billed(self):
        sub = self._subscribe(self.yearly, "2026-01-01")
        self._bill("2026-01-01")
        with self._form(sub) as form:
            form.when = "now"
            form.credit = False
            self.assertNotIn("851.51", form.preview)
            form.credit = True
            self.assertIn("-851.51", form.preview)
            self.assertIn("-1,021.81", form.preview)
            self.assertIn("04/16/2026", form.preview)
            # The try left nothing behind.
            self.assertEqual(sub.state, "active")
            self.assertFalse(sub.line_ids.end_date)
            self.assertEqual(sub.change_ids.mapped("type"), ["start"])
            form.reason_id = self.reason
        form.record.action_confirm()
        run = self._bill("2026-04-16")
        self.assertEqual(run.credit_note_count, 1)
        self.assertEqual((run.amount_untaxed, run.amount_total), (-851.51, -1021.81))

    def test_shows_what_is_still_billed(self):
        """To the end of June: May and June are still to be billed."""
        sub = self._subscribe(self.monthly, "2026-04-01")
        self._bill("2026-04-16")
        with self._form(sub) as form:
            form.when = "date"
            form.last_day = date(2026, 6, 30)
            form.reason_id = self.reason
            self.assertEqual(form.preview.count("30.00"), 2)

    def test_proposes_what_the_plan_says(self):
        plan = self._plan("Strict", cancel_when="now", cancel_credit=True)
        form = self._form(self._subscribe(plan, "2026-04-01"))
        self.assertEqual((form.when, form.credit), ("now", True))
        form = self._form(self._subscribe(self.monthly, "2026-04-01"))
        self.assertEqual(form.when, self.monthly.current_version_id.cancel_when)

    def test_no_term_is_said_in_words(self):
        form = self._form(self._subscribe(self.monthly, "2026-04-01"))
        form.when = "term_end"
        self.assertIn("has no term", form.preview)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestOtherWizards(LifeCommon):
    def test_one_off(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        training = self._product("Training", 400.0)
        action = sub.action_open_one_off()
        wizards = self.env["recurring.one.off.wizard"]
        with Form(wizards.with_context(**action["context"])) as form:
            form.product_id = training
            self.assertEqual(form.price_unit, 400.0)
            form.quantity = 2
            self.assertEqual(form.amount, 800.0)
            form.price_basis = "included"
        form.record.action_confirm()
        line = sub.line_ids.filtered(lambda line: line.product_id == training)
        self.assertEqual((line.role, line.price_basis), ("one_off", "included"))
        run = self._bill("2026-04-16")
        self.assertEqual(run.amount_total, 36.0 + 800.0)

    def test_hold_of_several(self):
        subs = self._subscribe(self.monthly, "2026-04-01")
        subs |= self._subscribe(self.monthly, "2026-04-01")
        action = subs.action_open_hold()
        wizards = self.env["recurring.hold.wizard"]
        with Form(wizards.with_context(**action["context"])) as form:
            form.reason = "Price dispute"
        form.record.action_confirm()
        self.assertEqual(subs.mapped("hold_reason"), ["Price dispute"] * 2)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestDuplicate(LifeCommon):
    def test_copy_is_a_clean_draft(self):
        sub = self._subscribe(self.monthly, "2026-01-01", external_ref="OLD-1")
        self._bill("2026-04-16")
        sub.action_add_one_off(self._product("Visit"), 90.0, date(2026, 4, 20))
        sub.action_cancel("now", reason=self.reason)
        copied = sub.copy()
        self.assertEqual(copied.state, "draft")
        self.assertNotEqual(copied.name, sub.name)
        self.assertEqual(copied.start_date, date(2026, 4, 16))
        self.assertEqual(copied.line_ids.charge_id, sub.plan_version_id.charge_ids)
        for name in (
            "end_date",
            "external_ref",
            "billed_through",
            "next_billing_date",
            "close_reason_id",
            "change_ids",
            "billed_item_ids",
        ):
            self.assertFalse(copied[name], name)
        self.assertFalse(copied.line_ids.start_date)
        self.assertFalse(copied.line_ids.end_date)
        copied.action_activate()
        self._bill("2026-04-16")
        self.assertBilled(copied, [("charge", "2026-04-16", "2026-05-15", 30.0)])

    def test_copy_for_another_customer_bills_that_customer(self):
        """PEERS 15: duplicated, customer changed, the old one was billed."""
        headquarters = self._customer("Acme accounts")
        terms = self.env.ref("account.account_payment_term_30days")
        sub = self._subscribe(
            self.monthly,
            "2026-04-01",
            partner_invoice_id=headquarters.id,
            client_order_ref="PO 12",
            payment_term_id=terms.id,
        )
        other = self._customer("Beta")
        copied = sub.copy({"partner_id": other.id})
        form = Form(sub.copy())
        form.partner_id = other
        typed = form.save()
        for new in (copied, typed):
            self.assertEqual(new.partner_invoice_id, other)
            self.assertEqual(new.partner_shipping_id, other)
            self.assertFalse(new.client_order_ref)
            new.action_activate()
        run = self._bill("2026-04-16")
        invoiced = run.move_ids.filtered(
            lambda move: (
                copied in move.invoice_line_ids.rr_subscription_id
                or typed in move.invoice_line_ids.rr_subscription_id
            )
        )
        self.assertEqual(invoiced.partner_id, other)

    def test_copy_keeps_agreed_prices_only(self):
        sub = self._subscribe(
            self.monthly, "2026-04-01", lines=[{"price_agreed": True, "price_unit": 25}]
        )
        copied = sub.copy({"partner_id": self._customer("Beta").id})
        self.assertEqual(copied.line_ids.price_unit, 25.0)


@tagged("post_install", "-at_install")
@freeze_time("2026-04-16")
class TestCountsAndWhy(LifeCommon):
    def test_counts(self):
        contact = self._customer("Anna", parent_id=self.customer.id)
        first = self._subscribe(self.monthly, "2026-04-01")
        second = self._subscribe(self.monthly, "2026-04-01", customer=contact)
        self.assertEqual(self.customer.rr_subscription_count, 2)
        self.assertEqual(contact.rr_subscription_count, 1)
        self.assertEqual(self.monthly.subscription_count, 2)
        product = first.line_ids.product_id.product_tmpl_id
        self.assertEqual(product.rr_subscription_count, 2)
        self._bill("2026-04-16")
        second.action_cancel("now", reason=self.reason)
        second._advance_lifecycle(self.company, date(2026, 4, 17))
        self.customer.invalidate_recordset(["rr_subscription_count"])
        product.invalidate_recordset(["rr_subscription_count"])
        self.assertEqual(self.customer.rr_subscription_count, 1)
        self.assertEqual(product.rr_subscription_count, 1)
        action = self.customer.action_view_rr_subscriptions()
        found = self.env["recurring.subscription"].search(action["domain"])
        self.assertEqual(found, first | second)

    def test_from_the_invoice_to_its_reasons(self):
        plan = self._plan(
            "Tiers",
            [
                {
                    "charge_model": "graduated",
                    "tiers": [(10, 5.0), (0, 4.0)],
                    "default_quantity": 12.0,
                }
            ],
        )
        sub = self._subscribe(plan, "2026-04-01")
        run = self._bill("2026-04-16")
        move = run.move_ids
        self.assertEqual(sub.invoice_count, 1)
        self.assertEqual(sub.amount_invoiced, 58.0)
        action = move.action_rr_why()
        row = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(row, sub.billed_item_ids)
        self.assertIn("10 x 5.00", row.why)
        self.assertIn("2 x 4.00", row.why)
        self.assertEqual(
            sub.line_ids.price_explanation.splitlines()[0], sub.line_ids.price_source
        )

    def test_problem_leads_to_its_cause(self):
        sub = self._subscribe(self.monthly, "2026-04-01")
        sub.line_ids.product_id.action_archive()
        self._bill("2026-04-16")
        self.assertEqual(sub.health, "problem")
        action = sub.action_open_problem_cause()
        self.assertEqual(action["res_model"], "product.product")
        self.assertEqual(action["res_id"], sub.line_ids.product_id.id)

    def test_filters_of_the_day(self):
        view = self.env.ref("recurring_revenue.recurring_subscription_view_search")
        sub = self._subscribe(self.monthly, "2026-04-01")
        leaving = self._subscribe(self.monthly, "2026-04-01")
        leaving.action_cancel("date", last_day="2026-04-30", reason=self.reason)
        later = self._subscribe(self.monthly, "2026-05-01")
        later.action_cancel("date", last_day="2026-05-31", reason=self.reason)
        mine = sub | leaving | later
        self.customer.email = "a@b.example"
        without = self._subscribe(
            self.monthly, "2026-05-01", customer=self._customer("Silent")
        )
        expected = {
            "due": sub | leaving,
            "ending": leaving,
            "cancelling": leaving | later,
            "no_email": without,
            "hold": mine.browse(),
            "problem": mine.browse(),
            "to_renew": mine.browse(),
            "my_team": None,
        }
        for node in html.fragment_fromstring(view.arch).iter("filter"):
            name = node.get("name")
            if name not in expected:
                continue
            domain = eval(  # pylint: disable=eval-used
                node.get("domain"), {"uid": self.env.uid}
            )
            found = self.env["recurring.subscription"].search(
                [("id", "in", (mine | without).ids), *domain]
            )
            if expected[name] is not None:
                self.assertEqual(found, expected[name], name)
            expected.pop(name)
        self.assertFalse(expected, "every filter was tried")

    def test_settings_of_the_company(self):
        with Form(self.env["res.config.settings"]) as form:
            form.rr_invoice_policy = "draft"
            form.rr_invoice_date = "period_start"
            form.rr_invoice_grouping = "customer"
        form.record.execute()
        self.assertEqual(self.company.rr_invoice_policy, "draft")
        self.assertEqual(self.company.rr_invoice_date, "period_start")
        sub = self.env["recurring.subscription"].create(
            {"partner_id": self.customer.id, "plan_id": self.monthly.id}
        )
        self.assertEqual(sub.invoice_grouping, "customer")

    def test_line_in_a_draft_ends_on_its_last_day(self):
        draft = self.env["recurring.subscription"].create(
            {
                "partner_id": self.customer.id,
                "plan_id": self.monthly.id,
                "start_date": "2026-04-01",
                "line_ids": [
                    Command.create(
                        {
                            "charge_id": self.monthly.current_version_id.charge_ids.id,
                            "last_day": "2026-04-15",
                        }
                    )
                ],
            }
        )
        self.assertEqual(draft.line_ids.end_date, date(2026, 4, 16))
        draft.action_activate()
        self._bill("2026-04-16")
        self.assertBilled(draft, [("charge", "2026-04-01", "2026-04-15", 15.0)])
