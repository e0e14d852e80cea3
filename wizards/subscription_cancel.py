from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine.errors import EngineError
from ..models.engine_texts import sentence_of


class RecurringCancelWizard(models.TransientModel):
    """When and why a subscription ends, with the money shown before it is applied."""

    _name = "recurring.cancel.wizard"
    _description = "Cancel a Subscription"

    subscription_id = fields.Many2one("recurring.subscription", required=True)
    company_id = fields.Many2one(related="subscription_id.company_id")
    term_end = fields.Date(related="subscription_id.term_end")
    when = fields.Selection(
        [
            ("now", "Today"),
            ("period_end", "At the end of the current period"),
            ("term_end", "At the end of the term"),
            ("date", "On another day"),
        ],
        string="Service Ends",
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    last_day = fields.Date(
        string="Last Day of Service",
        help="The customer still has the service on this day.",
    )
    # Asked of whoever leaves, not of whoever takes an offer and stays.
    reason_id = fields.Many2one("recurring.close.reason")
    note = fields.Char(string="In Their Words")
    credit = fields.Boolean(
        string="Give back what is invoiced beyond that day",
        help="Without it, what is billed of the period in which the service ends stays "
        "invoiced. A billed period that has not begun by then is given back in any "
        "case.",
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    offer_plan_id = fields.Many2one(related="subscription_id.plan_id.retention_plan_id")
    offers_plan = fields.Boolean(compute="_compute_offers")
    offers_pause = fields.Boolean(compute="_compute_offers")

    @api.depends("subscription_id")
    def _compute_from_plan(self):
        for wizard in self:
            version = wizard.subscription_id.plan_version_id
            when = version.cancel_when or "period_end"
            if when == "term_end" and not wizard.subscription_id.term_end:
                when = "period_end"
            wizard.when = when
            wizard.credit = version.cancel_credit

    @api.depends("subscription_id")
    def _compute_offers(self):
        for wizard in self:
            offers = wizard._offers()
            wizard.offers_plan = "plan" in offers
            wizard.offers_pause = "pause" in offers

    def _offers(self):
        """Return what is offered first, nothing once it is cancelled."""
        sub = self.subscription_id
        return [] if sub.state == "cancelling" else sub._retention_offers()

    def _end(self):
        """Return the first day without service."""
        self.ensure_one()
        return self.subscription_id._cancellation_end(self.when, self.last_day)

    # ------------------------------------------------------------------
    # The money, before
    # ------------------------------------------------------------------

    @api.depends("subscription_id", "when", "last_day", "credit")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._preview()

    def _preview(self):
        """Return what is billed or given back once this is confirmed."""
        if not self.subscription_id or (self.when == "date" and not self.last_day):
            return False
        try:
            end = self._end()
            expected = self._try_cancelling(end, self.credit)
        except (EngineError, UserError) as error:
            return Markup("<div class='text-danger'>%s</div>") % sentence_of(
                self.env, error
            )
        return self._render_preview(end, expected)

    def _try_cancelling(self, end, credit):
        """Return what would be billed after the cancellation, by really cancelling."""
        today = fields.Date.context_today(self)
        subscription = self.subscription_id._origin or self.subscription_id
        with subscription._trial() as tried:
            tried._cancel(end, credit)
            return [
                tried._expected_texts(row) | {"due": row.day <= today}
                for row in tried._expected(today, max(end, today))
            ]

    def _render_preview(self, end, expected):
        return self.env["ir.qweb"]._render(
            "recurring_revenue.subscription_cancel_preview",
            {
                "last_day": format_date(self.env, end - timedelta(days=1)),
                "rows": expected[:12],
                "more": len(expected) - 12,
                "credit": self.credit,
            },
        )

    # ------------------------------------------------------------------
    # Confirm
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Cancel; what is to be billed or given back comes with the next billing."""
        self.ensure_one()
        if not self.reason_id:
            raise UserError(self.env._("Choose the reason why they leave."))
        offers = self._offers()
        self.subscription_id.action_cancel(
            self.when,
            self.last_day,
            reason=self.reason_id,
            credit=self.credit,
            note=self.note,
        )
        if offers:
            cancellation = self.subscription_id._standing_cancellations()[:1]
            cancellation._note_offers(offers)
        return {"type": "ir.actions.act_window_close"}

    def action_take_plan(self):
        """They take the smaller plan: show what that costs."""
        return self._take_offer("plan", {"default_plan_id": self.offer_plan_id.id})

    def action_take_pause(self):
        """They take a pause: ask until when."""
        return self._take_offer("pause", {})

    def _take_offer(self, kind, context):
        action = self.subscription_id.with_context(
            default_kind=kind
        ).action_open_change()
        action["context"] = {
            **action["context"],
            **context,
            "default_offered": ",".join(self._offers()),
            "default_reason_id": self.reason_id.id,
        }
        return action
