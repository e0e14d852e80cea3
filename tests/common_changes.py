"""What the tests of changes share: plans to change between, and their money."""

from odoo import fields

from .common_billing import BillingCommon


class ChangeCommon(BillingCommon):
    """A monthly plan by seat at 30.00 with an add-on at 10.00, from 1 April 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls._product("Seat")
        cls.pro = cls._plan_of_seats("Pro", 30.0)
        cls.addon = cls.pro.current_version_id.charge_ids.filtered(
            lambda charge: charge.role == "addon"
        )

    @classmethod
    def _plan_of_seats(cls, name, price, product=None, **version):
        support = cls._product("Support")
        return cls._plan(
            name,
            [
                {
                    "product_id": (product or cls.seat).id,
                    "name": f"{name} seat",
                    "charge_model": "per_unit",
                    "unit_price": price,
                },
                {
                    "product_id": support.id,
                    "name": f"{name} support",
                    "role": "addon",
                    "unit_price": 10.0,
                },
            ],
            **version,
        )

    def _running(
        self, start="2026-04-01", billed=None, plan=None, quantity=1, **values
    ):
        """Return a subscription that runs, billed up to a day."""
        sub = self._subscribe(
            plan or self.pro, start, lines=[{"quantity": quantity}], **values
        )
        if billed:
            self._bill(billed)
        return sub

    def _change(self, sub, kind, values=None, **options):
        return self.env["recurring.change"].browse(
            sub.action_change(kind, values, **options)
        )

    def _quantity(self, sub, quantity, line=None, **options):
        line = line or sub.line_ids.filtered(lambda line: not line.end_date)[:1]
        rows = [{"line_id": line.id, "quantity": quantity}]
        return self._change(sub, "lines", {"lines": rows}, **options)

    def assertDue(self, sub, day, rows):
        """What billing on ``day`` would do: (kind, first day, last day, amount)."""
        items = sub._difference(self._day(day))[sub.id]
        self.assertEqual(
            [
                (
                    item.kind,
                    str(item.part.start),
                    str(item.part.last_day),
                    float(item.amount),
                )
                for item in items
            ],
            rows,
        )

    @staticmethod
    def _day(text):
        return fields.Date.to_date(text)

    def _documents(self, sub):
        """Return (type, untaxed) of the subscription's documents, oldest first."""
        moves = sub.billed_item_ids.move_id.sorted("id")
        return [(move.move_type, move.amount_untaxed) for move in moves]
