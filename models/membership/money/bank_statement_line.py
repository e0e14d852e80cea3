"""Gifts and dues that are found on the bank statement: no payment in between."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...exact import exact


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    rr_contribution_ids = fields.One2many(
        "recurring.contribution", "statement_line_id", string="Contributions"
    )
    rr_left = fields.Monetary(
        string="Left to Attribute",
        compute="_compute_rr_left",
        currency_field="currency_id",
    )

    @api.depends("amount", "move_id.line_ids.account_id", "move_id.line_ids.balance")
    def _compute_rr_left(self):
        for line in self:
            line.rr_left = float(line._rr_open())

    def _rr_currency(self):
        """Return the currency of the transaction."""
        return self.foreign_currency_id or self.currency_id

    def _rr_open(self):
        """Return what of the line is not attributed yet: positive for money that came
        in, negative for money that went out (Decimal, in the line's own currency)."""
        self.ensure_one()
        _liquidity, suspense, _others = self._seek_for_lines()
        return -exact(round(sum(suspense.mapped("amount_currency")), 6))

    def _attribute(self, pieces):
        """Put a part of what is open on other accounts, the rest stays open.

        :param pieces: [(account, partner, amount)], amounts signed like the line's
        :return: the new journal items, in order
        :raises UserError: more than what is open
        """
        self.ensure_one()
        rest = self._rr_open() - sum(exact(amount) for _a, _p, amount in pieces)
        sign = 1 if self.amount > 0 else -1
        if any(amount * sign <= 0 for _account, _partner, amount in pieces):
            raise UserError(
                self.env._(
                    "Money that came in was received, money that went out came back: "
                    "this line goes the other way."
                )
            )
        if rest * sign < 0:
            raise UserError(
                self.env._(
                    "Only %s of this line are left to attribute.",
                    self._rr_currency().format(abs(float(self._rr_open()))),
                )
            )
        journal = self.journal_id
        rows = [*pieces]
        if rest:
            rows.append((journal.suspense_account_id, self.partner_id, float(rest)))
        # sudo: the entry of a bank line belongs to the bank; the treasurer says what
        # the money is for, which replaces only what waits on the suspense account.
        line = self.sudo()
        _liquidity, suspense, _others = line._seek_for_lines()
        open_balance = sum(suspense.mapped("balance"))
        before = line.move_id.line_ids
        values = line._rr_items(rows, open_balance)
        line.with_context(force_delete=True, skip_readonly_check=True).write(
            {
                "line_ids": [
                    *(Command.delete(item.id) for item in suspense),
                    *(Command.create(row) for row in values),
                ]
            }
        )
        new = (line.move_id.line_ids - before).sorted("id")
        return new[: len(pieces)].sudo(False)

    def _rr_items(self, rows, balance):
        """Return the values of journal items whose balances sum up to ``balance``."""
        items, taken = [], 0
        currency = self._rr_currency()
        for number, (account, partner, amount) in enumerate(rows):
            part = self._prepare_counterpart_amounts_using_st_line_rate(
                currency, None, -amount
            )["balance"]
            if number == len(rows) - 1:
                part = self.company_currency_id.round(balance - taken)
            taken += part
            items.append(
                {
                    "name": self.payment_ref,
                    "account_id": account.id,
                    "partner_id": partner.id,
                    "currency_id": currency.id,
                    "amount_currency": -amount,
                    "balance": part,
                }
            )
        return items

    def _detach(self, items):
        """Let items that were attributed wait again on the suspense account."""
        self.ensure_one()
        # sudo: see ``_attribute``.
        line = self.sudo()
        _liquidity, suspense, _others = line._seek_for_lines()
        items = items.sudo()
        items.remove_move_reconcile()
        gone = suspense | items
        values = {
            "name": self.payment_ref,
            "account_id": self.journal_id.suspense_account_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self._rr_currency().id,
            "amount_currency": sum(gone.mapped("amount_currency")),
            "balance": sum(gone.mapped("balance")),
        }
        line.with_context(force_delete=True, skip_readonly_check=True).write(
            {
                "line_ids": [
                    *(Command.delete(item.id) for item in gone),
                    Command.create(values),
                ]
            }
        )

    def action_gift_or_dues(self):
        """Ask what the money of this line is: dues, a gift, what was recorded before,
        or a payment that came back."""
        self.ensure_one()
        if not self._rr_open():
            raise UserError(self.env._("All of this line is attributed already."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Gift or Dues"),
            "res_model": "recurring.bank.gift",
            "view_mode": "form",
            "target": "new",
            "context": {"default_statement_line_id": self.id},
        }

    def action_contributions(self):
        """Open what this line was attributed to."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_gift_action"
        )
        return {
            **action,
            "domain": [
                "|",
                ("statement_line_id", "=", self.id),
                ("returned_line_id", "=", self.id),
            ],
        }

    def action_undo_reconciliation(self):
        """Refuse where contributions stand on the line: they are taken back."""
        self._refuse_contributions()
        return super().action_undo_reconciliation()

    @api.ondelete(at_uninstall=False)
    def _unlink_without_contributions(self):
        self._refuse_contributions()

    def _refuse_contributions(self):
        # sudo: contributions are the treasurer's; an accountant is told which.
        found = (
            self.env["recurring.contribution"]
            .sudo()
            .search(
                [
                    "|",
                    "&",
                    ("statement_line_id", "in", self.ids),
                    ("state", "=", "booked"),
                    ("returned_line_id", "in", self.ids),
                ],
                limit=1,
            )
        )
        if found:
            raise UserError(
                self.env._(
                    "%s was recorded from this line of the statement: take it back "
                    "first.",
                    found.name,
                )
            )
