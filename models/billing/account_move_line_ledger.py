"""The lines of our documents: when the ledger must hear of them, and what they say."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.allocation import round_half_up
from ..exact import currency_rounding, exact
from ..guard import KEY, applying
from ..subscription.resolver import Resolver
from .invoice_lines import Pricing
from .ledger_page import AT_POSTING, CANCELLED

# Prices are converted between tax bases as floats; a large one keeps the digits.
PROBE = 1_000_000


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    rr_reversed_line_id = fields.Many2one(
        "account.move.line",
        string="Reverses",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The line of our invoice that this line of a credit note was copied from.",
    )
    rr_billed_item_ids = fields.One2many(
        "recurring.billed.item", "move_line_id", string="Billed", readonly=True
    )

    def unlink(self):
        """What is taken off a draft is billed again."""
        billed = self.filtered("rr_subscription_line_id")
        if not billed:
            return super().unlink()
        if self.env.context.get("rr_document_deleted"):
            note = self.env._("Draft deleted: %s")
        else:
            note = self.env._("Removed from the draft %s")
        # Before the lines go: afterwards the rows point nowhere.
        rows = billed._rr_void(note)
        result = super().unlink()
        rows.invalidate_model(["move_id", "move_line_id"])
        rows._reopen_subscriptions()
        return result

    def _copy_data_extend_business_fields(self, values):
        """A credit note keeps what it credits; a duplicate does not (copy=False)."""
        result = super()._copy_data_extend_business_fields(values)
        correcting = self.env.context.get("rr_correcting") is KEY
        if correcting and self.rr_subscription_line_id:
            values.update(
                rr_subscription_id=self.rr_subscription_id.id,
                rr_subscription_line_id=self.rr_subscription_line_id.id,
                deferred_start_date=self.deferred_start_date,
                deferred_end_date=self.deferred_end_date,
                rr_reversed_line_id=self.id,
                rr_vat_decision_id=self.rr_vat_decision_id.id,
            )
        return result

    def _rr_ledger(self):
        # sudo: replaces the right to read and write what others' subscriptions were
        # billed; who may change this document was checked by Odoo.
        return self.env["recurring.billed.item"].sudo()

    def _rr_void(self, note, **options):
        """Append void rows for what stands on these lines; the note names the move."""
        rows = self._rr_ledger()
        for move, lines in self.grouped("move_id").items():
            rows += rows._void(lines, note % move.display_name, **options)
        return rows

    def _rr_follow_state(self, old, new):
        """Follow a document that was cancelled, or came back to draft."""
        if not self:
            return
        if new == "cancel":
            rows = self._rr_void(self.env._("%s was cancelled"), why=CANCELLED)
        elif old == "cancel":
            rows = self._rr_ledger()._revive(self, self.env._("Reset to draft"))
        else:
            note = self.env._("%s was reset to draft")
            rows = self._rr_void(note, event=AT_POSTING)
            self._rr_unassign(rows)
        rows._reopen_subscriptions()

    def _rr_unassign(self, rows):
        """Ask for the assignment of a credit note again when it is posted again."""
        assigned = self.filtered(
            lambda line: not line.rr_reversed_line_id and line in rows.move_line_id
        )
        # sudo: as for posting.
        applying(assigned.sudo()).write(
            {"rr_subscription_id": False, "rr_subscription_line_id": False}
        )

    def _rr_follow_posting(self):
        """Compare posted lines with the ledger; write what a person's lines say."""
        if not self:
            return
        # sudo: whoever posts an invoice may not see the subscription that it bills.
        lines, ledger = self.sudo(), self._rr_ledger()
        rows = ledger._of_lines(lines | lines.rr_reversed_line_id)
        lines._rr_check_currency(rows)
        of_line = rows.grouped("move_line_id")
        pages = rows._pages_by_line()
        for line in lines:
            own = [page for page in pages.get(line, ()) if page.standing(line)]
            if any(ledger._says_otherwise(line, page) for page in own):
                ledger._correct_line(line, of_line[line])
            elif not own and line.rr_reversed_line_id in of_line:
                ledger._credit_line(line, of_line[line.rr_reversed_line_id])

    def _rr_claim(self):
        """Let new drafts bill at once what the credit notes they replace take back."""
        # sudo: as for posting.
        lines, ledger = self.sudo(), self._rr_ledger()
        rows = ledger._of_lines(lines.rr_reversed_line_id)
        of_line = rows.grouped("move_line_id")
        for line in lines:
            if line.rr_reversed_line_id in of_line:
                ledger._claim_line(line, of_line[line.rr_reversed_line_id])
        applying(lines).rr_reversed_line_id = False
        rows.subscription_id._refresh_billing_state()

    # ------------------------------------------------------------------
    # What a line says
    # ------------------------------------------------------------------

    def _rr_signed_amount(self):
        """Return what the line says, negative on a credit note, in its taxes' basis."""
        amount = exact(self.quantity) * exact(self.price_unit)
        amount = amount * (100 - exact(self.discount)) / 100
        sign = -1 if self.move_id.move_type == "out_refund" else 1
        return sign * round_half_up(amount, currency_rounding(self.currency_id))

    def _rr_tax_key(self):
        return ",".join(map(str, sorted(self.tax_ids.ids)))

    def _rr_price_factor(self):
        """Return what 1.00 of the subscription line's price is in this line's taxes."""
        pricing = Pricing(Resolver())
        price = pricing.convert(self.rr_subscription_line_id, PROBE, self.tax_ids)
        return exact(price) / PROBE

    def _rr_check_currency(self, rows):
        """Refuse a document whose currency is not the one that was billed."""
        of_line = rows.grouped("move_line_id")
        for line in self:
            billed = (of_line.get(line) or line.rr_subscription_id).currency_id
            if billed != line.currency_id:
                raise UserError(
                    self.env._(
                        "%(subscription)s is billed in %(billed)s; this document is in "
                        "%(currency)s. Set its currency back, or remove the line.",
                        subscription=line.rr_subscription_id.name,
                        billed=billed.name,
                        currency=line.currency_id.name,
                    )
                )
