"""What becomes of dues when their invoice is paid, unpaid again or credited."""

from decimal import Decimal

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ...exact import exact
from ...guard import applying


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    def _follow_invoices(self):
        """Let dues be paid, owed again or cancelled as their invoices are."""
        for dues in self:
            posted = dues.sudo().invoice_ids.filtered(lambda one: one.state == "posted")
            if not posted or dues.state != "called":
                continue
            if all(move.payment_state == "reversed" for move in posted):
                applying(dues)._cancel_credited()
                continue
            dues._record_payments(posted)
            for line in dues.line_ids:
                line._follow_lines(
                    posted.invoice_line_ids.filtered(
                        lambda one, line=line: one.rr_dues_line_id == line
                    ).move_id
                )

    def _cancel_credited(self):
        """Cancel dues that were credited wholly; they may be called again."""
        self._set_state(("called",), "cancelled")
        self.line_ids.write({"paid_on": False, "counts_on": False})
        self.line_ids.write({"is_cancelled": True})
        open_ones = self.instalment_ids.filtered(
            lambda one: one.state in ("planned", "in_hand")
        )
        open_ones.write({"is_cancelled": True})

    def _record_payments(self, moves):
        """Record what paid the invoices as contributions of who paid: tax receipts and
        sums rest on them. Entries there are already."""
        receivable = moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        for partial in receivable.matched_credit_ids:
            paying = partial.credit_move_id
            known = self._contributions_of(partial)
            if known or paying.move_id.move_type == "out_refund":
                continue
            amount = exact(partial.debit_amount_currency)
            lines = self._lines_paid(partial.debit_move_id.move_id, amount)
            if lines:
                self._record_payment(partial, lines)

    def _contributions_of(self, partials):
        # sudo: whoever matches payments need not see who is a member.
        contributions = self.env["recurring.contribution"].sudo()
        return contributions.search([("partial_id", "in", partials.ids)])

    def _lines_paid(self, move, amount):
        """Return values of contribution lines: what an amount pays of the dues of an
        invoice, in their order; nothing where VAT is part of it, which is no gift."""
        if move.amount_tax:
            return []
        lines = []
        for line in move.invoice_line_ids:
            dues = line.rr_dues_line_id
            paid = (
                self.env["recurring.contribution.line"]
                .sudo()
                ._read_group(
                    [
                        ("dues_line_id", "=", dues.id),
                        ("contribution_id.move_id", "=", move.id),
                        ("contribution_id.state", "=", "booked"),
                    ],
                    [],
                    ["amount:sum"],
                )[0][0]
            )
            left = exact(line.price_total) - exact(round(paid or 0, 6))
            part = min(left, amount)
            if dues and part > 0:
                values = {"kind": "dues", "dues_line_id": dues.id}
                lines.append({**values, "amount": float(part)})
                amount -= part
        return lines

    def _record_payment(self, partial, lines):
        paying, invoice = partial.credit_move_id, partial.debit_move_id.move_id
        contributions = self.env["recurring.contribution"]
        day = paying.date
        applying(contributions.sudo()).create(
            {
                "name": self.env["ir.sequence"]
                .sudo()
                .with_company(self.company_id)
                .next_by_code("recurring.contribution", sequence_date=day),
                "partner_id": (paying.partner_id or invoice.partner_id).id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
                "date": day,
                "journal_id": paying.journal_id.id,
                "move_id": invoice.id,
                "payment_id": paying.payment_id.id,
                "partial_id": partial.id,
                "state": "booked",
                "line_ids": [Command.create(line) for line in lines],
                **(self.env.context.get("rr_receiving") or {}),
            }
        )

    def _forget_payments(self, partials):
        """Record that payments are no longer matched with their invoice."""
        for one in self._contributions_of(partials):
            if one.state == "booked":
                one._set_state(
                    ("booked",),
                    "returned",
                    returned_on=fields.Date.context_today(self),
                    return_reason=self.env._("The payment was taken off the invoice"),
                )

    def _receive(self, payer, day, amount, **values):
        """Money for dues that were invoiced pays their invoice."""
        invoices = self._invoices()
        if not invoices:
            return super()._receive(payer, day, amount, **values)
        company = self.company_id
        own = invoices.filtered(lambda move: move.partner_id == payer)
        items = (own or invoices).line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and not line.reconciled
            )
        )
        left = sum((exact(item.amount_residual_currency) for item in items), Decimal(0))
        if amount > left:
            raise UserError(
                self.env._("%s: that is more than what is still owed.", self.name)
            )
        booked = values.get("deposited_on") or day
        payment = self.env["account.payment"].browse(values.get("payment_id"))
        if not payment:
            payment = payment.with_company(company).create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "company_id": company.id,
                    "partner_id": payer.id,
                    "amount": float(amount),
                    "currency_id": self.currency_id.id,
                    "date": booked,
                    "journal_id": values["journal_id"],
                    "memo": self.name,
                }
            )
            payment.action_post()
        kept = {
            name: values[name]
            for name in ("mode", "cheque_number", "joint_partner_id", "deposited_on")
            if values.get(name)
        }
        money = payment.move_id.line_ids.filtered(
            lambda line: line.account_id in items.account_id
        )
        matching = (items.with_env(self.env) | money).with_context(
            rr_receiving={**kept, "date": day, "partner_id": payer.id}
        )
        matching.reconcile()
        contributions = self.env["recurring.contribution"]
        return contributions.search([("payment_id", "=", payment.id)], limit=1)


class RecurringDuesLine(models.Model):
    _inherit = "recurring.dues.line"

    def _received(self):
        """What was invoiced with VAT has no contribution: its invoice says it all."""
        if self.paid_on and self.dues_id.is_invoiced:
            return exact(self.amount)
        return super()._received()

    def _compute_received(self):
        """As above."""
        result = super()._compute_received()
        for line in self:
            if line.paid_on and line.dues_id.is_invoiced:
                line.received = line.amount
                line.amount_left = 0.0
        return result

    def _follow_lines(self, moves):
        """Be paid when every invoice that claims these dues is, on the last day that
        money came; owed again when one is not any more."""
        if not moves:
            return
        paid = all(
            move.payment_state in ("paid", "in_payment", "reversed") for move in moves
        )
        if paid and not self.paid_on:
            credits = moves.line_ids.matched_credit_ids.credit_move_id
            money = credits.filtered(lambda one: one.move_id.move_type != "out_refund")
            self._mark_paid(max((money or credits).mapped("date")))
        elif not paid and self.paid_on:
            self._mark_unpaid()
