"""Booking waived expenses: what is owed to the volunteer, and the waiver of it."""

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ...guard import applying


class RecurringExpenseWaiver(models.Model):
    _inherit = "recurring.expense.waiver"

    def action_book(self):
        """Book the expense against the volunteer's account, and that account against
        waived expenses; both are matched, and a gift comes of it."""
        self._check_treasurer()
        for waiver in self:
            waiver._book()

    def _book(self):
        self.ensure_one()
        company = self.company_id
        self._set_state(("approved",), "booked")
        product = company._association_row("waiver").product_id
        if not product:
            company._association_account("waiver")
        made = applying(self.env["recurring.contribution"]).create(
            {
                "partner_id": self.partner_id.id,
                "company_id": company.id,
                "currency_id": self.currency_id.id,
                "date": self.signed_on,
                "nature": "expenses",
                "gift_form": "other",
                "journal_id": False,
                "waiver_id": self.id,
                "line_ids": [
                    Command.create(
                        {
                            "kind": "gift",
                            "product_id": product.id,
                            "amount": self.amount,
                        }
                    )
                ],
            }
        )
        contribution = made.browse(made.ids).with_env(self.env)  # without the key
        entry = self.env["account.move"].create(self._prepare_expense(contribution))
        entry._post(soft=False)
        applying(self).write(
            {"expense_move_id": entry.id, "contribution_id": contribution.id}
        )
        contribution.action_book()
        account = company._association_account("volunteer")
        both = (entry | contribution.move_id).line_ids
        both.filtered(lambda item: item.account_id == account).reconcile()

    def _prepare_expense(self, contribution):
        """Return the values of the entry of the expenses, in the period they were made
        in: on the last day of them, or the first open one after it."""
        company = self.company_id
        account = company._association_account("volunteer")
        if not account.reconcile:
            raise UserError(
                self.env._(
                    "%s must allow reconciliation: the expense and its waiver are "
                    "matched on it.",
                    account.display_name,
                )
            )
        rows = []
        for line in self.line_ids:
            if not line.account_id:
                raise UserError(
                    self.env._("%s: choose the expense account.", line.name)
                )
            rows.append(
                {
                    "account_id": line.account_id.id,
                    "name": self.name,
                    "balance": line.amount,
                    "analytic_distribution": line.analytic_distribution or False,
                }
            )
        rows.append(
            {
                "account_id": account.id,
                "name": self.name,
                "balance": -self.amount,
                "partner_id": self.partner_id.id,
            }
        )
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": company._gift_journal().id,
            "date": contribution._open_day(max(self.line_ids.mapped("date"))),
            "ref": self.name,
            "line_ids": [Command.create(row) for row in rows],
        }

    def _cancel(self, day, reason):
        """Take back expense and waiver: both entries are reversed on ``day``.

        :raises UserError: without a reason
        """
        self._check_treasurer()
        self._check_reason(reason)
        for waiver in self:
            if waiver.state == "booked":
                waiver.contribution_id._cancel(day, reason)
            else:
                waiver._set_state(
                    ("submitted", "approved", "refused"),
                    "cancelled",
                    reason=reason.strip(),
                )

    def action_contribution(self):
        """Open the gift that came of it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.contribution",
            "res_id": self.contribution_id.id,
            "view_mode": "form",
        }

    def action_entries(self):
        """Open the two entries, and what took them back."""
        self.ensure_one()
        moves = self.expense_move_id | self.contribution_id.move_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [
                "|",
                ("id", "in", moves.ids),
                ("reversed_entry_id", "in", moves.ids),
            ],
        }


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    waiver_id = fields.Many2one(
        "recurring.expense.waiver",
        string="Waived Expenses",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def action_open_waiver(self):
        """Open the expenses that were waived."""
        return self._open_entry(self.waiver_id)

    def _check_bookable(self):
        result = super()._check_bookable()
        if self.nature == "expenses" and not self.waiver_id:
            raise UserError(
                self.env._(
                    "Waived expenses come with their vouchers: enter them under Gifts, "
                    "Waived Expenses."
                )
            )
        return result

    def _counterpart_account(self):
        if self.nature == "expenses":
            return self.company_id._association_account("volunteer")
        return super()._counterpart_account()

    def _take_back_entries(self, day, reason):
        result = super()._take_back_entries(day, reason)
        if self.waiver_id:
            self.waiver_id.expense_move_id._reverse_moves(
                [{"date": day, "ref": reason}], cancel=True
            )
            self.waiver_id._set_state(("booked",), "cancelled", reason=reason)
        return result
