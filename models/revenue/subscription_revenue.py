"""What of a subscription's invoices is earned, and what is still deferred."""

from odoo import api, fields, models
from odoo.tools import SQL

READERS = (
    "recurring_revenue.group_user,account.group_account_readonly,"
    "account.group_account_invoice"
)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    schedule_ids = fields.One2many(
        "recurring.revenue.schedule",
        "subscription_id",
        string="Revenue Schedules",
        readonly=True,
        groups=READERS,
    )
    schedule_count = fields.Integer(compute="_compute_revenue")
    amount_deferred = fields.Monetary(
        string="Still Deferred",
        compute="_compute_revenue",
        help="Invoiced, and not recognised as revenue by a closing yet.",
    )
    amount_earned = fields.Monetary(
        string="Revenue to Date",
        compute="_compute_revenue",
        help="Invoiced before tax, less what is still deferred.",
    )

    @api.depends("amount_invoiced")
    def _compute_revenue(self):
        """In the currency of the subscription; months taken over from a former system
        count once they are recognised here."""
        found = self._revenue_figures() if self.ids else {}
        for sub in self:
            count, taken_over, deferred = found.get(sub.id, (0, 0, 0))
            sub.schedule_count = count
            sub.amount_deferred = float(deferred)
            sub.amount_earned = sub.amount_invoiced + float(taken_over - deferred)

    def _revenue_figures(self):
        """Return ``{id: (schedules, amount taken over, amount still open)}``."""
        self.env["recurring.revenue.slice"].flush_model()
        self.env["recurring.revenue.schedule"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.subscription_id, COUNT(*),
                       COALESCE(SUM(r.amount_currency)
                                FILTER (WHERE r.kind = 'opening'), 0),
                       COALESCE(SUM(o.amount), 0)
                  FROM recurring_revenue_schedule r
                  LEFT JOIN LATERAL (
                       SELECT SUM(s.amount_currency) AS amount
                         FROM recurring_revenue_slice s
                        WHERE s.schedule_id = r.id AND s.run_id IS NULL
                          AND r.treatment = 'continuous') o ON TRUE
                 WHERE r.subscription_id = ANY(%s)
                 GROUP BY r.subscription_id
                """,
                self.ids,
            )
        )
        return {sub_id: figures for sub_id, *figures in rows}

    def action_view_schedules(self):
        """Open the revenue schedules of this subscription."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_revenue_schedule_action"
        )
        return {
            **action,
            "name": self.env._("Revenue of %s", self.name),
            "domain": [("subscription_id", "=", self.id)],
            "context": {},
        }
