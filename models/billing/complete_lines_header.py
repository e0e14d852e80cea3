"""The header of an invoice to be, with everything resolved that its lines depend on."""

from odoo import fields

from .complete_lines_limits import NotCovered, check_header, defining_modules

# Computed by nobody in plain Odoo, but before the invoice is created.
PLAIN_FIELDS = ("delivery_date", "taxable_supply_date")
DEFAULTS = ("invoice_payment_term_id", "fiscal_position_id", "currency_id")


class Header:
    """What an invoice's header says once everything is resolved."""

    def structure(self):
        """Return what it contributes to the structure of the invoice's lines."""
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


class Headers:
    """Resolves the headers of one batch of one company, as Odoo's own rules do."""

    def __init__(self, env, company, vals_list):
        self.env = env
        self.company = company
        self.partners = by_id(env["res.partner"], vals_list, "partner_id")
        self.shipping = by_id(env["res.partner"], vals_list, "partner_shipping_id")
        self.defaults = env["account.move"].default_get(DEFAULTS)
        self.rates = {}
        self.plain_values = {
            name: False
            for name in PLAIN_FIELDS
            if defining_modules(env["account.move"], f"_compute_{name}") == {"account"}
        }

    def resolve(self, vals):
        """Return the Header of an invoice; raise NotCovered where there is none."""
        for key in ("partner_id", "journal_id", "invoice_date"):
            if not vals.get(key):
                raise NotCovered(f"no {key}")
        if vals.get("move_type") not in ("out_invoice", "out_refund"):
            raise NotCovered("not a customer invoice or credit note")
        header = Header()
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

    def precomputed(self, header):
        """Return the values that Odoo would read from an unsaved copy of the invoice.

        Where all of them are given, it need not make that copy, with all its lines.
        """
        return {
            **self.plain_values,
            "company_id": self.company.id,
            "currency_id": header.currency.id,
            "date": header.date,
            "fiscal_position_id": header.position.id,
            "partner_shipping_id": header.shipping_id,
            "invoice_payment_term_id": header.term.id,
            "invoice_currency_rate": header.rate,
        }

    def _given(self, header, key):
        """Return a value that was passed or that the user set as a default."""
        return header.vals[key] if key in header.vals else self.defaults.get(key)

    def _is_given(self, header, key):
        return key in header.vals or key in self.defaults

    def _currency(self, header):
        return (
            self.env["res.currency"].browse(self._given(header, "currency_id") or ())
            or header.journal.currency_id
            or self.company.currency_id
        )

    def _shipping_id(self, header):
        if "partner_shipping_id" in header.vals:
            return header.vals["partner_shipping_id"]
        return header.partner.address_get(["delivery"])["delivery"]

    def _position(self, header):
        positions = self.env["account.fiscal.position"]
        if self._is_given(header, "fiscal_position_id"):
            return positions.browse(self._given(header, "fiscal_position_id") or ())
        address = (
            header.shipping_id or header.partner.address_get(["delivery"])["delivery"]
        )
        delivery = self.shipping.get(address) or self.env["res.partner"].browse(address)
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
        if key not in self.rates:
            self.rates[key] = self.env["res.currency"]._get_conversion_rate(
                from_currency=self.company.currency_id,
                to_currency=header.currency,
                company=self.company,
                date=header.invoice_date,
            )
        return self.rates[key]

    def _receivable(self, header):
        name = "property_account_receivable_id"
        account = (
            header.commercial.with_company(self.company)[name]
            or self.company.partner_id.with_company(self.company)[name]
        )
        if not account:
            raise NotCovered("no receivable account on the customer")
        return header.position.map_account(account) if header.position else account


def by_id(model, dicts, key):
    """Return {id: record}, so that one query reads what all of them need."""
    ids = dict.fromkeys(values[key] for values in dicts if values.get(key))
    return {record.id: record for record in model.browse(ids)}
