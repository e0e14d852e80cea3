"""Schedules and subscriptions print the auditor's sheet."""

from odoo import models
from odoo.tools import format_date

from .report_sheet import Sheet
from .report_xlsx import Book


class RecurringRevenueSchedule(models.Model):
    _inherit = "recurring.revenue.schedule"

    def _revenue_sheet(self):
        """Return the auditor's sheet of the families of these schedules."""
        return Sheet(self.root_id)

    def _revenue_sheet_name(self):
        """Name the file of the sheet."""
        return _file_name(self._revenue_sheet())

    def action_revenue_sheet_xlsx(self):
        """Download the auditor's sheet as a spreadsheet."""
        self.ensure_one()
        return _download("schedule", self)

    def _revenue_sheet_xlsx(self):
        return _xlsx(self._revenue_sheet())


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _revenue_sheet(self):
        """Return the auditor's sheet of all that was billed for a contract."""
        self.ensure_one()
        schedules = self.env["recurring.revenue.schedule"].search(
            [("subscription_id", "=", self.id)], order="booked_on, id"
        )
        return Sheet(schedules.root_id, self)

    def _revenue_sheet_name(self):
        """Name the file of the sheet."""
        return _file_name(self._revenue_sheet())

    def action_revenue_sheet_xlsx(self):
        """Download the auditor's sheet as a spreadsheet."""
        self.ensure_one()
        return _download("subscription", self)

    def _revenue_sheet_xlsx(self):
        return _xlsx(self._revenue_sheet())


def _download(model, record):
    return {
        "type": "ir.actions.act_url",
        "url": f"/recurring_revenue/revenue_sheet/{model}/{record.id}",
        "target": "download",
    }


def _file_name(sheet):
    return sheet.title().replace("/", "_").replace(":", "")


def _xlsx(sheet):
    """Return the sheet as the content of an xlsx file: sums, months, methods."""
    env = sheet.env
    book = Book(sheet.company.currency_id)
    company = f"{sheet.company.name}, {sheet.company.currency_id.name}"
    today = sheet.roots._fields["booked_on"].context_today(sheet.roots)
    titles = [sheet.title(), company, format_date(env, today)]
    book.sheet(env._("Sums"), titles, sheet.sums())
    book.sheet(env._("Month by month"), titles, sheet.month_table())
    if sheet.at_once:
        book.sheet(env._("At once"), titles, sheet.at_once_table())
    book.sheet(env._("Methods"), titles, sheet.methods())
    book.sheet(env._("Promises"), titles, sheet.promise_table())
    return book.content()
