from odoo import api, fields, models

from .vat_sentences import decision_line, decision_reasons


class RecurringVatDecision(models.Model):
    """A decision as it is read: what it says, and why."""

    _inherit = "recurring.vat.decision"

    summary = fields.Char(string="VAT", compute="_compute_words")
    why = fields.Text(compute="_compute_words")
    mention_text = fields.Char(
        string="Printed",
        compute="_compute_words",
        help="The mention that invoices of this decision bear today.",
    )

    @api.depends("treatment", "rate", "mention", "inputs", "warnings", "evidence")
    @api.depends_context("lang")
    def _compute_words(self):
        today = fields.Date.context_today(self)
        mentions = self.env["recurring.vat.mention"]
        territories = self.env["recurring.vat.territory"]
        for decision in self:
            decision.summary = decision_line(self.env, decision)
            decision.why = "\n".join(
                decision_reasons(self.env, decision, decision.nature_id.name)
            )
            decision.mention_text = decision.mention and mentions._say(
                decision.mention,
                today,
                self.env.lang,
                country=territories._name_of(decision.taxed_in),
            )

    @api.depends("summary")
    def _compute_display_name(self):
        for decision in self:
            decision.display_name = decision.summary or decision.rule
