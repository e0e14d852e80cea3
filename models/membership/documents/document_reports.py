"""The documents as reports: the texts are made before the page, so that a refusal is
said in plain words and not as a fault of the page."""

from odoo import api, models


class DocumentReport(models.AbstractModel):
    """What the pages of all documents get: each record with its texts and language."""

    _name = "recurring.document"
    _description = "Document of an Association"

    _document_model = ""

    @api.model
    def _get_report_values(self, docids, data=None):
        records = self.env[self._document_model].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": self._document_model,
            "docs": records,
            "pages": [self._page(record) for record in records],
        }

    def _page(self, record):
        """Return what one record's page needs."""
        record = record.with_context(lang=self._lang(record))
        return {"record": record, "lang": record.env.lang, **self._texts(record)}

    def _lang(self, record):
        return record.company_id._document_lang(record.partner_id)

    def _texts(self, record):
        """Return the texts of a record, in its environment's language."""
        raise NotImplementedError


class CardReport(models.AbstractModel):
    _name = "recurring.document.membership_card"
    _inherit = "recurring.document"
    _description = "Membership Card"

    _document_model = "recurring.membership"

    def _texts(self, record):
        return record._card()


class CardsReport(models.AbstractModel):
    _name = "recurring.document.membership_cards"
    _inherit = "recurring.document.membership_card"
    _description = "Membership Cards on Sheets"

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        pages = values["pages"]
        # Two columns of five cards on a sheet of A4.
        sheets = [pages[place : place + 10] for place in range(0, len(pages), 10)]
        return {**values, "sheets": sheets}


class AttestationReport(models.AbstractModel):
    _name = "recurring.document.attestation"
    _inherit = "recurring.document"
    _description = "Attestation of Membership"

    _document_model = "recurring.membership"

    def _texts(self, record):
        return record._attestation()


class PaymentReport(models.AbstractModel):
    _name = "recurring.document.payment"
    _inherit = "recurring.document"
    _description = "Attestation of Payment"

    _document_model = "recurring.membership"

    def _texts(self, record):
        return record._payment_attestation()


class ContributionReport(models.AbstractModel):
    _name = "recurring.document.contribution"
    _inherit = "recurring.document.payment"
    _description = "Attestation of a Payment Received"

    _document_model = "recurring.contribution"


class CallReport(models.AbstractModel):
    _name = "recurring.document.dues"
    _inherit = "recurring.document"
    _description = "Call for Dues, Printed"

    _document_model = "recurring.dues"

    def _lang(self, record):
        return record.company_id._document_lang(record.payer_id)

    def _texts(self, record):
        return record._call_document()


class LetterReport(models.AbstractModel):
    _name = "recurring.document.renewal_letter"
    _inherit = "recurring.document.dues"
    _description = "Renewal Letter"

    def _texts(self, record):
        return {**record._call_document(), **record._letter()}


# Reports whose pages are made by a model of their own.
PAGES = {
    "membership_card",
    "membership_cards",
    "attestation",
    "payment",
    "contribution",
    "dues",
    "renewal_letter",
    "assembly_list",
    "assembly_sheet",
}
PREFIX = "recurring_revenue.report_"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context_model(self, report):
        """Give the documents of an association the model that makes their pages."""
        name = (report.report_name or "").removeprefix(PREFIX)
        if report.report_name == PREFIX + name and name in PAGES:
            return self.env[f"recurring.document.{name}"]
        return super()._get_rendering_context_model(report)
