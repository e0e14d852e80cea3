"""Cards, attestations, calls for dues: what they say, to whom, and when they refuse."""

import base64
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_documents import IBAN, DocumentsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 10:00:00")
class TestMembershipDocuments(DocumentsCommon):
    # ------------------------------------------------------------------
    # Card
    # ------------------------------------------------------------------

    def test_card(self):
        member = self._adherent()
        card = member._card()
        self.assertEqual(card["member"], "Ann Smith")
        self.assertEqual(card["last"], "August 31, 2027")
        self.assertTrue(card["qr"].startswith("data:image/png;base64,"))
        self.assertEqual(
            card["address"].partition("/membership/")[2],
            f"check/{member._check_token()}?number={member.number}&until=2027-08-31",
        )
        self.assertEqual(
            self._text("action_report_membership_card", member),
            "Les Amis du Jardin Membership card Ann Smith Member "
            f"No. {member.number} Valid until August 31, 2027 RNA W751234567 "
            "Scan to check validity",
        )

    def test_card_in_the_members_language(self):
        self.member_lang = "fr_FR"
        member = self._adherent()
        tree = self._html("action_report_membership_card", member)
        [article] = tree.xpath("//div[@class='article']")
        self.assertEqual(article.get("data-oe-lang"), "fr_FR")
        self.assertIn("31 août 2027", article.text_content())

    def test_no_card_for_who_is_not_up_to_date(self):
        member = self._adherent(paid=False)
        for report in ("membership_card", "attestation"):
            with self.assertRefused("is “Pending” on November 21, 2026"):
                self._text(f"action_report_{report}", member)
        with self.assertRefused("only who is up to date gets it"):
            member.action_print_card()
        with self.assertRefused("None of them is up to date"):
            member._start_documents("cards")

    def test_honorary_and_for_life(self):
        honorary = self._adherent(paid=False, category_id=self.honorary.id)
        lifelong = self._adherent("Bob", paid=False, lifetime_from="2026-01-01")
        for member in honorary | lifelong:
            text = self._text("action_report_membership_card", member)
            self.assertIn("Valid without limit of time", text)
            self.assertNotIn("until", member._card()["address"])
        self.assertIn(
            "is an honorary member, since September 1, 2026.",
            self._text("action_report_attestation", honorary),
        )
        self.assertIn(
            "is a member for life", self._text("action_report_attestation", lifelong)
        )

    def test_ten_cards_on_a_sheet(self):
        members = self.env["recurring.membership"]
        for number in range(12):
            members |= self._adherent(f"Member {number}")
        late = self._adherent("Late", paid=False)
        tree = self._html("action_report_membership_cards", members)
        sheets = tree.xpath("//div[contains(@class, 'rr-page')]")
        self.assertEqual(
            [len(sheet.xpath(".//img[contains(@style, '24mm')]")) for sheet in sheets],
            [10, 2],
        )
        action = (members | late)._start_documents("cards")
        run = self.env["recurring.print.run"].browse(action["res_id"])
        self.assertEqual(
            run.name, "Membership cards on A4 sheets – 1 left out: not up to date"
        )
        self.assertEqual(
            [len(line.res_ids) for line in run.line_ids.sorted("id")], [10, 2]
        )

    # ------------------------------------------------------------------
    # Attestations
    # ------------------------------------------------------------------

    def test_attestation(self):
        member = self._adherent()
        self.assertEqual(
            self._text("action_report_attestation", member),
            "Les Amis du Jardin 12 rue de la Butte, 75013 Paris "
            f"{self.company.phone or ''}".strip()
            + (" – " if self.company.phone else "")
            + " – ".join(filter(None, (self.company.email, self.company.website)))
            + " RNA W751234567 Attestation of membership The association "
            "Les Amis du Jardin certifies that Ann Smith 3 allée des Tilleuls, "
            f"44000 Nantes Member number {member.number} – Member is a member, first "
            "joined on September 1, 2026, and is up to date with the dues for the "
            "period from September 1, 2026 to August 31, 2027. It is issued at the "
            "member's request, for whatever purpose it may serve. Done at Paris, on "
            "November 21, 2026. For the association Les Amis du Jardin, "
            "Marie Curie, secretary",
        )

    def test_attestation_for_another_day(self):
        member = self._adherent()
        past = member.with_context(membership_day="2026-11-01")
        with self.assertRefused("is “Pending” on November 1, 2026"):
            past._attestation()
        later = member.with_context(membership_day="2027-03-01")
        self.assertEqual(later._attestation()["day"], "March 1, 2027")
        self.assertIn(
            "describes the situation on March 1, 2027",
            self._text("action_report_attestation", later),
        )

    def test_two_seasons_are_one_period(self):
        member = self._adherent()
        with freeze_time("2027-08-01"):
            dues = member._call_dues(date(2027, 8, 1))
            dues.action_call()
            dues._receive(
                dues.payer_id,
                date(2027, 8, 1),
                Decimal("60"),
                journal_id=self.bank.id,
            )
            texts = member._attestation()
        self.assertEqual(
            (texts["first"], texts["last"]), ("September 1, 2026", "August 31, 2028")
        )

    def test_payment(self):
        council = self.env["res.partner"].create({"name": "Works council"})
        member = self._adherent(paid=False)
        dues = self._call(member)
        self._pay(dues, "30", council, mode="transfer")
        self._pay(dues, "40", mode="cheque")
        texts = member._payment_attestation()
        self.assertEqual(
            [(row["payer"], row["mode"], row["amount"]) for row in texts["rows"]],
            [
                ("Works council", "Bank transfer", "30.00\xa0€"),
                ("Ann Smith", "Cheque", "30.00\xa0€"),
                ("Ann Smith", "Cheque", "10.00\xa0€"),
            ],
        )
        self.assertEqual(texts["total"], "70.00\xa0€")
        text = self._text("action_report_payment", member)
        for word in ("tax", "reduction", "receipt"):
            self.assertNotIn(word, text.lower().replace("received", ""))
        self.assertIn("Total 70.00 €", text)

    def test_nothing_was_paid(self):
        member = self._adherent(paid=False)
        with self.assertRefused("Nothing was received for the dues of"):
            member.action_print_payment()

    def test_payment_that_came_back(self):
        member = self._adherent(paid=False)
        contribution = self._pay(self._call(member))
        self.assertEqual(contribution._payment_attestation()["total"], "70.00\xa0€")
        contribution._return(date(2026, 11, 20), "No money")
        with self.assertRefused("Nothing was received"):
            member._payment_attestation()
        with self.assertRefused("Only a payment that was booked"):
            contribution._payment_attestation()

    # ------------------------------------------------------------------
    # Calls and letters
    # ------------------------------------------------------------------

    def _household(self):
        first = self._adherent("Ann Smith", "2026-11-10", paid=False)
        second = self._adherent(
            "Bob Smith", "2026-11-10", paid=False, payer_id=first.partner_id.id
        )
        return self._call(first | second)

    def test_call(self):
        self.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": self.company.partner_id.id}
        )
        dues = self._household()
        self._pay(dues, "30")
        texts = dues._call_document()
        self.assertEqual(
            texts["recipient"], ["Ann Smith", "3 allée des Tilleuls", "44000 Nantes"]
        )
        self.assertEqual(
            [(row["member"], row["what"], row["how"]) for row in texts["rows"]],
            [
                ("Ann Smith", "Dues", "60.00\xa0€ × 10 of 12 months"),
                ("Ann Smith", "Entrance fee", ""),
                ("Bob Smith", "Dues", "60.00\xa0€ × 10 of 12 months"),
                ("Bob Smith", "Entrance fee", ""),
            ],
        )
        self.assertEqual([row["again"] for row in texts["rows"]], [0, 1, 0, 1])
        self.assertEqual(
            (texts["total"], texts["received"], texts["left"]),
            ("120.00\xa0€", "30.00\xa0€", "90.00\xa0€"),
        )
        self.assertEqual(texts["bank"]["iban"], "FR14 2004 1010 0505 0001 3M02 606")
        text = self._text("action_report_dues", dues)
        for part in (
            f"Call for dues {dues.name}",
            "Total 120.00 €",
            "Left to pay 90.00 €",
            "Please pay 90.00 € by December 12, 2026",
            f"Reference {dues.name}",
            "This call for dues is not an invoice.",
        ):
            self.assertIn(part, text)

    def test_how_it_is_worked_out_in_french(self):
        self.member_lang = "fr_FR"
        dues = self._household()
        self.assertIn(
            "10 mois sur 12", dues.with_context(lang="fr_FR")._rows()[0]["how"]
        )

    def test_sepa_qr_code(self):
        """EPC069-12: version 2, UTF-8, in euro with two decimals."""
        dues = self._household()
        self.assertEqual(
            dues._sepa_text(IBAN, "", "Les Amis du Jardin", Decimal("90")),
            "BCD\n002\n1\nSCT\n\nLes Amis du Jardin\nFR1420041010050500013M02606\n"
            f"EUR90.00\n\n\n{dues.name}",
        )
        self.assertFalse(dues._bank_texts(Decimal("90")))  # no account, no code

    def test_paid_and_cancelled_calls(self):
        dues = self._household()
        self._pay(dues)
        text = self._text("action_report_dues", dues)
        self.assertIn("Nothing is left to pay. Thank you!", text)
        self.assertNotIn("How to pay", text)
        other = self._call(self._adherent("Cleo", paid=False))
        other.action_cancel()
        with self.assertRefused("was cancelled: there is nothing to print"):
            self._text("action_report_dues", other)

    def test_renewal_letter(self):
        member = self._adherent()
        with freeze_time("2027-08-01"):
            dues = member._call_dues(date(2027, 8, 1))
            text = self._text("action_report_renewal_letter", dues)
        self.assertIn("Your membership ends on August 31, 2027.", text)
        self.assertIn("Marie Curie, secretary", text)
        with freeze_time("2027-09-10"):
            text = self._text("action_report_renewal_letter", dues)
        self.assertIn("Your membership ended on August 31, 2027.", text)
        self.company.rr_letter_text = "<p>Come back, we planted roses.</p>"
        text = self._text("action_report_renewal_letter", dues)
        self.assertIn("Come back, we planted roses.", text)
        self.assertNotIn("Your membership ended", text)

    # ------------------------------------------------------------------
    # Rights, e-mails
    # ------------------------------------------------------------------

    def test_the_secretary_needs_no_accounting_rights(self):
        member = self._adherent()
        dues = member.dues_line_ids.dues_id
        secretary = new_test_user(
            self.env, "secretary", "recurring_revenue.group_secretary", lang="en_US"
        )
        self.env.invalidate_all()
        reports = self.env["ir.actions.report"].with_user(secretary)
        for report, record in (
            ("membership_card", member),
            ("attestation", member),
            ("payment", member),
            ("dues", dues),
            ("renewal_letter", dues),
        ):
            reports._render_qweb_html(
                f"recurring_revenue.action_report_{report}", record.ids
            )
        mine = member.with_user(secretary)
        self.assertEqual(mine.action_print_card()["type"], "ir.actions.report")
        composer = mine.action_send_attestation()
        self.assertEqual(composer["res_model"], "mail.compose.message")
        run = mine._start_documents("attestation", send=True)
        run = mine.env["recurring.print.run"].browse(run["res_id"])
        self.assertEqual(run.user_id, secretary)
        portal = new_test_user(self.env, "portal", "base.group_portal")
        with self.assertRaises(AccessError):
            member.with_user(portal)._start_documents("card")

    def test_who_gets_the_e_mail(self):
        guardian = self.env["res.partner"].create(
            {"name": "Mother", "email": "mother@example.com"}
        )
        child = self._adherent(
            "Child", category_id=self.member_category.id, guardian_id=guardian.id
        )
        self.assertEqual(child._document_recipient(), guardian)
        payer = self.env["res.partner"].create(
            {"name": "Payer", "email": "payer@example.com"}
        )
        member = self._adherent("Ann", payer_id=payer.id)
        self.assertEqual(member._document_recipient(), payer)
        member.partner_id.email = "ann@example.com"
        self.assertEqual(member._document_recipient(), member.partner_id)

    def test_cards_by_e_mail(self):
        member = self._adherent()
        member.partner_id.email = "ann@example.com"
        late = self._adherent("Late", paid=False)
        action = (member | late)._start_documents("card", send=True)
        run = self.env["recurring.print.run"].browse(action["res_id"])
        with patch.object(
            type(run), "_commit_document", lambda *args, **kwargs: float("inf")
        ):
            run._work()
        run.invalidate_recordset()
        self.assertEqual(run.line_ids.mapped("state"), ["sent", "failed"])
        self.assertIn("only who is up to date gets it", run.line_ids[1].message)
        mail = run.line_ids[0].mail_id
        self.assertEqual(mail.subject, "Your membership card of Les Amis du Jardin")
        self.assertEqual(
            mail.attachment_ids.mapped("name"), [f"Membership card {member.number}.pdf"]
        )
        self.assertEqual(
            mail.attachment_ids.raw, base64.b64decode(run.line_ids[0].document)
        )
