from odoo import fields, models, tools

from ...engine.territory import Territory
from ...engine.vat import Seller

# Written on the company or on its address, these change how it stands towards VAT.
VAT_FACTS = {
    "account_fiscal_country_id",
    "country_id",
    "partner_id",
    "rr_vat_decides",
    "state_id",
    "vat",
    "zip",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_vat_decides = fields.Boolean(
        string="Decide VAT by Rules",
        help="For every recurring invoice: which VAT, why, on what evidence. Without, "
        "taxes are what Odoo's fiscal positions say.",
    )
    rr_vat_price_policy = fields.Selection(
        [
            ("net", "The price without tax stays"),
            ("gross", "The price with tax stays"),
        ],
        string="When VAT Changes with the Customer",
        required=True,
        default="net",
        help="For prices that include tax: 120.00 with 20 % becomes 119.00 with 19 % "
        "where the price without tax stays, and stays 120.00 otherwise.",
    )
    rr_vat_registration_ids = fields.One2many(
        "recurring.vat.registration", "company_id", string="VAT Regimes"
    )

    def _vat_is_decided(self):
        """Tell whether VAT follows the rules here: switched on, and rules exist."""
        self.ensure_one()
        return self.rr_vat_decides and self._vat_territory() is not None

    def _vat_registration(self, day):
        """Return the record that says how the company stands on a day, or none."""
        self.ensure_one()
        own = self.rr_vat_registration_ids.filtered(lambda row: row.date_from <= day)
        return own.sorted("date_from")[-1:]

    @tools.ormcache("self.id")
    def _vat_territory(self):
        """Return where the company is established, None where no rules are known.

        Remembered: it is asked several times for every line.
        """
        self.ensure_one()
        rules = self.env["recurring.vat.rule"]
        country = self.account_fiscal_country_id or self.country_id
        located = rules._book().atlas.find(
            country.code or "", self.zip or "", self.state_id.code or ""
        )
        territory = located.territory
        if not territory or territory.country not in rules._book().countries:
            return None
        return territory

    @tools.ormcache("self.id", "day")
    def _vat_seller_facts(self, day):
        territory = self._vat_territory()
        row = self._vat_registration(day)
        return (
            (territory.code, territory.country, territory.zone),
            row.regime or "normal",
            row.oss_option,
            bool(self.vat),
            row.unverified_numbers != "refuse",
        )

    def _vat_seller(self, day, crossed=None):
        """Return the engine's seller on a day.

        :param crossed: whether the threshold of distance sales is crossed, where the
            caller knows; None: it is asked
        """
        self.ensure_one()
        place, regime, destination, has_number, accepts = self._vat_seller_facts(day)
        if not destination:
            destination = (
                self._vat_threshold_crossed(day) if crossed is None else crossed
            )
        return Seller(
            Territory(*place),
            regime,
            destination,
            has_number,
            accepts,
        )

    def _vat_threshold_crossed(self, day):
        """Tell whether electronic services and distance sales to consumers of other
        member states crossed the threshold: last year, or this year up to ``day``.

        (Directive 2006/112, art. 59c; CGI art. 259 D I-2)
        """
        self.ensure_one()
        # sudo: whoever bills need not read what the company sold in all.
        return self.env["recurring.vat.oss.year"].sudo()._is_crossed(self, day)

    def _vat_taxes_at_destination(self, day):
        """Tell whether the company chose the customer's country (option) by a day."""
        self.ensure_one()
        return bool(self._vat_seller_facts(day)[2])

    def write(self, vals):
        if VAT_FACTS & vals.keys():
            self.env.registry.clear_cache()
        return super().write(vals)
