"""A change from what is asked for to what stands in the lines and in the history."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ....engine.interval import Interval
from ....engine.metrics import monthly_amount
from ...exact import exact
from ...guard import applying
from ..recurring_subscription import RUNNING
from .change_edit import Edit

# What can be asked for, and what it is called where the user is told that it cannot.
KINDS = (
    "lines",
    "plan",
    "migrate",
    "addon_add",
    "addon_remove",
    "pause",
    "resume",
    "postpone",
    "anchor",
    "customer",
    "reactivate",
    "trial_convert",
    "trial_extend",
    "revise",
)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def action_change(
        self,
        kind,
        values=None,
        when=None,
        date=None,
        proration=None,
        reason=None,
        note=None,
    ):
        """Change these subscriptions, now, on a day, or at the end of period or term.

        :param kind: one of ``lines`` (quantity, price, discount), ``plan``,
            ``migrate``, ``addon_add``, ``addon_remove``, ``pause``, ``resume``,
            ``postpone``, ``anchor``, ``customer``, ``reactivate``, ``trial_convert``,
            ``trial_extend``
        :param values: what to change, see the method ``_apply_<kind>``
        :param when: ``now``, ``date`` (with ``date``, the first day on which it
            holds), ``period_end``, ``term_end``; left out: as the plan says for
            upgrades and downgrades, else now
        :param proration: ``now``, ``next`` or ``none``; the plan's own when empty,
            another one only for billing officers
        :return: the ids of the changes, one for each subscription
        :raise UserError: with the reason, and nothing is changed
        """
        reasons = self.env["recurring.close.reason"]
        reason = reasons.browse(reason) if isinstance(reason, int) else reason
        changes = self.env["recurring.change"]
        for sub in self:
            changes += sub._change(
                kind,
                values or {},
                when=when,
                date=date,
                proration=proration,
                reason=reason,
                note=note,
            )
        return changes.ids

    def _change(
        self,
        kind,
        values,
        when=None,
        date=None,
        proration=None,
        reason=None,
        note=None,
    ):
        """Make one change of one subscription and return its record; beyond what the
        user may grant it is only asked for."""
        ask, day, today = self._prepare_change(kind, values, when, date, proration)
        record = {"reason_id": reason and reason.id, "note": note}
        if self._waits_for_approval(ask, day):
            return self._ask_for_approval(ask, day, **record)
        return self._make_change(ask, day, today, **record)

    def _prepare_change(self, kind, values, when=None, date=None, proration=None):
        """Check what is asked for and return it with its day and today.

        :raise UserError: with the reason why it cannot be done
        """
        self.ensure_one()
        if kind not in KINDS:
            raise UserError(self.env._("“%s” is not a kind of change.", kind))
        self.check_access("write")
        self._check_may_change(kind)
        today, date = fields.Date.context_today(self), fields.Date.to_date(date)
        when = when or ("date" if date else self._usual_moment(kind, values))
        day = self._change_day(when, date, today)
        self._check_day(kind, day)
        proration = self._change_proration(proration)
        ask = {
            "kind": kind,
            "values": values,
            "when": when,
            "date": fields.Date.to_string(date) if date else False,
            "proration": proration,
        }
        return ask, day, today

    def _make_change(self, ask, day, today, record=None, **values):
        """Edit lines and header as asked, and record what it costs.

        ``record`` is the change that waited for approval, if it did.
        """
        proration = ask["proration"]
        due_before = self._amount_due_now(today)[self.id]
        grid = self._schedule_on(day)
        edit = Edit(self, day, today, proration)
        change_type = getattr(self, f"_apply_{ask['kind']}")(edit, ask["values"])
        if edit.header and not edit.is_scheduled:
            self._write_header(edit.header)
        self._reopen_from(min(day, edit.day))
        self._settle_difference(edit, grid)
        self._refresh_billing_state()
        due_after = self._amount_due_now(today)
        known = {
            "proration": proration,
            "amount_effect": due_after[self.id] - due_before,
            "monthly_effect": float(self._monthly_on(edit.day) - edit.monthly_before),
            "details": {**edit.details(), "ask": ask},
            **values,
        }
        state = "scheduled" if edit.is_scheduled else "applied"
        change = self._keep_change(record, change_type, edit.day, state, known)
        for follower, later, header in edit.followers:
            details = {"header": header, "of": change.id}
            planned = self._record_change(
                follower, later, state="scheduled", details=details
            )
            if later <= today:
                self._enter_change(planned)
        return change

    def _keep_change(self, record, change_type, day, state, known):
        """Write the change to the history: a new row, or the one that waited."""
        if not record:
            return self._record_change(change_type, day, state=state, **known)
        known.update(type=change_type, effective_date=day)
        record._set_state(("applied",), state, **known)
        return record

    # ------------------------------------------------------------------
    # Whether, when, how
    # ------------------------------------------------------------------

    def _check_may_change(self, kind):
        wanted = ("closed",) if kind == "reactivate" else RUNNING
        if self.state == "cancelling" and kind != "customer":
            raise UserError(
                self.env._(
                    "%s is cancelled: undo the cancellation first, then change it.",
                    self.name,
                )
            )
        if self.state not in wanted:
            names = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(name)s is “%(state)s”: this cannot be changed now.",
                    name=self.name,
                    state=names[self.state],
                )
            )

    def _usual_moment(self, kind, values):
        """Return when such a change takes effect unless somebody says otherwise."""
        if kind != "plan":
            return "now"
        version = self.plan_version_id
        shown = self._compare(kind, values, when="now")
        moment = (
            version.downgrade_when
            if shown["type"] == "downgrade"
            else version.upgrade_when
        )
        return "period_end" if moment == "term_end" and not self.term_end else moment

    def _change_day(self, when, date, today):
        """Return the first day on which a change holds."""
        from_today = max(today, self.start_date)
        if when == "now":
            day = from_today
        elif when == "period_end":
            day = self._schedule_on(from_today).period_at(from_today).end
        elif when == "term_end":
            day = self._cancellation_at_term_end(today)
        elif date:
            day = date
        else:
            raise UserError(self.env._("Choose the day of the change."))
        return day

    def _check_day(self, kind, day):
        """Refuse a day outside the life of the subscription, with the reason."""
        if day < self.start_date:
            raise UserError(
                self.env._(
                    "%(name)s starts on %(start)s: choose that day or a later one.",
                    name=self.name,
                    start=format_date(self.env, self.start_date),
                )
            )
        over = self.end_date and day >= self.end_date
        if over and kind not in ("resume", "reactivate"):
            raise UserError(
                self.env._(
                    "The last day of service of %(name)s is %(day)s: there is nothing "
                    "to change after it.",
                    name=self.name,
                    day=format_date(self.env, self.end_date - timedelta(days=1)),
                )
            )

    def _change_proration(self, asked):
        """Return the policy for the running period: the plan's unless overridden."""
        own = self.plan_version_id.change_proration
        if not asked or asked == own:
            return own
        policies = self.plan_version_id._fields["change_proration"].get_values(self.env)
        if asked not in policies:
            raise UserError(self.env._("“%s” is not a rule of proration.", asked))
        if not (
            self.env.su or self.env.user.has_group("recurring_revenue.group_billing")
        ):
            raise AccessError(
                self.env._(
                    "The plan says how the running period is settled; only a billing "
                    "officer chooses otherwise."
                )
            )
        return asked

    # ------------------------------------------------------------------
    # Lines, grids, amounts on a day
    # ------------------------------------------------------------------

    def _lines_on(self, day):
        """Return the recurring lines with service on a day."""
        return self.line_ids.filtered(
            lambda line: (
                line.role != "one_off"
                and (line.start_date or self.start_date) <= day
                and (not line.end_date or line.end_date > day)
            )
        )

    def _schedule_on(self, day):
        """Return the grid on which the subscription is billed on a day."""
        line = self._lines_on(day)[:1]
        return line._schedule() if line else self._schedule()

    def _monthly_on(self, day):
        """Return the recurring amount before tax that runs on a day, per month."""
        total = exact(0)
        for line in self._lines_on(day):
            version = line._version()
            interval = Interval(version.interval_count, version.interval_unit)
            total += monthly_amount(line._before_tax(line.amount_period), interval)
        return round(total, self.currency_id.decimal_places)

    def _settle_difference(self, edit, grid):
        """With the policy ``next`` the difference waits for the next invoice: by the
        periods as they were, ``grid``, or as they are now, whichever comes first."""
        if edit.proration != "next" or edit.is_scheduled:
            return
        day = max(edit.day, edit.today)
        grids = (grid, self._schedule_on(edit.day))
        boundary = min(schedule.next_boundary(day) for schedule in grids)
        version = self.plan_version_id
        if version.timing == "advance":
            boundary -= timedelta(days=version.days_ahead)
        if boundary > edit.today:
            edit.sub.bill_not_before = boundary

    # ------------------------------------------------------------------
    # The header follows on the day
    # ------------------------------------------------------------------

    def _write_header(self, header):
        """Write what a change made of the header; a state goes through its guard."""
        values = dict(header)
        until = fields.Date.to_date(values.pop("payer_until", None))
        if until:
            values["former_payers"] = self._with_former(until)
        state = values.pop("state", None)
        if values:
            applying(self).write(values)
        if state and state != self.state:
            self._set_state((*RUNNING, "closed"), state)

    @api.model
    def _enter_changes(self, company, today):
        """Let the headers follow the changes whose day has come."""
        changes = self.env["recurring.change"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "scheduled"),
                ("effective_date", "<=", today),
            ],
            order="effective_date, id",
        )
        for change in changes:
            change.subscription_id._each_alone("_enter_change", change)

    def _enter_change(self, change):
        over = self.state == "closed" or (
            self.end_date and self.end_date <= change.effective_date
        )
        resumed = change.type == "resume" and not self._standing_pause()
        if (over and change.type != "reactivate") or resumed:
            change._set_state(("scheduled",), "withdrawn")
            return
        header = dict((change.details or {}).get("header") or {})
        if self.state == "cancelling":
            self._agree_while_cancelling(header)
        self._write_header(header)
        change._set_state(("scheduled",), "applied")
        self._refresh_billing_state()

    def _agree_while_cancelling(self, header):
        """Leave it cancelled: an agreed end counts once that is withdrawn."""
        header.pop("state", None)
        if "end_date" in header:
            first = self._standing_cancellations()[-1:]
            details = {**first.details, "end_date": header.pop("end_date")}
            # sudo: nobody may write history by hand, so no group has the right to.
            applying(first.sudo()).details = details
