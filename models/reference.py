"""A reference that the database does not check row by row."""

from odoo import fields


class Implied(fields.Many2one):
    """A many2one without a foreign key: what it names cannot go as long as another,
    checked reference of the same row stands, or takes the row along when it goes.

    For rows that come by the hundred thousand: a foreign key costs more than the row.
    """

    def update_db_foreign_key(self, model, column):
        """Nothing to check: see above."""
