"""Product lines of an invoice to be, with account, taxes and price by Odoo's rules."""

from odoo.fields import Command

from .complete_lines_header import by_id
from .complete_lines_limits import NotCovered, check_line, check_taxes


class Line:
    """What a product line says once everything is resolved."""

    def structure(self):
        """Return what it contributes to the structure of the invoice's lines."""
        # sudo: Odoo's tax computation reads the tags of a product so, too
        tags = self.product.sudo().account_tag_ids
        amount = self.price_unit * self.quantity
        return (
            self.account.id,
            self.taxes._ids,
            self.uom.id,
            (amount > 0) - (amount < 0),
            bool(self.discount),
            bool(self.distribution),
            tags._ids,
            tuple(sorted(self.vals)),
        )

    def explicit(self):
        """Return the line's values with account, taxes and unit."""
        return {
            "display_type": "product",
            "account_id": self.account.id,
            "tax_ids": [Command.set(self.taxes.ids)],
            "product_uom_id": self.uom.id,
            **self.vals,
        }


class Lines:
    """Resolves the product lines of one batch of one company.

    What recurs is asked from Odoo once and then answered from memory.
    """

    def __init__(self, env, company, vals_list):
        self.env = env
        self.company = company
        lines = [
            command[2]
            for vals in vals_list
            for command in vals.get("invoice_line_ids") or ()
            if command[0] == Command.CREATE
        ]
        self.products = by_id(env["product.product"], lines, "product_id")
        # sudo: whether there are rules at all is no secret
        rules = env["account.analytic.distribution.model"].sudo()
        self.analytic_rules = bool(rules.search_count([], limit=1))
        self.no_line = env["account.move.line"]
        self.round_quantity = self.no_line._fields["quantity"].convert_to_cache
        self.round_discount = self.no_line._fields["discount"].convert_to_cache
        self.memory = {}

    def resolve(self, header, vals):
        """Return the lines of an invoice; raise NotCovered for other than new ones."""
        commands = vals.get("invoice_line_ids") or ()
        if any(command[0] != Command.CREATE for command in commands):
            raise NotCovered("lines that are not new")
        return [self._line(header, command[2]) for command in commands]

    def _line(self, header, vals):
        """Return the line with everything that decides about its amounts and taxes."""
        check_line(vals)
        line = Line()
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
        if key not in self.memory:
            self.memory[key] = self._ask_line_defaults(header, given)
        return self.memory[key]

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
