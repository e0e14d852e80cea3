"""Receipts and declarations are whole or not made: who may not see all is told so."""

from datetime import date

from odoo import models
from odoo.exceptions import UserError

from .sensitive import SENSITIVE_GROUP


class ResCompany(models.Model):
    _inherit = "res.company"

    def _check_gifts_seen(self, first, last):
        """Raise where money of some days is closed to the user: a campaign would leave
        donors out, and a declaration would be too low.

        :param first: the first day
        :param last: the last day, inclusive
        """
        if self.env.su or self.env.user.has_group(SENSITIVE_GROUP):
            return
        # sudo: whether there is something is all that is asked.
        hidden = self.env["recurring.contribution"].sudo()
        if hidden.search_count(
            [
                ("company_id", "in", self.ids),
                ("is_sensitive", "=", True),
                ("state", "=", "booked"),
                ("date", ">=", first),
                ("date", "<=", last),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "Part of what was received is closed to you, so this would not be "
                    "whole: ask somebody who has the right “May see sensitive members”."
                )
            )


class RecurringReceiptCampaign(models.Model):
    _inherit = "recurring.receipt.campaign"

    def action_preview(self):
        """Look at the year's gifts; refuse where some are closed to the user."""
        for campaign in self:
            campaign.company_id.with_env(self.env)._check_gifts_seen(
                date(campaign.year, 1, 1), date(campaign.year, 12, 31)
            )
        return super().action_preview()
