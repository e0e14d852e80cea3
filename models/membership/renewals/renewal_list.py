"""Who is due in a campaign, for what; and who is left out, and why."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL, format_date

from ...engine_texts import sentence_of
from ...guard import applying

YEAR = timedelta(days=366)


class RecurringRenewalRun(models.Model):
    _inherit = "recurring.renewal.run"

    def _unlisted(self):
        """The SQL condition: member ``m`` of these plans is not in the list yet.

        Who left more than a year before is not listed any more.
        """
        self.ensure_one()
        return SQL(
            """m.company_id = %(company)s AND m.plan_id IN %(plans)s
               AND (m.rejoined_on >= GREATEST(m.resigned_on, m.excluded_on)
                    OR COALESCE(m.resigned_on, %(day)s) > %(left)s
                    AND COALESCE(m.excluded_on, %(day)s) > %(left)s)
               AND NOT EXISTS (
                   SELECT 1 FROM recurring_renewal_line l
                    WHERE l.run_id = %(run)s AND l.membership_id = m.id)""",
            company=self.company_id.id,
            plans=tuple(self.plan_ids.ids),
            day=self.day,
            left=self.day - YEAR,
            run=self.id,
        )

    def _list_next(self, size):
        """List the members of the next payers; return how many members."""
        self.env["recurring.membership"].flush_model()
        self.env["recurring.renewal.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH next AS (
                    SELECT DISTINCT m.payer_id FROM recurring_membership m
                     WHERE %(condition)s ORDER BY 1 LIMIT %(size)s)
                SELECT m.id FROM recurring_membership m
                  JOIN next n ON n.payer_id = m.payer_id
                 WHERE %(condition)s ORDER BY m.number, m.id
                """,
                condition=self._unlisted(),
                size=size,
            )
        )
        members = self.env["recurring.membership"].browse([row[0] for row in rows])
        values = []
        for plan, own in members.grouped("plan_id").items():
            values += self._list_values(plan, own)
        applying(self.env["recurring.renewal.line"]).create(values)
        return len(members)

    def _renewal_day(self, plan):
        """Return the day on which members of a plan renew in this campaign: the day of
        the season, today once it runs; today where each has a year of their own."""
        today = fields.Date.context_today(self)
        version = plan._version_at(self.day) or plan.current_version_id
        return today if version.alignment == "anniversary" else max(today, self.day)

    def _list_values(self, plan, members):
        """Return the values of the rows of members of one plan."""
        day = self._renewal_day(plan)
        over = (
            members._calls_over(day)
            if self.drop_over
            else members.env["recurring.dues"]
        )
        members = members.with_context(rr_calls_over=frozenset(over.ids))
        left_out = {one: self._why_left_out(one, day) for one in members}
        due = members.filtered(lambda one: not left_out[one])
        refused = {}
        lines = {}
        for calls in due._calls(day, refused).values():
            for line in calls:
                lines.setdefault(line["membership_id"], []).append(line)
        rows = []
        for one in members:
            row = {
                "run_id": self.id,
                "membership_id": one.id,
                "payer_id": one.payer_id.id,
            }
            error = refused.get((one.company_id, one.payer_id, one.plan_id))
            if left_out[one]:
                reason, why = left_out[one]
                row.update(state="left_out", reason=reason, why=why)
            elif error:
                row.update(state="problem", why=sentence_of(self.env, error))
            elif one.id in lines:
                row.update(
                    self._amounts_of(lines[one.id]), joins=not one._standing_lines()
                )
            else:
                row.update(
                    state="left_out",
                    reason="not_sold",
                    why=self.env._("Nothing is on sale on that day"),
                )
            rows.append(row)
        return rows

    def _amounts_of(self, lines):
        """Return what a row says of the lines of one member: values or records."""
        return {
            "date_start": lines[0]["date_start"],
            "date_end": lines[0]["date_end"],
            "amount": sum(line["amount"] for line in lines),
            "explanation": " + ".join(line["explanation"] for line in lines),
        }

    def _why_left_out(self, member, day):
        """Return (reason, sentence) of who is not called on a day, or None."""
        reason = member._why_not_called(day)
        if reason:
            return reason, self._reason_text(reason, member)
        if member.joined_on > day:
            joined = format_date(self.env, member.joined_on)
            return "later", self.env._("Joins on %s", joined)
        covered = member._last_covered()
        if covered and covered.end > self.day:
            last = format_date(self.env, covered.last_day)
            return "ahead", self.env._("Has dues until %s", last)
        return None

    def _reason_text(self, reason, member):
        env = self.env
        if reason == "open":
            calls = ", ".join(member._open_lines().dues_id.mapped("name"))
            return env._("%s is not paid yet", calls)
        if reason == "lifetime":
            return env._("For life since %s", format_date(env, member.lifetime_from))
        if reason == "resigned":
            return env._("Resigned on %s", format_date(env, member.resigned_on))
        if reason == "excluded":
            return env._("Excluded on %s", format_date(env, member.excluded_on))
        return env._("Owes nothing")


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    def _calls_over(self, day):
        """Return the calls of these members that nobody paid anything of, and whose
        days are all over on a day: there is nothing left to ask for."""
        open_calls = self.dues_line_ids.filtered(
            lambda line: (
                line.kind == "dues"
                and not line.is_cancelled
                and not line.paid_on
                and line.amount
                and line.date_end <= day
            )
        ).dues_id
        over = open_calls.filtered(
            lambda dues: all(
                not line.paid_on and (not line.date_end or line.date_end <= day)
                for line in dues.line_ids
            )
        )
        return over - over._partly_paid()

    def _standing_lines(self):
        """Leave out, where the context says so, what a campaign will drop."""
        lines = super()._standing_lines()
        over = self.env.context.get("rr_calls_over")
        return (
            lines.filtered(lambda line: line.dues_id.id not in over) if over else lines
        )
