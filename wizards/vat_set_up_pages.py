"""What the set-up shows: the mentions, what it will make, the invoices of samples."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount

from ..engine.errors import EngineError
from ..models.engine_texts import sentence_of
from ..models.tax.vat_samples import SAMPLES
from ..models.tax.vat_sentences import (
    decision_line,
    decision_reasons,
    decision_warnings,
)

SHOWN = 6


class RecurringVatSetUp(models.TransientModel):
    _inherit = "recurring.vat.set.up"

    words_html = fields.Html(compute="_compute_words_html", sanitize=False)
    steps_html = fields.Html(compute="_compute_steps_html", sanitize=False)
    is_set_up = fields.Boolean(compute="_compute_steps_html")
    products_html = fields.Html(compute="_compute_products_html", sanitize=False)
    preview_html = fields.Html(compute="_compute_preview_html", sanitize=False)

    def _page(self, name, **values):
        if not values:
            return Markup()
        return self.env["ir.qweb"]._render(f"recurring_revenue.{name}", values)

    # ------------------------------------------------------------------
    # Mentions
    # ------------------------------------------------------------------

    @api.depends("company_id", "step")
    @api.depends_context("lang")
    def _compute_words_html(self):
        mentions = self.env["recurring.vat.mention"].search([("code", "!=", False)])
        today = fields.Date.context_today(self)
        for wizard in self:
            codes = wizard._codes_printed()
            rows = [
                {
                    "name": mention.name,
                    "text": mention._say(mention.code, today, "fr"),
                    "english": mention._say(mention.code, today, "en"),
                    "confirmed": mention.confirmed,
                    "runs_out": mention.runs_out,
                    "needs": mention.needs_wording,
                }
                for mention in mentions
                if mention.code in codes
                or mention.subject == "vat"
                and mention.needs_wording
            ]
            late = [row for row in rows if row["needs"]]
            wizard.words_html = wizard._page("vat_set_up_words", rows=rows, late=late)

    def _codes_printed(self):
        """Return the mentions that this company's invoices can bear."""
        treatments = set(self.company_id._vat_treatments().mapped("code"))
        rules = self.env["recurring.vat.rule"].search([("code", "!=", False)])
        codes = {rule.mention for rule in rules if rule.treatment in treatments}
        penalties = self.rr_penalties or "legal"
        codes |= {f"penalties_{penalties}", "penalties_public", "indemnity"}
        country = self.company_id.account_fiscal_country_id.code or ""
        codes |= {"no_discount", f"bad_debt_{country.lower()}"}
        if any(self.company_id.rr_vat_registration_ids.mapped("debits")):
            codes.add("debits")
        return codes

    # ------------------------------------------------------------------
    # Products
    # ------------------------------------------------------------------

    @api.depends("company_id", "step")
    @api.depends_context("lang")
    def _compute_products_html(self):
        for wizard in self:
            sold, guessed = wizard._sold_templates(), wizard._guessed_templates()
            known = {}
            for template in sold - guessed:
                known.setdefault(template._vat_nature().name, []).append(template.name)
            wizard.products_html = wizard._page(
                "vat_set_up_products",
                known=[
                    (nature, _some(self.env, names))
                    for nature, names in sorted(known.items())
                ],
                guessed=[(one.name, one._vat_nature().name) for one in guessed],
            )

    # ------------------------------------------------------------------
    # Taxes
    # ------------------------------------------------------------------

    @api.depends("company_id", "step")
    @api.depends_context("lang")
    def _compute_steps_html(self):
        for wizard in self:
            ready = wizard.step == "taxes" and wizard.has_rules
            steps = wizard.company_id._vat_set_up(dry=True) if ready else []
            wizard.is_set_up = not steps and wizard.decides
            wizard.steps_html = wizard._page(
                "vat_set_up_steps", rows=wizard._step_rows(steps), done=not steps
            )

    def _step_rows(self, steps):
        """Return [(treatment, [sentence, ...]), ...], long lists cut short."""
        env = self.env
        texts = {
            "adopt": env._("Your fiscal position “%s” is used."),
            "position": env._("New fiscal position: %s"),
            "tax": env._("New tax: %s"),
        }
        grouped = {}
        for step in steps:
            kinds = grouped.setdefault(step.treatment, {})
            kinds.setdefault(step.kind, []).append(step.name)
        treatments = env["recurring.vat.treatment"]
        return [
            (
                treatments._name_of(code),
                [
                    texts[kind] % _some(env, dict.fromkeys(names))
                    for kind, names in kinds.items()
                ],
            )
            for code, kinds in grouped.items()
        ]

    # ------------------------------------------------------------------
    # Samples
    # ------------------------------------------------------------------

    @api.depends("preview_nature_id", "company_id", "step")
    @api.depends_context("lang")
    def _compute_preview_html(self):
        for wizard in self:
            ready = wizard.step == "preview" and wizard.has_rules
            wizard.preview_html = ready and wizard._page(
                "vat_set_up_preview",
                rows=wizard._sample_rows(),
                identity=wizard._identity_text(),
                payment=wizard._payment_texts(),
            )

    def _sample_rows(self):
        """Return what an invoice of today would bear, per type of customer."""
        env, today = self.env, fields.Date.context_today(self)
        names = {
            "consumer_home": env._("Consumer, Paris"),
            "company_home": env._("Company, Lyon"),
            "company_eu": env._("Company, Germany"),
            "consumer_eu": env._("Consumer, Germany"),
            "company_overseas": env._("Company, Réunion"),
            "company_outside": env._("Company, Switzerland"),
            "consumer_overseas": env._("Consumer, Réunion"),
            "public_home": env._("Public body, Rennes"),
            "association_home": env._("Association, Toulouse"),
        }
        nature = self.preview_nature_id or self._likely_nature()
        rows = []
        for sample in SAMPLES:
            row = {
                **{"name": names[sample.code], "amounts": "", "mention": ""},
                **{"why": [], "odd": []},
            }
            try:
                facts = self.company_id._vat_invented(sample, nature, today)
            except EngineError as error:
                row.update(line=sentence_of(env, error))
            else:
                row.update(self._sample_row(facts, nature, today))
            rows.append(row)
        return rows

    def _sample_row(self, facts, nature, today):
        env = self.env
        place = env["recurring.vat.territory"]._name_of(facts["taxed_in"])
        mention = facts["mention"] and env["recurring.vat.mention"]._say(
            facts["mention"], today, env.lang, country=place
        )
        return {
            "line": decision_line(env, facts),
            "amounts": self._sample_amounts(facts),
            "mention": mention,
            "why": decision_reasons(env, facts, nature.name),
            "odd": decision_warnings(env, facts),
        }

    def _sample_amounts(self, facts):
        """Return what 100.00 before tax comes to: base, VAT and total."""
        vat = facts["rate"] if facts["is_taxed"] else 0.0
        return [
            format_amount(self.env, amount, self.currency_id)
            for amount in (100.0, vat, 100.0 + vat)
        ]

    def _identity_text(self):
        """Return how an invoice of today names the company, on one line."""
        values = {"move_type": "out_invoice", "company_id": self.company_id.id}
        return self.env["account.move"].new(values)._rr_identity()

    def _payment_texts(self):
        """Return what an invoice of today to a business says of its payment."""
        env, today = self.env, fields.Date.context_today(self)
        data = self.company_id._rr_legal_content()
        english = (env.lang or "").startswith("en")

        def own(name):
            return english and data[f"{name}_en"] or data[name]

        def say(code):
            return env["recurring.vat.mention"]._say(code, today, env.lang)

        rate = "ecb" if data["penalties"] == "ecb" else "legal"
        in_own_words = data["penalties"] == "own" and own("penalty_text")
        texts = [
            in_own_words or say(f"penalties_{rate}"),
            say("indemnity"),
            own("discount_text") or say("no_discount"),
        ]
        return list(filter(None, texts))


def _some(env, names):
    """Return names side by side, the first ones and how many more."""
    names = list(names)
    text = ", ".join(names[:SHOWN])
    if len(names) <= SHOWN:
        return text
    return env._("%(names)s and %(count)s more", names=text, count=len(names) - SHOWN)
