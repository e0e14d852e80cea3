from odoo import fields, models


class RecurringCloseReason(models.Model):
    """Why a subscription ended, as chosen by whoever cancels it."""

    _name = "recurring.close.reason"
    _description = "Reason for Leaving"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
