"""Documents as PDF on the portal, and the page that checks a card."""

import io

from lxml import html

from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from .common_documents import DocumentsCommon


@tagged("post_install", "-at_install")
class TestMembershipDocumentsPages(DocumentsCommon, HttpCase):
    def test_pdf_for_the_portal(self):
        """One page each, the card of the size of a credit card."""
        with freeze_time("2026-11-21"):
            member = self._adherent()
        dues = member.dues_line_ids.dues_id
        day = {"membership_day": "2026-11-21", "force_report_rendering": True}
        with (
            self.allow_pdf_render(),
            mute_logger("odoo.addons.base.models.ir_actions_report"),
        ):
            made = [
                member.with_context(**day)._rr_document("card"),
                member.with_context(**day)._rr_document("attestation"),
                member.with_context(**day)._rr_document("payment"),
                dues.with_context(**day)._rr_document("call"),
                dues.with_context(**day)._rr_document("letter"),
            ]
        self.assertEqual(
            [name for _content, name in made],
            [
                f"Membership card {member.number}.pdf",
                f"Attestation of membership {member.number}.pdf",
                f"Attestation of payment {member.number}.pdf",
                f"Call for dues {dues.name.replace('/', '-')}.pdf",
                f"Renewal {dues.name.replace('/', '-')}.pdf",
            ],
        )
        readers = [PdfFileReader(io.BytesIO(content)) for content, _name in made]
        self.assertEqual([len(reader.pages) for reader in readers], [1] * 5)
        box = readers[0].pages[0]["/MediaBox"]
        size = (float(box[2]) / 72 * 25.4, float(box[3]) / 72 * 25.4)
        self.assertAlmostEqual(size[0], 86, delta=0.6)
        self.assertAlmostEqual(size[1], 54, delta=0.6)

    def test_check_page(self):
        with freeze_time("2026-11-21"):
            member = self._adherent("Ann Smith")
            late = self._adherent("Late Payer", paid=False)
        token = member._check_token()
        day = "2026-11-21 10:00:00"
        with freeze_time(day):
            page = self.url_open(f"/membership/check/{token}?number=1&until=2099-01-01")
            text = " ".join(html.fromstring(page.text).text_content().split())
            for part in ("Valid", f"Member number {member.number}", "August 31, 2027"):
                self.assertIn(part, text)
            for private in ("Ann", "Smith", "2099", "Nantes"):
                self.assertNotIn(private, text)
            self.assertEqual(page.headers["Cache-Control"], "no-store")
            page = self.url_open(f"/membership/check/{late._check_token()}")
            self.assertIn("Not valid", page.text)
            self.assertNotIn("Late", page.text)
            wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
            for bad in (wrong, f"{late.id}-{token.partition('-')[2]}", "x", "-", "99-"):
                page = self.url_open(f"/membership/check/{bad}")
                self.assertIn("This card is not known here.", page.text)
                self.assertNotIn("Member number", page.text)

    def test_tokens_tell_members_apart(self):
        with freeze_time("2026-11-21"):
            one, two = self._adherent("One"), self._adherent("Two")
        self.assertEqual(one._by_check_token(one._check_token()), one)
        signature = one._check_token().partition("-")[2]
        self.assertFalse(one._by_check_token(f"{two.id}-{signature}"))
        self.assertEqual(len(signature), 32)
        with self.assertRaises(UserError):
            two.with_context(membership_day="2020-01-01")._card()
