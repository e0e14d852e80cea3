"""What the page of a closing says before it is posted: checklist and preview."""

from odoo import api, fields, models
from odoo.tools import format_date

from ..catalog.texts import money

LIVE = ("draft", "running", "stopped")
LEVELS = {
    "ok": ("fa-check-circle", "text-success"),
    "info": ("fa-info-circle", "text-info"),
    "warning": ("fa-exclamation-triangle", "text-warning"),
    "danger": ("fa-times-circle", "text-danger"),
}


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    checks_html = fields.Html(compute="_compute_page", sanitize=False)
    preview_html = fields.Html(compute="_compute_page", sanitize=False)
    obstacle = fields.Char(
        compute="_compute_page",
        help="Why this month cannot be posted now; empty where it can.",
    )
    open_count = fields.Integer(string="Still to Book", compute="_compute_open_count")
    progress_text = fields.Char(compute="_compute_progress_text")

    # ------------------------------------------------------------------
    # Sentences
    # ------------------------------------------------------------------

    def _month_name(self, month):
        """Return "January 2028", as a title."""
        name = format_date(self.env, month, date_format="MMMM yyyy")
        return name[:1].upper() + name[1:]

    def _not_over_text(self):
        return self.env._(
            "%(month)s ends on %(day)s: it can be closed from then on.",
            month=self._month_name(self.month),
            day=format_date(self.env, self.last_day),
        )

    @api.depends("month", "company_id", "state")
    def _compute_open_count(self):
        for run in self:
            ready = run.month and run.company_id and run.state != "undone"
            run.open_count = run._count_open() if ready else 0

    @api.depends("state", "slice_total")
    def _compute_progress_text(self):
        for run in self:
            left = run._count_open() if run.state == "running" else 0
            total = max(run.slice_total, left)
            run.progress_text = self.env._(
                "%(done)s of %(total)s amounts booked",
                done=run._number(total - left),
                total=run._number(total),
            )

    # ------------------------------------------------------------------
    # Before
    # ------------------------------------------------------------------

    @api.depends("month", "company_id", "state")
    @api.depends_context("lang")
    def _compute_page(self):
        self.checks_html = self.preview_html = self.obstacle = False
        qweb = self.env["ir.qweb"]
        for run in self:
            if run.state not in LIVE or not run.month or not run.company_id:
                continue
            with run._as_prepared():
                checks = run._checks()
                values = run._preview_values()
            hard = [check for check in checks if check["level"] == "danger"]
            run.obstacle = hard[0]["label"] if hard else False
            if run.state != "running":
                run.checks_html = qweb._render(
                    "recurring_revenue.closing_checks", run._checks_values(checks)
                )
            if run.state == "draft" and not hard:
                run.preview_html = qweb._render(
                    "recurring_revenue.closing_preview", values
                )

    def _checks_values(self, checks):
        open_checks = [check for check in checks if check["level"] != "ok"]
        set_up = next((c for c in open_checks if c["key"] == "set_up"), None)
        return {
            # Nothing else counts before revenue recognition is set up.
            "set_up": set_up,
            "checks": [
                {
                    **check,
                    "icon": LEVELS[check["level"]][0],
                    "tone": LEVELS[check["level"]][1],
                }
                for check in checks
            ],
            "month": fields.Date.to_string(self.month),
            "company": self.company_id.id,
        }

    def _preview_values(self):
        """Return what the preview's template shows, every amount and date as text."""
        sections = self._preview_sections()
        main = sections[0]
        earlier = sum(
            row["amount"] for row in main["rows"] if row["month"] < self.month
        )
        customers, number = self._preview_customers()
        previous = self._previous()
        amounts = self._previous_amounts(previous)
        before = sum(amounts.values())
        return {
            **self._rows_values(main["rows"], amounts),
            "earlier": earlier and self._money(earlier),
            "title": main["title"],
            # Where closing only adjusts, that nothing is recognised is no news.
            "recognises": main["rows"] or not any(one["rows"] for one in sections),
            "compared": self._compared_text(previous, before, main["total"] - earlier),
            "sections": [self._section_values(section) for section in sections[1:]],
            "customers": self._customer_rows(customers),
            "more_customers": self._more_customers(number - len(customers)),
            "nothing": self.env._(
                "Nothing is left to recognise up to %s. Posting marks the month as "
                "closed.",
                self._month_name(self.month),
            ),
        }

    def _money(self, amount):
        return money(self.env, amount, self.company_id.currency_id)

    def _rows_values(self, rows, previous=None):
        """Return what the template of booked rows shows."""
        texts = self._main_rows(rows, dict(previous or {}))
        return {
            "rows": texts,
            "total": self._money(sum(row["amount"] for row in rows)),
            "any_foreign": any(row["foreign"] for row in texts),
            "any_previous": bool(previous),
        }

    def _main_rows(self, rows, previous):
        """Return a row per month, accounts and currency, in words."""
        own = self.company_id.currency_id
        result = []
        for row in rows:
            currency = self.env["res.currency"].browse(row["currency"])
            before = None
            if row["month"] == self.month:
                before = previous.pop((row["deferred"], row["account"]), 0)
            day = row["booked_on"] or self._first_open_day(
                fields.Date.end_of(row["month"], "month")
            )
            foreign = currency != own
            result.append(
                {
                    "month": self._month_name(row["month"]),
                    "earlier": row["month"] < self.month,
                    "day": format_date(self.env, day),
                    "deferred": self._account_name(row["deferred"]),
                    "account": self._account_name(row["account"]),
                    "count": self._number(row["count"]),
                    "amount": self._money(row["amount"]),
                    "foreign": foreign
                    and money(self.env, row["amount_currency"], currency),
                    "previous": before is not None and self._money(before),
                }
            )
        return result

    def _account_name(self, account_id):
        """Return "706000 Services"."""
        account = self.env["account.account"].browse(account_id)
        # sudo: what an account is called stands in the entry that is made.
        account = account.sudo().with_company(self.company_id)
        return " ".join(filter(None, (account.code, account.name)))

    def _section_values(self, section):
        return {
            "title": section["title"],
            "total": self._money(section["total"]),
            "rows": [
                {
                    "account": self._account_name(row["account_id"]),
                    "amount": self._money(row["amount"]),
                }
                for row in section["rows"]
            ],
        }

    def _compared_text(self, previous, before, amount):
        """Return e.g. "November 2027: 18,000.00 €, this month 204.33 € more"."""
        if not previous:
            return False
        values = {
            "month": self._month_name(previous.month),
            "amount": self._money(before),
            "change": self._money(abs(amount - before)),
        }
        if amount == before:
            return self.env._("%(month)s: %(amount)s, as this month", **values)
        if amount > before:
            return self.env._(
                "%(month)s: %(amount)s, this month %(change)s more", **values
            )
        return self.env._("%(month)s: %(amount)s, this month %(change)s less", **values)

    def _customer_rows(self, customers):
        partners = self.env["res.partner"].browse([key for key, _amount in customers])
        return [
            {
                "id": partner.id,
                "name": partner.display_name,
                "amount": self._money(amount),
            }
            for partner, (_key, amount) in zip(partners, customers, strict=True)
        ]

    def _more_customers(self, count):
        if count <= 0:
            return False
        if count == 1:
            return self.env._("and 1 more")
        return self.env._("and %s more", self._number(count))
