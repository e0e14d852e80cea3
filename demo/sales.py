"""Who became a customer during the year, and through which of the doors."""

from dataclasses import dataclass, field

from odoo import Command

from .clock import iso, on


@dataclass(frozen=True)
class Start:
    """A subscription that starts: on a day of a month of the story, at a door."""

    month: int
    day: int
    door: str  # "order" (a quotation is confirmed) or "form"
    customer: str
    plan: str
    quantity: float | None = None
    price: float | None = None  # agreed with the customer
    discount: float = 0.0
    addons: dict = field(default_factory=dict)  # product: quantity
    once: tuple = ()  # ordinary products on the same quotation
    reference: str = ""  # the customer's own order number
    payer: str = ""  # who gets the invoices, where it is not the customer
    years: int = 0  # for how long the customer commits


def _order(month, day, customer, plan, quantity=None, **more):
    return Start(month, day, "order", customer, plan, quantity, **more)


def _form(month, day, customer, plan, quantity=None, **more):
    return Start(month, day, "form", customer, plan, quantity, **more)


STARTS = (
    _order(0, 24, "meule", "team", 5),
    _form(0, 26, "david", "perso"),
    _form(1, 2, "elsa", "perso"),
    _order(1, 4, "zinc", "team", 8),
    _order(1, 9, "isar", "connect", 18),
    _form(1, 11, "elsa", "box", 1),
    _order(1, 16, "nacre", "pro"),
    _form(1, 18, "velo", "club"),
    _form(2, 3, "fatou", "perso"),
    _order(2, 6, "osier", "team", 3, discount=10),
    _form(2, 9, "greta", "perso"),
    _order(2, 14, "hudson", "team", 12),
    _form(2, 19, "gilles", "box", 2),
    _order(2, 21, "teck", "pro", price=1090.0),
    _order(3, 3, "bocage", "team", 6, addons={"support": 1}),
    _form(3, 5, "hugo", "perso"),
    _form(3, 7, "meule", "team", 3),
    _form(3, 12, "jacquard", "team", 9, reference="BC-2231"),
    _order(3, 17, "leie", "connect", 25),
    _form(3, 24, "repair", "free"),
    _form(4, 2, "ines", "perso"),
    _order(4, 8, "luthier", "pro"),
    _form(4, 11, "ines", "box", 1),
    _order(4, 15, "senne", "team", 10, once=("training",), reference="PO 7780"),
    _form(4, 21, "coutel", "advice"),
    _order(4, 22, "vanille", "team", 4, addons={"support": 1}),
    _form(5, 4, "jeanne", "perso"),
    _order(5, 6, "cirier", "team", 4, addons={"fax": 1}),
    _form(5, 12, "lucia", "perso"),
    _form(5, 13, "nacre", "team", 2, price=15.0),
    _order(5, 20, "aare", "connect", 30),
    _form(5, 22, "argile", "api"),
    _form(5, 25, "louise", "box", 1),
    _form(5, 27, "granit", "free"),
    _order(6, 3, "meuse", "care", 2),
    _form(6, 6, "karim", "perso"),
    _order(6, 12, "jura", "team", 15, discount=5),
    _form(6, 16, "ferron", "connect", 16, addons={"storage": 150}),
    _form(6, 24, "argile", "care", 1),
    _form(7, 3, "marc", "perso"),
    _order(7, 7, "sabot", "team", 3),
    _form(7, 13, "cadran", "team", 4),
    _form(7, 15, "nacre", "care", 2, payer="quai"),
    _form(7, 15, "papier", "care", 1, payer="quai"),
    _order(7, 22, "maine", "team", 20),
    _form(8, 2, "louise", "perso"),
    _order(8, 5, "heron", "pro"),
    _form(8, 11, "severn", "team", 7),
    _order(8, 19, "belfort", "advice"),
    _form(8, 23, "noemie", "box", 1),
    _order(9, 2, "granit", "care", 1),
    _form(9, 4, "abeille", "free"),
    _form(9, 5, "noemie", "perso"),
    _form(9, 8, "verre", "api"),
    _order(9, 16, "velo", "team", 6, addons={"fax": 1}),
    _form(9, 19, "luthier", "club"),
    _form(10, 2, "bastien", "club"),
    _form(10, 3, "camille", "club"),
    _form(10, 5, "osier", "club"),
    _form(10, 7, "meule", "team", 2),
    _order(10, 9, "relieur", "club"),
    _form(10, 15, "hugo", "box", 1),
    _form(10, 21, "lavande", "team", 6),
    _order(10, 23, "alster", "connect", 40, reference="BST-1188"),
    _form(11, 3, "gilles", "perso"),
    _order(11, 5, "isar", "team", 6, addons={"support": 1}, once=("migration",)),
    _form(11, 8, "verre", "care", 2),
    _order(11, 12, "bocage", "pro"),
    _form(11, 14, "karim", "box", 2),
    _order(11, 19, "brume", "advice"),
    _form(11, 21, "papier", "team", 5),
    _form(11, 26, "amelie", "box", 1),
    _form(12, 2, "bastien", "box", 1),
    _order(12, 3, "dune", "team", 5),
    _form(12, 5, "rhein", "care", 1),
    _order(12, 10, "spree", "connect", 20),
    _form(12, 12, "teck", "team", 4),
    _form(12, 11, "lavande", "pro", years=2),
    _form(12, 14, "brume", "api"),
    _form(12, 16, "zinc", "advice"),
)
# Typed in, and nobody has started them yet.
DRAFTS = (
    _form(12, 13, "abeille", "advice"),
    _form(12, 17, "leie", "team", 4),
    _form(12, 18, "jeanne", "box", 1),
)
SOLD_AS = {
    "team": "seat",
    "connect": "connect",
    "pro": "pro",
    "advice": "advice",
    "care": "care",
    "club": "club",
}
# One invoice for all that this customer has.
GROUPED = ("quai", "jacquard", "meule")


