"""What the tests of members share: an association with a season and categories."""

from datetime import timedelta

from odoo import Command

from .common import RecurringCommon


class MembershipCommon(RecurringCommon):
    """Seasons from September on, dues of 60.00 by month, an entrance fee of 10.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member_category = cls._category("Member")
        cls.reduced = cls._category("Reduced", proof="Student card")
        cls.benefactor = cls._category("Benefactor")
        cls.honorary = cls._category("Honorary", kind="honorary", votes=0)
        cls.season = cls._membership_plan(
            "Season",
            [
                {"name": "Dues", "unit_price": 60.0},
                {
                    "name": "Reduced dues",
                    "unit_price": 30.0,
                    "rr_category_id": cls.reduced.id,
                },
                {
                    "name": "Dues of benefactors",
                    "unit_price": 100.0,
                    "rr_category_id": cls.benefactor.id,
                    "rr_free_amount": True,
                },
                {"name": "Entrance fee", "unit_price": 10.0, "role": "one_off"},
            ],
            alignment="season",
            alignment_month="9",
            rr_dues_basis="month",
        )

    @classmethod
    def _category(cls, name, **values):
        return cls.env["recurring.membership.category"].create({"name": name, **values})

    @classmethod
    def _charge_values(cls, charge, sequence=0):
        """Dues bear no VAT, whatever the default of products is."""
        if "product_id" not in charge:
            product = cls._product(
                charge.get("name", "Dues"), taxes_id=[Command.clear()]
            )
            charge = dict(charge, product_id=product.id)
        return super()._charge_values(charge, sequence)

    @classmethod
    def _membership_plan(cls, name, charges, **version):
        values = {"interval_unit": "year", "alignment_day": 1, **version}
        return cls._plan(name, charges, plan={"rr_kind": "membership"}, **values)

    @classmethod
    def _member(cls, name, joined_on, plan=None, **values):
        partner = cls.env["res.partner"].create({"name": name})
        return cls.env["recurring.membership"].create(
            {
                "partner_id": partner.id,
                "plan_id": (plan or cls.season).id,
                "category_id": cls.member_category.id,
                "joined_on": joined_on,
                **values,
            }
        )

    def _lines(self, dues):
        """Return [(kind, first day, last day, amount)] of a call."""
        return [
            (
                line.kind,
                line.date_start and str(line.date_start),
                line.date_end and str(line.date_end - timedelta(days=1)),
                line.amount,
            )
            for line in dues.line_ids
        ]
