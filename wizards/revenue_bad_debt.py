"""Giving up an invoice says what of it is not served yet: that is no loss."""

from odoo import api, fields, models


class RecurringVatBadDebt(models.TransientModel):
    _inherit = "recurring.vat.bad.debt"

    amount_deferred = fields.Monetary(
        compute="_compute_amount_deferred",
        string="Not Served Yet",
        currency_field="company_currency_id",
        help="Stays deferred, and becomes revenue month by month, also when the claim "
        "is given up.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")

    @api.depends("move_id")
    def _compute_amount_deferred(self):
        for wizard in self:
            # sudo: whoever gives up a claim need not see revenue schedules.
            wizard.amount_deferred = wizard.move_id.sudo().rr_amount_deferred
