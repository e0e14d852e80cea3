from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class RecurringBillingProblem(models.Model):
    """Why a billing run left a subscription out, in words a bookkeeper understands."""

    _name = "recurring.billing.problem"
    _description = "Billing Problem"
    _order = "id desc"
    _rec_name = "message"

    run_id = fields.Many2one(
        "recurring.billing.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    subscription_id = fields.Many2one(
        "recurring.subscription", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        related="subscription_id.partner_id", string="Customer"
    )
    code = fields.Char(required=True)
    message = fields.Text(required=True)
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")
    resolved = fields.Boolean(index=True)
    resolved_run_id = fields.Many2one("recurring.billing.run", string="Billed By")
    superseded = fields.Boolean(
        help="A later run found the subscription still failing: that run's sentence "
        "counts.",
    )

    @api.model
    def _open_domain(self):
        """Return what still needs a person: each subscription's latest sentence."""
        return [
            ("resolved", "=", False),
            ("superseded", "=", False),
            ("subscription_id.health", "=", "problem"),
        ]

    @api.model_create_multi
    def create(self, vals_list):
        """Let the newest problem of a subscription stand for the older ones."""
        problems = super().create(vals_list)
        older = self.search(
            [
                ("subscription_id", "in", problems.subscription_id.ids),
                ("id", "not in", problems.ids),
                ("resolved", "=", False),
                ("superseded", "=", False),
            ]
        )
        older.superseded = True
        return problems

    def action_open_subscription(self):
        """Open the subscription that could not be billed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }

    def action_open_cause(self):
        """Open what has to be mended: the customer, product, journal, currency..."""
        self.ensure_one()
        cause = self._cause()
        return {
            "type": "ir.actions.act_window",
            "res_model": cause._name,
            "res_id": cause.id,
            "views": [(False, "form")],
        }

    def action_bill_again(self):
        """Start a billing of today for each company of these problems, and open it."""
        runs = self.env["recurring.billing.run"]
        runs._check_may_bill()
        waiting = self.filtered(lambda problem: not problem.resolved)
        if not waiting:
            raise UserError(self.env._("These were billed in the meantime."))
        today = fields.Date.context_today(self)
        for company in waiting.company_id:
            vals = {"company_id": company.id, "date": today}
            planned = runs.new(vals)
            if planned._count_due():
                run = runs.create(vals)
                run.action_start()
                runs |= run
        if not runs:
            raise UserError(planned._nothing_due_text())
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Billing"),
            "res_model": runs._name,
        }
        if len(runs) == 1:
            return {**action, "res_id": runs.id, "views": [(False, "form")]}
        return {
            **action,
            "domain": [("id", "in", runs.ids)],
            "views": [(False, "list"), (False, "form")],
        }

    def _cause(self):
        """Return the record to mend: the one found at fault, else the subscription."""
        self.ensure_one()
        if self.res_model:
            cause = self.env[self.res_model].browse(self.res_id).exists()
            if cause and cause.has_access("read"):
                return cause
        return self.subscription_id

    def _resolve_for(self, subscriptions, run):
        """Mark every open problem of these subscriptions as resolved by ``run``."""
        if not subscriptions:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE recurring_billing_problem SET resolved = TRUE,"
                " resolved_run_id = %s WHERE NOT COALESCE(resolved, FALSE)"
                " AND subscription_id IN %s",
                run.id,
                tuple(subscriptions.ids),
            )
        )
        self.invalidate_model(["resolved", "resolved_run_id"], flush=False)
