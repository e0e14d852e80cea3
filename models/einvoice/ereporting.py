"""The figures of e-reporting, from the books: sales, payments, corrections, cashed.

What a platform reports to the administration about sales that no electronic invoice
passes through it (CGI art. 290 and 290 A; ann. II art. 242 nonies M f.): consumers and
customers abroad, per day and rate; payments of services whose VAT is due on receipt.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo import api, models

from ..exact import exact

SALES, PAYMENTS = "sales", "payments"
# Categories of transactions in flow 10; to be confirmed by the platform.
GOODS, SERVICES, UNTAXED = "TLB1", "TPS1", "TNT1"
CASHED = "212"
SOLD = ("out_invoice", "out_refund")
# Exempt under CGI art. 261 to 261 E: outside e-reporting; and what is no supply.
LEFT_OUT_PREFIX = "VATEX-FR-CGI261"
OUT_OF_SCOPE = ("out_of_scope",)


@dataclass(frozen=True, slots=True)
class Key:
    """What rows are summed by: one day, one kind of customer, one rate."""

    day: date
    kind: str
    category: str
    country: str
    rate: Decimal


@dataclass(slots=True)
class Row:
    """Sums in the company's currency; credit notes are negative."""

    base: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    documents: set = field(default_factory=set)

    def add(self, base, vat, document):
        self.base += base
        self.vat += vat
        self.documents.add(document)


@dataclass(slots=True)
class Figures:
    """What one period has to report. Dates are inclusive.

    ``corrections`` are ``[(part, document, corrected, its day, key, row)]``: what
    belongs to an earlier period than the one in which it was booked; none of it is in
    ``sales`` or ``payments``. ``cashed`` are ``[(invoice, day, rate, base, vat)]``.
    ``abroad`` are the documents in ``sales`` to businesses abroad, which are reported
    one by one: ``[(document, key, base, vat)]``.
    """

    sales: dict
    payments: dict
    corrections: list
    cashed: list
    abroad: list


class RecurringEreporting(models.AbstractModel):
    _name = "recurring.ereporting"
    _description = "E-reporting Figures"

    @api.model
    def _figures(self, company, start, end):
        """Return the figures of ``company`` booked from ``start`` to ``end``.

        With the rights of the user: who may not read the books sees an access error.
        """
        collector = _Collector(self.env, company, start, end)
        collector.read_sales()
        collector.read_payments()
        return collector.figures()


