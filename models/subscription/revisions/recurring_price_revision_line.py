from odoo import api, fields, models
from odoo.exceptions import UserError

from ....engine.interval import Interval
from ....engine.metrics import monthly_amount
from ...exact import exact
from ...guard import applying, is_applying

STATES = [
    ("ready", "To apply"),
    ("excluded", "Left out"),
    ("done", "Scheduled"),
    ("effective", "In effect"),
    ("problem", "Problem"),
    ("withdrawn", "Withdrawn"),
    ("kept", "Not withdrawn"),
]
# Its change stands: scheduled, or in effect.
STANDING = ("done", "effective")
# Left out by a rule that nobody lifts for one row.
FINAL = ("ends", "currency", "index", "scale", "rate")


class RecurringPriceRevisionLine(models.Model):
    """One price that a revision changes: what it was, what it becomes, from when.

    A line with a price scale has no unit price: its row shows what the quantity of
    today costs in a period, and the whole scale moves by ``ratio``. With a new plan
    version a row stands for the whole subscription, and shows its amount per period.
    """

    _name = "recurring.price.revision.line"
    _description = "Price in a Price Revision"
    _order = "revision_id, id"
    _rec_name = "what"
    _check_company_auto = True

    revision_id = fields.Many2one(
        "recurring.price.revision",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="revision_id.company_id", store=True)
    revision_state = fields.Selection(related="revision_id.state", string="Revision")
    method = fields.Selection(related="revision_id.method")
    subscription_id = fields.Many2one(
        "recurring.subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    line_id = fields.Many2one(
        "recurring.subscription.line", readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        related="subscription_id.partner_id", store=True, string="Customer"
    )
    plan_id = fields.Many2one(related="subscription_id.plan_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    what = fields.Char(readonly=True)
    quantity = fields.Float(digits=(16, 6), min_display_digits="Product Unit")
    by_scale = fields.Boolean(
        readonly=True, help="The price is that of the quantity in a period."
    )
    old_price = fields.Float(
        string="Price Now",
        digits=(16, 6),
        min_display_digits="Product Price",
        readonly=True,
    )
    new_price = fields.Float(digits=(16, 6), min_display_digits="Product Price")
    edited = fields.Boolean(readonly=True)
    old_price_unit = fields.Float(digits=(16, 6), readonly=True)
    old_factor = fields.Float(digits=(16, 12), readonly=True)
    ratio = fields.Float(
        digits=(16, 12),
        default=1.0,
        readonly=True,
        help="Technical: what a price scale and a minimum are multiplied with.",
    )
    change_percent = fields.Float(
        string="%", digits=(16, 2), compute="_compute_change_percent", store=True
    )
    explanation = fields.Char(
        readonly=True, help="How the new price comes about: S1 / S0 of an index."
    )
    index_value = fields.Float(digits=(16, 6), readonly=True)
    index_day = fields.Date(readonly=True)
    old_amount = fields.Monetary(string="Amount Now", readonly=True)
    new_amount = fields.Monetary(readonly=True)
    monthly_effect = fields.Monetary(string="Per Month", readonly=True)
    yearly_effect = fields.Monetary(string="Per Year", readonly=True)
    effective_date = fields.Date(string="From", readonly=True, index=True)
    state = fields.Selection(
        STATES, default="ready", required=True, readonly=True, index=True
    )
    exclusion = fields.Selection(
        [
            ("manual", "By hand"),
            ("guarantee", "Price guarantee"),
            ("phase", "Trial or price phase"),
            ("scheduled", "Change scheduled already"),
            ("starts", "Starts later"),
            ("ends", "Ends before"),
            ("currency", "Other currency"),
            ("index", "No index value"),
            ("agreed", "Agreed price"),
            ("scale", "Price scale"),
            ("same", "Price unchanged"),
            ("rate", "No price in its currency"),
        ],
        readonly=True,
        index=True,
    )
    why = fields.Char(readonly=True)
    taken_in = fields.Boolean(readonly=True, help="Taken in by hand all the same.")
    change_id = fields.Many2one(
        "recurring.change", readonly=True, index="btree_not_null", ondelete="set null"
    )
    notice = fields.Selection(
        [
            ("queued", "E-mail queued"),
            ("no_email", "No e-mail address"),
            ("recalled", "E-mail not sent"),
        ],
        readonly=True,
        index=True,
    )
    mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        groups="base.group_system",
        index="btree_not_null",
        ondelete="set null",
        help="Technical: the e-mail as long as it waits, to take it back.",
    )
    notice_date = fields.Datetime(string="Told on", readonly=True)

    _once = models.UniqueIndex(
        "(revision_id, subscription_id, COALESCE(line_id, 0))",
        "This price stands in the revision already.",
    )
    _waiting = models.Index("(revision_id, state, subscription_id)")
    _not_negative = models.Constraint(
        "CHECK(new_price >= 0)", "A price is not negative."
    )

    @api.depends("old_price", "new_price")
    def _compute_change_percent(self):
        for row in self:
            old = row.old_price
            row.change_percent = 100 * (row.new_price - old) / old if old else 0.0

    # ------------------------------------------------------------------
    # Editing a row
    # ------------------------------------------------------------------

    def write(self, vals):
        """Let a new price be typed while the list is prepared, and nothing else."""
        if is_applying(self.env):
            return super().write(vals)
        if set(vals) - {"new_price"}:
            raise UserError(
                self.env._("Only the new price of a row is typed; see its buttons.")
            )
        self.revision_id._check_may_revise()
        self._check_open()
        for row in self:
            row._take_price(vals["new_price"])
        return True

    def _check_open(self):
        for row in self:
            if row.revision_state != "prepared":
                raise UserError(
                    self.env._(
                        "The list is changed before it is announced or applied; not "
                        "any more."
                    )
                )

    def _take_price(self, price):
        """Take a price that was typed, and its effect."""
        self.ensure_one()
        if not self.line_id:
            raise UserError(
                self.env._("The prices of a new version stand on the version.")
            )
        if price < 0:
            raise UserError(self.env._("A price is not negative."))
        price, old = exact(round(price, 6)), exact(self.old_price)
        ratio = exact(1)
        if self.by_scale:
            old = self.line_id._rating().amount  # not rounded: the price is met
        if old and (self.by_scale or self.method in ("percent", "index")):
            ratio = price / old
        values = self.revision_id._effects(self.line_id, price, ratio)
        applying(self).write({**values, "edited": True, "explanation": False})

    def action_exclude(self):
        """Leave these rows out."""
        self.revision_id._check_may_revise()
        self._check_open()
        rows = self.filtered(lambda row: row.state == "ready")
        applying(rows).write(
            {"state": "excluded", "exclusion": "manual", "why": self.env._("By hand")}
        )
        return True

    def action_include(self):
        """Take rows in again, where nothing but a wish or a promise speaks against."""
        self.revision_id._check_may_revise()
        self._check_open()
        rows = self.filtered(lambda row: row.state == "excluded")
        for row in rows:
            if row.exclusion in FINAL:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be taken in: %(why)s.",
                        name=row.subscription_id.name,
                        why=row.why,
                    )
                )
        applying(rows).write(
            {"state": "ready", "exclusion": False, "why": False, "taken_in": True}
        )
        return True

    def action_open_subscription(self):
        """Open the subscription of this row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # What becomes of it
    # ------------------------------------------------------------------

    def _conclude(self, state, why=False, **values):
        """Record what became of these rows."""
        self._note({"state": state, "why": why, **values})

    def _note(self, values):
        # sudo: the outcome is written by the job, never typed.
        applying(self.sudo()).write(values)

    def _says_something(self):
        """Tell whether the row changes a price, a price scale or a minimum."""
        return self.new_price != self.old_price or self.ratio != 1

    def _change_row(self):
        """Return what ``_apply_revise`` needs of this row."""
        self.ensure_one()
        price = self.old_price_unit if self.by_scale else self.new_price
        factor = exact(self.old_factor) * exact(self.ratio)
        return {
            "line_id": self.line_id.id,
            "price_unit": price,
            "price_factor": float(round(factor, 12)),
            "was": [self.old_price_unit, self.old_factor],
        }


def monthly(amount, version):
    """Return an amount per period of a plan version as one per month, a Decimal."""
    interval = Interval(version.interval_count, version.interval_unit)
    return monthly_amount(amount, interval)
