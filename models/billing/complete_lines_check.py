"""Two invoices, compared row by row and column by column."""

from odoo.tools import SQL

# What tells two identical invoices apart. Who wrote them is whoever was first to read
# what had to be computed: within one transaction that may be somebody else.
OWN_COLUMNS = {
    "id",
    "move_id",
    "create_date",
    "write_date",
    "write_uid",
    "access_token",
}


def stored_rows(moves):
    """Return, for each move, what the database holds of it.

    :return: a list, in the order of `moves`, of lists of dicts: the move's own row
        first, then its lines by id. Many2many fields appear as sorted ids.
    """
    moves.env.flush_all()
    headers = _rows(moves, "id")
    lines = _rows(moves.line_ids, "move_id")
    return [headers[move.id] + lines.get(move.id, []) for move in moves]


def differences(expected, actual):
    """Return in words what differs between two results of `stored_rows`.

    >>> differences([{"a": 1}, {"b": 2}], [{"a": 1}, {"b": 3}])
    ['line 1, b: 2 / 3']
    """
    if len(expected) != len(actual):
        return [f"{len(expected) - 1} / {len(actual) - 1} lines"]
    found = []
    for number, (left, right) in enumerate(zip(expected, actual, strict=True)):
        place = f"line {number}" if number else "invoice"
        for column in left.keys() | right.keys():
            if left.get(column) != right.get(column):
                found.append(
                    f"{place}, {column}: {left.get(column)} / {right.get(column)}"
                )
    return sorted(found)


def _rows(records, owner):
    """Return {id of the owner: [row, ...]} with all columns and many2many ids."""
    if not records:
        return {}
    env, table = records.env, SQL.identifier(records._table)
    found = env.execute_query_dict(
        SQL("SELECT * FROM %s WHERE id IN %s ORDER BY id", table, tuple(records.ids))
    )
    links = _linked_ids(records)
    rows = {}
    for row in found:
        kept = {key: row[key] for key in row if key not in OWN_COLUMNS}
        for name, ids in links.items():
            kept[name] = ids.get(row["id"], [])
        rows.setdefault(row[owner], []).append(kept)
    return rows


def _linked_ids(records):
    """Return {many2many field: {id: sorted linked ids}}."""
    links = {}
    for field in records._fields.values():
        if field.type != "many2many" or not field.store:
            continue
        query = SQL(
            "SELECT %s, array_agg(%s ORDER BY %s) FROM %s WHERE %s IN %s GROUP BY 1",
            SQL.identifier(field.column1),
            SQL.identifier(field.column2),
            SQL.identifier(field.column2),
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
            tuple(records.ids),
        )
        links[field.name] = dict(records.env.execute_query(query))
    return links
