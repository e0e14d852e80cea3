"""A duplicate is a clean draft."""

from datetime import date

from odoo.tests import Form, freeze_time, tagged

from .common_life import LifeCommon


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
