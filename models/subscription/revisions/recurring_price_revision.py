from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ....engine.errors import RevisionError
from ....engine.revision import Limits
from ...engine_texts import engine_sentence
from ...exact import exact
from ...guard import applying, given, typed_over

STATES = [
    ("draft", "Draft"),
    ("prepared", "Prepared"),
    ("announced", "Announced"),
    ("applying", "Applying"),
    ("applied", "Applied"),
    ("withdrawing", "Withdrawing"),
    ("withdrawn", "Withdrawn"),
]
METHODS = [
    ("percent", "By percent"),
    ("amount", "By an amount per unit"),
    ("index", "By an index"),
    ("version", "New plan version"),
]
WRITTEN_BY_METHODS = {
    "state",
    "stopped",
    "announced_on",
    "job_uid",
    "applied_on",
    "withdrawn_on",
}
# What the list was prepared by: free in a draft only.
RULES = {
    "company_id",
    "method",
    "percent",
    "amount",
    "amount_currency_id",
    "index_id",
    "index_date",
    "version_id",
    "has_cap",
    "cap_percent",
    "has_floor",
    "floor_percent",
    "rounding_step",
    "timing",
    "effective_date",
    "plan_ids",
    "version_ids",
    "charge_ids",
    "product_ids",
    "tag_ids",
    "currency_ids",
    "started_before",
    "agreed_too",
    "notice_days",
}


