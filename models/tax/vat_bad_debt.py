"""An invoice that stays unpaid: its loss, and what becomes of its VAT (CGI art. 272).

VAT that was due on invoice (goods, débits) is recovered, on condition that the customer
gets a duplicate with the mention of the law. VAT on receipts never was due: it only
leaves the account where it waited. A payment that came in part counts in proportion.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.allocation import round_half_up
from ..exact import currency_rounding, exact

ZERO = Decimal(0)


@dataclass(slots=True)
class Part:
    """An amount in the invoice's currency and in the company's, debit positive."""

    line: object
    amount: Decimal
    balance: Decimal
    waits: bool


@dataclass(slots=True)
class Loss:
    """What of an invoice is lost: ``untaxed`` and ``recovered`` are the base and the
    VAT of what was due on invoice, ``waiting`` is VAT that never was due. VAT without
    a box in the seller's return, another member state's under OSS, is recovered there
    or not at all: here it is part of the loss."""

    terms: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    total: Decimal = ZERO
    net: Decimal = ZERO
    untaxed: Decimal = ZERO
    recovered: Decimal = ZERO
    waiting: Decimal = ZERO


class AccountMove(models.Model):
    _inherit = "account.move"

    rr_bad_debt_of_id = fields.Many2one(
        "account.move",
        string="Irrecoverable Invoice",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    rr_bad_debt_ids = fields.One2many(
        "account.move",
        "rr_bad_debt_of_id",
        string="Entries of the Irrecoverable Claim",
    )
    rr_bad_debt_mention = fields.Text(
        string="Mention on the Duplicate", copy=False, readonly=True
    )
    rr_bad_debt_id = fields.Many2one(
        "account.move",
        string="Entry of the Irrecoverable Claim",
        compute="_compute_rr_bad_debt_id",
    )

    def _compute_rr_bad_debt_id(self):
        for move in self:
            # sudo: whoever reads the invoice may see that it was given up.
            move.rr_bad_debt_id = move.sudo().rr_bad_debt_ids.filtered(
                lambda entry: entry.state == "posted" and not entry.reversal_move_ids
            )[:1]

    def action_rr_bad_debt(self):
        """Show what giving up this invoice does, before it is booked."""
        self.ensure_one()
        wizard = self.env["recurring.vat.bad.debt"].create({"move_id": self.id})
        wizard._check()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Irrecoverable Claim"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_rr_bad_debt_undo(self):
        """Reverse the entry: the claim, and its VAT, are as before.

        :raise UserError: where the invoice was not given up
        """
        self.ensure_one()
        self.check_access("write")
        entry = self.rr_bad_debt_id
        if not entry:
            raise UserError(self.env._("%s was not given up.", self.display_name))
        entry.line_ids.remove_move_reconcile()
        today = fields.Date.context_today(self)
        text = self.env._("Undone: %s", entry.ref)
        entry.with_context(no_cash_basis=True)._reverse_moves(
            [{"date": today, "ref": text}], cancel=True
        )
        self.message_post(body=text)
        return True

    def action_rr_bad_debt_print(self):
        """Print the duplicate with the mention of the law."""
        self.ensure_one()
        entry = self.rr_bad_debt_id
        if not entry.rr_bad_debt_mention:
            raise UserError(
                self.env._(
                    "No duplicate is needed: VAT of %s was recovered nowhere.",
                    self.display_name,
                )
            )
        report = self.env.ref("recurring_revenue.action_report_bad_debt")
        action = report.report_action(self, config=False)
        return {**action, "close_on_report_download": True}

    def _rr_loss(self):
        """Return what of this invoice is unpaid, parted into net and VAT."""
        self.ensure_one()
        loss = Loss()
        terms = self.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        total = sum((exact(line.amount_currency) for line in terms), ZERO)
        unpaid = company = ZERO
        for line in terms.filtered("amount_residual_currency"):
            amount = exact(line.amount_residual_currency)
            balance = exact(line.amount_residual)
            loss.terms.append(Part(line, -amount, -balance, False))
            unpaid, company = unpaid + amount, company + balance
        if not unpaid or not total:
            return loss
        share = unpaid / total
        lines = self.line_ids.filtered("tax_line_id")
        declared = lines.filtered(lambda line: _waits(line) or line.tax_tag_ids)
        for line in declared:
            loss.parts.append(self._rr_lost_vat(line, share))
        loss.total = unpaid
        loss.net = unpaid - sum((part.amount for part in loss.parts), ZERO)
        loss.waiting = sum((p.amount for p in loss.parts if p.waits), ZERO)
        loss.recovered = sum((p.amount for p in loss.parts if not p.waits), ZERO)
        if loss.recovered:
            whole = declared == lines and not loss.waiting
            loss.untaxed = loss.net if whole else self._rr_untaxed_due(loss, share)
        return loss

    def _rr_lost_vat(self, line, share):
        """Return the unpaid part of a VAT line."""
        waits = _waits(line)
        if waits and line.account_id.reconcile:
            # What still waits is exactly what no payment made due.
            amount, balance = line.amount_residual_currency, line.amount_residual
            return Part(line, -exact(amount), -exact(balance), True)
        amount, balance = (
            round_half_up(-exact(value) * share, currency_rounding(currency))
            for value, currency in (
                (line.amount_currency, line.currency_id),
                (line.balance, line.company_currency_id),
            )
        )
        return Part(line, amount, balance, waits)

    def _rr_untaxed_due(self, loss, share):
        """Return the unpaid base of the VAT that is recovered."""
        taxes = self.env["account.tax"].union(
            *(part.line.tax_line_id for part in loss.parts if not part.waits)
        )
        bases = self.invoice_line_ids.filtered(lambda line: line.tax_ids & taxes)
        base = sum((-exact(line.amount_currency) for line in bases), ZERO)
        return round_half_up(base * share, currency_rounding(self.currency_id))


def _waits(line):
    """Tell whether the VAT of a line is due on payment only."""
    return line.tax_line_id.tax_exigibility == "on_payment"
