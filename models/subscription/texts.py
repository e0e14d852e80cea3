"""How an amount came about, in plain words, in the language of the environment."""

from odoo.tools import format_date

from ...engine.rating import Rating, RatingStep
from ..catalog.texts import money, number
from ..exact import exact


def rating_texts(env, rating, currency):
    """Return one text per step of a rating: "8 x 3.00 € = 24.00 €"."""
    return [text for step in rating.steps for text in _step_texts(env, step, currency)]


def _step_texts(env, step, currency):
    if step.kind == "included":
        return [env._("%s included", number(env, step.quantity))]
    if step.kind == "together":
        used = number(env, step.quantity)
        return [env._("With the days before in this period: %s", used)]
    if step.kind == "earlier":
        less = money(env, step.amount, currency)
        return [env._("less what the days before come to: %s", less)]
    if step.kind == "minimum":
        return [env._("up to the minimum: %s", money(env, step.amount, currency))]
    if step.kind == "maximum":
        return [env._("down to the maximum: %s", money(env, step.amount, currency))]
    if step.kind == "event_minimum":
        more = money(env, step.amount, currency)
        return [env._("up to the minimum of single events: %s", more)]
    if step.kind == "event_maximum":
        less = money(env, step.amount, currency)
        return [env._("down to the maximum of single events: %s", less)]
    if step.kind == "flat":
        return []
    if step.kind == "percentage":
        return [_percentage_text(env, step, currency)]
    if step.kind == "package":
        return [
            env._(
                "%(count)s packages x %(price)s = %(amount)s",
                count=number(env, step.quantity),
                price=money(env, step.unit_price, currency),
                amount=money(env, step.amount, currency),
            )
        ]
    amounts = {
        "quantity": number(env, step.quantity),
        "price": money(env, step.unit_price, currency),
        "amount": money(env, step.amount, currency),
    }
    if step.flat_fee:
        fee = money(env, step.flat_fee, currency)
        return [
            env._("%(quantity)s x %(price)s + %(fee)s = %(amount)s", fee=fee, **amounts)
        ]
    return [env._("%(quantity)s x %(price)s = %(amount)s", **amounts)]


def _percentage_text(env, step, currency):
    values = {
        "percent": number(env, step.unit_price * 100),
        "base": money(env, step.quantity, currency),
        "amount": money(env, step.amount, currency),
    }
    if step.flat_fee:
        fees = money(env, step.flat_fee, currency)
        return env._(
            "%(percent)s %% of %(base)s + fees of %(fees)s = %(amount)s",
            fees=fees,
            **values,
        )
    return env._("%(percent)s %% of %(base)s = %(amount)s", **values)


def usage_texts(line, usage, plain=False):
    """Return what was used and how it is priced, from ``_usage_data``.

    ``plain``: quantity and price say it already.
    """
    env, currency, meter = line.env, line.currency_id, line.charge_id.meter_id
    steps = [
        RatingStep(kind, *map(exact, numbers), exact(from_), to and exact(to))
        for kind, *numbers, from_, to in usage["steps"]
    ]
    quantity = meter._quantity_text(exact(usage["quantity"]))
    texts = [env._("Used: %s", quantity)]
    if usage["events"]:
        events = number(env, usage["events"])
        texts = [
            env._(
                "Used: %(quantity)s (events: %(events)s)",
                quantity=quantity,
                events=events,
            )
        ]
    if not plain:
        rating = Rating(exact(0), exact(usage["quantity"]), tuple(steps))
        texts += rating_texts(env, rating, currency)
        if usage["discount"]:
            texts.append(env._("less %s %%", number(env, usage["discount"])))
    if usage["before"]:
        before = money(env, usage["before"], currency)
        texts.append(env._("less what was billed before: %s", before))
    return texts


def why_texts(row):
    """Return the sentences that explain a ledger row: price, days, taxes."""
    env = row.env
    line = row.line_id
    data = row.explanation or {}
    texts = [_what_text(row), *row._origin_texts()]
    if data.get("source"):
        texts.append(env._("Price: %s", data["source"]))
    if data.get("usage"):
        if data["usage"]["late"]:
            texts.append(env._("Late usage: the period was billed before it came"))
        texts += usage_texts(line, data["usage"])
    else:
        texts += rating_texts(env, line._rating(), row.currency_id)
        if data.get("discount"):
            texts.append(env._("less %s %%", data["discount"]))
    if data.get("share") and data["share"][0] != data["share"][1]:
        days, total = data["share"][:2]
        texts.append(env._("%(days)s of %(total)s days", days=days, total=total))
    texts.append(env._("Amount: %s", money(env, row.amount, row.currency_id)))
    texts += coupon_texts(row)
    taxes = ", ".join(row.tax_ids.mapped("name")) or env._("no tax")
    texts.append(env._("Taxes: %s", taxes))
    return texts


def coupon_texts(row):
    """Return "Coupon SPRING: −6.00 €" for what each coupon took off a ledger row."""
    env = row.env
    taken = (row.explanation or {}).get("coupons") or ()
    uses = env["recurring.coupon.use"].browse(use_id for use_id, _amount in taken)
    return [
        env._(
            "Coupon %(name)s: %(amount)s",
            name=use.coupon_id.code,
            amount=money(env, -exact(amount), row.currency_id),
        )
        for use, (_use_id, amount) in zip(uses, taken, strict=True)
    ]


def _what_text(row):
    env, what = row.env, row.line_id.display_name
    first = format_date(env, row.date_start)
    if row.line_id.role == "one_off":
        return env._("%(what)s, once, on %(day)s", what=what, day=first)
    return env._(
        "%(what)s, from %(first)s to %(last)s",
        what=what,
        first=first,
        last=format_date(env, row.last_day),
    )


def origin_texts(row):
    """Return the sentence that says what kind of row it is, none for a charge."""
    env = row.env
    if row.kind == "opening":
        reference = row.opening_ref or "-"
        return [env._("Billed by the former system, invoice %s", reference)]
    if row.kind == "credit" and row.origin_id:
        return [
            env._("Takes back what was billed as number %s", row.origin_id.sequence)
        ]
    if row.kind == "waiver":
        return [
            env._("Balances a credit note: the period is not billed again by itself")
        ]
    return []
