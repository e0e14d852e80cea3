"""What tests share about what a person does to our invoices.

One customer at 30.00 a month in advance from 1 April 2025, billed on 1 April, unless a
test says otherwise. After every operation three things are checked: the rows, what the
next billing proposes, and that the ledger's charges less credits are what the documents
in force say.
"""

from datetime import date
from decimal import Decimal

from odoo import Command

from ..models.exact import exact
from .common_billing import BillingCommon


class OperationsCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan(charges=[{"unit_price": 30.0, "charge_model": "per_unit"}])
        cls.sub = cls._subscribe(cls.plan, "2025-04-01")
        cls.ledger = cls.env["recurring.billed.item"]

    # Given

    @classmethod
    def bill(cls, day="2025-04-01"):
        """Return the documents that a billing makes."""
        return cls._bill(day).move_ids

    # When

    def edit(self, move, line=None, **values):
        line = line or move.invoice_line_ids[0]
        move.write({"invoice_line_ids": [Command.update(line.id, values)]})

    def reverse(self, move, modify=False, post=True, **values):
        """Use Odoo's own wizard; return what it opens."""
        wizard = (
            move.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create(
                {
                    "journal_id": move.journal_id.id,
                    "date": "2025-04-10",
                    **values,
                }
            )
        )
        if modify:
            wizard.modify_moves()
            return wizard.new_move_ids
        wizard.refund_moves()
        credit_note = wizard.new_move_ids
        if post:
            credit_note.action_post()
        return credit_note

    def pending(self, sub=None):
        """What waits for a decision."""
        return (sub or self.sub).billed_item_ids.filtered(
            lambda row: row.kind == "waiver" and row.waiver_state == "pending"
        )

    # Then

    def rows(self, sub=None):
        """The ledger in short: kind and amount, oldest first."""
        items = (sub or self.sub).billed_item_ids.sorted("sequence")
        return [(row.kind, row.amount) for row in items]

    def proposes(self, expected, sub=None, day="2025-04-30"):
        """The next billing would write exactly these items: kind and amount."""
        sub = sub or self.sub
        items = sub._difference(date.fromisoformat(day))[sub.id]
        self.assertEqual([(item.kind, float(item.amount)) for item in items], expected)
        self.sound(sub)

    def sound(self, sub):
        """Charges less credits are what the documents say, and no credit exceeds its
        charge. (All prices here are in the basis of the document's taxes.)"""
        billed = sub.billed_item_ids.filtered(
            lambda row: row.kind in ("charge", "credit") and row.move_line_id
        )
        for line in billed.move_line_id:
            rows = billed.filtered(lambda row, line=line: row.move_line_id == line)
            says = Decimal(0)
            if self.counts(line):
                says = line._rr_signed_amount()
            self.assertEqual(sum(exact(row.document_amount) for row in rows), says)
        for page in sub.billed_item_ids._pages():
            for charge, remaining in page.charges().items():
                self.assertGreaterEqual(
                    remaining * (1 if charge.amount >= 0 else -1), 0, charge
                )

    def counts(self, line):
        """A cancelled line does not, a reversal when posted, others once linked."""
        if line.parent_state == "draft" and line.rr_reversed_line_id:
            return False
        return line.parent_state != "cancel" and bool(line.rr_subscription_line_id)

    def next_billing_leaves_nothing(self, sub=None, day="2025-04-30"):
        sub = sub or self.sub
        self.bill(day)
        self.assertNothingLeft(sub, day)
        self.sound(sub)
