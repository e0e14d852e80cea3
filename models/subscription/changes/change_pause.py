"""Paused and resumed: what is billed meanwhile, and what comes after."""

from dataclasses import dataclass
from datetime import date, timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


@dataclass
class Part:
    """A line that a pause interrupts: when it was to run, and its days still paid."""

    line: models.BaseModel
    start: date
    end: date | None
    left: int = 0

    def __post_init__(self):
        self.end = self.end or None

    def keep_paid_days(self, day):
        """Count the days that are billed and not served, once the line has ended."""
        paid = self.line.bill_until
        self.left = (paid - day).days if paid and paid > day else 0

    def shifted(self, day):
        """Return from when the line is billed that starts again on ``day``."""
        first = day + timedelta(days=self.left)
        values = {"bill_from": first if first > day else False}
        if self.line._version().alignment == "anniversary":
            values |= {"grid_start": first, "grid_anchor": first}
        return values

    def to_json(self):
        end = fields.Date.to_string(self.end) if self.end else False
        return [self.line.id, fields.Date.to_string(self.start), end, self.left]

    @classmethod
    def from_json(cls, row, lines):
        line_id, start, end, left = row
        to_date = fields.Date.to_date
        return cls(lines.browse(line_id), to_date(start), to_date(end), left)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    # ------------------------------------------------------------------
    # Pause
    # ------------------------------------------------------------------

    def _apply_pause(self, edit, values):
        """Stop service and billing: ``{"until": date}``, the first day of service
        again; without it the plan's longest pause counts, or nobody knows yet.

        ``billing`` (``credit`` or ``shift``) may differ from the plan's rule.
        """
        if self.state == "paused":
            raise UserError(self.env._("%s is paused already.", self.name))
        self._refuse_scheduled_whole(edit)
        until = self._pause_end(edit, fields.Date.to_date(values.get("until")))
        shift = (values.get("billing") or self.plan_version_id.pause_billing) == "shift"
        edit.proration = "none" if shift else "now"
        lines = edit.running()
        if not lines:
            raise UserError(self.env._("%s has no service on that day.", self.name))
        self._freeze_grid()
        parts = [Part(line, line.start_date, line.end_date) for line in edit.later()]
        for part in parts:
            edit.end(part.line)
            part.keep_paid_days(edit.day)
        self._hold_fee(edit, lines[:1], until)
        edit.set(state="paused")
        edit.extra.update(shift=shift, parts=[part.to_json() for part in parts])
        if until:
            edit.extra["until"] = fields.Date.to_string(until)
            header = self._restart(edit, edit.day, until, parts, shift)
            edit.follow("resume", until, header)
        return "pause"

    def _pause_end(self, edit, until):
        """Return the first day of service again, None when nobody knows it yet."""
        longest = self.plan_version_id.pause_days_max
        limit = edit.day + timedelta(days=longest) if longest else None
        if until and until <= edit.day:
            raise UserError(
                self.env._("A pause ends after it starts: choose a later day.")
            )
        if until and limit and until > limit:
            raise UserError(
                self.env._(
                    "The plan allows a pause of %(days)s days: resume on %(day)s at "
                    "the latest.",
                    days=longest,
                    day=format_date(self.env, limit),
                )
            )
        until = until or limit
        if until and self.end_date and until >= self.end_date:
            raise UserError(
                self.env._(
                    "%(name)s ends on %(day)s, before the pause would be over: cancel "
                    "it instead, or choose an earlier day.",
                    name=self.name,
                    day=format_date(self.env, self.end_date - timedelta(days=1)),
                )
            )
        return until

    def _hold_fee(self, edit, beside, until):
        """Charge the plan's holding fee, on the same periods, while nothing runs."""
        version = self.plan_version_id
        if not version.pause_product_id:
            return
        edit.add(
            product_id=version.pause_product_id.id,
            role="addon",
            quantity=1.0,
            price_unit=version.pause_price,
            price_agreed=True,
            price_source=self.env._("holding fee of the plan"),
            plan_version_id=beside.plan_version_id.id,
            grid_start=beside.grid_start,
            grid_anchor=beside.grid_anchor,
            end_date=until or self.end_date,
        )

    def _restart(self, edit, paused, day, parts, shift):
        """Start the parts again on ``day`` and return what the header becomes.

        With ``shift`` the days that were paid count from there, the periods after
        them, and a term lasts as much longer.
        """
        longer = day - paused if shift else timedelta()
        for part in parts:
            end = part.end + longer if part.end else False
            start = max(part.start + longer, day)
            if end and end <= start:
                continue
            values = {
                **edit.copied(part.line),
                "start_date": start,
                "end_date": end,
                "bill_until": False,
                "previous_line_id": part.line.id,
            }
            if shift and start == day:
                values |= part.shifted(day)
            edit.add(**values)
        header = {"state": "active"}
        for name in ("term_end", "end_date"):
            if shift and self[name]:
                header[name] = self[name] + longer
        return header

    # ------------------------------------------------------------------
    # Resume
    # ------------------------------------------------------------------

    def _apply_resume(self, edit, values):
        """Start service again on the day of the change."""
        pause = self._standing_pause()
        if not pause:
            raise UserError(self.env._("%s is not paused.", self.name))
        if self.end_date and self.end_date <= edit.day:
            raise UserError(
                self.env._(
                    "%(name)s ended on %(day)s, while it was paused: reactivate it "
                    "once it is closed, or start a new one.",
                    name=self.name,
                    day=format_date(self.env, self.end_date - timedelta(days=1)),
                )
            )
        edit.proration = "now"
        details, shift = pause.details, pause.details["shift"]
        parts = [Part.from_json(row, self.line_ids) for row in details["parts"]]
        if details.get("until"):
            until = fields.Date.to_date(details["until"])
            parts = self._parts_to_come(edit, pause.effective_date, until, shift)
        for line in edit.later():
            edit.end(line)
        self._drop_planned_resume(pause)
        edit.set(**self._restart(edit, pause.effective_date, edit.day, parts, shift))
        return "resume"

    def _parts_to_come(self, edit, paused, until, shift):
        """Return the lines that were to start when the pause ends, as they were before
        it: a change made meanwhile stands in them."""
        longer = until - paused if shift else timedelta()
        parts = []
        for line in edit.later().filtered(lambda line: line.start_date >= until):
            start = paused if line.start_date == until else line.start_date - longer
            end = line.end_date - longer if line.end_date else None
            left = (line.bill_from - line.start_date).days if line.bill_from else 0
            parts.append(Part(line, start, end, left if shift else 0))
        return parts

    def _drop_planned_resume(self, pause):
        planned = self.change_ids.filtered(
            lambda change: (
                change.state == "scheduled"
                and (change.details or {}).get("of") == pause.id
            )
        )
        planned._set_state(("scheduled",), "withdrawn")

    def _standing_pause(self):
        """Return the pause that holds now, or is scheduled: the last not resumed."""
        last = self.change_ids.filtered(
            lambda change: (
                change.type in ("pause", "resume") and change.state == "applied"
            )
        ).sorted("id")[-1:]
        return last if last.type == "pause" else last.browse()
