"""Starting on existing books: what is still to be earned of what was billed before."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.allocation import round_share
from ...engine.period import Period
from ...engine.recognition import Curve, converted
from ..exact import currency_rounding, exact
from .deferral import Deferral
from .opening_sources import OpeningSources, Service


@dataclass(frozen=True)
class Opening:
    """A schedule that is to be taken over: its columns, its months, and whether it
    was billed in the accounting year of the start day."""

    row: dict
    slices: dict
    of_this_year: bool
    source: str

    @property
    def amount(self):
        return self.row["amount"]

    @property
    def is_continuous(self):
        return self.row["treatment"] == "continuous"


class Openings:
    """What a company takes over on a start day, the first of a month.

    Of each billed service only the part from that day on is left to be earned: the
    whole by its policy's method, less what was earned before (credits of before taken
    off). Amounts are before tax. ``problems`` says what cannot be taken over, and why.
    """

    def __init__(self, company, start):
        # sudo: whoever may take over (asked before) sees all of the company's ledger.
        self.company = company.sudo().with_company(company)
        self.env = self.company.env
        self.start = start
        self.year_start = self.company.compute_fiscalyear_dates(start)["date_from"]
        self.deferral = Deferral(self.company)
        self.sources = OpeningSources(self.company, start)
        self.problems = []
        self.found = []
        lines = self.sources.lines()
        self.credits = self.sources.credits(lines)
        self._collect_items()
        self._collect_lines(lines)

    @property
    def continuous(self):
        """What stands on the deferred account from the start on."""
        return [opening for opening in self.found if opening.is_continuous]

    # ------------------------------------------------------------------
    # Finding
    # ------------------------------------------------------------------

    def _collect_items(self):
        for item in self.sources.items():
            service = Service(item)
            answer = self._answer(service, item.date_start)
            if answer is None:
                continue
            policy, nature, period = answer
            income = self.sources.income(item)
            net = self.sources.net(item)
            worth = self.sources.worth(item, net)
            if not income:
                self.problems.append(
                    self.env._(
                        "%(row)s: the product %(product)s has no income account.",
                        row=item.display_name,
                        product=item.product_id.display_name,
                    )
                )
            elif worth is None:
                self.problems.append(
                    self.env._(
                        "%(row)s: there is no rate for %(currency)s.",
                        row=item.display_name,
                        currency=item.currency_id.name,
                    )
                )
            else:
                columns = {
                    **self._columns(policy, nature, item.currency_id),
                    **self._columns_of_item(item, income),
                }
                late = self.start > self.year_start and item.date_start < self.start
                of_this_year = late and item.date_start >= self.year_start
                self._add(
                    columns, (net, worth), period, ("item", item.id), of_this_year
                )

    def _collect_lines(self, lines):
        absorbed = set()
        own = {("line", line.id) for line in lines} | {
            ("item", opening.row["billed_item_id"]) for opening in self.found
        }
        for key, credit_lines in self.credits.items():
            if key in own:
                absorbed.update(line.id for line in credit_lines)
        for line in lines:
            if line.id in absorbed:
                continue
            answer = self._answer(line, line.date)
            if answer is None:
                continue
            policy, nature, period = answer
            columns = {
                **self._columns(policy, nature, line.currency_id),
                **self._columns_of_line(line),
            }
            amounts = (-exact(line.amount_currency), -exact(line.balance))
            of_this_year = line.date >= self.year_start
            self._add(columns, amounts, period, ("line", line.id), of_this_year)

    def _answer(self, line, day):
        """Return (policy, nature, period) of what is still earned from the start on,
        by the policies that hold then; else None."""
        nature = self.deferral.nature(line)
        policy = self.deferral.policies.find(nature, self.start)
        if policy is None or policy.treatment == "invoiced":
            return None
        period = self.deferral._period(line, policy, day)
        if period is None or period.end <= self.start:
            return None
        return policy, nature, period

    def _add(self, columns, amounts, period, key, of_this_year):
        """Keep what is left of an amount sold for a period, if anything is."""
        sold, worth = amounts
        currency = self.env["res.currency"].browse(columns["currency_id"])
        curve = Curve.of(sold, period, columns["method"], currency_rounding(currency))
        for credit in self.credits.get(key, ()):
            first = credit.deferred_start_date
            part = Period(first, credit.deferred_end_date + timedelta(days=1))
            curve = curve.credited(part, exact(credit.amount_currency))
        rest = curve.since(self.start)
        if not rest.amount:
            return
        own = currency_rounding(self.company.currency_id)
        amount = rest.amount
        slices = {month: (part, part) for month, part in rest.slices().items()}
        if currency != self.company.currency_id:
            rate = Fraction(worth) / Fraction(sold)
            amount = round_share(rest.amount, rate, own)
            slices = self._in_both(rest.slices(), rest.amount, amount, own)
        row = {
            **columns,
            "date_start": min(part.period.start for part in rest.segments),
            "date_end": max(part.period.end for part in rest.segments),
            "amount_currency": rest.amount,
            "amount": amount,
            "curve": rest.data(),
        }
        self.found.append(Opening(row, slices, of_this_year, key[0]))

    def _in_both(self, slices, sold, amount, rounding):
        """Return ``{month: (amount in currency, amount)}``, both rounded to date."""
        worth = converted(slices, sold, amount, rounding)
        zero = 0 * rounding
        return {
            month: (slices.get(month, zero), worth.get(month, zero))
            for month in sorted(slices.keys() | worth.keys())
        }

    # ------------------------------------------------------------------
    # Columns
    # ------------------------------------------------------------------

    def _columns(self, policy, nature, currency):
        return {
            "company_id": self.company.id,
            "kind": "opening",
            "root_id": None,
            "move_line_id": None,
            "move_id": None,
            "billed_item_id": None,
            "nature_id": nature or None,
            "policy_id": policy.id,
            "treatment": policy.treatment,
            "method": policy.method,
            "booked_on": fields.Date.subtract(self.start, days=1),
            "currency_id": currency.id,
            "company_currency_id": self.company.currency_id.id,
            "deferred_account_id": self.company.rr_deferred_account_id.id,
            "analytic_distribution": None,
            "cause": None,
        }

    def _columns_of_item(self, item, income):
        line = item.line_id
        product = line.charge_id.name or item.product_id.name
        words = (item.opening_ref, item.subscription_id.name, product)
        return {
            "label": " ".join(word for word in words if word),
            "partner_id": item.partner_id.commercial_partner_id.id,
            "subscription_id": item.subscription_id.id,
            "subscription_line_id": line.id,
            "plan_id": item.subscription_id.plan_id.id or None,
            "product_id": item.product_id.id,
            "billed_item_id": item.id,
            "revenue_account_id": income.id,
            # No entry of Odoo counted it for the analytic accounts yet.
            "analytic_distribution": line.analytic_distribution or None,
        }

    def _columns_of_line(self, line):
        subscription = line.rr_subscription_id
        return {
            "label": self.env["recurring.revenue.schedule"]._label(line),
            "move_line_id": line.id,
            "move_id": line.move_id.id,
            "partner_id": line.move_id.commercial_partner_id.id,
            "subscription_id": subscription.id or None,
            "subscription_line_id": line.rr_subscription_line_id.id or None,
            "plan_id": subscription.plan_id.id or None,
            "product_id": line.product_id.id or None,
            "revenue_account_id": line.account_id.id,
        }


class RecurringRevenueSchedule(models.Model):
    _inherit = "recurring.revenue.schedule"

    _opening_once = models.UniqueIndex(
        "(billed_item_id) WHERE kind = 'opening' AND billed_item_id IS NOT NULL",
        "This was taken over already.",
    )

    @api.model
    def _take_over(self, openings):
        """Write the opening schedules of a company.

        What was taken over before is passed over: a second time adds nothing.

        :param openings: its ``Openings``
        :return: the new schedules
        """
        return self._insert(
            [opening.row for opening in openings.found],
            [opening.slices for opening in openings.found],
            "opening",
        )

    @api.model
    def _check_start(self, company, start):
        if start.day != 1:
            raise UserError(
                self.env._("Existing books are taken over on the first of a month.")
            )
        if start > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "Existing books are taken over once the day has come: until then "
                    "invoices are still added."
                )
            )
        if obstacle := company._revenue_obstacle():
            raise UserError(obstacle)

    def _is_built_upon(self):
        """What was taken over rests on an entry of the start day: its invoice is
        credited, never reset to draft."""
        return self.kind == "opening" or super()._is_built_upon()
