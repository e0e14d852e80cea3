from odoo import api, fields, models

from ...engine.allocation import round_half_up
from ..exact import exact
from .recurring_plan_charge_price import SIX_DECIMALS
from .texts import money, number, time_text


class RecurringPlanPhase(models.Model):
    """The first periods of a charge at another price; then the next phase follows."""

    _name = "recurring.plan.phase"
    _inherit = ["recurring.version.part"]
    _version_path = "charge_id.version_id"
    _description = "Price Phase"
    _order = "charge_id, sequence, id"

    charge_id = fields.Many2one(
        "recurring.plan.charge",
        string="Plan Charge",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="charge_id.company_id", store=True)
    currency_id = fields.Many2one(related="charge_id.currency_id")
    sequence = fields.Integer(default=10)
    periods = fields.Integer(
        string="Billing Periods",
        default=1,
        required=True,
        help="How many whole periods the phase lasts. A shortened first period comes "
        "on top, unless it is billed in full.",
    )
    price_type = fields.Selection(
        [("price", "Another price"), ("discount", "A discount in percent")],
        string="They Cost",
        default="price",
        required=True,
    )
    price = fields.Float(digits=(16, 6), min_display_digits="Product Price")
    discount = fields.Float(string="Discount (%)", digits="Discount")

    _periods_positive = models.Constraint(
        "CHECK(periods > 0)", "A phase lasts at least one billing period."
    )
    _price_in_range = models.Constraint(
        "CHECK(price >= 0 AND discount >= 0 AND discount <= 100)",
        "The price of a phase is not negative; its discount lies between 0 and 100 "
        "percent.",
    )

    # ------------------------------------------------------------------
    # What it costs
    # ------------------------------------------------------------------

    def _prices(self, price, factor, currency):
        """Return ``(price, factor)`` of the phase for a line at the charge's own ones.

        :param price: a Decimal, for one unit, in the subscription's ``currency``
        :param factor: a Decimal, see ``recurring.plan.charge._price_factor``
        """
        self.ensure_one()
        if self.price_type == "price" and currency != self.currency_id:
            own = exact(self.price)
            # As the charge's own price: whole cents stay whole cents.
            charge = self.charge_id
            return charge._converted(own, self.currency_id, currency, factor), factor
        if self.price_type == "price":
            return round_half_up(exact(self.price) * factor, SIX_DECIMALS), factor
        share = (100 - exact(self.discount)) / 100
        return round_half_up(price * share, SIX_DECIMALS), factor * share

    def _source_text(self):
        """Return where the price of the phase is from: "phase 1 of 2 of the plan"."""
        self.ensure_one()
        phases = self.charge_id._sorted_phases()
        return self.env._(
            "phase %(number)s of %(total)s of the plan",
            number=phases.ids.index(self.id) + 1,
            # The last phase is the charge's own price, without end.
            total=len(phases) + 1,
        )

    def _text(self):
        """Return "6 months at 9.95 €", "6 months with 50 % off", "6 months free"."""
        self.ensure_one()
        version = self.charge_id.version_id
        time = time_text(
            self.env, self.periods * version.interval_count, version.interval_unit
        )
        if self.price_type == "discount" and self.discount < 100:
            off = number(self.env, self.discount)
            return self.env._(
                "%(time)s with %(percent)s %% off", time=time, percent=off
            )
        if self.price_type == "discount" or not self.price:
            return self.env._("%s free", time)
        price = money(self.env, self.price, self.currency_id)
        if self.charge_id.charge_model != "flat":
            price = self.env._("%s each", price)
        return self.env._("%(time)s at %(price)s", time=time, price=price)


class RecurringPlanVersion(models.Model):
    """All phases of a version at a glance."""

    _inherit = "recurring.plan.version"

    phases_summary = fields.Text(compute="_compute_phases_summary")

    @api.depends("charge_ids.price_text", "charge_ids.name")
    @api.depends_context("lang")
    def _compute_phases_summary(self):
        for version in self:
            charges = version.charge_ids.filtered("phase_ids")
            version.phases_summary = "\n".join(
                charge._summary_text() for charge in charges
            )


class RecurringPlanCharge(models.Model):
    """Phases of a charge: what the first periods cost."""

    _inherit = "recurring.plan.charge"

    phase_ids = fields.One2many("recurring.plan.phase", "charge_id", copy=True)

    def _sorted_phases(self):
        """Return the phases in their order (also of unsaved records)."""
        return self.phase_ids.sorted("sequence")

    @api.depends(
        "phase_ids.sequence",
        "phase_ids.periods",
        "phase_ids.price_type",
        "phase_ids.price",
        "phase_ids.discount",
        "name",
    )
    @api.depends_context("lang")
    def _compute_price_text(self):
        """Say the phases before the charge's own price."""
        result = super()._compute_price_text()
        for charge in self.filtered("phase_ids"):
            charge.price_text = self.env._(
                "%(phases)s, then %(price)s",
                phases=charge._phases_text(),
                price=charge.price_text,
            )
        return result

    def _phases_text(self):
        """Return "6 months at 9.95 €, then 6 months at 14.95 €"."""
        texts = [phase._text() for phase in self._sorted_phases()]
        text = texts[0] if texts else ""
        for following in texts[1:]:
            text = self.env._("%(first)s, then %(then)s", first=text, then=following)
        return text

    def _publication_problems(self):
        yield from super()._publication_problems()
        yield from self._phase_problems()

    def _phase_problems(self):
        """Say which phases cannot be billed."""
        phases = self._sorted_phases()
        if phases and self.role == "one_off":
            yield self._sentence(
                self.env._("what is charged once has no phases: remove them.")
            )
        for phase in phases.filtered(lambda phase: phase.price_type == "price"):
            if self._is_tiered():
                yield self._sentence(
                    self.env._(
                        "a price scale has its prices on its tiers: give its phases a "
                        "discount instead of a price."
                    )
                )
                return
            if not phase.price and self.minimum_amount:
                yield self._sentence(
                    self.env._(
                        "a phase at 0 would still be billed at the least amount: give "
                        "a discount of 100 % instead."
                    )
                )
