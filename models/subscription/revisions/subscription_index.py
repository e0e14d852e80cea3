"""What was agreed about revisions: an index, its base, a price guarantee."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, fields, models

from ...exact import exact


@dataclass(frozen=True, slots=True)
class IndexStep:
    """From which value of an index to which (S0 and S1), each with its day."""

    base: Decimal
    base_date: date | None
    current: Decimal
    current_date: date


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    price_guarantee_until = fields.Date(
        help="The last day of a price guarantee: revisions that take effect on or "
        "before it leave this subscription out.",
    )
    index_id = fields.Many2one(
        "recurring.index",
        string="Price Index",
        compute="_compute_index_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
    )
    index_base_value = fields.Float(
        string="Base Index",
        digits=(16, 6),
        min_display_digits=1,
        compute="_compute_index_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="The value (S0) that the next revision starts from: agreed at signature, "
        "then that of the last revision. Empty for the value published for the day "
        "of the base, or for the start.",
    )
    index_base_date = fields.Date(
        string="Base Index of",
        compute="_compute_index_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="The month that the base index is of; empty for the start.",
    )

    @api.depends("plan_id")
    def _compute_index_id(self):
        for sub in self:
            if sub._keeps_agreement():
                sub.index_id = sub._origin.index_id
                sub.index_base_value = sub._origin.index_base_value
                sub.index_base_date = sub._origin.index_base_date
                continue
            sub.index_id = sub.plan_id.index_id
            sub.index_base_value = sub.plan_id.index_base_value
            sub.index_base_date = sub.plan_id.index_base_date

    def _index_step(self, index, day):
        """Return the IndexStep of a revision on ``day``, or a sentence why not."""
        self.ensure_one()
        current = index._value_at(day)
        if not current:
            return self.env._("%s has no value published yet.", index.name)
        base_date = self.index_base_date or self.start_date
        base = self.index_base_value if index == self.index_id else 0
        if not base:
            known = index._value_at(base_date)
            if not known:
                return self.env._(
                    "%(index)s has no value for the base of %(day)s.",
                    index=index.name,
                    day=fields.Date.to_string(base_date),
                )
            base, base_date = known.value, known.date
        return IndexStep(exact(base), base_date, exact(current.value), current.date)
