"""Money that pays an invoice of dues."""

from odoo import fields, models
from odoo.exceptions import UserError


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    partial_id = fields.Many2one(
        "account.partial.reconcile",
        string="Match",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What matched the payment with the invoice of dues that were invoiced.",
    )


class RecurringContributionLine(models.Model):
    _inherit = "recurring.contribution.line"

    def _prepare_receipt_line(self):
        """What was received for dues is revenue of their nature."""
        values = super()._prepare_receipt_line()
        if self.dues_line_id:
            values["rr_dues_line_id"] = self.dues_line_id.id
        return values

    def _check_left(self):
        """Dues that were invoiced are paid by paying their invoice."""
        result = super()._check_left()
        invoices = self.dues_line_id.dues_id._invoices()
        if invoices:
            raise UserError(
                self.env._(
                    "%(dues)s was invoiced: match the payment with %(invoice)s, and "
                    "nothing is booked twice.",
                    dues=self.dues_line_id.dues_id.name,
                    invoice=", ".join(invoices.mapped("name")),
                )
            )
        return result
