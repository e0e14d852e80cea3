"""The one entry that lets the deferred account say what the schedules say."""

from dataclasses import dataclass, field
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.allocation import split
from ..exact import currency_rounding, exact
from .openings import Openings


@dataclass
class Comparison:
    """Schedules and deferred account on the start day, in company currency.

    ``difference`` is what the deferred account lacks (credit positive).
    """

    openings: Openings
    schedules: Decimal
    account: Decimal
    new: Decimal
    revenue: dict = field(default_factory=dict)

    @property
    def difference(self):
        return self.schedules + self.new - self.account

    @property
    def carried(self):
        """What belongs to earlier years: booked against the result carried forward."""
        return self.difference - sum(self.revenue.values(), Decimal(0))


class ResCompany(models.Model):
    _inherit = "res.company"

    def _revenue_on(self, day):
        """Return (what schedules say is deferred, the balance of the deferred account)
        on the evening of a day; credit is positive."""
        self.ensure_one()
        for name in ("account.move.line", "recurring.revenue.schedule"):
            self.env[name].flush_model()
        [(schedules, account)] = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT COALESCE(SUM(s.amount), 0)
                          FROM recurring_revenue_schedule s
                         WHERE s.company_id = %(company)s AND s.booked_on <= %(day)s
                           AND s.treatment = 'continuous'
                           AND s.deferred_account_id = %(account)s)
                     - (SELECT COALESCE(SUM(p.amount), 0)
                          FROM recurring_revenue_slice p
                          JOIN recurring_revenue_schedule s ON s.id = p.schedule_id
                         WHERE p.company_id = %(company)s AND p.booked_on <= %(day)s
                           AND s.treatment = 'continuous'
                           AND s.deferred_account_id = %(account)s),
                       (SELECT COALESCE(-SUM(l.balance), 0)
                          FROM account_move_line l
                         WHERE l.company_id = %(company)s
                           AND l.account_id = %(account)s
                           AND l.parent_state = 'posted' AND l.date <= %(day)s)
                """,
                company=self.id,
                account=self.rr_deferred_account_id.id,
                day=day,
            )
        )
        return exact(schedules), exact(account)

    def _revenue_comparison(self, start):
        """Return the ``Comparison`` of a start day, nothing written."""
        self.ensure_one()
        openings = Openings(self, start)
        schedules, account = self._revenue_on(start)
        new = sum((opening.amount for opening in openings.continuous), Decimal(0))
        result = Comparison(openings, schedules, account, new)
        result.revenue = self._revenue_of_this_year(openings)
        return result

    def _revenue_of_this_year(self, openings):
        """Return ``{income account: amount}`` that is taken back from this year's own
        revenue: invoices of this year that were booked as revenue at once.

        What was deferred by hand in this year already is taken off. Earlier years are
        never charged to current revenue.
        """
        found = {}
        for opening in openings.continuous:
            if opening.of_this_year:
                account = opening.row["revenue_account_id"]
                found[account] = found.get(account, Decimal(0)) + opening.amount
        total = sum(found.values(), Decimal(0))
        before = fields.Date.subtract(openings.year_start, days=1)
        (schedules, account), (former, opened) = (
            self._revenue_on(openings.start),
            self._revenue_on(before),
        )
        by_hand = (account - schedules) - (opened - former)
        left = max(total - max(by_hand, Decimal(0)), Decimal(0))
        if total <= 0 or left == total:
            return found if total > 0 else {}
        parts = split(
            left,
            [max(amount, Decimal(0)) for amount in found.values()],
            currency_rounding(self.currency_id),
        )
        return {
            account: part for account, part in zip(found, parts, strict=True) if part
        }

    def _revenue_by_hand(self, start):
        """Return posted items that move the deferred account from the start on without
        any schedule: the release of a former closing, or an entry typed since."""
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.id FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                 WHERE l.company_id = %(company)s AND l.account_id = %(account)s
                   AND l.parent_state = 'posted' AND l.date >= %(start)s
                   AND m.rr_revenue_run_id IS NULL
                   AND m.rr_revenue_opening IS NULL
                   AND m.tax_cash_basis_origin_move_id IS NULL
                   AND l.rr_revenue_account_id IS NULL
                   AND NOT EXISTS (SELECT 1 FROM account_move o
                                    WHERE o.reversed_entry_id = m.id
                                      AND o.state = 'posted')
                   AND NOT EXISTS (SELECT 1 FROM account_move o
                                    WHERE o.id = m.reversed_entry_id
                                      AND o.date >= %(start)s)
                 ORDER BY l.date, l.id
                """,
                company=self.id,
                account=self.rr_deferred_account_id.id,
                start=start,
            )
        )
        return self.env["account.move.line"].browse(row[0] for row in rows)

    def _revenue_open_day(self, start):
        """Return the start, or the first open day after what is locked."""
        locks = self._get_violated_lock_dates(start, False, self.rr_revenue_journal_id)
        return fields.Date.add(locks[-1][0], days=1) if locks else start

    def _revenue_opening_lines(self, comparison, carried):
        """Return the lines of the entry, as ``recurring.revenue.entry`` wants them.

        :param carried: the account of the result carried forward
        """
        rows = [(self.rr_deferred_account_id.id, -comparison.difference)]
        rows += sorted(comparison.revenue.items())
        rows.append((carried.id, comparison.carried))
        name = self.env._("Deferred revenue on %s", f"{comparison.openings.start}")
        return [
            {
                "key": number,
                "account_id": account,
                "partner_id": False,
                "amount": amount,
                "amount_currency": amount,
                "analytic_distribution": False,
                "name": name,
                "extra": {},
            }
            for number, (account, amount) in enumerate(rows)
            if amount
        ]

    def _revenue_open(self, start, carried):
        """Take over the existing books: write the schedules, book the difference.

        :param start: first day of a month
        :param carried: account of the result carried forward, for earlier years
        :return: (the new schedules, the posted entry or none)
        :raise UserError: in plain words, before anything was written
        """
        self.ensure_one()
        schedules = self.env["recurring.revenue.schedule"]
        schedules._check_start(self, start)
        self._revenue_claim()
        self._check_released(start)
        comparison = self._revenue_comparison(start)
        made = schedules._take_over(comparison.openings)
        if not comparison.difference:
            return made, self.env["account.move"]
        if comparison.carried:
            self._check_carried(carried)
        move, _ids = self.env["recurring.revenue.entry"]._book(
            self,
            self.rr_revenue_journal_id,
            self._revenue_open_day(start),
            self.currency_id,
            self._revenue_opening_lines(comparison, carried),
            {
                "rr_revenue_opening": start,
                "ref": self.env._("Opening of deferred revenue"),
            },
        )
        return made, move

    def _revenue_claim(self):
        """Let one taking over of a company happen at a time: another that began before
        this one is committed fails, is retried by Odoo, and finds nothing left."""
        self.env.cr.execute(
            SQL("UPDATE res_company SET name = name WHERE id = %s", self.id),
            log_exceptions=False,
        )

    def _check_released(self, start):
        """Refuse while the former closing is released at once on the start day: the
        months would release it a second time."""
        released = self._revenue_by_hand(start).filtered(
            lambda item: item.balance > 0 and item.date == start
        )
        if released:
            raise UserError(
                self.env._(
                    "%(entries)s takes deferred revenue back to revenue on the start "
                    "day. The schedules do that month by month from now on: reverse "
                    "that entry on the same day first.",
                    entries=", ".join(released.move_id.mapped("name")),
                )
            )

    def _check_carried(self, account):
        if not account:
            raise UserError(
                self.env._(
                    "Choose the account of the result carried forward: earlier years "
                    "are not charged to the revenue of this one."
                )
            )
        if account.internal_group in ("income", "expense"):
            raise UserError(
                self.env._(
                    "%s is an account of this year's result: earlier years are booked "
                    "against the result carried forward.",
                    account.display_name,
                )
            )


class AccountMove(models.Model):
    _inherit = "account.move"

    rr_revenue_opening = fields.Date(
        string="Opens Deferred Revenue On",
        copy=False,
        readonly=True,
        index="btree_not_null",
    )
