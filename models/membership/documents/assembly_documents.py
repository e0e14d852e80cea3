"""The list of voters and the signature sheet: as pages and as a spreadsheet."""

import io

import xlsxwriter

from odoo import models

from .document_company import long_day

SHEET_FIRST = 16  # rows on the first page of the signature sheet
SHEET_ROWS = 20
LIST_FIRST = 30
LIST_ROWS = 34
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would take for a formula


class RecurringAssembly(models.Model):
    _inherit = "recurring.assembly"

    def _rows(self):
        """Return what the list says of each voter, in the order of the names."""
        voters = self._voters()
        proxies = self._proxies(voters)
        # Who casts the votes: the member, a representative or a guardian.
        casts = {voter: voter._voter_on(self.date) for voter in voters}
        return [
            {
                "place": place,
                "number": voter.number,
                "name": voter.partner_id.name,
                "representative": casts[voter][0].name
                if casts[voter][0] != voter.partner_id
                else "",
                "category": voter.category_id.name,
                "votes": casts[voter][1],
                "proxy": proxies[voter].partner_id.name if voter in proxies else "",
                "holds": [
                    giver.partner_id.name
                    for giver, holder in proxies.items()
                    if holder == voter
                ],
            }
            for place, voter in enumerate(voters, start=1)
        ]

    def _sheet(self, first, later):
        """Return what the printed list says, its rows shared out over pages: the head
        of the table is on each of them, whatever prints it.

        :param first: rows on the first page
        :param later: rows on the others
        """
        self.ensure_one()
        rows = self._rows()
        pages, place, size = [], 0, first
        while place < len(rows) or not pages:
            pages.append(rows[place : place + size])
            place, size = place + size, later
        return {
            "name": self.name,
            "day": long_day(self.env, self.date),
            "time": self._time_text(),
            "place": self.place or "",
            "plans": ", ".join(self.plan_ids.mapped("name")),
            "sheets": pages,
            "voters": len(rows),
            "votes": sum(row["votes"] for row in rows),
            "rule": self._rule_sentence(),
            "quorum": self._quorum_needed(len(rows), sum(r["votes"] for r in rows)),
            "max_proxies": self.max_proxies,
            "letterhead": self.company_id._letterhead(),
        }

    def _rule_sentence(self):
        """Say who may vote at this assembly."""
        text = self.env._(
            "May vote: members who are up to date on %s", long_day(self.env, self.date)
        )
        if self.includes_grace:
            text += self.env._(", or in their days of grace")
        return text + "."

    def _quorum_needed(self, voters, votes):
        """Return how many make the quorum, in words; "" where none is asked for."""
        if not self.quorum:
            return ""
        whole = votes if self.quorum_basis == "votes" else voters
        needed = -(-round(self.quorum * 100) * whole // 10000)
        if self.quorum_basis == "votes":
            return self.env._(
                "Quorum: %(needed)s of %(whole)s votes", needed=needed, whole=whole
            )
        return self.env._(
            "Quorum: %(needed)s of %(whole)s members", needed=needed, whole=whole
        )

    # ------------------------------------------------------------------
    # Spreadsheet
    # ------------------------------------------------------------------

    def _xlsx(self):
        """Return the signature sheet as a spreadsheet, votes as numbers."""
        self.ensure_one()
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        title = book.add_format({"bold": True, "font_size": 13})
        head = book.add_format(
            {"bold": True, "bg_color": "#E8EEF4", "text_wrap": True, "border": 1}
        )
        cell = book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True})
        total = book.add_format({"bold": True, "top": 1})
        sheet = book.add_worksheet(self.env._("Signature sheet")[:31])
        for place, line in enumerate(self._titles()):
            sheet.write_string(place, 0, line, None if place else title)
        columns = self._columns()
        for at, (label, _key, width) in enumerate(columns):
            sheet.write_string(4, at, label, head)
            sheet.set_column(at, at, width)
        rows = self._rows()
        for place, row in enumerate(rows, start=5):
            sheet.set_row(place, 24)
            for at, (_label, key, _width) in enumerate(columns):
                value = row.get(key, "")
                if isinstance(value, int):
                    sheet.write_number(place, at, value, cell)
                else:
                    sheet.write_string(place, at, self._plain(value), cell)
        end = 5 + len(rows)
        votes = [key for _label, key, _width in columns].index("votes")
        sheet.write_string(end, 0, self.env._("Total"), total)
        letter = chr(ord("A") + votes)
        sheet.write_formula(
            end,
            votes,
            f"=SUM({letter}6:{letter}{end})" if rows else "=0",
            total,
            sum(row["votes"] for row in rows),
        )
        sheet.freeze_panes(5, 0)
        sheet.repeat_rows(4)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        book.close()
        return buffer.getvalue()

    def _titles(self):
        return [
            self.name,
            self.company_id.name,
            ", ".join(
                filter(
                    None,
                    (long_day(self.env, self.date), self._time_text(), self.place),
                )
            ),
            self._rule_sentence(),
        ]

    def _columns(self):
        """Return (label, key of a row, width) of the columns of the spreadsheet."""
        env = self.env
        return [
            (env._("Member Number"), "number", 12),
            (env._("Name"), "name", 34),
            (env._("Represented By"), "representative", 24),
            (env._("Category"), "category", 20),
            (env._("Votes"), "votes", 8),
            (env._("Proxy Given To"), "proxy", 26),
            (env._("Signature"), "signature", 30),
        ]

    def _plain(self, text):
        """Return a text that a spreadsheet takes for nothing but a text."""
        text = text or ""
        return f"'{text}" if text.startswith(FORMULA) else text


class ListReport(models.AbstractModel):
    _name = "recurring.document.assembly_list"
    _inherit = "recurring.document"
    _description = "Members Entitled to Vote"

    _document_model = "recurring.assembly"

    def _lang(self, record):
        return record.env.user.lang or record.company_id.partner_id.lang

    def _texts(self, record):
        return record._sheet(LIST_FIRST, LIST_ROWS)


class SheetReport(models.AbstractModel):
    _name = "recurring.document.assembly_sheet"
    _inherit = "recurring.document.assembly_list"
    _description = "Signature Sheet of an Assembly"

    def _texts(self, record):
        return record._sheet(SHEET_FIRST, SHEET_ROWS)
