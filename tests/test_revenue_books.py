"""What people do to documents by hand leaves the deferred account as schedules say."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..models.guard import applying
from .common_revenue import RevenueCommon

CAUSES = ("terminated", "modification", "past", "error")
YEAR = ("2026-01-01", "2026-12-31")


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueBesideLines(RevenueCommon):
    """Only what schedules follow stands on the deferred account."""

    def setUp(self):
        super().setUp()
        self.reductions = self.env.ref(f"account.{self.company.id}_pcg_7096")
        self.company.account_discount_expense_allocation_id = self.reductions

    def test_a_discount_shown_apart(self):
        sub = self._subscribe(self._yearly(), "2026-01-01", lines=[{"discount": 10}])
        self._bill("2026-01-01")
        invoice = sub.billed_item_ids.move_id
        self.assertEqual(self._balance(self.deferred), 1080)
        self.assertAgrees()
        income = invoice.invoice_line_ids.rr_revenue_account_id
        self.assertEqual(self._balance(income), 120)
        self.assertEqual(self._balance(self.reductions), -120)
        self._credit_note(invoice, "2026-04-10", cause="terminated", since=YEAR[0])
        self.assertAgrees()
        self.assertEqual(self._balance(self.reductions), 0)

    def test_a_discount_changed_in_between(self):
        invoice = self._invoice("2026-01-01", 1200, *YEAR)
        invoice.button_draft()
        invoice.invoice_line_ids.discount = 20
        invoice.action_post()
        self.assertEqual(self._balance(self.deferred), 960)
        self.assertAgrees()

    def test_a_tax_without_an_account(self):
        lines = self.tax.repartition_line_ids
        lines.filtered(lambda own: own.repartition_type == "tax").account_id = False
        self._invoice("2026-01-01", 1200, *YEAR)
        sub = self._subscribe(self._yearly(), "2026-01-01")
        self._bill("2026-01-01")
        self.assertEqual(self._balance(self.deferred), 2400)
        with freeze_time("2026-04-10"):
            sub.action_cancel("now", credit=True)
            self._bill("2026-04-10")
        self.assertAgrees()

    def test_a_line_typed_on_the_deferred_account(self):
        invoice = self._invoice("2026-01-01", 1200, *YEAR, post=False)
        income = invoice.invoice_line_ids.account_id
        invoice.invoice_line_ids.account_id = self.deferred
        invoice.action_post()
        self.assertEqual(self._schedule(invoice).revenue_account_id, income)
        self.assertAgrees()
        credit = self._credit_note(invoice, "2026-02-10", post=False)
        credit.invoice_line_ids.account_id = self.deferred
        credit.action_post()
        self.assertAgrees()
        self.assertEqual(self._balance(self.deferred), 0)

    def test_such_a_line_within_its_month(self):
        invoice = self._invoice(
            "2026-01-01", 100, "2026-01-01", "2026-01-31", post=False
        )
        income = invoice.invoice_line_ids.account_id
        invoice.invoice_line_ids.account_id = self.deferred
        invoice.action_post()
        self.assertEqual(invoice.invoice_line_ids.account_id, income)

    def test_such_a_line_whose_product_is_sold_there(self):
        invoice = self._invoice("2026-01-01", 1200, *YEAR, post=False)
        product = invoice.invoice_line_ids.product_id
        product.property_account_income_id = self.deferred
        invoice.invoice_line_ids.account_id = self.deferred
        with self.assertRefused("Choose an account of revenue"):
            invoice.action_post()

    def test_vat_on_receipts_names_its_base_elsewhere(self):
        waiting = self.env["account.account"].create(
            {
                "name": "VAT to come",
                "code": "445799",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        self.company.tax_exigibility = True
        self.company.account_cash_basis_base_account_id = False
        self.tax.write(
            {
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": waiting.id,
            }
        )
        invoice = self._invoice("2026-01-01", 1200, *YEAR)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": "2026-02-10", "amount": 720})._create_payments()
        entry = self.env["account.move"].search(
            [("tax_cash_basis_origin_move_id", "=", invoice.id)]
        )
        self.assertEqual(self._balance(waiting), 120)
        self.assertNotIn(self.deferred, entry.line_ids.account_id)
        self._credit_note(invoice, "2026-04-10", cause="terminated", since=YEAR[0])
        self.assertAgrees()


@tagged("post_install", "-at_install")
@freeze_time("2028-01-15")
class TestRevenueByHand(RevenueCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice("2026-01-01", 1200, *YEAR)
        self.schedule = self._schedule(self.invoice)

    def test_credited_again_after_all_was_given_back(self):
        for cause in CAUSES:
            invoice = self._invoice("2026-01-01", 1200, *YEAR)
            first = self._credit_note(
                invoice, "2026-01-10", cause="terminated", since=YEAR[0]
            )
            first.button_draft()
            self.assertEqual(self._schedule(invoice).deferred, 1200)
            first.action_post()
            self._credit_note(invoice, "2026-02-10", 10, cause, "2026-01-15")
            self.assertAgrees()
            self.assertEqual(self._schedule(invoice).deferred, -10)

    def test_a_credit_note_that_is_reversed(self):
        """Each takes back what the one before it gave: the months are as they were."""
        months = self._months(self.schedule)
        for cause in CAUSES:
            credit = self._credit_note(
                self.invoice, "2026-02-10", 600, cause, "2026-02-01"
            )
            [again] = credit._reverse_moves(
                [{"invoice_date": "2026-02-11", "date": "2026-02-11"}]
            )
            again.action_post()
            self.assertEqual(self._months(self.schedule), months)
            self.assertAgrees()

    def test_two_lines_of_a_credit_note_for_one(self):
        credit = self._credit_note(self.invoice, "2026-02-10", 100, "error", post=False)
        line = credit.invoice_line_ids
        values = {
            "product_id": line.product_id.id,
            "price_unit": 50,
            "deferred_start_date": YEAR[0],
            "deferred_end_date": YEAR[1],
        }
        credit.invoice_line_ids = [Command.create(values)]
        other = credit.invoice_line_ids - line
        applying(other).rr_schedule_id = self.schedule
        credit.action_post()
        self.assertEqual(self.schedule.deferred, 1050)
        credit.button_draft()
        self.assertEqual(self.schedule.deferred, 1200)
        self.assertAgrees()

    def test_a_draft_credit_note_goes_first(self):
        credit = self._credit_note(self.invoice, "2026-01-10", post=False)
        with self.assertRefused("delete it first"), self.env.cr.savepoint():
            self.invoice.button_draft()
        credit.button_cancel()
        self.invoice.button_draft()
        self.assertFalse(credit.invoice_line_ids.rr_schedule_id)

    def test_the_corrected_invoice_is_for_the_same_days(self):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        action = wizard.create(
            {
                "journal_id": self.invoice.journal_id.id,
                "date": "2026-04-10",
                "rr_credit_cause": "error",
            }
        ).modify_moves()
        again = self.env["account.move"].browse(action["res_id"])
        again.invoice_date = "2026-04-10"
        again.action_post()
        self.assertEqual(self._schedule(again).date_start, self.schedule.date_start)
        self.assertEqual(self._balance(self.deferred), 1200)
        self.assertAgrees()

    def test_a_posted_line_stands(self):
        line = self.invoice.invoice_line_ids
        for values in (
            {"account_id": line.rr_revenue_account_id.id},
            {"deferred_end_date": "2026-06-30"},
        ):
            with self.assertRefused("account and days of service stand"):
                line.write(values)

    def test_an_entry_of_a_closing_is_not_reversed_by_hand(self):
        run = self._close("2026-01")
        with self.assertRefused("Take the closing back"):
            run.move_ids._reverse_moves([{"date": "2026-02-01"}], cancel=True)
        run.action_undo()
        self.assertAgrees()

    def test_credits_of_what_was_revenue_before_the_policy(self):
        """The invoice was booked as revenue, and so are its credits, whatever the
        policy of their own day."""
        self.invoice.button_draft()
        self.policy.date_from = "2026-03-01"
        self.invoice.action_post()
        sub = self._subscribe(self._yearly(), "2026-01-01")
        self._bill("2026-01-01")
        with freeze_time("2026-04-10"):
            sub.action_cancel("now", credit=True)
            self._bill("2026-04-10")
        self._credit_note(self.invoice, "2026-04-10", 600, "terminated", "2026-04-01")
        self.assertFalse(self.env["recurring.revenue.schedule"].search([]))
        self.assertEqual(self._balance(self.deferred), 0)

    def test_a_claim_given_up_says_what_is_not_served(self):
        self._close("2026-03")
        action = self.invoice.action_rr_bad_debt()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.amount_deferred, 904.11)
        wizard.action_book()
        self.assertAgrees()
        self.assertEqual(self._balance(self.deferred), 904.11)
        other = self._invoice("2026-01-01", 100)
        action = other.action_rr_bad_debt()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.amount_deferred, 0)

    def test_deferral_of_odoo_that_is_being_upgraded(self):
        modules = self.env["ir.module.module"]
        rival = modules.search([("name", "=", "account_accountant")])
        rival = rival or modules.create({"name": "account_accountant"})
        self.env.registry.clear_cache("stable")
        for state in ("installed", "to upgrade", "to remove"):
            rival.state = state
            self.assertTrue(self.company._revenue_rival())
        rival.state = "to install"
        self.assertFalse(self.company._revenue_rival())
