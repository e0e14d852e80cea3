"""Sending waits in a queue and never touches the billing (PEERS 5)."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-01")
class TestBillingSending(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "acme@example.com"
        cls.company.email = "us@example.com"

    def _send_queue(self):
        """Let Odoo's own scheduled action send what waits, without its commits."""
        with patch.object(
            self.registry["ir.cron"],
            "_commit_progress",
            lambda *args, **kwargs: float("inf"),
        ):
            self.env["account.move"]._cron_account_move_send()

    def test_not_sent_unless_asked(self):
        self._subscribe(self._plan(), "2025-01-01")
        self.assertFalse(self._bill("2025-01-01").move_ids.sending_data)

    def test_queued_with_the_author_of_the_run(self):
        self.company.rr_send_invoices = True
        no_mail = self._customer("Without e-mail")
        self._subscribe(self._plan(), "2025-01-01")
        self._subscribe(self._plan(), "2025-01-01", no_mail)
        cron = self.env.ref("account.ir_cron_account_move_send")
        calls = [("cron_id", "=", cron.id)]
        before = self.env["ir.cron.trigger"].search_count(calls)
        run = self._bill("2025-01-01")
        self.assertGreater(self.env["ir.cron.trigger"].search_count(calls), before)
        waiting = run.move_ids.filtered("sending_data")
        self.assertEqual(waiting.partner_id, self.customer)
        self.assertEqual(waiting.sending_data["author_user_id"], run.user_id.id)
        self.assertEqual(set(run.move_ids.mapped("state")), {"posted"})

    def test_a_failure_to_send_leaves_the_books_alone(self):
        self.company.rr_send_invoices = True
        sub = self._subscribe(self._plan(), "2025-01-01")
        invoice = self._bill("2025-01-01").move_ids
        rows = sub.billed_item_ids
        with (
            patch.object(
                self.registry["account.move.send"],
                "_generate_and_send_invoices",
                side_effect=UserError("The mail server is down"),
            ),
            self.assertRaisesRegex(UserError, "down"),
        ):
            self._send_queue()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(sub.billed_item_ids, rows)
        self.assertEqual(self._bill("2025-01-01").invoice_count, 0)
