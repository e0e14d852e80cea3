"""A price with tax or without: from one to the other, by the taxes concerned."""

from dataclasses import dataclass


def change_basis(price, taxes, currency, product, wants_included):
    """Add the taxes to a price without tax, or take them out of one with tax.

    Returns a float that is not rounded.
    """
    details = taxes._get_tax_details(
        float(price),
        1.0,
        precision_rounding=currency.rounding,
        rounding_method="round_globally",
        product=product,
        special_mode="total_excluded" if wants_included else "total_included",
    )
    return details["total_included" if wants_included else "total_excluded"]


@dataclass(frozen=True, slots=True)
class TaxBasis:
    """Which taxes an amount contains, none where ``included`` is false."""

    taxes: object
    included: bool

    @classmethod
    def of_line(cls, line, own, mapped):
        """Return the basis in which a subscription line and its ledger rows stand.

        ``own`` are the product's taxes, ``mapped`` those on the invoice. Where they
        differ, Odoo adapts the product's price only if all of its own are included;
        where the price with tax stays, it contains the taxes of the invoice.
        """
        if line.price_basis != "product":
            return cls(mapped, line.price_basis == "included")
        if own != mapped and line.subscription_id._keeps_gross_price(own):
            return cls(mapped, True)
        if own != mapped and _all_included(own):
            return cls(own, True)
        return cls(mapped, _all_included(mapped))

    def convert(self, amount, target, currency, product):
        """Return the amount in another basis; the same where that is this one."""
        if self == target or not (self.included or target.included):
            return amount
        if self.included:
            amount = change_basis(amount, self.taxes, currency, product, False)
        if target.included:
            amount = change_basis(amount, target.taxes, currency, product, True)
        return amount


def _all_included(taxes):
    return bool(taxes) and all(taxes.mapped("price_include"))
