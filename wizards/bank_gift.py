"""What a line of the bank statement is: dues, a gift, known already, come back."""

from odoo import Command, api, fields, models
from odoo.fields import Domain

from ..models.exact import exact
from ..models.membership.money.bank_proposal import BankProposal


class RecurringBankGift(models.TransientModel):
    """What the money of a line of the statement is, and from whom."""

    _name = "recurring.bank.gift"
    _description = "Gift or Dues from the Bank"
    _inherit = ["analytic.mixin"]
    _check_company_auto = True

    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Line of the Statement",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="statement_line_id.company_id")
    currency_id = fields.Many2one("res.currency", compute="_compute_line")
    label = fields.Char(compute="_compute_line")
    left = fields.Monetary(string="Left to Attribute", compute="_compute_line")
    is_incoming = fields.Boolean(compute="_compute_line")
    what = fields.Selection(
        [
            ("new", "Dues or a gift"),
            ("known", "Recorded before: cheques that were deposited, payments"),
            ("returned", "A payment that came back unpaid"),
        ],
        string="What It Is",
        required=True,
        default="new",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Received From", check_company=True
    )
    proposal_text = fields.Char(readonly=True)
    amount = fields.Monetary(
        help="Less than the line where several people paid together: the rest stays to "
        "be attributed."
    )
    line_ids = fields.One2many("recurring.bank.gift.line", "wizard_id")
    dues_amount = fields.Monetary(string="For Dues", compute="_compute_rest")
    gift_amount = fields.Monetary(string="A Gift", compute="_compute_rest")
    product_id = fields.Many2one(
        "product.product",
        string="Gift Booked As",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        check_company=True,
    )
    fund_id = fields.Many2one(
        "recurring.dedicated.fund", string="Earmarked For", check_company=True
    )
    mode = fields.Selection(
        [
            ("transfer", "Bank transfer"),
            ("card", "Card"),
            ("debit", "Direct debit"),
            ("cheque", "Cheque"),
            ("cash", "Cash"),
        ],
        required=True,
        default="transfer",
    )
    known_ids = fields.Many2many(
        "recurring.contribution",
        "recurring_bank_gift_known_rel",
        string="Recorded Before",
        domain="[('id', 'in', waiting_ids)]",
    )
    waiting_ids = fields.Many2many(
        "recurring.contribution", compute="_compute_waiting_ids"
    )
    known_amount = fields.Monetary(string="Together", compute="_compute_known_amount")
    contribution_id = fields.Many2one(
        "recurring.contribution",
        string="Which Payment",
        domain="[('state', 'in', ('booked', 'returned')), "
        "('returned_line_id', '=', False), ('nature', '=', 'money'), "
        "('company_id', '=', company_id), ('amount', '<=', -left)]",
    )
    is_recorded = fields.Boolean(compute="_compute_is_recorded")
    reason = fields.Char()

    # ------------------------------------------------------------------
    # What is proposed
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        line = self.env["account.bank.statement.line"].browse(
            values.get("statement_line_id")
        )
        if not line:
            return values
        proposal = BankProposal(line)
        left = line._rr_open()
        partner, why = proposal.donor()
        values.update(partner_id=partner.id, proposal_text=why if partner else False)
        if left < 0:
            values["what"] = "returned"
            values["contribution_id"] = self._bounced(line, partner, -left).id
        else:
            values["amount"] = float(left)
            values["line_ids"] = self._rows(proposal, partner, left)
            known = self._deposited(line, left)
            if known:
                values["what"] = "known"
                values["known_ids"] = [Command.set(known.ids)]
        return {k: v for k, v in values.items() if k in fields_list}

    @api.model
    def _rows(self, proposal, partner, amount):
        """Return commands for what the payer still owes, paid as far as it goes."""
        rows, rest = [Command.clear()], amount
        for dues in proposal.owed(partner) if partner else ():
            owed = exact(dues.amount) - dues._received()
            part = max(min(rest, owed), exact(0))
            rest -= part
            rows.append(
                Command.create(
                    {
                        "dues_line_id": dues.id,
                        "owed": float(owed),
                        "amount": float(part),
                    }
                )
            )
        return rows

    @api.model
    def _bounced(self, line, partner, amount):
        """Return the contribution that most likely came back: first of those that were
        recorded as returned and wait for the bank."""
        contributions = self.env["recurring.contribution"]
        for state in ("returned", "booked"):
            domain = Domain(
                [
                    ("company_id", "=", line.company_id.id),
                    ("state", "=", state),
                    ("returned_line_id", "=", False),
                    ("nature", "=", "money"),
                    ("amount", "=", float(amount)),
                    ("date", "<=", line.date),
                    ("journal_id", "=", line.journal_id.id),
                ]
            )
            if partner:
                found = contributions.search(
                    domain & Domain("partner_id", "=", partner.id), limit=1
                )
                if found:
                    return found
            found = contributions.search(domain, limit=2)
            if len(found) == 1:
                return found
        return contributions

    @api.model
    def _deposited(self, line, amount):
        """Return what the line brought to the bank, where the amounts say so: all that
        waits, else all cheques, else the one contribution of this amount."""
        waiting = self._waiting(line)
        cheques = waiting.filtered(lambda one: one.mode == "cheque")
        for several in (waiting, cheques):
            if several and sum(exact(one.amount) for one in several) == amount:
                return several
        same = waiting.filtered(lambda one: exact(one.amount) == amount)
        return same if len(same) == 1 else waiting.browse()

    @api.model
    def _waiting(self, line):
        """Return contributions whose payment waits for this bank's statement."""
        payments = self.env["account.payment"].search(
            [
                ("journal_id", "=", line.journal_id.id),
                ("is_matched", "=", False),
                ("state", "in", ("in_process", "paid")),
                ("payment_type", "=", "inbound"),
                ("date", "<=", line.date),
            ]
        )
        contributions = self.env["recurring.contribution"]
        booked = contributions.search(
            [("payment_id", "in", payments.ids), ("state", "=", "booked")]
        )
        # Recorded as returned before the line that brought it was looked at.
        returned = contributions.search(
            [
                ("state", "=", "returned"),
                ("payment_id.journal_id", "=", line.journal_id.id),
                ("payment_id.payment_transaction_id", "=", False),
                ("deposit_line_id", "=", False),
                ("date", "<=", line.date),
                ("returned_on", ">=", line.date),
            ]
        )
        return booked | returned

    @api.depends("statement_line_id")
    def _compute_line(self):
        for wizard in self:
            line = wizard.statement_line_id
            wizard.currency_id = line and line._rr_currency()
            wizard.label = line.payment_ref
            wizard.left = float(line._rr_open()) if line else 0
            wizard.is_incoming = wizard.left > 0

    @api.depends("statement_line_id")
    def _compute_waiting_ids(self):
        for wizard in self:
            line = wizard.statement_line_id
            wizard.waiting_ids = line and wizard._waiting(line)

    @api.depends("contribution_id")
    def _compute_is_recorded(self):
        for wizard in self:
            wizard.is_recorded = wizard.contribution_id.state == "returned"

    @api.depends("known_ids")
    def _compute_known_amount(self):
        for wizard in self:
            wizard.known_amount = sum(wizard.known_ids.mapped("amount"))

    @api.depends("amount", "line_ids.amount")
    def _compute_rest(self):
        for wizard in self:
            wizard.dues_amount = sum(wizard.line_ids.mapped("amount"))
            wizard.gift_amount = wizard.amount - wizard.dues_amount

    @api.depends("partner_id")
    def _compute_product_id(self):
        for wizard in self:
            company = wizard.statement_line_id.company_id
            if not company:
                continue
            role = "patronage" if wizard.partner_id.is_company else "gift"
            row = company._association_row(role) or company._association_row("gift")
            wizard.product_id = row.product_id

    @api.onchange("partner_id", "amount")
    def _onchange_partner_id(self):
        proposal = BankProposal(self.statement_line_id)
        amount = exact(self.amount)
        self.line_ids = self._rows(proposal, self.partner_id, amount)

    @api.onchange("fund_id")
    def _onchange_fund_id(self):
        project = self.fund_id.analytic_account_id
        if project:
            self.analytic_distribution = {str(project.id): 100}


class RecurringBankGiftLine(models.TransientModel):
    """Dues that the payer still owes, and what of the money goes to them."""

    _name = "recurring.bank.gift.line"
    _description = "Dues Paid from the Bank"

    wizard_id = fields.Many2one(
        "recurring.bank.gift", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    dues_line_id = fields.Many2one("recurring.dues.line", required=True)
    call_id = fields.Many2one(related="dues_line_id.dues_id", string="Call for Dues")
    membership_id = fields.Many2one(related="dues_line_id.membership_id")
    charge_id = fields.Many2one(related="dues_line_id.charge_id", string="Dues")
    owed = fields.Monetary(string="Still Owed")
    amount = fields.Monetary(string="Paid Now")
