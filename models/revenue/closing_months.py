"""Which month is closed: the last ones with their state, and the way to each."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

MONTHS = 12  # in the strip that chooses the month


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    months_html = fields.Html(compute="_compute_months_html", sanitize=False)

    @api.depends("month", "company_id", "state")
    @api.depends_context("lang")
    def _compute_months_html(self):
        for run in self:
            run.months_html = bool(run.company_id and run.month) and self.env[
                "ir.qweb"
            ]._render("recurring_revenue.closing_months", run._months_values())

    def _months_values(self):
        """Return the last months that can be closed, each with its state."""
        latest = self._default_month()
        # The last months; around this one where it is older.
        last = min(latest, self.month + relativedelta(months=MONTHS // 2))
        if self.month > latest - relativedelta(months=MONTHS):
            last = latest
        first = last - relativedelta(months=MONTHS - 1)
        runs = {}
        for other in self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("month", ">=", first),
                ("month", "<=", last),
                ("state", "!=", "undone"),
            ],
            order="id",
        ):
            runs[other.month] = other
        months = [first + relativedelta(months=number) for number in range(MONTHS)]
        # A month without a closing of its own may have been closed with a later one.
        closed = max(
            (month for month, run in runs.items() if run.state == "done"), default=None
        )
        earlier, later = first - relativedelta(months=1), last + relativedelta(months=1)
        return {
            "earlier": fields.Date.to_string(earlier),
            "later": last < latest and fields.Date.to_string(later),
            "months": [
                {
                    "date": fields.Date.to_string(month),
                    "name": format_date(self.env, month, date_format="MMM yyyy"),
                    "title": self._month_name(month),
                    "id": runs[month].id if month in runs else False,
                    "state": self._month_state(month, runs.get(month), closed),
                    "here": month == self.month,
                }
                for month in months
            ],
        }

    def _month_state(self, month, run, closed):
        if run:
            return run.state
        return "caught_up" if closed and month < closed else "open"

    @api.model
    def action_open_closing(self):
        """Open the closing of last month: as it stands, or a new one."""
        month = self._default_month()
        run = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("month", "=", month),
                ("state", "!=", "undone"),
            ],
            order="id desc",
            limit=1,
        )
        return self._closing_action(run, month, self.env.company)

    @api.model
    def _closing_action(self, run, month, company):
        """Return the form of a closing, or of a new one of a month and company."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close the Month"),
            "res_model": self._name,
            "views": [[False, "form"]],
            "res_id": run.id,
            "context": {
                "default_month": fields.Date.to_string(month),
                "default_company_id": company.id,
            },
        }
