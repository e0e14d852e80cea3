"""What a coupon grants, in a sentence."""

from odoo import api, fields, models

from .texts import money, number


class RecurringCoupon(models.Model):
    _inherit = "recurring.coupon"

    terms_text = fields.Char(
        string="What It Grants",
        compute="_compute_terms_text",
        help="As the customer reads it.",
    )

    @api.depends(
        "kind",
        "percent",
        "amount",
        "currency_id",
        "duration",
        "period_count",
        "rest",
        "one_off",
    )
    @api.depends_context("lang")
    def _compute_terms_text(self):
        for coupon in self:
            coupon.terms_text = coupon._terms_sentence()

    def _terms_sentence(self):
        """Return e.g. "20 % off for 3 periods"."""
        self.ensure_one()
        if self.kind == "free":
            count = self._period_count()
            return (
                self.env._("One free period")
                if count == 1
                else self.env._("%s free periods", count)
            )
        parts = [self._value_text(), self._duration_text()]
        if self.kind == "fixed" and self.rest == "carries":
            parts.append(self.env._("what is left is taken off later"))
        if self.one_off:
            parts.append(self.env._("one-off charges too"))
        return ", ".join(parts)

    def _value_text(self):
        if self.kind == "percent":
            return self.env._("%s %% off", number(self.env, self.percent))
        return self.env._("%s off", money(self.env, self.amount, self.currency_id))

    def _duration_text(self):
        count = self._period_count()
        if count is None:
            return self.env._("as long as the subscription runs")
        if count == 1:
            return self.env._("for one period")
        return self.env._("for %s periods", count)

    def _period_count(self):
        """Return for how many periods it is granted, None for ever."""
        return {"once": 1, "periods": self.period_count}.get(self.duration)
