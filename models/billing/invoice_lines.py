"""From the engine's items to invoice lines: the price as billed, and its words."""

from decimal import Decimal

from odoo import api, models
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ...engine.allocation import round_half_up
from ..catalog.texts import number
from ..exact import currency_rounding, exact
from ..subscription.tax_basis import change_basis
from ..subscription.texts import rating_texts, usage_texts


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _prepare_invoice_line(self, item, sign, pricing, wording, exact_amount=False):
        """Return the values of the invoice line for an item of this line.

        :param item: the engine's item; ``sign`` is -1 on a credit note.
        :param pricing: where prices are converted to the invoice's taxes.
        :param wording: where texts are put in the customer's language.
        :param exact_amount: let it come to whole cents before anything is rounded.
        """
        self.ensure_one()
        usage = self._usage_data(item, pricing.resolver.usage(self))
        plain = sign > 0 and self._plain_price(item, usage)
        if exact_amount and plain and (plain[0] != 1 or plain[2]):
            plain = None
        quantity, price, discount = plain or (Decimal(1), sign * item.net, 0)
        if item.kind == "credit":
            price_unit = sign * pricing.credit(self, item)
        else:
            taxes = self._charged_taxes(item)
            price_unit = pricing.convert(self, price, taxes)
        if exact_amount:
            rounding = currency_rounding(self.currency_id)
            price_unit = float(round_half_up(exact(price_unit), rounding))
        vals = {
            "product_id": self.product_id.id,
            "name": wording.text(self, item, bool(plain), usage),
            "quantity": float(quantity),
            "price_unit": price_unit,
            "analytic_distribution": self.analytic_distribution or False,
            "rr_subscription_id": self.subscription_id.id,
            "rr_subscription_line_id": self.id,
        }
        if item.kind == "credit":
            # The old is credited with its own account and taxes (law 4), not today's.
            account, tax_key = item.nature[4:6]
            vals["tax_ids"] = [Command.set(_ids(tax_key))]
            if account:
                vals["account_id"] = account
            vals["rr_vat_decision_id"] = pricing.credits.decision(item)
        else:
            vals.update(self._prepare_vat(item, pricing.resolver))
        if discount:
            vals["discount"] = float(discount)
        if self.role != "one_off":
            vals["deferred_start_date"] = item.part.start
            vals["deferred_end_date"] = item.part.last_day
        return vals

    def _charged_taxes(self, item):
        """Return the taxes of a charge where its days decide about them, else None."""
        if self.subscription_id._vat_taxes_are_known():
            return self.env["account.tax"].browse(_ids(item.nature[5]))
        return None

    def _credited_taxes(self, item):
        """Return the taxes of what a credit takes back, None for a charge."""
        if item.kind != "credit":
            return None
        return self.env["account.tax"].browse(_ids(item.nature[5]))

    def _plain_price(self, item, usage=None):
        """Return (quantity, price, discount) where they make exactly the item's amount.

        None where the arithmetic is another (tiers, part of a period) or where Odoo's
        own rounding would differ: the line is then one at the amount, with the
        arithmetic in its text (law 7).
        """
        if self.role == "usage":
            return self._plain_usage_price(item, usage)
        share = item.share
        whole = share is None or share.numerator == share.denominator
        if item.kind != "charge" or not whole or len(self._rating().steps) != 1:
            return None
        terms = self._charge_terms()
        if terms.model not in ("flat", "per_unit"):
            return None
        quantity = exact(self.quantity) if terms.model == "per_unit" else Decimal(1)
        price, discount = exact(self.price_unit), self._shown_discount(item)
        if discount is None:
            return None
        if self._odoo_amount(quantity, price, discount) != item.net:
            return None
        return quantity, price, discount

    def _plain_usage_price(self, item, usage):
        """Return what was used, at its price, where nothing else made the amount."""
        steps = usage and usage["steps"] or ()
        if item.kind != "charge" or usage["before"] or len(steps) != 1:
            return None
        if item.discounts:
            return None
        kind, quantity, price = steps[0][0], *map(exact, steps[0][1:3])
        discount = exact(self.discount)
        if kind not in ("per_unit", "package"):
            return None
        if self._odoo_amount(quantity, price, discount) != item.amount:
            return None
        return quantity, price, discount

    def _odoo_amount(self, quantity, price, discount):
        """Return what Odoo's invoice line makes of the three, None if it alters one."""
        if quantity != round(quantity, self._quantity_digits()):
            return None
        if discount != round(discount, 2):
            return None
        amount = quantity * price * (100 - discount) / 100
        return round_half_up(amount, currency_rounding(self.currency_id))

    @api.model
    def _quantity_digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")


