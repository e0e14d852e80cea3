"""From ordinary invoice values to complete lines, in memory."""

from collections import defaultdict

from odoo import fields
from odoo.fields import Command

from .complete_lines_header import Headers
from .complete_lines_limits import NotCovered, check_company
from .complete_lines_products import Lines
from .line_totals import included_total, includes_taxes

# Values of lines that do not depend on the invoice.
PRODUCT_LINE = {"display_type": "product", "sequence": 100, "discount": 0.0}
TAX_LINE = {
    "display_type": "tax",
    "sequence": 10000,
    "product_uom_id": False,
    "price_unit": 0.0,
    "quantity": False,
    "price_subtotal": 0.0,
    "price_total": 0.0,
}
TERM_LINE = {
    "display_type": "payment_term",
    "sequence": 12000,
    "product_uom_id": False,
    "price_unit": 0.0,
    "quantity": False,
    "price_subtotal": 0.0,
    "price_total": 0.0,
    "discount_date": False,
    "discount_balance": 0.0,
    "discount_amount_currency": 0.0,
    "tax_ids": False,
    "analytic_distribution": False,
}


class Draft:
    """One invoice to be created: its header and all its lines.

    `structure` is what the form of the lines depends on, and no amount: taxes,
    accounts, fiscal position, term, currency, rounding method, signs, which values
    were given. Invoices of one structure are either all covered or all not.
    """

    __slots__ = ("header", "lines", "structure")

    def __init__(self, header, lines, structure):
        self.header = header
        self.lines = lines
        self.structure = structure

    def values(self):
        """Return values for `account.move.create`."""
        return {
            **self.header,
            "line_ids": [Command.create(line) for line in self.lines],
        }


