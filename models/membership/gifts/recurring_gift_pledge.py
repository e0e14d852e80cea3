from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_date

from ...exact import exact
from ...guard import applying, typed_over
from ..selections import MODES


class RecurringGiftPledge(models.Model):
    """What a donor promised to give each period: an expectation, never a claim. It is
    not in the books, nobody is reminded, and the donor may stop at any time."""

    _name = "recurring.gift.pledge"
    _description = "Recurring Gift"
    _inherit = ["mail.thread", "analytic.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Donor",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    plan_id = fields.Many2one(
        "recurring.plan",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('rr_kind', '=', 'donation'), ('state', '=', 'published')]",
        default=lambda self: self._default_plan(),
    )
    version_id = fields.Many2one(
        "recurring.plan.version",
        compute="_compute_version_id",
        store=True,
        precompute=True,
        help="As it stood when the gift was promised.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_version_id", store=True, precompute=True
    )
    schedule_text = fields.Char(string="How Often", compute="_compute_schedule_text")
    minimum = fields.Monetary(compute="_compute_minimum")
    amount = fields.Monetary(string="Each Time", required=True, tracking=True)
    mode = fields.Selection(MODES, required=True, default="transfer")
    fund_id = fields.Many2one(
        "recurring.dedicated.fund",
        string="Earmarked For",
        check_company=True,
        ondelete="restrict",
    )
    date_start = fields.Date(
        string="First Gift On", required=True, default=fields.Date.context_today
    )
    date_end = fields.Date(
        string="Until", tracking=True, help="The last day. Empty: until it is stopped."
    )
    stop_reason = fields.Char(readonly=True, copy=False)
    state = fields.Selection(
        [("running", "Running"), ("ended", "Ended")],
        compute="_compute_state",
        search="_search_state",
    )
    next_due = fields.Date(
        string="Expected From",
        readonly=True,
        copy=False,
        index=True,
        help="The first day that is not in the list of expected gifts yet.",
    )
    expected_ids = fields.One2many(
        "recurring.gift.expected", "pledge_id", string="Gifts", readonly=True
    )
    received_amount = fields.Monetary(string="Received", compute="_compute_received")

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A gift is more than nothing."
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)",
        "It ends on or after the first gift.",
    )

    @api.model
    def _default_plan(self):
        return self.env["recurring.plan"].search(
            [
                ("rr_kind", "=", "donation"),
                ("state", "=", "published"),
                ("company_id", "in", (False, self.env.company.id)),
            ],
            limit=1,
        )

    @api.depends("plan_id")
    def _compute_version_id(self):
        for pledge in self:
            pledge.version_id = pledge.plan_id.current_version_id
            currency = pledge.version_id.currency_id
            pledge.currency_id = currency or pledge.company_id.currency_id

    @api.depends("plan_id")
    @api.depends_context("lang")
    def _compute_schedule_text(self):
        for pledge in self:
            pledge.schedule_text = pledge.plan_id.schedule_text

    def _charge(self):
        return self.version_id.charge_ids.filtered(lambda one: one.role == "base")[:1]

    @api.depends("version_id")
    def _compute_minimum(self):
        for pledge in self:
            pledge.minimum = pledge._charge().unit_price

    @api.depends("expected_ids.received_amount")
    def _compute_received(self):
        for pledge in self:
            pledge.received_amount = sum(pledge.expected_ids.mapped("received_amount"))

    @api.depends("date_end")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for pledge in self:
            ended = pledge.date_end and pledge.date_end < today
            pledge.state = "ended" if ended else "running"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        running = ["|", ("date_end", "=", False), ("date_end", ">=", today)]
        if set(value) >= {"running", "ended"}:
            return [(1, "=", 1)]
        if "running" in value:
            return running
        return [("date_end", "<", today)] if "ended" in value else [(0, "=", 1)]

    @api.depends("partner_id", "amount", "plan_id")
    def _compute_display_name(self):
        for pledge in self:
            currency = pledge.currency_id or self.env.company.currency_id
            pledge.display_name = self.env._(
                "%(name)s: %(donor)s, %(amount)s",
                name=pledge.name,
                donor=pledge.partner_id.name or "",
                amount=currency.format(pledge.amount),
            )

    @api.constrains("amount", "plan_id")
    def _check_amount(self):
        for pledge in self:
            if pledge.plan_id.rr_kind != "donation" or not pledge.version_id:
                raise ValidationError(
                    self.env._("%s is no plan for gifts.", pledge.plan_id.name)
                )
            if exact(pledge.amount) < exact(pledge.minimum):
                raise ValidationError(
                    self.env._(
                        "%(plan)s: at least %(amount)s.",
                        plan=pledge.plan_id.name,
                        amount=pledge.currency_id.format(pledge.minimum),
                    )
                )

    # ------------------------------------------------------------------
    # Life
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Number the promises, and list what is expected by now."""
        sequences = self.env["ir.sequence"]
        for vals in vals_list:
            company = vals.get("company_id") or self.env.company.id
            vals["name"] = sequences.with_company(company).next_by_code(
                "recurring.gift.pledge"
            )
        pledges = super().create(vals_list)
        for pledge in pledges:
            applying(pledge).write({"next_due": pledge.date_start})
        pledges._expect(pledges._horizon())
        return pledges

    def write(self, vals):
        """A new amount holds for what is not received yet; days and plan of a promise
        stay once gifts are listed as received."""
        if typed_over(self, vals, {"name", "next_due", "stop_reason", "version_id"}):
            raise UserError(self.env._("A recurring gift is stopped by the button."))
        settled = {"partner_id", "plan_id", "date_start", "company_id"} & set(vals)
        if typed_over(self, vals, settled) and any(
            one.contribution_line_id for one in self.expected_ids
        ):
            raise UserError(
                self.env._("Gifts were received for it: stop it, and record a new one.")
            )
        result = super().write(vals)
        if settled:
            applying(self.expected_ids).unlink()
            for pledge in self:
                applying(pledge).write({"next_due": pledge.date_start})
        if "date_end" in vals:
            self._forget_after_end()
        if "amount" in vals:
            open_rows = self.expected_ids.filtered(
                lambda one: not one.contribution_line_id
            )
            for row in open_rows:
                applying(row).amount = row.pledge_id.amount
        if settled or "date_end" in vals:
            self._expect(self._horizon())
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if any(one.contribution_line_id for one in self.expected_ids):
            raise UserError(self.env._("Gifts were received for it: stop it instead."))

    def _stop(self, day, reason):
        """End the promise: ``day`` is the last on which a gift is expected.

        :param reason: what the donor said, or who stopped it
        """
        for pledge in self:
            if pledge.date_end and pledge.date_end < day:
                raise UserError(
                    self.env._(
                        "It ended on %s already.",
                        format_date(self.env, pledge.date_end),
                    )
                )
            applying(pledge).write(
                {"date_end": max(day, pledge.date_start), "stop_reason": reason}
            )

    def _forget_after_end(self):
        """Expect nothing after the end any more."""
        for pledge in self.filtered("date_end"):
            gone = pledge.expected_ids.filtered(
                lambda one, end=pledge.date_end: (
                    one.date_due > end and not one.contribution_line_id
                )
            )
            if gone:
                first = min(gone.mapped("date_due"))
                applying(gone).unlink()
                applying(pledge).write({"next_due": first})
