"""Who is accepted by the board, who resigns, who is excluded."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...guard import applying


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    def action_accept(self):
        """Record that the board accepted these members today."""
        self._accept(fields.Date.context_today(self))

    def _accept(self, day):
        """Record that the board accepted these members on ``day``; who was accepted
        before stays so.

        :raises UserError: a day to come
        """
        if day > fields.Date.context_today(self):
            raise UserError(self.env._("The board cannot have met on a day to come."))
        waiting = self.filtered(lambda one: not one.accepted_on)
        applying(waiting).write(
            {"accepted_on": day, "accepted_by_id": self.env.user.id}
        )
        for line in waiting.dues_line_ids:
            line._count_if_due(line._paid_since() or day)

    def _depart(self, field, day, reason):
        """Record a resignation or an exclusion from ``day`` on, the first day without
        membership; ``reason`` is kept.

        :raises UserError: without a reason, before joining, or when recorded already
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: it is kept on record."))
        for membership in self:
            if day < membership.joined_on:
                raise UserError(
                    self.env._(
                        "%s had not joined yet on that day.", membership.display_name
                    )
                )
            if membership[field]:
                raise UserError(self.env._("%s left already.", membership.display_name))
        applying(self).write({field: day, "departure_reason": reason.strip()})

    def _undo_departure(self):
        """Take back a resignation or an exclusion that was recorded by mistake; the
        chatter keeps both."""
        applying(self).write(
            {"resigned_on": False, "excluded_on": False, "departure_reason": False}
        )
