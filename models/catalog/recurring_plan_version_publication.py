from datetime import date

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.errors import AlignmentError
from ...engine.period import check_alignment

MONTHS = {"month": 1, "year": 12}
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


class RecurringPlanVersion(models.Model):
    """Publishing a version: it is checked as a whole, then never changes again."""

    _inherit = "recurring.plan.version"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_review(self):
        """Check the version, then ask what happens to existing subscriptions."""
        self.ensure_one()
        self._check_publishable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Publish %s", self.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (
                    self.env.ref(
                        "recurring_revenue.recurring_plan_version_view_publish"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
        }

    def action_publish(self):
        """Put the version on sale and freeze it.

        Raises a UserError with one sentence for each thing that is not right yet.
        """
        for version in self:
            version._check_publishable()
            version._set_state(
                ("draft",),
                "published",
                published_date=fields.Datetime.now(),
                published_uid=self.env.uid,
            )
        return {"type": "ir.actions.act_window_close"}

    def action_retire(self):
        """Take the version off sale; subscriptions that have it keep it."""
        self._set_state(
            ("published",),
            "retired",
            retired_date=fields.Datetime.now(),
            retired_uid=self.env.uid,
        )

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_publishable(self):
        self.ensure_one()
        problems = self._publication_problems()
        if problems:
            raise UserError(
                self.env._(
                    "%(version)s cannot be published yet:\n%(problems)s",
                    version=self.display_name,
                    problems="\n".join(f"- {problem}" for problem in problems),
                )
            )

    def _publication_problems(self):
        """Return what stands against publishing, a sentence each."""
        self.ensure_one()
        return [
            *self._plan_problems(),
            *self._effective_problems(),
            *self._period_problems(),
            *self._term_problems(),
            *self._money_problems(),
            *self._role_problems(),
            *(
                problem
                for c in self.charge_ids
                for problem in c._publication_problems()
            ),
        ]

    def _plan_problems(self):
        if not self.plan_id.active:
            yield self.env._("The plan is archived: restore it first.")

    def _effective_problems(self):
        """A version takes effect after those before it, so that each has its time."""
        earlier = self.plan_id.version_ids.filtered(
            lambda version: version.state != "draft" and version != self
        )
        if earlier and not self.effective_date:
            yield self.env._(
                "Say from which day on subscriptions start with it: an earlier version "
                "has been published."
            )
        dated = earlier.filtered("effective_date").sorted("effective_date")[-1:]
        if dated and self.effective_date and self.effective_date < dated.effective_date:
            yield self.env._(
                "It would take effect on %(date)s, before version %(number)s "
                "(%(other)s): choose that day or a later one.",
                date=format_date(self.env, self.effective_date),
                number=dated.number,
                other=format_date(self.env, dated.effective_date),
            )
        if self.existing_policy == "date":
            yield from self._existing_date_problems()

    def _existing_date_problems(self):
        if not self.existing_date:
            yield self.env._("Say on which day existing subscriptions move to it.")
        elif self.effective_date and self.existing_date < self.effective_date:
            yield self.env._(
                "Existing subscriptions would move to it on %(date)s, before it takes "
                "effect.",
                date=format_date(self.env, self.existing_date),
            )

    def _period_problems(self):
        if self.alignment == "season":
            try:
                date(2024, int(self.alignment_month or 0), self.alignment_day)
            except ValueError:
                yield self.env._(
                    "A season cannot start on a day that does not exist: choose "
                    "another day or month."
                )
                return
        try:
            check_alignment(self._engine_interval(), self._engine_alignment())
        except AlignmentError:
            yield self._alignment_sentence()

    def _alignment_sentence(self):
        """Say what the alignment needs, in the user's language."""
        if self.alignment == "day_of_month":
            return self.env._(
                "Only periods counted in months or years can start on a fixed day of "
                "the month."
            )
        if self.alignment == "season":
            return self.env._(
                "A season is billed by 1, 2, 3, 4, 6 or 12 months, or by 1 year."
            )
        return self.env._(
            "Following the calendar takes a period of 1 week, of 1, 2, 3, 4, 6 or 12 "
            "months, or of 1 year."
        )

    def _term_problems(self):
        if not self.term_count:
            if self.renewal != "none":
                yield self.env._(
                    "Without a term there is nothing to renew: give a term, or choose "
                    "no renewal."
                )
            if self.cancel_when == "term_end":
                yield self.env._(
                    "Without a term nobody can cancel at its end: give a term, or "
                    "choose another day for cancellations."
                )
            return
        term = self.term_count * MONTHS[self.term_unit]
        months = MONTHS.get(self.interval_unit)
        if months and term < months * self.interval_count:
            yield self.env._("The term is shorter than one billing period.")
        elif not months and term * 30 < self.interval_count * DAYS[self.interval_unit]:
            yield self.env._("The term is shorter than one billing period.")
        if self.notice_days > self.term_count * DAYS[self.term_unit]:
            yield self.env._("The notice is longer than the term.")

    def _money_problems(self):
        if not self.currency_id.active:
            yield self.env._(
                "The currency %s is not active: activate it in the accounting "
                "settings.",
                self.currency_id.name,
            )
        journal = self.journal_id
        if journal and (not journal.active or journal.type != "sale"):
            yield self.env._(
                "The journal %s is archived or not a sales journal.", journal.name
            )
        if journal and journal.company_id != self.company_id:
            yield self.env._("The journal %s is another company's.", journal.name)
        if self.payment_term_id and not self.payment_term_id.active:
            yield self.env._(
                "The payment terms %s are archived.", self.payment_term_id.name
            )

    def _role_problems(self):
        roles = set(self.charge_ids.mapped("role"))
        if not roles:
            yield self.env._("It has no charge, so nothing would be billed: add one.")
        elif not roles & {"base", "usage"}:
            yield self.env._(
                "Every charge is optional or billed once: add one that every "
                "subscription has."
            )
