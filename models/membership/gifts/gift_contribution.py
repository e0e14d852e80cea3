"""Gifts: in money, in kind, waived; for a purpose; taken back when wrongly booked."""

from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_date

from ...guard import applying

VALUED_BY = [
    ("donor", "The donor"),
    ("association", "The association, at market value"),
    ("expert", "An expert"),
]


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    # A gift in kind comes by no bank.
    journal_id = fields.Many2one(required=False)
    description = fields.Text(
        string="What Was Given",
        help="All of it, as it will stand on the receipt: kind, number, condition.",
    )
    valued_by = fields.Selection(
        VALUED_BY,
        help="A company values its gift itself and answers for it (CGI art. 238 bis).",
    )
    valuation = fields.Text(
        string="How It Was Valued",
        help="Prices that were compared, the cost of a company, the day's quotation...",
    )
    counterpart_account_id = fields.Many2one(
        "account.account",
        string="Booked As",
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', "
        "'asset_cash', 'liability_credit_card', 'income', 'income_other'))]",
        help="What the association now has or used up: an expense, an asset, stock, or "
        "the use of gifts in kind (class 8 in France), which stays beside the result.",
    )
    accounting_date = fields.Date(string="In the Books On", related="move_id.date")
    lock_text = fields.Char(compute="_compute_lock_text")
    gift_amount = fields.Monetary(string="Gift", compute="_compute_gift", store=True)
    gift_fund_names = fields.Char(string="Earmarked For", compute="_compute_gift_funds")

    @api.depends("line_ids.amount", "line_ids.kind")
    def _compute_gift(self):
        for contribution in self:
            lines = contribution.line_ids.filtered(lambda line: line.kind == "gift")
            contribution.gift_amount = sum(lines.mapped("amount"))

    @api.depends("line_ids.fund_id")
    def _compute_gift_funds(self):
        for contribution in self:
            funds = contribution.line_ids.fund_id
            contribution.gift_fund_names = ", ".join(funds.mapped("name"))

    # ------------------------------------------------------------------
    # The day in the books
    # ------------------------------------------------------------------

    @api.depends("date", "company_id", "state", "move_id.date")
    @api.depends_context("lang")
    def _compute_lock_text(self):
        for contribution in self:
            contribution.lock_text = False
            booked_on = contribution.move_id.date
            if contribution.state == "draft" and contribution.date:
                booked_on = contribution._open_day(contribution.date)
            if booked_on and contribution.date and booked_on != contribution.date:
                contribution.lock_text = self.env._(
                    "The books of that day are closed: it stands in the books on "
                    "%(booked)s. The day of the gift stays %(day)s, also on a receipt.",
                    booked=format_date(self.env, booked_on),
                    day=format_date(self.env, contribution.date),
                )

    def _open_day(self, day):
        """Return the first day from ``day`` on for which the books are open."""
        # sudo: lock dates may rest on exceptions that only accountants read.
        locks = self.company_id.sudo()._get_lock_date_violations(
            day, fiscalyear=True, sale=True, purchase=False, tax=False, hard=True
        )
        return max([day, *(lock + timedelta(days=1) for lock, _field in locks)])

    def _prepare_receipt(self):
        return {
            **super()._prepare_receipt(),
            "date": self._open_day(self._booking_day()),
        }

    def _prepare_payment(self):
        values = {
            **super()._prepare_payment(),
            "date": self._open_day(self._booking_day()),
        }
        if self.mode == "cheque":
            account = self.company_id._association_row("cheque").account_id
            lines = self.journal_id.inbound_payment_method_line_ids
            waiting = lines.filtered(lambda line: line.payment_account_id == account)
            if account and waiting:
                values["payment_method_line_id"] = waiting[0].id
        return values

    # ------------------------------------------------------------------
    # Booking what is no money
    # ------------------------------------------------------------------

    @api.constrains("valued_by", "nature", "partner_id")
    def _check_valued_by(self):
        for one in self:
            if (
                one.nature not in ("money", "expenses")
                and one.partner_id.is_company
                and one.valued_by
                and one.valued_by != "donor"
            ):
                raise ValidationError(
                    self.env._("A company values its gift in kind itself.")
                )

    @api.model
    def _settled(self):
        return super()._settled() | {
            "description",
            "valued_by",
            "valuation",
            "counterpart_account_id",
        }

    def _check_bookable(self):
        super()._check_bookable()
        if self.nature == "money":
            if not self.journal_id and not self.payment_id:
                raise UserError(self.env._("Choose the bank or cash it came by."))
            return
        if any(line.kind == "dues" for line in self.line_ids):
            raise UserError(self.env._("Dues are paid in money."))
        if self.nature != "expenses":
            self._check_kind()

    def _check_kind(self):
        missing = [
            self._fields[name]._description_string(self.env)
            for name in (
                "description",
                "valued_by",
                "valuation",
                "counterpart_account_id",
            )
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._("To book a gift in kind, fill in: %s.", ", ".join(missing))
            )

    def _book(self):
        if self.nature == "money":
            return super()._book()
        self._set_state(("draft",), "booked", name=self._next_name())
        move = self.env["account.move"].create(self._prepare_entry())
        move._post(soft=False)
        applying(self).write({"move_id": move.id})
        return None

    def _prepare_entry(self):
        """Return the values of the entry of a gift that is no money: what the
        association has now or used up, against gifts."""
        company = self.company_id
        against = self._counterpart_account()
        day = self._open_day(self.date)
        rows = []
        for line in self.line_ids:
            balance = self.currency_id._convert(
                line.amount, company.currency_id, company, self.date
            )
            rows += [
                {
                    **line._prepare_gift_item(against),
                    "amount_currency": -line.amount,
                    "balance": -balance,
                },
                {
                    "account_id": against.id,
                    "name": line.name,
                    "amount_currency": line.amount,
                    "balance": balance,
                    "analytic_distribution": line._used_distribution(against),
                },
            ]
        common = {"currency_id": self.currency_id.id, "partner_id": self.partner_id.id}
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": company._gift_journal().id,
            "date": day,
            "ref": self.name,
            "line_ids": [Command.create({**common, **row}) for row in rows],
        }

    def _counterpart_account(self):
        """Return the account that a gift without money is booked on, debit."""
        return self.counterpart_account_id

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def _return(self, day, reason):
        if any(contribution.nature != "money" for contribution in self):
            raise UserError(
                self.env._("No payment came back here: cancel the gift instead.")
            )
        return super()._return(day, reason)
