"""The ledger and the coupons: what each row was reduced by, and gives back.

Every row goes through ``_append``: a row of a billing brings its redemptions along,
one that corrects another row (void, credit, edited draft) gives back in proportion what
was taken off that one. So whatever a person does to a document, the sum of the
redemptions is what was granted.
"""

from decimal import Decimal
from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.allocation import round_half_up, round_share
from ..exact import currency_rounding, exact
from .recurring_coupon_redemption import Redeemed


class RecurringBilledItem(models.Model):
    _inherit = "recurring.billed.item"

    coupon_amount = fields.Monetary(
        string="Coupon",
        help="Signed: what coupons took off the amount, in the line's price basis.",
    )
    redemption_ids = fields.One2many(
        "recurring.coupon.redemption", "billed_item_id", readonly=True
    )

    @api.model
    def _ledger_columns(self):
        return [*super()._ledger_columns(), "coupon_amount"]

    @api.model
    def _append(self, rows):
        """Write what coupons took off the rows along with them."""
        self._give_back(rows)
        for row in rows:
            taken = sum(exact(one.amount) for one in row.get("redemptions") or ())
            if taken:
                row["coupon_amount"] = float(taken)
        created = super()._append(rows)
        self._record_redemptions(created, rows)
        return created

    def _redemptions(self):
        # sudo: the record of a discount follows the ledger, written by whoever may
        # bill, delete, cancel or credit the document.
        return self.env["recurring.coupon.redemption"].sudo()

    # ------------------------------------------------------------------
    # Corrections give back
    # ------------------------------------------------------------------

    @api.model
    def _give_back(self, rows):
        """Give each correction among ``rows`` its part of what was taken off."""
        rows = [
            row
            for row in rows
            if row.get("origin_id")
            and "redemptions" not in row
            and row["kind"] in ("charge", "credit")
        ]
        origins = self.browse({row["origin_id"] for row in rows})
        charges = {origin._charge() for origin in origins}
        left = self._redemptions()._sums("charge_id", [row.id for row in charges])
        rows = [
            row for row in rows if self.browse(row["origin_id"])._charge().id in left
        ]
        if not rows:
            return
        pages = {row: page for page in origins._pages() for row in page.rows}
        taken = {}
        for row in rows:
            origin = self.browse(row["origin_id"])
            share = origin._share_of(row, pages[origin], taken)
            row["redemptions"] = origin._redeemed_share(row["kind"], share)

    def _share_of(self, row, page, taken):
        """Return which share of what stands a correction takes back, counting what the
        rows of the same batch took before."""
        if row["kind"] == self.kind:
            key = ("entry", self._entry())
            standing = page.book.net.get(key[1].id, Decimal(0))
        else:
            key = ("charge", self._charge())
            standing = page.available(key[1])
        amount = exact(row["amount"])
        standing += taken.get(key, 0)
        taken[key] = taken.get(key, 0) + amount
        return -Fraction(amount) / Fraction(standing) if standing else Fraction(0)

    def _redeemed_share(self, kind, share):
        """Return what a correction of ``share`` of this row gives back (negative)."""
        if kind == self.kind:
            by, row = "entry_id", self._entry()
        else:
            by, row = "charge_id", self._charge()
        rounding = currency_rounding(self.currency_id)
        return [
            Redeemed(
                one.use_id,
                one.period,
                *(-round_share(exact(value), share, rounding) for value in one[2:]),
            )
            for one in self._redemptions()._sums(by, row.ids).get(row.id, ())
        ]

    def _entry(self):
        """Return the first of the rows that count together: those of one kind."""
        row = self
        while row.origin_id and row.origin_id.kind == row.kind:
            row = row.origin_id
        return row

    def _is_free(self):
        """Tell whether coupons left nothing of this row to pay, or to give back."""
        return bool(self.coupon_amount and not self.document_amount)

    def _charge(self):
        """Return the charge that this row is or corrects in the end."""
        row = self._entry()
        while row.origin_id and row.kind == "credit":
            row = row.origin_id._entry()
        return row

    # ------------------------------------------------------------------
    # The record
    # ------------------------------------------------------------------

    @api.model
    def _record_redemptions(self, created, rows):
        """Write the redemptions that the rows bring along."""
        vals_list = []
        for record, row in zip(created, rows, strict=True):
            for one in row.get("redemptions") or ():
                if one.use_id and (one.amount or one.before_tax or one.invoiced):
                    vals_list.append(record._prepare_redemption(row, one))
        redemptions = self._redemptions().create(vals_list)
        redemptions.use_id._refresh_state()

    def _prepare_redemption(self, row, one):
        """Return the values of the redemption of a row; read from what was written."""
        origin = self.browse(row.get("origin_id") or ())
        same = origin.kind == row["kind"]
        use = self.env["recurring.coupon.use"].sudo().browse(one.use_id)
        currency = self.env["res.currency"].browse(row["currency_id"])
        company = self.env["res.company"].browse(row["company_id"])
        day = self._redemption_day(row)

        def in_company_currency(amount):
            return currency._convert(float(amount), company.currency_id, company, day)

        return {
            "use_id": use.id,
            "coupon_id": use.coupon_id.id,
            "subscription_id": row["subscription_id"],
            "partner_id": row["partner_id"],
            "company_id": company.id,
            "currency_id": currency.id,
            "billed_item_id": self.id,
            "entry_id": (origin._entry() if same else self).id,
            "charge_id": (origin._charge() if origin else self).id,
            "move_id": row.get("move_id") or False,
            "move_line_id": row.get("move_line_id") or False,
            "date": day,
            "period_start": one.period,
            "date_start": row["date_start"],
            "date_end": row["date_end"],
            "amount": float(one.before_tax),
            "line_amount": float(one.amount),
            "invoiced": float(one.invoiced),
            "company_amount": in_company_currency(one.before_tax),
            "company_invoiced": in_company_currency(one.invoiced),
        }

    def _redemption_day(self, row):
        run = self.env["recurring.billing.run"].browse(row.get("run_id") or ())
        return run.date or fields.Date.context_today(self)

    # ------------------------------------------------------------------
    # Acts of a person that need more than a proportion
    # ------------------------------------------------------------------

    def _redemptions_to_revive(self):
        """Return the opposite of what this void gave back: its document comes back.

        :raise UserError: where a fixed amount was taken off elsewhere in the meantime
        """
        redemptions = self._redemptions()
        back = [
            Redeemed(
                one.use_id.id,
                one.period_start,
                -exact(one.line_amount),
                -exact(one.amount),
                -exact(one.invoiced),
            )
            for one in redemptions.search([("billed_item_id", "in", self.ids)])
        ]
        for one in back:
            self._check_amount_left(one)
        return back

    def _check_amount_left(self, one):
        """Refuse to take a fixed amount off a second time."""
        use = self.env["recurring.coupon.use"].sudo().browse(one.use_id)
        if use.coupon_id.kind != "fixed" or one.before_tax <= use._left_for(one.period):
            return
        raise UserError(
            self.env._(
                "%(move)s cannot come back: the amount of the coupon %(code)s that it "
                "takes off was taken off another invoice in the meantime. Leave this "
                "one cancelled, or cancel the other one first.",
                move=self.move_id.display_name or self.env._("The document"),
                code=use.coupon_id.code,
            )
        )

    @api.model
    def _take_off_less(self, page, move_line, signed):
        """Let coupons take off less where a person raised what a line comes to.

        Up to the price without coupons the line owes what it did, and the coupon is
        less; only what goes beyond bills more. Returns the page as it stands then.
        """
        booked = page.booked(move_line)
        reduced = next((entry for entry in booked if entry.coupon_amount > 0), None)
        if not reduced:
            return page
        # In the tax basis of the line as it is now: what it showed, what was taken off.
        factor, rounding = (
            move_line._rr_price_factor(),
            currency_rounding(move_line.currency_id),
        )
        shown = sum(entry.amount - entry.coupon_amount for entry in booked)
        shown = round_half_up(shown * factor, rounding)
        coupon = round_half_up(reduced.coupon_amount * factor, rounding)
        less = min(signed - shown, coupon)
        if less <= 0:
            return page
        row = self._append(
            [
                reduced.row._prepare_correction(
                    0,
                    document_amount=less,
                    note=self.env._("Edited on the invoice: the coupon takes off less"),
                    redemptions=reduced.row._raised(Fraction(less) / Fraction(coupon)),
                )
            ]
        )
        [page] = row._pages()
        return page

    def _raised(self, share):
        """Return what gives back a share of the coupons while the price stays."""
        return [
            # What is not taken off any more is invoiced instead.
            one._replace(invoiced=-one.before_tax)
            for one in self._redeemed_share(self.kind, share)
        ]

    def _kept_redemptions(self, share=Fraction(1)):
        """Return what still stands on these rows: for rows that replace them."""
        return [
            Redeemed(one.use_id, one.period, *(-value for value in one[2:]))
            for row in self
            for one in row._redeemed_share(row.kind, share)
        ]

    @api.model
    def _claimed_redemptions(self, charges, amount):
        """Return as values of a row what it takes over of ``charges``: it bills
        ``amount`` of them again, as their document did."""
        if not charges:
            return {}
        rows = self.browse([row.id for row in charges])
        billed = sum(exact(row.amount) for row in rows)
        share = Fraction(amount) / Fraction(billed) if billed else Fraction(0)
        return {"redemptions": rows._kept_redemptions(share)}
