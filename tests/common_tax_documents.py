"""Documents, payments and entries by hand, and the VAT reconciliation on them."""

from odoo import Command

from .common_tax import TaxCommon


class Documents(TaxCommon):
    """Documents, payments and entries by hand, and the report on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._sold(price=100.0)
        cls.goods = cls._sold("goods", price=100.0)
        cls.buyer = cls._at("FR", "75011")

    def _document(self, day, *lines, kind="out_invoice", **values):
        """Return a posted document of (product, amount, tax or none) lines."""
        move = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.buyer.id,
                "invoice_date": day,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": amount,
                            "tax_ids": [Command.set(tax.ids)],
                        }
                    )
                    for product, amount, tax in lines
                ],
                **values,
            }
        )
        move.action_post()
        return move

    def _pay(self, move, amount, day, **values):
        wizard = self.env["account.payment.register"]
        context = {"active_model": "account.move", "active_ids": move.ids}
        return (
            wizard.with_context(**context)
            .create({"amount": amount, "payment_date": day, **values})
            ._create_payments()
        )

    def _entry(self, day, *lines):
        """Return a posted entry of (account code, debit less credit) lines."""
        accounts = self.env["account.account"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": accounts.search([("code", "=", code)]).id,
                            "balance": balance,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for code, balance in lines
                ],
            }
        )
        entry.action_post()
        return entry

    def _report(self, day, period="month", company=None):
        report = self.env["recurring.vat.reconciliation"].create(
            {"date_from": day, "period": period}
        )
        report.action_compute()
        return report

    def _amounts(self, report, section="bases"):
        """Return ``{name: amount}``, boxes by their tags only."""
        found = {}
        for line in report.line_ids.filtered(lambda line: line.section == section):
            name = line.name.split(":")[0] if line.kind == "box" else line.name
            found[name] = found.get(name, 0) + line.amount
        return found

    def assertSteps(self, report, expected, section="bases"):
        """Exactly these steps, and nothing unexplained anywhere."""
        steps = {
            line.name: line.amount
            for line in report.line_ids
            if line.section == section and line.kind == "step"
        }
        self.assertEqual(steps, expected)
        self.assertEqual(report.unexplained, 0.0, self._dump(report))

    def _dump(self, report):
        return "\n".join(
            f"{line.section:9} {line.kind:7} {line.amount:12.2f} {line.name}"
            for line in report.line_ids
        )
