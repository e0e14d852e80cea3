"""What closing the months asks of a person on the screen "Today"."""

from odoo import api, fields, models

from ..catalog.texts import money

FIRST_DAY = 3  # of a month: from then on the month before is expected to be closed


class RecurringToday(models.AbstractModel):
    _inherit = "recurring.today"

    @api.model
    def _sections(self):
        """Add closings that stopped, and last month where it is not closed."""
        sections = super()._sections()
        runs = self.env["recurring.revenue.run"]
        if runs.has_access("write"):
            sections += [self._stopped_closings(), self._months_not_closed()]
        return sections

    def _stopped_closings(self):
        return self._section(
            "closing_stopped",
            "recurring.revenue.run",
            [("state", "=", "stopped")],
            self.env._("Closing that was stopped"),
            self.env._("Continue it"),
            lambda run: (run.display_name, run._left_text()),
            action="recurring_revenue.recurring_revenue_run_action",
            icon="fa-pause-circle",
            tone="warning",
        )

    def _months_not_closed(self):
        """Return a section that is told already: its entries are companies."""
        entries, action = [], False
        if fields.Date.context_today(self).day >= self._closing_first_day():
            for company in self.env.companies:
                run = self._closing_due(company)
                if run:
                    action = run._closing_action(run._origin, run.month, company)
                    entries.append(self._closing_entry(run, action))
        return {
            "told": {
                "id": "not_closed",
                "title": self.env._("Month not closed"),
                "icon": "fa-calendar-check-o",
                "tone": "warning",
                "count": len(entries),
                "entries": entries,
                "more": 0,
                "button": self.env._("Close it"),
                "action": action,
                "second": False,
            }
        }

    def _closing_first_day(self):
        return FIRST_DAY

    def _closing_due(self, company):
        """Return the closing of last month that a company owes, kept or new; empty
        where nothing is left to book, or where one is at work."""
        runs = self.env["recurring.revenue.run"]
        if company._revenue_obstacle():
            return runs
        month = runs._default_month()
        known = runs.search(
            [
                ("company_id", "=", company.id),
                ("month", "=", month),
                ("state", "!=", "undone"),
            ],
            order="id desc",
            limit=1,
        )
        if known.state in ("running", "stopped"):
            return runs
        run = known or runs.new({"company_id": company.id, "month": month})
        return run if run._count_open() else runs

    def _closing_entry(self, run, action):
        company = run.company_id
        many = len(self.env.companies) > 1
        title = run._month_name(run.month)
        return {
            "id": company.id,
            "title": f"{company.name}, {title}" if many else title,
            "detail": run._left_text(),
            "model": run._name,
            "res_id": run._origin.id,
            "action": action,
        }

    def _finish_section(self, spec):
        """Leave a section as it is that was told already."""
        return spec["told"] if "told" in spec else super()._finish_section(spec)


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    def _left_text(self):
        """Return what is left to recognise up to this month, e.g. "1,204.33 €"."""
        self.ensure_one()
        total = self._preview_sections()[0]["total"]
        return self.env._(
            "%s to recognise", money(self.env, total, self.company_id.currency_id)
        )
