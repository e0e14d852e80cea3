"""Coupons on an invoice line: the discount column and the words."""

from odoo import models
from odoo.tools import format_date

from ..catalog.texts import money, number
from ..exact import exact


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _shown_discount(self, item):
        """Return the line's discount and the coupons' as one percentage.

        None where a coupon takes an amount off.
        """
        discount = exact(self.discount)
        if not item.discounts:
            return discount
        coupons = self.env["recurring.coupon"]
        for taken in item.discounts:
            coupons |= self._use_of(taken).coupon_id
        kinds = set(coupons.mapped("kind"))
        if not kinds or "fixed" in kinds:
            return None
        percent = sum(exact(coupon.percent) for coupon in coupons)
        percent = 100 if "free" in kinds else min(percent, 100)
        return 100 - (100 - discount) * (100 - percent) / 100

    def _use_of(self, taken):
        """Return the use that took something off, none for a coupon that is tried."""
        return self.env["recurring.coupon.use"].browse(taken.discount or ())

    def _coupon_texts(self, item):
        """Name the coupons and what each takes off (or, credited, no longer does)."""
        amounts = {}
        for taken in item.discounts:
            use = self._use_of(taken)
            amounts[use] = amounts.get(use, 0) + taken.amount
        texts = []
        for use, amount in amounts.items():
            what = self._coupon_words(use, item)
            name = " ".join(filter(None, (use.code, what and f"({what})")))
            texts.append(
                self.env._(
                    "Coupon %(name)s: %(amount)s",
                    name=name,
                    amount=money(self.env, -amount, self.currency_id),
                )
            )
        return texts

    def _coupon_words(self, use, item):
        """Return what explains the amount: the percentage, and until when it holds
        where the charge goes on after that."""
        coupon = use.coupon_id
        if coupon.kind == "fixed":
            return ""
        what = coupon.terms_text
        if coupon.kind == "percent":
            what = self.env._("%s %%", number(self.env, coupon.percent))
        if not use.end_date or item.part.end <= use.end_date:
            return what
        return self.env._(
            "%(what)s, until %(day)s",
            what=what,
            day=format_date(self.env, use.last_day),
        )