class _Collector:
    """Reads the books once and sorts their amounts; nothing is changed."""

    def __init__(self, env, company, start, end):
        self.env, self.company = env, company
        self.start, self.end = start, end
        self.rows = {SALES: defaultdict(Row), PAYMENTS: defaultdict(Row)}
        self.corrected = defaultdict(Row)
        self.cashed, self.abroad = [], []

    def figures(self):
        def in_order(rows):
            kept = {key: row for key, row in rows.items() if row.base or row.vat}
            order = sorted(kept, key=lambda key: (key.day, key.kind, key.rate))
            return {key: kept[key] for key in order}

        corrections = [(*about, row) for about, row in self.corrected.items()]
        corrections.sort(key=lambda found: (found[4].day, found[1].name or ""))
        cashed = sorted(self.cashed, key=lambda found: (found[1], found[0].name or ""))
        return Figures(
            in_order(self.rows[SALES]),
            in_order(self.rows[PAYMENTS]),
            corrections,
            cashed,
            sorted(self.abroad, key=lambda found: (found[1].day, found[0].name or "")),
        )

    # ------------------------------------------------------------------
    # Sales
    # ------------------------------------------------------------------

    def read_sales(self):
        """Sum what was invoiced to consumers and abroad."""
        domain = [
            ("move_id.move_type", "in", SOLD),
            *self._booked(),
        ]
        for move, tax, base, vat in self._amounts(domain):
            if kind := customer_kind(move):
                self._add(SALES, move, move.invoice_date, tax, base, vat, kind)

    def _booked(self):
        return [
            ("company_id", "=", self.company.id),
            ("parent_state", "=", "posted"),
            ("date", ">=", self.start),
            ("date", "<=", self.end),
        ]

    def _amounts(self, domain):
        """Yield (document, tax, base, VAT), positive for what is sold."""
        lines = self.env["account.move.line"]
        amounts = defaultdict(lambda: [0.0, 0.0])
        bases = lines._read_group(
            [*domain, ("tax_ids", "!=", False)],
            ["move_id", "tax_ids"],
            ["balance:sum"],
        )
        for move, tax, balance in bases:
            amounts[move, tax][0] -= balance
        taxes = lines._read_group(
            [*domain, ("tax_line_id", "!=", False)],
            ["move_id", "tax_line_id"],
            ["balance:sum"],
        )
        for move, tax, balance in taxes:
            amounts[move, tax][1] -= balance
        for (move, tax), (base, vat) in amounts.items():
            if not left_out(tax):
                currency = self.company.currency_id
                yield (
                    move,
                    tax,
                    exact(currency.round(base)),
                    exact(currency.round(vat)),
                )

    def _add(self, part, document, day, tax, base, vat, kind):
        invoice = document.tax_cash_basis_origin_move_id or document
        payer = invoice.commercial_partner_id
        key = Key(
            day or document.date,
            kind,
            transaction_category(tax),
            payer.country_id.code or "",
            exact(tax.amount),
        )
        corrected, corrected_day = self._corrects(part, document)
        if corrected_day and corrected_day < self.start:
            about = (part, document, corrected, corrected_day, key)
            self.corrected[about].add(base, vat, document)
        else:
            self.rows[part][key].add(base, vat, invoice)
            if part == SALES and kind == "abroad":
                self.abroad.append((document, key, base, vat))

    def _corrects(self, part, document):
        """Return (document, day) that an amount belongs to, where it is not its own."""
        if part == SALES:
            origin = document.reversed_entry_id or document
            return origin, origin.invoice_date
        origin = document.reversed_entry_id
        return (origin, origin.date) if origin else (document, None)

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def read_payments(self):
        """Sum what was received for services with VAT on receipts, from the entries
        that Odoo books at each payment."""
        domain = [
            ("move_id.tax_cash_basis_origin_move_id", "!=", False),
            *self._booked(),
        ]
        for entry, tax, base, vat in self._amounts(domain):
            invoice = entry.tax_cash_basis_origin_move_id
            if invoice.move_type not in SOLD or not tax.amount or _is_set_off(entry):
                continue
            kind = customer_kind(invoice)
            if kind:
                self._add(PAYMENTS, entry, entry.date, tax, base, vat, kind)
            else:
                self.cashed.append((invoice, entry.date, exact(tax.amount), base, vat))


def _is_set_off(entry):
    """Tell whether a credit note settled the invoice: no money came or went."""
    partial = entry.tax_cash_basis_rec_id
    sides = partial.debit_move_id.move_id | partial.credit_move_id.move_id
    return bool(partial) and all(move.move_type in SOLD for move in sides)


def customer_kind(move):
    """Return ``consumer`` or ``abroad``; "" where an electronic invoice says it all.

    Bodies without taxable activity are reported as consumers are.
    """
    payer = move.commercial_partner_id
    if payer.rr_vat_status in ("consumer", "non_taxable"):
        return "consumer"
    return "" if payer._rr_is_domestic() else "abroad"


def transaction_category(tax):
    """Return the category of flow 10: goods, services, or without French VAT."""
    french = tax.country_id.code == "FR" and not tax.fiscal_position_ids.filtered(
        "rr_vat_territory"
    )
    if not tax.amount or not french:
        return UNTAXED
    return GOODS if tax.tax_scope == "consu" else SERVICES


def left_out(tax):
    """Tell whether e-reporting has nothing to do with what bears this tax."""
    vatex = tax.ubl_cii_tax_exemption_reason_code or ""
    if vatex.startswith(LEFT_OUT_PREFIX):
        return True
    positions = tax.fiscal_position_ids
    treatments = " ".join(filter(None, positions.mapped("rr_vat_treatments")))
    return set(treatments.split()) == set(OUT_OF_SCOPE)
