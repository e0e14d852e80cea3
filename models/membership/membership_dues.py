"""From members to calls for dues: for which days, what it costs, in a call a payer."""

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...engine.allocation import round_share
from ...engine.membership import months_in
from ...engine.period import Period
from ..exact import currency_rounding
from ..guard import applying


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
        groups = defaultdict(list)
        for membership in self._owing(day).sorted(lambda one: (one.number, one.id)):
            key = (membership.company_id, membership.payer_id, membership.plan_id)
            groups[key].append(membership)
        rows = []
        for (company, payer, plan), members in groups.items():
            lines = self._household_lines(members, day)
            if lines:
                rows.append(
                    {
                        "company_id": company.id,
                        "payer_id": payer.id,
                        "plan_id": plan.id,
                        "currency_id": plan.current_version_id.currency_id.id,
                        "line_ids": [(0, 0, line) for line in lines],
                    }
                )
        made = applying(self.env["recurring.dues"]).create(rows)
        return self.env["recurring.dues"].browse(made.ids)  # without the key

    def _claim(self):
        """Let nobody else call the same members at the same time: who comes second
        fails and is tried again, and then finds what the first one called."""
        if self:
            self.env.execute_query(
                SQL(
                    "UPDATE recurring_membership SET call_count = call_count + 1"
                    " WHERE id IN %s RETURNING id",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["call_count", "dues_line_ids"])

    def _owing(self, day):
        """Return the members who may be asked for dues on a day."""
        return self.filtered(
            lambda one: (
                one.category_id.kind != "honorary"
                and not (one.lifetime_from and one.lifetime_from <= day)
                and not (one.resigned_on and one.resigned_on <= day)
                and not (one.excluded_on and one.excluded_on <= day)
                and not any(
                    line.kind == "dues" and not line.paid_on and line.amount
                    for line in one._standing_lines()
                )
            )
        )

    def _standing_lines(self):
        return self.dues_line_ids.filtered(lambda line: not line.is_cancelled)

    def _household_lines(self, members, day):
        """Return the values of the lines of a call for one household."""
        lines, places = [], {}
        for membership in members:
            coverage = membership._coverage(day)
            if coverage is None:
                continue
            whole = coverage.whole
            if whole not in places:
                places[whole] = membership._household_place(whole)
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
            return rule.join(self.joined_on)
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

    def _household_place(self, whole):
        """Count the members of this household who have dues for the same days."""
        return self.env["recurring.dues.line"].search_count(
            [
                ("kind", "=", "dues"),
                ("is_cancelled", "=", False),
                ("dues_id.payer_id", "=", self.payer_id.id),
                ("dues_id.plan_id", "=", self.plan_id.id),
                ("date_start", "<", whole.end),
                ("date_end", ">", whole.start),
            ]
        )

    def _dues_lines(self, coverage, place):
        """Return the values of the lines that a period costs a member."""
        day = max(coverage.period.start, coverage.whole.start)
        version = self.plan_id._version_at(day) or self.plan_id.current_version_id
        charge = version._charge_of(self.category_id)
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
        if not self.dues_line_ids.filtered(lambda line: not line.is_cancelled):
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
