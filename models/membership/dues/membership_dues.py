"""From members to calls for dues: for which days, what it costs, in a call a payer."""

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ....engine.allocation import round_share
from ....engine.membership import months_in
from ....engine.period import Period
from ...exact import currency_rounding
from ...guard import applying


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    def _call_dues(self, day):
        """Prepare the calls for dues of these members: of who is new and who renews.

        Nobody is called twice for a period: who has dues that were called and not paid
        gets no others, nor do honorary members, members for life and who has left.

        :param day: the day on which they join or renew
        :return: the new ``recurring.dues``, one for each payer and plan, prepared
        """
        self._claim()
        rows = []
        for (company, payer, plan), lines in self._calls(day).items():
            rows.append(
                {
                    "company_id": company.id,
                    "payer_id": payer.id,
                    "plan_id": plan.id,
                    "currency_id": plan.current_version_id.currency_id.id,
                    "line_ids": [(0, 0, line) for line in lines],
                }
            )
        calls = applying(self.env["recurring.dues"]).with_context(tracking_disable=True)
        made = calls.create(rows)
        return self.env["recurring.dues"].browse(made.ids)  # without the key

    def _claim(self):
        """Let nobody else call the same members at the same time: who comes second
        fails and is tried again, and then finds what the first one called."""
        if self:
            self.flush_model(["call_count"])
            query = SQL(
                "UPDATE recurring_membership SET call_count = call_count + 1"
                " WHERE id IN %s",
                tuple(self.ids),
            )
            # That another one was faster is no error to be logged.
            self.env.cr.execute(query, log_exceptions=False)
            self.invalidate_recordset(["call_count", "dues_line_ids"])

    def _calls(self, day, refused=None):
        """Return what these members would be called for, and write nothing.

        :param refused: a dictionary that gets ``{(company, payer, plan): error}`` of
            the households that cannot be called; without it the error is raised
        :return: ``{(company, payer, plan): [values of a line]}``, without households
            that owe nothing
        """
        owing = self._owing(day).sorted(lambda one: (one.number, one.id))
        groups = defaultdict(list)
        for membership in owing:
            key = (membership.company_id, membership.payer_id, membership.plan_id)
            groups[key].append(membership)
        called = owing._days_called()
        found = {}
        for key, members in groups.items():
            try:
                lines = self._household_lines(members, day, called[key])
            except UserError as error:
                if refused is None:
                    raise
                refused[key] = error
                continue
            if lines:
                found[key] = lines
        return found

    def _owing(self, day):
        """Return the members who may be asked for dues on a day."""
        return self.filtered(lambda one: not one._why_not_called(day))

    def _why_not_called(self, day):
        """Return the code of what keeps a member from being called on a day: honorary,
        lifetime, resigned, excluded or open (called already and not paid), or None.

        What counts is where they stand when the days begin that they would pay for: who
        leaves at the end of a year is not called for the next one before."""
        self.ensure_one()
        covered = self._last_covered()
        begins = max(day, covered.end) if covered else day
        for field, code in (("excluded_on", "excluded"), ("resigned_on", "resigned")):
            left = self._leaves(field)
            if left and left <= begins:
                return code
        if self.category_id.kind == "honorary":
            return "honorary"
        if self.lifetime_from and self.lifetime_from <= begins:
            return "lifetime"
        return "open" if self._open_lines() else None

    def _open_lines(self):
        """Return the dues that were called, or are about to be, and are not paid."""
        return self._standing_lines().filtered(
            lambda line: line.kind == "dues" and not line.paid_on and line.amount
        )

    def _standing_lines(self):
        return self.dues_line_ids.filtered(lambda line: not line.is_cancelled)

    def _household_lines(self, members, day, called):
        """Return the values of the lines of a call for one household.

        :param called: the days that members of it have dues for already
        """
        lines, places = [], {}
        for membership in members:
            coverage = membership._coverage(day)
            if coverage is None:
                continue
            whole = coverage.whole
            if whole not in places:
                places[whole] = sum(
                    bool(period.clip(whole.start, whole.end)) for period in called
                )
            lines += membership._dues_lines(coverage, places[whole])
            places[whole] += 1
        return lines

    def _coverage(self, day):
        """Return what this member gets who joins or renews on a day, or None where the
        plan is not sold."""
        version = self.plan_id._version_at(day)
        if not version:
            return None
        rule = version._period_rule()
        covered = self._last_covered()
        if covered is None:
            joined = rule.join(self.joined_on)
            if joined.period.end > day:
                return joined
            # Who joined long ago, and whose former periods are not known, renews.
            covered = joined.period
        return rule.renew(covered, day)

    def _last_covered(self):
        """Return the last unbroken days that dues were called for, or None."""
        covered = None
        lines = self._standing_lines().filtered(lambda line: line.kind == "dues")
        for line in lines.sorted("date_end", reverse=True):
            if covered and line.date_end < covered.start:
                break
            end = covered.end if covered else line.date_end
            covered = Period(line.date_start, end)
        return covered

    def _days_called(self):
        """Return ``{(company, payer, plan): [days with dues]}`` of the households of
        these members, one for each member and period that has dues already."""
        days = defaultdict(list)
        lines = self.env["recurring.dues.line"].search_fetch(
            [
                ("kind", "=", "dues"),
                ("is_cancelled", "=", False),
                ("dues_id.payer_id", "in", self.payer_id.ids),
                ("dues_id.plan_id", "in", self.plan_id.ids),
            ],
            ["dues_id", "date_start", "date_end"],
        )
        for line in lines:
            dues = line.dues_id
            key = (dues.company_id, dues.payer_id, dues.plan_id)
            days[key].append(Period(line.date_start, line.date_end))
        return days

    def _dues_lines(self, coverage, place):
        """Return the values of the lines that a period costs a member."""
        day = max(coverage.period.start, coverage.whole.start)
        version = self.plan_id._version_at(day) or self.plan_id.current_version_id
        charge = version._charge_of(self.category_id)
        coverage = charge._asked_for(coverage)
        rounding = currency_rounding(version.currency_id)
        price = charge._dues_of(place, self.chosen_amount or None)
        lines = [
            {
                "membership_id": self.id,
                "kind": "dues",
                "charge_id": charge.id,
                "category_id": self.category_id.id,
                "date_start": coverage.period.start,
                "date_end": coverage.period.end,
                "grace_until": version._grace_until(coverage.period.end),
                "amount": float(round_share(price, coverage.share, rounding)),
                "explanation": self._explanation(version, coverage, price),
            }
        ]
        if self.owes_entrance and not self._standing_lines():
            lines += [
                {
                    "membership_id": self.id,
                    "kind": "entrance",
                    "charge_id": fee.id,
                    "category_id": self.category_id.id,
                    "amount": float(fee._dues_of()),
                    "explanation": fee.name,
                }
                for fee in version._entrance_charges(self.category_id)
            ]
        return lines

    @api.model
    def _explanation(self, version, coverage, price):
        """Say how dues are worked out: "60.00 EUR x 10 of 12 months"."""
        amount = version.currency_id.format(float(price))
        if coverage.share == 1:
            return amount
        values = {"amount": amount}
        if version.rr_dues_basis == "month":
            values.update(
                part=months_in(coverage.period), whole=months_in(coverage.whole)
            )
            return self.env._("%(amount)s × %(part)s of %(whole)s months", **values)
        values.update(part=coverage.period.days, whole=coverage.whole.days)
        return self.env._("%(amount)s × %(part)s of %(whole)s days", **values)
