from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..money.association_chart import AssociationChart
from .fund_ledger import FundLedger

ORIGINS = [
    ("public", "Generosity of the public"),
    ("grant", "Operating grants"),
    ("bodies", "Contributions of other bodies"),
]
# The three accounts, by their role where the public gave.
ACCOUNTS = {
    "account_id": "fund",
    "report_account_id": "fund_report",
    "use_account_id": "fund_use",
}
# The roles of the other origins.
ROLE_OF = {
    "public": {},
    "grant": {
        "fund": "grant_fund",
        "fund_report": "grant_report",
        "fund_use": "grant_use",
    },
    "bodies": {
        "fund": "bodies_fund",
        "fund_report": "bodies_report",
        "fund_use": "bodies_use",
    },
}


class RecurringDedicatedFund(models.Model):
    """What was given for one purpose and waits to be used for it (ANC 2018-06, art.
    132-1: resources dedicated by third parties to a defined project).

    Its expenses are those of its project in analytic accounting; what was received for
    it, and what is carried forward, are journal items that name it.
    """

    _name = "recurring.dedicated.fund"
    _description = "Dedicated Fund"
    _inherit = ["mail.thread"]
    _order = "company_id, name, id"
    _check_company_auto = True

    name = fields.Char(string="Project", required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    origin = fields.Selection(
        ORIGINS, string="Where It Comes From", required=True, default="public"
    )
    purpose = fields.Text(
        required=True, help="What it is used for, precise enough to tell what is not."
    )
    restriction = fields.Text(
        string="What Donors Asked For",
        help="The words of the appeal or of the donor: they bind the association.",
    )
    date_from = fields.Date(string="From", default=fields.Date.context_today)
    date_to = fields.Date(string="To", help="When the project is to end, if known.")
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        check_company=True,
        ondelete="restrict",
        copy=False,
        help="Expenses with this analytic account use up the fund. Empty: one is made.",
    )
    account_id = fields.Many2one(
        "account.account",
        string="Dedicated Funds",
        compute="_compute_accounts",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="194, 195 or 196 in France.",
    )
    report_account_id = fields.Many2one(
        "account.account",
        string="Carried Forward",
        compute="_compute_accounts",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="6894, 6895 or 6896 in France: what is unused at closing.",
    )
    use_account_id = fields.Many2one(
        "account.account",
        string="Used",
        compute="_compute_accounts",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="7894, 7895 or 7896 in France: what was carried forward and is used now.",
    )
    received = fields.Monetary(compute="_compute_figures")
    used = fields.Monetary(compute="_compute_figures")
    left = fields.Monetary(string="Left to Use", compute="_compute_figures")

    _own_project = models.UniqueIndex(
        "(analytic_account_id) WHERE analytic_account_id IS NOT NULL",
        "This analytic account follows another fund already.",
    )

    @api.depends("origin", "company_id")
    def _compute_accounts(self):
        for fund in self:
            for name, role in ACCOUNTS.items():
                company = fund.company_id
                fund[name] = fund._account_of(role) if company else False

    def _account_of(self, role):
        """Return the account of this fund: the one chosen in the set-up, else what the
        chart has; where a country makes no difference by origin, that of all funds."""
        company = self.company_id
        mine = ROLE_OF[self.origin].get(role, role) if self.origin else role
        chart = AssociationChart(company)
        account = company._association_row(mine).account_id or chart.find(mine)
        if not account and not chart.new_code(mine):
            account = company._association_row(role).account_id
        return account

    @api.constrains("name", "company_id", "origin", *ACCOUNTS)
    def _check_accounts(self):
        for fund in self:
            if not all(fund[name] for name in ACCOUNTS):
                raise ValidationError(
                    self.env._(
                        "%s: choose its three accounts, or have them created in the "
                        "set-up of the association's books.",
                        fund.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Give each fund a project of its own in analytic accounting."""
        funds = super().create(vals_list)
        for fund in funds.filtered(lambda one: not one.analytic_account_id):
            fund._make_project()
        return funds

    def write(self, vals):
        """Refuse other accounts, or another company, once there are entries: what they
        say would be lost."""
        if {"company_id", "origin", *ACCOUNTS} & set(vals):
            before = {fund: fund._settled() for fund in self if fund._has_entries()}
            result = super().write(vals)
            if any(fund._settled() != kept for fund, kept in before.items()):
                raise UserError(
                    self.env._(
                        "There are entries for this fund: its accounts stay. Create "
                        "another fund for what comes from elsewhere."
                    )
                )
            return result
        return super().write(vals)

    def _settled(self):
        return [self.company_id, *(self[name] for name in ACCOUNTS)]

    def _has_entries(self):
        # sudo: lines of any user count.
        items = self.env["account.move.line"].sudo()
        return bool(items.search_count([("rr_fund_id", "in", self.ids)], limit=1))

    def _make_project(self):
        plan = self.company_id.rr_project_plan_id
        if not plan:
            raise UserError(
                self.env._(
                    "Expenses are followed by project: tick “Follow Gifts by Project” "
                    "in the set-up of the association's books, or choose an analytic "
                    "account."
                )
            )
        # sudo: analytic accounts belong to the accountants; a fund comes with its own.
        accounts = self.env["account.analytic.account"].sudo()
        self.analytic_account_id = accounts.create(
            {"name": self.name, "plan_id": plan.id, "company_id": self.company_id.id}
        )

    def _compute_figures(self):
        """What came in, was used and is left, from the first day to today."""
        today = fields.Date.context_today(self)
        # sudo: who follows a fund, a secretary too, sees its sums and no single item.
        for company, funds in self.sudo().grouped("company_id").items():
            ledger = FundLedger(company, funds)
            ever = ledger.figures(None, today)
            # What a project cost beyond its fund in a year that is closed is borne:
            # later gifts do not pay for it. So count on from the last closing.
            now = ledger.figures(self._open_from(company), today)
            for fund in funds:
                fund.received = ever[fund].received + ever[fund].transferred
                fund.left = now[fund].carried
                fund.used = fund.received - fund.left

    def _open_from(self, company):
        """Return the first day after the last closing that was posted, or None."""
        years = self.env["recurring.fund.year"].sudo()  # see above: one date only
        last = years.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "posted"),
                ("date_to", "<", fields.Date.context_today(self)),
            ],
            order="date_to desc",
            limit=1,
        )
        return last.date_to + timedelta(days=1) if last else None

    def action_gifts(self):
        """Open the gifts for this fund."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_gift_action"
        )
        return {
            **action,
            "domain": [("line_ids.fund_id", "=", self.id)],
            "context": {"default_fund_id": self.id},
        }

    def action_items(self):
        """Open the journal items of this fund."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "account.move.line",
            "view_mode": "list",
            "domain": [("rr_fund_id", "=", self.id), ("parent_state", "=", "posted")],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if self._has_entries():
            raise UserError(self.env._("A fund with entries stays: archive it."))


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    rr_fund_id = fields.Many2one(
        "recurring.dedicated.fund",
        string="Dedicated Fund",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
