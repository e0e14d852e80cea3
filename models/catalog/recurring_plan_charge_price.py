from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.allocation import round_half_up
from ..exact import currency_rounding, exact
from .texts import number

SIX_DECIMALS = Decimal("0.000001")


class RecurringPlanCharge(models.Model):
    """Which price a customer gets: a price list's, or the plan's in their currency."""

    _inherit = "recurring.plan.charge"

    def _price_for(self, pricelist, currency, date, quantity):
        """Return ``(price, source)``: a Decimal in ``currency`` and where it is from.

        The price is for one unit, in the tax basis of the product's price. A rule of
        ``pricelist`` that fits the product wins; otherwise the plan's price holds,
        converted at the rate of ``date``. A price scale has no such price: it is 0
        here, its tiers follow ``_price_factor``. Raises a UserError that names the
        currency when a rate is missing.
        """
        self.ensure_one()
        currency = currency or self.currency_id
        if self.charge_model == "percentage":
            # The same in every currency; its fees follow the factor.
            return exact(self.unit_price), self.version_id.display_name
        if self._is_tiered():
            rate = self._price_factor(currency, date)
            source = self.env._("Price scale of %s", self.version_id.display_name)
            return Decimal(0), self._with_rate(source, currency, rate)
        rule = self._pricelist_rule(pricelist, date, quantity)
        if rule:
            return self._pricelist_price(rule, currency, date, quantity)
        rate = self._price_factor(currency, date)
        price = self._converted(
            exact(self.unit_price), self.currency_id, currency, rate
        )
        return price, self._with_rate(self.version_id.display_name, currency, rate)

    def _price_factor(self, currency, date):
        """Return what the plan's amounts are multiplied with to be in ``currency``."""
        self.ensure_one()
        return self._currency_rate(self.currency_id, currency, date)

    def _with_rate(self, source, currency, rate):
        if currency == self.currency_id:
            return source
        return self.env._(
            "%(origin)s, converted from %(currency)s at %(rate)s",
            origin=source,
            currency=self.currency_id.name,
            rate=number(self.env, rate),
        )

    # ------------------------------------------------------------------
    # Price lists
    # ------------------------------------------------------------------

    def _pricelist_rule(self, pricelist, date, quantity):
        """Return the price list's rule for the product, if it really has one."""
        rules = self.env["product.pricelist.item"]
        if not pricelist:
            return rules
        product = self.product_id
        return rules.browse(
            pricelist._get_product_rule(
                product,
                float(quantity),
                uom=product.uom_id,
                date=fields.Datetime.to_datetime(date),
            )
        )

    def _pricelist_price(self, rule, currency, date, quantity):
        """Price by ``rule``, with every rate on the way known to exist."""
        own = rule.currency_id
        self._check_rule_rates(rule, date, quantity)
        price = rule._compute_price(
            self.product_id,
            float(quantity),
            self.product_id.uom_id,
            fields.Datetime.to_datetime(date),
            currency=own,
        )
        rate = self._currency_rate(own, currency, date)
        price = self._converted(exact(round(price, 6)), own, currency, rate)
        return price, self.env._("Price list %s", rule.pricelist_id.name)

    def _check_rule_rates(self, rule, date, quantity):
        """Follow a rule to the price it is based on: Odoo converts without asking."""
        product = self.product_id
        while rule and rule.compute_price != "fixed":
            if rule.base == "pricelist" and rule.base_pricelist_id:
                base = rule.base_pricelist_id
                self._currency_rate(base.currency_id, rule.currency_id, date)
                rule = self._pricelist_rule(base, date, quantity)
                if rule:
                    continue
                source = base
            else:
                source = rule
            by_cost = source == rule and rule.base == "standard_price"
            origin = product.cost_currency_id if by_cost else product.currency_id
            self._currency_rate(origin, source.currency_id, date)
            return

    # ------------------------------------------------------------------
    # Currencies
    # ------------------------------------------------------------------

    def _currency_rate(self, source, target, date):
        """Return the rate from ``source`` to ``target`` on ``date`` as a Decimal.

        Odoo takes 1.0 where no rate is known; this raises a UserError instead.
        """
        if source == target:
            return Decimal(1)
        company = self.company_id or self.env.company
        for currency in (source | target) - company.currency_id:
            if not self._has_rate(currency, company, date):
                raise UserError(
                    self.env._(
                        "There is no exchange rate of %(currency)s for %(date)s or "
                        "before. Add one to the currency in the accounting settings, "
                        "then try again.",
                        currency=currency.name,
                        date=format_date(self.env, date),
                    )
                )
        return exact(source._get_conversion_rate(source, target, company, date))

    def _has_rate(self, currency, company, date):
        return bool(
            self.env["res.currency.rate"].search_count(
                [
                    ("currency_id", "=", currency.id),
                    ("company_id", "in", (False, company.root_id.id)),
                    ("name", "<=", date),
                ],
                limit=1,
            )
        )

    def _converted(self, price, source, target, rate):
        """Convert a unit price; a price in whole cents stays in whole cents.

        Finer prices (0.0035 per call) keep six decimals.
        """
        if source == target:
            return price
        converted = price * rate
        if not price % currency_rounding(source):
            rounded = round_half_up(converted, currency_rounding(target))
            if rounded:
                return rounded
        return round_half_up(converted, SIX_DECIMALS)
