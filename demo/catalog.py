"""Eight plans, each of which shows something else that a plan can do."""

from odoo import Command

from .clock import on

FRENCH = {
    "Atelier Team": "Atelier Équipe",
    "Atelier Pro, yearly": "Atelier Pro, annuel",
    "Quarterly Advice": "Conseil trimestriel",
    "Club, by Season": "Club, par saison",
    "Workshop Box": "Coffret de l'atelier",
    "Atelier API Discovery": "Atelier API Découverte",
}


class Catalog:
    """Plans and products by the names that the story uses."""

    def __init__(self, env, calendar):
        self.env = env
        self.calendar = calendar
        self.taxes = self._taxes()
        self.products = {}
        self.plans = {}

    def set_up(self):
        """Create and publish everything."""
        with on(self.calendar.first(0)):
            self._products()
            self._subscriptions_of_software()
            self._services()
            self._for_consumers()
            self._sold_through()
            self._dollars()
        self._next_versions()
        return self

    # ------------------------------------------------------------------
    # Products
    # ------------------------------------------------------------------

    def _taxes(self):
        """Return the taxes of services and goods, and of prices for consumers."""
        chart = f"account.{self.env.company.id}_"
        service = self.env.ref(f"{chart}tva_normale_encaissement")
        goods = self.env.ref(f"{chart}tva_normale")
        included = {"price_include_override": "tax_included"}
        return {
            "service": service,
            "goods": goods,
            "service_ttc": service.copy({"name": "20% S TTC", **included}),
            "goods_ttc": goods.copy({"name": "20% G TTC", **included}),
        }

    def _products(self):
        for key, name, english, price, tax in (
            ("seat", "Poste Atelier Équipe", "Atelier Team seat", 18, "service"),
            ("setup", "Mise en service", "Set-up", 250, "service"),
            ("support", "Assistance prioritaire", "Priority support", 49, "service"),
            ("fax", "Passerelle fax", "Fax gateway", 15, "service"),
            ("connect", "Atelier Connect", "Atelier Connect", 60, "service"),
            ("device", "Appareils connectés", "Connected devices", 4, "service"),
            ("storage", "Stockage", "Storage (GB)", 0.2, "service"),
            ("pro", "Atelier Pro, annuel", "Atelier Pro, yearly", 1188, "service"),
            ("advice", "Conseil trimestriel", "Quarterly advice", 900, "service"),
            ("club", "Cotisation Club", "Club season", 96, "service"),
            ("care", "Maintenance", "Maintenance", 75, "service"),
            ("perso", "Atelier Perso", "Atelier Perso", 9.9, "service_ttc"),
            ("box", "Coffret de l'atelier", "Workshop box", 14.5, "goods_ttc"),
            ("api", "Atelier API", "Atelier API", 29, "service"),
            ("calls", "Appels API", "API calls", 0.02, "service"),
            ("training", "Journée de formation", "Training day", 720, "service"),
            ("migration", "Reprise de données", "Data migration", 180, "service"),
        ):
            self.products[key] = self._product(name, english, price, tax)

    def _product(self, name, english, price, tax):
        code = "707000" if tax.startswith("goods") else "706000"
        account = self.env["account.account"].search([("code", "=", code)], limit=1)
        product = self.env["product.product"].create(
            {
                "name": english,
                "type": "service",
                "list_price": price,
                "invoice_policy": "order",
                "taxes_id": [Command.set(self.taxes[tax].ids)],
                "property_account_income_id": account.id,
            }
        )
        product.with_context(lang="fr_FR").name = name
        return product

    # ------------------------------------------------------------------
    # Plans
    # ------------------------------------------------------------------

    def add_plan(self, key, name, description, charges, **version):
        """Create and publish a plan; its code is the key in capitals."""
        plan = self.env["recurring.plan"].create(
            {
                "name": name,
                "code": key.upper(),
                "description": description,
                "sequence": 10 * (len(self.plans) + 1),
                "color": len(self.plans) + 1,
            }
        )
        plan.with_context(lang="fr_FR").name = FRENCH.get(name, name)
        plan.draft_version_id.write(
            {
                "charge_ids": [
                    Command.create(self._charge_values(sequence, charge))
                    for sequence, charge in enumerate(charges, 1)
                ],
                **version,
            }
        )
        plan.draft_version_id.action_publish()
        self.plans[key] = plan

    def _charge_values(self, sequence, charge):
        product = self.products[charge.pop("product")]
        return {**charge, "sequence": 10 * sequence, "product_id": product.id}

    def _subscriptions_of_software(self):
        first_of_month = {"alignment": "day_of_month", "alignment_day": 1}
        self.add_plan(
            "team",
            "Atelier Team",
            "Per seat and month, from the 1st; set-up once, support on request.",
            [
                _charge("seat", "per_unit", 18.0),
                _charge("support", "flat", 49.0, role="addon"),
                _charge("fax", "flat", 15.0, role="addon"),
                _charge("setup", "flat", 250.0, role="one_off"),
            ],
            **first_of_month,
        )
        self.add_plan(
            "connect",
            "Atelier Connect",
            "A base price, devices by tiers, storage at the price of the tier reached.",
            [
                _charge("connect", "flat", 60.0),
                _charge(
                    "device",
                    "graduated",
                    tiers=((10, 4.0, 0), (50, 3.0, 0), (0, 2.0, 0)),
                    default_quantity=12,
                ),
                _charge(
                    "storage",
                    "volume",
                    tiers=((100, 0.2, 0), (500, 0.15, 0), (0, 0.1, 10)),
                    role="addon",
                    default_quantity=50,
                ),
            ],
            **first_of_month,
        )
        self.add_plan(
            "pro",
            "Atelier Pro, yearly",
            "A year in advance, with commitment; renews by itself for another year.",
            [_charge("pro", "flat", 1188.0)],
            interval_unit="year",
            days_ahead=30,
            term_count=1,
            renewal="automatic",
            notice_days=60,
            cancel_when="term_end",
            term_ids=[
                Command.create({"term_count": 1}),
                Command.create({"term_count": 2, "discount": 8.0}),
            ],
        )

    def _services(self):
        self.add_plan(
            "advice",
            "Quarterly Advice",
            "Calendar quarters, invoiced when they have ended.",
            [_charge("advice", "flat", 900.0)],
            interval_count=3,
            alignment="calendar",
            timing="arrears",
            cancel_when="now",
            cancel_credit=True,
        )
        self.add_plan(
            "care",
            "Maintenance",
            "Monthly on the last day of the month, for a year; renewed by hand.",
            [_charge("care", "per_unit", 75.0)],
            alignment="day_of_month",
            alignment_day=31,
            term_count=1,
            renewal="manual",
            notice_days=45,
            cancel_when="term_end",
        )
        self.add_plan(
            "club",
            "Club, by Season",
            "From 1 September to 31 August; who joins later pays the days left.",
            [_charge("club", "flat", 96.0)],
            interval_unit="year",
            alignment="season",
            alignment_day=1,
            alignment_month="9",
        )

    def _for_consumers(self):
        at_once = self.env.ref("account.account_payment_term_immediate").id
        self.add_plan(
            "perso",
            "Atelier Perso",
            "For consumers: a price with VAT; who leaves gets the unused days back.",
            [_charge("perso", "flat", 9.9)],
            days_ahead=30,
            cancel_when="now",
            cancel_credit=True,
            payment_term_id=at_once,
        )
        self.add_plan(
            "box",
            "Workshop Box",
            "A box every week; the weeks of a month come on one invoice.",
            [_charge("box", "per_unit", 14.5)],
            interval_unit="week",
            alignment="calendar",
            first_period="skip",
            payment_term_id=at_once,
        )

    def _sold_through(self):
        """The products that start a subscription when a quotation is confirmed."""
        for product, plan in (
            ("seat", "team"),
            ("connect", "connect"),
            ("pro", "pro"),
            ("advice", "advice"),
            ("care", "care"),
            ("club", "club"),
        ):
            self.products[product].product_tmpl_id.rr_plan_id = self.plans[plan]

    def _dollars(self):
        """Price lists in other currencies: one with own prices, one that converts."""
        lists = self.env["product.pricelist"]
        seat = self.products["seat"].product_tmpl_id
        self.dollars = lists.create(
            {
                "name": "US dollar",
                "currency_id": self.env.ref("base.USD").id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "1_product",
                            "product_tmpl_id": seat.id,
                            "compute_price": "fixed",
                            "fixed_price": 21.0,
                        }
                    )
                ],
            }
        )
        self.pounds = lists.create(
            {"name": "Pound sterling", "currency_id": self.env.ref("base.GBP").id}
        )

    def _next_versions(self):
        """The seat became dearer for new customers, and will again."""
        with on(self.calendar.day(6, 10)):
            self._new_team_version(7, 19.0).action_publish()
        self._new_team_version(14, 20.0)

    def _new_team_version(self, month, price):
        plan = self.plans["team"]
        plan.action_new_version()
        draft = plan.draft_version_id
        draft.effective_date = self.calendar.first(month)
        draft.charge_ids.filtered(
            lambda charge: charge.product_id == self.products["seat"]
        ).unit_price = price
        return draft


def _charge(product, model, price=0.0, tiers=(), **values):
    """Return a charge as ``add_plan`` takes it; a tier is (up to, each, flat)."""
    return {
        "product": product,
        "charge_model": model,
        "unit_price": price,
        "tier_ids": [
            Command.create({"up_to": up_to, "unit_price": each, "flat_fee": fee})
            for up_to, each, fee in tiers
        ],
        **values,
    }
