"""Figures of the returns about other member states, from posted invoice lines.

Each line's VAT decision says which return it belongs to: OSS (consumers, taxed in their
country), the declaration of services (DES) and the recapitulative statement of goods
for businesses with a VAT number. Credit notes count minus; those that correct an
invoice of an earlier period are figures of that period, listed apart (directive
2006/112, art. 369g; CGI art. 289 B).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL

from ...engine.allocation import round_half_up, split
from ..exact import currency_rounding, exact

# Return: (treatment of the decisions, months of its periods).
RETURNS = {"oss": ("oss", 3), "des": ("eu_service", 1), "goods": ("eu_goods", 1)}


@dataclass(frozen=True, slots=True)
class Sale:
    """A posted invoice line: amounts in the company's currency before tax and of VAT.

    ``corrects`` is the day of the invoice that a credit note corrects, else None.
    """

    line: int
    move: int
    name: str
    day: date
    corrects: date | None
    partner: int
    country: str
    number: str
    supply: str
    rate: Decimal
    base: Decimal
    vat: Decimal


@dataclass(slots=True)
class Figure:
    """One figure of a return; ``start`` is the first day of the period it is of."""

    corrects: bool
    start: date
    country: str
    number: str
    partner: int
    supply: str
    rate: Decimal
    base: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    lines: list = field(default_factory=list)


def period_start(day, months):
    """Return the first day of the month or quarter of a day."""
    return date(day.year, (day.month - 1) // months * months + 1, 1)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _vat_figures(self, kind, first, last):
        """Return the figures of a return and the sales that they are made of.

        :param str kind: oss, des or goods
        :param first: first day of the period; ``last`` its last day, inclusive
        :return: (list of Figure in order, list of Sale)
        """
        self.ensure_one()
        months = RETURNS[kind][1]
        sales = self._vat_sales(kind, first, last)
        figures = {}
        for sale in sales:
            own = period_start(sale.day, months)
            start = period_start(sale.corrects, months) if sale.corrects else own
            corrects = start < own
            key = (
                corrects,
                start if corrects or kind != "oss" else own,
                sale.country,
                *_of_kind(kind, sale),
            )
            figure = figures.setdefault(key, Figure(*key))
            if kind != "oss":
                figure.partner = figure.partner or sale.partner
            figure.base += sale.base
            figure.vat += sale.vat
            figure.lines.append(sale.line)
        ordered = sorted(
            figures.values(),
            key=lambda one: (
                one.corrects,
                one.start,
                one.country,
                one.number,
                one.supply,
                one.rate,
            ),
        )
        return ordered, sales

    def _vat_sales(self, kind, first, last):
        """Return the posted sales of a return, by date of invoice, inclusive."""
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, move.id, move.name, move.invoice_date,
                       origin.invoice_date, decision.partner_id,
                       decision.taxed_in, decision.rate, decision.inputs,
                       -line.balance, -line.amount_currency, line.currency_id
                  FROM recurring_vat_decision decision
                  JOIN account_move_line line ON line.rr_vat_decision_id = decision.id
                  JOIN account_move move ON move.id = line.move_id
             LEFT JOIN account_move origin ON origin.id = move.reversed_entry_id
                 WHERE decision.company_id = %(company)s
                   AND decision.treatment = %(treatment)s
                   AND line.display_type = 'product'
                   AND move.state = 'posted'
                   AND move.invoice_date BETWEEN %(first)s AND %(last)s
                 ORDER BY move.invoice_date, move.name, line.id
                """,
                company=self.id,
                treatment=RETURNS[kind][0],
                first=first,
                last=last,
            )
        )
        taxes = self._vat_of_lines([row[0] for row in rows]) if kind == "oss" else {}
        return [self._vat_sale(kind, row, taxes) for row in rows]

    def _vat_sale(self, kind, row, taxes):
        line, move, name, day, corrects, partner, taxed_in, rate, facts = row[:9]
        own, foreign, currency_id = row[9:]
        amounts = (exact(own), exact(foreign))
        vat = taxes.get(line, (Decimal(0), Decimal(0)))
        base, tax = self._vat_in_own_currency(
            kind, currency_id, corrects or day, zip(amounts, vat, strict=True)
        )
        goods = facts.get("supply") == "goods"
        number = facts.get("number") or ""
        country = taxed_in or facts.get("number_country") or facts.get("country") or ""
        return Sale(
            line,
            move,
            name,
            day,
            corrects,
            partner,
            _of_return(country[:2] if kind == "oss" else country),
            "".join(number.split()).upper(),
            "goods" if goods else "service",
            exact(rate),
            base,
            tax,
        )

    def _vat_in_own_currency(self, kind, currency_id, day, pairs):
        """Return (base, VAT) in the company's currency.

        The OSS return converts at the rate of the last day of its quarter (directive
        2006/112, art. 369h), also what corrects it later, so that nothing is left of
        what is given back in full; the others take the books' amounts.
        """
        own, foreign = pairs
        if kind != "oss" or currency_id == self.currency_id.id:
            return own
        start = period_start(day, RETURNS[kind][1])
        last = start + relativedelta(months=RETURNS[kind][1]) - timedelta(days=1)
        currency = self.env["res.currency"].browse(currency_id)
        return tuple(
            exact(currency._convert(float(amount), self.currency_id, self, last))
            for amount in foreign
        )

    def _vat_of_lines(self, line_ids):
        """Return ``{line id: (VAT in the company's, in the invoice's currency)}``.

        The tax lines of each invoice, split over the lines that bear the tax: the
        parts sum to what is booked.
        """
        if not line_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT base.id, base.currency_id, -base.balance, tax.move_id,
                       tax.tax_line_id, tax.own, tax.foreign_amount
                  FROM account_move_line base
                  JOIN account_move_line_account_tax_rel rel
                       ON rel.account_move_line_id = base.id
                  JOIN (SELECT move_id, tax_line_id, SUM(-balance) AS own,
                               SUM(-amount_currency) AS foreign_amount
                          FROM account_move_line
                         WHERE tax_line_id IS NOT NULL
                           AND move_id IN (SELECT move_id FROM account_move_line
                                            WHERE id = ANY(%(ids)s))
                         GROUP BY 1, 2) tax
                       ON tax.move_id = base.move_id
                      AND tax.tax_line_id = rel.account_tax_id
                 WHERE base.move_id IN (SELECT move_id FROM account_move_line
                                         WHERE id = ANY(%(ids)s))
                   AND base.display_type = 'product'
                 ORDER BY base.id
                """,
                ids=list(line_ids),
            )
        )
        parts = defaultdict(list)
        for line, currency, base, move, tax, own, foreign in rows:
            key = (move, tax, currency, exact(own), exact(foreign))
            parts[key].append((line, abs(exact(base))))
        return self._split_tax(parts)

    def _split_tax(self, parts):
        result = {}
        currencies = self.env["res.currency"]
        for (_move, _tax, currency_id, own, foreign), lines in parts.items():
            weights = [weight for _line, weight in lines]
            step = currency_rounding(self.currency_id)
            other = currency_rounding(currencies.browse(currency_id))
            shares = zip(
                lines,
                split(own, weights, step),
                split(foreign, weights, other),
                strict=True,
            )
            for (line, _weight), one, two in shares:
                known = result.get(line, (Decimal(0), Decimal(0)))
                result[line] = (known[0] + one, known[1] + two)
        return result

    def _vat_undecided_domain(self, kind, first, last):
        """Return the domain of posted lines that bear the taxes of a return and whose
        VAT nobody decided here: a person must look whether they belong to it."""
        treatment = RETURNS[kind][0]
        positions = self.env["account.fiscal.position"]
        found = positions.search(
            [
                *positions._check_company_domain(self),
                ("rr_vat_treatments", "!=", False),
            ]
        ).filtered(lambda one: treatment in one.rr_vat_treatments.split())
        scopes = {"des": ("service",), "goods": ("consu",)}.get(kind)
        taxes = found.tax_ids.filtered(
            lambda tax: (
                tax.type_tax_use == "sale" and (not scopes or tax.tax_scope in scopes)
            )
        )
        return [
            ("company_id", "=", self.id),
            ("parent_state", "=", "posted"),
            ("display_type", "=", "product"),
            # Nobody decided it, or somebody against the rules.
            "|",
            ("rr_vat_decision_id", "=", False),
            ("rr_vat_decision_id.treatment", "=", "by_hand"),
            ("tax_ids", "in", taxes.ids),
            ("move_id.move_type", "in", ("out_invoice", "out_refund")),
            ("invoice_date", ">=", first),
            ("invoice_date", "<=", last),
        ]


def _of_kind(kind, sale):
    """Return (number, partner, supply, rate) as far as the return tells them apart."""
    if kind == "oss":
        return "", 0, sale.supply, sale.rate
    # One figure per number, whoever has it.
    return sale.number, 0 if sale.number else sale.partner, sale.supply, Decimal(0)


def _of_return(country):
    """Return a country as returns name it: Greece is EL (regulation 2020/194)."""
    return "EL" if country == "GR" else country


def whole(amount):
    """Return an amount in whole units, as DES and statement want it: halves away from
    zero."""
    return int(round_half_up(amount, Decimal(1)))
