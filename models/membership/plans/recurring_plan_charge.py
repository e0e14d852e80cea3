"""The price of a category: a charge of the plan, frozen with its version."""

from dataclasses import replace
from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...exact import exact


class RecurringPlanCharge(models.Model):
    _inherit = "recurring.plan.charge"

    rr_category_id = fields.Many2one(
        "recurring.membership.category",
        string="Category",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        help="Who pays this price. Empty: every category that has no price of its own.",
    )
    rr_free_amount = fields.Boolean(
        string="Free Above",
        help="The member says how much, from the price on: what benefactors pay. It is "
        "asked for whole, whenever someone joins.",
    )
    rr_further_price = fields.Float(
        string="Further Members",
        digits=(16, 6),
        min_display_digits="Product Price",
        help="What each member of a household pays after the first, where "
        "“Household Price” is ticked.",
    )
    rr_has_further_price = fields.Boolean(string="Household Price")
    rr_third_price = fields.Float(
        string="From the Third Member On",
        digits=(16, 6),
        min_display_digits="Product Price",
        help="What the third member of a household and those after it pay, where it is "
        "less than what the second one pays.",
    )
    rr_has_third_price = fields.Boolean(
        string="Less From the Third On",
        help="Where the dues of a household go down once more.",
    )
    rr_counterpart = fields.Monetary(
        string="Value of What Comes Back",
        help="What the member gets for these dues, at its value: it decides whether "
        "they count as a gift.",
    )
    rr_is_gift = fields.Boolean(
        string="Counts as a Gift",
        help="A tax receipt may certify it, if what comes back is worth little enough.",
    )
    rr_gift_amount = fields.Monetary(
        string="Part That Is a Gift",
        help="Where only a part of these dues counts as a gift, for instance not the "
        "course that they pay for: that part of the whole price. 0: all of it.",
    )

    @api.constrains(
        "rr_counterpart",
        "rr_further_price",
        "rr_gift_amount",
        "rr_third_price",
        "unit_price",
        "version_id",
    )
    def _check_dues(self):
        for charge in self:
            if charge.version_id.rr_kind != "membership":
                continue
            amounts = (
                charge.rr_counterpart,
                charge.rr_further_price,
                charge.rr_gift_amount,
                charge.rr_third_price,
            )
            if min(*amounts, charge.unit_price) < 0:
                raise ValidationError(
                    self.env._("%s: dues cannot be negative.", charge.name)
                )
            if exact(charge.rr_gift_amount) > exact(charge.unit_price):
                raise ValidationError(
                    self.env._(
                        "%s: the part that is a gift cannot be more than the price.",
                        charge.name,
                    )
                )

    def _asked_for(self, coverage):
        """Return what of a whole period this charge asks for: what members choose
        themselves they pay as they chose it, whenever they join."""
        self.ensure_one()
        return replace(coverage, share=Fraction(1)) if self.rr_free_amount else coverage

    def _dues_of(self, place=0, chosen=None):
        """Return the dues of a whole period (Decimal, in the version's currency).

        :param place: 0 for the first member of a household, 1 for the second...
        :param chosen: what the member wants to pay, where the amount is free
        :raises ValidationError: less than the least
        """
        self.ensure_one()
        price = exact(self.unit_price)
        if place and self.rr_has_further_price:
            is_third = place > 1 and self.rr_has_third_price
            price = exact(self.rr_third_price if is_third else self.rr_further_price)
        if chosen is None or not self.rr_free_amount:
            return price
        if exact(chosen) < price:
            raise ValidationError(
                self.env._(
                    "%(charge)s: at least %(price)s.",
                    charge=self.name,
                    price=self.currency_id.format(float(price)),
                )
            )
        return exact(chosen)
