from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..guard import given, typed_over

STATES = [
    ("draft", "Draft"),
    ("trial", "Trial"),
    ("active", "Active"),
    ("paused", "Paused"),
    ("cancelling", "Cancelling"),
    ("closed", "Closed"),
]
# Started and not over: these are looked at by every billing.
RUNNING = ("trial", "active", "paused", "cancelling")

# Written by methods that leave a trace, never typed in.
WRITTEN_BY_CHANGES = {
    "state",
    "end_date",
    "term_start",
    "term_end",
    "grid_start",
    "bill_not_before",
    "hold",
    "hold_reason",
    "close_reason_id",
    "billed_through",
    "settled_through",
    "next_billing_date",
    "ledger_sequence",
    "claim_count",
    "problem_code",
    "problem_message",
    "problem_date",
    "name",
    "health",
    "billing_group",
}
# What the customer was billed from: free in a draft, then changed only by a change.
FIXED_ONCE_STARTED = {
    "company_id",
    "partner_id",
    "pricelist_id",
    "currency_id",
    "plan_id",
    "plan_version_id",
    "start_date",
    "anchor_date",
    # The ends of the lines follow from it; not to renew is a cancellation.
    "renewal",
}


class RecurringSubscription(models.Model):
    """A customer's running agreement on a published plan version.

    What is charged stands on its dated lines; what was charged stands in the ledger
    (``billed_item_ids``). Dates are half-open: ``end_date``, ``term_end`` and
    ``billed_through`` are the first day *not* covered; users see the ``*_last_day``.
    """

    _name = "recurring.subscription"
    _description = "Subscription"
    _inherit = ["mail.thread", "mail.activity.mixin", "utm.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(
        string="Number", default="/", copy=False, readonly=True, index="trigram"
    )
    external_ref = fields.Char(
        string="External Reference",
        copy=False,
        help="The contract's number in the system it came from.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        STATES, default="draft", required=True, copy=False, index=True, tracking=True
    )
    health = fields.Selection(
        [("fine", "Fine"), ("problem", "Problem")],
        compute="_compute_health",
        store=True,
        index=True,
    )

    # Who
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
    )
    partner_invoice_id = fields.Many2one(
        "res.partner",
        string="Invoice Address",
        compute="_compute_addresses",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        check_company=True,
    )
    partner_shipping_id = fields.Many2one(
        "res.partner",
        string="Service Address",
        compute="_compute_addresses",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        check_company=True,
        help="Where the service is used; it decides the fiscal position, so a "
        "delivery address in another country changes the VAT.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )

    # What
    plan_id = fields.Many2one(
        "recurring.plan",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
    )
    plan_version_id = fields.Many2one(
        "recurring.plan.version",
        compute="_compute_plan_version_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        domain="[('plan_id', '=', plan_id), ('state', '!=', 'draft')]",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        compute="_compute_pricelist_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    line_ids = fields.One2many(
        "recurring.subscription.line", "subscription_id", string="Lines", copy=True
    )
    shown_line_ids = fields.One2many(
        "recurring.subscription.line",
        "subscription_id",
        string="What Is Billed",
        domain=[("has_days", "=", True)],
        readonly=True,
        copy=False,
    )
    note = fields.Html(string="Notes")

    # When
    start_date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        tracking=True,
    )
    anchor_date = fields.Date(
        help="Day from which the periods are counted, when it is not the start.",
    )
    grid_start = fields.Date(
        copy=False,
        help="Technical: the first day of the rhythm that runs now, where a change "
        "gave it another one than it started with.",
    )
    end_date = fields.Date(string="End (excluded)", copy=False, index=True)
    last_day = fields.Date(
        string="Last Day of Service", compute="_compute_last_days", tracking=True
    )
    term_start = fields.Date(copy=False)
    term_end = fields.Date(string="Term End (excluded)", copy=False, index=True)
    term_last_day = fields.Date(string="Term Ends On", compute="_compute_last_days")
    renewal = fields.Selection(
        [
            ("automatic", "Automatic for another term"),
            ("manual", "By hand"),
            ("none", "None: ends with the term"),
        ],
        compute="_compute_from_version",
        store=True,
        readonly=False,
        precompute=True,
    )
    notice_days = fields.Integer(
        compute="_compute_from_version", store=True, readonly=False, precompute=True
    )
    schedule_text = fields.Char(string="Billing", compute="_compute_schedule_text")

    # Billing
    hold = fields.Boolean(
        string="Do Not Bill", copy=False, readonly=True, tracking=True
    )
    hold_reason = fields.Char(copy=False, readonly=True)
    billed_through = fields.Date(
        string="Billed Until (excluded)", copy=False, readonly=True
    )
    billed_through_last_day = fields.Date(
        string="Billed Through", compute="_compute_last_days"
    )
    settled_through = fields.Date(
        copy=False,
        readonly=True,
        help="Technical: every period that ends on or before this day is billed and "
        "need not be looked at again.",
    )
    next_billing_date = fields.Date(copy=False, readonly=True, index=True)
    bill_not_before = fields.Date(
        copy=False,
        readonly=True,
        help="Set by a change whose difference comes with the next regular invoice.",
    )
    ledger_sequence = fields.Integer(default=0, copy=False, readonly=True)
    claim_count = fields.Integer(default=0, copy=False, readonly=True)
    payment_term_id = fields.Many2one(
        "account.payment.term",
        compute="_compute_payment_term_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'sale')]",
        check_company=True,
        help="Leave empty for the plan's or the company's sales journal.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        check_company=True,
        help="Leave empty to let each invoice find it from the customer.",
    )
    preferred_payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment Method",
        compute="_compute_payment_method",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('payment_type', '=', 'inbound')]",
    )
    client_order_ref = fields.Char(
        string="Customer Reference",
        help="The customer's purchase order or buyer reference; it is printed on "
        "every invoice and exported in electronic ones.",
    )
    invoice_grouping = fields.Selection(
        [
            ("subscription", "One invoice per subscription"),
            ("customer", "Grouped per customer"),
        ],
        compute="_compute_invoice_grouping",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    billing_group = fields.Char(
        compute="_compute_billing_group",
        store=True,
        index=True,
        help="Technical: subscriptions with the same value share an invoice.",
    )
    problem_code = fields.Char(copy=False, readonly=True)
    problem_message = fields.Text(string="Problem", copy=False, readonly=True)
    problem_date = fields.Datetime(copy=False, readonly=True)

    # History
    close_reason_id = fields.Many2one(
        "recurring.close.reason", copy=False, readonly=True, tracking=True
    )
    change_ids = fields.One2many(
        "recurring.change", "subscription_id", string="History", readonly=True
    )
    billed_item_ids = fields.One2many(
        "recurring.billed.item", "subscription_id", string="Billed", readonly=True
    )
    recurring_amount = fields.Monetary(
        string="Amount per Period",
        compute="_compute_recurring_amount",
        help="Lines that run today (or will, for a draft), for one whole period.",
    )

    _external_ref_unique = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "This external reference already exists in the company.",
    )
    _due = models.Index(
        "(company_id, next_billing_date)"
        " WHERE state IN ('trial', 'active', 'paused', 'cancelling')"
    )

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.constrains("start_date", "end_date")
    def _check_dates(self):
        for sub in self:
            if sub.end_date and sub.end_date < sub.start_date:
                raise ValidationError(
                    self.env._(
                        "%(name)s would end on %(end)s, before it starts on %(start)s.",
                        name=sub.name,
                        end=format_date(self.env, sub.last_day),
                        start=format_date(self.env, sub.start_date),
                    )
                )

    @api.constrains("plan_version_id", "plan_id")
    def _check_version(self):
        for sub in self:
            if sub.plan_version_id.plan_id != sub.plan_id:
                raise ValidationError(
                    self.env._(
                        "The version belongs to another plan than %s.", sub.plan_id.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Number the subscriptions; give each the plan's lines unless it has some."""
        if given(self, vals_list, self._guarded_fields()):
            raise UserError(self.env._("A new subscription is a draft; start it then."))
        for vals in vals_list:
            if (vals.get("name") or "/") == "/":
                company = self.env["res.company"].browse(
                    vals.get("company_id") or self.env.company.id
                )
                vals["name"] = (
                    self.env["ir.sequence"]
                    .with_company(company)
                    .next_by_code("recurring.subscription")
                    or "/"
                )
        subscriptions = super().create(vals_list)
        for sub, vals in zip(subscriptions, vals_list, strict=True):
            if "line_ids" not in vals:
                sub._add_plan_lines()
        return subscriptions

    def write(self, vals):
        """Refuse to rewrite what only a change or a billing may write."""
        started = self.filtered(lambda sub: sub.state != "draft")
        guarded = self._guarded_fields()
        refused = typed_over(self, vals, guarded) or typed_over(
            started, vals, self._fixed_once_started()
        )
        if refused:
            sub, field = refused
            raise UserError(
                self.env._(
                    "%(name)s: %(field)s is not typed over; use the buttons of "
                    "the subscription, which keep a record of the change.",
                    name=sub.name,
                    field=field._description_string(self.env),
                )
            )
        return super().write(vals)

    @api.model
    def _guarded_fields(self):
        """What is never typed, whatever the state."""
        return set(WRITTEN_BY_CHANGES)

    @api.model
    def _fixed_once_started(self):
        """What is typed in a draft only, and then written by changes."""
        return set(FIXED_ONCE_STARTED)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        for sub in self:
            if sub.state != "draft":
                raise UserError(
                    self.env._(
                        "%s has started and cannot be deleted. Cancel it instead: its "
                        "invoices and history stay readable.",
                        sub.name,
                    )
                )
