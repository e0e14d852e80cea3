"""What the tests of sales share: a plan sold through products, and orders."""

from odoo import Command
from odoo.tests import TransactionCase


class SaleCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.tax = cls.env["account.tax"].create(
            {"name": "T20", "amount": 20, "type_tax_use": "sale"}
        )
        cls.tax_included = cls.tax.copy(
            {"name": "T20 incl", "price_include_override": "tax_included"}
        )
        cls.pro = cls._product("Pro", 1.0)
        cls.seat = cls._product("Seat", 1.0)
        cls.setup = cls._product("Set-up", 1.0)
        cls.storage = cls._product("Storage", 1.0)
        cls.training = cls._product("Training", 400.0)
        cls.plan = cls._plan(
            "Pro",
            [
                {"product_id": cls.pro.id, "unit_price": 31},
                {
                    "product_id": cls.seat.id,
                    "charge_model": "per_unit",
                    "unit_price": 5,
                    "default_quantity": 2,
                },
                {"product_id": cls.setup.id, "unit_price": 50, "role": "one_off"},
                {"product_id": cls.storage.id, "unit_price": 7, "role": "addon"},
            ],
        )
        cls.pro.rr_plan_id = cls.plan
        cls.customer = cls.env["res.partner"].create({"name": "Acme"})

    @classmethod
    def _product(cls, name, price, tax=None):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": price,
                "invoice_policy": "order",
                "taxes_id": [Command.set((tax or cls.tax).ids)],
            }
        )

    @classmethod
    def _plan(cls, name, charges, **values):
        plan = cls.env["recurring.plan"].create({"name": name})
        version = plan.version_ids
        version.write(
            {"charge_ids": [Command.create(charge) for charge in charges], **values}
        )
        version.action_publish()
        return plan

    def _order(self, *lines, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, **vals})
                    for product, vals in lines
                ],
                **values,
            }
        )
