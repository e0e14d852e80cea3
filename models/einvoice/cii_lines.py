"""Lines of Factur-X (CII): amounts that add up, prices that give them."""

from decimal import ROUND_HALF_UP, Decimal

from .xml_nodes import drop, find, find_all, put, text

LINES = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"
CENT, MILLIONTH = Decimal("0.01"), Decimal("0.000001")
PRICE = ["ram:ChargeAmount", "ram:BasisQuantity", "ram:AppliedTradeAllowanceCharge"]


def write_lines(tree, amounts):
    """Write line amounts that add up to the totals, and prices that give them.

    Where prices include tax, Odoo rounds each line by itself and the totals together
    (BR-CO-10, BR-S-08). It rounds prices to cents: 14,000 calls at 0.0137 would be at
    0.01.

    :param amounts: (as Odoo exports it, right, before discount or None) of each line,
        in the document's currency and without tax
    """
    for line, (odoo, right, gross) in zip(find_all(tree, LINES), amounts, strict=False):
        summation = (
            "ram:SpecifiedLineTradeSettlement/"
            "ram:SpecifiedTradeSettlementLineMonetarySummation"
        )
        total = find(line, f"{summation}/ram:LineTotalAmount")
        if Decimal(total.text) == odoo:
            total.text = amount_text(right)
        quantity = find(line, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity")
        if Decimal(quantity.text):
            _write_prices(line, quantity, Decimal(total.text), gross)


def _write_prices(line, quantity, net, gross):
    agreement = find(line, "ram:SpecifiedLineTradeAgreement")
    net_price = find(agreement, "ram:NetPriceProductTradePrice")
    gross_price = find(agreement, "ram:GrossPriceProductTradePrice")
    gross = net if gross is None else max(abs(gross), abs(net)).copy_sign(net)
    _write_price(quantity, net, net_price)
    _write_price(quantity, gross, gross_price)
    taken = find(gross_price, "ram:AppliedTradeAllowanceCharge/ram:ActualAmount")
    if taken is not None:
        discount = _same_basis(gross_price, net_price, quantity, abs(gross), net)
        taken.text = amount_text(discount)


def _same_basis(gross_price, net_price, quantity, gross, net):
    """Return the discount in the unit of both prices, making it the same for both."""
    whole = abs(Decimal(quantity.text))
    if len(find_all(gross_price, "ram:BasisQuantity")) != len(
        find_all(net_price, "ram:BasisQuantity")
    ):
        for node, amount in ((gross_price, gross), (net_price, abs(net))):
            find(node, "ram:ChargeAmount").text = amount_text(amount)
            unit = quantity.get("unitCode") or "C62"
            put(node, "ram:BasisQuantity", PRICE, amount_text(whole), unitCode=unit)
    charged = [
        Decimal(text(node, "ram:ChargeAmount")) for node in (gross_price, net_price)
    ]
    return charged[0] - charged[1]


def _write_price(quantity, amount, node):
    if node is None:
        return
    units = Decimal(quantity.text)
    each = (amount / units).quantize(MILLIONTH, ROUND_HALF_UP)
    if (each * units).quantize(CENT, ROUND_HALF_UP) == amount:
        drop(node, "ram:BasisQuantity")
        find(node, "ram:ChargeAmount").text = amount_text(abs(each))
        return
    # No price of six decimals gives the amount: so much for that many units.
    find(node, "ram:ChargeAmount").text = amount_text(abs(amount))
    unit = quantity.get("unitCode") or "C62"
    put(node, "ram:BasisQuantity", PRICE, amount_text(abs(units)), unitCode=unit)


def amount_text(amount):
    """Return an amount with two to six decimals."""
    digits = f"{amount:.6f}"
    whole, decimals = digits.split(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
