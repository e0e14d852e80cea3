from odoo import api, fields, models

from ...engine.errors import EngineError
from .vat_sentences import (
    decision_line,
    decision_reasons,
    decision_warnings,
    position_sentence,
    vat_page,
)


class ResPartner(models.Model):
    """What VAT a customer's invoices would bear today, and why."""

    _inherit = "res.partner"

    rr_vat_line = fields.Text(string="VAT", compute="_compute_rr_vat_line")
    rr_vat_why = fields.Text(string="Why This VAT", compute="_compute_rr_vat_line")
    rr_vat_odd = fields.Text(string="VAT to Check", compute="_compute_rr_vat_line")
    rr_vat_html = fields.Html(
        string="VAT, with Reasons", compute="_compute_rr_vat_html", sanitize=False
    )

    @api.depends("rr_vat_line", "rr_vat_why", "rr_vat_odd")
    def _compute_rr_vat_html(self):
        for partner in self:
            partner.rr_vat_html = vat_page(
                self.env, partner.rr_vat_line, partner.rr_vat_why, partner.rr_vat_odd
            )

    @api.depends("country_id", "zip", "state_id", "vat", "rr_vat_status", "parent_id")
    @api.depends("property_account_position_id")
    @api.depends_context("company", "lang")
    def _compute_rr_vat_line(self):
        self.rr_vat_line = self.rr_vat_why = self.rr_vat_odd = False
        company = self.env.company
        if not company._vat_is_decided():
            return
        today = fields.Date.context_today(self)
        for partner in self:
            found = partner._rr_vat_answers(company, today)
            several = len({line for _name, line, *_rest in found}) > 1
            lines = [
                f"{name}: {line}" if several else line for name, line, *_rest in found
            ]
            reasons = [text for one in found for text in one[2]]
            if chosen := partner._vat_chosen_position(company, partner):
                reasons = [
                    self.env._("By the rules it would be: %s", line) for line in lines
                ] + reasons
                lines = [position_sentence(self.env, chosen.name)]
            partner.rr_vat_line = _once(lines)
            partner.rr_vat_why = _once(reasons)
            if not chosen:
                partner.rr_vat_odd = _once(text for one in found for text in one[3])

    def _rr_vat_answers(self, company, day):
        """Return [(nature, sentence, reasons, oddities), ...] for what they subscribe
        to; for a service where that is nothing yet."""
        natures = self._rr_vat_natures()
        number_text = self._rr_number_text()
        answers = []
        for nature in natures:
            try:
                facts = company._vat_sample(self, self, nature, day)
            except EngineError:
                continue
            if facts:
                line = decision_line(self.env, facts, number_text)
                reasons = decision_reasons(self.env, facts, nature.name)
                odd = decision_warnings(self.env, facts)
                answers.append((nature.name, line, reasons, odd))
        return answers

    def _rr_vat_natures(self):
        # sudo: only the kinds of products are looked at, not the subscriptions.
        subs = self.env["recurring.subscription"].sudo()
        running = subs.search(
            [
                ("partner_invoice_id", "child_of", self.commercial_partner_id.ids),
                ("state", "not in", ("draft", "closed")),
            ],
            limit=20,
        )
        templates = running.line_ids.product_id.product_tmpl_id
        natures = self.env["recurring.vat.nature"].sudo()
        for template in templates:
            natures |= template._vat_nature()
        natures = natures or self.env.ref("recurring_revenue.vat_nature_service")
        return natures.with_env(self.env)

    def _rr_number_text(self):
        """Return what is known of the VAT number, where the checks tell it."""
        payer = self.commercial_partner_id
        sentence = getattr(payer, "_vat_number_sentence", None)
        return sentence() if sentence and payer.vat else None


def _once(lines):
    return "\n".join(dict.fromkeys(lines))
