"""A line by usage: priced by what was used, whatever its own quantity says."""

from collections import defaultdict
from dataclasses import replace

from odoo import api, models
from odoo.exceptions import ValidationError

from ....engine.claims import LineClaims
from ....engine.rating import ChargeTerms
from ....engine.usage import UsageTerms
from ...exact import currency_rounding, exact

PRICED_BY_PRICE = ("per_unit", "package", "percentage")


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    @api.constrains("role", "charge_id")
    def _check_metered(self):
        for line in self:
            if line.role == "usage" and not line.charge_id.meter_id:
                raise ValidationError(
                    self.env._(
                        "%s is billed by usage, which takes a charge of the plan with "
                        "a meter.",
                        line.display_name,
                    )
                )

    def _timing(self):
        """Return when the line is billed: usage after the period, whatever the plan
        says of the rest."""
        if self.role == "one_off":
            return "once"
        return "arrears" if self.role == "usage" else self._version().timing

    def _usage_terms(self, uses=None):
        """Return what the engine bills usage by, None for another line.

        ``uses`` is ``{whole period: Use}``; what is missing was not used.
        """
        if self.role != "usage":
            return None
        return UsageTerms(
            self._charge_terms(),
            uses or {},
            prorated=self.charge_id.minimum_prorated,
            discount=exact(self.discount),
            aggregation=self.charge_id.meter_id.aggregation or "sum",
        )

    @api.model
    def _share_periods(self, terms):
        """Return engine's terms in which each line by usage knows the earlier ones.

        Lines of one charge that follow each other within a period (after a pause, with
        another price) share what it includes, its tiers, its least and its most.

        :param terms: ``[(line, LineTerms)]`` of one subscription
        """
        by_charge = defaultdict(list)
        for line, term in terms:
            if term.usage:
                by_charge[line.charge_id].append(term)
        earlier = {}
        for parts in by_charge.values():
            parts.sort(key=lambda term: (term.start, term.key))
            for number, term in enumerate(parts[1:], 1):
                earlier[term.key] = tuple(parts[:number])
        return [
            replace(term, earlier=earlier[term.key]) if term.key in earlier else term
            for _line, term in terms
        ]

    def _charge_terms(self, price=None, factor=None):
        """An agreed price takes the place of the plan's; what is included, the least
        and the most of a charge by usage stay."""
        if self.role != "usage":
            return super()._charge_terms(price, factor)
        charge = self.charge_id
        price = exact(self.price_unit) if price is None else price
        factor = exact(self.price_factor) if factor is None else factor
        terms = charge._engine_terms(price, factor)
        if self.price_agreed and charge.charge_model not in PRICED_BY_PRICE:
            return ChargeTerms(
                "per_unit",
                price,
                included=terms.included,
                minimum=terms.minimum,
                maximum=terms.maximum,
            )
        return terms

    def _rated_quantity(self):
        """Return the quantity that is sure: of usage none, its minimum is."""
        return exact(0) if self.role == "usage" else exact(self.quantity)

    def _usage_data(self, item, terms):
        """Return what explains an item of a line by usage, as JSON; None of another.

        :param item: the engine's charge or credit; ``terms`` the engine's LineTerms
        :return: ``quantity`` used, number of ``events`` priced one by one, ``steps`` of
            the rating, ``discount``, whether it is ``late``, and what was billed
            ``before`` for the same period
        """
        if not terms or not terms.usage:
            return None
        rounding = currency_rounding(self.currency_id)
        claims = LineClaims(terms, (), rounding, 0)
        rating = claims.usage_rating(item.whole)
        use = terms.usage.use(item.whole)
        before = claims.of(item.whole).target - item.amount
        return {
            "quantity": str(use.quantity),
            "events": len(use.amounts),
            "steps": [_step_data(step) for step in rating.steps] if rating else [],
            "discount": str(terms.usage.discount) if terms.usage.discount else "",
            "late": item.kind == "charge" and item.share is None,
            "before": str(before) if before else "",
        }


def _step_data(step):
    numbers = (step.quantity, step.unit_price, step.flat_fee, step.amount, step.from_)
    to = None if step.to is None else str(step.to)
    return [step.kind, *map(str, numbers), to]
