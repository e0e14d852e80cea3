"""Booking what a line of the bank statement is, against that line."""

from odoo import Command, models
from odoo.exceptions import UserError

from ..models.exact import exact
from ..models.guard import applying


class RecurringBankGift(models.TransientModel):
    _inherit = "recurring.bank.gift"

    def action_book(self):
        """Record what the money is, against the line of the statement."""
        self.ensure_one()
        if self.what == "known":
            self._match_known()
        elif self.what == "returned":
            self._record_return()
        else:
            self._record_new()
        return {"type": "ir.actions.act_window_close"}

    def _record_new(self):
        line = self.statement_line_id
        rest = exact(self.amount) - sum(exact(one.amount) for one in self.line_ids)
        if not self.partner_id or self.amount <= 0:
            raise UserError(self.env._("Say who paid, and how much."))
        if rest < 0:
            raise UserError(
                self.env._("More is put on dues than was received: lower a line.")
            )
        rows = [
            {
                "kind": "dues",
                "dues_line_id": one.dues_line_id.id,
                "amount": one.amount,
            }
            for one in self.line_ids
            if one.amount
        ]
        if rest:
            rows.append(self._prepare_gift(rest))
        made = applying(self.env["recurring.contribution"]).create(
            {
                "partner_id": self.partner_id.id,
                "company_id": line.company_id.id,
                "currency_id": self.currency_id.id,
                "date": line.date,
                "mode": self.mode,
                "journal_id": line.journal_id.id,
                "statement_line_id": line.id,
                "line_ids": [Command.create(row) for row in rows],
            }
        )
        contribution = made.browse(made.ids).with_env(self.env)  # without the key
        contribution.action_book()
        return contribution

    def _prepare_gift(self, amount):
        if not self.product_id:
            raise UserError(
                self.env._(
                    "No product stands for gifts: set up the association's books first."
                )
            )
        return {
            "kind": "gift",
            "product_id": self.product_id.id,
            "amount": float(amount),
            "fund_id": self.fund_id.id,
            "analytic_distribution": self.analytic_distribution or False,
        }

    def _match_known(self):
        """Match the line with the payments that it brought to the bank."""
        line = self.statement_line_id
        if not self.known_ids:
            raise UserError(self.env._("Choose what came with this line."))
        pieces = [
            (one._outstanding_items().account_id, one.partner_id, one.amount)
            for one in self.known_ids
        ]
        for one, mine in zip(self.known_ids, line._attribute(pieces), strict=True):
            one._deposit_by(line, mine)

    def _record_return(self):
        if not self.contribution_id:
            raise UserError(self.env._("Choose the payment that came back."))
        self.contribution_id._return_by(self.statement_line_id, self.reason)
