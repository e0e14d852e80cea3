from odoo import api, fields, models

from ...engine.rating import ChargeTerms
from ..exact import exact
from .texts import price_text

TIERED_MODELS = ("graduated", "volume")


class RecurringPlanCharge(models.Model):
    """One thing that a plan bills: what, how often, and how the price is worked out."""

    _name = "recurring.plan.charge"
    _description = "Plan Charge"
    _order = "version_id, sequence, id"
    _check_company_auto = True

    version_id = fields.Many2one(
        "recurring.plan.version", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="version_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="version_id.currency_id")
    state = fields.Selection(related="version_id.state", string="Version State")
    sequence = fields.Integer(default=10)
    name = fields.Char(
        required=True,
        translate=True,
        help="What the customer reads on the invoice.",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="restrict",
        check_company=True,
        index=True,
        domain="[('type', '!=', 'combo')]",
        help="Gives the account and the taxes of the invoice line.",
    )
    role = fields.Selection(
        [
            ("base", "In every subscription"),
            ("addon", "Optional, on request"),
            ("one_off", "Once, at the start"),
            ("usage", "By usage, after each period"),
        ],
        default="base",
        required=True,
    )
    charge_model = fields.Selection(
        [
            ("flat", "Fixed price"),
            ("per_unit", "Price per unit"),
            ("graduated", "Tiers: each unit at the price of its tier"),
            ("volume", "Tiers: all units at the price of the tier reached"),
            ("package", "Price per package begun"),
            ("percentage", "Percentage of an amount"),
        ],
        string="Price Model",
        default="flat",
        required=True,
    )
    unit_price = fields.Float(
        string="Price", digits=(16, 6), min_display_digits="Product Price"
    )
    default_quantity = fields.Float(
        string="Usual Quantity",
        default=1.0,
        digits=(16, 6),
        min_display_digits="Product Unit",
        help="The quantity a new subscription starts with; of a charge by usage, what "
        "the calculator expects.",
    )
    included_quantity = fields.Float(
        string="Included",
        digits=(16, 6),
        min_display_digits="Product Unit",
        help="So many units cost nothing; only what goes beyond is charged.",
    )
    minimum_amount = fields.Float(
        string="At Least",
        digits=(16, 6),
        min_display_digits="Product Price",
        help="The least that a whole period costs, whatever the quantity.",
    )
    stand_alone_price = fields.Float(
        string="Stand-Alone Price",
        digits=(16, 6),
        min_display_digits="Product Price",
        help="What this costs when it is sold alone, for the allocation of revenue.",
    )
    tier_ids = fields.One2many("recurring.price.tier", "charge_id", copy=True)
    tax_included = fields.Boolean(compute="_compute_tax_included")
    price_text = fields.Char(compute="_compute_price_text")

    _quantities_not_negative = models.Constraint(
        "CHECK(default_quantity >= 0 AND included_quantity >= 0 "
        "AND minimum_amount >= 0)",
        "Quantities and the least amount cannot be negative.",
    )

    # ------------------------------------------------------------------
    # Texts and form help
    # ------------------------------------------------------------------

    @api.depends("product_id.taxes_id.price_include_override", "company_id")
    @api.depends_context("company")
    def _compute_tax_included(self):
        """The product's sales taxes say whether its prices include tax."""
        for charge in self:
            company = charge.company_id or self.env.company
            # Taxes are read as billing will: the user may not see accounting.
            taxes = charge.product_id.sudo().taxes_id._filter_taxes_by_company(company)
            charge.tax_included = any(taxes.mapped("price_include"))

    @api.depends(
        "role",
        "charge_model",
        "unit_price",
        "included_quantity",
        "minimum_amount",
        "maximum_amount",
        "package_size",
        "fixed_fee",
        "event_minimum",
        "event_maximum",
        "free_events",
        "meter_id.unit",
        "tax_included",
        "tier_ids.up_to",
        "tier_ids.unit_price",
        "tier_ids.flat_fee",
        "version_id.interval_count",
        "version_id.interval_unit",
        "version_id.currency_id",
    )
    @api.depends_context("lang")
    def _compute_price_text(self):
        for charge in self:
            charge.price_text = price_text(charge)

    def _summary_text(self):
        """Return the charge's line in the plan's price list."""
        self.ensure_one()
        if self.role == "addon":
            return self.env._(
                "%(charge)s (optional) – %(price)s",
                charge=self.name or "",
                price=self.price_text,
            )
        return self.env._(
            "%(charge)s – %(price)s", charge=self.name or "", price=self.price_text
        )

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """Start from the product's own name and price."""
        if self.product_id:
            self.name = self.name or self.product_id.name
            self.unit_price = self.unit_price or self.product_id.lst_price

    @api.onchange("charge_model")
    def _onchange_charge_model(self):
        """A price scale starts with one open tier at the price given so far."""
        if self.charge_model in TIERED_MODELS and not self.tier_ids:
            self.tier_ids = [
                fields.Command.create({"up_to": 0, "unit_price": self.unit_price})
            ]

    # ------------------------------------------------------------------
    # What the engine works with
    # ------------------------------------------------------------------

    def _is_tiered(self):
        return self.charge_model in TIERED_MODELS

    def _sorted_tiers(self):
        """Return the tiers upwards, the open one last (also of unsaved records)."""
        return self.tier_ids.sorted(lambda tier: (not tier.up_to, tier.up_to))

    def _engine_terms(self, unit_price=None, factor=1):
        """Return the charge as engine ChargeTerms.

        ``unit_price`` (Decimal, in the subscription's currency) replaces the plan's
        price of a fixed or per-unit charge; a price scale has its prices on its tiers
        and ignores it. ``factor`` (Decimal, see ``_price_factor``) brings the plan's
        own amounts to the subscription's currency. The price of a percentage is the
        percentage. Raises RatingError when the terms contradict themselves.
        """
        self.ensure_one()
        if unit_price is None:
            percentage = self.charge_model == "percentage"
            unit_price = exact(self.unit_price) * (1 if percentage else factor)
        if self.charge_model == "flat":
            return ChargeTerms("flat", unit_price)
        terms = {
            "unit_price": unit_price,
            "included": exact(self.included_quantity),
            "minimum": exact(self.minimum_amount) * factor,
            **self._more_terms(factor),
        }
        if self._is_tiered():
            terms["unit_price"] = exact(0)
            terms["tiers"] = tuple(
                tier._engine_tier(factor) for tier in self._sorted_tiers()
            )
        if self.charge_model == "percentage":
            terms["percent"] = terms.pop("unit_price")
        return ChargeTerms(self.charge_model, **terms)

    # ------------------------------------------------------------------
    # Create, write, delete: frozen with the version
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Name a charge after its product unless it has a name of its own."""
        for vals in vals_list:
            if not vals.get("name"):
                product = self.env["product.product"].browse(vals.get("product_id"))
                vals["name"] = product.name
        charges = super().create(vals_list)
        charges.version_id._check_frozen()
        charges._copy_product_translations()
        return charges

    def _copy_product_translations(self):
        """Where the name is the product's, take over its other languages too."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        if len(languages) < 2:
            return
        for charge in self:
            template = charge.product_id.product_tmpl_id
            if charge.name == template.name:
                names = {
                    lang: template.with_context(lang=lang).name for lang in languages
                }
                charge.update_field_translations("name", names)

    def write(self, vals):
        # Odoo writes a name unchanged to record that a translation was added.
        if set(vals) != {"name"} or set(self.mapped("name")) != {vals["name"]}:
            self.version_id._check_frozen()
        result = super().write(vals)
        if "version_id" in vals:
            self.version_id._check_frozen()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self.version_id._check_frozen()
