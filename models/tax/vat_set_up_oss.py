"""Fiscal positions and taxes of sales to consumers of other member states (OSS).

One position per member state. Its taxes are no domestic VAT: an account of their own,
no box of the domestic return, due when invoiced (OSS declares the supplies of the
quarter, whatever was paid). Where Odoo's module ``l10n_eu_oss`` is installed, its
positions and taxes are adopted and completed: it leaves out all but the first domestic
tax of a rate, the service taxes above all.
"""

from odoo import Command, fields, models

from ..exact import exact
from .vat_set_up import DEFAULT_CHART, SCOPES, Step

ACCOUNT = "rr_oss_account"


class RecurringVatMaker(models.AbstractModel):
    _inherit = "recurring.vat.maker"

    def _treat_oss(self, company, treatment, dry):
        """One fiscal position per member state, with the rates of electronic services
        on the service taxes and those of goods on the others."""
        book = self.env["recurring.vat.rule"]._book()
        today, home = fields.Date.context_today(self), company._vat_territory()
        steps = []
        for territory in book.atlas.territories():
            away = territory.zone in ("eu", "ni") and territory.country != home.country
            if not away or not book.rate(territory, "standard", today)[0]:
                continue
            steps += self._treat_oss_country(company, treatment, territory, book, dry)
        return list(dict.fromkeys(steps))

    def _treat_oss_country(self, company, treatment, territory, book, dry):
        position, steps = self._oss_position(company, treatment, territory, dry)
        today, home = fields.Date.context_today(self), company._vat_territory()
        made = []
        for scope in SCOPES:
            originals = self._originals(company, scope).filtered("active")
            for original in originals.filtered(
                lambda tax, scope=scope: (tax.tax_scope or "consu") == scope
            ):
                category = book.category(home, exact(original.amount), today)
                category = category or "standard"
                now, _exact = book.rate(territory, category, today)
                for rate in [now, *self._oss_other_rates(territory, category, now)]:
                    tax, step = self._oss_tax(
                        company, treatment, position, original, rate, territory, dry
                    )
                    steps += step
                    if tax and rate == now:
                        made.append((tax, original))
        return steps + self._oss_tie(position, made, dry)

    def _oss_other_rates(self, territory, category, now):
        """Return the rates of a category that begin later, of the territory itself or
        of its country, where they are known already."""
        today = fields.Date.context_today(self)
        rates = self.env["recurring.vat.rate"].search(
            [
                ("territory", "in", [territory.code, territory.country]),
                ("category", "=", category),
                ("valid_from", ">", today),
            ]
        )
        own = rates.filtered(lambda row: row.territory == territory.code) or rates
        return [rate for row in own if (rate := exact(row.rate)) != now]

    # ------------------------------------------------------------------
    # Positions
    # ------------------------------------------------------------------

    def _oss_position(self, company, treatment, territory, dry):
        """Return (position or none, steps): ours, else the one of l10n_eu_oss."""
        found = company._vat_find_position("oss", territory)
        if found:
            return found, []
        theirs = self._oss_of_odoo(company, territory)
        if not theirs:
            name = f"OSS {territory.code}"
            return self._position(company, treatment, dry, territory, name=name)
        if not dry:
            known = (theirs.rr_vat_treatments or "").split()
            theirs.write(
                {
                    "rr_vat_treatments": " ".join([*known, "oss"]),
                    "rr_vat_territory": territory.code,
                }
            )
        return theirs, [Step("adopt", "oss", theirs.name, treatment.name)]

    def _oss_of_odoo(self, company, territory):
        """Return the position that l10n_eu_oss made for a member state, or none.

        It knows countries only: parts with rates of their own get one of ours.
        """
        positions = self.env["account.fiscal.position"]
        tag = self.env.ref("l10n_eu_oss.tag_oss", False)
        if not tag or territory.code != territory.country:
            return positions
        found = positions.search(
            [
                *positions._check_company_domain(company),
                ("country_id.code", "=", territory.country),
                ("auto_apply", "=", True),
                ("vat_required", "=", False),
                ("foreign_vat", "=", False),
                ("rr_vat_territory", "=", False),
            ]
        )
        return found.filtered(
            lambda position: (
                tag in position.tax_ids.invoice_repartition_line_ids.tag_ids
            )
        )[:1]

    # ------------------------------------------------------------------
    # Taxes
    # ------------------------------------------------------------------

    def _oss_tax(self, company, treatment, position, original, rate, territory, dry):
        """Return (the tax of a rate for one domestic tax or none, steps)."""
        scope = original.tax_scope or "consu"
        alike = position.tax_ids.filtered(
            lambda tax: (
                tax.amount == float(rate)
                and tax.price_include == original.price_include
                and tax.tax_exigibility == "on_invoice"
                # Those of l10n_eu_oss have no scope and serve both.
                and (tax.tax_scope == scope or not (tax.tax_scope or tax.rr_vat_made))
            )
        )
        if alike:
            return alike.sorted(lambda tax: not tax.tax_scope)[:1], []
        letter = "S" if scope == "service" else "G"
        included = " TTC" if original.price_include else ""
        name = f"{float(rate):g}% OSS {territory.code} {letter}{included}"
        step = Step("tax", treatment.code, name, treatment.name)
        if dry:
            return None, [step]
        taxes = self.env["account.tax"].with_context(active_test=False)
        known = taxes.search(
            [("company_id", "=", company.id), ("name", "=", name)], limit=1
        )
        if known:
            # Its position was deleted or given another task.
            known.fiscal_position_ids = [Command.link(position.id)]
            known.active = True
            return known, [step]
        tax = taxes.create(
            {
                **self._oss_tax_values(company, rate, territory),
                "name": name,
                "tax_scope": scope,
                "price_include_override": original.price_include_override,
                "fiscal_position_ids": [Command.link(position.id)],
            }
        )
        return tax, [step]

    def _oss_tax_values(self, company, rate, territory):
        """Return what all OSS taxes have in common: no domestic box, an own account."""
        account = self._oss_account(company)
        lines = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        return {
            "amount": float(rate),
            "amount_type": "percent",
            "type_tax_use": "sale",
            "tax_exigibility": "on_invoice",
            "description": f"{float(rate):g}% {territory.code}",
            "invoice_label": f"{float(rate):g}%",
            "tax_group_id": self._oss_group(company, rate, territory, account).id,
            "country_id": company.account_fiscal_country_id.id,
            "company_id": company.id,
            "sequence": 1000,
            "invoice_repartition_line_ids": lines,
            "refund_repartition_line_ids": list(lines),
            "ubl_cii_tax_category_code": "S",
            "rr_vat_made": True,
        }

    def _oss_group(self, company, rate, territory, account):
        """Return the group under which the tax stands below the invoice."""
        groups = self.env["account.tax.group"]
        name = self.env._(
            "VAT %(rate)s%% %(country)s",
            rate=f"{float(rate):g}",
            country=territory.code,
        )
        known = groups.search(
            [("company_id", "=", company.id), ("name", "=", name)], limit=1
        )
        return known or groups.create(
            {
                "name": name,
                "company_id": company.id,
                "country_id": company.account_fiscal_country_id.id,
                "tax_payable_account_id": account.id,
                "tax_receivable_account_id": account.id,
            }
        )

    def _oss_account(self, company):
        """Return the account of what is owed to other member states; made once."""
        found = self.env.ref(DEFAULT_CHART % (company.id, ACCOUNT), False)
        if found:
            return found
        if hasattr(company, "_get_oss_account"):
            return company._get_oss_account()
        sales = self._originals(company, "consu") | self._originals(company, "service")
        model = sales.invoice_repartition_line_ids.account_id[:1]
        accounts = self.env["account.account"].with_company(company)
        account = accounts.create(
            {
                "name": self.env._("VAT due in other member states (OSS)"),
                "code": accounts._search_new_account_code(
                    model.with_company(company).code or "445700"
                ),
                "account_type": model.account_type or "liability_current",
                "company_ids": [Command.link(company.id)],
            }
        )
        # Known by name like what a chart brings, so that it is made once.
        # sudo: the name of what an accountant may make, and no other record's.
        self.env["ir.model.data"].sudo().create(
            {
                "name": f"{company.id}_{ACCOUNT}",
                "module": "account",
                "model": "account.account",
                "res_id": account.id,
                "noupdate": True,
            }
        )
        return account

    def _oss_tie(self, position, made, dry):
        """Let the taxes of today stand for the domestic ones, and no other: a rate of
        other days stays in the position, for invoices of its days.

        :param made: ``[(tax of today, domestic tax)]``
        :return: the steps where one takes the place of another
        """
        steps = []
        for tax, original in made:
            others = position.tax_ids.filtered(
                lambda other, tax=tax, original=original: (
                    other != tax and original in other.original_tax_ids
                )
            )
            if others:
                steps.append(Step("adopt", "oss", tax.name, others[:1].name))
            if dry:
                continue
            others.write({"original_tax_ids": [Command.unlink(original.id)]})
            self._tie(tax, position, original)
        if not dry:
            # Odoo remembers the mapping beyond a change of the taxes in it.
            position.invalidate_recordset(["tax_map"])
        return steps
