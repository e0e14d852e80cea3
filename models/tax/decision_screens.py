from odoo import api, fields, models
from odoo.tools import format_datetime

from .account_fiscal_position import rate_of
from .vat_sentences import decision_line, decision_reasons, decision_warnings


class RecurringVatDecision(models.Model):
    """A decision as it is read: what it says, and why."""

    _inherit = "recurring.vat.decision"

    summary = fields.Char(string="VAT", compute="_compute_words")
    why = fields.Text(compute="_compute_words")
    odd = fields.Text(
        string="To Check",
        compute="_compute_words",
        help="What is missing or odd in what was decided from.",
    )
    mention_text = fields.Char(
        string="Printed",
        compute="_compute_words",
        help="The mention that invoices of this decision bear today.",
    )
    register_answer = fields.Char(
        compute="_compute_register_answer",
        help="What the register of VAT numbers had answered when it was decided.",
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
            decision.odd = "\n".join(decision_warnings(self.env, decision))
            decision.mention_text = decision.mention and mentions._say(
                decision.mention,
                today,
                self.env.lang,
                country=territories._name_of(decision.taxed_in),
            )

    @api.depends("inputs")
    @api.depends_context("lang", "tz")
    def _compute_register_answer(self):
        for decision in self:
            facts = decision.inputs or {}
            asked = facts.get("number_answered_on")
            parts = []
            if asked:
                day = fields.Datetime.to_datetime(asked)
                parts.append(format_datetime(self.env, day, dt_format="short"))
            if consultation := facts.get("number_consultation"):
                parts.append(self.env._("consultation %s", consultation))
            decision.register_answer = ", ".join(parts)

    def action_open_invoices(self):
        """Open the invoices and credit notes whose lines follow this decision."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {
            **action,
            "domain": [("invoice_line_ids.rr_vat_decision_id", "=", self.id)],
            "context": {"default_move_type": "out_invoice", "create": False},
        }

    @api.depends("summary")
    def _compute_display_name(self):
        for decision in self:
            decision.display_name = decision.summary or decision.rule


class AccountMove(models.Model):
    _inherit = "account.move"

    # sudo: whoever sees an invoice may know what is odd about its VAT, without the
    # right to read decisions.
    rr_vat_odd = fields.Text(
        string="VAT to Check",
        compute="_compute_rr_vat_odd",
        compute_sudo=True,
        help="What was missing or odd in what the VAT of this document was decided "
        "from.",
    )

    @api.depends("invoice_line_ids.rr_vat_decision_id", "invoice_line_ids.tax_ids")
    @api.depends_context("lang")
    def _compute_rr_vat_odd(self):
        for move in self:
            decided = move.invoice_line_ids.filtered("rr_vat_decision_id")
            changed = decided.filtered(
                lambda line: (
                    rate_of(line.tax_ids) != round(line.rr_vat_decision_id.rate, 4)
                )
            )
            sentences = [
                sentence
                for decision in move.invoice_line_ids.rr_vat_decision_id
                for sentence in decision_warnings(self.env, decision)
            ]
            for line in changed:
                sentences.append(
                    self.env._(
                        "%(line)s: somebody changed its taxes; decided was: %(vat)s.",
                        line=(line.name or "").split("\n")[0],
                        vat=line.rr_vat_decision_id.summary,
                    )
                )
            move.rr_vat_odd = "\n".join(dict.fromkeys(sentences))
