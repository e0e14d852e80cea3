from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine.allocation import split
from ..models.exact import currency_rounding, exact
from ..models.membership.selections import MODES

MOST = 24


class RecurringInstalmentPlan(models.TransientModel):
    """In how many parts a call is paid: equal, a cent here or there, summing to it."""

    _name = "recurring.instalment.plan"
    _description = "Pay in Instalments"

    dues_id = fields.Many2one("recurring.dues", required=True, readonly=True)
    currency_id = fields.Many2one(related="dues_id.currency_id")
    share_ids = fields.One2many(related="dues_id.share_ids")
    share_id = fields.Many2one(
        "recurring.dues.share",
        string="Share Of",
        domain="[('dues_id', '=', dues_id)]",
        help="Empty: the payer's own part.",
    )
    amount = fields.Monetary(string="To Split", compute="_compute_amount")
    count = fields.Integer(string="In How Many", default=3, required=True)
    first_on = fields.Date(default=fields.Date.context_today, required=True)
    months = fields.Integer(string="Months Between", default=1, required=True)
    mode = fields.Selection(MODES, required=True, default="cheque")
    handed_on = fields.Date(
        string="Given On",
        default=fields.Date.context_today,
        help="Cheques that are given all at once and deposited one by one.",
    )
    cheque_bank = fields.Char(string="Drawn On")
    first_number = fields.Char(
        string="First Cheque Number",
        help="The others follow it: they come from one cheque book.",
    )
    line_ids = fields.One2many(
        "recurring.instalment.plan.line",
        "plan_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("dues_id", "share_id")
    def _compute_amount(self):
        for plan in self:
            plan.amount = float(plan._left())

    def _left(self):
        """Return what is not received and not in an instalment yet (Decimal)."""
        dues, share = self.dues_id, self.share_id._origin
        rows = dues.instalment_ids.filtered(lambda one: one.share_id == share)
        planned = sum(
            (exact(one.amount) for one in rows if one.state in ("planned", "in_hand")),
            Decimal(0),
        )
        if share:
            return exact(share.amount_left) - planned
        others = sum((exact(one.amount_left) for one in dues.share_ids), Decimal(0))
        left = sum((exact(one.amount_left) for one in dues.line_ids), Decimal(0))
        return left - others - planned

    @api.depends(
        "dues_id",
        "share_id",
        "count",
        "first_on",
        "months",
        "mode",
        "first_number",
    )
    def _compute_line_ids(self):
        for plan in self:
            rows = [Command.clear()]
            if 0 < plan.count <= MOST and plan.first_on and plan._left() > 0:
                rounding = currency_rounding(plan.currency_id)
                parts = split(plan._left(), [1] * plan.count, rounding)
                rows += [
                    Command.create(
                        {
                            "due_on": plan.first_on
                            + relativedelta(months=number * plan.months),
                            "amount": float(part),
                            "cheque_number": plan._number(number),
                        }
                    )
                    for number, part in enumerate(parts)
                ]
            plan.line_ids = rows

    def _number(self, position):
        first = (self.first_number or "").strip()
        if self.mode != "cheque" or not first.isdigit():
            return first if self.mode == "cheque" and not position else False
        return str(int(first) + position).zfill(len(first))

    def action_apply(self):
        """Write the instalments of the call."""
        self.ensure_one()
        left = self._left()
        total = sum((exact(one.amount) for one in self.line_ids), Decimal(0))
        if not self.line_ids or total != left:
            raise UserError(
                self.env._(
                    "The instalments come to %(total)s, and %(left)s is to be split.",
                    total=self.currency_id.format(float(total)),
                    left=self.currency_id.format(float(left)),
                )
            )
        is_cheque = self.mode == "cheque"
        self.env["recurring.dues.instalment"].create(
            [
                {
                    "dues_id": self.dues_id.id,
                    "share_id": self.share_id.id,
                    "due_on": row.due_on,
                    "amount": row.amount,
                    "mode": self.mode,
                    "cheque_number": is_cheque and row.cheque_number,
                    "cheque_bank": is_cheque and self.cheque_bank,
                    "handed_on": is_cheque and self.handed_on,
                }
                for row in self.line_ids
            ]
        )
        return {"type": "ir.actions.act_window_close"}


class RecurringInstalmentPlanLine(models.TransientModel):
    _name = "recurring.instalment.plan.line"
    _description = "Instalment to Plan"

    plan_id = fields.Many2one("recurring.instalment.plan", ondelete="cascade")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    due_on = fields.Date(string="Date", required=True)
    amount = fields.Monetary(required=True)
    cheque_number = fields.Char()


class RecurringInstalmentDeposit(models.TransientModel):
    """Cheques that go to the bank, or instalments that came: on which day, where."""

    _name = "recurring.instalment.deposit"
    _description = "Deposit Cheques"

    instalment_ids = fields.Many2many("recurring.dues.instalment", readonly=True)
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_amount")
    date = fields.Date(
        string="Deposited On", required=True, default=fields.Date.context_today
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank",
        required=True,
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
    )
    amount = fields.Monetary(compute="_compute_amount")

    @api.depends("instalment_ids")
    def _compute_company_id(self):
        for deposit in self:
            deposit.company_id = deposit.instalment_ids[:1].company_id

    @api.depends("instalment_ids")
    def _compute_amount(self):
        for deposit in self:
            rows = deposit.instalment_ids
            deposit.currency_id = rows[:1].currency_id
            deposit.amount = sum(rows.mapped("amount"))

    @api.depends("company_id")
    def _compute_journal_id(self):
        for deposit in self:
            deposit.journal_id = self.env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", deposit.company_id.id)],
                limit=1,
            )

    def action_deposit(self):
        """Book each instalment as a contribution of who pays it."""
        self.ensure_one()
        self.instalment_ids._deposit(self.date, self.journal_id)
        return {"type": "ir.actions.act_window_close"}
