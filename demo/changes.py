"""What changed in the year: more seats, other plans, pauses, agreed prices."""

from datetime import timedelta

from .clock import iso

# month, day, customer, plan, what, details
CHANGED = (
    (2, 24, "zinc", "team", "quantity", {"quantity": 10}),
    (4, 22, "hudson", "team", "quantity", {"quantity": 9, "when": "period_end"}),
    (5, 11, "osier", "team", "price", {"price": 16.5, "proration": "next"}),
    (6, 15, "bocage", "team", "remove", {"product": "support"}),
    (7, 9, "jacquard", "team", "pause", {"days": 53}),
    (8, 12, "isar", "connect", "quantity", {"quantity": 24}),
    (8, 18, "granit", "free", "upgrade", {}),
    (9, 10, "aare", "connect", "add", {"product": "storage", "quantity": 120}),
    (10, 13, "maine", "team", "quantity", {"quantity": 26}),
    (11, 9, "leie", "connect", "quantity", {"quantity": 21, "when": "period_end"}),
    (12, 5, "cadran", "team", "plan", {"plan": "connect", "when": "period_end"}),
    (12, 8, "abeille", "free", "upgrade", {}),
    (12, 9, "meuse", "care", "postpone", {"days": 45}),
    (12, 10, "luthier", "pro", "pause", {"days": 60, "ahead": 20}),
)
# Asked for by a seller, more than he may grant: an administrator decides.
ASKED = ((12, 11, "senne", "team", "julien", 30.0),)


class Changes:
    """Changes subscriptions as their users do, through the public method."""

    def __init__(self, env, catalog, users):
        self.env = env
        self.catalog = catalog
        self.users = users

    def change(self, sub, day, what, details):
        """Make one change on its day."""
        getattr(self, f"_{what}")(sub, day, dict(details))

    def ask(self, sub, day, user, percent):
        """Let a seller ask for a discount that he may not give."""
        sub.user_id = self.users[user]
        rows = [{"line_id": self._main(sub, day).id, "discount": percent}]
        own = sub.with_user(self.users[user])
        own.action_change("lines", {"lines": rows}, note="Renews if the price moves")

    def _main(self, sub, day):
        """Return the line that counts units, else the first."""
        lines = sub._lines_on(day)
        counted = lines.filtered(
            lambda line: line.role == "base" and line.charge_id.charge_model != "flat"
        )
        return (counted or lines)[:1]

    def _quantity(self, sub, day, details):
        row = {"line_id": self._main(sub, day).id, "quantity": details.pop("quantity")}
        sub.action_change("lines", {"lines": [row]}, **details)

    def _price(self, sub, day, details):
        row = {"line_id": self._main(sub, day).id, "price_unit": details.pop("price")}
        sub.action_change("lines", {"lines": [row]}, **details)

    def _add(self, sub, day, details):
        product = self.catalog.products[details["product"]]
        charge = sub._version_on(day).charge_ids.filtered(
            lambda charge: charge.product_id == product
        )
        values = {"charge_id": charge.id, "quantity": details["quantity"]}
        sub.action_change("addon_add", values)

    def _remove(self, sub, day, details):
        product = self.catalog.products[details["product"]]
        line = sub._lines_on(day).filtered(lambda line: line.product_id == product)
        sub.action_change("addon_remove", {"line_id": line.id}, when="period_end")

    def _plan(self, sub, day, details):
        plan = self.catalog.plans[details.pop("plan")]
        sub.action_change("plan", {"plan_id": plan.id}, **details)

    def _upgrade(self, sub, day, details):
        sub.action_upgrade()

    def _pause(self, sub, day, details):
        start = day + timedelta(days=details.get("ahead", 0))
        until = start + timedelta(days=details["days"])
        sub.action_change("pause", {"until": iso(until)}, date=iso(start))

    def _postpone(self, sub, day, details):
        until = sub.billed_through + timedelta(days=details["days"])
        sub.action_change("postpone", {"until": iso(until)})
