from odoo import api, fields, models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Credit notes by hand that may concern subscriptions, until a person says so."""

    _inherit = "account.move"

    rr_to_assign = fields.Boolean(
        string="Credit Note to Assign",
        compute="_compute_rr_to_assign",
        search="_search_rr_to_assign",
        help="A posted credit note for a customer with subscriptions, typed by hand: "
        "the billing does not know which periods it gives back.",
    )
    rr_not_recurring = fields.Boolean(
        string="Not About Subscriptions", copy=False, readonly=True
    )

    @api.depends("state", "rr_not_recurring")
    def _compute_rr_to_assign(self):
        candidates = self.filtered(
            lambda move: (
                move.move_type == "out_refund"
                and move.state == "posted"
                and isinstance(move.id, int)
            )
        )
        self.rr_to_assign = False
        if candidates:
            candidates.search(
                [("id", "in", candidates.ids), ("rr_to_assign", "=", True)]
            ).rr_to_assign = True

    @api.model
    def _search_rr_to_assign(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model(
            [
                "move_type",
                "state",
                "rr_run_id",
                "rr_not_recurring",
                "reversed_entry_id",
                "commercial_partner_id",
                "company_id",
                "currency_id",
            ]
        )
        return [("id", "in" if True in value else "not in", self._rr_to_assign_sql())]

    @api.model
    def _rr_to_assign_sql(self):
        """Credit notes of no run and without credits in the ledger, of customers who
        had been billed before; a reversal only when it reverses an invoice of ours."""
        return SQL(
            """(
            SELECT m.id FROM account_move m
             WHERE m.move_type = 'out_refund' AND m.state = 'posted'
               AND m.rr_run_id IS NULL AND NOT COALESCE(m.rr_not_recurring, FALSE)
               AND EXISTS (
                   SELECT 1 FROM recurring_billed_item i
                     JOIN res_partner p ON p.id = i.partner_id
                    WHERE p.commercial_partner_id = m.commercial_partner_id
                      AND i.company_id = m.company_id AND i.currency_id = m.currency_id
                      AND i.kind IN ('charge', 'opening')
                      AND i.create_date <= m.create_date)
               AND (m.reversed_entry_id IS NULL OR EXISTS (
                   SELECT 1 FROM recurring_billed_item i
                    WHERE i.move_id = m.reversed_entry_id))
               AND NOT EXISTS (
                   SELECT 1 FROM recurring_billed_item i
                    WHERE i.move_id = m.id AND i.kind = 'credit'
                    GROUP BY i.move_id HAVING SUM(i.amount) <> 0))"""
        )

    def action_rr_assign(self):
        """Ask which billed periods this credit note gives back, and how much."""
        self.ensure_one()
        wizard = self.env["recurring.credit.assignment"]._for_move(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign to Billed Periods"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_rr_not_recurring(self):
        """Say that this credit note has nothing to do with subscriptions."""
        self.check_access("write")
        self.rr_not_recurring = True
        return True
