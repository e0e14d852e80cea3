"""The simple form for one gift: who, how much, when, how, what for; one button."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..models.membership.gifts.gift_contribution import VALUED_BY
from ..models.membership.selections import FORMS, MODES, NATURES

# What the next gift of the same evening has in common with this one.
KEPT = (
    "company_id",
    "date",
    "nature",
    "mode",
    "journal_id",
    "fund_id",
    "analytic_distribution",
    "gift_form",
)


class RecurringGiftEntry(models.TransientModel):
    """A gift as it is typed; booking it makes a contribution of one line."""

    _name = "recurring.gift.entry"
    _description = "Record a Gift"
    _inherit = ["analytic.mixin"]
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Received From", check_company=True
    )
    joint_partner_id = fields.Many2one("res.partner", string="Together With")
    amount = fields.Monetary()
    date = fields.Date(
        string="Received On", required=True, default=fields.Date.context_today
    )
    nature = fields.Selection(
        [row for row in NATURES if row[0] != "expenses"],
        required=True,
        default="money",
    )
    mode = fields.Selection(MODES, required=True, default="transfer")
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank or Cash",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
    )
    cheque_number = fields.Char()
    product_id = fields.Many2one(
        "product.product",
        string="Booked As",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        check_company=True,
    )
    fund_id = fields.Many2one(
        "recurring.dedicated.fund", string="Earmarked For", check_company=True
    )
    gift_form = fields.Selection(
        FORMS, string="Form of the Gift", required=True, default="manual"
    )
    description = fields.Text(string="What Was Given")
    valued_by = fields.Selection(VALUED_BY)
    valuation = fields.Text(string="How It Was Valued")
    counterpart_account_id = fields.Many2one(
        "account.account",
        string="Booked As",
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', "
        "'asset_cash', 'liability_credit_card', 'income', 'income_other'))]",
    )
    lock_text = fields.Char(compute="_compute_lock_text")
    recorded_text = fields.Char(readonly=True)

    @api.depends("mode", "company_id")
    def _compute_journal_id(self):
        journals = self.env["account.journal"]
        for entry in self:
            kind = "cash" if entry.mode == "cash" else "bank"
            if entry.journal_id.type == kind:
                continue
            entry.journal_id = journals.search(
                [
                    *journals._check_company_domain(entry.company_id),
                    ("type", "=", kind),
                ],
                limit=1,
            )

    @api.depends("partner_id", "company_id")
    def _compute_product_id(self):
        for entry in self:
            company = entry.company_id
            role = "patronage" if entry.partner_id.is_company else "gift"
            row = company._association_row(role) or company._association_row("gift")
            entry.product_id = row.product_id

    @api.depends("date", "company_id")
    def _compute_lock_text(self):
        for entry in self:
            draft = self.env["recurring.contribution"].new(
                {"company_id": entry.company_id.id, "date": entry.date}
            )
            entry.lock_text = draft.lock_text

    @api.onchange("fund_id")
    def _onchange_fund_id(self):
        project = self.fund_id.analytic_account_id
        if project:
            self.analytic_distribution = {str(project.id): 100}

    @api.onchange("nature", "partner_id")
    def _onchange_nature(self):
        if self.nature == "money":
            return
        if self.partner_id.is_company:
            self.valued_by = "donor"
        if self.nature == "kind" and not self.counterpart_account_id:
            row = self.company_id._association_row("goods_use")
            self.counterpart_account_id = row.account_id

    def _compute_display_name(self):
        for entry in self:
            entry.display_name = self.env._("Record a Gift")

    # ------------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------------

    def action_book(self):
        """Book the gift and show it."""
        contribution = self._book()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.contribution",
            "res_id": contribution.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_book_next(self):
        """Book the gift and ask for the next one, with what both have in common."""
        contribution = self._book()
        values = {name: self[name] for name in KEPT}
        following = self.create(self._convert_to_write(values))
        following.recorded_text = self.env._(
            "%(name)s is booked: %(amount)s from %(donor)s, %(day)s.",
            name=contribution.name,
            amount=contribution.currency_id.format(contribution.amount),
            donor=contribution.partner_id.name,
            day=format_date(self.env, contribution.date),
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a Gift"),
            "res_model": self._name,
            "res_id": following.id,
            "views": [(False, "form")],
            # In place of the last one: twenty gifts leave no trail of twenty windows.
            "target": "main",
        }

    def _book(self):
        self.ensure_one()
        if not self.partner_id or self.amount <= 0:
            raise UserError(self.env._("Say who gave, and how much."))
        if self.date > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%s lies in the future: a gift is booked when it was received.",
                    format_date(self.env, self.date),
                )
            )
        if not self.product_id:
            raise UserError(
                self.env._(
                    "No product stands for gifts: set up the association's books first."
                )
            )
        contribution = self.env["recurring.contribution"].create(self._prepare())
        contribution.action_book()
        return contribution

    def _prepare(self):
        """Return the values of the contribution."""
        is_money = self.nature == "money"
        names = ("description", "valued_by", "valuation")
        kind = {} if is_money else {name: self[name] for name in names}
        if not is_money:
            kind["counterpart_account_id"] = self.counterpart_account_id.id
        return {
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "partner_id": self.partner_id.id,
            "joint_partner_id": self.joint_partner_id.id,
            "date": self.date,
            "nature": self.nature,
            "gift_form": self.gift_form,
            "mode": self.mode,
            "journal_id": self.journal_id.id if is_money else False,
            "cheque_number": self.mode == "cheque" and self.cheque_number,
            "line_ids": [
                Command.create(
                    {
                        "kind": "gift",
                        "product_id": self.product_id.id,
                        "amount": self.amount,
                        "fund_id": self.fund_id.id,
                        "analytic_distribution": self.analytic_distribution or False,
                    }
                )
            ],
            **kind,
        }


class RecurringContributionTakeBack(models.TransientModel):
    """Why a contribution that was booked is taken back: unpaid, or a mistake."""

    _name = "recurring.contribution.take.back"
    _description = "Take Back a Contribution"

    contribution_id = fields.Many2one(
        "recurring.contribution", required=True, readonly=True, ondelete="cascade"
    )
    is_money = fields.Boolean(compute="_compute_is_money")
    how = fields.Selection(
        [
            ("returned", "The payment came back unpaid"),
            ("cancelled", "It was booked by mistake, or for someone else"),
        ],
        string="What Happened",
        required=True,
        default="cancelled",
    )
    day = fields.Date(string="Date", required=True, default=fields.Date.context_today)
    reason = fields.Char(required=True)

    @api.depends("contribution_id")
    def _compute_is_money(self):
        for wizard in self:
            wizard.is_money = wizard.contribution_id.nature == "money"

    def action_take_back(self):
        """Reverse the entries and keep the reason."""
        self.ensure_one()
        if self.how == "returned":
            self.contribution_id._return(self.day, self.reason)
        else:
            self.contribution_id._cancel(self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}
