"""Invoices of dues: what they belong to, and what becomes of the dues when they are
paid, unpaid again or credited."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...guard import typed_over


class AccountMove(models.Model):
    _inherit = "account.move"

    rr_dues_id = fields.Many2one(
        "recurring.dues",
        string="Call for Dues",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def write(self, vals):
        """Refuse to let an invoice claim other dues."""
        if typed_over(self, vals, {"rr_dues_id"}):
            raise UserError(
                self.env._("An invoice stays with the dues that it claims.")
            )
        return super().write(vals)

    def _check_draftable(self):
        """Dues that were invoiced are corrected by a credit note."""
        result = super()._check_draftable()
        for move in self:
            if move.rr_dues_id and move.state == "posted":
                raise UserError(
                    self.env._(
                        "%(invoice)s claims dues: credit it, and call the dues anew.",
                        invoice=move.name,
                    )
                )
        return result

    def action_rr_open_dues(self):
        """Open the call for dues that this invoice claims."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.dues",
            "res_id": self.rr_dues_id.id,
            "views": [(False, "form")],
        }


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    rr_dues_line_id = fields.Many2one(
        "recurring.dues.line",
        string="Dues",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def write(self, vals):
        """Refuse to let a line claim other dues."""
        if typed_over(self, vals, {"rr_dues_line_id"}):
            raise UserError(
                self.env._("An invoice stays with the dues that it claims.")
            )
        return super().write(vals)

    def _rr_nature_code(self):
        """Dues are revenue of a nature of their own."""
        return "dues" if self.rr_dues_line_id else super()._rr_nature_code()


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """What pays or credits an invoice of dues pays or cancels the dues."""
        partials = super().create(vals_list)
        partials._rr_dues()._follow_invoices()
        return partials

    def unlink(self):
        """Dues whose payment is taken apart from their invoice are owed again."""
        dues = self._rr_dues()
        dues._forget_payments(self)
        result = super().unlink()
        dues._follow_invoices()
        return result

    def _rr_dues(self):
        # sudo: whoever matches payments need not see who is a member.
        return self.sudo().debit_move_id.move_id.rr_dues_id
