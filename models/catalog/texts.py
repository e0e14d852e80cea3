"""Prices and billing rhythms in plain words, in the language of the environment."""

from odoo.tools import format_date, formatLang

from ..exact import exact


def number(env, value):
    """Return a quantity as the user writes it, without idle zeros: 1,000 or 2.5."""
    return formatLang(env, float(value), digits=_decimals(exact(value)))


def money(env, value, currency):
    """Return a price with its currency and all the decimals it needs: 0.0035 €."""
    value = exact(value)
    digits = max(currency.decimal_places, _decimals(value))
    text = formatLang(env, float(value), digits=digits)
    if not currency:
        return text
    pair = (text, currency.symbol)
    return "\N{NO-BREAK SPACE}".join(
        pair if currency.position == "after" else pair[::-1]
    )


def _decimals(value):
    """Return how many decimals a Decimal needs: 2 for 1.50, 0 for 10.

    Values come from fields with six decimals, so six is also the most.
    """
    exponent = value.normalize().as_tuple().exponent
    return min(max(-exponent, 0), 6)


# ----------------------------------------------------------------------
# When it is billed
# ----------------------------------------------------------------------


def schedule_text(version, start_date=None):
    """Return e.g. "Every 3 months, in advance, on day 31 of the month".

    With ``start_date`` a plan that follows the start of the subscription names the day.
    """
    env = version.env
    timing = {
        "advance": env._("in advance"),
        "arrears": env._("in arrears"),
    }
    parts = [
        _every(version),
        timing.get(version.timing),
        _grid_text(version, start_date),
    ]
    return ", ".join(part for part in parts if part)


def _every(version):
    env = version.env
    count = version.interval_count
    single = {
        "day": env._("Every day"),
        "week": env._("Every week"),
        "month": env._("Every month"),
        "year": env._("Every year"),
    }
    several = {
        "day": env._("Every %s days", count),
        "week": env._("Every %s weeks", count),
        "month": env._("Every %s months", count),
        "year": env._("Every %s years", count),
    }
    return (single if count == 1 else several).get(version.interval_unit)


def per_period(version):
    """Return how a price is measured in time: "per month", "per 3 months"."""
    env = version.env
    count = version.interval_count
    single = {
        "day": env._("per day"),
        "week": env._("per week"),
        "month": env._("per month"),
        "year": env._("per year"),
    }
    several = {
        "day": env._("per %s days", count),
        "week": env._("per %s weeks", count),
        "month": env._("per %s months", count),
        "year": env._("per %s years", count),
    }
    return (single if count == 1 else several).get(version.interval_unit, "")


def time_text(env, count, unit):
    """Return a length of time: "one month", "6 months"."""
    single = {
        "day": env._("one day"),
        "week": env._("one week"),
        "month": env._("one month"),
        "year": env._("one year"),
    }
    several = {
        "day": env._("%s days", count),
        "week": env._("%s weeks", count),
        "month": env._("%s months", count),
        "year": env._("%s years", count),
    }
    return (single if count == 1 else several).get(unit, "")


def _grid_text(version, start_date):
    env = version.env
    if version.alignment == "day_of_month":
        return _day_text(env, version.alignment_day)
    if version.alignment == "season":
        months = dict(version._fields["alignment_month"]._description_selection(env))
        return env._(
            "season from %(day)s %(month)s",
            day=version.alignment_day,
            month=months.get(version.alignment_month, ""),
        )
    if version.alignment == "calendar":
        return _calendar_text(version)
    if not start_date:
        return env._("from the day it starts")
    return _anniversary_text(version, start_date)


def _calendar_text(version):
    env = version.env
    if version.interval_unit == "week":
        return env._("on Mondays")
    if version.interval_unit == "year":
        return env._("by calendar year")
    if version.interval_count == 3:
        return env._("by calendar quarter")
    return env._("on the first day of the month")


def _anniversary_text(version, start_date):
    env = version.env
    if version.interval_unit == "month":
        return _day_text(env, start_date.day)
    pattern = {"week": "EEEE", "year": "d MMMM"}.get(version.interval_unit)
    return env._(
        "from %(day)s", day=format_date(env, start_date, date_format=pattern or False)
    )


def _day_text(env, day):
    if day == 31:
        return env._("on the last day of the month")
    if day == 1:
        return env._("on the first day of the month")
    return env._("on day %(day)s of the month", day=day)


