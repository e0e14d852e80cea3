"""From posted lines to schedules and slices: written for a whole batch at once."""

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.recognition import Curve, converted, month_of
from ..bulk import insert_rows
from ..exact import currency_rounding, exact

SCHEDULE_COLUMNS = (
    "company_id",
    "kind",
    "root_id",
    "label",
    "move_line_id",
    "move_id",
    "partner_id",
    "subscription_id",
    "subscription_line_id",
    "plan_id",
    "product_id",
    "billed_item_id",
    "nature_id",
    "policy_id",
    "treatment",
    "method",
    "date_start",
    "date_end",
    "booked_on",
    "currency_id",
    "company_currency_id",
    "amount_currency",
    "amount",
    "deferred_account_id",
    "revenue_account_id",
    "analytic_distribution",
    "curve",
    "cause",
)
SLICE_COLUMNS = (
    "schedule_id",
    "root_id",
    "company_id",
    "currency_id",
    "month",
    "due_month",
    "amount_currency",
    "amount",
    "cause",
    "account_id",
)


class RecurringRevenueSchedule(models.Model):
    _inherit = "recurring.revenue.schedule"

    @api.model
    def _build(self, lines):
        """Write the schedules of posted lines that nothing preceded.

        :param lines: list of (invoice line, its ``Answer``)
        :return: the new schedules, in the same order
        """
        rows, slices = [], []
        for line, answer in lines:
            row = self._prepare_row(line, answer)
            rows.append(row)
            rounding = currency_rounding(line.currency_id)
            curve = Curve.of(
                row["amount_currency"], answer.period, answer.policy.method, rounding
            )
            row["curve"] = curve.data()
            slices.append(self._both(curve.slices(), line, row))
        return self._insert(rows, slices, "sold")

    @api.model
    def _both(self, slices, line, row):
        """Return ``{month: (amount in currency, amount)}``; both round to date."""
        if line.currency_id == line.company_currency_id:
            return {month: (part, part) for month, part in slices.items()}
        worth = converted(
            slices,
            row["amount_currency"],
            row["amount"],
            currency_rounding(line.company_currency_id),
        )
        zero = 0 * row["amount"]
        return {
            month: (slices.get(month, zero), worth.get(month, zero))
            for month in sorted(slices.keys() | worth.keys())
        }

    @api.model
    def _prepare_row(self, line, answer):
        """Return the columns of the schedule of an invoice line."""
        move = line.move_id
        continuous = answer.is_continuous
        return {
            "company_id": line.company_id.id,
            "kind": "credit" if line.balance > 0 else "invoice",
            "root_id": None,
            "label": self._label(line),
            "move_line_id": line.id,
            "move_id": move.id,
            "partner_id": move.commercial_partner_id.id,
            "subscription_id": line.rr_subscription_id.id or None,
            "subscription_line_id": line.rr_subscription_line_id.id or None,
            "plan_id": line.rr_subscription_id.plan_id.id or None,
            "product_id": line.product_id.id or None,
            "billed_item_id": None,
            "nature_id": answer.nature_id or None,
            "policy_id": answer.policy.id,
            "treatment": answer.policy.treatment,
            "method": answer.policy.method,
            "date_start": answer.period.start,
            "date_end": answer.period.end,
            "booked_on": move.date,
            "currency_id": line.currency_id.id,
            "company_currency_id": line.company_currency_id.id,
            "amount_currency": -exact(line.amount_currency),
            "amount": -exact(line.balance),
            "deferred_account_id": (
                line.account_id
                if continuous
                else line.company_id.rr_deferred_account_id
            ).id,
            "revenue_account_id": line._rr_income_account().id,
            "analytic_distribution": line.analytic_distribution or None,
            "curve": None,
            "cause": None,
        }

    @api.model
    def _label(self, line):
        """Name a schedule by its document and product: nothing personal, because
        labels of entries cannot be changed once they are posted."""
        product = line.rr_subscription_line_id.charge_id.name or line.product_id.name
        return f"{line.move_id.name} {product}" if product else line.move_id.name

    @api.model
    def _insert(self, rows, slices, cause):
        """Insert schedules with their slices.

        :param slices: for each row ``{month: (amount in currency, amount)}``
        """
        if not rows:
            return self.browse()
        ids = [
            new_id
            for (new_id,) in self.env.execute_query(
                SQL(
                    "SELECT nextval('recurring_revenue_schedule_id_seq')"
                    " FROM generate_series(1, %s)",
                    len(rows),
                )
            )
        ]
        uid, now = self.env.uid, fields.Datetime.now()
        values = []
        for new_id, row in zip(ids, rows, strict=True):
            row["root_id"] = row["root_id"] or new_id
            own = (row[column] for column in SCHEDULE_COLUMNS)
            values.append((new_id, *own, uid, uid, now, now))
        columns = ("id", *SCHEDULE_COLUMNS)
        columns += ("create_uid", "write_uid", "create_date", "write_date")
        insert_rows(self.env.cr, self._table, columns, values)
        self._insert_slices(
            [
                (
                    new_id,
                    row["root_id"],
                    row["company_id"],
                    row["currency_id"],
                    month,
                    max(month, month_of(row["booked_on"])),
                    *amounts,
                    cause,
                    row.get("slice_account"),
                )
                for new_id, row, own in zip(ids, rows, slices, strict=True)
                for month, amounts in own.items()
            ]
        )
        return self.browse(ids)

    @api.model
    def _insert_slices(self, values):
        """Insert slices: tuples in the order of ``SLICE_COLUMNS``."""
        insert_rows(self.env.cr, "recurring_revenue_slice", SLICE_COLUMNS, values)
