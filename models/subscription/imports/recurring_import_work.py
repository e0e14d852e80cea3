"""What an import of subscriptions checks and makes."""

from odoo import models

from .import_build import ImportBuild
from .import_check import Facts, RowCheck
from .import_job_work import NOT_OF_A_ROW

__all__ = ["NOT_OF_A_ROW"]  # other jobs take it from here


class RecurringImport(models.Model):
    _inherit = "recurring.import"

    def _progress_text(self, done, total):
        return self.env._(
            "%(done)s of %(total)s subscriptions imported", done=done, total=total
        )

    def _references(self, rows):
        return [cells.get("external_ref") for cells in rows]

    def _row_check(self, line, cells, facts, seen):
        return RowCheck(line, cells, facts, seen, self.env)

    def _build(self, rows, parsed, facts):
        subscriptions = ImportBuild(self.env, self.company_id, facts).run(parsed)
        return [{"subscription_id": one.id} for one in subscriptions]

    def _facts(self, rows):
        """Ask the database once about everything that the rows name."""
        env = self.env

        def named(column):
            return {cells[column] for cells in rows if column in cells}

        in_company = [("company_id", "in", (False, self.company_id.id))]
        references = named("external_ref")
        return Facts(
            today=self.date,
            existing=set(
                env["recurring.subscription"]
                .search(
                    [
                        ("company_id", "=", self.company_id.id),
                        ("external_ref", "in", list(references)),
                    ]
                )
                .mapped("external_ref")
            ),
            plans={
                plan.code: plan
                for plan in env["recurring.plan"].search(
                    [("code", "!=", False), *in_company]
                )
            },
            partners=self._partners_by_reference(references | named("customer_ref")),
            countries={c.code: c.id for c in env["res.country"].search([])},
            currencies={c.name: c for c in env["res.currency"].search([])},
            languages={code for code, _name in env["res.lang"].get_installed()},
            payment_terms=env["account.payment.term"]
            .search([("name", "in", list(named("payment_term"))), *in_company])
            .grouped("name"),
            quantity_digits=env["decimal.precision"].precision_get("Product Unit"),
            price_digits=env["decimal.precision"].precision_get("Product Price"),
        )

    def _partners_by_reference(self, references):
        partners = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search(
                [
                    ("ref", "in", list(references)),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        )
        found = {}
        for partner in partners:
            found.setdefault(partner.ref, []).append((partner.id, partner.active))
        return found
