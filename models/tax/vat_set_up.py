"""Fiscal positions and taxes that VAT decisions need: what is missing, and making it.

The same steps are shown before they are done: ``_vat_steps`` lists them, and each step
knows how to do itself. What exists is adopted, never made twice.
"""

from dataclasses import dataclass

from odoo import Command, fields, models

from ..exact import exact

SCOPES = ("consu", "service")
DEFAULT_CHART = "account.%s_%s"
# The overseas departments share their rates; one of them stands for all.
OVERSEAS = "FR-RE"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the set-up does: ``kind`` is position, tax or adopt."""

    kind: str
    treatment: str
    name: str
    detail: str = ""


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_oss_prepared = fields.Boolean(
        string="Prepare OSS",
        help="The VAT set-up makes the rates of the other member states, although the "
        "threshold is not crossed yet: they wait until it is.",
    )

    def _vat_treatments(self):
        """Return the treatments that this company needs, by regime and options."""
        self.ensure_one()
        territory = self._vat_territory()
        if territory is None:
            return self.env["recurring.vat.treatment"]
        regimes = set(self.rr_vat_registration_ids.mapped("regime")) or {"normal"}
        needs = {"True", *regimes}
        if any(regime.startswith("association") for regime in regimes):
            needs.add("association")
        if self._vat_needs_oss():
            needs.add("oss")
        return self.env["recurring.vat.treatment"].search(
            [("country", "=", territory.country), ("always", "in", list(needs))]
        )

    def _vat_needs_oss(self):
        """Tell whether the rates of other member states must exist: by option, or to
        be ready for the threshold."""
        return self.rr_oss_prepared or any(
            self.rr_vat_registration_ids.mapped("oss_option")
        )

    def _vat_set_up(self, dry=False):
        """Create and adopt what is missing; return the steps, done or only listed."""
        self.ensure_one()
        company = self.with_company(self)
        maker = company.env["recurring.vat.maker"]
        return [
            step
            for treatment in company._vat_treatments()
            for step in maker._treat(company, treatment, dry)
        ]


class RecurringVatMaker(models.AbstractModel):
    """Makes the fiscal positions and taxes of one treatment after the other."""

    _name = "recurring.vat.maker"
    _description = "VAT Set-up"

    def _treat(self, company, treatment, dry):
        """Return the steps of a treatment, having done them unless ``dry``."""
        if treatment.code == "oss":
            return self._treat_oss(company, treatment, dry)
        position, steps = self._position(company, treatment, dry)
        if treatment.code == "domestic":
            return steps + self._home_taxes(company, treatment, dry)
        if treatment.code == "dom_service":
            return steps + self._overseas_taxes(company, treatment, position, dry)
        for scope in SCOPES:
            steps += self._free_tax(company, treatment, position, scope, dry)
        return steps

    # ------------------------------------------------------------------
    # Fiscal positions
    # ------------------------------------------------------------------

    def _position(self, company, treatment, dry, territory=None, name=None):
        """Return (position or none, steps)."""
        found = company._vat_find_position(treatment.code, territory)
        if found:
            return found, []
        chart = self._of_chart(company, treatment.position)
        if chart:
            step = Step("adopt", treatment.code, chart.name, treatment.name)
            if not dry:
                known = (chart.rr_vat_treatments or "").split()
                chart.rr_vat_treatments = " ".join([*known, treatment.code])
            return chart, [step]
        name = name or treatment.position_name or treatment.name
        step = Step("position", treatment.code, name, treatment.name)
        if dry:
            return self.env["account.fiscal.position"], [step]
        position = self.env["account.fiscal.position"].create(
            {
                "name": name,
                "company_id": company.id,
                "auto_apply": False,
                "sequence": 100,
                "rr_vat_treatments": treatment.code,
                "rr_vat_territory": territory.code if territory else False,
            }
        )
        return position, [step]

    def _of_chart(self, company, name):
        """Return the record that the company's chart calls so, or None."""
        if not name:
            return None
        return self.env.ref(DEFAULT_CHART % (company.id, name), False)

    # ------------------------------------------------------------------
    # Taxes
    # ------------------------------------------------------------------

    def _originals(self, company, scope):
        """Return the taxes of domestic sales of goods or services, archived too."""
        taxes = self.env["account.tax"].with_context(active_test=False)
        return taxes.search(
            [
                *taxes._check_company_domain(company),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", ">", 0),
                ("tax_scope", "in", (scope, False)),
                ("rr_vat_made", "=", False),
                ("country_id", "=", company.account_fiscal_country_id.id),
            ]
        ).filtered(lambda tax: not tax.original_tax_ids)

    def _home_taxes(self, company, treatment, dry):
        """Activate the chart's taxes of the rates that natures of products name: books,
        press and the like, whatever tax the products bear."""
        book = self.env["recurring.vat.rule"]._book()
        today, home = fields.Date.context_today(self), company._vat_territory()
        wanted = [
            ("consu" if nature.supply == "goods" else "service", rate)
            for nature in self._natures_with_rates()
            if (rate := book.rate(home, nature.category, today)[0])
        ]
        steps = []
        for scope, rate in dict.fromkeys(wanted):
            taxes = self._originals(company, scope).filtered(
                lambda tax, scope=scope: tax.tax_scope == scope
            )
            for like in taxes.filtered("active"):
                alike = taxes.filtered(
                    lambda tax, like=like, rate=rate: (
                        tax.amount == float(rate)
                        and tax.price_include == like.price_include
                        and tax.tax_exigibility == like.tax_exigibility
                    )
                )
                if alike and not any(alike.mapped("active")):
                    steps.append(Step("tax", treatment.code, alike[0].name, like.name))
                    if not dry:
                        alike[:1].active = True
        return list(dict.fromkeys(steps))

    def _natures_with_rates(self):
        """Return the natures that name a rate and that a product or a category has."""
        natures = self.env["recurring.vat.nature"].search([("category", "!=", False)])
        products = self.env["product.template"].search(
            [("rr_vat_nature_id", "in", natures.ids)]
        )
        categories = self.env["product.category"].search(
            [("rr_vat_nature_id", "in", natures.ids)]
        )
        return natures & (products.rr_vat_nature_id | categories.rr_vat_nature_id)

    def _free_tax(self, company, treatment, position, scope, dry):
        """The tax of 0 % of a treatment: the chart's, else a new one."""
        own = treatment.tax_goods if scope == "consu" else treatment.tax_service
        if not own and not treatment.tax_name:
            return []
        tax = self._of_chart(company, own) or position.tax_ids.filtered(
            lambda tax: tax.tax_scope == scope and not tax.amount
        )
        steps = []
        if not tax:
            name = f"{treatment.tax_name} {'G' if scope == 'consu' else 'S'}"
            steps.append(Step("tax", treatment.code, name, treatment.name))
            if dry:
                return steps
            tax = self._model_of_free(company, scope).copy(
                {
                    "name": name,
                    "description": False,
                    "invoice_legal_notes": False,
                    "fiscal_position_ids": [Command.clear()],
                    "original_tax_ids": [Command.clear()],
                    "replacing_tax_ids": [Command.clear()],
                    "rr_vat_made": True,
                    "active": True,
                }
            )
        if not dry:
            self._tie(tax[:1], position, self._originals(company, scope))
            tax[:1].write(self._codes(treatment, tax[:1]))
        return steps

    def _model_of_free(self, company, scope):
        """Return a tax of 0 % of the chart to copy: its lines, its groups."""
        name = "tva_sale_good_0" if scope == "consu" else "tva_sale_service_0"
        found = self._of_chart(company, name)
        if found:
            return found
        taxes = self.env["account.tax"].with_context(active_test=False)
        return taxes.search(
            [
                *taxes._check_company_domain(company),
                ("type_tax_use", "=", "sale"),
                ("amount", "=", 0),
            ],
            limit=1,
        )

    def _codes(self, treatment, tax):
        """Return what electronic invoices say of the tax, where nobody said it yet."""
        vals = {}
        if not tax.ubl_cii_tax_category_code:
            vals["ubl_cii_tax_category_code"] = treatment.tax_category
        if treatment.vatex and not tax.ubl_cii_tax_exemption_reason_code:
            vals["ubl_cii_tax_exemption_reason_code"] = treatment.vatex
        return vals

    def _tie(self, tax, position, originals):
        """Let a position put ``tax`` in the place of the originals."""
        missing = originals - tax.original_tax_ids - tax
        vals = {}
        if missing:
            vals["original_tax_ids"] = [Command.link(one.id) for one in missing]
        if position not in tax.fiscal_position_ids:
            vals["fiscal_position_ids"] = [Command.link(position.id)]
        if vals:
            tax.write(vals)

    def _overseas_taxes(self, company, treatment, position, dry):
        """One tax for each domestic one of services, at the overseas rate."""
        book = self.env["recurring.vat.rule"]._book()
        today, home = fields.Date.context_today(self), company._vat_territory()
        steps = []
        for original in self._originals(company, "service").filtered("active"):
            category = book.category(home, exact(original.amount), today)
            rate = category and book.rates.on((OVERSEAS, category), today)
            if rate:
                steps += self._rate_tax(treatment, position, original, rate, "DOM", dry)
        return steps

    def _rate_tax(self, treatment, position, original, rate, place, dry):
        """The tax of a rate in the place of one domestic tax, made if it is missing."""
        if original in position.tax_ids.original_tax_ids:
            return []
        alike = position.tax_ids.filtered(
            lambda tax: (
                tax.amount == float(rate)
                and tax.price_include == original.price_include
                and tax.tax_exigibility == original.tax_exigibility
            )
        )[:1]
        scope = "S" if original.tax_scope == "service" else "G"
        included = " TTC" if original.price_include else ""
        name = f"{float(rate):g}% {place} {scope}{included}"
        step = Step("tax", treatment.code, name, original.name)
        if dry:
            return [] if alike else [step]
        model = self._model_of_rate(original, rate)
        tax = alike or model.copy(
            {
                "name": name,
                "amount": float(rate),
                "tax_group_id": self._group_of_rate(model, rate, place).id,
                "price_include_override": original.price_include_override,
                "tax_scope": original.tax_scope,
                "tax_exigibility": original.tax_exigibility,
                "cash_basis_transition_account_id": (
                    original.cash_basis_transition_account_id.id
                ),
                "description": f"{float(rate):g}%",
                "invoice_label": f"{float(rate):g}%",
                "fiscal_position_ids": [Command.clear()],
                "original_tax_ids": [Command.clear()],
                "replacing_tax_ids": [Command.clear()],
                "rr_vat_made": True,
                "active": True,
            }
        )
        self._tie(tax, position, original)
        return [] if alike else [step]

    def _group_of_rate(self, model, rate, place):
        """Return the tax group to total a rate under: the model's where it is of that
        rate and place, else one that says which; invoices print its name."""
        own = model.tax_group_id
        home = model.amount == float(rate) and place == "DOM"
        name = f"{model.country_id.vat_label or 'VAT'} {float(rate):g}% {place}"
        if home:
            return own
        known = own.search(
            [("name", "=", name), ("company_id", "=", own.company_id.id)], limit=1
        )
        return known or own.copy({"name": name})

    def _model_of_rate(self, original, rate):
        """Return a domestic tax of that rate, for its boxes in the VAT return; else
        the original."""
        alike = self._originals(original.company_id, original.tax_scope)
        alike |= self._originals(original.company_id, "consu")
        return alike.filtered(lambda tax: tax.amount == float(rate))[:1] or original
