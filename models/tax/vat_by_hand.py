"""A fiscal position that somebody chose: it decides, and what the rules say is kept.

Chosen on a subscription, or on a customer as Odoo has it. Its invoices keep a decision
too: that it was so chosen, and for whom, as sales to consumers of other member states
count for the threshold whatever VAT they bear.
"""

from dataclasses import replace

from odoo import models

from .account_fiscal_position import rate_of
from .vat_answer import add_warning

BY_HAND = "by_hand"
# Treatments at the rate of the product's own tax, which may change on a day.
AT_OWN_RATES = ("domestic", "dom_service")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _vat_chosen_position(self, company, address):
        """Return the fiscal position that somebody chose for this payer served at
        ``address``, empty where nobody did: as Odoo looks for it."""
        # sudo: whoever bills need not read every partner.
        own = self.sudo().with_company(company).property_account_position_id
        if address == self:
            return own
        return address.sudo().with_company(company).property_account_position_id or own


class ResCompany(models.Model):
    _inherit = "res.company"

    def _vat_answer_by_hand(self, answer, position, taxes):
        """Return the answer that is kept where ``position`` was chosen by hand and the
        line bears ``taxes``: the rules' own where both agree, else what was chosen."""
        evidence = {
            **answer.evidence,
            "inputs": {**answer.evidence["inputs"], "position": position.name},
        }
        rate, first = rate_of(taxes), taxes[:1]
        if self._vat_agrees(answer, position, taxes):
            # At home the rate is the one of the line's day.
            evidence.update(rate=rate, is_taxed=evidence["is_taxed"] and bool(rate))
            return replace(answer, evidence=evidence)
        names = ("treatment", "rate", "taxed_in", "rule", "mention")
        evidence["inputs"]["by_rules"] = {name: evidence[name] for name in names}
        evidence.update(
            rule=BY_HAND,
            source=False,
            treatment=BY_HAND,
            taxed_in=False,
            rate=rate,
            is_taxed=bool(rate),
            tax_category=first.ubl_cii_tax_category_code or ("S" if rate else "E"),
            vatex=first.ubl_cii_tax_exemption_reason_code or "",
            mention="",
            evidence="",
        )
        add_warning(evidence, BY_HAND)
        return replace(answer, evidence=evidence)

    def _vat_agrees(self, answer, position, taxes):
        """Tell whether a position chosen by hand does what the rules decided."""
        decision = answer.decision
        own_rate = decision.treatment in AT_OWN_RATES and not answer.names_rate
        through = decision.treatment == "oss"
        territory = decision.taxed_in.code if through else ""
        return (
            decision.treatment in (position.rr_vat_treatments or "").split()
            and (position.rr_vat_territory or "") == territory
            and bool(taxes)
            and (own_rate or rate_of(taxes) == float(decision.rate or 0))
        )
