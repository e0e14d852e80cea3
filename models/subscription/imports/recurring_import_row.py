from odoo import fields, models

from .import_columns import BY_NAME


class RecurringImportRow(models.Model):
    """One row of an imported file: what it said and what became of it."""

    _name = "recurring.import.row"
    _description = "Row of a Subscription Import"
    _inherit = ["recurring.import.job.row"]

    import_id = fields.Many2one(
        "recurring.import", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    subscription_id = fields.Many2one(
        "recurring.subscription", ondelete="set null", index="btree_not_null"
    )
    problem_ids = fields.One2many("recurring.import.problem", "row_id")

    _waiting = models.Index("(import_id, state, line)")


class RecurringImportProblem(models.Model):
    """Why a row cannot be imported: line, column, value and reason."""

    _name = "recurring.import.problem"
    _description = "Problem of a Subscription Import"
    _inherit = ["recurring.import.job.problem"]

    row_id = fields.Many2one(
        "recurring.import.row", required=True, ondelete="cascade", index=True
    )
    import_id = fields.Many2one(related="row_id.import_id", store=True, index=True)
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    line = fields.Integer(related="row_id.line", store=True)
    reference = fields.Char(related="row_id.reference")

    def _column_name(self):
        return self.column if self.column in BY_NAME else ""
