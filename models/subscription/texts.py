"""How an amount came about, in plain words, in the language of the environment."""

from odoo.tools import format_date

from ..catalog.texts import money, number
from ..exact import exact


def rating_texts(env, rating, currency):
    """Return one text per step of a rating: "8 x 3.00 € = 24.00 €"."""
    return [text for step in rating.steps for text in _step_texts(env, step, currency)]


def _step_texts(env, step, currency):
    if step.kind == "included":
        return [env._("%s included", number(env, step.quantity))]
    if step.kind == "minimum":
        return [env._("up to the minimum: %s", money(env, step.amount, currency))]
    if step.kind == "maximum":
        return [env._("down to the maximum: %s", money(env, step.amount, currency))]
    if step.kind == "flat":
        return []
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


def why_texts(row):
    """Return the sentences that explain a ledger row: price, days, taxes."""
    env = row.env
    line = row.line_id
    data = row.explanation or {}
    texts = [_what_text(row), *row._origin_texts()]
    if data.get("source"):
        texts.append(env._("Price: %s", data["source"]))
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
