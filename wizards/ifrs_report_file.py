"""A report by IFRS 15 as a spreadsheet."""

import io

import xlsxwriter

from odoo import models

from .ifrs_report import SHOWN


class RecurringRevenueIfrsReport(models.TransientModel):
    _inherit = "recurring.revenue.ifrs.report"

    def _xlsx(self):
        """Return the report as the content of an xlsx file: figures, then contracts."""
        self.ensure_one()
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            formats = {
                "bold": book.add_format({"bold": True}),
                "head": book.add_format(
                    {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
                ),
                "head_money": book.add_format(
                    {
                        **{"bold": True, "bottom": 1, "text_wrap": True},
                        **{"valign": "top", "align": "right"},
                    }
                ),
                "money": book.add_format({"num_format": "#,##0.00"}),
                "sum": book.add_format(
                    {"num_format": "#,##0.00", "bold": True, "top": 1}
                ),
                "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            }
            self._figures_sheet(book, formats)
            self._contracts_sheet(book, formats)
        return buffer.getvalue()

    def _columns(self):
        """Return the names of the columns of the contracts, money from the fourth."""
        shown = SHOWN[self.kind]
        if self.kind == "bridge":
            shown = (*shown, "deferred", "netted", "contract_asset")
            shown = (*shown, "contract_liability")
        return ["subscription_id", "partner_id", "plan_id", *shown]

    def _printed(self):
        """Return the columns of the printed table."""
        lines = self.env["recurring.revenue.ifrs.line"]
        return [
            {
                "name": name,
                "money": lines._fields[name].type == "monetary",
                "title": lines._fields[name]._description_string(self.env),
            }
            for name in self._columns()
            if name != "plan_id"
        ]

    def _figures_sheet(self, book, formats):
        sheet = book.add_worksheet(self.env._("Figures"))
        sheet.set_column(0, 0, 52)
        sheet.set_column(1, 1, 16)
        sheet.set_column(2, 2, 90)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, self.company_id.name, formats["bold"])
        sheet.write_string(1, 0, self._title(), formats["bold"])
        for number, figure in enumerate(self.figure_ids, 3):
            strong = figure.is_total
            sheet.write_string(
                number, 0, figure.name, formats["bold"] if strong else None
            )
            sheet.write_number(
                number, 1, figure.amount, formats["sum" if strong else "money"]
            )
            sheet.write_string(number, 2, figure.explanation or "")
        first = len(self.figure_ids) + 4
        for number, sentence in enumerate(self._method_sentences(), first):
            sheet.write_string(number, 0, sentence)

    def _contracts_sheet(self, book, formats):
        sheet = book.add_worksheet(self.env._("Contracts"))
        lines = self.env["recurring.revenue.ifrs.line"]
        names = self._columns()
        shown = names[3:]
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 2, 32)
        sheet.set_column(3, len(names), 16)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for column, name in enumerate(names):
            title = lines._fields[name]._description_string(self.env)
            kind = "head_money" if name in shown else "head"
            sheet.write_string(0, column, title, formats[kind])
        for number, line in enumerate(self.line_ids, 1):
            for column, name in enumerate(names):
                value = line[name]
                if name in shown:
                    sheet.write_number(number, column, value, formats["money"])
                else:
                    sheet.write_string(number, column, value.display_name or "")
        last = len(self.line_ids) + 1
        sheet.write_string(last, 0, self.env._("Total"), formats["bold"])
        for column, name in enumerate(names):
            if name in shown:
                sheet.write_number(last, column, self._total(name), formats["sum"])

    def _total(self, name):
        """Return the sum of a column of money over all contracts."""
        return self.currency_id.round(sum(self.line_ids.mapped(name)))
