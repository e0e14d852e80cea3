"""What the customer will be billed, and when: the engine's dry run, made readable."""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.errors import EngineError
from ..catalog.texts import money, number
from ..engine_texts import sentence_of

SHOWN = 24


@dataclass(frozen=True)
class Expected:
    """What one billing date brings: the engine's items, and their totals.

    ``total`` (with tax) is None as long as no stage that knows taxes gives it.
    """

    day: date
    items: tuple
    untaxed: float
    total: float | None


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    next_summary = fields.Html(
        string="Next", compute="_compute_upcoming", sanitize=False
    )
    next_is_credit = fields.Boolean(compute="_compute_upcoming")
    upcoming_table = fields.Html(
        string="Next Invoices", compute="_compute_upcoming", sanitize=False
    )

    @api.depends(
        "line_ids.amount_period",
        "line_ids.role",
        "line_ids.start_date",
        "line_ids.end_date",
        "line_ids.bill_until",
        "line_ids.price_basis",
        "line_ids.product_id",
        "plan_version_id",
        "start_date",
        "anchor_date",
        "renewal",
        "end_date",
        "next_billing_date",
        "partner_invoice_id",
        "partner_shipping_id",
        "fiscal_position_id",
        "currency_id",
        "trial_end",
        "trial_unbilled",
        "term_id",
        "preferred_payment_method_line_id",
        "coupon_use_ids.state",
        "coupon_use_ids.start_date",
        "coupon_use_ids.removed_date",
    )
    @api.depends_context("lang")
    def _compute_upcoming(self):
        today = fields.Date.context_today(self)
        for sub in self:
            try:
                shown = sub._planned()
                expected = shown._expected(
                    today, shown._preview_until(today), sub._holdings(shown)
                )
            except (EngineError, UserError) as error:
                sub.next_summary = sub._muted(sentence_of(self.env, error))
                sub.next_is_credit = sub.upcoming_table = False
                continue
            paid = shown._to_be_paid(expected)
            sub.next_summary = (
                shown._render_next(paid[:1])
                if paid or not expected
                else shown._muted(self.env._("Nothing is to be paid: it is free."))
            )
            sub.next_is_credit = bool(paid) and paid[0].untaxed < 0
            sub.upcoming_table = shown._render_upcoming(expected)

    # ------------------------------------------------------------------
    # What is expected
    # ------------------------------------------------------------------

    def _expected(self, through, until, holdings=None):
        """Return what is billed when: a list of ``Expected``, in order of date.

        What is due by ``through`` stands first, on that date. ``holdings`` are the
        coupons to reckon with, those of the subscription when left out.
        """
        self.ensure_one()
        if not (self.plan_version_id and self.start_date and self.currency_id):
            return []
        billings = []
        for day, items in self._upcoming(through, until)[self.id]:
            items = tuple(item for item in items if self._is_shown(item))
            if items:
                billings.append((day, items))
        discounted = self._take_discounts([items for _day, items in billings], holdings)
        totals = self._expected_totals(discounted)
        return [
            Expected(day, items, *amounts)
            for (day, _items), items, amounts in zip(
                billings, discounted, totals, strict=True
            )
        ]

    def _take_discounts(self, billings, holdings=None):
        """Return the items of each billing, one after the other, with what coupons take
        off; the stage that keeps account of it knows how much."""
        return billings

    def _to_be_paid(self, expected):
        """Leave out what makes no invoice: periods that are free."""
        if self.plan_version_id.zero_invoice:
            return expected
        return [row for row in expected if any(item.amount for item in row.items)]

    def _is_shown(self, item):
        """Tell whether an item means money; usage to come is not known yet."""
        if item.kind == "waiver":
            return False
        return bool(item.amount) or self._line_of(item).role != "usage"

    def _expected_totals(self, billings):
        """Return (before tax, with tax) of the items of each billing.

        The stage that makes the invoices knows the taxes; here the prices are added
        up as they were agreed.
        """
        return [(float(sum(item.net for item in items)), None) for items in billings]

    def _preview_until(self, today):
        """Return the last day to look ahead to: the end of the term, or a year."""
        self.ensure_one()
        ahead = max(today, self.start_date or today) + relativedelta(years=1)
        if self.end_date:
            return max(self.end_date, today)
        end = self.term_end
        if self.state == "draft" and self.plan_version_id and self.start_date:
            end = self._first_term_end()
        if not end:
            return ahead
        # A term that renews by itself goes on: never show less than a year.
        return max(end, ahead) if self.renewal == "automatic" else end

    # ------------------------------------------------------------------
    # How it is shown
    # ------------------------------------------------------------------

    def _render_next(self, expected):
        if not expected:
            return self._muted(self._nothing_expected())
        first = expected[0]
        return self.env["ir.qweb"]._render(
            "recurring_revenue.subscription_next",
            {
                "row": self._expected_texts(first),
                "parts": [self._item_texts(item) for item in first.items[:SHOWN]],
                "late": first.day <= fields.Date.context_today(self),
                "draft": self.state == "draft",
            },
        )

    def _render_upcoming(self, expected):
        if not expected:
            return self._muted(self._nothing_expected())
        return self.env["ir.qweb"]._render(
            "recurring_revenue.subscription_upcoming",
            {
                "rows": [self._expected_texts(row) for row in expected[:SHOWN]],
                "taxed": expected[0].total is not None,
                "more": len(expected) - SHOWN,
            },
        )

    def _nothing_expected(self):
        if self.state == "closed":
            return self.env._("Closed: nothing will be billed any more.")
        if self.end_date:
            return self.env._("Everything up to the end is billed.")
        if not self.line_ids:
            return self.env._("Choose a plan to see what will be billed.")
        return self.env._("Nothing to bill for now.")

    @staticmethod
    def _muted(text):
        return Markup("<span class='text-muted'>%s</span>") % text

    def _expected_texts(self, row):
        """Return the cells of one billing date, as the user reads them."""
        names = dict.fromkeys(self._item_name(item) for item in row.items)
        return {
            "day": format_date(self.env, row.day),
            "period": self._period_text(row.items),
            "what": ", ".join(names),
            "untaxed": self._money(row.untaxed),
            "total": row.total is not None and self._money(row.total),
            "taxed": row.total is not None
            and not self.currency_id.is_zero(row.total - row.untaxed),
            "credit": row.untaxed < 0,
        }

    def _item_texts(self, item):
        """Return one item as the user reads it: what, for which days, how much."""
        line = self._line_of(item)
        share = item.share
        part = share and share.numerator != share.denominator
        counted = line.role != "usage" and line._charge_terms().model != "flat"
        quantity = line.quantity if counted else 1
        what = self._item_name(item)
        if line.role == "usage" and item.kind == "charge" and not share:
            what = self.env._("%s, late usage", what)
        return {
            "what": what,
            "quantity": quantity != 1 and number(self.env, quantity),
            "credit": item.kind == "credit",
            "period": self._period_text([item]),
            "share": part
            and self.env._(
                "%(days)s of %(total)s days",
                days=share.numerator,
                total=share.denominator,
            ),
            "amount": self._money(item.net),
            "coupons": self._coupon_texts(item),
        }

    def _coupon_texts(self, item):
        """Return "SPRING −6.00 €" for what each coupon takes off an item."""
        uses, amounts = self.env["recurring.coupon.use"], {}
        for taken in item.discounts:
            if taken.discount:
                so_far = amounts.get(taken.discount, 0)
                amounts[taken.discount] = so_far + taken.amount
        return [
            f"{uses.browse(use_id).code} {self._money(-amount)}"
            for use_id, amount in amounts.items()
        ]

    def _line_of(self, item):
        # Looked up, not compared: lines of an unsaved form have no number yet.
        return {line.id: line for line in self.line_ids}[item.line]

    def _item_name(self, item):
        return self._line_of(item).display_name or ""

    def _period_text(self, items):
        """Return "1 Apr – 30 Apr" for the service of the items, last day included."""
        spans = [item.part for item in items if self._line_of(item).role != "one_off"]
        if not spans:
            return ""
        first = format_date(self.env, min(span.start for span in spans))
        last = format_date(self.env, max(span.last_day for span in spans))
        return f"{first} – {last}"

    def _money(self, amount):
        return money(self.env, round(float(amount), 6), self.currency_id)
