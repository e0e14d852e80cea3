from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.usage import round_quantity
from .texts import number

AGGREGATIONS = [
    ("sum", "Sum of all quantities"),
    ("maximum", "Highest quantity"),
    ("last", "Last quantity"),
    ("unique", "Number of different values"),
    ("time_weighted", "Average over time"),
]
# What an event says: how much was used, or how much there is from now on.
LEVELS = ("maximum", "last", "time_weighted")


class RecurringMeter(models.Model):
    """What is counted of a customer's usage, and how a period's events add up."""

    _name = "recurring.meter"
    _description = "Meter"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(
        required=True, translate=True, help="What is counted, e.g. API calls."
    )
    code = fields.Char(
        required=True,
        copy=False,
        help="How the events that other systems send name this meter.",
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    active = fields.Boolean(default=True)
    aggregation = fields.Selection(
        AGGREGATIONS,
        string="A Period Counts",
        default="sum",
        required=True,
        help="Average over time: each quantity holds until the next event, also into "
        "the next period. It is one of the whole period: 10 for half a month are 5.",
    )
    unit = fields.Char(
        translate=True, help="In the plural, as the invoice says it: calls, GB, users."
    )
    decimals = fields.Integer(default=2, help="Of the quantity of a period, 0 to 6.")
    rounding = fields.Selection(
        [("half_up", "To the nearest"), ("up", "Up"), ("down", "Down")],
        default="half_up",
        required=True,
    )
    charge_ids = fields.One2many(
        "recurring.plan.charge", "meter_id", string="Plan Charges", readonly=True
    )
    plan_count = fields.Integer(string="Plans", compute="_compute_plan_count")

    _code_unique = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)", "Another meter has this code already."
    )
    _decimals_range = models.Constraint(
        "CHECK(decimals >= 0 AND decimals <= 6)", "A quantity has 0 to 6 decimals."
    )

    @api.depends("charge_ids.version_id")
    def _compute_plan_count(self):
        for meter in self:
            meter.plan_count = len(meter.charge_ids.version_id.plan_id)

    @api.onchange("name")
    def _onchange_name(self):
        """Propose a code that a programme can send."""
        if self.name and not self.code:
            ir_http = self.env["ir.http"]
            self.code = ir_http._slugify(self.name).replace("-", "_")

    @api.constrains("code")
    def _check_code(self):
        for meter in self:
            if meter.code != meter.code.strip() or not meter.code.strip():
                raise ValidationError(
                    self.env._("The code of a meter has no blanks around it.")
                )

    def write(self, vals):
        """Keep what counts once a published plan bills by it."""
        changed = {"aggregation", "decimals", "rounding", "company_id"} & set(vals)
        for meter in self if changed else ():
            sold = meter.charge_ids.version_id.filtered(lambda v: v.state != "draft")
            differs = any(
                meter._fields[name].convert_to_cache(vals[name], meter)
                != meter._fields[name].convert_to_cache(meter[name], meter)
                for name in changed
            )
            if sold and differs:
                raise UserError(
                    self.env._(
                        "%(plan)s bills by this meter: how it counts stays as it is, "
                        "so that its invoices can be explained. Make another meter, "
                        "and a new version of the plan that uses it.",
                        plan=sold[0].display_name,
                    )
                )
        return super().write(vals)

    def _round(self, value):
        """Return an exact quantity (Fraction or Decimal) as this meter rounds it."""
        self.ensure_one()
        return round_quantity(value, self.decimals, self.rounding)

    def _quantity_text(self, quantity):
        """Return "14,000 calls"."""
        return " ".join(filter(None, (number(self.env, quantity), self.unit)))

    def action_open_plans(self):
        """Open the plans that bill by these meters."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plans"),
            "res_model": "recurring.plan",
            "domain": [("id", "in", self.charge_ids.version_id.plan_id.ids)],
            "views": [(False, "list"), (False, "form")],
        }
