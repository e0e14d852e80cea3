"""A file's bytes to a table of texts: CSV in UTF-8 or XLSX, or one sentence why not."""

import codecs
import csv
import io
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from .import_columns import BY_NAME, COLUMNS, IGNORED, SHEET

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 100_000
DELIMITERS = ",;\t"
# What the reader raises, now or row by row, where a part of the file is missing, cut or
# not what it should be (errors of the XML parsers are syntax errors).
DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; its text is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file: ``(line number, {column: text})``, in the file's order.

    A date cell of XLSX arrives as ISO text, a number without idle zeros; what a row
    holds beyond the headings stands under the key ``None``.
    """

    columns: tuple
    rows: tuple
    kind: str  # csv or xlsx
    delimiter: str = ","


def read_table(content, filename, env):
    """Return the Table of a file. ``env`` translates.

    Raises UnreadableFile with a sentence.
    """
    lines, kind, delimiter = read_lines(content, filename, env)
    columns, rows = _headed(lines, env)
    if not rows:
        raise UnreadableFile(env._("The file has headings but no row below them."))
    return Table(columns, rows, kind, delimiter)


def read_lines(content, filename, env, names=BY_NAME, sheet=SHEET, lenient=False):
    """Return ``([(line, cells)], kind, delimiter)`` of a CSV or XLSX file.

    :param names: headings that are known, in small letters: they tell the delimiter
    :param sheet: the sheet to read, else the first
    :param lenient: take a text that is not UTF-8 for Windows-1252, as spreadsheet
        programmes save it
    :raises UnreadableFile: with a sentence
    """
    if not content:
        raise UnreadableFile(env._("The file is empty."))
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            env._("The file is larger than 50 MB: import it in parts.")
        )
    name = (filename or "").lower()
    if content[:4] == b"PK\x03\x04":
        lines, kind, delimiter = xlsx_lines(content, env, sheet), "xlsx", ","
    elif content[:4] == b"\xd0\xcf\x11\xe0" or name.endswith((".xls", ".xlsx", ".ods")):
        raise UnreadableFile(
            env._(
                "This is not a spreadsheet that can be read (an old format, protected "
                "by a password, or damaged). Save it as XLSX without a password, or as "
                "CSV in UTF-8."
            )
        )
    else:
        lines, delimiter = csv_lines(content, env, names, lenient)
        kind = "csv"
    return lines, kind, delimiter


# ----------------------------------------------------------------------
# CSV
# ----------------------------------------------------------------------


def csv_lines(content, env, names=BY_NAME, lenient=False):
    """Return ``[(line, cells)]`` and the delimiter found.

    The delimiter is what parts the most of the headings in ``names``.
    """
    text = _decoded(content, env, lenient)
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=lambda mark: _known_headings(head, mark, names))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines, first = [], 1
    try:
        for cells in reader:
            lines.append((first, cells))
            first = reader.line_num + 1
            _check_length(lines, env)
    except csv.Error as error:
        raise UnreadableFile(
            env._(
                "Line %(line)s cannot be read: a quotation mark is opened and not "
                "closed, or a value is too long.",
                line=first,
            )
        ) from error
    return lines, delimiter


def _decoded(content, env, lenient=False):
    """Return the text of UTF-8 bytes, with or without its mark."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        other = _decoded_otherwise(content) if lenient else None
        if other is not None:
            return other
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableFile(
            env._(
                "The file is not encoded in UTF-8 (line %(line)s has a character that "
                "is not). In a spreadsheet programme choose “CSV UTF-8” when "
                "saving.",
                line=line,
            )
        ) from error
    if "\0" in text:
        raise UnreadableFile(
            env._(
                "The file is not a text in UTF-8. In a spreadsheet programme choose "
                "“CSV UTF-8” when saving."
            )
        )
    return text


def _decoded_otherwise(content):
    """Return the text of UTF-16 with its mark or of Windows-1252, else None."""
    marked = content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    try:
        text = content.decode("utf-16" if marked else "cp1252")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _known_headings(head, mark, known):
    names = (part.strip().strip('"').lower() for part in head.split(mark))
    return sum(name in known for name in names), head.count(mark)


def _check_length(lines, env):
    if len(lines) > MAX_ROWS:
        raise UnreadableFile(
            env._("The file has more than 100,000 rows: import it in parts.")
        )


# ----------------------------------------------------------------------
# XLSX
# ----------------------------------------------------------------------


def xlsx_lines(content, env, sheet_name=SHEET):
    """Return ``[(line, cells)]`` of the sheet to import, else of the first one."""
    try:
        return _sheet_lines(content, env, sheet_name)
    except UnreadableFile:
        raise
    except DAMAGED as e:
        raise UnreadableFile(
            env._("The spreadsheet is damaged: open and save it again as XLSX.")
        ) from e


def _sheet_lines(content, env, sheet_name):
    """Return the lines that hold something: programmes save formats far below."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    sheets = [sheet for sheet in book.worksheets if sheet.title == sheet_name]
    sheet = (sheets or book.worksheets)[0]
    lines = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if any(value is not None for value in cells):
            lines.append((number, [_cell_text(value) for value in cells]))
            _check_length(lines, env)
    book.close()
    return lines


def _cell_text(value):
    """Return a cell as text.

    >>> _cell_text(75001.0), _cell_text(datetime(2026, 11, 1)), _cell_text(True)
    ('75001', '2026-11-01', 'TRUE')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return str(value)


# ----------------------------------------------------------------------
# Headings
# ----------------------------------------------------------------------


def _headed(lines, env):
    """Return ``(columns, rows)``: the first line not empty holds the headings."""
    filled = [(number, cells) for number, cells in lines if any(map(str.strip, cells))]
    if not filled:
        raise UnreadableFile(env._("The file is empty."))
    names = _columns(filled[0][1], env)
    rows = []
    for number, cells in filled[1:]:
        row = {
            name: cell.strip()
            for name, cell in zip(names, cells, strict=False)
            if name and cell.strip()
        }
        if any(cell.strip() for cell in cells[len(names) :]):
            row[None] = "; ".join(cells[len(names) :])
        if row:
            rows.append((number, row))
    return tuple(name for name in names if name), tuple(rows)


def _columns(headings, env):
    """Return the column names in order, None for a column to ignore."""
    known = {str(env._(column.label)).lower(): column.name for column in COLUMNS}
    names = []
    for heading in headings:
        plain = heading.strip().lower()
        if not plain or plain.startswith(IGNORED):
            names.append(None)
            continue
        name = plain.replace(" ", "_")
        name = name if name in BY_NAME else known.get(plain)
        if not name:
            raise UnreadableFile(
                env._(
                    "The column “%(column)s” is not known. Correct its heading, or "
                    "start it with # to keep the column for yourself. Known: "
                    "%(known)s.",
                    column=heading.strip(),
                    known=", ".join(BY_NAME),
                )
            )
        if name in names:
            raise UnreadableFile(
                env._("The column “%s” stands twice in the file.", name)
            )
        names.append(name)
    missing = [c.name for c in COLUMNS if c.required and c.name not in names]
    if missing:
        raise UnreadableFile(
            env._(
                "The file lacks the column %(columns)s. Its first line must hold the "
                "headings of the template.",
                columns=", ".join(missing),
            )
        )
    return names
