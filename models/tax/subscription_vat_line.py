from odoo import api, fields, models

from ...engine.errors import EngineError
from ..subscription.resolver import Resolver
from .vat_sentences import (
    decision_line,
    decision_reasons,
    decision_warnings,
    position_sentence,
    vat_page,
)


class RecurringSubscription(models.Model):
    """What VAT the next invoice bears, and why."""

    _inherit = "recurring.subscription"

    # sudo: whoever sees a subscription may know its VAT, without the right to read
    # taxes, fiscal positions and every partner.
    vat_line = fields.Text(string="VAT", compute="_compute_vat_line", compute_sudo=True)
    vat_why = fields.Text(
        string="Why This VAT", compute="_compute_vat_line", compute_sudo=True
    )

    vat_odd = fields.Text(
        string="VAT to Check", compute="_compute_vat_line", compute_sudo=True
    )
    vat_html = fields.Html(
        string="VAT, with Reasons", compute="_compute_vat_html", sanitize=False
    )

    @api.depends("vat_line", "vat_why", "vat_odd")
    def _compute_vat_html(self):
        for sub in self:
            sub.vat_html = vat_page(self.env, sub.vat_line, sub.vat_why, sub.vat_odd)

    @api.depends("partner_invoice_id", "partner_shipping_id", "line_ids.product_id")
    @api.depends("fiscal_position_id", "company_id")
    @api.depends_context("lang")
    def _compute_vat_line(self):
        for sub in self:
            facts = sub._vat_of_products()
            sub.vat_line = "\n".join(sub._vat_texts(facts))
            sub.vat_why = "\n".join(sub._vat_reasons(facts))
            sub.vat_odd = "\n".join(
                dict.fromkeys(
                    sentence
                    for values in facts.values()
                    for sentence in decision_warnings(self.env, values)
                )
            )
            if not sub.partner_invoice_id or not sub.company_id._vat_is_decided():
                continue
            if chosen := sub._vat_chosen(Resolver()):
                sub.vat_line = position_sentence(self.env, chosen.name)

    def _vat_of_products(self):
        """Return ``{product: what a decision record would keep}`` for today's lines;
        empty where the company does not decide VAT by rules."""
        self.ensure_one()
        if not self.partner_invoice_id or not self.company_id._vat_is_decided():
            return {}
        today = fields.Date.context_today(self)
        resolver = Resolver(today)
        lines = self.line_ids.filtered(
            lambda line: (
                line.product_id and (not line.end_date or line.end_date > today)
            )
        )
        found = {}
        for product in lines.product_id:
            try:
                taxes = self._vat_taxes_today(product, resolver)
                answer = self._vat_kept_answer(product, resolver, taxes)
                found[product] = answer.evidence
            except EngineError:
                # The billing says so with its own sentence; the screen stays open.
                continue
        return found

    def _vat_texts(self, facts):
        """Return one sentence, or one for each product where they differ."""
        number_text = self.partner_invoice_id._rr_number_text()
        lines = {
            product: decision_line(self.env, values, number_text)
            for product, values in facts.items()
        }
        if len(set(lines.values())) < 2:
            return list(lines.values())[:1]
        return [f"{product.display_name}: {line}" for product, line in lines.items()]

    def _vat_reasons(self, facts):
        reasons = []
        for product, values in facts.items():
            nature = product.product_tmpl_id._vat_nature()
            reasons += decision_reasons(self.env, values, nature.name)
        return list(dict.fromkeys(reasons))
