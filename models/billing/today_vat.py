"""What VAT asks of a person on the screen "Today"."""

from odoo import api, models

# Numbers that cost the customer VAT, or make an invoice wrong. Those that nobody could
# confirm are not among them: VIES is asked again in the background.
URGENT = ("refused", "malformed", "missing", "registry", "contradiction", "rna", "iban")
TABLE_KEEPERS = ("account.group_account_manager", "recurring_revenue.group_manager")


class RecurringToday(models.AbstractModel):
    _inherit = "recurring.today"

    @api.model
    def _sections(self):
        """Add the numbers and the wordings that somebody must see to."""
        sections = super()._sections()
        if self.env.company._vat_is_decided():
            sections.append(self._numbers())
            if any(map(self.env.user.has_group, TABLE_KEEPERS)):
                sections.append(self._wordings())
        return sections

    def _numbers(self):
        return self._section(
            "numbers",
            "res.partner",
            [
                ("rr_number_attention", "in", URGENT),
                ("rr_is_recurring_payer", "=", True),
            ],
            self.env._("Numbers of customers to correct"),
            self.env._("Correct them"),
            lambda record: (record.display_name, record.rr_number_advice),
            action="recurring_revenue.customer_numbers_action",
            icon="fa-id-card-o",
            tone="warning",
        )

    def _wordings(self):
        return self._section(
            "wordings",
            "recurring.vat.mention",
            [("needs_wording", "=", True)],
            self.env._("Legal mentions without a wording soon"),
            self.env._("Add the wordings"),
            lambda record: (record.name, record.text_today),
            action="recurring_revenue.recurring_vat_mention_action",
            icon="fa-gavel",
            tone="warning",
        )
