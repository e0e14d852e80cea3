from odoo import api, fields, models


class RecurringBilledItem(models.Model):
    """The ledger's rows know the invoice line on which they stand."""

    _inherit = "recurring.billed.item"

    run_id = fields.Many2one(
        "recurring.billing.run", index="btree_not_null", ondelete="restrict"
    )
    # Drafts may be deleted; the row stays, voided, and then points nowhere.
    move_id = fields.Many2one(
        "account.move", string="Invoice", index="btree_not_null", ondelete="set null"
    )
    move_line_id = fields.Many2one(
        "account.move.line", index="btree_not_null", ondelete="set null"
    )
    document_amount = fields.Monetary(
        help="Signed, as the invoice line prices it: quantity times price less "
        "discount, in the tax basis of the line's taxes.",
    )

    @api.model
    def _ledger_columns(self):
        return [
            *super()._ledger_columns(),
            "run_id",
            "move_id",
            "move_line_id",
            "document_amount",
        ]


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    @api.model
    def _engine_row_columns(self):
        return [*super()._engine_row_columns(), "move_id"]
