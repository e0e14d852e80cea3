import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..models.catalog.index_reader import read_values

SHOWN = 10  # problems told at once


class RecurringIndexImport(models.TransientModel):
    """Read the values of an index from a file: all of it, or nothing."""

    _name = "recurring.index.import"
    _description = "Import Index Values"

    index_id = fields.Many2one("recurring.index", required=True)
    file = fields.Binary(string="CSV File", attachment=False)
    filename = fields.Char()
    replace = fields.Boolean(
        string="Correct Known Values",
        help="Where the index has another value for a day already, take the file's.",
    )

    def action_import(self):
        """Add the values of the file to the index.

        :raise UserError: with a sentence for each line that cannot be read, or that
            says something else than the index has; nothing is imported then
        """
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file."))
        values, problems = read_values(base64.b64decode(self.file), self.env)
        known = {row.date: row for row in self.index_id.value_ids}
        changed = {
            day: value
            for day, value in values.items()
            if day in known and known[day].value != float(value)
        }
        if not self.replace:
            problems += [self._difference(day, known, values) for day in changed]
        if problems:
            self._refuse(problems)
        for day, value in changed.items():
            known[day].value = float(value)
        self.env["recurring.index.value"].create(
            [
                {"index_id": self.index_id.id, "date": day, "value": float(value)}
                for day, value in values.items()
                if day not in known
            ]
        )
        return {"type": "ir.actions.act_window_close"}

    def _difference(self, day, known, values):
        return self.env._(
            "%(day)s: the index has %(known)s, the file %(value)s. Tick “Correct Known "
            "Values” to take the file's.",
            day=fields.Date.to_string(day),
            known=known[day].value,
            value=values[day],
        )

    def _refuse(self, problems):
        more = len(problems) - SHOWN
        if more > 0:
            problems = [*problems[:SHOWN], self.env._("and %s more", more)]
        raise UserError(
            self.env._(
                "Nothing was imported:\n%s",
                "\n".join(f"- {problem}" for problem in problems),
            )
        )
