"""What the former system billed ahead, in its tax basis, and its credit."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.fields import Date
from odoo.tests import tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestPrepaidAmount(BillingCommon):
    """A prepaid amount with or without tax stands in the basis of the line's price."""

    def _import(self, plan, **values):
        row = {
            "external_ref": "R-1",
            "customer_name": "Al",
            "customer_country": self.company.country_id.code,
            "plan": plan.code,
            "start_date": "2026-01-01",
            "billed_through": "2026-11-30",
            "period_start": "2026-11-01",
            **values,
        }
        content = "\n".join([",".join(row), ",".join(map(str, row.values()))])
        job = self.env["recurring.import"]._upload(
            content.encode(), "f.csv", self.company, today=date(2026, 11, 15)
        )
        self.assertFalse(job.problem_ids.mapped("sentence"))
        job.action_import()
        return job.row_ids.subscription_id

    def _credited_half(self, sub):
        """Return the credit note of the second half of November."""
        with patch.object(Date, "context_today", lambda *args: date(2026, 11, 15)):
            sub.action_cancel("date", "2026-11-15", credit=True)
            return self._bill("2026-11-16").move_ids

    def _amounts(self, sub):
        return [
            (row.product_id.name, row.amount, row.price_basis)
            for row in sub.billed_item_ids.sorted("sequence")
        ]

    def _calendar_plan(self, *charges):
        return self._plan("Imported", charges=list(charges), alignment="calendar")

    def test_paid_with_tax_for_a_price_without(self):
        """100.00 and 20 % tax, 120.00 paid: half of November is 50.00 and 10.00."""
        plan = self._calendar_plan({"unit_price": 100.0})
        sub = self._import(plan, period_amount=120, price_basis="included")
        self.assertEqual(self._amounts(sub), [("Licence", 100, "product")])
        note = self._credited_half(sub)
        self.assertEqual((note.amount_untaxed, note.amount_total), (50, 60))

    def test_paid_without_tax_for_a_price_with(self):
        """120.00 with tax in it, 100.00 without tax paid: half is 60.00 with tax."""
        box = self._product("Box", 120, taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._calendar_plan({"unit_price": 120.0, "product_id": box.id})
        sub = self._import(plan, period_amount=100, price_basis="excluded")
        self.assertEqual(self._amounts(sub), [("Box", 120, "product")])
        self.assertEqual(self._credited_half(sub).amount_total, 60)

    def test_paid_in_the_basis_of_the_agreed_price(self):
        plan = self._calendar_plan({"unit_price": 100.0})
        sub = self._import(plan, price=120, period_amount=120, price_basis="included")
        self.assertEqual(self._amounts(sub), [("Licence", 120, "included")])
        self.assertEqual(self._credited_half(sub).amount_total, 60)

    def test_shared_with_the_tax_and_kept_without(self):
        """Agreed 120 with tax and a charge of 20 without; 144 with tax were paid."""
        plan = self._calendar_plan(
            {"unit_price": 90.0},
            {"unit_price": 20.0, "product_id": self._product("Support").id},
        )
        sub = self._import(plan, price=120, period_amount=144, price_basis="included")
        self.assertEqual(
            self._amounts(sub),
            [("Licence", 120, "included"), ("Support", 20, "product")],
        )
        note = self._credited_half(sub)
        self.assertEqual((note.amount_untaxed, note.amount_total), (60, 72))

    def test_shared_where_the_products_say_it_themselves(self):
        """Without a tax basis the amount is in that of the main charge's product."""
        box = self._product("Box", 120, taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._calendar_plan(
            {"unit_price": 120.0, "product_id": box.id},
            {"unit_price": 20.0, "product_id": self._product("Support").id},
        )
        sub = self._import(plan, period_amount=144)
        self.assertEqual(
            self._amounts(sub), [("Box", 120, "product"), ("Support", 20, "product")]
        )

    def test_paid_by_a_customer_whose_tax_is_mapped_away(self):
        """A price of 120 with tax is 100 for export: 100 paid is the whole price."""
        export = self.env["account.fiscal.position"].create(
            {
                "name": "Export",
                "auto_apply": True,
                "country_id": self.env.ref("base.us").id,
                "sequence": -1,
            }
        )
        self.tax.copy(
            {
                "name": "T0",
                "amount": 0,
                "fiscal_position_ids": [Command.set(export.ids)],
                "original_tax_ids": [Command.set(self.tax_included.ids)],
            }
        )
        box = self._product("Box", 120, taxes_id=[Command.set(self.tax_included.ids)])
        plan = self._calendar_plan({"unit_price": 120.0, "product_id": box.id})
        sub = self._import(
            plan, customer_country="US", period_amount=100, price_basis="excluded"
        )
        self.assertEqual(self._amounts(sub), [("Box", 120, "product")])
        self.assertEqual(self._credited_half(sub).amount_total, 50)
