"""A credit note typed by hand tells the ledger nothing until a person assigns it."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.allocation import round_half_up
from ..models.billing.account_move_line_ledger import PROBE
from ..models.billing.invoice_lines import Pricing
from ..models.exact import currency_rounding, exact
from ..models.guard import applying
from ..models.subscription.resolver import Resolver

SHOWN = 300  # newest billed periods that are offered


class RecurringCreditAssignment(models.TransientModel):
    """Which billed periods a credit note gives back, and how much of each.

    All amounts are before tax, in the credit note's currency.
    """

    _name = "recurring.credit.assignment"
    _description = "Assign a Credit Note to Billed Periods"

    move_id = fields.Many2one(
        "account.move", string="Credit Note", required=True, readonly=True
    )
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", string="Customer"
    )
    company_id = fields.Many2one(related="move_id.company_id")
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount = fields.Monetary(
        string="Credit Note Before Tax", related="move_id.amount_untaxed"
    )
    amount_assigned = fields.Monetary(string="Assigned", compute="_compute_assigned")
    amount_left = fields.Monetary(string="Left", compute="_compute_assigned")
    line_ids = fields.One2many("recurring.credit.assignment.line", "assignment_id")

    @api.depends("line_ids.amount", "amount")
    def _compute_assigned(self):
        for wizard in self:
            wizard.amount_assigned = sum(wizard.line_ids.mapped("amount"))
            wizard.amount_left = wizard.amount - wizard.amount_assigned

    @api.model
    def _for_move(self, move):
        """Return a new assignment that offers what ``move`` may give back."""
        move.check_access("read")
        wizard = self.create({"move_id": move.id})
        left = exact(move.amount_untaxed)
        commands = []
        for row, billed, open_amount in wizard._offers():
            taken = min(left, open_amount) if open_amount > 0 else 0
            left -= taken
            commands.append(
                Command.create(
                    {
                        "billed_item_id": row.id,
                        "amount_billed": float(billed),
                        "amount_open": float(open_amount),
                        "amount": float(taken),
                    }
                )
            )
        wizard.line_ids = commands
        return wizard

    def _offers(self):
        """Return (charge, billed, not yet credited), newest service first."""
        rows = self._ledger().search(
            [
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("kind", "in", ("charge", "opening")),
            ],
            order="date_start desc, id desc",
            limit=SHOWN,
        )
        left = {}
        for page in rows._pages():
            left.update(page.charges())
        resolver = Resolver()
        offers = []
        for row in rows:
            if left.get(row) and not row._is_free():
                factor = row._untaxed_factor(resolver)
                amounts = (exact(row.amount) * factor, left[row] * factor)
                offers.append((row, *map(self._round, amounts)))
        return offers

    def _round(self, amount):
        return round_half_up(amount, currency_rounding(self.currency_id))

    def _ledger(self):
        # sudo: replaces the right to read what others' subscriptions were billed;
        # whoever may post credit notes for this customer may say what they credit.
        return self.env["recurring.billed.item"].sudo()

    def action_assign(self):
        """Write the credits; what is credited in full then waits for a decision."""
        self.ensure_one()
        self.move_id.check_access("write")
        if not self.move_id.rr_to_assign:
            raise UserError(
                self.env._("%s is assigned already.", self.move_id.display_name)
            )
        chosen = self.line_ids.filtered("amount")
        if not chosen:
            raise UserError(
                self.env._("Say how much of which period this credit note gives back.")
            )
        if self.currency_id.compare_amounts(self.amount_left, 0) < 0:
            raise ValidationError(
                self.env._(
                    "More is assigned than the credit note gives back: %s too much.",
                    self.currency_id.format(-self.amount_left),
                )
            )
        for line in chosen:
            line._assign()
        return {"type": "ir.actions.act_window_close"}


class RecurringCreditAssignmentLine(models.TransientModel):
    _name = "recurring.credit.assignment.line"
    _description = "Billed Period to Credit"
    _order = "id"

    assignment_id = fields.Many2one(
        "recurring.credit.assignment", required=True, ondelete="cascade"
    )
    billed_item_id = fields.Many2one("recurring.billed.item", required=True)
    subscription_id = fields.Many2one(related="billed_item_id.subscription_id")
    line_id = fields.Many2one(related="billed_item_id.line_id", string="What")
    move_id = fields.Many2one(related="billed_item_id.move_id", string="Invoice")
    opening_ref = fields.Char(related="billed_item_id.opening_ref")
    date_start = fields.Date(related="billed_item_id.date_start")
    last_day = fields.Date(related="billed_item_id.last_day")
    currency_id = fields.Many2one(related="assignment_id.currency_id")
    amount_billed = fields.Monetary(string="Billed", readonly=True)
    amount_open = fields.Monetary(string="Not Credited Yet", readonly=True)
    amount = fields.Monetary(string="Credit")

    def _assign(self):
        """Credit the chosen amount of this period's charge."""
        wizard = self.assignment_id
        row = wizard._ledger().browse(self.billed_item_id.id)
        self._check_row(row)
        [page] = row._pages()
        left = page.charges().get(row, 0)
        factor = row._untaxed_factor(Resolver())
        open_amount = wizard._round(left * factor)
        amount = exact(self.amount)
        if not (0 < amount <= open_amount or 0 > amount >= open_amount):
            raise ValidationError(
                self.env._(
                    "%(period)s: at most %(amount)s can be credited, which is what was "
                    "billed and not yet credited.",
                    period=row._period_text(),
                    amount=wizard.currency_id.format(float(open_amount)),
                )
            )
        taken = left if amount == open_amount else wizard._round(amount / factor)
        move_line = self._credit_note_line(row)
        row._credit_by_hand(page, move_line, {row: -taken}, -self._shown(move_line))
        if not move_line.rr_subscription_line_id:
            # sudo: the links are ours, nothing that the entry says changes.
            applying(move_line.sudo()).write(
                {
                    "rr_subscription_id": row.subscription_id.id,
                    "rr_subscription_line_id": row.line_id.id,
                }
            )

    def _check_row(self, row):
        """The period belongs to the credit note's customer, company and currency."""
        move = self.assignment_id.move_id
        if (
            row.partner_id.commercial_partner_id != move.commercial_partner_id
            or row.company_id != move.company_id
            or row.currency_id != move.currency_id
        ):
            raise ValidationError(
                self.env._(
                    "%s was billed to another customer or in another currency.",
                    row._period_text(),
                )
            )

    def _credit_note_line(self, row):
        """Return the credit note's line that stands for the row: of its product."""
        lines = self.assignment_id.move_id.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        same = lines.filtered(lambda line: line.product_id == row.product_id)
        return (same or lines.sorted("price_subtotal", reverse=True))[:1]

    def _shown(self, move_line):
        """Return the amount in the tax basis of the credit note's line."""
        shown, untaxed = move_line._rr_signed_amount(), exact(move_line.price_subtotal)
        factor = abs(shown / untaxed) if untaxed else 1
        return self.assignment_id._round(exact(self.amount) * factor)


class RecurringBilledItem(models.Model):
    _inherit = "recurring.billed.item"

    def _untaxed_factor(self, resolver):
        """Return what 1.00 in this row's price basis is before tax."""
        self.ensure_one()
        taxes = self.tax_ids
        if self.amount and self.document_amount:
            price = float(PROBE) * self.document_amount / self.amount
        else:
            line = self.line_id
            own = resolver.booking(line.subscription_id, line.product_id)[1]
            price = Pricing(resolver).in_basis_of(
                line, PROBE, self.price_basis, own, taxes
            )
        details = taxes._get_tax_details(
            price, 1.0, rounding_method="round_globally", product=self.product_id
        )
        return exact(details["total_excluded"]) / PROBE