class Drafter:
    """Computes complete lines for one batch of one company.

    Records that recur (products, taxes, terms, rates) are looked up once and then
    answered from memory; everything that decides about amounts, accounts or tags is
    asked from Odoo's own methods.
    """

    def __init__(self, env, company, vals_list):
        self.env = env
        self.company = company
        self.tax_model = env["account.tax"]
        self.headers = Headers(env, company, vals_list)
        self.lines = Lines(env, company, vals_list)

    def draft(self, vals):
        """Return the Draft of an invoice; raise NotCovered where there is none."""
        check_company(self.company)
        header = self.headers.resolve(vals)
        lines = self.lines.resolve(header, vals)
        if not lines:
            raise NotCovered("no lines")
        base_lines, taxes = self._compute_taxes(header, lines)
        rows = [
            self._product_row(header, line, *base_line)
            for line, base_line in zip(lines, base_lines, strict=True)
        ]
        rows += [self._tax_row(header, tax) for tax in taxes]
        rows += self._term_rows(header, rows)
        structure = (
            header.structure(),
            tuple(line.structure() for line in lines),
            tuple(row["display_type"] for row in rows),
        )
        return Draft(self._header_row(header, rows), rows, structure)

    def explicit(self, vals):
        """Return the values for the standard way, with what they left to Odoo's rules.

        Given along, it is not looked up again for every invoice and line.
        """
        try:
            header = self.headers.resolve(vals)
            lines = self.lines.resolve(header, vals)
        except NotCovered:
            return vals
        return {
            **self.headers.precomputed(header),
            **vals,
            "invoice_line_ids": [Command.create(line.explicit()) for line in lines],
        }

    # ------------------------------------------------------------------
    # Amounts: Odoo's own computation
    # ------------------------------------------------------------------

    def _compute_taxes(self, header, lines):
        """Return [(base line, amounts), ...] and the values of the tax lines."""
        taxes = self.tax_model
        base_lines = [
            taxes._prepare_base_line_for_taxes_computation(
                None,
                id=number,
                product_id=line.product,
                product_uom_id=line.uom,
                tax_ids=line.taxes,
                price_unit=line.price_unit,
                quantity=line.quantity,
                discount=line.discount,
                currency_id=header.currency,
                rate=header.rate,
                sign=header.sign,
                special_mode=False,
                is_refund=header.is_refund,
                partner_id=header.commercial,
                account_id=line.account,
                analytic_distribution=line.distribution,
                name=line.vals.get("name"),
                deferred_start_date=line.vals.get("deferred_start_date"),
                deferred_end_date=line.vals.get("deferred_end_date"),
            )
            for number, line in enumerate(lines, start=1)
        ]
        taxes._add_tax_details_in_base_lines(base_lines, self.company)
        taxes._round_base_lines_tax_details(base_lines, self.company)
        taxes._add_accounting_data_in_base_lines_tax_details(base_lines, self.company)
        found = taxes._prepare_tax_lines(base_lines, self.company)
        return found["base_lines_to_update"], found["tax_lines_to_add"]

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _product_row(self, header, line, base_line, amounts):
        details = base_line["tax_details"]
        return {
            **PRODUCT_LINE,
            **self._any_row(header, line.account, amounts),
            **line.vals,
            "account_id": line.account.id,
            "tax_ids": [Command.set(line.taxes.ids)],
            "tax_tag_ids": amounts["tax_tag_ids"],
            "product_uom_id": line.uom.id,
            "price_unit": line.price_unit,
            "quantity": line.quantity,
            "discount": line.discount,
            "analytic_distribution": line.distribution,
            "price_subtotal": details["total_excluded_currency"],
            "price_total": self._line_total(header, line, details),
        }

    def _line_total(self, header, line, details):
        if not includes_taxes(line.taxes):
            return details["total_included_currency"]
        return included_total(
            header.currency, line.quantity, line.price_unit, line.discount
        )

    def _tax_row(self, header, tax):
        account = self.env["account.account"].browse(tax["account_id"])
        return {**TAX_LINE, **tax, **self._any_row(header, account, tax)}

    def _any_row(self, header, account, amounts):
        """Return what every line has, among it what is left to reconcile."""
        balance = self.company.currency_id.round(amounts["balance"])
        in_currency = header.currency.round(amounts["amount_currency"])
        open_item = account.reconcile or account.account_type in (
            "asset_cash",
            "liability_credit_card",
        )
        return {
            "partner_id": header.commercial.id,
            "currency_id": header.currency.id,
            "account_id": account.id,
            "balance": balance,
            "amount_currency": in_currency,
            "is_storno": False,
            "amount_residual": balance if open_item else 0.0,
            "amount_residual_currency": in_currency if open_item else 0.0,
            "reconciled": bool(open_item and not balance and not in_currency),
            "date": header.date,
            "invoice_date": header.invoice_date,
            "ref": header.vals.get("ref"),
            "parent_state": "draft",
        }

    def _term_rows(self, header, rows):
        """Return the receivable lines; like `account.move._compute_needed_terms`."""
        rows_of_term = []
        for due, balance, in_currency in self._instalments(header, rows):
            row = {
                **TERM_LINE,
                **self._any_row(
                    header,
                    header.receivable,
                    {"balance": balance, "amount_currency": in_currency},
                ),
                "date_maturity": due,
            }
            if len(header.term.line_ids) < 2:
                row["name"] = False  # with several instalments, Odoo counts them
            rows_of_term.append(row)
        return rows_of_term

    def _instalments(self, header, rows):
        """Return [(due date, balance, amount in currency), ...], one per due date."""
        sums = _sums(rows)
        if not header.term:
            due = fields.Date.to_date(header.vals.get("invoice_date_due"))
            due = due or fields.Date.context_today(self.tax_model)
            header.due = due
            return [(due, -sums["balance"], -sums["amount_currency"])]
        terms = header.term._compute_terms(
            date_ref=header.invoice_date,
            currency=header.currency,
            company=self.company,
            tax_amount=self.company.currency_id.round(-sums["tax_balance"]),
            tax_amount_currency=header.currency.round(-sums["tax_amount_currency"]),
            untaxed_amount=self.company.currency_id.round(-sums["base_balance"]),
            untaxed_amount_currency=header.currency.round(
                -sums["base_amount_currency"]
            ),
            sign=-header.sign,
        )
        per_date = {}
        for part in terms["line_ids"]:
            due = fields.Date.to_date(part["date"])
            balance, in_currency = per_date.get(due, (0.0, 0.0))
            per_date[due] = (
                balance + part["company_amount"],
                in_currency + part["foreign_amount"],
            )
        header.due = max(per_date)
        return [(due, *amounts) for due, amounts in per_date.items()]

    def _header_row(self, header, rows):
        row = {
            **self.headers.precomputed(header),
            **header.vals,
            "commercial_partner_id": header.commercial.id,
            "always_tax_exigible": False,
            "payment_state": "not_paid",
        }
        row.setdefault("invoice_date_due", header.due)
        row.update(self._totals(header, rows))
        return row

    def _totals(self, header, rows):
        """Return the amounts of the move; like `account.move._compute_amount`."""
        sums = _sums(row for row in rows if row["display_type"] != "payment_term")
        money = self.company.currency_id.round
        foreign = header.currency.round
        sign = header.sign
        total = sums["amount_currency"]
        return {
            "amount_untaxed": foreign(sign * sums["base_amount_currency"]),
            "amount_tax": foreign(sign * sums["tax_amount_currency"]),
            "amount_total": foreign(sign * total),
            "amount_residual": foreign(sign * total),
            "amount_untaxed_signed": money(-sums["base_balance"]),
            "amount_untaxed_in_currency_signed": foreign(-sums["base_amount_currency"]),
            "amount_tax_signed": money(-sums["tax_balance"]),
            "amount_total_signed": money(-sums["balance"]),
            "amount_total_in_currency_signed": foreign(-total),
            "amount_residual_signed": money(-sums["balance"]),
        }


def _sums(rows):
    """Return the sums over the rows, in company and document currency."""
    sums = defaultdict(float)
    for row in rows:
        part = "tax" if row["display_type"] == "tax" else "base"
        for name in ("balance", "amount_currency"):
            sums[name] += row[name]
            sums[f"{part}_{name}"] += row[name]
    return sums
