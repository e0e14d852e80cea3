"""The rows of an imported file, and what is wrong with them."""

from odoo import fields, models


class RecurringImportJobRow(models.AbstractModel):
    """One row of an imported file: what it said and what became of it.

    A concrete row has ``import_id``, ``company_id``, ``problem_ids`` and the records
    that it made.
    """

    _name = "recurring.import.job.row"
    _description = "Row of an Import"
    _order = "import_id, line"
    _rec_name = "reference"

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

    def _add_problems(self, problems):
        """Keep problems ``(column, value, sentence)`` of this row."""
        self.problem_ids.create(
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


class RecurringImportJobProblem(models.AbstractModel):
    """Why a row cannot be imported: line, column, value and reason."""

    _name = "recurring.import.job.problem"
    _description = "Problem of an Import"
    _order = "import_id, line, id"
    _rec_name = "reason"

    column = fields.Char()
    value = fields.Char()
    reason = fields.Text(required=True)
    sentence = fields.Char(compute="_compute_sentence")

    def _column_name(self):
        """Return what the user calls the column, or nothing."""
        return self.column or ""

    def _compute_sentence(self):
        for problem in self:
            column = problem._column_name()
            problem.sentence = (
                f"{column}: {problem.reason}" if column else problem.reason
            )
