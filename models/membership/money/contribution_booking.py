"""Booking what was received, and taking it back when a payment comes back unpaid."""

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...exact import exact
from ...guard import applying


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    def action_book(self):
        """Book the receipt and the payment, match them, and let the dues count."""
        for contribution in self:
            contribution._check_bookable()
            contribution._book()

    def _check_bookable(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Say what the money is for: add a line."))
        for line in self.line_ids:
            taxes = line.product_id.taxes_id._filter_taxes_by_company(self.company_id)
            if any(tax.amount for tax in taxes):
                raise UserError(
                    self.env._(
                        "“%s” bears VAT: it is invoiced, not booked on receipt.",
                        line.product_id.display_name,
                    )
                )
            line._check_left()

    def _book(self):
        self._set_state(("draft",), "booked", name=self._next_name())
        move = self.env["account.move"].create(self._prepare_receipt())
        move.action_post()
        applying(self).write({"move_id": move.id})
        self._match(move.line_ids | self._money_lines())
        self.line_ids._settle_dues(self._booking_day())

    def _booking_day(self):
        """Return the day of the entries; a later one than that of the gift where a
        cheque was deposited later than it was given."""
        return self.date

    def _money_lines(self):
        """Return the journal items of the money itself, to be matched with the
        receipt; a payment is made for it where none was given."""
        if not self.payment_id:
            payment = self.env["account.payment"].create(self._prepare_payment())
            payment.action_post()
            applying(self).write({"payment_id": payment.id})
        return self.payment_id.move_id.line_ids

    def _match(self, lines):
        lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()

    def _next_name(self):
        sequences = self.env["ir.sequence"].with_company(self.company_id)
        return sequences.next_by_code("recurring.contribution", sequence_date=self.date)

    def _prepare_receipt(self):
        """Return the values of the sales receipt: what the money is for."""
        day = self._booking_day()
        return {
            "move_type": "out_receipt",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "invoice_date": day,
            "date": day,
            "currency_id": self.currency_id.id,
            "ref": self.name,
            "invoice_payment_term_id": False,
            "invoice_date_due": day,
            "invoice_line_ids": [
                Command.create(line._prepare_receipt_line()) for line in self.line_ids
            ],
        }

    def _prepare_payment(self):
        """Return the values of the payment: how the money came."""
        day = self._booking_day()
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "date": day,
            "journal_id": self.journal_id.id,
            "memo": self.name,
        }

    def _return(self, day, reason):
        """Record that the payment came back unpaid on ``day``: entries are reversed
        on that day, and the dues are owed again.

        :raises UserError: without a reason, or where it was not booked
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it came back: it is kept on record."))
        self._check_back_on(day)
        for contribution in self:
            contribution._set_state(
                ("booked",), "returned", returned_on=day, return_reason=reason.strip()
            )
            contribution._reverse_entries(day, reason.strip())
            contribution.line_ids.dues_line_id._mark_unpaid()

    def _check_back_on(self, day):
        """Raise where something would be taken back before it was booked."""
        for contribution in self:
            booked_on = contribution._booking_day()
            if contribution.state == "booked" and day < booked_on:
                raise UserError(
                    self.env._(
                        "%(name)s was booked on %(booked)s: it is taken back on that "
                        "day or later, not on %(day)s.",
                        name=contribution.name,
                        booked=format_date(self.env, booked_on),
                        day=format_date(self.env, day),
                    )
                )

    def _reverse_entries(self, day, reason):
        """Reverse the receipt and the payment on ``day``."""
        moves = self.move_id | self.payment_id.move_id
        moves.line_ids.remove_move_reconcile()
        for move in moves:
            move._reverse_moves(
                [{"date": day, "invoice_date": day, "ref": reason}], cancel=True
            )


class RecurringContributionLine(models.Model):
    _inherit = "recurring.contribution.line"

    def _prepare_receipt_line(self):
        dues = self.dues_line_id
        values = {
            "product_id": self.product_id.id,
            "name": self.name,
            "quantity": 1,
            "price_unit": self.amount,
            "tax_ids": [Command.clear()],
            "analytic_distribution": self.analytic_distribution or False,
        }
        if dues.date_end:
            values.update(
                deferred_start_date=dues.date_start, deferred_end_date=dues.last_day
            )
        return values

    def _check_left(self):
        """Raise where more would be received for dues than is owed."""
        dues = self.dues_line_id
        if not dues:
            return
        if dues.dues_id.state != "called":
            raise UserError(self.env._("%s: call the dues first.", dues.dues_id.name))
        left = exact(dues.amount) - dues._received()
        if exact(self.amount) > left:
            raise UserError(
                self.env._(
                    "%(dues)s: only %(left)s are still owed. What is given beyond is a "
                    "line of its own, a gift.",
                    dues=dues._label(),
                    left=self.currency_id.format(float(left)),
                )
            )

    def _settle_dues(self, day):
        for dues in self.dues_line_id:
            if dues._received() >= exact(dues.amount):
                dues._mark_paid(max(day, dues._last_received()))


class RecurringDuesLine(models.Model):
    _inherit = "recurring.dues.line"

    def _label(self):
        """Name the dues on a receipt: what for and for which days, nothing personal."""
        if not self:
            return ""
        if not self.date_end:
            return self.charge_id.name
        return self.env._(
            "%(charge)s, %(start)s to %(end)s",
            charge=self.charge_id.name,
            start=format_date(self.env, self.date_start),
            end=format_date(self.env, self.last_day),
        )
