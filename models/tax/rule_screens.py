"""The tables behind the decisions, as they are read: in words, not in codes."""

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from .vat_sentences import EVIDENCE, word_of

_lt = LazyTranslate(__name__)

ANY = "*"
PLACES = {
    "home": _lt("the seller's VAT territory"),
    "france": _lt("overseas departments with VAT"),
    "france_free": _lt("overseas departments without VAT"),
    "eu": _lt("other member states"),
    "ni": _lt("Northern Ireland"),
    "outside": _lt("outside the EU"),
}
KINDS = {
    "taxable": _lt("businesses"),
    "private": _lt("consumers and other persons not liable to VAT"),
}
DESTINATIONS = {
    "yes": _lt("with OSS, or above the threshold"),
    "no": _lt("without OSS, below the threshold"),
}


class RecurringVatRule(models.Model):
    _inherit = "recurring.vat.rule"

    supplies_text = fields.Char(string="What Is Sold", compute="_compute_words")
    regimes_text = fields.Char(string="Seller's Regime", compute="_compute_words")
    places_text = fields.Char(string="Where", compute="_compute_words")
    kinds_text = fields.Char(string="To Whom", compute="_compute_words")
    destination_text = fields.Char(string="OSS", compute="_compute_words")
    treatment_text = fields.Char(string="VAT Treatment", compute="_compute_words")
    mention_text = fields.Char(string="Legal Mention", compute="_compute_words")
    evidence_text = fields.Char(string="To Be Kept", compute="_compute_words")

    @api.depends("supplies", "regimes", "places", "kinds", "destination")
    @api.depends("treatment", "mention", "evidence")
    @api.depends_context("lang")
    def _compute_words(self):
        env = self.env
        supplies = env["recurring.vat.nature"]._fields["supply"]
        regimes = env["recurring.vat.registration"]._fields["regime"]
        words = {
            "supplies": dict(supplies._description_selection(env)),
            "regimes": dict(regimes._description_selection(env)),
            **{"places": PLACES, "kinds": KINDS, "destination": DESTINATIONS},
            "evidence": EVIDENCE,
        }
        # sudo: names of the addon's own data, for whoever may read the rules.
        mentions = env["recurring.vat.mention"].sudo().search([("code", "!=", False)])
        names = {mention.code: mention.name for mention in mentions}
        for rule in self:
            for name, known in words.items():
                rule[f"{name}_text"] = rule._in_words(rule[name], known)
            rule.treatment_text = env["recurring.vat.treatment"]._name_of(
                rule.treatment
            )
            rule.mention_text = names.get(rule.mention, rule.mention)

    def _in_words(self, codes, known):
        """Return the words of codes that are parted by spaces; empty for any."""
        listed = [code for code in (codes or "").split() if code != ANY]
        return " · ".join(word_of(self.env, known, code) for code in listed)


class RecurringVatRate(models.Model):
    _inherit = "recurring.vat.rate"

    territory_text = fields.Char(string="Where", compute="_compute_territory_text")

    @api.depends("territory")
    @api.depends_context("lang")
    def _compute_territory_text(self):
        territories = self.env["recurring.vat.territory"]
        codes = set(self.mapped("territory"))
        names = {code: territories._name_of(code) for code in codes}
        for rate in self:
            rate.territory_text = names[rate.territory]


class RecurringVatTreatment(models.Model):
    _inherit = "recurring.vat.treatment"

    needed_text = fields.Char(string="For Which Seller", compute="_compute_needed_text")

    @api.depends("always")
    @api.depends_context("lang")
    def _compute_needed_text(self):
        env = self.env
        words = {
            "True": env._("every seller"),
            "oss": env._("with VAT of the customer's country (OSS)"),
            "franchise": env._("small business without VAT"),
            "association": env._("associations"),
        }
        for treatment in self:
            always = treatment.always or ""
            treatment.needed_text = words.get(always, always)
