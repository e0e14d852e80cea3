"""Paused and resumed: what is billed meanwhile, and what comes after."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...exact import exact
from .change_edit import to_json
from .change_plan import WHOLE
from .pause_days import Part, Shift, Stay

PAUSE_TURNS = ("pause", "resume", "reactivate")


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
        self._refuse_overtaken(edit, (*WHOLE, "resume", "reactivate"))
        shift = self._pause_policy(values) == "shift"
        until = self._pause_end(edit, fields.Date.to_date(values.get("until")), shift)
        edit.proration = "none" if shift else "now"
        lines = edit.running()
        if not lines:
            raise UserError(self.env._("%s has no service on that day.", self.name))
        self._freeze_grid()
        parts = self._interrupt(edit, shift)
        fee = self._hold_fee(edit, lines[:1], until, shift)
        paid = [part.bill_from for part in parts if part.start <= edit.day]
        edit.extra.update(
            shift=shift,
            fee=fee.ids,
            paid=to_json(max(filter(None, paid), default=edit.day)),
            parts=[part.to_json() for part in parts],
            term_end=to_json(self.term_end),
            end_date=to_json(self.end_date),
        )
        edit.set(state="paused")
        if shift and self.end_date:
            edit.set(end_date=False)  # later by a pause whose end nobody knows
        if until:
            edit.extra["until"] = to_json(until)
            days = self._pause_days(edit.extra, edit.day, until, lines[:1])
            self._go_on(edit, [(part, days) for part in parts], until)
            header = self._header_again(days, edit.extra)
            edit.follow("resume", until, header)
            if "end_date" in header:
                edit.set(end_date=header["end_date"])
        return "pause"

    def _pause_policy(self, values):
        """Return what becomes of paid days; only who settles periods says otherwise
        than the plan."""
        own = self.plan_version_id.pause_billing
        asked = values.get("billing") or own
        if asked not in ("credit", "shift"):
            raise UserError(self.env._("“%s” is not a rule of proration.", asked))
        if asked != own and not (
            self.env.su or self.env.user.has_group("recurring_revenue.group_billing")
        ):
            raise AccessError(
                self.env._(
                    "The plan says what becomes of the paid days of a pause; only a "
                    "billing officer chooses otherwise."
                )
            )
        return asked

    def _interrupt(self, edit, shift):
        """End what runs, or was to run, and return it as parts that may go on."""
        parts = []
        for line in edit.later():
            part = Part.of(line)
            paid = edit.paid_until(line)
            if part.start <= edit.day:
                free = edit.free_until(line)
                part.bill_from = paid if paid > edit.day else free
            edit.end(line)
            parts.append(part)
        return parts

    def _pause_days(self, details, paused, resumed, line):
        """Return where days come to lie that were known when it was paused."""
        if not details["shift"]:
            return Stay()
        paid = fields.Date.to_date(details["paid"])
        return Shift(paused, resumed, paid, line)

    def _pause_end(self, edit, until, shift):
        """Return the first day of service again, None when nobody knows it yet."""
        if until and until <= edit.day:
            raise UserError(
                self.env._("A pause ends after it starts: choose a later day.")
            )
        limit = self._check_pause_length(edit.day, until)
        until = until or limit
        if until and self.end_date and until >= self.end_date and not shift:
            raise UserError(
                self.env._(
                    "%(name)s ends on %(day)s, before the pause would be over: cancel "
                    "it instead, or choose an earlier day.",
                    name=self.name,
                    day=format_date(self.env, self.end_date - timedelta(days=1)),
                )
            )
        return until

    def _check_pause_length(self, paused, until):
        """Refuse a pause that is longer than the plan allows; return the day on which
        it ends at the latest, None without a limit."""
        longest = self.plan_version_id.pause_days_max
        limit = paused + timedelta(days=longest) if longest else None
        if until and limit and until > limit:
            raise UserError(
                self.env._(
                    "The plan allows a pause of %(days)s days: resume on %(day)s at "
                    "the latest.",
                    days=longest,
                    day=format_date(self.env, limit),
                )
            )
        return limit

    def _hold_fee(self, edit, beside, until, shift):
        """Charge the plan's holding fee, on the same periods, while nothing runs."""
        version = self.plan_version_id
        if not version.pause_product_id:
            return self.line_ids.browse()
        charge = version.charge_ids[:1].with_company(self.company_id)
        factor = charge._price_factor(self.currency_id, edit.day)
        return edit.add(
            product_id=version.pause_product_id.id,
            role="addon",
            quantity=1.0,
            price_unit=float(exact(version.pause_price) * factor),
            price_agreed=True,
            price_source=self.env._("holding fee of the plan"),
            plan_version_id=beside.plan_version_id.id,
            grid_start=beside.grid_start,
            grid_anchor=beside.grid_anchor,
            end_date=until or (not shift and self.end_date),
        )

    def _go_on(self, edit, parts, day=None):
        """Start parts again on ``day``, that of the change when left out."""
        for part, days in parts:
            values = part.again(days, day or edit.day)
            if values:
                edit.add(**{**edit.copied(part.line), **values})

    def _header_again(self, days, details):
        """Return what the header becomes: with a shift a term lasts as much longer."""
        header = {"state": "active"}
        for name in ("term_end", "end_date"):
            known = fields.Date.to_date(details[name])
            if details["shift"] and known:
                header[name] = days.moved(known)
        return header

    # ------------------------------------------------------------------
    # Resume
    # ------------------------------------------------------------------

    def _apply_resume(self, edit, values):
        """Start service again on the day of the change."""
        pause = self._standing_pause()
        self._check_may_resume(edit, pause)
        edit.proration = "now"
        self._supersede_resume()
        details, lines = pause.details, edit.later()
        parts = [Part.from_json(row, self.line_ids) for row in details["parts"]]
        days = self._pause_days(details, pause.effective_date, edit.day, parts[0].line)
        again = [(part, days) for part in parts]
        if details.get("until"):
            until = fields.Date.to_date(details["until"])
            coming = self._lines_from(until)
            if not set(coming.ids) <= set(details["created"]):
                again = self._parts_to_come(pause, coming, edit.day)
            for line in coming.filtered(lambda line: line.start_date < edit.day):
                edit.drop(line)
            if until < edit.day:
                self._hold_longer(edit, details, until)
        for line in lines.filtered(lambda line: line._has_service()):
            edit.end(line)
        edit.extra["dropped"] = self._drop_planned_resume(pause).ids
        self._go_on(edit, again)
        edit.set(**self._header_again(days, details))
        return "resume"

    def _lines_from(self, day):
        """Return the recurring lines that start on a day or after it."""
        return self.line_ids.filtered(
            lambda line: (
                line.role != "one_off"
                and line._has_service()
                and line.start_date >= day
            )
        )

    def _hold_longer(self, edit, details, until):
        """The holding fee goes on where service starts later than planned."""
        fee = self.line_ids.browse(details["fee"])
        if fee and fee.end_date == until:
            days = {"start_date": until, "end_date": edit.day}
            edit.add(**{**edit.copied(fee), **days, "previous_line_id": fee.id})

    def _check_may_resume(self, edit, pause):
        if not pause:
            raise UserError(self.env._("%s is not paused.", self.name))
        if edit.day < pause.effective_date:
            raise UserError(
                self.env._(
                    "%(name)s is paused from %(day)s on: choose that day or a later "
                    "one.",
                    name=self.name,
                    day=format_date(self.env, pause.effective_date),
                )
            )
        self._check_pause_length(pause.effective_date, edit.day)
        if pause.details["shift"]:
            self._refuse_overtaken(edit, WHOLE)
        elif self.end_date and self.end_date <= edit.day:
            raise UserError(
                self.env._(
                    "%(name)s ended on %(day)s, while it was paused: reactivate it "
                    "once it is closed, or start a new one.",
                    name=self.name,
                    day=format_date(self.env, self.end_date - timedelta(days=1)),
                )
            )

    def _supersede_resume(self):
        """Take back a resumption asked for another day: the new one replaces it."""
        asked = self.change_ids.filtered(
            lambda change: (
                change.type == "resume"
                and change.state == "scheduled"
                and not (change.details or {}).get("of")
            )
        )
        for change in asked:
            change._withdraw()

    def _parts_to_come(self, pause, lines, day):
        """Return the lines that were to start when the pause ends, with where their
        days come to lie when it ends on ``day``: a change made meanwhile stands in
        them."""
        until = fields.Date.to_date(pause.details["until"])
        days = Stay()
        if pause.details["shift"]:
            paid = fields.Date.to_date(pause.details["paid"])
            first = paid + (until - pause.effective_date)
            days = Shift(until, day, first, lines.sorted("start_date")[:1])
        parts = []
        for line in lines:
            part = Part.of(line)
            part.start = min(part.start, day) if part.start == until else part.start
            parts.append((part, days))
        return parts

    def _drop_planned_resume(self, pause):
        planned = self.change_ids.filtered(
            lambda change: (
                change.state == "scheduled"
                and (change.details or {}).get("of") == pause.id
            )
        )
        planned._set_state(("scheduled",), "withdrawn")
        return planned

    def _standing_pause(self):
        """Return the pause that holds now: the last not resumed, nor closed since."""
        last = self.change_ids.filtered(
            lambda change: change.type in PAUSE_TURNS and change.state == "applied"
        ).sorted("id")[-1:]
        return last if last.type == "pause" else last.browse()

    def _is_paused_on(self, day):
        """Tell whether a pause holds on a day, as far as is known now."""
        turns = self.change_ids.filtered(
            lambda change: (
                change.type in PAUSE_TURNS
                and change.state in ("applied", "scheduled")
                and change.effective_date <= day
            )
        )
        last = turns.sorted(lambda change: (change.effective_date, change.id))[-1:]
        return last.type == "pause"
