from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine.errors import EngineError


class RecurringCouponWizard(models.TransientModel):
    """A code for a subscription, with its next invoice before and after."""

    _name = "recurring.coupon.wizard"
    _description = "Apply a Coupon"

    subscription_id = fields.Many2one("recurring.subscription", required=True)
    code = fields.Char(string="Coupon Code", required=True)
    date = fields.Date(
        string="From",
        help="The first day on which a period may start to be covered. Empty = the "
        "first period that is not billed yet.",
    )
    offered = fields.Char(
        help="Technical: what was offered to somebody who wanted to leave."
    )
    refusal = fields.Char(compute="_compute_preview")
    waits = fields.Boolean(
        compute="_compute_preview",
        help="Technical: it goes beyond what the user may grant.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("subscription_id", "code", "date")
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            wizard.refusal = wizard.preview = wizard.waits = False
            if wizard.code and wizard.subscription_id:
                wizard._set_preview()

    def _set_preview(self):
        """Show the next invoice before and after, or why the coupon is refused."""
        sub = self.subscription_id
        coupon = self.env["recurring.coupon"]._with_code(self.code, sub.company_id)
        try:
            self.refusal = sub._coupon_refusal(self.code, coupon, self.date)
            if not self.refusal:
                self.preview = self._render(sub, coupon)
                self.waits = sub._coupon_waits(coupon, self.date)
        except (EngineError, UserError) as error:
            self.refusal = str(error)

    def _render(self, sub, coupon):
        discount = sub._tried(coupon, self.date).discount
        before = sub._next_expected()
        after = sub._next_expected(coupon, self.date)
        start = max(discount.first.start, discount.start)
        untouched = bool(before) and before.untaxed == after.untaxed
        return self.env["ir.qweb"]._render(
            "recurring_revenue.coupon_preview",
            {
                "name": coupon.name,
                "terms": coupon.terms_text,
                "start": format_date(self.env, start),
                "before": before and sub._expected_texts(before),
                "after": after and sub._expected_texts(after),
                "untouched": untouched,
            },
        )

    def action_confirm(self):
        """Apply the coupon, or ask for it; the history says what it does to the next
        invoice."""
        self.ensure_one()
        sub = self.subscription_id
        sub.action_apply_coupon(self.code, self.date)
        if self.offered:
            change = sub.change_ids.sorted("id")[-1:]
            change._note_offers(self.offered.split(","), chosen="coupon")
        return {"type": "ir.actions.act_window_close"}
