"""The xlsx of a statement: its figures, corrections apart, and every invoice line."""

import io

import xlsxwriter

from .vat_statement_figures import whole

WIDTH = 18


def statement_xlsx(statement, figures, sales):
    """Return the file's bytes: what to declare, corrections, and the lines behind.

    :param statement: the screen's record: company, return and period
    """
    env = statement.env
    current = [one for one in figures if not one.corrects]
    earlier = [one for one in figures if one.corrects]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = Page(book, statement)
        page.figures(env._("Figures"), current)
        page.figures(env._("Corrections"), earlier)
        page.sales(env._("Invoice lines"), sales)
    return buffer.getvalue()


class Page:
    """Writes the sheets of one file in the formats that they share."""

    def __init__(self, book, statement):
        self.book, self.statement, self.env = book, statement, statement.env
        self.bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.money = book.add_format({"num_format": "#,##0.00"})
        self.total = book.add_format({"num_format": "#,##0.00", "bold": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.supplies = dict(
            env_field(self.env, "supply")._description_selection(self.env)
        )

    def _sheet(self, name, heads):
        statement = self.statement
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, len(heads) - 1, WIDTH)
        kinds = dict(statement._fields["kind"]._description_selection(self.env))
        company = statement.company_id
        sheet.write_string(0, 0, kinds[statement.kind], self.title)
        number = f"{company.name} {company.vat or ''}".strip()
        sheet.write_string(1, 0, f"{number}, {company.currency_id.name}")
        days = f"{statement.date_from} - {statement.date_to}"
        sheet.write_string(2, 0, days)
        sheet.write_row(4, 0, heads, self.bold)
        sheet.freeze_panes(5, 0)
        return sheet

    def figures(self, name, figures):
        """Write a sheet of figures with their total."""
        if self.statement.kind == "oss":
            self._oss(name, figures)
        else:
            self._businesses(name, figures)

    def _oss(self, name, figures):
        env = self.env
        sheet = self._sheet(
            name,
            (
                env._("Period"),
                env._("Country"),
                env._("What"),
                env._("Supplied from"),
                env._("Rate (%)"),
                env._("Before tax"),
                env._("VAT"),
            ),
        )
        home = self.statement.company_id.account_fiscal_country_id.code or ""
        row = 5
        for row, one in enumerate(figures, start=5):
            sheet.write_string(row, 0, self.statement._period_name(one.start))
            sheet.write_string(row, 1, one.country)
            sheet.write_string(row, 2, self.supplies[one.supply])
            sheet.write_string(row, 3, home)
            sheet.write_number(row, 4, one.rate)
            sheet.write_number(row, 5, one.base, self.money)
            sheet.write_number(row, 6, one.vat, self.money)
        self._totals(sheet, row + 1, figures, 5)

    def _businesses(self, name, figures):
        env = self.env
        sheet = self._sheet(
            name,
            (
                env._("Period"),
                env._("VAT number"),
                env._("Country"),
                env._("Customer"),
                env._("To declare (EUR)"),
                env._("Before tax"),
            ),
        )
        row = 5
        for row, one in enumerate(figures, start=5):
            partner = env["res.partner"].browse(one.partner)
            sheet.write_string(row, 0, self.statement._period_name(one.start))
            sheet.write_string(row, 1, one.number)
            sheet.write_string(row, 2, one.country)
            sheet.write_string(row, 3, partner.display_name or "")
            sheet.write_number(row, 4, whole(one.base))
            sheet.write_number(row, 5, one.base, self.money)
        self._totals(sheet, row + 1, figures, 5)

    def _totals(self, sheet, row, figures, column):
        sheet.write_string(row, 0, self.env._("Total"), self.bold)
        sheet.write_number(row, column, sum(one.base for one in figures), self.total)
        if self.statement.kind == "oss":
            vat = sum(one.vat for one in figures)
            sheet.write_number(row, column + 1, vat, self.total)

    def sales(self, name, sales):
        """Write a sheet with every invoice line that the figures are made of."""
        env = self.env
        sheet = self._sheet(
            name,
            (
                env._("Invoice"),
                env._("Date"),
                env._("Corrects an invoice of"),
                env._("Customer"),
                env._("Country"),
                env._("VAT number"),
                env._("What"),
                env._("Rate (%)"),
                env._("Before tax"),
                env._("VAT"),
            ),
        )
        for row, sale in enumerate(sales, start=5):
            partner = env["res.partner"].browse(sale.partner)
            sheet.write_string(row, 0, sale.name)
            sheet.write_datetime(row, 1, sale.day, self.day)
            if sale.corrects:
                sheet.write_datetime(row, 2, sale.corrects, self.day)
            sheet.write_string(row, 3, partner.display_name or "")
            sheet.write_string(row, 4, sale.country)
            sheet.write_string(row, 5, sale.number)
            sheet.write_string(row, 6, self.supplies[sale.supply])
            sheet.write_number(row, 7, sale.rate)
            sheet.write_number(row, 8, sale.base, self.money)
            sheet.write_number(row, 9, sale.vat, self.money)


def env_field(env, name):
    """Return a field of the statement's lines."""
    return env["recurring.vat.statement.line"]._fields[name]
