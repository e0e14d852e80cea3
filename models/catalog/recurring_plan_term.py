from odoo import api, fields, models

from ...engine.interval import Interval
from .recurring_plan_version_publication import DAYS, MONTHS
from .texts import number, time_text


class RecurringPlanTerm(models.Model):
    """A time for which a customer may commit, and what it is worth: a discount."""

    _name = "recurring.plan.term"
    _inherit = ["recurring.version.part"]
    _description = "Commitment"
    _order = "version_id, months, id"

    version_id = fields.Many2one(
        "recurring.plan.version", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="version_id.company_id", store=True, index=True
    )
    term_count = fields.Integer(string="Term", default=1, required=True)
    term_unit = fields.Selection(
        [("month", "Months"), ("year", "Years")], default="year", required=True
    )
    months = fields.Integer(compute="_compute_months", store=True)
    discount = fields.Float(
        string="Discount (%)",
        digits="Discount",
        help="On every recurring charge, as long as the subscription runs.",
    )
    renewal = fields.Selection(
        [
            ("automatic", "Automatic, for another term"),
            ("manual", "By hand: someone is reminded before the end"),
            ("none", "None: it ends with the term"),
        ],
        default="automatic",
        required=True,
    )

    _count_positive = models.Constraint(
        "CHECK(term_count > 0)", "A commitment lasts at least one month."
    )
    _discount_range = models.Constraint(
        "CHECK(discount >= 0 AND discount <= 100)",
        "A discount lies between 0 and 100 percent.",
    )

    @api.depends("term_count", "term_unit")
    def _compute_months(self):
        for term in self:
            term.months = term.term_count * MONTHS[term.term_unit or "month"]

    @api.depends("term_count", "term_unit", "discount")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for term in self:
            term.display_name = term._text()

    def _text(self):
        """Return "12 months: 10 % off"."""
        self.ensure_one()
        time = self._time_text()
        if not self.discount:
            return time
        return self.env._(
            "%(time)s: %(percent)s %% off",
            time=time,
            percent=number(self.env, self.discount),
        )

    def _time_text(self):
        """Return the length in words: "12 months"."""
        self.ensure_one()
        return time_text(self.env, self.term_count, self.term_unit)

    def _engine_interval(self):
        """Return the length as the engine's interval."""
        self.ensure_one()
        return Interval(self.term_count, self.term_unit)


class RecurringPlanVersion(models.Model):
    """For how long a customer may commit."""

    _inherit = "recurring.plan.version"

    term_ids = fields.One2many(
        "recurring.plan.term", "version_id", string="Commitments", copy=True
    )

    def _term_like(self, term):
        """Return the commitment of this version that is as long as ``term``, if any."""
        self.ensure_one()
        return self.term_ids.filtered(lambda own: term and own.months == term.months)[
            :1
        ]

    @api.depends(
        "trial_days", "term_ids.term_count", "term_ids.term_unit", "term_ids.discount"
    )
    @api.depends_context("lang")
    def _compute_price_summary(self):
        """Tell the trial before the prices, and the commitments after them."""
        result = super()._compute_price_summary()
        for version in self:
            terms = [
                self.env._("Committed for %s", term._text())
                for term in version.term_ids.sorted("months")
            ]
            texts = [version._trial_text(), version.price_summary, *terms]
            version.price_summary = "\n".join(filter(None, texts))
        return result

    def _publication_problems(self):
        return [*super()._publication_problems(), *self._commitment_problems()]

    def _commitment_problems(self):
        period = DAYS.get(self.interval_unit, 1) * self.interval_count
        months = self.term_ids.mapped("months")
        if len(set(months)) < len(months):
            yield self.env._("Two commitments are equally long.")
        for term in self.term_ids:
            if term.term_count * DAYS[term.term_unit] < period:
                yield self.env._(
                    "The commitment “%s” is shorter than one billing period.",
                    term._text(),
                )
