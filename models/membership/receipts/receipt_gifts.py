"""Receipts of gifts that are no money, and of contributions booked by mistake."""

from odoo import api, models
from odoo.tools import format_date


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    def _cancel(self, day, reason):
        """Cancel the receipts first: nothing was given, or somebody else gave it."""
        for contribution in self:
            contribution._cancel_receipts(
                self.env._(
                    "%(contribution)s was cancelled on %(day)s: %(reason)s",
                    contribution=contribution.name,
                    day=format_date(self.env, day),
                    reason=(reason or "").strip(),
                )
            )
        return super()._cancel(day, reason)


class RecurringTaxReceipt(models.Model):
    _inherit = "recurring.tax.receipt"

    @api.model
    def _line_values(self, receipt, finding):
        """A gift in kind is described in full, as it was recorded."""
        values = super()._line_values(receipt, finding)
        contribution = finding.line.contribution_id
        if contribution.nature != "money" and contribution.description:
            values["name"] = contribution.description
        return values


class RecurringPrintRun(models.Model):
    _inherit = "recurring.print.run"

    def _make(self, line):
        """Note on tax receipts that they were handed over, and how."""
        result = super()._make(line)
        if line.res_model == "recurring.tax.receipt":
            receipts = line._records().with_env(self.env)
            if line.state == "sent":
                receipts._note_sent()
            else:
                receipts._note_printed()
        return result
