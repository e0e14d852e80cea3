"""Files that we hand out: the documented template, and rejected rows to correct."""

import csv
import io

import xlsxwriter

from .import_columns import COLUMNS, SHEET

WIDTH = 18


def template_xlsx(env):
    """Return the template as XLSX: a sheet to fill in, a sheet that explains it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
        must = book.add_format({"bold": True, "bg_color": "#FCE8B2"})
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(COLUMNS) - 1, WIDTH)
        for number, column in enumerate(COLUMNS):
            sheet.write_string(
                0, number, column.name, must if column.required else bold
            )
            sheet.write_comment(0, number, str(env._(column.help)))
            sheet.write_string(1, number, column.example)
        guide_sheet(book, COLUMNS, _notes(env), env)
    return buffer.getvalue()


def guide_sheet(book, columns, notes, env):
    """Add the sheet that explains the columns of a template."""
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    top = book.add_format({"valign": "top"})
    guide = book.add_worksheet(env._("Explanation"))
    guide.set_column(0, 0, WIDTH)
    guide.set_column(1, 1, 24)
    guide.set_column(2, 2, 12)
    guide.set_column(3, 3, 80)
    guide.set_column(4, 4, 22)
    heads = (
        env._("Column"),
        env._("Name"),
        env._("Required"),
        env._("Meaning"),
        env._("Example"),
    )
    guide.write_row(0, 0, heads, bold)
    for number, column in enumerate(columns, start=1):
        guide.write_string(number, 0, column.name, top)
        guide.write_string(number, 1, str(env._(column.label)), top)
        guide.write_string(number, 2, env._("yes") if column.required else "", top)
        guide.write_string(number, 3, str(env._(column.help)), wrap)
        guide.write_string(number, 4, column.example, top)
    for number, text in enumerate(notes, start=len(columns) + 2):
        guide.merge_range(number, 0, number, 4, text, wrap)


def _notes(env):
    return (
        env._("The row of examples is to be replaced. One row is one subscription."),
        env._(
            "Columns may be left out or put in another order. A column whose heading "
            "starts with # is not read."
        ),
        env._(
            "Dates are written as 2026-11-30, numbers as 1234.5; formulas are refused."
        ),
    )


def template_csv():
    """Return the template as CSV in UTF-8 with its mark, which spreadsheets expect."""
    return csv_table(
        [
            [column.name for column in COLUMNS],
            [column.example for column in COLUMNS],
        ],
        ",",
    )


def rejected_file(kind, delimiter, rows, env):
    """Return the rejected rows as the user's kind of file, to correct and import again.

    ``rows`` are ``(line, cells, reasons)``. Line and reasons stand in columns that the
    next import does not read.
    """
    present = {name for _line, cells, _reasons in rows for name in cells}
    names = [c.name for c in COLUMNS if c.required or c.name in present]
    table = [[*names, env._("# line"), env._("# to correct")]]
    for line, cells, reasons in rows:
        values = [cells.get(name, "") for name in names]
        table.append([*values, str(line), "\n".join(reasons)])
    if kind == "csv":
        return csv_table(table, delimiter)
    return xlsx_table(table)


def csv_table(table, delimiter):
    """Return a table of texts as CSV in UTF-8 with its mark."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(table)
    return buffer.getvalue().encode("utf-8-sig")


def xlsx_table(table, sheet_name=SHEET):
    """Return a table of texts as XLSX, its first row the headings."""
    return xlsx_tables([(sheet_name, table)])


def xlsx_tables(sheets):
    """Return ``(name, table of texts)`` as the sheets of an XLSX, heads first."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
        for name, table in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, len(table[0]) - 1, WIDTH)
            for number, cells in enumerate(table):
                for column, text in enumerate(cells):
                    # As text, so that nothing becomes a formula or loses its zeros.
                    sheet.write_string(
                        number, column, text, *([bold] if not number else [])
                    )
    return buffer.getvalue()
