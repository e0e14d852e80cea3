"""What billing tests share: customers, running subscriptions, a billing, its money."""

from datetime import date
from unittest.mock import patch

from odoo import Command

from .common import RecurringCommon


class BillingCommon(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {"name": "VAT 20", "amount": 20, "type_tax_use": "sale"}
        )
        cls.tax_included = cls.tax.copy(
            {"name": "VAT 20 incl.", "price_include_override": "tax_included"}
        )
        cls.customer = cls._customer("Acme")

    @classmethod
    def _customer(cls, name, **values):
        """Return a customer in the company's own country."""
        country = cls.company.country_id or cls.env.ref("base.fr")
        return cls.env["res.partner"].create(
            {"name": name, "country_id": country.id, "lang": "en_US", **values}
        )

    @classmethod
    def _product(cls, name="Licence", price=30.0, **values):
        values.setdefault("taxes_id", [Command.set(cls.tax.ids)])
        return super()._product(name, price, **values)

    @classmethod
    def _subscribe(cls, plan, start, customer=None, lines=None, **values):
        """Return a subscription that was started.

        ``lines`` are values written on the plan's lines, in their order.
        """
        subscription = cls.env["recurring.subscription"].create(
            {
                "partner_id": (customer or cls.customer).id,
                "plan_id": plan.id,
                "start_date": start,
                **values,
            }
        )
        for line, vals in zip(subscription.line_ids, lines or (), strict=False):
            line.write(vals)
        subscription.action_activate()
        return subscription

    @classmethod
    def _bill(cls, day, **values):
        """Bill what is due on ``day`` and return the run, all in this transaction."""
        run = cls.env["recurring.billing.run"].create({"date": day, **values})
        run.action_start()
        with patch.object(
            type(run), "_commit_batch", lambda *args, **kwargs: float("inf")
        ):
            run._work()
        return run

    def assertBilled(self, subscription, rows):
        """The ledger says exactly ``rows``: (kind, first day, last day, amount)."""
        self.assertEqual(
            [
                (
                    row.kind,
                    str(row.date_start),
                    str(row.last_day),
                    row.amount,
                )
                for row in subscription.billed_item_ids.sorted("sequence")
            ],
            rows,
        )

    def assertNothingLeft(self, subscription, day):
        """A second billing of the same day would do nothing at all."""
        items = subscription._difference(date.fromisoformat(day))
        self.assertEqual(items, {subscription.id: ()})
