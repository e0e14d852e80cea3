"""What the e-mail of a call says: in the payer's language, once for a household."""

from odoo import models
from odoo.tools import format_date


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    def _together(self):
        """Return the calls that one e-mail tells the payer: all of a campaign."""
        self.ensure_one()
        if not self.renewal_run_id:
            return self
        return self.search(
            [
                ("renewal_run_id", "=", self.renewal_run_id.id),
                ("payer_id", "=", self.payer_id.id),
                ("state", "=", "called"),
            ],
            order="id",
        )

    def _mail_lines(self):
        """Return what an e-mail lists: ``[(member, what for, amount)]`` as texts."""
        return [
            (
                line.membership_id.partner_id.name,
                line._label(),
                line.currency_id.format(line.amount),
            )
            for line in self.line_ids
        ]

    def _mail_totals(self):
        """Return the texts of a mail: the sum of the calls, their numbers, until when
        they are to be paid, and the account for a transfer (each may be empty)."""
        first = self[:1]
        due = min(filter(None, self.mapped("due_on")), default=None)
        return {
            "amount": first.currency_id.format(sum(self.mapped("amount"))),
            "numbers": ", ".join(self.mapped("name")),
            "due_on": format_date(self.env, due) if due else "",
            "account": first._bank_account().acc_number or "",
            "link": first._payment_link() or "",
        }

    def _payment_link(self):
        """Return the address of a page where the payer can pay, or False; for stages
        and modules that have one."""
        return False

    def _mail_language(self):
        """Return the language of the payer, else that of the association."""
        return self.payer_id.lang or self.company_id.partner_id.lang