class Pricing:
    """Converts prices between tax bases for the invoices of one batch.

    A line's price is in the basis of its product's taxes, or agreed with or without
    tax; the invoice's taxes, after the fiscal position, may work the other way.
    """

    def __init__(self, resolver, credits=None):
        self.resolver = resolver
        self.credits = credits

    def convert(self, line, price, taxes=None):
        """Return the unit price that an invoice line must carry, unrounded.

        ``price`` is in the line's basis; ``taxes`` are those of the invoice line where
        they are not the ones that it would get today.
        """
        _account, own, mapped = self.resolver.booking(
            line.subscription_id, line.product_id
        )
        taxes = mapped if taxes is None else taxes
        return self.in_basis_of(line, price, line.price_basis, own, taxes)

    def credit(self, line, item):
        """Return what the line of a credit must carry: a negative price.

        In proportion to what the credited line carried, whatever product, taxes and
        prices are today; what a former system billed is converted from its own basis.
        """
        shown = self.credits.shown(item)
        if shown is not None:
            return float(shown)
        _account, own, _mapped = self.resolver.booking(
            line.subscription_id, line.product_id
        )
        taxes = line._credited_taxes(item)
        return self.in_basis_of(line, item.amount, item.nature[6], own, taxes)

    def in_basis_of(self, line, price, basis, own, taxes):
        """Bring a price in ``basis`` to the basis of ``taxes``, unrounded."""
        price = float(price)
        if basis == "product":
            company = line.subscription_id.company_id
            changes = line.env["recurring.vat.tax.change"]
            if own == taxes or changes._took_place(
                own, taxes, line.product_id, company
            ):
                return price
            if line.subscription_id._keeps_gross_price(own):
                return company._vat_gross_price(price, taxes, line.product_id)
            return own._adapt_price_unit_to_another_taxes(
                price_unit=price,
                product=line.product_id,
                original_taxes=own,
                new_taxes=taxes,
            )
        included = bool(taxes) and all(taxes.mapped("price_include"))
        if not taxes or included == (basis == "included"):
            return price
        return change_basis(
            price, taxes, line.currency_id, line.product_id, wants_included=included
        )


class Credits:
    """What credited ledger rows showed on their invoices, asked once per group.

    The amount of a row is in its line's price basis; ``document_amount`` is what the
    invoice line carried for it, ``coupon_amount`` what coupons took off. A credit takes
    its proportion, and the last credit of a row whatever is left, so that no cent
    remains.
    """

    def __init__(self, env, items):
        self._rows, self._decisions = {}, {}
        origins = {item.origin for item in items if item.kind == "credit"}
        if not origins:
            return
        ledger = env["recurring.billed.item"]
        ledger.flush_model()
        # With all that corrects a row, and what corrects those: voided credits too.
        rows = env.execute_query(
            SQL(
                """
                WITH RECURSIVE chain AS (
                    SELECT id AS first, id FROM recurring_billed_item WHERE id IN %s
                    UNION ALL
                    SELECT chain.first, i.id
                      FROM chain JOIN recurring_billed_item i ON i.origin_id = chain.id
                     WHERE i.kind != 'waiver')
                SELECT chain.first, MIN(i.currency_id),
                       MIN(l.rr_vat_decision_id)
                           FILTER (WHERE i.id = chain.first),
                       SUM(i.amount), SUM(i.document_amount), SUM(i.coupon_amount)
                  FROM chain JOIN recurring_billed_item i ON i.id = chain.id
             LEFT JOIN account_move_line l ON l.id = i.move_line_id
                 GROUP BY chain.first
                """,
                tuple(origins),
            )
        )
        for row_id, currency_id, decision_id, *left in rows:
            currency = env["res.currency"].browse(currency_id)
            self._rows[row_id] = (currency_rounding(currency), *map(exact, left))
            self._decisions[row_id] = decision_id

    def left(self, item):
        """Return what of the charge that an item credits was not credited yet."""
        return self._rows[item.origin][1]

    def decision(self, item):
        """Return the VAT decision of what an item credits: an id, or False."""
        return self._decisions.get(item.origin) or False

    def agrees(self, item):
        """Tell whether the document shows what is owed less what coupons took off: in
        the same tax basis, and nobody edited it."""
        _rounding, amount, shown, coupon = self._rows[item.origin]
        return bool(coupon) and amount == shown + coupon

    def shown(self, item):
        """Return what an invoice line must carry, None where none was made for it."""
        rounding, amount, shown, coupon = self._rows[item.origin]
        if self.agrees(item):
            return item.net
        if not shown or not amount:
            return item.net if coupon else None
        if amount + item.amount == 0:
            return -shown
        return round_half_up(item.amount * shown / amount, rounding)


