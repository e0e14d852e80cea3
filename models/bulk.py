"""Many rows in one go, past the ORM: for tables that this addon alone writes."""

import csv
import json
from io import StringIO

STRUCTURED = frozenset((dict, list))


def insert_rows(cr, table, columns, rows):
    """Insert rows with PostgreSQL's COPY: a third of the time of INSERT statements.

    Columns that are not named get the default of the table. The caller flushes and
    invalidates what the ORM keeps of that table.

    :param table: name of the table; with ``columns`` a constant of the code, never
        anything typed by a person
    :param rows: tuples of values; dict and list are written as JSON, None and an empty
        text as NULL
    """
    if not rows:
        return
    text = StringIO()
    csv.writer(text).writerows(
        [
            [json.dumps(value) if type(value) in STRUCTURED else value for value in row]
            for row in rows
        ]
    )
    text.seek(0)
    names = ", ".join(f'"{column}"' for column in columns)
    cr.copy_expert(f'COPY "{table}" ({names}) FROM STDIN WITH (FORMAT csv)', text)
