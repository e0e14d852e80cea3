"""Sales to consumers of other member states, year by year, against the threshold.

Electronic services and distance sales of goods count together (directive 2006/112,
art. 59c; CGI art. 259 D I-2). Up to the threshold in the current and in the previous
calendar year they bear the seller's VAT; from the very invoice that crosses it, and all
the next year, that of the customer's country.
"""

from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..exact import exact

WARN_AT = Decimal(80)  # percent of the threshold from which the accountant is told


class RecurringVatOssYear(models.Model):
    """What a company sold to consumers of other member states in a calendar year.

    What the posted invoices show, before tax and less credit notes, and what was sold
    elsewhere (a shop, a former system), as the accountant types it.
    """

    _name = "recurring.vat.oss.year"
    _description = "Sales to EU Consumers"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "company_id, year desc"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    year = fields.Integer(
        required=True, default=lambda self: fields.Date.context_today(self).year
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_figures")
    opening_amount = fields.Monetary(
        string="Sold Elsewhere",
        default=0.0,
        tracking=True,
        help="Electronic services and goods sent to consumers of other member states "
        "that no subscription billed: a shop, a former system. Before tax, less credit "
        "notes.",
    )
    opening_note = fields.Char(
        string="Where It Comes From", help="E.g. shop, export of 2026-11-20."
    )
    crossed_on = fields.Date(
        readonly=True,
        copy=False,
        tracking=True,
        help="The day of the invoice from which VAT of the customer's country is due.",
    )
    claim_count = fields.Integer(default=0, copy=False, readonly=True)
    sold_amount = fields.Monetary(string="Invoiced", compute="_compute_figures")
    draft_amount = fields.Monetary(string="On Drafts", compute="_compute_figures")
    total_amount = fields.Monetary(string="Total", compute="_compute_figures")
    threshold_amount = fields.Monetary(string="Threshold", compute="_compute_figures")
    share = fields.Float(
        string="Share (%)",
        digits=(16, 1),
        compute="_compute_figures",
    )
    state = fields.Selection(
        [
            ("below", "Below: VAT of the seller's country"),
            ("near", "Close: prepare OSS"),
            ("crossed", "Crossed: VAT of the customer's country"),
            ("option", "VAT of the customer's country by option"),
        ],
        compute="_compute_figures",
    )
    meaning = fields.Char(compute="_compute_meaning")

    _year_unique = models.UniqueIndex(
        "(company_id, year)", "This company has this year already."
    )
    _year_range = models.Constraint(
        "CHECK(year BETWEEN 2000 AND 2999)", "That is no year."
    )
    _opening_positive = models.Constraint(
        "CHECK(opening_amount >= 0)", "What was sold elsewhere is not below zero."
    )

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.depends("company_id", "year", "opening_amount", "crossed_on")
    def _compute_figures(self):
        for row in self:
            threshold = row._threshold()
            row.currency_id = threshold.currency_id or self.env.ref("base.EUR")
            by_day = row._sold_by_day() if row.company_id and row.year else []
            posted = sum((a for _d, p, a in by_day if p), Decimal(0))
            drafts = sum((a for _d, p, a in by_day if not p), Decimal(0))
            total = posted + exact(row.opening_amount)
            limit = exact(threshold.amount)
            row.sold_amount, row.draft_amount = float(posted), float(drafts)
            row.total_amount, row.threshold_amount = float(total), float(limit)
            share = total / limit * 100 if limit else Decimal(0)
            row.share = float(round(share, 1))
            row.state = row._state(share)

    def _state(self, share):
        last = date(self.year or 2000, 12, 31)
        if self.company_id and self.company_id._vat_taxes_at_destination(last):
            return "option"
        if self.crossed_on or share > 100 or self._previous().crossed_on:
            return "crossed"
        return "near" if share >= WARN_AT else "below"

    @api.depends("state")
    def _compute_meaning(self):
        texts = {
            "below": self.env._(
                "Electronic services and goods for consumers of other member states "
                "bear your own VAT."
            ),
            "near": self.env._(
                "Register for OSS and run the VAT set-up with OSS now, so that the "
                "rates of the other countries exist when the threshold is crossed."
            ),
            "crossed": self.env._(
                "Electronic services and goods for consumers of other member states "
                "bear the VAT of their country, declared by OSS, until the end of the "
                "next year."
            ),
            "option": self.env._(
                "You chose the VAT of the customer's country: the threshold does not "
                "matter."
            ),
        }
        for row in self:
            row.meaning = texts.get(row.state, "")

    @api.depends("year", "company_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._(
                "Sales to EU consumers, %s", str(row.year or "")
            )

    def _threshold(self):
        """Return the record of the threshold in force in the year, or none."""
        thresholds = self.env["recurring.vat.threshold"]
        country = self.company_id.account_fiscal_country_id.code or ""
        return thresholds._row_on("oss", date(self.year or 2000, 1, 1), country)

    def _previous(self):
        return self._of(self.company_id, self.year - 1)

    @api.model
    def _of(self, company, year):
        """Return the record of a year, empty where there is none."""
        return self.search([("company_id", "=", company.id), ("year", "=", year)])

    def _sold_by_day(self, through=None):
        """Return ``[(day, posted?, amount in the threshold's currency)]`` in order.

        Before tax, credit notes deducted, cancelled documents left out.

        :param through: the last day, inclusive; None: the whole year
        """
        self.ensure_one()
        company, year = self.company_id, self.year
        self.env["account.move.line"].flush_model(
            ["balance", "date", "invoice_date", "parent_state", "rr_vat_decision_id"]
        )
        self.env["recurring.vat.decision"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(line.invoice_date, line.date) AS day,
                       line.parent_state = 'posted' AS posted, SUM(-line.balance)
                  FROM recurring_vat_decision decision
                  JOIN account_move_line line ON line.rr_vat_decision_id = decision.id
                 WHERE decision.company_id = %(company)s
                   AND decision.counts_for_oss
                   AND line.parent_state != 'cancel'
                   AND COALESCE(line.invoice_date, line.date)
                       BETWEEN %(first)s AND %(last)s
                 GROUP BY 1, 2 ORDER BY 1, 2 DESC
                """,
                company=company.id,
                first=date(year, 1, 1),
                last=min(through or date.max, date(year, 12, 31)),
            )
        )
        return [
            (day, posted, self._converted(amount, company.currency_id, day))
            for day, posted, amount in rows
        ]

    def _converted(self, amount, currency, day):
        """Return an amount in the currency of the threshold, as a Decimal."""
        wanted = self._threshold().currency_id or self.env.ref("base.EUR")
        if currency == wanted:
            return exact(amount)
        return exact(
            currency._convert(float(amount), wanted, self.company_id, day, round=False)
        )

    def _sum_for_decisions(self, through=None):
        """Return what counts when the next sale is decided: drafts are invoices too."""
        rows = self._sold_by_day(through)
        return sum((row[2] for row in rows), exact(self.opening_amount))

    def _limit(self):
        """Return the threshold as a Decimal, None where none is known."""
        threshold = self._threshold()
        return exact(threshold.amount) if threshold else None

    # ------------------------------------------------------------------
    # Crossing
    # ------------------------------------------------------------------

    @api.model
    def _is_crossed(self, company, day):
        """Tell whether the threshold is crossed last year, or this year up to a day."""
        for year in (day.year - 1, day.year):
            row = self._of(company, year) or self.new(
                {"company_id": company.id, "year": year}
            )
            if row.crossed_on and (year < day.year or row.crossed_on <= day):
                return True
            limit = row._limit()
            if limit is not None and row._sum_for_decisions(day) > limit:
                return True
        return False

    @api.model
    def _claim(self, company, year):
        """Claim a company's year before what was sold in it is counted; return it.

        The claim writes the row: of two transactions that bill such sales at the same
        moment the second waits for the first, fails to serialise and begins again, and
        then sees what the first has billed.
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO recurring_vat_oss_year
                       (company_id, year, opening_amount, claim_count,
                        create_uid, create_date, write_uid, write_date)
                VALUES (%(company)s, %(year)s, 0, 1, %(user)s, now() at time zone 'UTC',
                        %(user)s, now() at time zone 'UTC')
                ON CONFLICT (company_id, year)
                DO UPDATE SET claim_count = recurring_vat_oss_year.claim_count + 1
                RETURNING id
                """,
                company=company.id,
                year=year,
                user=self.env.uid,
            ),
            # That another transaction was faster is no error.
            log_exceptions=False,
        )
        row = self.browse(self.env.cr.fetchone()[0])
        row.invalidate_recordset(["claim_count"])
        return row

    def _note_crossing(self):
        """Keep the day on which the threshold was crossed, and tell the accountant."""
        for row in self.filtered(lambda row: not row.crossed_on):
            crossed_on = row._crossing_day()
            if crossed_on:
                row.crossed_on = crossed_on
                row._tell(row._crossing_text())

    def _crossing_day(self):
        """Return the first day on which the sum to date was above the threshold."""
        limit, total = self._limit(), exact(self.opening_amount)
        if limit is None:
            return None
        if total > limit:
            return date(self.year, 1, 1)
        for day, _posted, amount in self._sold_by_day():
            total += amount
            if total > limit:
                return day
        return None

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._note_crossing()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if {"opening_amount", "year", "company_id"} & vals.keys():
            self._count_again()
        return result

    def action_count_again(self):
        """Find the day of crossing anew: invoices were cancelled or amounts corrected.

        What is invoiced stays as it is; the next invoices follow.
        """
        self.check_access("write")
        self._count_again()
        return True

    def _count_again(self):
        for row in self:
            day = row._crossing_day()
            if day != (row.crossed_on or None):
                row.crossed_on = day
                if day:
                    row._tell(row._crossing_text())
