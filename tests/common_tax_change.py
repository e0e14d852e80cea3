"""Energy: a yearly subscription whose rate of VAT changes on 1 August 2025."""

from .common_tax import TaxCommon


class TaxChangeCommon(TaxCommon):
    """5.5 % until 31 July 2025, 20 % after (BOI-RES-TVA-000209)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chart = f"account.{cls.company.id}_"
        cls.reduced = cls.env.ref(f"{chart}tva_reduite_encaissement")
        cls.reduced.active = True
        cls.product = cls._sold(price=240.0, tax=cls.reduced)
        cls.yearly = cls._plan(
            "Energy",
            charges=[{"product_id": cls.product.id, "unit_price": 240.0}],
            interval_unit="year",
        )
        cls.buyer = cls._at("FR", "75011")

    @classmethod
    def _change(cls, rule="period", apply=False, **values):
        change = cls.env["recurring.vat.tax.change"].create(
            {
                "name": "LF 2025",
                "old_tax_id": cls.reduced.id,
                "new_tax_id": cls.tax_s.id,
                "date": "2025-08-01",
                "rule": rule,
                **values,
            }
        )
        if apply:
            change.action_apply()
        return change

    @classmethod
    def _energy(cls, start="2025-05-01", plan=None, **values):
        values.setdefault("customer", cls.buyer)
        sub = cls._subscribe(plan or cls.yearly, start, **values)
        cls._bill(start)
        return sub

    def _parts(self, moves):
        """Return (rate, amount, first day) of each invoice line."""
        return sorted(
            (line.tax_ids.amount, line.price_subtotal, str(line.deferred_start_date))
            for line in moves.invoice_line_ids
        )

    def _net(self, sub):
        """Return {tax: what was billed with it less what was credited}."""
        found = {}
        for move in sub.billed_item_ids.move_id:
            sign = -1 if move.move_type == "out_refund" else 1
            for line in move.invoice_line_ids:
                key = line.tax_ids.name
                found[key] = round(found.get(key, 0) + sign * line.price_subtotal, 2)
        return {tax: amount for tax, amount in found.items() if amount}
