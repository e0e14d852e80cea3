"""One document of a preview: its amounts and VAT, as Odoo computes them."""

from odoo import models


class RecurringBillingRun(models.Model):
    _inherit = "recurring.billing.run"

    def _preview_document(self, draft, memory):
        """Return what is shown and added up of one invoice or credit note."""
        header = draft.vals
        partner = self.env["res.partner"].browse(header["partner_id"])
        amounts, company_amounts, vat = [0.0] * 3, [0.0] * 3, {}
        country = self._preview_country(header)
        for base_line in self._preview_base_lines(draft, memory):
            details = base_line["tax_details"]
            taxes = details["taxes_data"]
            base = details["total_excluded"] + details["delta_total_excluded"]
            tax = sum(data["tax_amount"] for data in taxes)
            base_currency = (
                details["total_excluded_currency"]
                + details["delta_total_excluded_currency"]
            )
            tax_currency = sum(data["tax_amount_currency"] for data in taxes)
            _increase(
                amounts, base_currency, tax_currency, base_currency + tax_currency
            )
            _increase(company_amounts, base, tax, base + tax)
            key = f"{country.id}|{_rates(taxes)}"
            _increase(vat.setdefault(key, [0.0, 0.0]), base, tax)
        first = draft.line_values[0]["name"].splitlines()
        return {
            "refund": header["move_type"] == "out_refund",
            "partner": [partner.id, partner.display_name],
            "subscription": [draft.subscriptions[0].id, draft.subscriptions[0].name],
            "more_subscriptions": len(draft.subscriptions) - 1,
            "text": ", ".join(first[:2]),
            "more_lines": len(draft.line_values) - 1,
            "currency": header["currency_id"],
            "amounts": amounts,
            "company_amounts": company_amounts,
            "vat": vat,
        }

    def _preview_base_lines(self, draft, memory):
        """Return the document's lines with the taxes that Odoo computes for them."""
        header, company = draft.vals, self.company_id
        taxes = self.env["account.tax"]
        partner = self.env["res.partner"].browse(header["partner_id"])
        currency = self.env["res.currency"].browse(header["currency_id"])
        refund = header["move_type"] == "out_refund"
        rate = self._preview_rate(currency, header["invoice_date"], memory)
        base_lines = []
        for number, vals in enumerate(draft.line_values):
            product = self.env["product.product"].browse(vals["product_id"])
            base_lines.append(
                taxes._prepare_base_line_for_taxes_computation(
                    None,
                    id=number,
                    product_id=product,
                    product_uom_id=product.uom_id,
                    tax_ids=self._preview_taxes(draft, vals, memory),
                    price_unit=vals["price_unit"],
                    quantity=vals["quantity"],
                    discount=vals.get("discount", 0.0),
                    currency_id=currency,
                    rate=rate,
                    sign=1 if refund else -1,
                    is_refund=refund,
                    partner_id=partner.commercial_partner_id,
                )
            )
        taxes._add_tax_details_in_base_lines(base_lines, company)
        taxes._round_base_lines_tax_details(base_lines, company)
        return base_lines

    def _preview_taxes(self, draft, vals, memory):
        """Return the taxes of the invoice line: those given, else Odoo's choice."""
        if "tax_ids" in vals:
            (command,) = vals["tax_ids"]
            return self.env["account.tax"].browse(command[2])
        position = self.env["account.fiscal.position"].browse(
            draft.vals["fiscal_position_id"] or ()
        )
        key = ("taxes", vals["product_id"], position.id)
        if key not in memory:
            product = self.env["product.product"].browse(vals["product_id"])
            taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
            if not taxes:
                account = draft.subscriptions[0]._own_booking(product, position)[0]
                taxes = account.tax_ids.filtered(lambda tax: tax.type_tax_use == "sale")
            memory[key] = position.map_tax(taxes) if position else taxes
        return memory[key]

    def _preview_rate(self, currency, date, memory):
        key = ("rate", currency.id, date)
        if key not in memory:
            memory[key] = self.env["res.currency"]._get_conversion_rate(
                from_currency=self.company_id.currency_id,
                to_currency=currency,
                company=self.company_id,
                date=date,
            )
        return memory[key]

    def _preview_country(self, header):
        partners = self.env["res.partner"].browse(
            [
                header["partner_shipping_id"] or header["partner_id"],
                header["partner_id"],
            ]
        )
        return partners.country_id[:1] or self.company_id.country_id

    def _preview_problem(self, sub, sentence, record):
        return {
            "subscription": [sub.id, sub.name],
            "partner": [sub.partner_id.id, sub.partner_id.display_name],
            "message": sentence,
            "record": [record._name, record.id] if record else False,
        }


def _increase(totals, *amounts):
    for position, amount in enumerate(amounts):
        totals[position] += amount


def _rates(taxes_data):
    """Return what tells kinds of VAT apart: percentages, else the taxes' names."""
    rates = []
    for data in taxes_data:
        tax = data["tax"]
        percent = tax.amount_type in ("percent", "division")
        rates.append(f"{tax.amount:g}" if percent else tax.name)
    return " + ".join(dict.fromkeys(rates)) or "-"
