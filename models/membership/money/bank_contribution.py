"""Contributions that are booked against a line of the bank statement."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...guard import applying


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Line of the Statement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The money was found there: no payment stands in between.",
    )
    returned_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Came Back By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    deposit_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Deposited By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The line of the statement by which a payment that was recorded before "
        "reached the bank.",
    )

    def _check_bookable(self):
        result = super()._check_bookable()
        line = self.statement_line_id
        if line and line._rr_currency() != self.currency_id:
            raise UserError(
                self.env._(
                    "The line of the statement is in %(line)s, not in %(currency)s.",
                    line=line._rr_currency().name,
                    currency=self.currency_id.name,
                )
            )
        return result

    def _money_lines(self):
        line = self.statement_line_id
        if not line:
            return super()._money_lines()
        receivable = self.move_id.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        return line._attribute([(receivable.account_id, self.partner_id, self.amount)])

    def action_open_bank(self):
        """Open the line of the bank statement it was found on."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_bank_line_action"
        )
        domain = [("id", "=", self.statement_line_id.id)]
        return {**action, "domain": domain, "context": {}}

    def _bank_items(self):
        """Return the items of the statement line that the receipt is matched with."""
        matched = self.move_id.line_ids.matched_credit_ids.credit_move_id
        return matched.filtered(
            lambda item: item.move_id == self.statement_line_id.move_id
        )

    def _take_back_entries(self, day, reason):
        if self.statement_line_id:
            # sudo: see ``_attribute``; the money came in all the same, and waits again.
            self.statement_line_id._detach(self.sudo()._bank_items())
        return super()._take_back_entries(day, reason)

    def _return(self, day, reason):
        """A payment that was found on the statement came in, whatever became of it:
        only the receipt is reversed, and what the bank takes back is matched with that
        (see ``_return_by``)."""
        from_bank = self.filtered("statement_line_id")
        from_bank._check_back_on(day)
        for contribution in from_bank:
            if not (reason or "").strip():
                raise UserError(
                    self.env._("Say why it came back: it is kept on record.")
                )
            contribution._set_state(
                ("booked",), "returned", returned_on=day, return_reason=reason.strip()
            )
            open_day = contribution._open_day(day)
            values = {
                "date": open_day,
                "invoice_date": open_day,
                "ref": reason.strip(),
            }
            contribution.move_id._reverse_moves([values])._post(soft=False)
            contribution.line_ids.dues_line_id._mark_unpaid()
        for contribution in (self - from_bank).filtered(lambda c: c.state == "booked"):
            contribution._keep_deposit()
        if self - from_bank:
            return super(RecurringContribution, self - from_bank)._return(day, reason)
        return None

    def _return_by(self, line, reason):
        """Record that the bank took the money back by a line of its statement; what
        was recorded as returned before is found on the statement now.

        :param line: a line of money that went out, of at least this amount; what the
            bank charges beyond stays to be attributed
        """
        self.ensure_one()
        outstanding = self._outstanding_items()
        if self.returned_line_id:
            raise UserError(
                self.env._("%s came back by another line already.", self.name)
            )
        deposited = outstanding.browse()
        if self.state != "returned":
            deposited = self._deposit_items(outstanding)
            self._return(line.date, reason)
        if self.statement_line_id:
            against = self._open_reversal()
        else:
            against = deposited or self._open_bank_item(self.deposit_line_id)
        account = against.account_id or outstanding.account_id
        if not account:
            raise UserError(
                self.env._("%s has no payment that could come back.", self.name)
            )
        items = line._attribute([(account, self.partner_id, -self.amount)])
        (items | against).filtered("account_id.reconcile").reconcile()
        applying(self).write({"returned_line_id": line.id})

    def _keep_deposit(self):
        """Remember by which line the payment reached the bank: the match is undone
        when the payment is reversed."""
        line = self._deposit_items(self._outstanding_items()).statement_line_id
        if len(line) == 1:
            applying(self).write({"deposit_line_id": line.id})

    def _deposit_by(self, line, item):
        """Match what a line of the statement brought with the payment that waits for
        it; if that came back unpaid before the line was found, with what went out."""
        if self.state == "returned":
            against = self._open_bank_item(self.returned_line_id)
        else:
            against = self._outstanding_items()
        # sudo: the entry of the bank, see ``_attribute``.
        (item | against).sudo().filtered("account_id.reconcile").reconcile()
        applying(self).write({"deposit_line_id": line.id})

    def _open_bank_item(self, line):
        """Return the item of a line of the statement that stands for this payment and
        is not matched yet."""
        account = self.payment_id.outstanding_account_id
        return line.sudo().move_id.line_ids.filtered(  # sudo: see ``_attribute``
            lambda item: (
                item.account_id == account
                and item.partner_id == self.partner_id
                and not item.reconciled
                and not self.currency_id.compare_amounts(
                    abs(item.amount_currency), self.amount
                )
            )
        )[:1]

    def _outstanding_items(self):
        """Return the items of the payment that wait for the statement."""
        return self.payment_id.move_id.line_ids.filtered(
            lambda item: item.account_id == self.payment_id.outstanding_account_id
        )

    def _deposit_items(self, outstanding):
        """Return the items of statements by which the payment reached the bank."""
        return outstanding.matched_credit_ids.credit_move_id

    def _open_reversal(self):
        reversals = self.move_id.reversal_move_ids
        return reversals.line_ids.filtered(
            lambda item: (
                item.account_id.account_type == "asset_receivable"
                and not item.reconciled
            )
        )
