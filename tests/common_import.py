"""What the tests of the import share: plans with codes, files, their problems."""

from datetime import date

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

TODAY = date(2026, 11, 20)


class ImportCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.user = new_test_user(
            cls.env, "importer", groups="recurring_revenue.group_billing"
        )
        cls.tax = cls.env["account.tax"].create(
            {"name": "T20", "amount": 20, "type_tax_use": "sale"}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Service",
                "type": "service",
                "taxes_id": [Command.set(cls.tax.ids)],
            }
        )
        cls.month = cls._plan("MONTH", 30)
        cls.seats = cls._plan("SEATS", 10, charge={"charge_model": "per_unit"})
        cls.year = cls._plan(
            "YEAR",
            30,
            term_count=1,
            term_unit="year",
            renewal="automatic",
        )
        cls.fixed = cls._plan("FIXED", 30, term_count=1, term_unit="year")
        cls.known = cls.env["res.partner"].create({"name": "Known", "ref": "K-1"})

    @classmethod
    def _plan(cls, code, price, charge=None, more=(), **values):
        plan = cls.env["recurring.plan"].create({"name": code.title(), "code": code})
        first = {"product_id": cls.product.id, "unit_price": price, **(charge or {})}
        plan.version_ids.write(
            {
                "charge_ids": [Command.create(vals) for vals in (first, *more)],
                **values,
            }
        )
        plan.version_ids.action_publish()
        return plan

    def _csv(self, *rows):
        names = list(dict.fromkeys(name for row in rows for name in row))
        names += [
            name for name in ("external_ref", "plan", "start_date") if name not in names
        ]
        lines = [";".join(names)]
        lines += [";".join(str(row.get(name, "")) for name in names) for row in rows]
        return "\n".join(lines).encode()

    def _row(self, reference="C-1", **values):
        return {
            "external_ref": reference,
            "customer_name": "Acme",
            "plan": "MONTH",
            "start_date": "2026-01-01",
            "billed_through": "2026-10-31",
            **values,
        }

    def _upload(self, *rows, today=TODAY):
        return (
            self.env["recurring.import"]
            .with_user(self.user)
            ._upload(self._csv(*rows), "portfolio.csv", self.company, today)
        )

    def _import(self, *rows, today=TODAY):
        job = self._upload(*rows, today=today)
        self.assertFalse(job.problem_ids.mapped("sentence"))
        job.action_import()
        self.assertFalse(job.problem_ids.mapped("sentence"))
        return job.row_ids.subscription_id

    def _problems(self, **values):
        job = self._upload(self._row(**values))
        return [(p.line, p.column, p.value, p.reason) for p in job.problem_ids]