# ----------------------------------------------------------------------
# What it costs
# ----------------------------------------------------------------------


def price_text(charge):
    """Return a charge's price as a customer reads it.

    For instance "1-10: 5.00 € each; beyond: 4.00 € each, per month".
    """
    env = charge.env
    version = charge.version_id
    scale = {
        "flat": _flat_text,
        "per_unit": _unit_text,
        "graduated": _tiers_text,
        "volume": _volume_text,
        "package": _package_text,
        "percentage": _percentage_text,
    }[charge.charge_model or "flat"](charge)
    if charge.included_quantity and charge.charge_model != "flat":
        scale = env._(
            "%(quantity)s included, then %(price)s",
            quantity=_included_text(charge),
            price=scale,
        )
    parts = [scale]
    if charge.minimum_amount and charge.charge_model != "flat":
        least = money(env, charge.minimum_amount, charge.currency_id)
        parts.append(env._("at least %s", least))
    if charge.maximum_amount and charge.charge_model != "flat":
        most = money(env, charge.maximum_amount, charge.currency_id)
        parts.append(env._("at most %s", most))
    once = charge.role == "one_off"
    when = env._("once") if once else per_period(version)
    if charge.charge_model == "flat":
        text = env._("%(price)s %(when)s", price=scale, when=when)
    else:
        text = ", ".join(part for part in [*parts, when] if part)
    return env._("%s, tax included", text) if charge.tax_included else text


def _flat_text(charge):
    return money(charge.env, charge.unit_price, charge.currency_id)


def _unit_text(charge):
    price = money(charge.env, charge.unit_price, charge.currency_id)
    return charge.env._("%s each", price)


def _included_text(charge):
    """Return what is included: a quantity with its unit, or money of a percentage."""
    if charge.charge_model == "percentage":
        return money(charge.env, charge.included_quantity, charge.currency_id)
    quantity = number(charge.env, charge.included_quantity)
    return " ".join(filter(None, (quantity, charge.meter_id.unit)))


def _package_text(charge):
    size = number(charge.env, charge.package_size)
    return charge.env._(
        "%(price)s for each %(size)s begun",
        price=money(charge.env, charge.unit_price, charge.currency_id),
        size=" ".join(filter(None, (size, charge.meter_id.unit))),
    )


def _percentage_text(charge):
    env, currency = charge.env, charge.currency_id
    text = env._("%s %%", number(env, charge.unit_price))
    if charge.fixed_fee:
        fee = money(env, charge.fixed_fee, currency)
        text = env._("%(percent)s plus %(fee)s each", percent=text, fee=fee)
    bounds = []
    if charge.event_minimum:
        least = money(env, charge.event_minimum, currency)
        bounds.append(env._("at least %s each", least))
    if charge.event_maximum:
        most = money(env, charge.event_maximum, currency)
        bounds.append(env._("at most %s each", most))
    if charge.free_events:
        bounds.append(env._("the first %s free", number(env, charge.free_events)))
    return f"{text} ({', '.join(bounds)})" if bounds else text


def _volume_text(charge):
    return charge.env._("%s (the tier reached counts for all)", _tiers_text(charge))


def _tiers_text(charge):
    env = charge.env
    texts, low = [], exact(0)
    for tier in charge._sorted_tiers():
        price = _tier_price(tier)
        if tier.up_to:
            # Whole tiers read as a price list does: 1-10, 11-50.
            whole = low == int(low)
            texts.append(
                env._(
                    "%(low)s-%(high)s: %(price)s",
                    low=number(env, low + 1 if whole else low),
                    high=number(env, tier.up_to),
                    price=price,
                )
            )
            low = exact(tier.up_to)
        elif texts:
            texts.append(env._("beyond: %s", price))
        else:
            texts.append(price)
    return "; ".join(texts) or env._("no price scale yet")


def _tier_price(tier):
    env = tier.env
    currency = tier.charge_id.currency_id
    if tier.flat_fee and not tier.unit_price:
        return env._("%s in all", money(env, tier.flat_fee, currency))
    each = env._("%s each", money(env, tier.unit_price, currency))
    if not tier.flat_fee:
        return each if tier.unit_price else env._("free")
    return env._(
        "%(each)s plus %(fee)s",
        each=each,
        fee=money(env, tier.flat_fee, currency),
    )
