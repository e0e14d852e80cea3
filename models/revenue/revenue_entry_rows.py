"""The lines of a draft entry as rows of the database, written in one statement."""

from psycopg2.extras import Json

from odoo.tools import SQL, float_round

from ..exact import exact

# Stored values that this module fills in; all others have their default.
GIVEN = (
    "account_id",
    "partner_id",
    "name",
    "analytic_distribution",
    "balance",
    "amount_currency",
)
PAGE = 500  # rows in one statement


class EntryRows:
    """Turns the lines of one entry into rows, exactly as Odoo would store them.

    What is not known here has its default, so a value that another module computes
    shows in the comparison with the standard way.
    """

    def __init__(self, move, currency):
        self.env = move.env
        self.move = move
        self.currency = currency
        self.company_currency = move.company_id.currency_id
        self.model = self.env["account.move.line"]
        self.percentage = self.env["decimal.precision"].precision_get(
            "Percentage Analytic"
        )
        self.matched = {}
        self.constants = self._constants()

    def insert(self, lines):
        """Write the rows of the lines; return their ids in the same order."""
        names = self._names(lines)
        ids = self._new_ids(len(lines))
        rows = []
        for line_id, line in zip(ids, lines, strict=True):
            values = self._values(line_id, line)
            rows.append(tuple(values.get(name) for name in names))
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        for start in range(0, len(rows), PAGE):
            page = SQL(", ").join(SQL("%s", row) for row in rows[start : start + PAGE])
            self.env.cr.execute(
                SQL("INSERT INTO account_move_line (%s) VALUES %s", columns, page)
            )
        return ids

    def _new_ids(self, number):
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                "account_move_line_id_seq",
                number,
            )
        )
        return [line_id for (line_id,) in rows]

    def _names(self, lines):
        extra = {name for line in lines for name in line.get("extra") or ()}
        computed = {"id", "debit", "credit", "amount_residual"}
        computed |= {"amount_residual_currency", "reconciled"}
        computed |= {"price_subtotal", "price_total"}
        return sorted(self.constants.keys() | computed | extra | set(GIVEN))

    def _constants(self):
        """Return what all lines of the entry have in common."""
        move, fields = self.move, self.model._fields
        values = {
            **self.model._add_missing_default_values({}),
            "move_id": move.id,
            "journal_id": move.journal_id.id,
            "company_id": move.company_id.id,
            "company_currency_id": self.company_currency.id,
            "currency_id": self.currency.id,
            "move_name": move.name,
            "parent_state": move.state,
            "date": move.date,
            "invoice_date": move.invoice_date,
            "ref": move.ref,
            "is_storno": False,
            "sequence": 100,
            "display_type": "product",
            "quantity": 1.0,
            "price_unit": 0.0,
            "discount": 0.0,
            "no_followup": move.journal_id.type == "general",
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
            "create_date": self.env.cr.now(),
            "write_date": self.env.cr.now(),
        }
        return {
            name: fields[name].convert_to_column_insert(value, self.model)
            for name, value in values.items()
            if fields[name].store and fields[name].column_type
        }

    def _values(self, line_id, line):
        """Return {column: value} of the row."""
        balance = exact(line["amount"])
        amount_currency = exact(line["amount_currency"])
        matched = self._is_matched(line["account_id"])
        zero = balance * 0
        fields = self.model._fields
        name = fields["name"].convert_to_column_insert(line["name"], self.model)
        return {
            **self.constants,
            **{
                key: fields[key].convert_to_column_insert(value, self.model)
                for key, value in (line.get("extra") or {}).items()
            },
            "id": line_id,
            "account_id": line["account_id"],
            "partner_id": line["partner_id"] or None,
            "name": name,
            "analytic_distribution": self._distribution(line),
            "balance": balance,
            "debit": max(balance, zero),
            "credit": max(-balance, zero),
            "amount_currency": amount_currency,
            "price_subtotal": amount_currency,
            "price_total": amount_currency,
            "amount_residual": balance if matched else zero,
            "amount_residual_currency": amount_currency if matched else zero,
            "reconciled": bool(matched and not balance and not amount_currency),
        }

    def _is_matched(self, account_id):
        """Tell whether lines of the account have something to match."""
        if account_id not in self.matched:
            account = self.env["account.account"].browse(account_id)
            self.matched[account_id] = account.reconcile or (
                account.account_type in ("asset_cash", "liability_credit_card")
            )
        return self.matched[account_id]

    def _distribution(self, line):
        """Return the distribution with the company's digits, as analytic lines do."""
        distribution = line["analytic_distribution"]
        if not distribution:
            return None
        return Json(
            {
                accounts: float_round(share, self.percentage)
                for accounts, share in distribution.items()
            }
        )