class Wording:
    """Texts of one batch of invoice lines, in each customer's language.

    Keeps what it formatted: a portfolio shares its dates and charge names.
    """

    def __init__(self, env, with_number=False):
        self.env = env
        self.with_number = with_number
        self._dates = {}
        self._names = {}

    def text(self, line, item, plain, usage=None):
        """Return the invoice line's text: what, for which days, and how it adds up.

        ``usage`` is what ``_usage_data`` says of a line by usage.
        """
        lang = line.subscription_id.partner_invoice_id.lang or self.env.lang or "en_US"
        parts = [self._name(line, lang)]
        subscriber = line.subscription_id._subscriber_to_name()
        if subscriber:
            parts[0] = f"{parts[0]} – {subscriber.name or subscriber.display_name}"
        if self.with_number:
            parts[0] = f"{parts[0]} ({line.subscription_id.name})"
        env = line.with_context(lang=lang).env
        if line.role != "one_off":
            first, last = item.part.start, item.part.last_day
            period = f"{self._date(first, lang)} - {self._date(last, lang)}"
            late = usage and usage["late"]
            parts.append(env._("Late usage of %s", period) if late else period)
        if item.kind == "credit":
            parts.append(self._credited(line, item, env))
        if usage:
            parts += usage_texts(line.with_env(env), usage, plain)
        elif not plain or item.kind == "credit":
            parts += self._arithmetic(line, item, env)
        parts += line.with_env(env)._coupon_texts(item)
        return "\n".join(parts)

    def _credited(self, line, item, env):
        """Name the invoice that a credit corrects, as the law wants it."""
        # sudo: whoever previews a credit need not be allowed to read invoices.
        origin = line.env["account.move"].sudo().browse(item.document or ())
        if not origin.name or origin.name == "/":
            return env._("Credit of what was billed for these days")
        return env._(
            "Credit of %(invoice)s of %(date)s",
            invoice=origin.name,
            date=self._date(origin.invoice_date, env.lang),
        )

    def _name(self, line, lang):
        key = (line.charge_id.id or line.product_id, line.name, lang)
        if key not in self._names:
            spoken = line.with_context(lang=lang)
            self._names[key] = (
                line.name or spoken.charge_id.name or spoken.product_id.display_name
            )
        return self._names[key]

    def _date(self, day, lang):
        key = (day, lang)
        if key not in self._dates:
            self._dates[key] = format_date(self.env, day, lang_code=lang)
        return self._dates[key]

    def _arithmetic(self, line, item, env):
        """Return the lines that explain an amount: tiers, quantity, share of days."""
        texts = []
        if line._charge_terms().model != "flat":
            texts += rating_texts(env, line._rating(), line.currency_id)
        if line.discount:
            texts.append(env._("less %s %%", number(env, line.discount)))
        share = item.share
        if share and share.numerator != share.denominator:
            texts.append(
                env._(
                    "%(days)s of %(total)s days",
                    days=share.numerator,
                    total=share.denominator,
                )
            )
        return texts


def _ids(tax_key):
    return [int(tax) for tax in (tax_key or "").split(",") if tax]
