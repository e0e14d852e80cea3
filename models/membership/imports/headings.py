"""Which column a heading stands for: data, and what users chose by hand."""

from odoo import api, fields, models

from ..names import normalised
from .columns import SUBJECTS


class RecurringImportHeading(models.Model):
    """A heading of some programme's export, and the column that it stands for.

    Delivered for HelloAsso and for what lists of members are usually headed; what a
    user maps by hand is kept for the company, and comes first the next time.
    """

    _name = "recurring.import.heading"
    _description = "Heading of a File to Import"
    _order = "subject, heading, id"
    _rec_name = "heading"

    subject = fields.Selection(
        [
            ("members", "Members"),
            ("gifts", "Gifts"),
            ("helloasso", "HelloAsso"),
        ],
        string="Kind of File",
        required=True,
    )
    heading = fields.Char(
        required=True,
        help="In small letters, without accents and marks: “prenom adherent”.",
    )
    column = fields.Char(required=True, help="The technical name of the column.")
    rank = fields.Integer(
        default=10, help="Where two headings of a file stand for one column, the first."
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )

    _once = models.UniqueIndex(
        "(subject, heading, COALESCE(company_id, 0))",
        "This heading is known already.",
    )

    @api.model
    def _recognise(self, subject, headings, company):
        """Return ``{heading: column name}`` of the headings that are known.

        Each column is given once: to the heading that a user chose, then by rank.
        """
        known = self._known(subject, company)
        found = sorted(
            (known[plain], place, heading)
            for place, heading in enumerate(headings)
            if (plain := normalised(heading)) in known
        )
        taken, mapping = set(), {}
        for (_rank, column), _place, heading in found:
            if column not in taken:
                taken.add(column)
                mapping[heading] = column
        return mapping

    @api.model
    def _known(self, subject, company):
        """Return ``{normalised heading: (rank, column name)}``."""
        known = {}
        for row in self.search(
            [("subject", "=", subject), ("company_id", "in", (False, company.id))],
            order="company_id NULLS FIRST, id",
        ):
            known[row.heading] = (-1 if row.company_id else row.rank, row.column)
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for column in SUBJECTS[subject]:
            names = {column.name, column.name.replace("_", " ")}
            for lang in languages:
                names.add(self.with_context(lang=lang).env._(column.label))
            for name in names:
                known.setdefault(normalised(name), (0, column.name))
        return known

    @api.model
    def _keep(self, subject, company, mapping):
        """Keep what a user mapped by hand: ``{heading: column name}``."""
        for heading, column in mapping.items():
            plain = normalised(heading)
            if not plain:
                continue
            row = self.search(
                [
                    ("subject", "=", subject),
                    ("heading", "=", plain),
                    ("company_id", "=", company.id),
                ]
            )
            if row:
                row.column = column
            else:
                self.create(
                    {
                        "subject": subject,
                        "heading": plain,
                        "column": column,
                        "company_id": company.id,
                    }
                )
