"""Receipts cancelled, replaced, printed again; and what the books do to them."""

from datetime import date
from html import unescape
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.guard import applying
from .common_receipts import ReceiptCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-01-12")
class TestTaxReceiptLife(ReceiptCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.money = cls._given(230, "2026-03-04")
        cls.treasurer = new_test_user(
            cls.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        receipts = cls.env["recurring.tax.receipt"].with_user(cls.treasurer)
        cls.receipt = receipts._issue_for(cls.money.with_user(cls.treasurer))
        cls.receipt = cls.receipt.with_env(cls.env)

    def test_cancel(self):
        with self.assertRefused("Say why"):
            self.receipt.action_cancel(" ")
        self.receipt.action_cancel("Wrong name")
        self.assertEqual(
            (self.receipt.state, self.receipt.cancel_reason, self.receipt.number),
            ("cancelled", "Wrong name", 1),
        )
        self.assertEqual(self.receipt.cancelled_by_id, self.env.user)
        self.assertFalse(self.money.receipt_id)
        self.assertEqual(self.money.receipt_ids, self.receipt)
        with self.assertRefused("was cancelled already"):
            self.receipt.action_cancel("Again")
        again = self.env["recurring.tax.receipt"]._issue_for(self.money)
        self.assertEqual(again.name, "2027-00002")

    def test_replace(self):
        self.donor.name = "Jeanne Durand"
        new = self.receipt.action_replace("Wrong name")
        self.assertEqual((new.name, new.donor_name), ("2027-00002", "Jeanne Durand"))
        self.assertEqual(new.replaces_id, self.receipt)
        self.assertEqual(self.receipt.replaced_by_id, new)
        self.assertEqual(self.receipt.donor_name, "Jeanne Martin")
        self.assertEqual(self.money.receipt_id, new)

    def test_replace_what_is_no_gift_any_more(self):
        self.basis.allows_income_tax = False
        with self.assertRefused("does not allow"):
            self.receipt.action_replace("Wrong name")
        self.assertEqual(self.receipt.state, "issued")

    def test_duplicates_have_the_same_number(self):
        self.receipt._note_printed()
        self.receipt._note_duplicate()
        self.receipt._note_duplicate()
        self.assertEqual(self.receipt.duplicate_count, 2)
        self.assertIn("Duplicate 2", self.receipt.message_ids[0].body)
        self.assertEqual(self.receipt.name, "2027-00001")

    def test_payment_came_back(self):
        self.money._return(date(2027, 1, 20), "Cheque without cover")
        self.assertEqual(self.receipt.state, "cancelled")
        self.assertIn("Cheque without cover", self.receipt.cancel_reason)
        self.assertIn("Cheque without cover", self.receipt.message_ids[0].body)
        [activity] = self.receipt.activity_ids
        self.assertIn("2027-00001 is void", activity.summary)

    def test_a_return_that_is_refused_cancels_nothing(self):
        with self.assertRefused("Say why"):
            self.money._return(date(2027, 1, 20), "")
        self.assertEqual(self.receipt.state, "issued")

    def test_credit_note(self):
        accountant = new_test_user(
            self.env, "accountant", groups="account.group_account_invoice"
        )
        credit = self.money.move_id._reverse_moves([{"date": "2027-01-20"}])
        self.assertEqual(self.receipt.state, "issued")
        credit.with_user(accountant).action_post()
        self.assertEqual(self.receipt.state, "cancelled")
        self.assertIn(credit.name, self.receipt.cancel_reason)
        self.assertEqual(self.receipt.cancelled_by_id, accountant)
        self.assertEqual(self.receipt.activity_ids.user_id, self.treasurer)

    def test_entry_set_back_to_draft(self):
        self.money.move_id.button_draft()
        self.assertEqual(self.receipt.state, "cancelled")

    def test_payment_reversed(self):
        self.money.payment_id.move_id._reverse_moves(
            [{"date": "2027-01-20"}], cancel=True
        )
        self.assertEqual(self.receipt.state, "cancelled")

    def test_payment_set_back_to_draft(self):
        self.money.payment_id.action_draft()
        self.assertEqual(self.receipt.state, "cancelled")

    def test_a_receipt_of_a_year_falls_with_one_gift(self):
        """The others of the year are certified by the next one."""
        other = self._given(50, "2026-05-04", self._donor("Paul"))
        second = self._given(70, "2026-06-04", other.partner_id)
        both = self.env["recurring.tax.receipt"]._issue_for(other | second, "year")
        self.assertEqual(both.amount, 120)
        second._return(date(2027, 1, 20), "Cheque without cover")
        self.assertEqual(both.state, "cancelled")
        again = self.env["recurring.tax.receipt"]._issue_for(other, "year")
        self.assertEqual(again.amount, 50)

    def test_two_receipts_cannot_certify_one_gift(self):
        """The index behind the rule: even who holds the key cannot."""
        row = self.receipt.line_ids.copy_data()[0]
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.env["recurring.tax.receipt.line"].create(row)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            applying(self.env["recurring.tax.receipt.line"]).create(row)

    def test_gift_booked_by_mistake(self):
        self.money._cancel(date(2027, 1, 20), "It was for the other choir")
        self.assertEqual(self.receipt.state, "cancelled")
        self.assertIn("the other choir", self.receipt.cancel_reason)
        self.assertEqual(len(self.receipt.activity_ids), 1)

    def test_printed_in_the_background(self):
        """Several at once: one document each; noted when they are made."""
        more = self._given(10, "2026-03-05", self._donor("Paul"))
        both = self.receipt | self.env["recurring.tax.receipt"]._issue_for(more)
        action = both.action_print()
        run = self.env["recurring.print.run"].browse(action["res_id"])
        self.assertFalse(both.filtered("printed_on"))
        html = b"%PDF-1.4"
        with patch.object(
            self.env.registry["recurring.print.run"],
            "_render_document",
            lambda run, records: html,
        ):
            while run._make_next():
                continue
        self.assertEqual(len(both.filtered("printed_on")), 2)
        self.assertFalse(any(both.mapped("is_out")))
        with freeze_time("2027-02-01"):
            both.invalidate_recordset()
            self.assertTrue(all(both.mapped("is_out")))
            both[0].action_print()
            self.assertEqual(both.mapped("duplicate_count"), [1, 0])

    def test_the_paper(self):
        """Every mention, in the donor's language; cancelled and duplicate marked."""
        html = self._html(self.receipt)
        for text in (
            "2027-00001",
            "Les Amis de la musique",
            "RNA W691234567",
            "12 rue des Lilas, 69003 Lyon",
            "Music for all",
            "Jeanne Martin",
            "1 place Bellecour, 69002 Lyon, France",
            "***230.00 \N{EURO SIGN}***",
            "two hundred and thirty euros",
            "03/04/2026",
            "Article 978",
            "L. 80 C",
            "1740 A",
            "Claire Fontaine, Treasurer",
            "data:image/png",
        ):
            self.assertIn(text, html)
        self.assertNotIn("DUPLICATE", html)
        self.receipt._note_duplicate()
        self.assertIn("DUPLICATE", self._html(self.receipt))
        new = self.receipt.action_replace("Wrong name")
        html = self._html(self.receipt)
        self.assertIn("CANCELLED", html)
        self.assertIn("Wrong name. Replaced by receipt 2027-00002.", html)
        self.assertIn("In place of receipt", self._html(new))

    def test_the_paper_of_a_year(self):
        """Each day with its amount; money apart from the rest; one row of waivers."""
        donor = self._donor("Paul")
        receipts = self.env["recurring.tax.receipt"]
        gifts = self._given(20, "2026-03-01", donor) | self._given(
            30, "2026-04-01", donor
        )
        html = self._html(receipts._issue_for(gifts, "year"))
        self.assertIn("2 payments from 03/01/2026 to 04/01/2026", html)
        self.assertIn("04/01/2026 (", html)
        self.assertNotIn("Of it", html)
        receipt = receipts._issue_for(self._given(100, "2026-05-01", donor))
        waived = receipt.line_ids.copy_data()[0] | {
            "nature": "expenses",
            "amount": 5,
            "is_cancelled": True,
        }
        applying(receipt.line_ids).create([dict(waived) for _ in range(8)])
        html = self._html(receipt)
        self.assertIn("waived by 8 renunciations", html)
        self.assertIn("Of it not in money", html)

    def test_the_paper_of_a_company(self):
        """By the form of companies: no volunteers, but staff."""
        receipts = self.env["recurring.tax.receipt"]
        firm = receipts._issue_for(self._given(50, "2026-03-01", self._firm()))
        html = self._html(firm)
        self.assertIn("16216*03 - 2041-MEC-SD", html)
        self.assertIn("staff on secondment", html)
        self.assertNotIn("volunteer", html)
        self.assertIn("SAS, 732 829 320", html)

    def _html(self, receipt):
        content = self.env["ir.actions.report"]._render_qweb_html(
            "recurring_revenue.report_tax_receipt", receipt.ids
        )[0]
        text = unescape(content.decode())
        return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())

    def test_what_a_gift_is_worth(self):
        """2,500 to an aid organisation in 2026: 75 % of 2,000 and 66 % of 500."""
        self.assertEqual(self.receipt.advantage, 151.8)
        self.basis.basis = "aid"
        receipts = self.env["recurring.tax.receipt"]
        donor = self._donor("Emily")
        first = receipts._issue_for(self._given(1500, "2026-05-01", donor))
        self.assertEqual(first.advantage, 1125)
        second = receipts._issue_for(self._given(1000, "2026-06-01", donor))
        self.assertEqual((second.advantage, first._advantage()), (1830, 1830))
        self.assertIn("1,830.00", second.advantage_text)
        firm = receipts._issue_for(self._given(1000, "2026-06-01", self._firm()))
        self.assertEqual(firm.advantage, 600)
        firm.action_cancel("No")
        self.assertEqual((firm.advantage, firm.advantage_text), (0, False))

    def test_cancel_by_the_window(self):
        self.receipt._note_printed()
        wizard = self.env["recurring.tax.receipt.cancel"].create(
            {"receipt_id": self.receipt.id, "reason": "Wrong name", "replace": True}
        )
        self.assertTrue(wizard.was_handed_over)
        action = wizard.action_confirm()
        self.assertEqual(action["res_id"], self.receipt.replaced_by_id.id)
