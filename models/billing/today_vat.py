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
            if self._keeps_tables():
                sections.append(self._wordings())
        return sections

    def _keeps_tables(self):
        return any(map(self.env.user.has_group, TABLE_KEEPERS))

    def _first_steps(self):
        """Add, before the first billing, the set-up of VAT, where rules are known."""
        steps, company = super()._first_steps(), self.env.company
        if not steps or not self._keeps_tables() or company._vat_territory() is None:
            return steps
        done = company._vat_is_decided()
        step = self._step(
            "vat",
            self.env._("Set up VAT"),
            self.env._(
                "Your regime, what invoices must say, and a sample for each kind of "
                "customer. Without it, fiscal positions decide as in any Odoo."
            ),
            done,
            self.env._("VAT and Legal Mentions"),
            self.env["ir.actions.act_window"]._for_xml_id(
                "recurring_revenue.recurring_vat_set_up_action"
            ),
        )
        return [*steps[:-1], step, *steps[-1:]]

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
