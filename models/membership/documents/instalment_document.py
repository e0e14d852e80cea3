"""Instalments on paper, in e-mails and online: what the payer is asked for."""

from odoo import models
from odoo.tools import format_date

from ...exact import exact
from ...guard import applying


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    def _own_left(self):
        """Return what the payer still owes, the shares of third parties left out
        (Decimal)."""
        self.ensure_one()
        left = sum((exact(line.amount_left) for line in self.line_ids), exact(0))
        shares = sum((exact(one.amount_left) for one in self.share_ids), exact(0))
        return max(left - shares, exact(0))

    def _mail_totals(self):
        """Ask the payer for what is left of the own part."""
        totals = super()._mail_totals()
        left = float(sum((dues._own_left() for dues in self), exact(0)))
        total = sum(self.mapped("amount"))
        show = self[:1].currency_id.format
        return totals | {
            "amount": show(left),
            "total": show(total),
            "differs": left != total,
        }

    def _instalment_rows(self):
        """Return (day, amount) texts of the instalments that the payer still pays."""
        rows = self.instalment_ids.filtered(
            lambda one: not one.share_id and one.state in ("planned", "in_hand")
        )
        return [
            (format_date(self.env, one.due_on), one.currency_id.format(one.amount))
            for one in rows
        ]

    def _planned_of(self, partner):
        """Return the instalments that someone is to pay, cheques in hand left out."""
        return self.instalment_ids.filtered(
            lambda one: one.partner_id == partner and one.state == "planned"
        ).sorted(lambda one: (one.due_on, one.id))

    def _receive(self, payer, day, amount, **values):
        """Money that comes without the button of an instalment settles those that it
        is enough for, in their order."""
        made = super()._receive(payer, day, amount, **values)
        if made and not self.env.context.get("rr_instalment"):
            rest = amount
            for one in self._planned_of(payer):
                if exact(one.amount) > rest:
                    break
                rest -= exact(one.amount)
                applying(one).write({"contribution_id": made.id})
        return made
