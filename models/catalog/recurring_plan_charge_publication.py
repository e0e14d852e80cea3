from odoo import models

from ...engine.errors import RatingError
from ...engine.rating import check_terms
from ..engine_texts import engine_sentence
from .texts import number


class RecurringPlanCharge(models.Model):
    """What stands against publishing a charge."""

    _inherit = "recurring.plan.charge"

    def _publication_problems(self):
        """Yield a sentence for each reason why this charge cannot be billed."""
        self.ensure_one()
        yield from self._product_problems()
        if self._is_tiered():
            yield from self._tier_problems()
        try:
            check_terms(self._engine_terms())
        except RatingError as error:
            if not self._is_tiered() or not any(self._tier_problems()):
                yield self._sentence(engine_sentence(self.env, error))

    def _sentence(self, text):
        return self.env._("%(charge)s: %(problem)s", charge=self.name, problem=text)

    def _product_problems(self):
        product = self.product_id
        if not product.active:
            yield self._sentence(
                self.env._("the product %s is archived.", product.display_name)
            )
        company = self.version_id.company_id
        # Also reads a product of a company that the user may not see.
        shared = product.sudo().filtered_domain(product._check_company_domain(company))
        if not shared:
            yield self._sentence(
                self.env._("the product belongs to a company other than the plan.")
            )

    def _tier_problems(self):
        """The price scale, read from the bottom, leaves no gap and has a top."""
        tiers = self._sorted_tiers()
        limits = [tier.up_to for tier in tiers]
        open_ended = limits.count(0)
        if not tiers:
            yield self._sentence(self.env._("the price scale has no tier."))
            return
        if not open_ended:
            yield self._sentence(
                self.env._(
                    "the price scale stops at %s: set the last tier's limit to 0, "
                    "which means no limit.",
                    number(self.env, limits[-1]),
                )
            )
        if open_ended > 1 or len(set(limits)) < len(limits):
            yield self._sentence(
                self.env._("two tiers of the price scale end at the same quantity.")
            )
