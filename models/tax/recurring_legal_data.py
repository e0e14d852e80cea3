"""What a company said of itself on its invoices: kept as it was."""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class RecurringLegalData(models.Model):
    """The legal data of a company as they stood when its invoices were posted.

    One row for as long as nothing changes; a posted invoice points to it, so that it
    prints the same years later.
    """

    _name = "recurring.legal.data"
    _description = "Legal Data of a Company"
    _order = "id desc"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, index=True)
    date = fields.Date(string="First Used On", required=True)
    content = fields.Json(required=True)
    digest = fields.Char(required=True)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("The legal data of past invoices never change."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The legal data of past invoices are kept."))

    @api.model
    def _kept(self, company):
        """Return the row that holds the company's data of today; one query."""
        content = company._rr_legal_content()
        text = json.dumps(content, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        # sudo: written by posting, by nobody else; whoever may post need not read it.
        own = self.sudo()
        known = own.search(
            [("company_id", "=", company.id), ("digest", "=", digest)], limit=1
        )
        return known or own.create(
            {
                "company_id": company.id,
                "date": fields.Date.context_today(self),
                "content": content,
                "digest": digest,
            }
        )
