"""Members, calls and payments for tests of what is printed."""

import re
from datetime import date
from decimal import Decimal

from lxml import html

from odoo.tests import freeze_time

from .common_membership import MembershipCommon

IBAN = "FR1420041010050500013M02606"


class DocumentsCommon(MembershipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.company.write(
            {
                "name": "Les Amis du Jardin",
                "street": "12 rue de la Butte",
                "street2": False,
                "zip": "75013",
                "city": "Paris",
                "country_id": cls.env.ref("base.fr").id,
                "rr_rna": "W751234567",
                "rr_documents_signatory": "Marie Curie, secretary",
            }
        )
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.season.version_ids.charge_ids.product_id.taxes_id = False
        cls.member_lang = "en_US"

    def _adherent(self, name="Ann Smith", joined="2026-09-01", paid=True, **values):
        """Return a member in the language of the test who paid on 12 November."""
        member = self._member(name, joined, **values)
        member.partner_id.write(
            {
                "lang": self.member_lang,
                "street": "3 allée des Tilleuls",
                "zip": "44000",
                "city": "Nantes",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        if paid:
            self._pay(self._call(member))
        return member

    def _call(self, members):
        with freeze_time("2026-11-12"):
            dues = members._call_dues(date(2026, 11, 12))
            dues.action_call()
        dues.write({"due_on": "2026-12-12"})
        return dues

    def _pay(self, dues, amount=None, payer=None, **values):
        return dues._receive(
            payer or dues.payer_id,
            date(2026, 11, 12),
            Decimal(amount or str(dues.amount)),
            journal_id=self.bank.id,
            **values,
        )

    def _html(self, report, records):
        content, _kind = records.env["ir.actions.report"]._render_qweb_html(
            f"recurring_revenue.{report}", records.ids
        )
        return html.fromstring(content)

    def _text(self, report, records):
        """Return the text of a document, without styles and double spaces."""
        tree = self._html(report, records)
        for style in tree.xpath("//style"):
            style.getparent().remove(style)
        [main] = tree.xpath("//main")
        text = " ".join(" ".join(main.itertext()).split()).replace("\xa0", " ")
        return re.sub(r" ([.,])", r"\1", text)
