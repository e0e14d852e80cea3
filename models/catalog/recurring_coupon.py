from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..guard import typed_over

# What may change after a coupon was used: it touches nobody who has it already.
FREE_ONCE_USED = {
    "name",
    "active",
    "valid_to",
    "max_uses",
    "max_uses_per_customer",
    "note",
    "without_approval",
}


class RecurringCoupon(models.Model):
    """A code that takes something off the invoices of a subscription, for a while.

    The base is the price before tax after the line's own discount. What a coupon
    grants stands on the invoices of those who use it: once used, its terms stay.
    """

    _name = "recurring.coupon"
    _description = "Coupon"
    _order = "valid_to desc, code"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True

    code = fields.Char(
        required=True,
        copy=False,
        index="btree",
        help="What the customer types or tells you. Capitals make no difference.",
    )
    name = fields.Char(
        string="Campaign",
        required=True,
        translate=True,
        help="What it is for; the invoice names it beside the code.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    note = fields.Text(string="Notes")

    # What it grants
    kind = fields.Selection(
        [
            ("percent", "Percentage"),
            ("fixed", "Fixed amount"),
            ("free", "Free periods"),
        ],
        string="Takes Off",
        required=True,
        default="percent",
    )
    percent = fields.Float(digits=(5, 2))
    amount = fields.Monetary(
        string="Amount per Period",
        help="Before tax, for each billing period that the coupon covers.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Subscriptions in another currency cannot use a fixed amount.",
    )
    duration = fields.Selection(
        [
            ("once", "One period"),
            ("periods", "Several periods"),
            ("forever", "As long as the subscription runs"),
        ],
        string="Lasts",
        required=True,
        default="once",
    )
    period_count = fields.Integer(string="Number of Periods", default=3)
    rest = fields.Selection(
        [
            ("lapses", "Lapses"),
            ("carries", "Is taken off later periods"),
        ],
        string="What Is Left of It",
        required=True,
        default="lapses",
        help="Where a period costs less than the amount: an invoice is never negative.",
    )
    prorated = fields.Boolean(
        string="Less for Part of a Period",
        default=True,
        help="A fixed amount is reduced in proportion to the days where the "
        "subscription starts or ends within the period. A percentage follows the "
        "price by itself.",
    )
    one_off = fields.Boolean(
        string="Also on One-off Charges", help="For example on a set-up fee."
    )

    # Who may use it, and when
    valid_from = fields.Date(help="The first day on which it can be used.")
    valid_to = fields.Date(
        help="The last day on which it can be used, included. Whoever uses it by then "
        "keeps what it grants.",
    )
    max_uses = fields.Integer(
        string="Uses in All", help="How many subscriptions may use it; 0 = any number."
    )
    max_uses_per_customer = fields.Integer(
        string="Uses per Customer", default=1, help="0 = any number."
    )
    plan_ids = fields.Many2many(
        "recurring.plan",
        string="Only for Plans",
        check_company=True,
        help="Empty = every plan. Lines of another plan are not reduced.",
    )
    new_customers = fields.Boolean(
        string="New Customers Only",
        help="Who has no other subscription that was started, and was not billed yet.",
    )
    category_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="Customers with one of these tags; empty = every customer.",
    )
    source_ids = fields.Many2many(
        "utm.source",
        string="Sources",
        help="Subscriptions that came from one of these; empty = from anywhere.",
    )
    medium_ids = fields.Many2many(
        "utm.medium",
        string="Mediums",
        help="Subscriptions that came through one of these; empty = through any.",
    )
    combination = fields.Selection(
        [("alone", "Alone"), ("others", "Beside other coupons")],
        required=True,
        default="alone",
        help="Two coupons stand together only where both allow it. Percentages are "
        "added up, then fixed amounts are taken off.",
    )

    _code_unique = models.UniqueIndex(
        "(company_id, lower(code))",
        "Another coupon has this code already: choose a different one.",
    )
    _limits_not_negative = models.Constraint(
        "CHECK(max_uses >= 0 AND max_uses_per_customer >= 0)",
        "A number of uses is not negative.",
    )
    _validity_ordered = models.Constraint(
        "CHECK(valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)",
        "A coupon ends on or after the day on which it begins.",
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for coupon in self:
            coupon.display_name = " ".join(
                filter(None, (coupon.code and f"[{coupon.code}]", coupon.name))
            )

    @api.constrains("kind", "percent", "amount", "duration", "period_count", "code")
    def _check_terms(self):
        for coupon in self:
            problem = coupon._problem_of_terms()
            if problem:
                raise ValidationError(problem)

    def _problem_of_terms(self):
        """Say what is wrong with what the coupon grants, None when nothing is."""
        if not (self.code or "").strip():
            return self.env._("A coupon needs a code.")
        if self.kind == "percent" and not 0 < self.percent <= 100:
            return self.env._(
                "%s takes a percentage off: enter more than 0 and at most 100.",
                self.code,
            )
        if (
            self.kind == "fixed"
            and self.currency_id.compare_amounts(self.amount, 0) < 1
        ):
            return self.env._("%s takes an amount off: enter how much.", self.code)
        if self.kind == "free" and self.duration == "forever":
            return self.env._("%s: say how many periods are free.", self.code)
        if self.duration == "periods" and self.period_count < 1:
            return self.env._("%s: for how many periods?", self.code)
        return None

    # ------------------------------------------------------------------
    # Terms stay
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["code"] = _clean(vals.get("code"))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse other terms for a coupon that somebody has."""
        self.check_access("write")
        if "code" in vals:
            vals = {**vals, "code": _clean(vals["code"])}
        used = self.filtered(lambda coupon: coupon._is_used())
        refused = typed_over(used, vals, set(self._fields) - FREE_ONCE_USED)
        if refused:
            coupon, field = refused
            raise UserError(
                self.env._(
                    "%(code)s has been used: “%(field)s” stays as it is for those who "
                    "have it. Archive it or end it, and make a new coupon.",
                    code=coupon.code,
                    field=field._description_string(self.env),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for coupon in self:
            if coupon._is_used():
                raise UserError(
                    self.env._(
                        "%s has been used and stays on record. Archive it instead.",
                        coupon.code,
                    )
                )

    def _is_used(self):
        """Tell whether a subscription has it; the stage that knows them says so."""
        return False

    def copy_data(self, default=None):
        """A copy is the next campaign: the same terms under a code to choose."""
        vals_list = super().copy_data(default)
        for coupon, vals in zip(self, vals_list, strict=True):
            if "code" not in (default or {}):
                vals["code"] = self.env._("%s-COPY", coupon.code)
        return vals_list

    @api.model
    def _with_code(self, code, company):
        """Return the coupon of a company with this code, archived ones too, or none."""
        code = _clean(code)
        if not code:
            return self.browse()
        found = self.with_context(active_test=False).search(
            [("company_id", "=", company.id), ("code", "=ilike", _literal(code))]
        )
        return found[:1]


def _clean(code):
    return (code or "").strip().upper()


def _literal(text):
    """Return a text whose characters mean themselves in a comparison by pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