class Sales:
    """Starts subscriptions on their day, and finds them again by customer and plan."""

    def __init__(self, env, catalog, customers):
        self.env = env
        self.catalog = catalog
        self.customers = customers
        self.subscriptions = {}

    def remember(self, subscriptions):
        """Let the story find these; customers of one invoice get it."""
        for sub in subscriptions:
            key = sub.partner_id.ref
            self.subscriptions[key, sub.plan_id.code.lower()] = sub
            if key in GROUPED:
                sub.invoice_grouping = "customer"

    def start(self, start, day):
        """Start a subscription at its door."""
        with on(day):
            if start.door == "order":
                sub = self._confirm_order(start, day)
            else:
                sub = self.draft(start, day)
                sub.action_activate()
        self.remember(sub)

    # ------------------------------------------------------------------
    # The form
    # ------------------------------------------------------------------

    def draft(self, start, day):
        """Create the subscription as the form does, its lines adapted."""
        sub = (
            self.env["recurring.subscription"]
            .with_context(ir_sequence_date=iso(day))
            .create(
                {
                    "partner_id": self.customers[start.customer].id,
                    "plan_id": self.catalog.plans[start.plan].id,
                    "start_date": day,
                    "client_order_ref": start.reference,
                }
            )
        )
        if start.payer:
            sub.partner_invoice_id = self.customers[start.payer]
            sub.invoice_grouping = "customer"
        if start.years:
            sub.term_id = sub.plan_version_id.term_ids.filtered(
                lambda term: term.months == 12 * start.years
            )
        charges = sub.plan_version_id.charge_ids
        for name, quantity in start.addons.items():
            charge = charges.filtered(
                lambda charge, product=self.catalog.products[name]: (
                    charge.product_id == product
                )
            )
            sub.line_ids = [Command.create(sub._prepare_line(charge, quantity))]
        main = sub.plan_version_id._import_charge()
        line = sub.line_ids.filtered(lambda line: line.charge_id == main)
        if start.quantity:
            line.quantity = start.quantity
        if start.price:
            line.write(
                {
                    "price_unit": start.price,
                    "price_agreed": True,
                    "price_source": self.env._("agreed with the customer"),
                }
            )
        return sub

    # ------------------------------------------------------------------
    # The quotation
    # ------------------------------------------------------------------

    def _confirm_order(self, start, day):
        products = self.catalog.products
        partner = self.customers[start.customer]
        main = {"product_id": products[SOLD_AS[start.plan]].id}
        if start.plan != "connect":
            main["product_uom_qty"] = start.quantity or 1
        if start.price:
            main["price_unit"] = start.price
        lines = [{**main, "discount": start.discount}]
        if start.plan == "connect":
            device = products["device"]
            lines.append({"product_id": device.id, "product_uom_qty": start.quantity})
        lines += [
            {"product_id": products[name].id, "product_uom_qty": quantity}
            for name, quantity in start.addons.items()
        ]
        lines += [{"product_id": products[name].id} for name in start.once]
        order = (
            self.env["sale.order"]
            .with_context(ir_sequence_date=iso(day))
            .create(
                {
                    "partner_id": partner.id,
                    "date_order": day,
                    "user_id": partner.user_id.id,
                    "client_order_ref": start.reference,
                    "medium_id": self.env.ref("utm.utm_medium_website").id,
                    "order_line": [Command.create(vals) for vals in lines],
                }
            )
        )
        order.action_confirm()
        if start.once:
            invoice = order._create_invoices()
            invoice.invoice_date = day
            invoice.action_post()
        return order.rr_subscription_ids
