from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    rr_vat_decision_id = fields.Many2one(
        "recurring.vat.decision",
        string="VAT Decision",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def action_rr_vat_decision(self):
        """Open why this line bears its VAT, over the invoice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this VAT?"),
            "res_model": "recurring.vat.decision",
            "res_id": self.rr_vat_decision_id.id,
            "views": [(False, "form")],
            "target": "new",
        }
