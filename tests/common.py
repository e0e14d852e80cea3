"""What the tests of several stages share: plans with prices, ready to sell."""

from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase


class RecurringCommon(TransactionCase):
    """A company in euro, texts in English, and helpers that make what is sold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env(
            context=dict(cls.env.context, lang="en_US", tracking_disable=True)
        )
        cls.company = cls.env.company
        cls.euro = cls.env.ref("base.EUR")
        cls.dollar = cls.env.ref("base.USD")
        (cls.euro | cls.dollar).active = True

    @contextmanager
    def assertRefused(self, sentence, error=UserError):
        """The block raises ``error`` with ``sentence`` in it, and leaves no trace."""
        with self.assertRaises(error) as refusal:
            yield
        self.assertIn(sentence, str(refusal.exception))

    # ------------------------------------------------------------------
    # Catalog
    # ------------------------------------------------------------------

    @classmethod
    def _product(cls, name="Licence", price=30.0, **values):
        """Return a service that may stand on an invoice."""
        return cls.env["product.product"].create(
            {"name": name, "type": "service", "list_price": price, **values}
        )

    @classmethod
    def _plan(cls, name="Pro", charges=None, publish=True, plan=None, **version):
        """Return a plan with a version made of ``charges`` and ``version`` values.

        Monthly in advance at 30.00 unless said otherwise. A charge is a dictionary of
        field values; ``tiers`` in it is a list of (up to, price each[, flat fee]).
        """
        plan = cls.env["recurring.plan"].create({"name": name, **(plan or {})})
        draft = plan.draft_version_id
        draft.write(
            {
                "currency_id": cls.euro.id,
                "charge_ids": [
                    Command.create(cls._charge_values(charge, sequence))
                    for sequence, charge in enumerate(charges or [{"unit_price": 30.0}])
                ],
                **version,
            }
        )
        if publish:
            draft.action_publish()
        return plan

    @classmethod
    def _charge_values(cls, charge, sequence=0):
        values = dict(charge, sequence=charge.get("sequence", sequence))
        if "product_id" not in values:
            product = cls._product(values.get("name", "Licence"))
            values["product_id"] = product.id
        values["tier_ids"] = [
            Command.create(
                {
                    "up_to": tier[0],
                    "unit_price": tier[1],
                    "flat_fee": tier[2] if len(tier) > 2 else 0,
                }
            )
            for tier in values.pop("tiers", ())
        ]
        return values
