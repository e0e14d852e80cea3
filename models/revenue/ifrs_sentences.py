"""Why a contract by IFRS 15 is what it is, in words."""

from odoo import api, fields, models

from ...engine.obligations import (
    CATCH_UP,
    PROSPECTIVE,
    RESTATED,
    SEPARATE,
    SERVED,
)


class RecurringRevenueContract(models.Model):
    _inherit = "recurring.revenue.contract"

    term_text = fields.Text(string="Why This Term", compute="_compute_texts")
    modification_text = fields.Text(
        string="Why This Treatment", compute="_compute_texts"
    )

    @api.depends("date_start", "date_end", "treatment", "subscription_id", "credit_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        for contract in self:
            contract.term_text = contract._term_sentence()
            contract.modification_text = contract._modification_sentence()

    def _term_sentence(self):
        sub = self.subscription_id
        if sub.end_date and self.date_end == sub.end_date:
            return self.env._("The subscription ends on this day.")
        if sub.term_end:
            return self.env._(
                "The customer committed until this day and cannot leave before it "
                "without paying the rest (IFRS 15.11)."
            )
        return self.env._(
            "The customer may leave at the end of each billing period: only that "
            "period binds, however long the subscription lasts (IFRS 15.11-12)."
        )

    def _modification_sentence(self):
        if self.credit_cause == "terminated":
            return self.env._(
                "The service ended on this day: what was earned before stands, and "
                "what was not given back is earned over what is left, or at once "
                "(IFRS 15.20-21)."
            )
        return {
            SEPARATE: self.env._(
                "Distinct services were added at what they cost alone: they are a "
                "contract of their own, and what was agreed before stays as it is "
                "(IFRS 15.20)."
            ),
            PROSPECTIVE: self.env._(
                "What is left to serve is distinct from what was served: what was not "
                "earned yet is shared over the rest of the term (IFRS 15.21a)."
            ),
            SERVED: self.env._(
                "A service that was rendered was worth less: the price of what is "
                "satisfied changed, so revenue falls when that is known (IFRS 15.88)."
            ),
            RESTATED: self.env._(
                "The invoice was wrong: revenue is what it would be had it been right "
                "from the beginning, known since the credit note (IAS 8.42)."
            ),
            CATCH_UP: self.env._(
                "It is one service, completed in part: revenue to date is what it "
                "would be had this been agreed from the beginning (IFRS 15.21b)."
            ),
        }.get(self.treatment, False)
