from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError


class Redeemed(NamedTuple):
    """What one coupon takes off one ledger row; negative where it is given back.

    ``amount`` is in the tax basis of the line's price, ``before_tax`` and ``invoiced``
    (what the customer still pays for the row) are not taxed.
    """

    use_id: int
    period: object
    amount: object
    before_tax: object
    invoiced: object


class RecurringCouponRedemption(models.Model):
    """What a coupon took off one ledger row: the record of what the discount costs.

    Written with the row and never changed. A row that corrects another one brings its
    own redemption of the other sign, so that the sum per use is what was really
    granted, and the sum per use and period what is left of a fixed amount. Two billings
    cannot use an amount twice: writing the ledger updates the subscription, and a use
    belongs to one subscription.
    """

    _name = "recurring.coupon.redemption"
    _description = "Coupon Redemption"
    _order = "id desc"
    _rec_name = "coupon_id"

    use_id = fields.Many2one(
        "recurring.coupon.use", required=True, index=True, ondelete="restrict"
    )
    coupon_id = fields.Many2one(
        "recurring.coupon", required=True, index=True, ondelete="restrict"
    )
    subscription_id = fields.Many2one(
        "recurring.subscription", required=True, index=True, ondelete="restrict"
    )
    plan_id = fields.Many2one(related="subscription_id.plan_id", store=True)
    partner_id = fields.Many2one("res.partner", string="Payer", required=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    billed_item_id = fields.Many2one(
        "recurring.billed.item", required=True, index=True, ondelete="restrict"
    )
    entry_id = fields.Many2one(
        "recurring.billed.item",
        required=True,
        ondelete="restrict",
        help="Technical: the first of the rows that count together.",
    )
    charge_id = fields.Many2one(
        "recurring.billed.item",
        required=True,
        index=True,
        ondelete="restrict",
        help="Technical: the charge that was reduced.",
    )
    # Drafts may be deleted; the redemption stays, given back, and points nowhere.
    move_id = fields.Many2one(
        "account.move", string="Invoice", index="btree_not_null", ondelete="set null"
    )
    move_line_id = fields.Many2one(
        "account.move.line", index="btree_not_null", ondelete="set null"
    )
    date = fields.Date(string="Billed on", required=True)
    period_start = fields.Date(
        string="Coupon Period",
        required=True,
        help="The first day of the period of the coupon that this belongs to.",
    )
    date_start = fields.Date(string="From", required=True)
    date_end = fields.Date(string="Until (excluded)", required=True)
    amount = fields.Monetary(
        string="Taken Off", required=True, help="Before tax; negative = given back."
    )
    line_amount = fields.Monetary(
        required=True, help="Technical: the same in the tax basis of the line's price."
    )
    invoiced = fields.Monetary(
        required=True, help="Before tax: what the customer paid for the same periods."
    )
    company_amount = fields.Monetary(
        string="Cost",
        required=True,
        currency_field="company_currency_id",
        help="What the coupon took off, before tax, in the company's currency.",
    )
    company_invoiced = fields.Monetary(
        string="Revenue",
        required=True,
        currency_field="company_currency_id",
        help="What customers paid with it, before tax, in the company's currency.",
    )

    def write(self, vals):
        """Refuse whatever it is: a redemption says what happened."""
        if vals:
            raise UserError(self.env._("What a coupon took off cannot be rewritten."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What a coupon took off stays on record."))

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _sums(self, by, ids):
        """Return ``{id: [Redeemed]}``: what is left taken off, per use and period.

        :param by: ``use_id``, ``entry_id`` or ``charge_id``
        """
        sums = {}
        groups = self._read_group(
            [(by, "in", list(ids))],
            [by, "use_id", "period_start:day"],
            ["line_amount:sum", "amount:sum", "invoiced:sum"],
        )
        for record, use, period, *amounts in groups:
            sums.setdefault(record.id, []).append(Redeemed(use.id, period, *amounts))
        return sums
