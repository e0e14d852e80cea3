"""In the browser: from the preview to the record, and Today."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingTours(BillingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan("Tour", [{"unit_price": 100.0}])
        cls.officer = new_test_user(
            cls.env,
            "rr_officer",
            "recurring_revenue.group_billing,base.group_partner_manager",
            lang="en_US",
        )
        start = fields.Date.to_string(fields.Date.today())
        cls.one, cls.two, cls.bad = (
            cls._subscribe(cls.plan, start, cls._customer(name))
            for name in ("Tour One", "Tour Two", "Tour Bad")
        )
        cls.bad.partner_id.active = False

    def test_from_preview_to_record(self):
        """The worker runs when the page asks a second time how far it is."""
        run_class = type(self.env["recurring.billing.run"])
        read = run_class.read
        looks = []

        def read_and_work(runs, names=None, load="_classic_read"):
            if names and "progress_text" in names and len(names) == 3:
                looks.append(runs)
                if len(looks) == 2:
                    with patch.object(
                        run_class, "_commit_batch", lambda *args, **kw: float("inf")
                    ):
                        runs.sudo()._work()
            return read(runs, names, load)

        read_and_work._readonly = False  # this look does more than look
        self.patch(run_class, "read", read_and_work)
        self.start_tour("/odoo/today", "rr_billing_run", login="rr_officer")
        run = self.env["recurring.billing.run"].search([], limit=1)
        self.assertEqual(
            (run.state, run.invoice_count, run.problem_count), ("done", 2, 1)
        )
        self.assertEqual(run.user_id, self.officer)
        self.assertGreaterEqual(len(looks), 2)

    def test_today(self):
        self._bill(fields.Date.today())
        self.two.action_hold("waits for a signature")
        self.two.env.cr.execute(
            "UPDATE recurring_subscription SET next_billing_date = %s WHERE id = %s",
            (fields.Date.today(), self.two.id),
        )
        self.env.invalidate_all()
        self.start_tour("/odoo/today", "rr_today", login="rr_officer")

    def test_bill_again_from_today(self):
        self._bill(fields.Date.today())
        self.assertTrue(self.bad.problem_message)
        self.bad.partner_id.active = True
        self.start_tour("/odoo/today", "rr_today_bill_again", login="rr_officer")
        run = self.env["recurring.billing.run"].search([], limit=1)
        self.assertEqual((run.state, run.user_id), ("running", self.officer))
        with patch.object(type(run), "_commit_batch", lambda *args, **kw: float("inf")):
            run._work()
        self.assertEqual((run.state, run.invoice_count), ("done", 1))
        self.assertFalse(self.bad.problem_message)

    def test_first_use(self):
        self.start_tour("/odoo/today", "rr_today_first_use", login="admin")
