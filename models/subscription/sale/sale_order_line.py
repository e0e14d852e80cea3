"""A line that sells a plan: which charge, at the plan's price unless agreed."""

from odoo import api, fields, models
from odoo.tools import float_compare, format_date

from ....engine.rating import rate
from ...catalog.texts import number, per_period
from ...exact import exact


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    rr_plan_id = fields.Many2one(
        "recurring.plan",
        string="Subscription Plan",
        compute="_compute_rr_plan_id",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        help="The subscription to this plan bills the line, the order does not.",
    )
    rr_charge_id = fields.Many2one(
        "recurring.plan.charge",
        compute="_compute_rr_plan_id",
        store=True,
        compute_sudo=True,
    )
    rr_subscription_line_ids = fields.One2many(
        "recurring.subscription.line", "sale_line_id", copy=False
    )
    rr_period = fields.Char(
        string="Billed", compute="_compute_rr_period_text", compute_sudo=True
    )
    rr_period_text = fields.Text(compute="_compute_rr_period_text", compute_sudo=True)

    # ------------------------------------------------------------------
    # Which plan and charge
    # ------------------------------------------------------------------

    # Not on the product's own plan, so that a confirmed order stays what it was.
    @api.depends(
        "product_id", "order_id.rr_start_date", "order_id.order_line.product_id"
    )
    def _compute_rr_plan_id(self):
        """Find the plan that the product sells, or that charges for the product.

        A line of a confirmed order keeps what it was sold as, whatever its product
        sells today; one that is being created is told by ``create``.
        """
        kept = self.filtered(lambda line: line.state == "sale" and line._origin)
        for line in kept:
            line.rr_plan_id = line._origin.rr_plan_id
            line.rr_charge_id = line._origin.rr_charge_id
        (self - kept)._rr_find_plans()

    def _rr_find_plans(self):
        for order, lines in self.grouped("order_id").items():
            versions = order._rr_versions_sold(lines)
            for line in lines:
                line.rr_plan_id, line.rr_charge_id = line._rr_plan_and_charge(versions)

    def _rr_plan_and_charge(self, versions):
        nothing = self.env["recurring.plan"], self.env["recurring.plan.charge"]
        if not self.product_id or self.display_type or self.is_downpayment:
            return nothing
        plan = self.product_id.rr_plan_id
        if plan:
            return plan, versions[plan]._charge_sold_as(self.product_id, main=True)
        for plan, version in versions.items():
            charge = version._charge_sold_as(self.product_id)
            if charge:
                return plan, charge
        return nothing

    def _rr_waits(self):
        """Tell whether the line sells a plan and no running subscription bills it."""
        subscriptions = self.rr_subscription_line_ids.subscription_id
        return bool(self.rr_plan_id and not subscriptions._not_closed())

    def _rr_error_message(self):
        """Say why this line cannot start a subscription, False if it can."""
        self.ensure_one()
        plan = self.rr_plan_id
        if plan.company_id and plan.company_id != self.company_id:
            return self.env._(
                "The plan %(plan)s belongs to another company than this order.",
                plan=plan.name,
            )
        if not plan.active:
            return self.env._("The plan %s is archived and sold no more.", plan.name)
        if not self.order_id._rr_versions_sold().get(plan):
            return self.env._(
                "The plan %(plan)s has no published version for a subscription that "
                "starts on %(date)s. Publish one, or change the start.",
                plan=plan.name,
                date=format_date(self.env, self.order_id._rr_start_day()),
            )
        if not self.rr_charge_id:
            return self.env._(
                "The plan %(plan)s has several charges and none is for the product "
                "%(product)s, so it is not clear what its price pays. Make it the "
                "product of one of them.",
                plan=plan.name,
                product=self.product_id.display_name,
            )
        if self.product_uom_qty < 0:
            return self.env._(
                "%s is sold in a negative quantity.", self.product_id.display_name
            )
        return False

    # ------------------------------------------------------------------
    # Price: the plan's, as a price per unit
    # ------------------------------------------------------------------

    def _rr_quantity(self):
        """Return the quantity in the product's own unit."""
        return self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, round=False
        )

    def _rr_asked_price(self):
        """Return what the plan asks per unit, in the product's tax basis."""
        self.ensure_one()
        # sudo: prices of plans are shown to whoever may quote them.
        line = self.sudo().with_company(self.company_id)
        charge, currency = line.rr_charge_id, line.order_id.currency_id
        day = line.order_id._rr_start_day()
        quantity = exact(line._rr_quantity() or 1)
        price = charge._price_for(line.order_id.pricelist_id, currency, day, quantity)[
            0
        ]
        if charge.charge_model != "flat":
            terms = charge._engine_terms(
                unit_price=price, factor=charge._price_factor(currency, day)
            )
            price = rate(terms, quantity).amount / quantity
        return line.product_id.uom_id._compute_price(float(price), line.product_uom_id)

    def _get_pricelist_price(self):
        if self.sudo().rr_charge_id:
            return self._rr_asked_price()
        return super()._get_pricelist_price()

    def _get_pricelist_price_before_discount(self):
        if self.sudo().rr_charge_id._is_tiered():
            return self._rr_asked_price()
        return super()._get_pricelist_price_before_discount()

    def _rr_price_basis(self):
        """Return whether the quoted price contains tax: quotations are already adapted
        to the fiscal position, so it is what the line's own taxes say."""
        return "included" if any(self.tax_ids.mapped("price_include")) else "excluded"

    def _rr_asked_unit_price(self):
        """Return what the plan asks per unit, adapted to the taxes of the line."""
        return self.product_id._get_tax_included_unit_price_from_price(
            self._rr_asked_price(),
            product_taxes=self.product_id.taxes_id._filter_taxes_by_company(
                self.company_id
            ),
            fiscal_position=self.order_id.fiscal_position_id,
        )

    def _rr_agreed_values(self):
        """Return the values of the subscription line that differ from the plan's."""
        self.ensure_one()
        asked = self._rr_asked_unit_price()
        quantity = self._rr_quantity()
        flat = self.rr_charge_id.charge_model == "flat"
        if not flat or quantity == 1:
            net = self.price_unit * (1 - self.discount / 100)
            if float_compare(net, asked, precision_digits=6) == 0:
                return {"quantity": quantity}
            if float_compare(self.price_unit, asked, precision_digits=6) == 0:
                return {"quantity": quantity, "discount": self.discount}
        price = self.product_uom_id._compute_price(
            self.price_unit, self.product_id.uom_id
        )
        if flat:
            # A fixed price does not count units: three of them are one price.
            price, quantity = price * quantity, 1
        return {
            "quantity": quantity,
            "price_unit": price,
            "price_agreed": True,
            "price_source": self.env._("agreed on %s", self.order_id.name),
            "price_basis": self._rr_price_basis(),
            "discount": self.discount,
        }

    def _rr_own_description(self):
        """Return the description if someone wrote one, else nothing: the charge's."""
        line = self.with_context(lang=self.order_id._get_lang())
        if line.name == line._get_sale_order_line_multiline_description_sale():
            return False
        return " ".join((line.name or "").split())

    # ------------------------------------------------------------------
    # What the customer reads
    # ------------------------------------------------------------------

    # In the customer's language, as the description of the line.
    @api.depends("rr_charge_id", "order_id.order_line.rr_charge_id")
    def _compute_rr_period_text(self):
        """Say what time the price is for, and what else comes with the plan."""
        for line in self:
            lang = line.order_id._get_lang() if line.order_id else self.env.lang
            speaking = line.with_context(lang=lang)
            texts = speaking._rr_period_texts()
            line.rr_period = texts[0] if texts else False
            texts[:1] = [", ".join([*texts[:1], *speaking._rr_offer_texts()])]
            line.rr_period_text = "\n".join(texts) or False

    def _rr_offer_texts(self):
        """Return what a customer must know beside the time that the price is for."""
        return []

    def _rr_period_texts(self):
        charge = self.rr_charge_id
        if not charge:
            return []
        if charge.role == "one_off":
            return [self.env._("once, with the first invoice of the subscription")]
        texts = [per_period(charge.version_id)]
        first = self.order_id.order_line.filtered(
            lambda line: line.product_id.rr_plan_id == self.rr_plan_id
        )[:1]
        if self == first:
            along = self.order_id._rr_charges_along(charge.version_id)
            texts += [self._rr_along_text(other) for other in along]
        return texts

    def _rr_along_text(self, charge):
        charge = charge.with_env(self.env)
        uncounted = charge.charge_model == "flat" or charge.role == "usage"
        if charge.default_quantity == 1 or uncounted:
            return self.env._(
                "also billed: %(charge)s, %(price)s",
                charge=charge.name,
                price=charge.price_text,
            )
        return self.env._(
            "also billed: %(quantity)s x %(charge)s, %(price)s",
            quantity=number(self.env, charge.default_quantity),
            charge=charge.name,
            price=charge.price_text,
        )
