from odoo import fields, models
from odoo.exceptions import UserError

from ..models.revenue.ifrs_contract import TREATMENTS


class RecurringRevenueOverrideWizard(models.TransientModel):
    """Another treatment of a modification than the rule gives, and why."""

    _name = "recurring.revenue.override.wizard"
    _description = "Treat a Modification Otherwise"

    contract_id = fields.Many2one("recurring.revenue.contract", required=True)
    rule_treatment = fields.Selection(related="contract_id.rule_treatment")
    treatment = fields.Selection(TREATMENTS, string="Account For It As")
    note = fields.Text(string="Why", required=True)

    def action_apply(self):
        """Keep the decision and measure the contract anew; leave the field empty to
        follow the rule again."""
        self.ensure_one()
        contract = self.contract_id
        subscription, start = contract.subscription_id, contract.date_start
        change = contract.change_id
        if not change:
            raise UserError(
                self.env._(
                    "Only a change of the subscription is treated otherwise. A credit "
                    "note is accounted for by why it was made."
                )
            )
        change.action_set_modification(self.treatment, self.note)
        found = contract.search(
            [
                ("subscription_id", "=", subscription.id),
                ("date_start", "=", start),
                ("change_id", "=", change.id),
            ],
            order="id desc",
            limit=1,
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": contract._name,
            "res_id": found.id,
            "views": [(False, "form")],
        }
