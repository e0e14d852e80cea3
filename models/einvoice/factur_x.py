"""A Factur-X is a PDF/A-3: made so where Odoo took the PDF for one that it is not.

Odoo looks at the second line of what wkhtmltopdf wrote. Builds without Odoo's patched
Qt (Debian's) write there what Odoo takes for the mark of a PDF/A.
"""

import io
import logging

from odoo import api, fields, models, tools
from odoo.tools.pdf import (
    DictionaryObject,
    NameObject,
    OdooPdfFileReader,
    OdooPdfFileWriter,
)

METADATA = "account_edi_ubl_cii.account_invoice_pdfa_3_facturx_metadata"
_logger = logging.getLogger(__name__)


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _get_default_invoice_edi_format(self, move, **kwargs):
        """Let an invoice leave as a plain PDF where Factur-X is only suggested and a
        line has no tax, which no electronic invoice can say; the screen names it."""
        edi_format = super()._get_default_invoice_edi_format(move, **kwargs)
        payer = move.commercial_partner_id.with_company(move.company_id)
        chosen = payer.invoice_edi_format_store
        if edi_format == "facturx" and not chosen:
            if any(not line.tax_ids for line in move._rr_einvoice_lines()):
                return False
        return edi_format

    def _hook_invoice_document_after_pdf_report_render(self, invoice, invoice_data):
        result = super()._hook_invoice_document_after_pdf_report_render(
            invoice, invoice_data
        )
        options = invoice_data.get("ubl_cii_xml_options") or {}
        # in tests Odoo embeds nothing
        if (
            options.get("ubl_cii_format") == "facturx"
            and not tools.config["test_enable"]
        ):
            values = (
                (
                    not self.env.context.get("custom_template_facturx")
                    and invoice.invoice_pdf_report_id
                )
                or invoice_data.get("pdf_attachment_values")
                or invoice_data["proforma_pdf_attachment_values"]
            )
            values["raw"] = self._rr_as_pdf_a(values["raw"], invoice)
        return result

    @api.model
    def _rr_as_pdf_a(self, content, invoice):
        """Return a PDF as a PDF/A-3 with the metadata of Factur-X; as it is where it
        has them, or cannot be converted."""
        reader = OdooPdfFileReader(io.BytesIO(content), strict=False)
        if "/Metadata" in reader.trailer["/Root"]:
            return content
        writer = OdooPdfFileWriter()
        writer.cloneReaderDocumentRoot(reader)
        root = writer._root_object
        if "/Outlines" not in root:
            outlines = DictionaryObject({NameObject("/Type"): NameObject("/Outlines")})
            root[NameObject("/Outlines")] = writer._addObject(outlines)
        try:
            writer.convert_to_pdfa()
        except Exception:
            # whatever a font of the page lacks: the XML is in the PDF all the same
            _logger.warning("%s is no PDF/A", invoice.name, exc_info=True)
            return content
        values = {"title": invoice.name, "date": fields.Date.context_today(self)}
        metadata = self.env["ir.qweb"]._render(METADATA, values)
        writer.add_file_metadata(metadata.encode())
        made = io.BytesIO()
        writer.write(made)
        return made.getvalue()
