"""What happens to the ledger when a document of ours goes, or comes back.

Rows are never rewritten: a document that is removed or cancelled gets *void* rows (the
same kind, the opposite amount, ``origin_id`` the row they cancel), one that comes back
gets new rows. Everything here is called with the rights of the system, because whoever
may delete or cancel an invoice must be able to, recurring group or not.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..exact import exact
from .ledger_page import AT_POSTING, VOID, Page, raw


class RecurringBilledItem(models.Model):
    _inherit = "recurring.billed.item"

    @property
    def event(self):
        """What of a person's doing this row records, None for a billing's own."""
        return (self.explanation or {}).get("event")

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _pages(self):
        """Return the pages on which these rows stand, each with all of its rows."""
        keys = {row._page_key() for row in self}
        if not keys:
            return []
        around = self.search(
            [
                ("line_id", "in", [key[0] for key in keys]),
                ("whole_start", "in", [key[1] for key in keys]),
            ],
            order="subscription_id, sequence",
        )
        pages = around.grouped(lambda row: row._page_key())
        return [Page(rows) for key, rows in pages.items() if key in keys]

    def _pages_by_line(self):
        """Return ``{invoice line: [pages with rows of it]}``."""
        found = {}
        for page in self._pages():
            for move_line in page.rows.move_line_id:
                found.setdefault(move_line, []).append(page)
        return found

    def _page_key(self):
        return self.line_id.id, self.whole_start, self.whole_end

    @api.model
    def _of_lines(self, move_lines):
        """Return the rows that stand on invoice lines."""
        return self.search([("move_line_id", "in", move_lines.ids)], order="id")

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _prepare_correction(self, amount, **values):
        """Return the values of a row that corrects this one by ``amount`` (signed).

        It is of the same kind unless ``values`` say otherwise, and keeps what the row
        was booked with.
        """
        self.ensure_one()
        kept = (
            "subscription_id",
            "line_id",
            "kind",
            "date_start",
            "date_end",
            "whole_start",
            "whole_end",
            "quantity",
            "price_basis",
            "partner_id",
            "company_id",
            "currency_id",
            "product_id",
            "account_id",
            "tax_key",
            "move_id",
            "move_line_id",
        )
        row = {name: raw(self[name]) for name in kept}
        return {**row, "amount": amount, "origin_id": self.id, **values}

    @api.model
    def _void(self, move_lines, note, event=None, why=VOID):
        """Append void rows for what stands on invoice lines and return them.

        With ``event`` only what that kind of act wrote. ``why`` is CANCELLED where the
        document may come back.
        """
        rows = []
        for page in self._of_lines(move_lines)._pages():
            for move_line in move_lines & page.rows.move_line_id:
                for entry in page.standing(move_line):
                    if event is None or entry.row.event == event:
                        rows.append(entry.row._prepare_void(entry, note, why))
        return self._append(rows)

    def _prepare_void(self, entry, note, why=VOID):
        return self._prepare_correction(
            -entry.amount,
            document_amount=-entry.document_amount,
            explanation={"event": why},
            note=note,
        )

    def _reopen_subscriptions(self):
        """Let the next billing look at the periods of these rows again.

        A closed subscription for which there is something to bill again is taken out
        of the archive: it closes by itself when that is billed.
        """
        if not self:
            return
        for sub, rows in self.grouped("subscription_id").items():
            sub._reopen_from(min(rows.mapped("whole_start")))
        subscriptions = self.subscription_id
        subscriptions._refresh_billing_state()
        due = subscriptions.filtered(
            lambda sub: sub.state == "closed" and sub.next_billing_date
        )
        for sub in due:
            sub._set_state(("closed",), "cancelling")
            sub._record_change("reopen", sub.next_billing_date)

    @api.model
    def _forget_caches(self, rows):
        """Let the document read anew what it means for the ledger.

        Not for a billing run's rows: nobody has read its documents yet.
        """
        result = super()._forget_caches(rows)
        by_hand = [row for row in rows if row.get("move_id") and not row.get("run_id")]
        moves = self.env["account.move"].browse({row["move_id"] for row in by_hand})
        lines = self.env["account.move.line"].browse(
            {row["move_line_id"] for row in by_hand if row.get("move_line_id")}
        )
        moves.invalidate_recordset(["rr_to_assign"], flush=False)
        lines.invalidate_recordset(["rr_billed_item_ids"], flush=False)
        return result

    # ------------------------------------------------------------------
    # A cancelled document comes back
    # ------------------------------------------------------------------

    @api.model
    def _revive(self, move_lines, note):
        """Append anew what was voided when the document of these lines was cancelled.

        :raise UserError: where the period was billed, or the charge credited, by
            another document in the meantime.
        """
        revived = self.browse()
        for page in self._of_lines(move_lines)._pages():
            for move_line in move_lines & page.rows.move_line_id:
                revived += self._revive_entries(page, page.entries(move_line), note)
        return revived

    def _revive_entries(self, page, entries, note):
        """Charges first: credits and waivers on the same document hang on them."""
        done = {(row.explanation or {}).get("revives") for row in page.rows}
        new, revived = {}, self.browse()
        order = ["charge", "opening", "credit", "waiver"]
        for entry in sorted(entries, key=lambda e: (order.index(e.row.kind), e.row.id)):
            row = entry.row
            if entry.stands or not entry.void or row.id in done:
                continue
            if row.event == AT_POSTING:
                continue  # written again when the document is posted again
            if row.origin_id not in new:
                row._check_not_replaced(page, entry.void)
            origin = new.get(row.origin_id, row.origin_id)
            new[row] = self._append(
                [
                    row._prepare_correction(
                        -exact(entry.void.amount),
                        document_amount=-exact(entry.void.document_amount),
                        origin_id=origin.id,
                        explanation={**(row.explanation or {}), "revives": row.id},
                        note=note,
                        waiver_state=row.waiver_state,
                        redemptions=entry.void._redemptions_to_revive(),
                    )
                ]
            )
            revived += new[row]
        return revived

    def _check_not_replaced(self, page, void):
        """Refuse to bring back a charge or credit that another document replaced."""
        if self.kind == "charge":
            others = [
                row
                for row, remaining in page.charges().items()
                if row.id > void.id
                and row.date_start < self.date_end
                and row.date_end > self.date_start
                and (remaining or not row.amount)
            ]
        else:
            others = [
                row
                for row in page.rows
                if row.id > void.id
                and row.kind == self.kind == "credit"
                and row.origin_id == self.origin_id
                and page.book.net.get(row.id)
            ]
        if not others:
            return
        document = others[0].move_id.display_name or self.env._("another document")
        raise UserError(
            self.env._(
                "%(move)s cannot come back: what it billed on %(subscription)s for "
                "%(first)s to %(last)s was billed or credited again by %(other)s. "
                "Leave this one cancelled, or cancel %(other)s first.",
                move=self.move_id.display_name,
                subscription=self.subscription_id.name,
                first=format_date(self.env, self.date_start),
                last=format_date(self.env, self.last_day),
                other=document,
            )
        )

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _why_texts(self):
        """Begin with what a person did, where that is the reason."""
        texts = super()._why_texts()
        return [self.note, *texts] if self.note else texts

    def _origin_texts(self):
        """Name the invoice that a credit corrects, rather than the ledger's number."""
        origin = self.origin_id.move_id if self.kind == "credit" else None
        if origin and origin.name and origin.name != "/":
            return [self.env._("Takes back what invoice %s billed", origin.name)]
        return super()._origin_texts()


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    type = fields.Selection(
        selection_add=[("reopen", "Reopened"), ("waiver", "Credited period decided")],
        ondelete={"reopen": "cascade", "waiver": "cascade"},
    )
