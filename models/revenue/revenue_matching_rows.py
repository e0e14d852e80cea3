"""Matchings written as rows: partial and full ones, open amounts and numbers.

What Odoo does in `account.partial.reconcile.create`, `_update_matching_number`,
`account.full.reconcile.create` and `account.move.line._compute_amount_residual`.
A matching number is 'P' and the smallest id among the partials that hang together;
when nothing is open any more, it is the id of the full matching.
"""

from odoo.tools import SQL

PAGE = 1000  # rows in one statement


class MatchingRows:
    """Writes the partials of one call; everything is flushed before."""

    def __init__(self, env, items):
        self.env = env
        self.items = items
        self.merged = {}  # {number: the number it hangs together with}
        self.numbers = {
            item.id: int(item.number[1:])
            for item in items.values()
            if item.number and item.number.startswith("P")
        }
        self.log = (env.uid, env.cr.now(), env.uid, env.cr.now())

    def insert(self, partials):
        """Write them all. The caller lets the cache forget what it knew of them."""
        if not partials:
            return
        ids = self._new_ids("account_partial_reconcile_id_seq", len(partials))
        self._insert_partials(ids, partials)
        for number, partial in zip(ids, partials, strict=True):
            self._number(number, partial)
        touched = {
            item.id: item
            for partial in partials
            for item in (partial.debit, partial.credit)
        }
        self._update_lines(touched.values())
        self._renumber()
        self._complete(touched.values())

    # ------------------------------------------------------------------
    # Partial matchings
    # ------------------------------------------------------------------

    def _new_ids(self, sequence, number):
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", sequence, number)
        )
        return [new_id for (new_id,) in rows]

    def _insert_partials(self, ids, partials):
        rows = []
        for new_id, partial in zip(ids, partials, strict=True):
            debit, credit = partial.debit, partial.credit
            rows.append(
                (
                    new_id,
                    debit.id,
                    credit.id,
                    debit.currency_id,
                    credit.currency_id,
                    partial.amount,
                    partial.amount_currency,
                    partial.amount_currency,
                    debit.company_id,
                    max(debit.date, credit.date),
                    *self.log,
                )
            )
        for values in _pages(rows):
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO account_partial_reconcile (
                        id, debit_move_id, credit_move_id, debit_currency_id,
                        credit_currency_id, amount, debit_amount_currency,
                        credit_amount_currency, company_id, max_date,
                        create_uid, create_date, write_uid, write_date
                    ) VALUES %s
                    """,
                    values,
                )
            )

    # ------------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------------

    def _number(self, number, partial):
        """Let both lines, and all that hang together with them, have one number."""
        known = [
            self._standing(self.numbers[item.id])
            for item in (partial.debit, partial.credit)
            if item.id in self.numbers
        ]
        smallest = min(known, default=number)
        for other in known:
            if other != smallest:
                self.merged[other] = smallest
        for item in (partial.debit, partial.credit):
            self.numbers[item.id] = smallest

    def _standing(self, number):
        while number in self.merged:
            number = self.merged[number]
        return number

    def _update_lines(self, items):
        rows = [
            (
                item.id,
                item.open,
                item.open_currency,
                not item.is_open,
                f"P{self._standing(self.numbers[item.id])}",
            )
            for item in items
        ]
        for values in _pages(rows):
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE account_move_line line
                       SET amount_residual = new.residual,
                           amount_residual_currency = new.residual_currency,
                           reconciled = new.reconciled,
                           matching_number = new.number,
                           write_uid = %s,
                           write_date = %s
                      FROM (VALUES %s)
                        AS new(id, residual, residual_currency, reconciled, number)
                     WHERE line.id = new.id
                    """,
                    *self.log[:2],
                    values,
                )
            )

    def _renumber(self):
        """Give lines of earlier calls the number that theirs was merged into."""
        rows = [(f"P{number}", f"P{self._standing(number)}") for number in self.merged]
        for values in _pages(rows):
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE account_move_line line
                       SET matching_number = new.number
                      FROM (VALUES %s) AS new(old, number)
                     WHERE line.matching_number = new.old
                    """,
                    values,
                )
            )

    # ------------------------------------------------------------------
    # Full matchings
    # ------------------------------------------------------------------

    def _complete(self, items):
        """Make a full matching of all that hangs together with nothing left open.

        Open in neither currency: where a credit at another rate left a difference,
        Odoo would call it complete before the difference is booked.
        """
        closed = {}
        for item in items:
            number = f"P{self._standing(self.numbers[item.id])}"
            closed[number] = closed.get(number, True) and not item.is_open
        numbers = [number for number, is_closed in closed.items() if is_closed]
        if not numbers:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT matching_number
                  FROM account_move_line
                 WHERE matching_number = ANY(%s)
              GROUP BY matching_number
                HAVING NOT BOOL_AND(reconciled)
                """,
                numbers,
            )
        )
        numbers = [number for number in numbers if (number,) not in set(rows)]
        ids = self._new_ids("account_full_reconcile_id_seq", len(numbers))
        for values in _pages([(new_id, *self.log) for new_id in ids]):
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO account_full_reconcile
                        (id, create_uid, create_date, write_uid, write_date)
                    VALUES %s
                    """,
                    values,
                )
            )
        for values in _pages(list(zip(numbers, ids, strict=True))):
            self._write_full(values)

    def _write_full(self, values):
        self.env.cr.execute(
            SQL(
                """
                WITH new(number, id) AS (VALUES %s),
                line AS (
                    UPDATE account_move_line line
                       SET full_reconcile_id = new.id, matching_number = new.id::text
                      FROM new
                     WHERE line.matching_number = new.number
                 RETURNING line.id, line.full_reconcile_id
                )
                UPDATE account_partial_reconcile partial
                   SET full_reconcile_id = line.full_reconcile_id
                  FROM line
                 WHERE partial.debit_move_id = line.id
                """,
                values,
            )
        )


def _pages(rows):
    """Yield the rows as SQL values, so many at a time."""
    for start in range(0, len(rows), PAGE):
        yield SQL(", ").join(SQL("%s", row) for row in rows[start : start + PAGE])


# ------------------------------------------------------------------
# Comparing
# ------------------------------------------------------------------


def matching_snapshot(env, ids):
    """Return what is stored of the matching of these lines, free of new ids.

    :return: rows of the lines and all that hang together with them, of their moves,
        and of their partials. A number appears as the lines of the partials it names.
    """
    env.flush_all()
    lines = env["account.move.line"].browse(ids)._all_reconciled_lines().sorted("id")
    rows = _select(env, "account_move_line", "id", lines.ids)
    moves = _select(env, "account_move", "id", lines.move_id.ids)
    partials = _select(env, "account_partial_reconcile", "debit_move_id", lines.ids)
    pairs = {
        row["id"]: (row["debit_move_id"], row["credit_move_id"]) for row in partials
    }
    fulls = {}
    for row in partials:
        if row["full_reconcile_id"]:
            fulls.setdefault(row["full_reconcile_id"], []).append(pairs[row["id"]])
    for row in rows:
        number = row["matching_number"] or ""
        if number.startswith("P"):
            row["matching_number"] = ("P", pairs.get(int(number[1:])))
        elif number:
            row["matching_number"] = fulls.get(int(number))
    for row in rows + partials:
        row["full_reconcile_id"] = fulls.get(row["full_reconcile_id"])
    for row in partials:
        del row["id"]
    return moves + rows + partials


def _select(env, table, column, ids):
    rows = env.execute_query_dict(
        SQL(
            "SELECT * FROM %s WHERE %s = ANY(%s) ORDER BY id",
            SQL.identifier(table),
            SQL.identifier(column),
            list(ids),
        )
    )
    for row in rows:
        del row["create_date"], row["write_date"]
    return rows
