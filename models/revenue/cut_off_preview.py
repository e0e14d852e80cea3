"""What closing a month will adjust, before anything is posted: nothing is written."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..exact import exact
from .cut_off_adjustment import ON_REVENUE

AT_ONCE = 500  # subscriptions that a screen reckons itself


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    adjustment_count = fields.Integer(
        string="Adjustments", compute="_compute_adjustment_count"
    )

    @api.depends("state")
    def _compute_adjustment_count(self):
        groups = self.env["recurring.revenue.adjustment"]._read_group(
            [("run_id", "in", self.ids)], ["run_id"], ["__count"]
        )
        counts = {run.id: count for run, count in groups}
        for run in self:
            run.adjustment_count = counts.get(run.id, 0)

    def _preview_sections(self):
        """Add what is adjusted at the end of the month.

        Amounts of deferrals, invoices and credit notes to issue are what revenue
        changes by; those of advances are what is shown as such.
        """
        titles = {
            "deferral": self.env._("Deferred, and reversed on the next day"),
            "accrual": self.env._("Invoices to issue, reversed on the next day"),
            "credit_due": self.env._("Credit notes to issue, reversed on the next day"),
            "advance": self.env._("Advances received, reversed on the next day"),
        }
        sections = {}
        try:
            rows = self._closing_preview()
        except UserError as error:
            # An account is missing: posting will refuse, in the same words.
            return [*super()._preview_sections(), _remark("obstacle", str(error))]
        for row in rows:
            accounts = sections.setdefault(row["kind"], {})
            key = row["account_id"]
            accounts[key] = accounts.get(key, exact(0)) + row["amount"]
        made = [
            self._preview_section(kind, title, sections[kind])
            for kind, title in titles.items()
            if kind in sections
        ]
        return [*super()._preview_sections(), *made, *self._preview_unreckoned()]

    def _preview_section(self, kind, title, amounts):
        # sudo: the names of the accounts stand in the entry that is made.
        accounts = self.env["account.account"].sudo().browse(amounts)
        return {
            "key": kind,
            "title": title,
            "rows": [
                {
                    "label": account.display_name,
                    "account_id": account.id,
                    "amount": amounts[account.id],
                }
                for account in accounts.sorted("code")
            ],
            "total": sum(amounts.values()),
        }

    def _preview_unreckoned(self):
        """Say that a large portfolio is reckoned when the month is closed."""
        count = self._count_accruable()
        if count <= AT_ONCE:
            return []
        title = self.env._(
            "What %s subscriptions were served and not invoiced is reckoned when the "
            "month is closed",
            count,
        )
        return [_remark("unbilled", title)]

    def _closing_preview(self):
        """Return what would be adjusted: dictionaries of ``kind``, ``account_id`` (of
        revenue, of customers for an advance), ``partner_id`` and ``amount``, in company
        currency as in ``_preview_sections``."""
        self.ensure_one()
        # sudo: as for the work itself, whoever looks at it.
        run = self.sudo().with_company(self.company_id)
        found = run._preview_of("deferral", run._deferrals_query, -1)
        if run.company_id._closing_wants("rr_closing_advances"):
            advances = run._preview_of("advance", run._advances_query, 1)
            found += advances
            if advances:
                run._advance_account()
        if run.company_id._closing_wants("rr_closing_accruals"):
            rows, _reached = run._late_page(0)
            if run._count_accruable() <= AT_ONCE:
                rows += run._unbilled_page(0)[0]
            found += run._preview_sums(rows)
        return found

    def action_open_adjustments(self):
        """Open what this closing adjusted, document by document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Adjustments of %s", self.display_name),
            "res_model": "recurring.revenue.adjustment",
            "domain": [("run_id", "=", self.id)],
            "context": {"search_default_group_role": 1},
            "views": [(False, "list"), (False, "pivot")],
        }

    def _preview_of(self, kind, query, sign):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT x.account_id, x.partner_id, SUM(x.amount) FROM (%s) x"
                " GROUP BY 1, 2 HAVING SUM(x.amount) != 0 ORDER BY 1, 2",
                query(None),
            )
        )
        return [
            {
                "kind": kind,
                "account_id": account,
                "partner_id": partner,
                "amount": sign * exact(amount),
            }
            for account, partner, amount in rows
        ]

    def _preview_sums(self, rows):
        found = {}
        for row in rows:
            key = row["role"], row["account_id"], row["partner_id"]
            amount = ON_REVENUE[row["role"]] * row["amount"]
            found[key] = found.get(key, exact(0)) + amount
        return [
            {"kind": kind, "account_id": account, "partner_id": partner, "amount": own}
            for (kind, account, partner), own in found.items()
            if own
        ]


def _remark(key, text):
    return {"key": key, "title": text, "rows": [], "total": exact(0)}
