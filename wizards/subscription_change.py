from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine.errors import EngineError
from ..models.catalog.recurring_plan_version_changes import PRORATIONS
from ..models.engine_texts import sentence_of

KINDS = [
    ("lines", "Quantity, price or discount"),
    ("plan", "Another plan"),
    ("addon_add", "Add an add-on"),
    ("addon_remove", "Remove an add-on"),
    ("pause", "Pause"),
    ("resume", "Resume"),
    ("postpone", "Postpone the next billing"),
    ("anchor", "Another billing day"),
    ("customer", "Another customer or payer"),
    ("migrate", "Move to the plan's newest version"),
    ("reactivate", "Start again"),
]
ALWAYS_NOW = ("resume", "postpone", "anchor")


class RecurringChangeWizard(models.TransientModel):
    """Any change of a running subscription: before, after, and the money between."""

    _name = "recurring.change.wizard"
    _description = "Change a Subscription"
    _check_company_auto = True

    subscription_id = fields.Many2one("recurring.subscription", required=True)
    company_id = fields.Many2one(related="subscription_id.company_id")
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    subscription_state = fields.Selection(related="subscription_id.state")
    term_end = fields.Date(related="subscription_id.term_end")
    kind = fields.Selection(KINDS, string="What Changes", required=True)
    when = fields.Selection(
        [
            ("now", "Immediately"),
            ("period_end", "At the end of the current period"),
            ("term_end", "At the end of the term"),
            ("date", "On a day"),
        ],
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date = fields.Date(string="First Day", help="The change holds from this day on.")
    proration = fields.Selection(
        PRORATIONS,
        string="Running Period",
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    may_override = fields.Boolean(compute="_compute_may_override")
    reason_id = fields.Many2one("recurring.close.reason")
    note = fields.Char(help="Why, for whoever reads the history.")
    offered = fields.Char(
        help="Technical: what was offered to a customer who wanted to leave."
    )

    line_ids = fields.One2many(
        "recurring.change.wizard.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    plan_id = fields.Many2one("recurring.plan", string="New Plan", check_company=True)
    other_interval = fields.Boolean(compute="_compute_other_interval")
    anchor = fields.Selection(
        [
            ("new", "From the day of the change"),
            ("keep", "As they were counted so far"),
        ],
        string="Periods Are Counted",
    )
    available_charge_ids = fields.Many2many(
        "recurring.plan.charge", compute="_compute_available"
    )
    charge_id = fields.Many2one("recurring.plan.charge", string="Add-on")
    available_line_ids = fields.Many2many(
        "recurring.subscription.line", compute="_compute_available"
    )
    addon_line_id = fields.Many2one("recurring.subscription.line", string="Add-on")
    quantity = fields.Float(
        digits=(16, 6), min_display_digits="Product Unit", default=1.0
    )
    until = fields.Date(
        string="Service Again From",
        help="Leave empty when nobody knows yet; the plan may set a longest pause.",
    )
    pause_billing = fields.Selection(
        [
            ("credit", "Credit the days that are paid"),
            ("shift", "Keep them: service and periods shift by the pause"),
        ],
        string="Paid Days",
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
    )
    postpone_until = fields.Date(
        string="Next Period Starts On", help="Until then nothing is billed."
    )
    anchor_day = fields.Integer(
        string="Day of the Month", default=1, help="31 is the last day of any month."
    )
    partner_id = fields.Many2one("res.partner", string="Customer", check_company=True)
    partner_invoice_id = fields.Many2one(
        "res.partner", string="Invoice Address", check_company=True
    )
    partner_shipping_id = fields.Many2one(
        "res.partner", string="Service Address", check_company=True
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    ready = fields.Boolean(compute="_compute_preview")
    scheduled = fields.Boolean(compute="_compute_preview")
    waiting = fields.Boolean(compute="_compute_preview")

    # ------------------------------------------------------------------
    # What the plan and the subscription propose
    # ------------------------------------------------------------------

    @api.depends("subscription_id", "kind", "plan_id")
    def _compute_from_plan(self):
        for wizard in self:
            sub = wizard.subscription_id
            version = sub.plan_version_id
            wizard.proration = version.change_proration or "now"
            wizard.pause_billing = version.pause_billing or "credit"
            wizard.when = wizard._usual_moment()

    def _usual_moment(self):
        """Return when the plan lets such a change take effect."""
        if self.kind == "addon_remove":
            return "period_end"
        if self.kind != "plan" or not self.plan_id:
            return "now"
        try:
            values = {"plan_id": self.plan_id.id}
            return self._subscription()._usual_moment(self.kind, values)
        except (EngineError, UserError):
            return "now"  # the preview says what is wrong

    @api.depends("subscription_id", "kind")
    def _compute_line_ids(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            sub = wizard._subscription()
            lines = sub._lines_on(max(today, sub.start_date or today))
            wizard.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "line_id": line.id,
                        "quantity": line.quantity,
                        "price_unit": line.price_unit,
                        "discount": line.discount,
                    }
                )
                for line in lines
            ]

    @api.depends("subscription_id", "kind")
    def _compute_available(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            sub = wizard._subscription()
            lines = sub._lines_on(max(today, sub.start_date or today))
            addons = sub._version_on(today).charge_ids.filtered(
                lambda charge: charge.role == "addon"
            )
            wizard.available_charge_ids = addons - lines.charge_id
            wizard.available_line_ids = lines.filtered(
                lambda line: line.role == "addon"
            )

    @api.depends("plan_id", "subscription_id")
    def _compute_other_interval(self):
        for wizard in self:
            version = wizard.plan_id.current_version_id
            now = wizard.subscription_id.plan_version_id
            wizard.other_interval = bool(
                version
                and not version._same_grid(now)
                and version.alignment == "anniversary"
            )

    @api.depends_context("uid")
    def _compute_may_override(self):
        self.may_override = self.env.user.has_group("recurring_revenue.group_billing")

    @api.onchange("plan_id")
    def _onchange_plan_id(self):
        self.anchor = self.plan_id.current_version_id.change_anchor

    @api.onchange("kind")
    def _onchange_kind(self):
        """Start from what stands there."""
        sub = self._subscription()
        if self.kind == "customer":
            self.partner_id = sub.partner_id
            self.partner_invoice_id = sub.partner_invoice_id
            self.partner_shipping_id = sub.partner_shipping_id
        if self.kind == "postpone" and sub.billed_through:
            self.postpone_until = sub._schedule().period_at(sub.billed_through).end

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.partner_id and self.partner_id != self.subscription_id.partner_id:
            address = self.partner_id.address_get(["invoice"])["invoice"]
            self.partner_invoice_id = address
            self.partner_shipping_id = self.partner_id

    # ------------------------------------------------------------------
    # What is asked, and what it would do
    # ------------------------------------------------------------------

    def _subscription(self):
        return self.subscription_id._origin or self.subscription_id

    def _values(self):
        """Return the values of the change, None as long as something is missing."""
        return getattr(self, f"_values_{self.kind}", dict)()

    def _values_lines(self):
        rows = [row for row in map(_changed, self.line_ids) if row]
        return {"lines": rows} if rows else None

    def _values_plan(self):
        if not self.plan_id:
            return None
        values = {"plan_id": self.plan_id.id}
        if self.other_interval and self.anchor:
            values["anchor"] = self.anchor
        return values

    def _values_addon_add(self):
        if not self.charge_id:
            return None
        return {"charge_id": self.charge_id._origin.id, "quantity": self.quantity}

    def _values_addon_remove(self):
        line = self.addon_line_id
        return {"line_id": line._origin.id} if line else None

    def _values_pause(self):
        return {
            "until": fields.Date.to_string(self.until) or False,
            "billing": self.pause_billing,
        }

    def _values_postpone(self):
        day = self.postpone_until
        return {"until": fields.Date.to_string(day)} if day else None

    def _values_anchor(self):
        return {"day": self.anchor_day}

    def _values_customer(self):
        names = ("partner_id", "partner_invoice_id", "partner_shipping_id")
        sub = self._subscription()
        values = {name: self[name]._origin.id for name in names if self[name]}
        return values if any(sub[n].id != values.get(n) for n in names) else None

    def _options(self):
        options = {
            "when": "now" if self.kind in ALWAYS_NOW else self.when,
            "date": self.date if self.when == "date" else None,
        }
        if self.may_override:
            options["proration"] = self.proration
        return options

    @api.depends(
        "subscription_id",
        "kind",
        "when",
        "date",
        "proration",
        "line_ids.quantity",
        "line_ids.price_unit",
        "line_ids.discount",
        "plan_id",
        "anchor",
        "charge_id",
        "addon_line_id",
        "quantity",
        "until",
        "pause_billing",
        "postpone_until",
        "anchor_day",
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
    )
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard.ready = wizard.scheduled = wizard.waiting = False
            values = wizard._values() if wizard.kind else None
            if values is None or (wizard.when == "date" and not wizard.date):
                continue
            sub = wizard._subscription()
            try:
                comparison = sub._compare(wizard.kind, values, **wizard._options())
            except (EngineError, UserError) as error:
                wizard.preview = Markup("<div class='text-danger'>%s</div>") % (
                    sentence_of(self.env, error)
                )
                continue
            wizard.preview = sub._render_change(comparison)
            wizard.ready = True
            wizard.scheduled = comparison["scheduled"]
            wizard.waiting = comparison["waiting"]

    def action_confirm(self):
        """Make the change that is shown."""
        self.ensure_one()
        values = self._values()
        if values is None:
            raise UserError(self.env._("Nothing was changed."))
        change = self.subscription_id._change(
            self.kind,
            values,
            reason=self.reason_id,
            note=self.note,
            **self._options(),
        )
        if self.offered:
            change._note_offers(self.offered.split(","), self.kind)
        return {"type": "ir.actions.act_window_close"}


class RecurringChangeWizardLine(models.TransientModel):
    """A line with the quantity, price and discount that it shall have."""

    _name = "recurring.change.wizard.line"
    _description = "Line to Change"

    wizard_id = fields.Many2one("recurring.change.wizard", ondelete="cascade")
    line_id = fields.Many2one("recurring.subscription.line", string="What")
    currency_id = fields.Many2one(related="line_id.currency_id")
    counts_units = fields.Boolean(compute="_compute_counts_units")
    quantity = fields.Float(digits=(16, 6), min_display_digits="Product Unit")
    price_unit = fields.Float(
        string="Unit Price", digits=(16, 6), min_display_digits="Product Price"
    )
    discount = fields.Float(string="Disc.%", digits="Discount")

    @api.depends("line_id")
    def _compute_counts_units(self):
        for row in self:
            row.counts_units = row.line_id.charge_id.charge_model != "flat"


def _changed(row):
    """Return what a row asks to change, None where it says what stands there."""
    line = row.line_id._origin
    names = ("quantity", "price_unit", "discount")
    changed = {name: row[name] for name in names if row[name] != line[name]}
    return {"line_id": line.id, **changed} if changed else None
