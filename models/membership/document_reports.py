"""The documents as reports: the texts are made before the page, so that a refusal is
said in plain words and not as a fault of the page."""

from odoo import api, models


class DocumentReport(models.AbstractModel):
    """What the pages of all documents get: each record with its texts and language."""

    _name = "report.recurring_revenue.document"
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
    _name = "report.recurring_revenue.report_membership_card"
    _inherit = "report.recurring_revenue.document"
    _description = "Membership Card"

    _document_model = "recurring.membership"

    def _texts(self, record):
        return record._card()


class CardsReport(models.AbstractModel):
    _name = "report.recurring_revenue.report_membership_cards"
    _inherit = "report.recurring_revenue.report_membership_card"
    _description = "Membership Cards on Sheets"

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        pages = values["pages"]
        # Two columns of five cards on a sheet of A4.
        sheets = [pages[place : place + 10] for place in range(0, len(pages), 10)]
        return {**values, "sheets": sheets}


class AttestationReport(models.AbstractModel):
    _name = "report.recurring_revenue.report_attestation"
    _inherit = "report.recurring_revenue.document"
    _description = "Attestation of Membership"

    _document_model = "recurring.membership"

    def _texts(self, record):
        return record._attestation()


class PaymentReport(models.AbstractModel):
    _name = "report.recurring_revenue.report_payment"
    _inherit = "report.recurring_revenue.document"
    _description = "Attestation of Payment"

    _document_model = "recurring.membership"

    def _texts(self, record):
        return record._payment_attestation()


class ContributionReport(models.AbstractModel):
    _name = "report.recurring_revenue.report_contribution"
    _inherit = "report.recurring_revenue.report_payment"
    _description = "Attestation of a Payment Received"

    _document_model = "recurring.contribution"


class CallReport(models.AbstractModel):
    _name = "report.recurring_revenue.report_dues"
    _inherit = "report.recurring_revenue.document"
    _description = "Call for Dues, Printed"

    _document_model = "recurring.dues"

    def _lang(self, record):
        return record.company_id._document_lang(record.payer_id)

    def _texts(self, record):
        return record._call_document()


class LetterReport(models.AbstractModel):
    _name = "report.recurring_revenue.report_renewal_letter"
    _inherit = "report.recurring_revenue.report_dues"
    _description = "Renewal Letter"

    def _texts(self, record):
        return {**record._call_document(), **record._letter()}
