"""Unpaid invoices at an old tax, credited and billed again at the new one.

By payment, what is paid from the day of the change on bears the new tax, invoiced
before or not. An unpaid invoice is reversed, of a partly paid one what is left to pay
is credited, and what that billed goes back to the ledger: the next billing bills it
anew (law 4).
"""

from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.allocation import round_half_up
from ..exact import currency_rounding, exact


class RecurringVatTaxChange(models.Model):
    _inherit = "recurring.vat.tax.change"

    unpaid_count = fields.Integer(
        string="Unpaid Invoices at the Old Tax", compute="_compute_unpaid_count"
    )

    def _compute_unpaid_count(self):
        for change in self:
            change.unpaid_count = self.env["account.move"].search_count(
                change._unpaid_domain()
            )

    def _unpaid_domain(self):
        """Return which invoices of subscriptions at the old tax, of before the day, are
        not paid in full; none where the rule does not go by payment."""
        self.ensure_one()
        if self.rule != "payment" or self.state != "applied":
            return [("id", "=", 0)]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
            ("invoice_date", "<", self.date),
            ("invoice_line_ids.tax_ids", "in", self._family(self.old_tax_id).ids),
            ("invoice_line_ids.rr_subscription_line_id", "!=", False),
        ]
        if self.product_tmpl_ids:
            products = self.product_tmpl_ids.product_variant_ids.ids
            domain.append(("invoice_line_ids.product_id", "in", products))
        return domain

    def action_open_unpaid(self):
        """Open the unpaid invoices at the old tax."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Unpaid Invoices at %s", self.old_tax_id.name),
            "res_model": "account.move",
            "views": [
                (self.env.ref("account.view_out_invoice_tree").id, "list"),
                (False, "form"),
            ],
            "domain": self._unpaid_domain(),
            "context": {"create": False, "rr_tax_change": self.id},
        }

    def action_bill_unpaid_again(self, moves=None):
        """Credit the unpaid invoices and let the next billing bill them again.

        :param moves: some of them; all by default
        :raise UserError: before the day, or when there is none
        """
        self.ensure_one()
        self.check_access("write")
        today = fields.Date.context_today(self)
        if today < self.date:
            raise UserError(
                self.env._(
                    "Wait for the day of the change: until then they can be "
                    "paid at the old tax."
                )
            )
        found = self.env["account.move"].search(self._unpaid_domain())
        found = found & moves if moves is not None else found
        if not found:
            raise UserError(self.env._("No unpaid invoice is at the old tax."))
        unpaid = found.filtered(lambda move: move.payment_state == "not_paid")
        notes = unpaid._reverse_moves(
            [self._prepare_note(move, today) for move in unpaid], cancel=True
        )
        for move in found - unpaid:
            notes |= self._credit_rest(move, today)
        waivers = self.env["recurring.billed.item"].search(
            [
                ("move_id", "in", notes.ids),
                ("kind", "=", "waiver"),
                # Of a part that is credited it is taken for decided that it is left.
                ("waiver_state", "in", ("pending", "left")),
            ]
        )
        # sudo: who keeps the taxes decided it with this button, for these periods only.
        waivers.sudo().filtered("waiver_left").action_bill_again()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Notes"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", notes.ids)],
        }

    def _prepare_note(self, move, today):
        ref = self.env._("%(move)s: %(why)s", move=move.name, why=self.name)
        return {"ref": ref, "invoice_date": today, "date": today}

    def _credit_rest(self, move, today):
        """Return the posted note over what is unpaid of an invoice, settled with it."""
        note = move._reverse_moves([self._prepare_note(move, today)])
        note._rr_reduce_to(exact(move.amount_residual), exact(move.amount_total))
        note.action_post()
        (move.line_ids | note.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        return note


class AccountMove(models.Model):
    _inherit = "account.move"

    def _rr_reduce_to(self, part, whole):
        """Reduce a draft's lines in the proportion of part to whole; it totals ``part``
        to the cent."""
        self.ensure_one()
        step = currency_rounding(self.currency_id)
        raw = given = Decimal(0)
        for line in self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        ):
            amount = exact(line.quantity) * exact(line.price_unit)
            raw += amount * (100 - exact(line.discount)) / 100 * part / whole
            price = round_half_up(raw, step) - given
            given += price
            line.write({"quantity": 1, "discount": 0, "price_unit": float(price)})
        gap = part - exact(self.amount_total)
        vat = self.line_ids.filtered("tax_repartition_line_id")
        if gap and vat:
            # The cents that rounding of the VAT makes.
            largest = max(vat, key=lambda line: abs(line.amount_currency))
            sign = 1 if largest.amount_currency > 0 else -1
            largest.amount_currency += sign * float(gap)
