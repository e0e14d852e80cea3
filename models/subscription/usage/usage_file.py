"""Events of usage from a file: the same columns, the same checks as the method."""

import csv
import hashlib
import io

from ..imports.import_reader import MAX_BYTES, UnreadableFile, csv_lines, xlsx_lines

COLUMNS = ("key", "subscription", "meter", "quantity", "time", "value")
NEEDED = ("subscription", "meter")


def read_events(content, filename, env):
    """Return ``([line number], [event])`` of a CSV or XLSX file.

    Without a column ``key`` the file's content and the line make it, so that the same
    file counts once however often it is imported. In a file that separates by
    semicolons the comma is the decimal mark. ``env`` translates. Raises UnreadableFile
    with a sentence.
    """
    if not content:
        raise UnreadableFile(env._("The file is empty."))
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            env._("The file is larger than 50 MB: import it in parts.")
        )
    if content[:4] == b"PK\x03\x04":
        lines, delimiter = xlsx_lines(content, env), ","
    else:
        lines, delimiter = csv_lines(content, env, COLUMNS)
    filled = [(number, cells) for number, cells in lines if any(map(str.strip, cells))]
    if len(filled) < 2:
        raise UnreadableFile(env._("The file has headings but no row below them."))
    names = _headings(filled[0][1], env)
    digest = hashlib.sha256(content).hexdigest()[:16]
    numbers, events = [], []
    for number, cells in filled[1:]:
        event = {
            name: cell.strip()
            for name, cell in zip(names, cells, strict=False)
            if name and cell.strip()
        }
        event.setdefault("key", f"{digest}:{number}")
        if delimiter == ";" and "quantity" in event:
            event["quantity"] = event["quantity"].replace(",", ".")
        numbers.append(number)
        events.append(event)
    return numbers, events


def _headings(cells, env):
    names = [cell.strip().lower() for cell in cells]
    unknown = [name for name in names if name and name not in COLUMNS]
    missing = [name for name in NEEDED if name not in names]
    if unknown or missing:
        raise UnreadableFile(
            env._(
                "The first line must name the columns: %(columns)s. Needed are "
                "subscription and meter.",
                columns=", ".join(COLUMNS),
            )
        )
    return names


def refused_file(numbers, events, answers, env):
    """Return the CSV of what was not recorded: line, event, why."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["line", *COLUMNS, "code", "message"])
    for number, event, answer in zip(numbers, events, answers, strict=True):
        if answer["status"] != "recorded":
            cells = [_plain(event.get(name, "")) for name in COLUMNS]
            writer.writerow([number, *cells, answer["code"], answer["message"]])
    return out.getvalue().encode("utf-8-sig")


def _plain(text):
    """Return a text that a spreadsheet programme does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "@") else text
