from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..guard import is_applying

STATES = [
    ("draft", "Draft"),
    ("active", "Active"),
    ("cancelling", "Cancelling"),
    ("closed", "Closed"),
]
RUNNING = ("active", "cancelling")

# Written by methods that leave a trace, never typed in.
WRITTEN_BY_CHANGES = {
    "state",
    "end_date",
    "term_start",
    "term_end",
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
}
# What the customer was billed from: free in a draft, then changed only by a change.
FIXED_ONCE_STARTED = {
    "company_id",
    "partner_id",
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
        "(company_id, next_billing_date) WHERE state IN ('active', 'cancelling')"
    )

    # ------------------------------------------------------------------
    # Defaults taken from customer, plan and company
    # ------------------------------------------------------------------

    @api.depends("partner_id")
    def _compute_addresses(self):
        for sub in self:
            addresses = (
                sub.partner_id.address_get(["invoice"]) if sub.partner_id else {}
            )
            sub.partner_invoice_id = addresses.get("invoice")
            # The customer itself, not its delivery address: a service is not
            # shipped, and the address given here decides the VAT.
            sub.partner_shipping_id = sub.partner_id

    @api.depends("partner_id")
    def _compute_user_id(self):
        for sub in self:
            sub.user_id = (
                sub.user_id
                or sub.partner_id.user_id
                or sub.partner_id.commercial_partner_id.user_id
                or (self.env.user if self.env.user.has_group("base.group_user") else False)
            )

    @api.depends("user_id", "company_id")
    def _compute_team_id(self):
        teams = {}
        for sub in self:
            key = (sub.user_id.id, sub.company_id.id)
            if key not in teams:
                teams[key] = (
                    self.env["crm.team"]
                    .with_company(sub.company_id)
                    ._get_default_team_id(user_id=sub.user_id.id or False)
                )
            sub.team_id = sub.team_id or teams[key]

    @api.depends("plan_id", "start_date")
    def _compute_plan_version_id(self):
        """The version on sale on the day of the start; a draft follows its start."""
        for sub in self:
            own = sub.plan_version_id.plan_id == sub.plan_id
            if own and sub.state != "draft":
                continue
            start = sub.start_date or fields.Date.context_today(sub)
            on_sale = sub.plan_id._version_at(start) if sub.plan_id else False
            if on_sale or not own:
                sub.plan_version_id = on_sale or sub.plan_id.current_version_id

    @api.depends("plan_version_id")
    def _compute_from_version(self):
        for sub in self:
            sub.renewal = sub.plan_version_id.renewal
            sub.notice_days = sub.plan_version_id.notice_days

    @api.depends("partner_id", "company_id")
    def _compute_pricelist_id(self):
        for sub in self:
            partner = sub.partner_id.with_company(sub.company_id)
            sub.pricelist_id = partner.property_product_pricelist

    @api.depends("pricelist_id", "plan_version_id")
    def _compute_currency_id(self):
        for sub in self:
            sub.currency_id = (
                sub.pricelist_id.currency_id
                or sub.plan_version_id.currency_id
                or sub.company_id.currency_id
            )

    @api.depends("partner_invoice_id", "plan_version_id", "company_id")
    def _compute_payment_term_id(self):
        for sub in self:
            partner = sub.partner_invoice_id.with_company(sub.company_id)
            sub.payment_term_id = (
                sub.plan_version_id.payment_term_id
                or partner.property_payment_term_id
                or sub.company_id.rr_payment_term_id
            )

    @api.depends("partner_invoice_id", "company_id")
    def _compute_payment_method(self):
        for sub in self:
            partner = sub.partner_invoice_id.with_company(sub.company_id)
            sub.preferred_payment_method_line_id = (
                partner.property_inbound_payment_method_line_id
            )

    @api.depends("company_id")
    def _compute_invoice_grouping(self):
        for sub in self:
            sub.invoice_grouping = sub.company_id.rr_invoice_grouping or "subscription"

    @api.depends(lambda self: self._billing_group_fields())
    def _compute_billing_group(self):
        for sub in self:
            if sub.invoice_grouping != "customer":
                sub.billing_group = f"s{sub.id}" if isinstance(sub.id, int) else False
                continue
            values = (sub[name] for name in self._billing_group_fields()[1:])
            sub.billing_group = "c" + "/".join(str(value.id or 0) for value in values)

    @api.model
    def _billing_group_fields(self):
        """The wish to group, then what must be the same on one invoice."""
        return [
            "invoice_grouping",
            "company_id",
            "partner_invoice_id",
            "partner_shipping_id",
            "currency_id",
            "payment_term_id",
            "journal_id",
            "fiscal_position_id",
            "preferred_payment_method_line_id",
        ]

    # ------------------------------------------------------------------
    # What users read
    # ------------------------------------------------------------------

    @api.depends("end_date", "term_end", "billed_through")
    def _compute_last_days(self):
        for sub in self:
            sub.last_day = _day_before(sub.end_date)
            sub.term_last_day = _day_before(sub.term_end)
            sub.billed_through_last_day = _day_before(sub.billed_through)

    @api.depends("problem_message")
    def _compute_health(self):
        for sub in self:
            sub.health = "problem" if sub.problem_message else "fine"

    @api.depends("plan_version_id", "start_date", "anchor_date")
    def _compute_schedule_text(self):
        for sub in self:
            version = sub.plan_version_id
            sub.schedule_text = version and version._schedule_text(sub.start_date)

    @api.depends(
        "line_ids.amount_period",
        "line_ids.role",
        "line_ids.start_date",
        "line_ids.end_date",
        "state",
    )
    def _compute_recurring_amount(self):
        today = fields.Date.context_today(self)
        for sub in self:
            day = max(today, sub.start_date or today)
            sub.recurring_amount = sum(
                line.amount_period
                for line in sub.line_ids
                if line.role != "one_off"
                and (not line.end_date or line.end_date > day)
                and (not line.start_date or line.start_date <= day)
            )

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for sub in self:
            parts = [sub.name if sub.name != "/" else self.env._("New subscription")]
            if self.env.context.get("show_customer", True) and sub.partner_id:
                parts.append(sub.partner_id.name or "")
            sub.display_name = " ".join(filter(None, parts))

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
                        end=sub.last_day,
                        start=sub.start_date,
                    )
                )

    @api.constrains("plan_version_id", "plan_id")
    def _check_version(self):
        for sub in self:
            if sub.plan_version_id.plan_id != sub.plan_id:
                raise ValidationError(
                    self.env._("The version belongs to another plan than %s.")
                    % sub.plan_id.name
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Number the subscriptions and give each the plan's lines unless it has some."""
        if not is_applying(self.env) and any(
            vals.get(name) for vals in vals_list for name in WRITTEN_BY_CHANGES - {"state"}
        ):
            raise UserError(self.env._("A new subscription is a draft; start it then."))
        for vals in vals_list:
            if vals.get("name", "/") == "/":
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
        if not is_applying(self.env) and set(subscriptions.mapped("state")) - {"draft"}:
            raise UserError(self.env._("A new subscription is a draft; start it then."))
        for sub, vals in zip(subscriptions, vals_list, strict=True):
            if "line_ids" not in vals:
                sub._add_plan_lines()
        return subscriptions

    def write(self, vals):
        """Refuse to rewrite what only a change or a billing may write."""
        if not is_applying(self.env):
            self._check_written_by_hand(vals)
        return super().write(vals)

    def _check_written_by_hand(self, vals):
        for sub in self:
            guarded = set(WRITTEN_BY_CHANGES)
            if sub.state != "draft":
                guarded |= FIXED_ONCE_STARTED
            for name in guarded & set(vals):
                if sub[name] != sub._as_record(name, vals[name]):
                    raise UserError(
                        self.env._(
                            "%(name)s: %(field)s is not typed over; use the buttons of "
                            "the subscription, which keep a record of the change.",
                            name=sub.name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    def _as_record(self, name, value):
        field = self._fields[name]
        return field.convert_to_record(field.convert_to_cache(value, self), self)

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

    # ------------------------------------------------------------------
    # Lines from the plan
    # ------------------------------------------------------------------

    @api.onchange("plan_version_id")
    def _onchange_plan_version_id(self):
        """Show the plan's charges at once, as a quotation of what will be billed."""
        if self.state == "draft" and self.plan_version_id:
            if self.line_ids.charge_id.version_id != self.plan_version_id:
                self.line_ids = False
                self._add_plan_lines()

    @api.onchange("pricelist_id", "currency_id")
    def _onchange_prices(self):
        """Price the lines anew, except those whose price was agreed."""
        if self.state == "draft":
            for line in self.line_ids.filtered(lambda line: not line.price_agreed):
                line.update(line._price_values())

    def _add_plan_lines(self):
        """Add a line for each base and one-off charge of the plan (not add-ons)."""
        for sub in self:
            charges = sub.plan_version_id.charge_ids.filtered(
                lambda charge: charge.role != "addon"
            )
            sub.line_ids = [
                fields.Command.create(sub._prepare_line(charge)) for charge in charges
            ]

    def _prepare_line(self, charge, quantity=None):
        """Return the values of a line that sells ``charge`` on this subscription."""
        self.ensure_one()
        quantity = charge.default_quantity if quantity is None else quantity
        return {
            "charge_id": charge.id,
            "product_id": charge.product_id.id,
            "sequence": charge.sequence,
            "role": charge.role,
            "quantity": quantity,
            **self._price_values(charge, quantity),
        }

    def _price_values(self, charge, quantity):
        """Return price, where it comes from and the factor of the plan's currency."""
        self.ensure_one()
        day = self.start_date or fields.Date.context_today(self)
        charge = charge.with_company(self.company_id)
        price, source = charge._price_for(
            self.pricelist_id, self.currency_id, day, quantity
        )
        return {
            "price_unit": float(price),
            "price_source": source,
            "price_factor": float(charge._price_factor(self.currency_id, day)),
        }


def _day_before(day):
    """Return the inclusive last day that users read for an exclusive end."""
    return day and day - timedelta(days=1)
