"""A file of index values, ``date;value`` a line, to dates and Decimals."""

import csv
import io
import re
from datetime import date
from decimal import Decimal, InvalidOperation

MAX_LINES = 10_000
DAY = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$")
FRENCH_DAY = re.compile(r"(?:(\d{1,2})/)?(\d{1,2})/(\d{4})$")


def read_values(content, env):
    """Return ``({date: Decimal}, [sentence])`` of the bytes of a file.

    A day is 2026-09-01 or 01/09/2026, a month 2026-09 or 09/2026; a value has a point
    or a comma. A first line without figures is taken for headings. Every line that
    cannot be read gives a sentence with its number.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    mark = next((mark for mark in ";\t" if mark in text), ",")
    values, problems, first = {}, [], True
    for number, cells in enumerate(
        csv.reader(io.StringIO(text, newline=""), delimiter=mark), start=1
    ):
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if number > MAX_LINES:
            problems.append(env._("The file has more than 10,000 lines."))
            break
        heading = first and not any(char.isdigit() for char in "".join(cells))
        first = False
        if heading:
            continue
        problem = _read_line(cells, values, env)
        if problem:
            problems.append(
                env._("Line %(line)s: %(problem)s", line=number, problem=problem)
            )
    if not values and not problems:
        problems.append(env._("The file is empty."))
    return values, problems


def _read_line(cells, values, env):
    """Add the value of a line to ``values``, or return why it cannot be read."""
    filled = [cell for cell in cells if cell]
    if len(filled) != 2 or len(cells) < 2:
        return env._("a date and a value are expected, separated by a semicolon.")
    day, value = _day(cells[0]), _number(cells[1])
    if day is None:
        return env._("“%s” is not a day or a month, such as 2026-09.", cells[0])
    if value is None:
        return env._("“%s” is not a value above 0 with at most six decimals.", cells[1])
    if day in values and values[day] != value:
        return env._("%s has two different values in this file.", cells[0])
    values[day] = value
    return None


def _day(text):
    """Return the day of a text, the first of a month; None where it is neither."""
    iso, french = DAY.match(text), FRENCH_DAY.match(text)
    if iso:
        year, month, day = iso.groups()
    elif french:
        day, month, year = french.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day or 1))
    except ValueError:
        return None


def _number(text):
    """Return a Decimal above 0 with at most six decimals, or None."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    if not value.is_finite() or value <= 0 or value != round(value, 6):
        return None
    return value
