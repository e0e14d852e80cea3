"""What a person's own amounts on a document do to the ledger.

A draft that was edited, a credit note by hand and the new invoice of "Reverse and
modify" all say something else than the billing proposed. The ledger then records what
the document says, and a *waiver* of the opposite amount, so that the sum of the period
stays as it was and the next billing neither takes the difference back nor claims it.
"""

from odoo import api, models

from ...engine.allocation import round_half_up
from ...engine.ledger import up_to
from ..exact import currency_rounding, exact
from .ledger_page import AT_POSTING


class RecurringBilledItem(models.Model):
    _inherit = "recurring.billed.item"

    # ------------------------------------------------------------------
    # A draft was edited
    # ------------------------------------------------------------------

    @api.model
    def _says_otherwise(self, move_line, page):
        """Tell whether an invoice line differs from what was booked for it."""
        booked = page.booked(move_line)
        shown = sum(entry.document_amount for entry in booked)
        return bool(booked) and (
            shown != move_line._rr_signed_amount()
            or self._is_booked_elsewhere(move_line, booked)
        )

    @api.model
    def _correct_line(self, move_line, rows):
        """Record what an invoice line says where it was edited since it was billed."""
        for page in rows._pages():
            if not self._says_otherwise(move_line, page):
                continue
            signed = move_line._rr_signed_amount()
            page = self._take_off_less(page, move_line, signed)
            booked = page.booked(move_line)
            old = sum(entry.amount for entry in booked)
            new = self._ledger_amount(move_line, signed, booked)
            if self._is_booked_elsewhere(move_line, booked):
                page, booked = self._book_anew(move_line, booked)
            if new != old:
                shown = signed - sum(entry.document_amount for entry in booked)
                self._append_difference(page, move_line, booked, new - old, shown)

    @api.model
    def _ledger_amount(self, move_line, signed, booked):
        """Return, in the ledger's tax basis, what a line of ``signed`` amount bills.

        In proportion to what was booked for the line; by converting the price where
        there is no proportion, or where the line has other taxes now.
        """
        rounding = currency_rounding(move_line.currency_id)
        amount = sum(entry.amount for entry in booked)
        document = sum(entry.document_amount for entry in booked)
        if document and (booked[0].row.tax_key or "") == move_line._rr_tax_key():
            return round_half_up(amount * signed / document, rounding)
        price = signed / move_line._rr_price_factor()
        taken = sum(entry.coupon_amount for entry in booked)
        if taken and amount != taken:
            # What the line shows is what coupons left of the amount.
            price = price * amount / (amount - taken)
        elif taken and not price:
            price = amount
        return round_half_up(price, rounding)

    @api.model
    def _is_booked_elsewhere(self, move_line, booked):
        """Tell whether payer, product, account or taxes are not those in the ledger."""
        return any(
            row.kind == "charge"
            and (
                (row.tax_key or "") != move_line._rr_tax_key()
                or (row.account_id and row.account_id != move_line._rr_income_account())
                or row.product_id != move_line.product_id
                or row.partner_id != move_line.move_id.partner_id
            )
            for row in (entry.row for entry in booked)
        )

    @api.model
    def _book_anew(self, move_line, booked):
        """Replace the rows of a line by one with the line's own payer, account, taxes,
        so that a later credit takes back what the invoice really booked."""
        first = next(entry.row for entry in booked if entry.row.kind == "charge")
        note = self.env._("Booked as edited on the invoice")
        taken = self.browse([e.row.id for e in booked])._kept_redemptions()
        self._append([entry.row._prepare_void(entry, note) for entry in booked])
        row = self._append(
            [
                first._prepare_correction(
                    sum(entry.amount for entry in booked),
                    origin_id=None,
                    document_amount=sum(entry.document_amount for entry in booked),
                    partner_id=move_line.move_id.partner_id.id,
                    product_id=move_line.product_id.id,
                    account_id=move_line._rr_income_account().id,
                    tax_key=move_line._rr_tax_key(),
                    explanation=first.explanation,
                    note=note,
                    redemptions=taken,
                )
            ]
        )
        [page] = row._pages()
        return page, page.booked(move_line)

    @api.model
    def _append_difference(self, page, move_line, booked, amount, shown):
        """Bill ``amount`` more (or less) on a line, as the person decided.

        Less is a credit of what stands on the line, more a charge (on a credit note a
        further credit of what was charged).
        """
        note = self.env._("Edited on the invoice")
        takes = self._take(page, [entry.row for entry in booked], amount)
        rest = amount - sum(takes.values())
        if rest and all(entry.row.kind == "credit" for entry in booked):
            origins = [entry.row.origin_id for entry in booked]
            takes.update(self._take(page, origins, rest))
            rest = 0
        rows = [
            row._prepare_by_hand(move_line, taken, note) for row, taken in takes.items()
        ]
        if rest:
            first = booked[0].row
            rows.append(
                first._prepare_by_hand(
                    move_line, rest, note, kind="charge", origin_id=None
                )
            )
        _share_out(rows, shown)
        for row, origin in zip(self._append(rows), [*takes, None], strict=False):
            self._balance(page, row, origin or row, "left")

    # ------------------------------------------------------------------
    # A credit note by hand
    # ------------------------------------------------------------------

    @api.model
    def _credit_line(self, move_line, rows):
        """Record what a posted line reverses of the invoice line it was copied from."""
        reversed_line = move_line.rr_reversed_line_id
        for page in rows._pages():
            booked = page.booked(reversed_line)
            if not booked:
                continue
            signed = move_line._rr_signed_amount()
            amount = self._ledger_amount(move_line, signed, booked)
            charges = [e.row for e in booked if e.row.kind != "credit"]
            takes = self._take(page, charges or [entry.row for entry in booked], amount)
            self._credit_by_hand(page, move_line, takes, signed)

    @api.model
    def _credit_by_hand(self, page, move_line, takes, shown):
        """Append credits of ``takes`` ({row: signed amount}) that a person decided.

        What is thereby credited in full waits for a decision: bill again, or leave.
        """
        note = self.env._("Credit note by hand")
        rows = [
            row._prepare_by_hand(
                move_line, taken, note, explanation={"event": AT_POSTING}
            )
            for row, taken in takes.items()
        ]
        _share_out(rows, shown)
        for credit, (row, taken) in zip(self._append(rows), takes.items(), strict=True):
            full = page.available(row) + taken == 0
            self._balance(page, credit, row, "pending" if full else "left", AT_POSTING)

    @api.model
    def _take(self, page, rows, amount):
        """Return ``{row: signed amount}``: how much of ``amount`` each row can give.

        The newest first; a credit never exceeds what was billed and not yet credited.
        """
        takes = {}
        for row in sorted(rows, key=lambda row: row.id, reverse=True):
            taken = up_to(amount, page.available(row))
            if taken:
                takes[row] = taken
                amount -= taken
        return takes

    # ------------------------------------------------------------------
    # Reverse and modify
    # ------------------------------------------------------------------

    @api.model
    def _claim_line(self, move_line, rows):
        """Let the line of a new draft bill again what its credit note took back."""
        note = self.env._("Billed again by hand")
        for page in rows._pages():
            booked = page.booked(move_line.rr_reversed_line_id)
            if not booked:
                continue
            signed = move_line._rr_signed_amount()
            amount = self._ledger_amount(move_line, signed, booked)
            charges = [e.row for e in booked if e.row.kind != "credit"]
            first = (charges or [entry.row for entry in booked])[0]
            origin = None
            if not charges:  # a credit note of ours, made anew
                origin = first.origin_id.id
                amount = up_to(amount, page.available(first.origin_id))
                if not amount:
                    continue
            row = self._append(
                [
                    first._prepare_by_hand(
                        move_line,
                        amount,
                        note,
                        kind="credit" if origin else "charge",
                        origin_id=origin,
                        document_amount=signed,
                        tax_key=move_line._rr_tax_key(),
                        account_id=move_line._rr_income_account().id,
                        explanation=first.explanation,
                        **self._claimed_redemptions(charges, amount),
                    )
                ]
            )
            self._balance(page, row, row, "left", pending=True)

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _prepare_by_hand(self, move_line, amount, note, **values):
        """Return a credit of this row on another document (by default)."""
        return self._prepare_correction(
            amount,
            **{
                "kind": "credit",
                "move_id": move_line.move_id.id,
                "move_line_id": move_line.id,
                "note": note,
                **values,
            },
        )

    @api.model
    def _balance(self, page, row, origin, state, event=None, pending=False):
        """Append the waivers that keep the sum of a period as it was before ``row``.

        Waivers of the other sign are taken back first, those that wait for a decision
        only where this is the decision (``pending``). The rest becomes a waiver of
        ``origin`` in ``state``.
        """
        amount, rows = -exact(row.amount), []
        values = {
            "kind": "waiver",
            "move_id": row.move_id.id,
            "move_line_id": row.move_line_id.id,
            "note": row.note,
            "explanation": {"event": event},
        }
        for waiver, left in page.waivers.items():
            if waiver.waiver_state == "pending" and not pending:
                continue
            taken = up_to(amount, left)
            if not taken:
                continue
            amount -= taken
            page.waivers[waiver] += taken
            where = {}
            if waiver.waiver_state == "pending":
                # Decided: that holds even when this document goes.
                where = {"move_id": None, "move_line_id": None}
                if left + taken == 0:
                    waiver.waiver_state = "billed_again"
            rows.append(waiver._prepare_correction(taken, **{**values, **where}))
        if amount:
            rows.append(
                origin._prepare_correction(amount, **values, waiver_state=state)
            )
        return self._append(rows)


def _share_out(rows, shown):
    """Divide what the document shows over its rows: all but the last as the ledger."""
    for row in rows[:-1]:
        row["document_amount"] = row["amount"]
        shown -= row["amount"]
    if rows:
        rows[-1]["document_amount"] = shown
