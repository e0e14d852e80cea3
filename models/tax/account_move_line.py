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