class RecurringPriceRevision(models.Model):
    """A campaign that changes the prices of many subscriptions from a day on.

    Prepared, it shows a row for each line with its old and new price; applied, each
    subscription has one scheduled change, which can be withdrawn until its day. New
    prices are billed from the first period that starts on or after the day: a period
    that is billed already stays as it is.
    """

    _name = "recurring.price.revision"
    _description = "Price Revision"
    _inherit = ["mail.thread", "recurring.steps"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        STATES, default="draft", required=True, copy=False, index=True, tracking=True
    )
    stopped = fields.Boolean(copy=False, readonly=True)

    # What happens to the prices
    method = fields.Selection(METHODS, default="percent", required=True)
    percent = fields.Float(
        string="Change (%)",
        digits=(16, 4),
        min_display_digits=2,
        help="Negative to lower the prices.",
    )
    amount = fields.Float(
        string="Change per Unit",
        digits=(16, 6),
        min_display_digits="Product Price",
        help="Added to each unit price or fixed price, in its own tax basis; negative "
        "to lower it.",
    )
    amount_currency_id = fields.Many2one(
        "res.currency",
        string="Currency",
        default=lambda self: self.env.company.currency_id,
        required=True,
    )
    index_id = fields.Many2one(
        "recurring.index",
        check_company=True,
        help="Empty: each subscription follows the index that it names.",
    )
    index_date = fields.Date(
        string="Index of",
        help="The value that was the last published on this day; today when empty.",
    )
    version_id = fields.Many2one(
        "recurring.plan.version",
        string="New Version",
        check_company=True,
        domain="[('state', '=', 'published')]",
    )
    has_cap = fields.Boolean(string="At Most")
    cap_percent = fields.Float(
        string="At Most (%)", digits=(16, 4), min_display_digits=2
    )
    has_floor = fields.Boolean(string="At Least")
    floor_percent = fields.Float(
        string="At Least (%)", digits=(16, 4), min_display_digits=2
    )
    rounding_step = fields.Float(
        string="Round to",
        digits=(16, 6),
        min_display_digits="Product Price",
        help="For instance 0.05 or 1. Empty: a new price has the decimals of the old.",
    )

    # From when
    timing = fields.Selection(
        [
            ("date", "From a date"),
            ("renewal", "At each one's renewal"),
        ],
        default="date",
        required=True,
        help="Billed from the first period that starts on or after the day. At the "
        "renewal: at the end of the term; without a term, as from a date.",
    )
    effective_date = fields.Date(
        string="Not Before",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=30),
    )

    # For whom
    plan_ids = fields.Many2many("recurring.plan", string="Plans", check_company=True)
    version_ids = fields.Many2many(
        "recurring.plan.version", string="Plan Versions", check_company=True
    )
    charge_ids = fields.Many2many(
        "recurring.plan.charge", string="Plan Charges", check_company=True
    )
    product_ids = fields.Many2many(
        "product.product", string="Products", check_company=True
    )
    tag_ids = fields.Many2many("res.partner.category", string="Customer Tags")
    currency_ids = fields.Many2many("res.currency", string="Currencies")
    started_before = fields.Date()
    agreed_too = fields.Boolean(
        string="Also Agreed Prices",
        help="Otherwise prices that were agreed with one customer are left out.",
    )

    # What customers are told
    notice_days = fields.Integer(
        string="Notice (days)", default=30, help="So long before its day it is told."
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        domain="[('model', '=', 'recurring.subscription')]",
        default=lambda self: self.env.ref(
            "recurring_revenue.mail_template_price_revision", raise_if_not_found=False
        ),
    )
    reason = fields.Text(
        translate=True, help="Told to the customer, and kept in the history."
    )
    announced_on = fields.Datetime(copy=False, readonly=True)
    job_uid = fields.Many2one("res.users", string="Done by", copy=False, readonly=True)
    applied_on = fields.Datetime(copy=False, readonly=True)
    withdrawn_on = fields.Datetime(copy=False, readonly=True)

    line_ids = fields.One2many(
        "recurring.price.revision.line", "revision_id", string="Prices", copy=False
    )
    change_ids = fields.One2many(
        "recurring.change", "revision_id", string="Changes", readonly=True
    )

    _notice_not_negative = models.Constraint(
        "CHECK(notice_days >= 0 AND rounding_step >= 0)",
        "Notice and rounding cannot be negative.",
    )

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A revision starts as a draft, whatever the caller says."""
        field = given(self, vals_list, WRITTEN_BY_METHODS)
        if field:
            self._refuse_typing(field)
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to change the rules of what has been prepared."""
        prepared = self.filtered(lambda revision: revision.state != "draft")
        refused = typed_over(self, vals, WRITTEN_BY_METHODS) or typed_over(
            prepared, vals, RULES
        )
        if refused:
            self._refuse_typing(refused[1])
        return super().write(vals)

    def _refuse_typing(self, field):
        raise UserError(
            self.env._(
                "“%s” is not typed here any more: it belongs to the rules of what was "
                "prepared. Go back to the rules first.",
                field._description_string(self.env),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_applied(self):
        for revision in self:
            if revision.change_ids or revision.announced_on:
                raise UserError(
                    self.env._(
                        "“%s” was announced or applied: it stays, to explain the "
                        "prices. Archive it.",
                        revision.name,
                    )
                )

    def _check_may_revise(self):
        if not (
            self.env.su or self.env.user.has_group("recurring_revenue.group_manager")
        ):
            raise AccessError(self.env._("Only administrators revise prices."))
        self.check_access("write")

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    def _limits(self):
        """Return the engine's limits of this revision."""
        return Limits(
            exact(self.floor_percent) if self.has_floor else None,
            exact(self.cap_percent) if self.has_cap else None,
        )

    def _check_rules(self, today):
        """Refuse rules that say nothing, or that come too late, with one sentence."""
        self.ensure_one()
        problem = self._rule_problem()
        if problem:
            raise UserError(problem)
        try:
            self._limits()
        except RevisionError as error:
            raise UserError(engine_sentence(self.env, error)) from error
        earliest = today + timedelta(days=self.notice_days)
        if self.timing == "date" and self.effective_date < earliest:
            raise UserError(
                self.env._(
                    "With a notice of %(days)s days it cannot take effect before "
                    "%(day)s: choose that day or a later one.",
                    days=self.notice_days,
                    day=format_date(self.env, earliest),
                )
            )

    def _rule_problem(self):
        env = self.env
        if self.method == "percent" and not self.percent:
            return env._("Say by how many percent the prices change.")
        if self.method == "percent" and self.percent < -100:
            return env._("A price cannot fall by more than 100 %.")
        if self.method == "amount" and not self.amount:
            return env._("Say by which amount the prices change.")
        if self.method == "version" and self.version_id.state != "published":
            return env._("Choose the published version to move to.")
        return None

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_prepare(self):
        """Work out the new prices and list them; nothing is changed yet."""
        self._check_may_revise()
        today = fields.Date.context_today(self)
        for revision in self:
            revision._check_rules(today)
            revision._set_state(("draft", "prepared"), "prepared")
            revision._replace_rows(revision.line_ids, revision._prepare_rows(today))
        return True

    def action_back_to_rules(self):
        """Forget the list, to change the rules."""
        self._check_may_revise()
        self._set_state(("prepared",), "draft")
        for revision in self:
            revision._replace_rows(revision.line_ids, [])
        return True

    def _replace_rows(self, old, rows):
        # sudo: rows are made here and nowhere else, so no group may create them.
        lines = applying(self.sudo().line_ids)
        lines.browse(old.ids).unlink()
        lines.create(rows)
