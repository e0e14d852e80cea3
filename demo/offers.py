"""Free plans, trials, phases, usage, coupons and price revisions of the year."""

from datetime import datetime, time, timedelta

from odoo import Command

from .clock import LAST, iso, on

# month, day, customer, plan, code
COUPONS = (
    (3, 3, "bocage", "team", "WELCOME20"),
    (7, 7, "sabot", "team", "WELCOME20"),
    (9, 16, "velo", "team", "WELCOME20"),
    (11, 21, "papier", "team", "AUTUMN30"),
    (12, 12, "teck", "team", "WELCOME20"),
)
METERED = ("FREE", "API")
CALLS_A_DAY = 65


class Offers:
    """What attracts customers, and what their use and the years make of the price."""

    def __init__(self, env, calendar, catalog):
        self.env = env
        self.calendar = calendar
        self.catalog = catalog

    def set_up(self):
        """Create the plans by usage, free and tried, the coupons and the index."""
        with on(self.calendar.first(0)):
            self._meter()
            self._by_usage()
            self._free()
            self._coupons()
            self._before_leaving()
            self._index()

    def _meter(self):
        self.meter = self.env["recurring.meter"].create(
            {"name": "API calls", "code": "calls", "unit": "calls", "decimals": 0}
        )
        french = self.meter.with_context(lang="fr_FR")
        french.write({"name": "Appels API", "unit": "appels"})

    def _by_usage(self):
        """Two weeks free, three months at 19.00, then 29.00; calls beyond 1,500."""
        phase = {"periods": 3, "price_type": "price", "price": 19.0}
        self.catalog.add_plan(
            "api",
            "Atelier API",
            "Two weeks free, three months at a lower price; calls by usage.",
            [
                {
                    "product": "api",
                    "charge_model": "flat",
                    "unit_price": 29.0,
                    "phase_ids": [Command.create(phase)],
                },
                {
                    "product": "calls",
                    "role": "usage",
                    "meter_id": self.meter.id,
                    "charge_model": "graduated",
                    "included_quantity": 1500,
                    "threshold_percents": "80, 100",
                    "tier_ids": [
                        Command.create({"up_to": 5000, "unit_price": 0.02}),
                        Command.create({"up_to": 0, "unit_price": 0.012}),
                    ],
                },
            ],
            trial_days=14,
            trial_after="convert",
        )

    def _free(self):
        """Costs nothing and never will; more than its 2,000 calls is stopped."""
        self.catalog.add_plan(
            "free",
            "Atelier API Discovery",
            "Free, and stays free; one click to Atelier API.",
            [
                {"product": "api", "charge_model": "flat", "unit_price": 0.0},
                {
                    "product": "calls",
                    "role": "usage",
                    "meter_id": self.meter.id,
                    "charge_model": "per_unit",
                    "unit_price": 0.0,
                    "limit_quantity": 2000,
                    "threshold_percents": "80, 100",
                    "hard_limit": True,
                },
            ],
        )
        plans = self.catalog.plans
        family = self.env["recurring.plan.family"].create({"name": "Atelier API"})
        (plans["free"] | plans["api"]).family_id = family
        plans["free"].upgrade_plan_id = plans["api"]

    def _coupons(self):
        euro = self.env.ref("base.EUR").id
        coupons = self.env["recurring.coupon"].create(
            [
                {
                    "code": "WELCOME20",
                    "name": "Welcome: 20 % for three months",
                    "kind": "percent",
                    "percent": 20,
                    "duration": "periods",
                    "period_count": 3,
                },
                {
                    "code": "AUTUMN30",
                    "name": "Autumn fair: 30 euros off",
                    "kind": "fixed",
                    "amount": 30.0,
                    "currency_id": euro,
                    "duration": "once",
                },
                {
                    "code": "STAY50",
                    "name": "Stay: two months at half price",
                    "kind": "percent",
                    "percent": 50,
                    "duration": "periods",
                    "period_count": 2,
                },
            ]
        )
        names = (
            "Bienvenue : 20 % pendant trois mois",
            "Salon d'automne : 30 euros",
            "Restez : deux mois à moitié prix",
        )
        for coupon, name in zip(coupons, names, strict=True):
            coupon.with_context(lang="fr_FR").name = name
        self.stay = coupons[-1]

    def _before_leaving(self):
        """What somebody who cancels is offered first."""
        self.catalog.plans["team"].write(
            {"retention_coupon_id": self.stay.id, "retention_pause": True}
        )
        self.catalog.plans["connect"].retention_plan_id = self.catalog.plans["team"]

    def _index(self):
        """The price of advice follows an index, published each month (invented)."""
        index = self.env["recurring.index"].create(
            {
                "name": "Cost of Labour (example)",
                "code": "COL",
                "source": "Invented for the demo",
                "value_ids": [
                    Command.create(
                        {
                            "date": self.calendar.first(month),
                            "value": 310.2 + 0.8 * month + 0.3 * (month % 3),
                        }
                    )
                    for month in range(-3, LAST)
                ],
            }
        )
        self.catalog.plans["advice"].index_id = index
        self.index = index

    # ------------------------------------------------------------------
    # On its day
    # ------------------------------------------------------------------

    def apply_coupon(self, sub, day, code):
        """Let a customer use a coupon."""
        sub.action_apply_coupon(code)

    def record_usage(self, subscriptions, day):
        """Record the calls of the month up to a day, one event a day and customer."""
        first = day.replace(day=1)
        events = [
            event
            for number, sub in enumerate(subscriptions, 1)
            for event in self._calls(sub, first, day, number)
        ]
        answers = self.env["recurring.usage"].record(events) if events else []
        refused = [row for row in answers if row["code"] not in ("recorded", "late")]
        assert not refused, refused[:3]

    def _calls(self, sub, first, last, number):
        day = max(first, sub.start_date)
        while day <= last:
            # The same every time; more on working days, more from month to month.
            busy = 3 if day.weekday() < 5 else 1
            count = CALLS_A_DAY * busy * number + 7 * (day.day % 9) + 4 * day.month
            yield {
                "key": f"{sub.name}/{iso(day)}",
                "subscription": sub.name,
                "meter": "calls",
                "time": datetime.combine(day, time(10)).isoformat() + "Z",
                "quantity": count,
            }
            day += timedelta(days=1)

    def raise_prices(self, day, name, plan, percent, month, apply):
        """Prepare a price revision; apply it, or leave it to be looked at.

        Without ``percent`` it goes by the index.
        """
        how = {"percent": percent} if percent else {"method": "index"}
        revision = self.env["recurring.price.revision"].create(
            {
                "name": name,
                **how,
                "plan_ids": [Command.set(self.catalog.plans[plan].ids)],
                "effective_date": self.calendar.first(month),
            }
        )
        revision.action_prepare()
        if apply:
            revision.action_apply()


# month, day, what it is called, plan, percent, from month, applied
REVISIONS = (
    (8, 4, "Maintenance 2026", "care", 2.5, 10, True),
    (LAST, 16, "Tarifs Connect 2027", "connect", 4.0, LAST + 2, False),
    (LAST, 17, "Indice 2027, conseil", "advice", None, LAST + 2, False),
)
