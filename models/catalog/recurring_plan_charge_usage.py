"""Charges by usage, and the price models that come with them."""

from odoo import api, fields, models

from ..exact import exact

EVENT_FIELDS = ("fixed_fee", "event_minimum", "event_maximum", "free_events")


class RecurringPlanCharge(models.Model):
    _inherit = "recurring.plan.charge"

    meter_id = fields.Many2one(
        "recurring.meter",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        help="Counts the usage that this charge bills after each period.",
    )
    package_size = fields.Float(
        string="Units per Package",
        digits=(16, 6),
        min_display_digits="Product Unit",
        help="A package that was begun costs as much as a full one.",
    )
    fixed_fee = fields.Float(
        string="Fee per Event",
        digits=(16, 6),
        min_display_digits="Product Price",
        help="On top of the percentage, for each event.",
    )
    event_minimum = fields.Float(
        string="At Least per Event", digits=(16, 6), min_display_digits="Product Price"
    )
    event_maximum = fields.Float(
        string="At Most per Event",
        digits=(16, 6),
        min_display_digits="Product Price",
        help="0 = no limit.",
    )
    free_events = fields.Integer(
        help="So many events of each period cost nothing; the first ones."
    )
    maximum_amount = fields.Float(
        string="At Most",
        digits=(16, 6),
        min_display_digits="Product Price",
        help="The most that a whole period costs, whatever the quantity; 0 = no limit.",
    )
    minimum_prorated = fields.Boolean(
        string="Prorated",
        default=True,
        help="A part of a period owes its share of the least amount. What was used is "
        "never prorated.",
    )
    limit_quantity = fields.Float(
        string="Limit",
        digits=(16, 6),
        min_display_digits="Product Unit",
        help="What the thresholds are percentages of; 0 = what is included.",
    )
    threshold_percents = fields.Char(
        string="Notify At (%)",
        help="Salesperson and customer are told once a period when so much is used, "
        "e.g. 80, 100.",
    )
    hard_limit = fields.Boolean(
        string="Stop at the Limit",
        help="Your software, when it asks, is told that the customer may use no more. "
        "What is used all the same is billed.",
    )

    _usage_not_negative = models.Constraint(
        "CHECK(package_size >= 0 AND fixed_fee >= 0 AND event_minimum >= 0 "
        "AND event_maximum >= 0 AND free_events >= 0 AND maximum_amount >= 0 "
        "AND limit_quantity >= 0)",
        "Sizes, fees and limits cannot be negative.",
    )

    @api.onchange("role")
    def _onchange_role(self):
        """Usage is counted: it has no fixed price, and costs nothing before it is."""
        if self.role == "usage" and self.charge_model == "flat":
            self.charge_model = "per_unit"
        if self.role != "usage":
            self.meter_id = False

    @api.onchange("meter_id")
    def _onchange_meter_id(self):
        if self.meter_id and not self.name:
            self.name = self.meter_id.name

    def _more_terms(self, factor):
        """Return the terms of package, percentage and cap; ``factor`` as elsewhere."""
        terms = {}
        if self.charge_model == "package":
            terms["package_size"] = exact(self.package_size)
        if self.charge_model == "percentage":
            terms["fixed_fee"] = exact(self.fixed_fee) * factor
            # What is free of charge is money here.
            terms["included"] = exact(self.included_quantity) * factor
            terms["event_minimum"] = exact(self.event_minimum) * factor
            terms["free_events"] = self.free_events
            if self.event_maximum:
                terms["event_maximum"] = exact(self.event_maximum) * factor
        if self.maximum_amount:
            terms["maximum"] = exact(self.maximum_amount) * factor
        return terms

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    def _limit(self):
        """Return the quantity that thresholds and the hard limit are about, or 0."""
        return exact(self.limit_quantity or self.included_quantity)

    def _thresholds(self):
        """Return the percentages at which to notify, ascending.

        Raises ValueError for what is no list of numbers above 0.
        """
        text = (self.threshold_percents or "").replace("%", " ").replace(";", ",")
        found = sorted({int(part) for part in text.split(",") if part.strip()})
        if any(percent <= 0 for percent in found):
            raise ValueError(text)
        return found

    # ------------------------------------------------------------------
    # What stands against publishing
    # ------------------------------------------------------------------

    def _publication_problems(self):
        yield from super()._publication_problems()
        for problem in self._usage_problems():
            yield self._sentence(problem)

    def _usage_problems(self):
        if self.charge_model == "percentage" and self.role != "usage":
            if any(self[name] for name in EVENT_FIELDS[1:]):
                yield self.env._("limits of single events need a charge by usage.")
        if self.role != "usage":
            return
        meter = self.meter_id
        if not meter:
            yield self.env._("choose the meter that counts what it bills.")
        elif not meter.active:
            yield self.env._("the meter %s is archived.", meter.name)
        if self.charge_model == "flat":
            yield self.env._("a fixed price does not count usage: choose another one.")
        if self.charge_model == "percentage" and meter.aggregation not in (
            False,
            "sum",
        ):
            yield self.env._(
                "a percentage is taken of each event: the meter %s must count the sum.",
                meter.name,
            )
        others = self.version_id.charge_ids - self
        if meter and meter in others.filtered(lambda c: c.role == "usage").meter_id:
            yield self.env._("two charges bill the meter %s.", meter.name)
        yield from self._limit_problems()

    def _limit_problems(self):
        try:
            thresholds = self._thresholds()
        except ValueError:
            yield self.env._(
                "write the percentages to notify at as numbers, like 80, 100."
            )
            return
        if (thresholds or self.hard_limit) and not self._limit():
            yield self.env._("without included units or a limit nothing is reached.")
