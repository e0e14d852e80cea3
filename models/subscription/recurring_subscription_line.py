from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.allocation import round_half_up
from ...engine.rating import ChargeTerms, rate
from ..exact import currency_rounding, exact
from ..guard import given, is_applying, typed_over

MONEY_FIELDS = {
    "price_factor",
    "price_agreed",
    "price_source",
    "charge_id",
    "product_id",
    "role",
    "quantity",
    "price_unit",
    "discount",
    "price_basis",
    "start_date",
    "end_date",
    "bill_from",
}
# Written by methods only, in a draft too: whose line it is, who billed it elsewhere.
TECHNICAL_FIELDS = {
    "subscription_id",
    "company_id",
    "sale_line_id",
    "bill_until",
    "amount_period",
    "credit_from",
    "previous_line_id",
    "plan_version_id",
    "grid_start",
    "grid_anchor",
    "phase_id",
}


class RecurringSubscriptionLine(models.Model):
    """A charge of a subscription from a day to a day, its price a snapshot.

    A change never rewrites a line: it ends the line and starts another, so that every
    old invoice can still be explained. ``end_date`` is the first day without service;
    ``bill_until`` is set where the customer pays beyond it (an end without credit).
    """

    _name = "recurring.subscription.line"
    _description = "Subscription Line"
    _inherit = ["analytic.mixin"]
    _order = "subscription_id, sequence, start_date, id"
    _check_company_auto = True

    subscription_id = fields.Many2one(
        "recurring.subscription", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    sequence = fields.Integer(default=10)
    charge_id = fields.Many2one(
        "recurring.plan.charge",
        string="Plan Charge",
        ondelete="restrict",
        index=True,
        help="The plan's charge; empty for a charge made for this customer only.",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_from_charge",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
    )
    name = fields.Char(
        string="Description",
        help="What the invoice says; empty for the charge's own name, in the "
        "customer's language.",
    )
    role = fields.Selection(
        [
            ("base", "Base"),
            ("addon", "Add-on"),
            ("one_off", "One-off"),
            ("usage", "By usage"),
        ],
        compute="_compute_from_charge",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    quantity = fields.Float(
        digits=(16, 6), min_display_digits="Product Unit", default=1.0, required=True
    )
    price_unit = fields.Float(
        string="Unit Price",
        digits=(16, 6),
        min_display_digits="Product Price",
        compute="_compute_price",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    price_agreed = fields.Boolean(
        string="Agreed",
        help="The price was agreed with this customer and replaces the plan's.",
    )
    price_source = fields.Char(
        compute="_compute_price", store=True, readonly=False, precompute=True
    )
    price_factor = fields.Float(
        digits=(16, 12),
        default=1.0,
        required=True,
        help="Technical: what one unit of the plan's currency was in this one's when "
        "the price was taken, and how much revisions have raised it since; the plan's "
        "tiers and minimum follow it.",
    )
    price_basis = fields.Selection(
        [
            ("product", "As the product's taxes say"),
            ("excluded", "Without tax"),
            ("included", "With tax"),
        ],
        default="product",
        required=True,
        help="Whether the price contains the tax. The invoice converts it where its "
        "taxes work the other way.",
    )
    discount = fields.Float(string="Disc.%", digits="Discount")
    start_date = fields.Date(string="From", copy=False)
    end_date = fields.Date(string="Until (excluded)", copy=False)
    last_day = fields.Date(
        string="To", compute="_compute_last_day", inverse="_inverse_last_day"
    )
    bill_from = fields.Date(
        string="Billed From",
        copy=False,
        help="Set when the service starts earlier, but these days cost nothing.",
    )
    bill_until = fields.Date(
        string="Billed Until (excluded)",
        copy=False,
        help="Set when the service ended earlier but what was billed is not credited.",
    )
    credit_from = fields.Date(
        copy=False,
        readonly=True,
        help="Technical: what is billed beyond the end is given back on this day, when "
        "the change that ended the line takes effect.",
    )
    previous_line_id = fields.Many2one(
        "recurring.subscription.line",
        string="Replaces",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The line that a change ended to start this one.",
    )
    # The rhythm that the line is billed on; empty for the one that the subscription
    # started with. A change of plan gives its lines another.
    plan_version_id = fields.Many2one(
        "recurring.plan.version", copy=False, readonly=True, ondelete="restrict"
    )
    grid_start = fields.Date(copy=False, readonly=True)
    grid_anchor = fields.Date(copy=False, readonly=True)
    phase_id = fields.Many2one(
        "recurring.plan.phase",
        copy=False,
        readonly=True,
        ondelete="restrict",
        help="The phase of the plan whose price this is; empty for the charge's own.",
    )
    ended = fields.Boolean(compute="_compute_last_day")
    upcoming = fields.Boolean(compute="_compute_last_day")
    has_days = fields.Boolean(
        compute="_compute_has_days",
        store=True,
        help="Technical: not so for a line that a change replaced before it began.",
    )
    amount_period = fields.Monetary(
        string="Amount",
        compute="_compute_amount_period",
        store=True,
        help="For one whole period, in the price's own tax basis.",
    )
    price_explanation = fields.Text(compute="_compute_price_explanation")
    sale_line_id = fields.Many2one(
        "sale.order.line", copy=False, readonly=True, index="btree_not_null"
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity >= 0)", "A quantity cannot be negative."
    )
    _discount_range = models.Constraint(
        "CHECK(discount >= 0 AND discount <= 100)",
        "A discount lies between 0 and 100 percent.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(start_date IS NULL OR end_date IS NULL OR end_date >= start_date)",
        "A line cannot end before it starts.",
    )

    # ------------------------------------------------------------------
    # Defaults and texts
    # ------------------------------------------------------------------

    @api.depends("charge_id")
    def _compute_from_charge(self):
        for line in self:
            if line.charge_id:
                line.product_id = line.charge_id.product_id
                line.role = line.charge_id.role
            else:
                line.role = line.role or "addon"

    @api.depends("charge_id", "quantity")
    def _compute_price(self):
        for line in self:
            if line.price_agreed or line.subscription_id.state not in (False, "draft"):
                line.price_unit = line.price_unit
                line.price_source = line.price_source
            else:
                line.update(line._price_values())

    def _price_values(self):
        """Return price and where it comes from, as the plan or price list has it."""
        self.ensure_one()
        sub = self.subscription_id
        if not (self.charge_id and sub.currency_id):
            return {"price_unit": self.price_unit, "price_source": self.price_source}
        return sub._price_values(self.charge_id, self.quantity)

    @api.onchange("price_unit")
    def _onchange_price_unit(self):
        """A price typed by hand is an agreed one."""
        if self.charge_id and self.price_unit != self._price_values()["price_unit"]:
            self.price_agreed = True
            self.price_source = self.env._("agreed with the customer")

    @api.depends("start_date", "end_date")
    def _compute_has_days(self):
        for line in self:
            line.has_days = line._has_service()

    @api.depends("start_date", "end_date")
    def _compute_last_day(self):
        today = fields.Date.context_today(self)
        for line in self:
            line.upcoming = bool(line.start_date and line.start_date > today)
            line.last_day = line.end_date and line.end_date - timedelta(days=1)
            line.ended = bool(line.end_date and line.end_date <= today)

    def _inverse_last_day(self):
        for line in self:
            line.end_date = line.last_day and line.last_day + timedelta(days=1)

    @api.depends("product_id", "role", "start_date")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name or line.charge_id.name or line.product_id.name

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    @api.depends(
        "charge_id",
        "price_unit",
        "price_agreed",
        "quantity",
        "discount",
        "subscription_id.currency_id",
    )
    def _compute_amount_period(self):
        for line in self:
            currency = line.currency_id
            if not currency:
                line.amount_period = 0.0
                continue
            amount = line._rated_amount(line._rating())
            line.amount_period = float(
                round_half_up(amount, currency_rounding(currency))
            )

    def _charge_terms(self, price=None, factor=None):
        """Return the engine's terms: the charge's model, this line's price.

        ``price`` and ``factor`` (Decimals) stand in for the line's own.
        """
        self.ensure_one()
        price = exact(self.price_unit) if price is None else price
        factor = exact(self.price_factor) if factor is None else factor
        if not self.charge_id:
            return ChargeTerms("per_unit", price)
        if self.price_agreed and self.charge_id.charge_model != "flat":
            return ChargeTerms("per_unit", price)
        return self.charge_id._engine_terms(unit_price=price, factor=factor)

    def _rating(self, terms=None):
        """Rate the quantity: the amount of a whole period before discount, and why.

        ``terms`` stand in for the line's own, see ``_charge_terms``.
        """
        self.ensure_one()
        return rate(terms or self._charge_terms(), self._rated_quantity())

    def _rated_amount(self, rating):
        """Return the rated amount less the line's discount, not rounded."""
        self.ensure_one()
        if not self.discount:
            return rating.amount
        return rating.amount * (100 - exact(self.discount)) / 100

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.constrains("start_date", "subscription_id")
    def _check_not_before_subscription(self):
        for line in self:
            sub = line.subscription_id
            if line.start_date and line.start_date < sub.start_date:
                raise ValidationError(
                    self.env._(
                        "The line %(line)s starts before the subscription %(name)s.",
                        line=line.display_name,
                        name=sub.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse to add lines by hand to a subscription that has started."""
        field = given(self, vals_list, TECHNICAL_FIELDS - {"subscription_id"})
        if field:
            self._refuse_technical(field)
        lines = super().create(vals_list)
        lines._refuse_unless_change()
        return lines

    def write(self, vals):
        """Refuse to type over the money of a line that may have been billed."""
        refused = typed_over(self, vals, TECHNICAL_FIELDS)
        if refused:
            self._refuse_technical(refused[1])
        if MONEY_FIELDS & set(vals):
            self._refuse_unless_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        self._refuse_unless_change()

    def _refuse_technical(self, field):
        raise UserError(
            self.env._(
                "%s of a subscription line is never typed: it follows from what is "
                "done with the subscription.",
                field._description_string(self.env),
            )
        )

    def _refuse_unless_change(self):
        if is_applying(self.env):
            return
        running = self.filtered(lambda line: line.subscription_id.state != "draft")
        if running:
            raise UserError(
                self.env._(
                    "%s has started: its lines are not typed over, they are changed "
                    "with the buttons of the subscription.",
                    running.subscription_id[:1].name,
                )
            )
