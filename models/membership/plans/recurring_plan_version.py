"""The rules of a membership: seasons, parts of them, who renews late, grace."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ....engine.membership import PeriodRule


class RecurringPlanVersion(models.Model):
    """Length and season of a period are those of any plan; see ``_period_rule``."""

    _inherit = "recurring.plan.version"

    rr_kind = fields.Selection(related="plan_id.rr_kind")
    rr_dues_basis = fields.Selection(
        [
            ("none", "Full dues, whenever someone joins"),
            ("month", "By month, the month of joining counted"),
            ("day", "By day"),
        ],
        string="Joining During a Period",
        default="none",
        required=True,
    )
    rr_next_from_month = fields.Selection(
        selection=lambda self: self._fields["alignment_month"]._description_selection(
            self.env
        ),
        string="Joining From (Month)",
        help="From this day on joining is for the next season, at its full price; the "
        "days until it begins are given. Empty: never.",
    )
    rr_next_from_day = fields.Integer(string="Joining From (Day)", default=1)
    rr_dues_late = fields.Selection(
        [
            ("follow", "Takes up where the last period ended, while it still runs"),
            ("anew", "Starts on the day of renewal, like someone who joins"),
        ],
        string="Who Renews Late",
        default="follow",
        required=True,
        help="A period that is over is never sold.",
    )
    rr_grace_days = fields.Integer(
        string="Days of Grace",
        default=30,
        help="So long after the last day someone is still listed as in grace, before "
        "the membership has lapsed.",
    )
    rr_counts_from = fields.Selection(
        [
            ("call", "When the dues are called or invoiced"),
            ("payment", "When they are paid"),
            ("acceptance", "When they are paid and the board has accepted the member"),
        ],
        string="Membership Counts",
        default="payment",
        required=True,
    )

    _next_from_day_range = models.Constraint(
        "CHECK(rr_next_from_day BETWEEN 1 AND 31)",
        "The day from which joining is for the next season lies between 1 and 31.",
    )
    _grace_not_negative = models.Constraint(
        "CHECK(rr_grace_days >= 0)", "Days of grace cannot be negative."
    )

    @api.constrains("rr_next_from_month", "alignment")
    def _check_next_from(self):
        for version in self:
            if version.rr_next_from_month and version.alignment == "anniversary":
                raise ValidationError(
                    self.env._(
                        "Where each member has a year of their own, joining cannot be "
                        "for the next season: leave that date empty."
                    )
                )

    def _period_rule(self):
        """Return which periods of membership this version sells, for the engine."""
        self.ensure_one()
        month = self.rr_next_from_month
        return PeriodRule(
            self._engine_interval(),
            self._engine_alignment(),
            self.rr_dues_basis,
            (int(month), self.rr_next_from_day) if month else None,
            self.rr_dues_late,
        )

    def _charge_of(self, category):
        """Return the charge that a category pays: its own, else the one for all.

        :raises UserError: the plan has no price for it
        """
        self.ensure_one()
        charges = self.charge_ids.filtered(lambda charge: charge.role == "base")
        by_category = charges.grouped("rr_category_id")
        found = by_category.get(category) or by_category.get(category.browse())
        if found:
            return found[0]
        raise UserError(
            self.env._(
                "%(plan)s has no price for %(category)s: add one in a new version.",
                plan=self.display_name,
                category=category.name,
            )
        )

    def _entrance_charges(self, category):
        """Return what someone of a category pays once, when they join."""
        self.ensure_one()
        none = category.browse()
        return self.charge_ids.filtered(
            lambda charge: (
                charge.role == "one_off" and charge.rr_category_id in (category, none)
            )
        )

    def _grace_until(self, end):
        """Return the day on which a membership that ends on ``end`` (exclusive) has
        lapsed."""
        return end + timedelta(days=self.rr_grace_days)
