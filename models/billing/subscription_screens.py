from odoo import api, fields, models


class RecurringSubscription(models.Model):
    """The subscription's way to its invoices, and from a problem to its cause."""

    _inherit = "recurring.subscription"

    # sudo: whoever sees a subscription may know how much it was invoiced, without the
    # right to read the entries.
    invoice_count = fields.Integer(
        string="Invoices", compute="_compute_invoiced", compute_sudo=True
    )
    amount_invoiced = fields.Monetary(
        string="Invoiced",
        compute="_compute_invoiced",
        compute_sudo=True,
        help="Before tax, in posted invoices less credit notes.",
    )

    @api.depends("billed_item_ids")
    def _compute_invoiced(self):
        self.invoice_count = 0
        self.amount_invoiced = 0.0
        lines = self.env["account.move.line"]
        mine = [("rr_subscription_id", "in", self.ids)]
        counts = lines._read_group(
            mine, ["rr_subscription_id"], ["move_id:count_distinct"]
        )
        for sub, count in counts:
            sub.invoice_count = count
        # The sign of a balance is the customer's: income is a credit.
        posted = lines._read_group(
            [*mine, ("parent_state", "=", "posted"), ("display_type", "=", "product")],
            ["rr_subscription_id"],
            ["amount_currency:sum"],
        )
        for sub, amount in posted:
            sub.amount_invoiced = -amount

    def action_open_billing(self):
        """Open a new billing of today: of this and of whatever else is due."""
        return self.env["recurring.today"]._new_run_action(
            fields.Date.context_today(self)
        )

    def action_view_invoices(self):
        """Open the invoices and credit notes of these subscriptions."""
        lines = self.env["account.move.line"].search(
            [("rr_subscription_id", "in", self.ids)]
        )
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "domain": [("id", "in", lines.move_id.ids)],
            "views": [
                (self.env.ref("account.view_out_invoice_tree").id, "list"),
                (False, "form"),
            ],
            "context": {"create": False},
        }
        if len(lines.move_id) == 1:
            action.update(res_id=lines.move_id.id, views=[(False, "form")])
        return action

    def action_open_problem_cause(self):
        """Open what keeps this subscription from being billed."""
        self.ensure_one()
        problem = self.env["recurring.billing.problem"].search(
            [("subscription_id", "=", self.id), ("resolved", "=", False)], limit=1
        )
        return problem.action_open_cause() if problem else False
