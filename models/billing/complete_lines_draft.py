"""From ordinary invoice values to complete lines, in memory."""

from collections import defaultdict

from odoo import fields
from odoo.fields import Command

from .complete_lines_limits import (
    NotCovered,
    check_company,
    check_header,
    check_line,
    check_taxes,
    defining_modules,
)

# Computed by nobody in plain Odoo; given along, an unsaved copy of the whole invoice
# need not be made for them.
PLAIN_FIELDS = ("delivery_date", "taxable_supply_date")

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
        return {**self.header, "line_ids": [Command.create(line) for line in self.lines]}


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
        self.partners = self._records("res.partner", vals_list, "partner_id")
        self.shipping = self._records("res.partner", vals_list, "partner_shipping_id")
        lines = [line for vals in vals_list for line in _line_values(vals)]
        self.products = self._records("product.product", lines, "product_id")
        self.defaults = env["account.move"].default_get(
            ["invoice_payment_term_id", "fiscal_position_id", "currency_id"]
        )
        self.analytic_rules = bool(
            env["account.analytic.distribution.model"].sudo().search_count([], limit=1)
        )
        line_fields = env["account.move.line"]._fields
        self.round_quantity = line_fields["quantity"].convert_to_cache
        self.round_discount = line_fields["discount"].convert_to_cache
        self.plain_values = {
            name: False
            for name in PLAIN_FIELDS
            if defining_modules(env["account.move"], f"_compute_{name}") == {"account"}
        }
        self.no_line = env["account.move.line"]
        self.memory = defaultdict(dict)

    def _records(self, model, dicts, key):
        """Return {id: record}, so that one query reads what all of them need."""
        ids = dict.fromkeys(values[key] for values in dicts if values.get(key))
        return {record.id: record for record in self.env[model].browse(ids)}

    # ------------------------------------------------------------------
    # One invoice
    # ------------------------------------------------------------------

    def draft(self, vals):
        """Return the Draft of an invoice; raise NotCovered where it must not be used."""
        check_company(self.company)
        header = self._header(vals)
        lines = [self._product_line(header, line) for line in _line_values(vals)]
        if not lines:
            raise NotCovered("no lines")
        base_lines, taxes = self._compute_taxes(header, lines)
        rows = [
            self._product_row(header, line, *base_line)
            for line, base_line in zip(lines, base_lines)
        ]
        rows += [self._tax_row(header, tax) for tax in taxes]
        rows += self._term_rows(header, rows)
        structure = (
            header.structure(),
            tuple(self._line_structure(line) for line in lines),
            tuple(row["display_type"] for row in rows),
        )
        return Draft(self._header_row(header, rows), rows, structure)

    # ------------------------------------------------------------------
    # Header
    # ------------------------------------------------------------------

    def _header(self, vals):
        for key in ("partner_id", "journal_id", "invoice_date"):
            if not vals.get(key):
                raise NotCovered(f"no {key}")
        if vals.get("move_type") not in ("out_invoice", "out_refund"):
            raise NotCovered("not a customer invoice or credit note")
        header = _Header()
        header.vals = {k: v for k, v in vals.items() if k != "invoice_line_ids"}
        header.is_refund = vals["move_type"] == "out_refund"
        header.sign = 1 if header.is_refund else -1
        header.partner = self.partners[vals["partner_id"]]
        header.commercial = header.partner.commercial_partner_id
        header.journal = self.env["account.journal"].browse(vals["journal_id"])
        header.invoice_date = fields.Date.to_date(vals["invoice_date"])
        header.date = fields.Date.to_date(vals.get("date")) or header.invoice_date
        header.currency = self._currency(header)
        header.shipping_id = self._shipping_id(header)
        header.position = self._position(header)
        header.term = self._term(header)
        header.rate = vals.get("invoice_currency_rate") or self._rate(header)
        header.receivable = self._receivable(header)
        header.rounding_method = self.company.tax_calculation_rounding_method
        check_header(
            vals,
            (
                header.partner,
                header.commercial,
                header.journal,
                header.currency,
                header.receivable,
                header.term,
            ),
        )
        return header

    def _given(self, header, key):
        """Return a value that was passed or that the user set as a default."""
        return header.vals[key] if key in header.vals else self.defaults.get(key)

    def _is_given(self, header, key):
        return key in header.vals or key in self.defaults

    def _currency(self, header):
        currency = (
            self.env["res.currency"].browse(self._given(header, "currency_id") or ())
            or header.journal.currency_id
            or self.company.currency_id
        )
        return currency

    def _shipping_id(self, header):
        if "partner_shipping_id" in header.vals:
            return header.vals["partner_shipping_id"]
        return header.partner.address_get(["delivery"])["delivery"]

    def _position(self, header):
        positions = self.env["account.fiscal.position"]
        if self._is_given(header, "fiscal_position_id"):
            return positions.browse(self._given(header, "fiscal_position_id") or ())
        delivery = self.shipping.get(header.shipping_id) or self.env[
            "res.partner"
        ].browse(header.shipping_id or header.partner.address_get(["delivery"])["delivery"])
        return positions.with_company(self.company)._get_fiscal_position(
            header.partner, delivery=delivery
        )

    def _term(self, header):
        if self._is_given(header, "invoice_payment_term_id"):
            return self.env["account.payment.term"].browse(
                self._given(header, "invoice_payment_term_id") or ()
            )
        return header.partner.with_company(self.company).property_payment_term_id

    def _rate(self, header):
        key = (header.currency, header.invoice_date)
        rates = self.memory["rate"]
        if key not in rates:
            rates[key] = self.env["res.currency"]._get_conversion_rate(
                from_currency=self.company.currency_id,
                to_currency=header.currency,
                company=self.company,
                date=header.invoice_date,
            )
        return rates[key]

    def _receivable(self, header):
        name = "property_account_receivable_id"
        account = (
            header.commercial.with_company(self.company)[name]
            or self.company.partner_id.with_company(self.company)[name]
        )
        if not account:
            raise NotCovered("no receivable account on the customer")
        return header.position.map_account(account) if header.position else account

    # ------------------------------------------------------------------
    # Product lines
    # ------------------------------------------------------------------

    def _product_line(self, header, vals):
        """Return the line with everything that decides about its amounts and taxes."""
        check_line(vals)
        line = _Line()
        line.vals = vals
        line.product = self.products[vals["product_id"]]
        if not line.product.active:
            raise NotCovered(f"{line.product} is archived")
        found = self._line_defaults(header, vals)
        line.account, line.taxes, line.uom, price, distribution = found
        line.price_unit = vals.get("price_unit", price)
        line.quantity = self.round_quantity(vals.get("quantity", 1), self.no_line)
        line.discount = self.round_discount(vals.get("discount", 0), self.no_line)
        line.distribution = vals.get("analytic_distribution", distribution)
        if line.discount and self.company.account_discount_expense_allocation_id:
            raise NotCovered("discounts are booked on an account of their own")
        return line

    def _line_defaults(self, header, vals):
        """Return account, taxes, unit, price and analytic distribution by Odoo's rules.

        They are read from an unsaved invoice with such a line, once per product and
        circumstances.
        """
        given = {
            key: vals[key]
            for key in ("product_id", "account_id", "tax_ids", "product_uom_id")
            if key in vals
        }
        key = (
            repr(given),
            header.vals["move_type"],
            header.journal,
            header.currency,
            header.position,
            header.date,
            header.partner if self.analytic_rules else None,
        )
        known = self.memory["line"]
        if key not in known:
            known[key] = self._ask_line_defaults(header, given)
        return known[key]

    def _ask_line_defaults(self, header, given):
        move = self.env["account.move"].new(
            {
                "move_type": header.vals["move_type"],
                "company_id": self.company.id,
                "journal_id": header.journal.id,
                "partner_id": header.partner.id,
                "currency_id": header.currency.id,
                "fiscal_position_id": header.position.id,
                "invoice_date": header.invoice_date,
                "date": header.date,
                "invoice_currency_rate": header.rate,
                "invoice_line_ids": [Command.create(given)],
            }
        )
        line = move.invoice_line_ids
        account, taxes = line.account_id._origin, line.tax_ids._origin
        check_taxes(taxes)
        if not account.active:
            raise NotCovered("no income account, or an archived one")
        return (
            account,
            taxes,
            line.product_uom_id._origin,
            line.price_unit,
            line.analytic_distribution or False,
        )

    def _line_structure(self, line):
        amount = line.price_unit * line.quantity
        return (
            line.account.id,
            line.taxes._ids,
            line.uom.id,
            (amount > 0) - (amount < 0),
            bool(line.discount),
            bool(line.distribution),
            line.product.sudo().account_tag_ids._ids,
            tuple(sorted(line.vals)),
        )

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
            "price_total": details["total_included_currency"],
        }

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
        row = {**self.plain_values, **header.vals}
        row.update(
            company_id=self.company.id,
            currency_id=header.currency.id,
            date=header.date,
            fiscal_position_id=header.position.id,
            partner_shipping_id=header.shipping_id,
            commercial_partner_id=header.commercial.id,
            invoice_payment_term_id=header.term.id,
            invoice_currency_rate=header.rate,
            always_tax_exigible=False,
            payment_state="not_paid",
        )
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


class _Header:
    """What an invoice's header says once everything is resolved."""

    def structure(self):
        return (
            self.vals["move_type"],
            self.journal.id,
            self.currency.id,
            self.position.id,
            self.term.id,
            self.receivable.id,
            self.rounding_method,
            self.rate == 1,
            self.date == self.invoice_date,
            tuple(sorted(self.vals)),
        )


class _Line:
    """What a product line says once everything is resolved."""


def _line_values(vals):
    """Return the values of the lines; raise NotCovered for other commands."""
    found = []
    for command in vals.get("invoice_line_ids") or ():
        if command[0] != Command.CREATE:
            raise NotCovered("lines that are not new")
        found.append(command[2])
    return found


def _sums(rows):
    """Return the sums over the rows, in company and document currency."""
    sums = defaultdict(float)
    for row in rows:
        part = "tax" if row["display_type"] == "tax" else "base"
        for name in ("balance", "amount_currency"):
            sums[name] += row[name]
            sums[f"{part}_{name}"] += row[name]
    return sums
