from odoo import api, fields, models

from ...engine.period import Alignment, Interval, Schedule
from .texts import schedule_text


class RecurringPlanVersion(models.Model):
    """Prices and conditions of a plan from a day on; immutable once published."""

    _name = "recurring.plan.version"
    _description = "Plan Version"
    _order = "plan_id, number desc"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "recurring.plan", required=True, ondelete="cascade", index=True, readonly=True
    )
    number = fields.Integer(string="Version", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "In preparation"),
            ("published", "Published"),
            ("retired", "Retired"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    effective_date = fields.Date(
        string="In Force From",
        copy=False,
        help="Subscriptions that start on this day or later use this version. Only "
        "the first version may leave it empty: it then holds for any start.",
    )
    published_date = fields.Datetime(string="Published on", readonly=True, copy=False)
    published_uid = fields.Many2one(
        "res.users", string="Published by", readonly=True, copy=False
    )
    retired_date = fields.Datetime(string="Retired on", readonly=True, copy=False)
    retired_uid = fields.Many2one(
        "res.users", string="Retired by", readonly=True, copy=False
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="The currency of the prices below. Subscriptions in another currency "
        "get them converted at the rate of the day they start.",
    )
    # In the singular: the title of the window that adds one is made of it.
    charge_ids = fields.One2many(
        "recurring.plan.charge", "version_id", string="Plan Charge", copy=True
    )

    # Billing period
    interval_count = fields.Integer(string="Billed Every", default=1, required=True)
    interval_unit = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")],
        default="month",
        required=True,
    )
    timing = fields.Selection(
        [
            ("advance", "In advance, when the period starts"),
            ("arrears", "In arrears, when the period has ended"),
        ],
        string="Invoiced",
        default="advance",
        required=True,
    )
    alignment = fields.Selection(
        [
            ("anniversary", "The day the subscription starts"),
            ("day_of_month", "A fixed day of the month"),
            ("season", "A season that starts on a fixed date"),
            ("calendar", "The calendar (weeks, months, quarters, years)"),
        ],
        string="Periods Follow",
        default="anniversary",
        required=True,
    )
    alignment_day = fields.Integer(
        string="Day", default=1, help="From 1 to 31; 31 is the last day of any month."
    )
    alignment_month = fields.Selection(
        [
            ("1", "January"),
            ("2", "February"),
            ("3", "March"),
            ("4", "April"),
            ("5", "May"),
            ("6", "June"),
            ("7", "July"),
            ("8", "August"),
            ("9", "September"),
            ("10", "October"),
            ("11", "November"),
            ("12", "December"),
        ],
        string="Month",
        default="9",
    )
    first_period = fields.Selection(
        [
            ("prorate", "Bill the days used"),
            ("full", "Bill a whole period"),
            ("free", "Do not charge it"),
            ("skip", "Start with the next whole period"),
        ],
        string="Incomplete First Period",
        default="prorate",
        required=True,
        help="When someone starts in the middle of a period.",
    )
    proration_basis = fields.Selection(
        [
            ("actual", "Actual days of the period"),
            ("thirty", "Months of 30 days"),
            ("none", "Never: a part costs as much as the whole"),
        ],
        string="Parts of a Period",
        default="actual",
        required=True,
        help="How the price of a part of a period is worked out.",
    )

    # Term
    term_count = fields.Integer(
        string="Term", default=0, help="0 = no fixed term: it runs until cancelled."
    )
    term_unit = fields.Selection(
        [("month", "Months"), ("year", "Years")], default="year", required=True
    )
    renewal = fields.Selection(
        [
            ("automatic", "Automatic, for another term"),
            ("manual", "By hand: someone is reminded before the end"),
            ("none", "None: it ends with the term"),
        ],
        default="none",
        required=True,
    )
    notice_days = fields.Integer(
        string="Notice (days)",
        default=0,
        help="How long before the end of a term the customer, or the person who "
        "renews by hand, has to act.",
    )

    # Cancellation
    cancel_when = fields.Selection(
        [
            ("now", "On the day asked for"),
            ("period_end", "At the end of the current period"),
            ("term_end", "At the end of the term"),
        ],
        string="Cancellation Takes Effect",
        default="period_end",
        required=True,
    )
    cancel_credit = fields.Boolean(
        string="Credit the Unused Part",
        default=False,
        help="When someone leaves before the end of what is paid, the days left are "
        "credited.",
    )

    # Invoicing
    days_ahead = fields.Integer(
        string="Days Billed Ahead",
        default=0,
        help="The invoice is made this many days before its period starts.",
    )
    catch_up = fields.Selection(
        [
            ("one_invoice", "One invoice for all"),
            ("per_period", "One invoice for each period"),
        ],
        string="Missed Periods",
        default="one_invoice",
        required=True,
        help="When several periods are due at once, for instance after an import.",
    )
    zero_invoice = fields.Boolean(
        string="Invoice Free Periods",
        help="Make an invoice also when nothing is to be paid. Otherwise the period "
        "is only recorded as billed.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Sales Journal",
        domain="[('type', '=', 'sale')]",
        check_company=True,
        help="Leave empty for the company's sales journal.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        check_company=True,
        help="Leave empty for the customer's or the company's terms.",
    )

    # Existing subscriptions
    existing_policy = fields.Selection(
        [
            ("never", "Keep their version"),
            ("renewal", "Move at their next renewal"),
            ("next_period", "Move at their next billing period"),
            ("date", "Move on a fixed date"),
        ],
        string="Existing Subscriptions",
        default="never",
        required=True,
        copy=False,
    )
    existing_date = fields.Date(string="Move on", copy=False)

    schedule_text = fields.Char(string="Billed", compute="_compute_schedule_text")
    price_summary = fields.Text(
        string="Prices",
        compute="_compute_price_summary",
        help="The price list as the customer reads it.",
    )

    _number_unique = models.UniqueIndex(
        "(plan_id, number)", "A plan's versions have different numbers."
    )
    _one_draft = models.UniqueIndex(
        "(plan_id) WHERE state = 'draft'",
        "This plan has a version in preparation already: publish or delete it first.",
    )
    _interval_positive = models.Constraint(
        "CHECK(interval_count > 0)", "A billing period counts at least 1."
    )
    _counts_not_negative = models.Constraint(
        "CHECK(term_count >= 0 AND notice_days >= 0 AND days_ahead >= 0)",
        "Term, notice and days billed ahead cannot be negative.",
    )
    _alignment_day_range = models.Constraint(
        "CHECK(alignment_day BETWEEN 1 AND 31)",
        "The day lies between 1 and 31, where 31 is the last day of any month.",
    )

    # ------------------------------------------------------------------
    # Texts and form help
    # ------------------------------------------------------------------

    @api.depends("plan_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(plan)s, version %(number)s",
                plan=version.plan_id.name or "",
                number=version.number,
            )

    @api.depends(
        "interval_count",
        "interval_unit",
        "timing",
        "alignment",
        "alignment_day",
        "alignment_month",
    )
    @api.depends_context("lang")
    def _compute_schedule_text(self):
        for version in self:
            version.schedule_text = version._schedule_text()

    def _schedule_text(self, start_date=None):
        """Say when it is billed: "Every month, in advance, on day 15 of the month"."""
        self.ensure_one()
        return schedule_text(self, start_date)

    @api.depends("charge_ids.price_text", "charge_ids.role", "charge_ids.name")
    @api.depends_context("lang")
    def _compute_price_summary(self):
        for version in self:
            version.price_summary = "\n".join(
                charge._summary_text() for charge in version.charge_ids
            )

    @api.onchange("term_count")
    def _onchange_term_count(self):
        """No term, nothing to renew; a term is most often renewed by itself."""
        if not self.term_count:
            self.renewal = "none"
            if self.cancel_when == "term_end":
                self.cancel_when = "period_end"
        elif not self._origin.term_count and self.renewal == "none":
            self.renewal = "automatic"

    @api.onchange("interval_unit")
    def _onchange_interval_unit(self):
        """Days and most weeks can only follow the start of the subscription."""
        if self.interval_unit in ("day", "week") and self.alignment != "calendar":
            self.alignment = "anniversary"

    # ------------------------------------------------------------------
    # What the engine works with
    # ------------------------------------------------------------------

    def _engine_interval(self):
        """Return the billing period as an engine Interval (PeriodError if none)."""
        self.ensure_one()
        return Interval(self.interval_count, self.interval_unit)

    def _engine_alignment(self):
        """Return where the periods start as an engine Alignment."""
        self.ensure_one()
        if self.alignment == "day_of_month":
            return Alignment.day_of_month(self.alignment_day)
        if self.alignment == "season":
            return Alignment.season(int(self.alignment_month), self.alignment_day)
        return Alignment(self.alignment)

    def _schedule(self, start_date, anchor_date=None):
        """Return the engine Schedule of a subscription that starts on ``start_date``.

        ``anchor_date`` moves the grid of an anniversary plan, e.g. after an import.
        """
        return Schedule(
            self._engine_interval(),
            self._engine_alignment(),
            start_date,
            anchor_date or None,
        )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open(self):
        """Open the version on a page of its own."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_change(self):
        """Open the plan's next version, made as a copy of this one if needed."""
        self.ensure_one()
        return self.plan_id.action_new_version()
