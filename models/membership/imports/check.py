"""A row of a file to what it says, or the sentences why that cannot be."""

from dataclasses import dataclass, field
from datetime import date

from ...subscription.imports.import_values import Refused
from ..names import normalised
from .columns import columns_of
from .people import People
from .values import read_cell

LISTED = ("category", "plan")  # the template shows those of the association


@dataclass(slots=True)
class Facts:
    """What the database says about everything that the rows name, asked once."""

    today: date
    mapping: dict  # {heading: column name}
    existing: set = field(default_factory=set)  # references imported before
    people: People = None
    plans: dict = field(default_factory=dict)  # normalised name or code: plan
    categories: dict = field(default_factory=dict)  # normalised name: category
    members: dict = field(default_factory=dict)  # number: membership
    memberships: dict = field(default_factory=dict)  # (partner, plan) ids: membership
    countries: dict = field(default_factory=dict)  # normalised name or code: country
    payers: dict = field(default_factory=dict)  # number or e-mail in the file: row
    projects: dict = field(default_factory=dict)  # normalised name or code: account
    tariffs: dict = field(default_factory=dict)  # text: tariff of the import


class CellCheck:
    """What every check of a row shares: its cells by column, and its problems.

    ``problems`` is a list of ``(heading, value, sentence)``; ``outcome`` and ``facts
    of the row`` (``row``) are kept with the row.
    """

    subject = None

    def __init__(self, job, line, cells, facts, seen):
        self.job, self.line, self.facts, self.seen = job, line, facts, seen
        self.env = job.env
        self.columns = columns_of(job.subject)
        self.headings = {name: heading for heading, name in facts.mapping.items()}
        self.cells = self.mapped(cells)
        self.problems = []
        self.values = {}
        self.outcome = "valid"
        self.row = {}

    def mapped(self, cells):
        """Return ``{column name: text}`` of the cells of a row."""
        mapping = self.facts.mapping
        return {
            mapping[heading]: text
            for heading, text in cells.items()
            if heading in mapping
        }

    def refuse(self, column, sentence, value=None):
        """Remember a problem of one column, by the heading that the user knows."""
        known = self.columns.get(column)
        label = self.headings.get(column) or (known and str(self.env._(known.label)))
        value = self.cells.get(column, "") if value is None else value
        self.problems.append((label or "", value, str(sentence)))

    def is_example(self):
        """Leave out the row of examples of the template, as it stands there."""
        free = {
            name: column.example
            for name, column in self.columns.items()
            if column.example and column.kind == "text" and name not in LISTED
        }
        if any(self.cells.get(name) != example for name, example in free.items()):
            return False
        self.outcome = "skipped"
        self.row["title"] = self.full_name(self.cells)
        self.row["note"] = self.env._("The row of examples of the template.")
        return True

    def read_cells(self, cells):
        """Return ``{column: value}`` of cells; what cannot be read is a problem."""
        values = {}
        for name, column in self.columns.items():
            text = cells.get(name, "")
            if text:
                try:
                    values[name] = read_cell(column, text, self.env)
                except Refused as error:
                    self.refuse(name, error, text)
            elif column.required:
                self.refuse(name, self.env._("This must be filled in."))
        self._check_country(values)
        return values

    def _check_country(self, values):
        if "country" in values:
            country = self.facts.countries.get(normalised(values["country"]))
            if not country:
                self.refuse("country", self.env._("There is no such country."))
            values["country"] = country

    def full_name(self, values, prefix=""):
        """Return the first and last name of a person."""
        parts = (values.get(f"{prefix}first_name"), values.get(f"{prefix}last_name"))
        return " ".join(filter(None, parts))

    def in_past(self, values, *names):
        """Refuse days that lie ahead."""
        for name in names:
            if values.get(name) and values[name] > self.facts.today:
                self.refuse(name, self.env._("This day lies ahead."))

    def match(self, name, values, email="email"):
        """Look for the contact; keep with the row who it may be."""
        partner, possible = self.facts.people.find(
            name, values.get(email), values.get("birth_date")
        )
        self.row["partner_id"] = partner.id
        self.row["possible_ids"] = [(6, 0, possible.ids)]
        return partner
