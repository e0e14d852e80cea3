"""Vouchers of waived expenses are read with their sheet, and kept."""

from odoo import api, models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _belong_to(self, record):
        """Let files that were uploaded to no record yet belong to ``record``: who may
        read it may read them."""
        # sudo: only files that nobody else's record holds, and of this user.
        mine = self.sudo().filtered(
            lambda one: not one.res_id and one.create_uid == self.env.user
        )
        mine.write({"res_model": record._name, "res_id": record.id})

    @api.ondelete(at_uninstall=False)
    def _unlink_no_voucher(self):
        # sudo: whoever deletes a file need not see whose voucher it is.
        lines = self.env["recurring.expense.waiver.line"].sudo()
        sheets = self.env["recurring.expense.waiver"].sudo()
        held = ("approved", "booked", "cancelled")
        if lines.search_count(
            [("attachment_ids", "in", self.ids), ("waiver_id.state", "in", held)],
            limit=1,
        ) or sheets.search_count(
            [("document_ids", "in", self.ids), ("state", "in", held)], limit=1
        ):
            raise UserError(
                self.env._("This is the voucher of waived expenses: it is kept.")
            )
