"""The links from documents to what they bill: the ledger follows them (law 5).

Whoever may edit an invoice may edit what it says, not what it belongs to: a draft
without its links would leave its charges billed for ever when it is deleted.
"""

from odoo import models
from odoo.exceptions import UserError

from ..guard import typed_over


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """Refuse to take an invoice out of the run that made it."""
        _refuse_links(self, vals, {"rr_run_id"})
        return super().write(vals)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        """Refuse to let a line bill something else than what the ledger says."""
        links = {
            "rr_subscription_id",
            "rr_subscription_line_id",
            "rr_reversed_line_id",
            "rr_vat_decision_id",
        }
        _refuse_links(self, vals, links)
        return super().write(vals)


def _refuse_links(records, vals, names):
    refused = typed_over(records, vals, names)
    if refused:
        raise UserError(
            records.env._(
                "%s is not typed: an invoice stays with what it bills. Remove the "
                "line, or delete the draft, and the period is billed again.",
                refused[1]._description_string(records.env),
            )
        )
