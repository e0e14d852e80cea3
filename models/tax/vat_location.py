"""Where consumers of electronic services are: which proofs there are, and enough?

The billing address is the first proof. Above a threshold a year (regulation 282/2011,
art. 24b: 100,000 EUR) a second one that agrees is wanted: the country of payment, from
the customer's IBAN or from what somebody recorded.
"""

from datetime import date

from odoo import fields, models, tools
from odoo.tools import SQL

from .numbers import iban_finding
from .vat_answer import add_warning


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_payment_country_id = fields.Many2one(
        "res.country",
        string="Country of Payment",
        help="Second proof of where a consumer is, where no IBAN shows it: the country "
        "of the bank or of the card.",
    )
    rr_payment_country_proof = fields.Char(
        string="What Shows It", help="E.g. card issued in Belgium, seen 2026-11-20."
    )

    def _vat_payment_countries(self):
        """Return ``{source: ISO code}`` of the countries that this customer pays from.

        Sources: hand (recorded by somebody), iban, token (a saved way of paying).
        """
        self.ensure_one()
        found = {}
        for token in self.payment_token_ids:
            finding = iban_finding(token.payment_details)
            if finding and not finding.fault:
                found["token"] = finding.country
        ibans = self.bank_ids.filtered("rr_iban_country").sorted("sequence")
        if ibans:
            found["iban"] = ibans[:1].rr_iban_country
        if self.rr_payment_country_id:
            found["hand"] = self.rr_payment_country_id.code
        return found


class ResCompany(models.Model):
    _inherit = "res.company"

    @tools.ormcache("self.id", "day")
    def _vat_two_proofs(self, day):
        """Tell whether consumers' places need two proofs: this year's sales or last's.

        Counted once a day, from the posted lines that have a decision.
        """
        # sudo: the threshold is the law's; the turnover is only compared with it.
        thresholds = self.env["recurring.vat.threshold"].sudo()
        row = thresholds._row_on("location_proofs", day, self._vat_territory().country)
        if not row:
            return False
        limit = row.currency_id._convert(
            row.amount, self.currency_id, self, day, round=False
        )
        years = (day.year - 1, day.year)
        return any(self._vat_electronic_sales(year) > limit for year in years)

    def _vat_electronic_sales(self, year):
        """Return the electronic services to consumers in a calendar year, before tax.

        Within the Union, in the company's currency, from the posted lines.
        """
        self.ensure_one()
        lines = self.env["account.move.line"]
        lines.flush_model(
            ["balance", "rr_vat_decision_id", "parent_state", "invoice_date"]
        )
        query = SQL(
            """
            SELECT COALESCE(SUM(-line.balance), 0)
              FROM recurring_vat_decision decision
              JOIN account_move_line line ON line.rr_vat_decision_id = decision.id
             WHERE decision.company_id = %(company)s
               AND decision.inputs->>'supply' = 'electronic'
               AND decision.inputs->>'kind' = 'private'
               AND decision.inputs->>'place' != 'outside'
               AND line.parent_state = 'posted'
               AND line.invoice_date BETWEEN %(first)s AND %(last)s
            """,
            company=self.id,
            first=date(year, 1, 1),
            last=date(year, 12, 31),
        )
        return self.env.execute_query(query)[0][0]

    def _vat_add_location(self, evidence, payer, customer, day, atlas):
        """Add to a decision's evidence where a consumer of electronic services pays.

        Nothing for other supplies and customers. What is missing or contradicts is a
        warning: the billing address stands.
        """
        inputs = evidence["inputs"]
        if inputs["supply"] != "electronic" or inputs["kind"] != "private":
            return
        # sudo: bank accounts are not shown, only their country is kept.
        paid_from = payer.commercial_partner_id.sudo()._vat_payment_countries()
        for source, code in paid_from.items():
            inputs[f"paid_from_{source}"] = code
        there = customer.located.territory
        if there is None:
            return  # the decision says already that there is no country
        agree = [
            atlas.find(code).territory.country == there.country
            for code in paid_from.values()
        ]
        if agree and not any(agree):
            add_warning(evidence, "location_conflict")
        elif not agree and self._vat_two_proofs(day):
            add_warning(evidence, "location_second_missing")
