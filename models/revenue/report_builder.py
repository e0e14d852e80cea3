"""From figures to tables, and from a cell back to what stands behind it."""

from abc import ABC, abstractmethod
from datetime import timedelta

from odoo.fields import Domain

from ...engine.recognition import next_month
from .report_dimension import Split, month_name
from .report_table import PAGE, Column, Money, Table


class Builder(ABC):
    """Builds the table of a report and opens its cells.

    :param report: the ``recurring.revenue.statement`` with what the user chose
    """

    def __init__(self, report):
        self.report, self.env = report, report.env
        self.company = report.company_id
        split = report.split_by or "month"
        self.split = Split(self.env, split) if split != "month" else None

    # What each report defines ----------------------------------------

    @abstractmethod
    def build(self, everything=False):
        """Return the ``Table``: a page of it, or everything for a file."""

    @abstractmethod
    def open(self, row, column):
        """Return the action that shows what a cell is made of."""

    # What they share --------------------------------------------------

    def page(self, everything):
        """Return (offset, limit) of what is shown."""
        if everything:
            return 0, None
        return max(self.report.offset, 0), PAGE

    def table(self, columns, page, **values):
        head = self.split.label if self.split else self.env._("Month")
        return Table(head, columns, offset=page[0], **values)

    def amount_columns(self, *labels, **options):
        return [Column(key, label, **options) for key, label in labels]

    def short(self, month):
        return month_name(self.env, month, short=True)

    def money(self):
        return Money(self.env, self.company.currency_id)

    def dimension(self, row, path=""):
        return self.split.domain(row, path) if self.split else Domain.TRUE

    def slices(self, name, domain, **context):
        """Open months of schedules."""
        return self._window(name, "recurring.revenue.report", domain, context)

    def schedules(self, name, domain):
        """Open schedules of documents."""
        return self._window(name, "recurring.revenue.schedule", domain, {})

    def items(self, name, domain):
        """Open journal items."""
        return self._window(name, "account.move.line", domain, {})

    def _window(self, name, model, domain, context):
        own = Domain("company_id", "=", self.company.id)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(own & domain),
            "context": {"create": False, **context},
        }


def recognised_between(first, last):
    """Return the domain of months that count as recognised within two days.

    :param first: None for everything up to the last day
    """
    domain = Domain("recognised_on", "<=", last)
    return domain & Domain("recognised_on", ">=", first) if first else domain


def deferred_on(day):
    """Return the domain of months that are deferred on a day."""
    return Domain("document_date", "<=", day) & (
        Domain("recognised_on", "=", False) | Domain("recognised_on", ">", day)
    )


def last_day(month):
    """Return the last day of a month."""
    return next_month(month) - timedelta(days=1)
