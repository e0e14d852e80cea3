"""What happens to a trial: converted, extended, ended, waiting; daily and by hand."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...guard import applying

TRIAL_KINDS = ("trial_convert", "trial_extend")
# These shift what is billed, and in a trial nothing is.
NOT_IN_TRIAL = ("pause", "resume", "postpone", "anchor")


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_convert_trial(self):
        """End the trial of these subscriptions today and bill from today on.

        :return: the ids of the changes, one for each subscription
        """
        return self.action_change("trial_convert")

    def action_extend_trial(self, last_day, note=None):
        """Let the trial of these subscriptions last longer.

        :param last_day: the new last day of the trial, inclusive
        :return: the ids of the changes, one for each subscription
        """
        until = fields.Date.to_date(last_day) + timedelta(days=1)
        values = {"until": fields.Date.to_string(until)}
        return self.action_change("trial_extend", values, note=note)

    # ------------------------------------------------------------------
    # Changes
    # ------------------------------------------------------------------

    def _check_may_change(self, kind):
        if kind in TRIAL_KINDS and self.state != "trial":
            raise UserError(self.env._("%s is not in a trial.", self.name))
        if self.state == "trial" and kind in NOT_IN_TRIAL:
            raise UserError(
                self.env._(
                    "%s is in its trial and is not billed yet: extend the trial, or "
                    "convert it first.",
                    self.name,
                )
            )
        if self._trial_waits() and kind not in (*TRIAL_KINDS, "customer"):
            raise UserError(
                self.env._(
                    "%s waits for a payment method: give it one, or convert the trial, "
                    "then change it.",
                    self.name,
                )
            )
        return super()._check_may_change(kind)

    def _in_trial_on(self, day):
        """Tell whether a day is free because the trial is not over then."""
        return self.state == "trial" and day < self.trial_end

    def _grid_after_trial(self, version, line):
        """Return the grid of the lines of another plan that is tried now, and from
        which day they are billed: the one after the trial, as it was."""
        grid = {
            "plan_version_id": version.id,
            "grid_start": self.trial_end,
            "grid_anchor": version._same_grid(line._version()) and line.grid_anchor,
        }
        return grid, self.trial_end

    def _trial_waits(self):
        """Tell whether the trial is over and waits for a payment method."""
        today = fields.Date.context_today(self)
        return self.state == "trial" and self.trial_end <= today

    def _change_day(self, when, date, today):
        """In a trial the running period is the trial."""
        free = self.state == "trial" and self.trial_end > today
        if when == "period_end" and free:
            return self.trial_end
        return super()._change_day(when, date, today)

    def _apply_trial_convert(self, edit, values):
        """End the trial on the day of the change, the first one that is billed."""
        self._check_trial_change(edit)
        if edit.day > edit.today:
            raise UserError(
                self.env._(
                    "%(name)s starts on %(day)s: its trial cannot end before.",
                    name=self.name,
                    day=format_date(self.env, self.start_date),
                )
            )
        self._bill_from(edit, edit.day)
        edit.set(
            state="active",
            trial_converted_on=edit.day,
            trial_end=max(min(self.trial_end, edit.day), self.start_date),
            trial_unbilled=False,
            bill_not_before=False,
            **self._term_from(edit.day),
        )
        return "trial_convert"

    def _apply_trial_extend(self, edit, values):
        """Let the trial last longer: ``{"until": date}``, the first day billed."""
        self._check_trial_change(edit)
        until = fields.Date.to_date(values.get("until"))
        if not until or until <= max(self.trial_end, edit.today):
            raise UserError(
                self.env._(
                    "The trial lasts until %s already: choose a later day.",
                    format_date(self.env, self.trial_last_day),
                )
            )
        edit.move_to(max(edit.today, self.start_date))
        edit.is_scheduled = False
        self._bill_from(edit, until)
        header = self._term_from(until)
        if self._ends_with_trial():
            header["end_date"] = until
        edit.set(
            trial_end=until,
            trial_reminded_on=False,
            bill_not_before=until,
            **header,
        )
        return "trial_extend"

    def _check_trial_change(self, edit):
        """What is scheduled counts on the trial's end: it is withdrawn first."""
        waiting = self.change_ids.filtered(lambda change: change.state == "scheduled")
        if waiting:
            raise UserError(
                self.env._(
                    "“%(type)s” is scheduled for %(day)s and would mean something else "
                    "after this change: withdraw it first.",
                    type=waiting[0]._type_name(),
                    day=format_date(self.env, waiting[0].effective_date),
                )
            )

    def _term_from(self, first):
        """Return the header of a term that counts from ``first``, or of none."""
        interval = self._term_interval()
        end = interval.add(first, 1) if interval else False
        return {
            "term_start": end and first,
            "term_end": end,
            "end_date": end if self.renewal != "automatic" else False,
        }

    # ------------------------------------------------------------------
    # Another first day that is billed
    # ------------------------------------------------------------------

    def _bill_from(self, edit, first):
        """Start the lines anew from the day of the change, billed from ``first`` on;
        phases keep their number of periods, the end follows the term."""
        edit.proration = "now"
        successors = {}
        one_offs = self._one_offs_to_come()
        for line in self._lines_to_come():
            days = self._days_from(line, edit.day, first)
            previous = successors.get(line.previous_line_id, line)
            copied = edit.copied(line)
            edit.end(line)
            successors[line] = edit.add(
                **{
                    **copied,
                    **self._grid_from(first),
                    **days,
                    "bill_until": False,
                    "bill_from": first if first > days["start_date"] else False,
                    "previous_line_id": previous.id,
                }
            )
            if line._has_service():
                # What was free stays free.
                free = max(line.bill_from or line.end_date, line.end_date)
                applying(line).bill_from = free
        for line in one_offs:
            self._postpone_one_off(edit, line, first)
        edit.set(grid_start=first)

    def _lines_to_come(self):
        """Return the recurring lines that were to be billed after the trial."""
        first = self._first_paid()
        return self.line_ids.filtered(
            lambda line: (
                line.role != "one_off"
                and line._has_service()
                and (not line.end_date or line.end_date > first)
            )
        ).sorted("start_date")

    def _days_from(self, line, day, first):
        """Return the days of a line that starts anew on ``day``, billed from ``first``:
        where a phase ended, it ends after as many periods."""
        old, new = self._ramp(self._first_paid()), self._ramp(first)
        start = line.start_date
        start = day if start <= old.first else old.moved(start, new)
        end = line.end_date
        if end and end == self._lines_end():
            end = self._term_from(first)["end_date"]
        elif end:
            end = old.moved(end, new)
        return {"start_date": start, "end_date": end and max(start, end)}

    def _lines_end(self):
        """Return where the lines end that run as long as the subscription, or False:
        with the term, also where the trial ends before it unless it is converted."""
        return self.renewal != "automatic" and self.term_end

    def _one_offs_to_come(self):
        """Return the plan's one-off charges that wait for the first day billed."""
        first = self._first_paid()
        return self.line_ids.filtered(
            lambda line: (
                line.role == "one_off"
                and line.charge_id
                and line._has_service()
                and line.start_date >= first
            )
        )

    def _postpone_one_off(self, edit, line, day):
        """Charge once on another day what was to be charged with the first invoice."""
        copied = edit.copied(line)
        edit._remember(line)
        applying(line).end_date = line.start_date
        edit.add(
            **{
                **copied,
                "start_date": day,
                "end_date": False,
                "previous_line_id": line.id,
            }
        )

    # ------------------------------------------------------------------
    # Waiting for a payment method
    # ------------------------------------------------------------------

    def _follow_payment_method(self):
        """A method given before the trial's end is billed after it; one given later
        converts at once."""
        today = fields.Date.context_today(self)
        for sub in self:
            if sub._trial_policy() != "payment":
                continue
            if sub.trial_end <= today:
                if sub.trial_unbilled and sub._has_payment_method():
                    sub._convert_trial(today)
                continue
            unbilled = sub._trial_bills_nothing()
            if unbilled != sub.trial_unbilled:
                applying(sub).trial_unbilled = unbilled
                sub._refresh_billing_state()

    # ------------------------------------------------------------------
    # Every day
    # ------------------------------------------------------------------

    @api.model
    def _advance_lifecycle(self, company, today):
        """Before the terms: end, convert and announce the end of trials."""
        self._to_finish(company, today)._each_alone("_finish_trial", today)
        self._trials_to_announce(company, today)._each_alone("_remind_trial", today)
        return super()._advance_lifecycle(company, today)

    def _to_finish(self, company, today):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "trial"),
                ("trial_end", "<=", today),
            ]
        )

    def _finish_trial(self, today):
        """Convert the trial, end it, or go on waiting, as the plan says."""
        if self._ends_with_trial():
            self._end_trial()
        elif not self.trial_unbilled:
            self._set_state(("trial",), "active", trial_converted_on=self.trial_end)
            self._record_change("trial_convert", self.trial_end)
            self._close_trial_activities()
        elif self._has_payment_method():
            self._convert_trial(today)

    def _convert_trial(self, today):
        """Convert a trial that waited: it is billed from ``today`` on."""
        ask = {"kind": "trial_convert", "values": {}, "when": "now", "proration": "now"}
        self._make_change(ask, today, today)
        self._close_trial_activities()

    def _end_trial(self):
        """Close a trial that nobody converted; what was added once is still billed."""
        reason = self.env.ref("recurring_revenue.close_reason_trial", False)
        self._end_lines(self.trial_end, credit=True)
        self._set_state(
            ("trial",),
            "cancelling",
            end_date=self.trial_end,
            close_reason_id=reason and reason.id,
        )
        self._refresh_billing_state()
        if not self.next_billing_date:
            self._close_ended()
        self._close_trial_activities()
