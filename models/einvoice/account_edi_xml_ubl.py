from odoo import models

from .ubl import write_facts, write_period
from .xml_nodes import parse, serialize


class AccountEdiXmlUbl_Bis3(models.AbstractModel):
    """UBL as the rules want it: EN 16931, and BR-FR on French invoices."""

    _inherit = "account.edi.xml.ubl_bis3"

    def _export_invoice(self, invoice):
        content, errors = super()._export_invoice(invoice)
        tree = parse(content)
        write_period(tree, invoice._rr_einvoice_period())
        if invoice._rr_einvoice_is_french():
            write_facts(tree, invoice._rr_einvoice_facts())
        return serialize(tree), errors
