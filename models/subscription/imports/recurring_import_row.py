from odoo import fields, models

from .import_columns import BY_NAME


class RecurringImportRow(models.Model):
    """One row of an imported file: what it said and what became of it."""

    _name = "recurring.import.row"
    _description = "Row of a Subscription Import"
    _order = "import_id, line"
    _rec_name = "reference"

    import_id = fields.Many2one(
        "recurring.import", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    line = fields.Integer(required=True)
    reference = fields.Char(string="External Reference")
    cells = fields.Json()
    state = fields.Selection(
        [
            ("valid", "Ready"),
            ("problem", "To correct"),
            ("existing", "Already there"),
            ("imported", "Imported"),
        ],
        required=True,
    )
    subscription_id = fields.Many2one(
        "recurring.subscription", ondelete="set null", index="btree_not_null"
    )
    problem_ids = fields.One2many("recurring.import.problem", "row_id")

    _waiting = models.Index("(import_id, state, line)")

    def _add_problems(self, problems):
        """Keep problems ``(column, value, sentence)`` of this row."""
        self.env["recurring.import.problem"].create(
            [
                {
                    "row_id": self.id,
                    "column": column,
                    "value": value[:256],
                    "reason": sentence,
                }
                for column, value, sentence in problems
            ]
        )

    def _refuse(self, sentence):
        """Set this row aside: it could not be imported although it looked right."""
        self.state = "problem"
        self._add_problems([("", "", sentence)])


class RecurringImportProblem(models.Model):
    """Why a row cannot be imported: line, column, value and reason."""

    _name = "recurring.import.problem"
    _description = "Problem of a Subscription Import"
    _order = "import_id, line, id"
    _rec_name = "reason"

    row_id = fields.Many2one(
        "recurring.import.row", required=True, ondelete="cascade", index=True
    )
    import_id = fields.Many2one(related="row_id.import_id", store=True, index=True)
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    line = fields.Integer(related="row_id.line", store=True)
    reference = fields.Char(related="row_id.reference")
    column = fields.Char()
    value = fields.Char()
    reason = fields.Text(required=True)
    sentence = fields.Char(compute="_compute_sentence")

    def _compute_sentence(self):
        for problem in self:
            column = BY_NAME.get(problem.column)
            problem.sentence = (
                f"{column.name}: {problem.reason}" if column else problem.reason
            )
