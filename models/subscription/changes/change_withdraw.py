"""A change that is scheduled, or waits for approval, is taken back."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...guard import applying
from .change_edit import undo_lines


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    def action_withdraw(self):
        """Take back changes that are scheduled, or wait for approval."""
        for change in self.sorted("id", reverse=True):
            change.subscription_id.check_access("write")
            change._withdraw()
        return True

    def _withdraw(self):
        """Undo what the change did to the lines, unless a later one builds on it."""
        self.ensure_one()
        sub = self.subscription_id
        if (self.details or {}).get("of"):
            raise UserError(
                self.env._(
                    "%s belongs to a pause: resume earlier, or withdraw the pause.",
                    self._type_name(),
                )
            )
        was = self.state
        self._set_state(
            ("scheduled", "waiting"),
            "withdrawn",
            decided_uid=self.env.uid,
            decided_date=fields.Datetime.now(),
        )
        if was == "waiting":
            self._close_request(self.env._("Withdrawn"))
            return
        self._refuse_built_upon()
        self._undo_lines()
        sub._drop_planned_resume(self)
        self._plan_resume_again()
        sub._reopen_from(self.effective_date)
        sub._refresh_billing_state()

    def _refuse_built_upon(self):
        later = self._built_upon()
        if later:
            raise UserError(
                self.env._(
                    "“%(later)s” of %(day)s builds on this change: withdraw that one "
                    "first.",
                    later=later._type_name(),
                    day=format_date(self.env, later.effective_date),
                )
            )

    def _built_upon(self):
        """Return a later change that waits, or a cancellation that stands, and touched
        the same lines, if any."""
        sub, own = self.subscription_id, self._own_lines()
        standing = sub._standing_cancellations()
        for change in sub.change_ids.sorted("id", reverse=True):
            if change.id <= self.id or not own & change._lines_ended():
                continue
            if change.state == "scheduled" or change in standing:
                return change
        return self.browse()

    def _lines_ended(self):
        return {row[0] for row in (self.details or {}).get("lines", ())}

    def _own_lines(self):
        return self._lines_ended() | set((self.details or {}).get("created", ()))

    # ------------------------------------------------------------------
    # The lines
    # ------------------------------------------------------------------

    def _undo_lines(self):
        """Let the lines be as if this change had never been scheduled.

        A change that took effect since has cut its lines in parts: then the part that
        runs up to its day goes on as the line did before, and what was to start on its
        day never runs.
        """
        sub, details = self.subscription_id, self.details or {}
        if not self._cut_since():
            undo_lines(sub, details)
            return
        day = self.effective_date
        lines = sub.line_ids.browse(self._own_lines())
        tracks = lines.browse().union(*(line._track() for line in lines))
        known = {row[0]: row[1:] for row in details["lines"]}
        goes_on = {}
        for line in lines.filtered(lambda line: line.id in known):
            ended = fields.Date.to_date(known[line.id][0])
            if line.start_date >= day or (ended and ended == line.end_date):
                goes_on[line] = known[line.id]
                continue
            last = line._track().filtered(lambda part: part.end_date == day)
            if len(last) != 1:
                self._refuse_cut()
            goes_on[last] = known[line.id]
        for part in applying(tracks - lines.browse(line.id for line in goes_on)):
            if part.start_date >= day:
                part.write({"end_date": part.start_date, "bill_until": False})
        for line, (end_date, bill_until, credit_from) in goes_on.items():
            values = {"end_date": end_date, "bill_until": bill_until}
            if line.id in known:
                values["credit_from"] = credit_from
            applying(line).write(values)

    def _cut_since(self):
        """Return the changes that took effect since and touched the same lines."""
        own = self._own_lines()
        return self.subscription_id.change_ids.filtered(
            lambda change: (
                change.id > self.id
                and change.state == "applied"
                and change.type != "cancel"
                and own & change._lines_ended()
            )
        )

    def _refuse_cut(self):
        later = self._cut_since().sorted("id")[-1:]
        raise UserError(
            self.env._(
                "“%(later)s” took effect on %(day)s and has changed the same lines: "
                "this change cannot be taken back any more, schedule another one.",
                later=later._type_name(),
                day=format_date(self.env, later.effective_date),
            )
        )

    def _plan_resume_again(self):
        """The end of the pause that this resumption replaced is planned again."""
        dropped = self.browse((self.details or {}).get("dropped", ()))
        today = fields.Date.context_today(self)
        for planned in dropped:
            planned._set_state(("withdrawn",), "scheduled")
            if planned.effective_date <= today:
                self.subscription_id._enter_change(planned)

    def _type_name(self):
        return dict(self._fields["type"]._description_selection(self.env))[self.type]
