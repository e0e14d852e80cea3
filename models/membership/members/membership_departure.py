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
            again = membership.rejoined_on
            if day < membership.joined_on or (again and day <= again):
                raise UserError(
                    self.env._(
                        "%s had not joined yet on that day.", membership.display_name
                    )
                )
            if membership._leaves(field):
                raise UserError(self.env._("%s left already.", membership.display_name))
        applying(self).write({field: day, "departure_reason": reason.strip()})

    def _leaves(self, field):
        """Return the day from which someone is no member by a resignation or exclusion
        after which they did not join again, or None."""
        self.ensure_one()
        left, again = self[field], self.rejoined_on
        return None if not left or (again and again >= left) else left

    def action_rejoin(self):
        """Let who left be a member again from today on."""
        self._rejoin(fields.Date.context_today(self))

    def _rejoin(self, day):
        """Let who left be a member again from ``day`` on: the number is kept, no
        entrance fee is asked for, and lists of days before say that they had left. A
        departure to come is taken back.

        :raises UserError: has not left
        """
        for membership in self:
            ahead, gone = {}, False
            for field in ("resigned_on", "excluded_on"):
                left = membership._leaves(field)
                if left and left > day:
                    ahead[field] = False
                gone = gone or bool(left and left <= day)
            if not ahead and not gone:
                raise UserError(self.env._("%s is a member.", membership.display_name))
            applying(membership).write(
                {**ahead, **({"rejoined_on": day} if gone else {})}
            )

    def _undo_departure(self):
        """Take back a resignation or an exclusion that was recorded by mistake; the
        chatter keeps both."""
        applying(self).write(
            {
                "resigned_on": False,
                "excluded_on": False,
                "rejoined_on": False,
                "departure_reason": False,
            }
        )
