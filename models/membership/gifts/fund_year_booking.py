"""Posting and taking back the entries of dedicated funds, and their table."""

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...exact import exact
from ...guard import applying
from ...revenue.report_table import Column, Row, Table
from ...revenue.report_xlsx import Book
from .fund_ledger import ZERO


class RecurringFundYear(models.Model):
    _inherit = "recurring.fund.year"

    def action_post(self):
        """Book what is still to be booked, on the last day of the year; a year with
        nothing to carry forward is closed without an entry."""
        self.ensure_one()
        self._check_postable()
        self._refresh()
        if self.has_entry:
            move = self.env["account.move"].create(self._prepare_closing())
            move._post(soft=False)
        elif self.state == "posted":
            raise UserError(self.env._("Nothing is left to book for this year."))
        applying(self).write({"state": "posted"})
        self._refresh()
        return True

    def _check_postable(self):
        locks = self.company_id._get_lock_date_violations(
            self.date_to, fiscalyear=True, sale=False, purchase=False, tax=False
        )
        if locks:
            raise UserError(
                self.env._(
                    "The books are closed until %s: the funds of this year can no "
                    "longer be booked in it.",
                    format_date(self.env, locks[-1][0]),
                )
            )
        earlier = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_to", "<", self.date_from),
                ("state", "=", "draft"),
            ],
            limit=1,
        )
        if earlier and earlier.line_ids:
            raise UserError(
                self.env._(
                    "Post %s first: this year opens with it.", earlier.display_name
                )
            )

    def _prepare_closing(self):
        rows = []
        for line in self.line_ids:
            rows += line._prepare_items()
        return {
            "move_type": "entry",
            "company_id": self.company_id.id,
            "journal_id": self.company_id._gift_journal().id,
            "date": self.date_to,
            "ref": self.display_name,
            "rr_fund_year_id": self.id,
            "line_ids": [Command.create(row) for row in rows],
        }

    def action_take_back(self):
        """Reverse the entries of this year on their own day."""
        self.ensure_one()
        later = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", ">", self.date_to),
                ("state", "=", "posted"),
            ],
            limit=1,
        )
        if later:
            raise UserError(
                self.env._("%s is posted: take it back first.", later.display_name)
            )
        self._check_postable()
        moves = self.move_ids.filtered(
            lambda move: (
                move.state == "posted"
                and not move.reversal_move_ids
                and not move.reversed_entry_id
            )
        )
        for move in moves:
            move._reverse_moves(
                [
                    {
                        "date": self.date_to,
                        "ref": self.env._("Taken back: %s", move.name),
                        "rr_fund_year_id": self.id,
                    }
                ],
                cancel=True,
            )
        applying(self).write({"state": "draft"})
        self._refresh()
        return True

    def action_entries(self):
        """Open the entries of this year."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("rr_fund_year_id", "=", self.id)],
        }

    nameless_count = fields.Integer(compute="_compute_nameless_count")

    def _compute_nameless_count(self):
        items = self.env["account.move.line"]
        for year in self:
            year.nameless_count = items.search_count(year._nameless())

    def _nameless(self):
        """Return the domain of items on the accounts of funds that name none."""
        return [
            ("account_id", "in", self._funds().account_id.ids),
            ("company_id", "=", self.company_id.id),
            ("parent_state", "=", "posted"),
            ("date", "<=", self.date_to),
            ("rr_fund_id", "=", False),
        ]

    def action_nameless(self):
        """Open the items on the accounts of funds that name no fund, to name it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Without a Fund"),
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [(self.env.ref("account.view_move_line_tree").id, "list")],
            "domain": self._nameless(),
            "context": {"with_fund": True},
        }

    # ------------------------------------------------------------------
    # The table
    # ------------------------------------------------------------------

    def action_xlsx(self):
        """Download the table of the annex."""
        self.ensure_one()
        self._refresh()
        return {
            "type": "ir.actions.act_url",
            "url": f"/recurring_revenue/fund_year/{self.id}",
            "target": "self",
        }

    def _annex(self):
        """Return the table of the annex: each fund from opening to closing, then the
        general ledger and the difference."""
        lines = self.env["recurring.fund.year.line"]
        names = ("opening", "transferred", "received", "used", "carried", "expenses")
        columns = [
            Column(name, lines._fields[name]._description_string(self.env))
            for name in (*names, "own", "use", "report")
        ]
        table = Table(self.env._("Project"), columns)
        for line in self.line_ids:
            cells = {column.key: exact(line[column.key]) for column in columns}
            table.rows.append(Row(str(line.id), line.fund_id.name, cells))
        keys = [column.key for column in columns]
        sums = {key: sum((row.cells[key] for row in table.rows), ZERO) for key in keys}
        table.total(self.env._("Total"), sums)
        checks = self._check_rows()
        for account, _carried, to_book, ledger, difference in checks:
            name = f"{account.code or ''} {account.name}".strip()
            table.rows.append(
                Row(f"l{account.id}", name, {"carried": ledger}, "ledger")
            )
            if to_book:
                still = self.env._("Still to book on %s", name)
                table.rows.append(
                    Row(f"b{account.id}", still, {"carried": to_book}, "ledger")
                )
            off = self.env._("Difference on %s", name)
            table.rows.append(
                Row(f"d{account.id}", off, {"carried": difference}, "ledger")
            )
        return table

    def _xlsx(self):
        book = Book(self.currency_id)
        titles = [self.env._("Dedicated Funds"), self.company_id.name]
        book.sheet(
            self.env._("Dedicated Funds"),
            [*titles, self.display_name],
            self._annex(),
        )
        return book.content()


class RecurringFundYearLine(models.Model):
    _inherit = "recurring.fund.year.line"

    def _prepare_items(self):
        """Return the journal items of what is still to be booked for this fund."""
        fund = self.fund_id
        project = {"analytic_distribution": {str(fund.analytic_account_id.id): 100}}
        rows = []
        if self.still_use:
            rows += [
                self._item(fund.account_id, self.still_use),
                {**self._item(fund.use_account_id, -self.still_use), **project},
            ]
        if self.still_report:
            rows += [
                {**self._item(fund.report_account_id, self.still_report), **project},
                self._item(fund.account_id, -self.still_report),
            ]
        return rows

    def _item(self, account, balance):
        return {
            "account_id": account.id,
            "name": self.fund_id.name,
            "balance": balance,
            "rr_fund_id": self.fund_id.id,
        }
