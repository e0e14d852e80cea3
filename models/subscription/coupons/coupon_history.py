"""What the history says of a coupon."""

from odoo import models


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    def _what_texts(self):
        """Name the coupon that was applied or removed."""
        texts = super()._what_texts()
        if self.type in ("coupon_add", "coupon_remove"):
            code = (self.details or {}).get("code")
            return [code, *texts] if code else texts
        return texts
