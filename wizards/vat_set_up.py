"""The set-up "VAT and legal mentions": six steps, each with what is still missing."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.tax.recurring_vat_registration import REGIMES

STEPS = [
    ("regime", "Regime"),
    ("legal", "Company"),
    ("words", "Mentions"),
    ("products", "Products"),
    ("taxes", "Taxes"),
    ("preview", "Preview"),
]
ORDER = [code for code, _name in STEPS]
OF_REGIME = ("regime", "oss_option", "debits", "unverified_numbers")
OF_COMPANY = (
    "street",
    "zip",
    "city",
    "company_registry",
    "vat",
    "rr_legal_kind",
    "rr_legal_form",
    "rr_share_capital",
    "rr_register_city",
    "rr_rna",
    "rr_penalties",
    "rr_penalty_text",
    "rr_penalty_text_en",
    "rr_discount_text",
    "rr_discount_text_en",
    "rr_vat_price_policy",
)


class RecurringVatSetUp(models.TransientModel):
    """What a company answers once, so that its VAT can be decided and its invoices say
    what the law wants. Going on saves the step; taxes are made by a button only."""

    _name = "recurring.vat.set.up"
    _description = "VAT and Legal Mentions"

    step = fields.Selection(STEPS, default="regime", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    has_rules = fields.Boolean(compute="_compute_has_rules")
    decides = fields.Boolean(related="company_id.rr_vat_decides")
    country_name = fields.Char(compute="_compute_has_rules")

    # Regime
    date_from = fields.Date(string="From", required=True)
    regime = fields.Selection(REGIMES, required=True, default="normal")
    oss_option = fields.Boolean(string="VAT of the Customer's Country (OSS)")
    debits = fields.Boolean(string="VAT on Debits")
    unverified_numbers = fields.Selection(
        [
            ("accept", "Accept: no VAT, and ask again"),
            ("refuse", "Refuse: charge VAT until it is confirmed"),
        ],
        string="VAT Numbers That Nobody Could Confirm",
        required=True,
        default="accept",
    )
    regime_note = fields.Char(
        string="Note", help="What was declared to whom, e.g. the letter's date."
    )
    regime_text = fields.Text(compute="_compute_regime_text")

    has_guessed = fields.Boolean(compute="_compute_has_guessed")

    preview_nature_id = fields.Many2one("recurring.vat.nature", string="What Is Sold")

    # ------------------------------------------------------------------
    # What is known already
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        company = self.env.company
        today = fields.Date.context_today(self)
        row = company._vat_registration(today)
        known = {"date_from": row.date_from or today.replace(month=1, day=1)}
        if row:
            known.update({name: row[name] for name in OF_REGIME})
            known["regime_note"] = row.note
        known.update({name: company[name] for name in OF_COMPANY})
        known["preview_nature_id"] = self._likely_nature().id
        return {**values, **{k: v for k, v in known.items() if k in fields_list}}

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("VAT and Legal Mentions")

    @api.depends("company_id")
    def _compute_has_rules(self):
        for wizard in self:
            own = wizard.company_id
            wizard.has_rules = own._vat_territory() is not None
            country = own.account_fiscal_country_id or own.country_id
            wizard.country_name = country.name

    @api.depends("company_id", "step")
    @api.depends_context("lang")
    def _compute_regime_text(self):
        labels = dict(self._fields["regime"]._description_selection(self.env))
        for wizard in self:
            lines = []
            for row in wizard.company_id.rr_vat_registration_ids.sorted("date_from"):
                options = [
                    self.env._("VAT of the customer's country") * row.oss_option,
                    self.env._("VAT on debits") * row.debits,
                ]
                words = ", ".join(filter(None, [labels[row.regime], *options]))
                day = format_date(self.env, row.date_from)
                lines.append(
                    self.env._("From %(day)s: %(words)s", day=day, words=words)
                )
            wizard.regime_text = "\n".join(lines)

    @api.depends("company_id", "step")
    def _compute_has_guessed(self):
        for wizard in self:
            wizard.has_guessed = bool(wizard._guessed_templates())

    @api.model
    def _sold_templates(self):
        """Return what the plans and subscriptions of the company sell."""
        company = self.env.company
        # sudo: only the products are looked at, whoever the subscriptions belong to.
        env = self.sudo().env
        lines = env["recurring.subscription.line"].search(
            [
                ("subscription_id.company_id", "=", company.id),
                ("subscription_id.state", "!=", "closed"),
            ]
        )
        charges = env["recurring.plan.charge"].search(
            [("version_id.plan_id.company_id", "in", (False, company.id))]
        )
        products = lines.product_id | charges.product_id
        return products.product_tmpl_id.with_env(self.env)

    @api.model
    def _guessed_templates(self):
        """Return those whose VAT nature nobody chose, nor that of their category."""
        return self._sold_templates().filtered(
            lambda template: (
                not template.rr_vat_nature_id and not template.categ_id._vat_nature()
            )
        )

    @api.model
    def _likely_nature(self):
        """Return what most products are; of as many, the one that differs most from
        place to place."""
        natures = [template._vat_nature() for template in self._sold_templates()]
        if not natures:
            return self.env.ref("recurring_revenue.vat_nature_electronic")

        def weight(nature):
            return natures.count(nature), nature.supply == "electronic"

        return max(natures, key=weight)

    # ------------------------------------------------------------------
    # From step to step
    # ------------------------------------------------------------------

    def action_next(self):
        """Save this step and show the next."""
        return self._go(1)

    def action_back(self):
        """Show the step before, keeping what was typed."""
        return self._go(-1)

    def action_finish(self):
        """Leave the set-up for the subscriptions, whose VAT it decides."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_subscription_action"
        )
        return {**action, "target": "main"}

    def _go(self, direction):
        self.ensure_one()
        self._save()
        position = ORDER.index(self.step) + direction
        self.step = ORDER[min(max(position, 0), len(ORDER) - 1)]
        return False

    def _save(self):
        self.ensure_one()
        self._check_company_of_user()
        if self.step == "regime":
            self._save_regime()
        if self.step in ("regime", "legal"):
            self._save_company()

    def _check_company_of_user(self):
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("%s is not one of your companies.", self.company_id.name)
            )

    def _save_regime(self):
        """Change the regime of that day, or add one; nothing where all is as it was."""
        own = self.company_id.rr_vat_registration_ids
        row = own.filtered(lambda row: row.date_from == self.date_from)
        values = {name: self[name] for name in OF_REGIME}
        before = self.company_id._vat_registration(
            fields.Date.subtract(self.date_from, days=1)
        )
        newly = self.debits and before and not before.debits
        if newly and self.date_from.day != 1:
            raise UserError(
                self.env._(
                    "The option for VAT on debits begins on the first day of a month: "
                    "the one after it was declared."
                )
            )
        values["note"] = self.regime_note
        if row:
            changed = {
                k: v for k, v in values.items() if (row[k] or False) != (v or False)
            }
            if changed:
                row.write(changed)
        else:
            own.create(
                {
                    **values,
                    "company_id": self.company_id.id,
                    "date_from": self.date_from,
                }
            )

    # ------------------------------------------------------------------
    # What it does
    # ------------------------------------------------------------------

    def action_set_up(self):
        """Make the fiscal positions and taxes that are missing; decide VAT by rules
        from now on."""
        self.ensure_one()
        self._check_company_of_user()
        if not self.env.user.has_group("account.group_account_manager"):
            raise UserError(
                self.env._(
                    "Fiscal positions and taxes are made by an administrator of the "
                    "accounting: ask for it."
                )
            )
        if not self.has_rules:
            raise UserError(
                self.env._(
                    "No VAT rules are known for a seller in %s.", self.country_name
                )
            )
        self.company_id._vat_set_up()
        # sudo: as in `_save_company`
        self.company_id.sudo().rr_vat_decides = True
        self.step = "preview"
        return False

    def action_open_company(self):
        """Open the company's card, where its country stands."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.company",
            "res_id": self.company_id.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_open_products(self):
        """Open the products whose VAT nature is guessed, to choose it in the list."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.vat_products_action"
        )
        action["domain"] = [("id", "in", self._guessed_templates().ids)]
        return action

    def action_open_mentions(self):
        """Open the mentions and their wordings."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_vat_mention_action"
        )
