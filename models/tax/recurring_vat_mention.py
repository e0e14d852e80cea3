"""What the law wants to be printed on invoices, and in which words from when on."""

import re

from odoo import api, fields, models, tools
from odoo.fields import Domain

from ...engine.dated import Dated, DatedTable

PLACE = re.compile(r"\{(\w+)\}")
# Whoever must load a new wording is told so long before the old one ends.
WARN_MONTHS = 6

LAWS = [
    ("cgi", "CGI (tax code until 2026)"),
    ("cibs", "CIBS (tax code since September 2026)"),
    ("other", "Another law, or none named"),
]


class Wordings:
    """The wordings of all mentions, found by code and day.

    After the last one ends it goes on: an outdated reference is better than none, and
    the screen asks for the new one.
    """

    def __init__(self, rows):
        rows = list(rows)
        self._table = DatedTable(
            Dated(code, texts, start, end) for code, start, end, texts in rows
        )
        self._last = {}
        for code, start, _end, texts in sorted(
            rows, key=lambda row: (row[1] is not None, row[1])
        ):
            self._last[code] = (start, texts)

    def on(self, code, day):
        """Return (text, English text) of a mention on a day, None if never worded."""
        found = self._table.on(code, day)
        if found is None and code in self._last:
            start, texts = self._last[code]
            found = texts if start is None or start <= day else None
        return found


class RecurringVatMention(models.Model):
    """Something that an invoice must say, e.g. that the customer owes the VAT.

    The code is what the decision table and the invoice name it by.
    """

    _name = "recurring.vat.mention"
    _description = "Legal Mention"
    _inherit = ["recurring.vat.delivered", "recurring.vat.table"]
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    subject = fields.Selection(
        [
            ("vat", "VAT"),
            ("payment", "Payment"),
            ("company", "Company"),
            ("operation", "Kind of operation"),
        ],
        required=True,
        default="vat",
    )
    text_ids = fields.One2many(
        "recurring.vat.mention.text", "mention_id", string="Wordings"
    )
    text_today = fields.Char(string="Wording Today", compute="_compute_today")
    runs_out = fields.Date(
        string="Without Wording From",
        compute="_compute_today",
        help="The first day for which no wording is known. The last one is printed on.",
    )
    needs_wording = fields.Boolean(
        string="New Wording Wanted",
        compute="_compute_today",
        search="_search_needs_wording",
    )
    confirmed = fields.Boolean(compute="_compute_today")

    _code_unique = models.UniqueIndex("(code)", "This mention exists already.")

    @api.depends("text_ids.text", "text_ids.text_en", "text_ids.confirmed")
    @api.depends("text_ids.valid_from", "text_ids.valid_to")
    @api.depends_context("lang")
    def _compute_today(self):
        today = fields.Date.context_today(self)
        soon = fields.Date.add(today, months=WARN_MONTHS)
        for mention in self:
            rows = mention.text_ids
            now = rows.filtered(lambda row: row._holds_on(today))[:1] or rows[:1]
            mention.text_today = now._in(self.env.lang) if now else False
            mention.confirmed = now.confirmed
            mention.runs_out = mention._end_of_wordings(today)
            ending = bool(mention.runs_out and mention.runs_out <= soon)
            mention.needs_wording = not now or ending

    def _end_of_wordings(self, today):
        """Return the first day from today on without a wording, False for never."""
        day = today
        for row in self.text_ids.sorted(
            lambda row: row.valid_from or fields.Date.to_date("1900-01-01")
        ):
            if row._holds_on(day):
                if not row.valid_to:
                    return False
                day = row.valid_to
        return day

    def _search_needs_wording(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = self.search([("code", "!=", False)]).filtered("needs_wording")
        is_wanted = (operator == "in") == (True in value)
        return [("id", "in" if is_wanted else "not in", wanted.ids)]

    @api.model
    @tools.ormcache()
    def _wordings(self):
        # sudo: the words of the law, the same for everybody who prints an invoice.
        rows = (
            self.env["recurring.vat.mention.text"]
            .sudo()
            .search([("text", "!=", False)])
        )
        return Wordings(
            (
                row.mention_id.code,
                row.valid_from or None,
                row.valid_to or None,
                (row.text, row.text_en or row.text),
            )
            for row in rows
        )

    @api.model
    def _worded(self, code, day):
        """Return the wording of a mention on a day, the last one begun by then; empty
        where none is known."""
        # sudo: as in `_wordings`
        rows = self.env["recurring.vat.mention.text"].sudo()
        begun = [("valid_from", "=", False)], [("valid_from", "<=", day)]
        return rows.search(
            Domain("mention_id.code", "=", code) & Domain.OR(begun),
            order="valid_from desc nulls last",
            limit=1,
        )

    @api.model
    def _say(self, code, day, lang, **values):
        """Return the words of a mention on a day; empty where none are known.

        English for customers who read English, otherwise the law's own language.
        """
        texts = self._wordings().on(code, day)
        if texts is None:
            return ""
        text = texts[(lang or "").startswith("en")]
        return PLACE.sub(lambda place: str(values.get(place[1], place[0])), text)


class RecurringVatMentionText(models.Model):
    """The wording of a mention, from one day to another."""

    _name = "recurring.vat.mention.text"
    _description = "Wording of a Legal Mention"
    _inherit = ["recurring.vat.delivered", "recurring.vat.table"]
    _delivered_key = ("mention_id", "valid_from")
    _order = "mention_id, valid_from desc nulls last, id"
    _rec_name = "text"

    mention_id = fields.Many2one(
        "recurring.vat.mention", required=True, index=True, ondelete="cascade"
    )
    law = fields.Selection(LAWS, required=True, default="cibs")
    valid_from = fields.Date(help="The first day; empty: always.")
    valid_to = fields.Date(string="Valid Until (excluded)")
    text = fields.Char(
        string="Wording",
        required=True,
        help="In the language of the law. Words in braces stay as they are: the "
        "invoice puts in the country, the capital and so on.",
    )
    text_en = fields.Char(
        string="English Wording", help="For customers who read English."
    )
    box = fields.Char(
        string="Box of the VAT Return",
        help="The tag of the box where the matter is declared; for irrecoverable "
        "claims, that of the VAT taken back.",
    )
    source = fields.Char()
    confirmed = fields.Boolean(
        default=True, help="Not set: to be confirmed by your accountant."
    )

    _validity_order = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to)",
        "A wording ends after it begins.",
    )
    _one_a_day = models.UniqueIndex(
        "(mention_id, COALESCE(valid_from, '0001-01-01'))",
        "Another wording of this mention begins on that day.",
    )

    def _holds_on(self, day):
        self.ensure_one()
        return (not self.valid_from or self.valid_from <= day) and (
            not self.valid_to or day < self.valid_to
        )

    def _in(self, lang):
        """Return the wording in a language: English, or the law's own."""
        self.ensure_one()
        english = (lang or "").startswith("en")
        return self.text_en if english and self.text_en else self.text
