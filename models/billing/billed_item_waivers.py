"""Credited periods that wait for a person: bill them again, or leave them."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date


class RecurringBilledItem(models.Model):
    _inherit = "recurring.billed.item"

    waiver_left = fields.Monetary(
        string="To Decide",
        compute="_compute_waiver_left",
        help="What was credited and is not billed again, in the line's price basis.",
    )

    @api.depends("amount", "kind", "waiver_state")
    def _compute_waiver_left(self):
        self.waiver_left = 0.0
        for page in self.filtered(lambda row: row.kind == "waiver")._pages():
            for waiver in self & page.rows:
                waiver.waiver_left = float(page.waiver_left(waiver))

    def action_bill_again(self):
        """Take these waivers back: the next billing bills their periods again."""
        waivers = self._waivers_to_decide()
        taken = waivers.browse()
        for page in waivers._pages():
            for waiver in waivers & page.rows:
                taken += waiver._take_waiver_back(page.waiver_left(waiver))
        taken._reopen_subscriptions()
        return True

    def action_leave(self):
        """Leave these periods as credited: they are not billed again."""
        for waiver in self._waivers_to_decide():
            waiver.waiver_state = "left"
            waiver._record_decision(
                self.env._("Left as credited: %s", waiver._period_text()), 0.0
            )
        return True

    def _waivers_to_decide(self):
        """Return these waivers with the right to write, if the user may decide."""
        if not (
            self.env.su or self.env.user.has_group("recurring_revenue.group_billing")
        ):
            raise AccessError(
                self.env._("Only a billing officer decides about credited periods.")
            )
        self.check_access("read")
        if any(row.kind != "waiver" or not row.waiver_state for row in self):
            raise UserError(self.env._("There is nothing to decide about this row."))
        # sudo: nobody may write the ledger by hand; deciding is a billing officer's.
        return self.sudo()

    def _take_waiver_back(self, amount):
        """Append the row that ends this waiver, which still balances ``amount``."""
        if not amount:
            raise UserError(
                self.env._(
                    "%s was billed again already, or is not owed any more.",
                    self._period_text(),
                )
            )
        text = self.env._("To bill again: %s", self._period_text())
        self.waiver_state = "billed_again"
        row = self._append(
            [
                self._prepare_correction(
                    -amount, move_id=None, move_line_id=None, note=text
                )
            ]
        )
        self._record_decision(text, float(amount))
        return row

    def _period_text(self):
        """Return what the row is about, in words."""
        return self.env._(
            "%(what)s, %(first)s to %(last)s",
            what=self.line_id.display_name,
            first=format_date(self.env, self.date_start),
            last=format_date(self.env, self.last_day),
        )

    def _record_decision(self, text, effect):
        self.subscription_id._record_change(
            "waiver",
            self.date_start,
            note=text,
            amount_effect=effect,
            details={"billed_item": self.id},
        )

    @api.model
    def _append(self, rows):
        """Close the waivers that these rows take back in full."""
        created = super()._append(rows)
        origins = {
            row["origin_id"]
            for row in rows
            if row["kind"] == "waiver" and row.get("origin_id")
        }
        if origins:
            self.browse(origins)._close_spent_waivers()
        return created

    def _close_spent_waivers(self):
        """Nothing is left to decide where a billing or a void took the waiver back."""
        # sudo: whoever bills may note this; nobody may write the ledger by hand.
        open_ones = self.sudo().filtered(lambda row: row.waiver_state == "pending")
        for page in open_ones._pages():
            for waiver in open_ones & page.rows:
                if page.waiver_left(waiver) == Decimal(0):
                    waiver.waiver_state = "left"
