"""The set-up "The association's books": accounts, products, journals, projects."""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.membership.money.association_chart import ROLES, AssociationChart
from ..models.membership.money.recurring_association_account import ROLE_NAMES


class RecurringAssociationSetUp(models.TransientModel):
    """What a treasurer answers once: which account stands for what. The chart is asked
    first; what it lacks is listed with code and name, and made where ticked only. Run
    again, it shows what stands and makes nothing twice."""

    _name = "recurring.association.set.up"
    _description = "Association Set-up"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    entrance_as = fields.Selection(
        [
            ("income", "Income of the year"),
            ("equity", "Own funds, as the statutes say"),
        ],
        string="Entrance Fees Are",
        default="income",
        required=True,
    )
    line_ids = fields.One2many("recurring.association.set.up.line", "set_up_id")
    missing_count = fields.Integer(compute="_compute_counts")
    asked_text = fields.Char(compute="_compute_counts")
    bank_journal_id = fields.Many2one(
        "account.journal",
        string="Bank",
        check_company=True,
        domain="[('type', '=', 'bank')]",
        help="Cheques wait on the account of cheques to deposit until they are on this "
        "bank's statement.",
    )
    cash_journal_id = fields.Many2one(
        "account.journal",
        string="Cash Box",
        check_company=True,
        domain="[('type', '=', 'cash')]",
    )
    with_cash = fields.Boolean(string="Create a Cash Box")
    gift_journal_id = fields.Many2one(
        "account.journal",
        string="Gifts Without Money",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="Gifts in kind, waived expenses and dedicated funds are booked here.",
    )
    with_projects = fields.Boolean(
        string="Follow Gifts by Project",
        help="Analytic accounting is switched on, with a plan “Projects”.",
    )

    may_make = fields.Boolean(
        default=lambda self: self.env.user.has_group("account.group_account_manager")
    )
    has_gift_plan = fields.Boolean(compute="_compute_has_gift_plan")
    with_gift_plan = fields.Boolean(
        string="Plan for Monthly Gifts",
        help="Donors promise a free amount each month; what comes is compared with it.",
    )

    # ------------------------------------------------------------------
    # What is known already
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        company = self.env.company
        entrance = company._association_row("entrance").account_id
        as_equity = entrance.account_type == "equity"
        chart = AssociationChart(company, equity=as_equity)
        journals = self.env["account.journal"]
        mine = journals._check_company_domain(company)
        cash = journals.search([*mine, ("type", "=", "cash")], limit=1)
        known = {
            "cash_journal_id": cash.id,
            "with_cash": bool(
                not cash
                and company.chart_template
                and self.env.user.has_group("account.group_account_manager")
            ),
            "entrance_as": "equity" if as_equity else "income",
            "with_projects": bool(company.rr_project_plan_id),
            "gift_journal_id": company.rr_gift_journal_id.id
            or journals.search([*mine, ("type", "=", "general")], limit=1).id,
            "bank_journal_id": journals.search(
                [*mine, ("type", "=", "bank")], limit=1
            ).id,
            "line_ids": [
                Command.create(self._row(chart, role)) for role, _name in ROLE_NAMES
            ],
        }
        return {**values, **{k: v for k, v in known.items() if k in fields_list}}

    @api.model
    def _row(self, chart, role):
        """Return the values of a line: what was chosen, else what the chart has, else
        what would be made."""
        row = chart.company._association_row(role)
        account = row.account_id or chart.find(role)
        code = "" if account else chart.new_code(role)
        return {
            "role": role,
            "account_id": account.id,
            "new_code": code,
            "new_name": chart.name_of(role) if code else "",
            "make": bool(code) and ROLES[role].wanted,
            "product_id": (row.product_id or self._plan_product(chart, role)).id,
        }

    @api.model
    def _plan_product(self, chart, role):
        """Return the product by which the newest plan that was made before the books
        asks for dues or an entrance fee, where it has no account of its own yet."""
        products = self.env["product.product"].with_company(chart.company)
        if role not in ("dues", "entrance"):
            return products
        charges = self.env["recurring.plan.charge"].search(
            [
                ("version_id.rr_kind", "=", "membership"),
                ("version_id.company_id", "in", (False, chart.company.id)),
                ("role", "in", ("base", "one_off")),
            ],
            order="id desc",
        )
        asked = charges.filtered(lambda charge: charge.role == "base").product_id
        if role == "entrance":
            asked = charges.product_id - asked
        # sudo: the account of a product is read by whoever sets up the books.
        found = asked.sudo().with_company(chart.company)
        found = found.filtered(
            lambda one: (
                one.company_id in (one.company_id.browse(), chart.company)
                and not one.property_account_income_id
                and not one.taxes_id
            )
        )
        return products.browse(found[:1].ids)

    @api.depends("line_ids.account_id", "line_ids.make")
    @api.depends_context("lang")
    def _compute_counts(self):
        for wizard in self:
            lines = wizard.line_ids.filtered(lambda line: not line.account_id)
            wizard.missing_count = len(lines.filtered("make"))
            open_lines = lines.filtered(
                lambda line: not line.make and line.role and ROLES[line.role].wanted
            )
            wizard.asked_text = bool(open_lines) and self.env._(
                "%s accounts are still open: choose one of your chart in each line you "
                "need, or type the code and the name of a new one and tick it.",
                len(open_lines),
            )

    @api.onchange("entrance_as")
    def _onchange_entrance_as(self):
        chart = AssociationChart(self.company_id, equity=self.entrance_as == "equity")
        for line in self.line_ids.filtered(lambda one: one.role == "entrance"):
            account = chart.find("entrance")
            line.account_id = account
            line.new_code = "" if account else chart.new_code("entrance")
            line.new_name = chart.name_of("entrance") if line.new_code else ""
            line.make = bool(line.new_code)

    @api.depends("company_id")
    def _compute_has_gift_plan(self):
        plans = self.env["recurring.plan"]
        for wizard in self:
            wizard.has_gift_plan = plans.search_count(
                [
                    ("rr_kind", "=", "donation"),
                    ("company_id", "in", (False, wizard.company_id.id)),
                ],
                limit=1,
            )

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("The Association's Books")

    # ------------------------------------------------------------------
    # Saving
    # ------------------------------------------------------------------

    def action_save(self):
        """Make what is ticked, keep which account stands for what, make products."""
        self.ensure_one()
        self._check_may_set_up()
        for line in self.line_ids:
            line._save()
        # sudo: who sets up the books (checked before) writes these two fields of the
        # company's card, and no others.
        self.company_id.sudo().write(
            {
                "rr_gift_journal_id": self.gift_journal_id.id,
                "rr_project_plan_id": self._project_plan().id,
            }
        )
        self._offer_cheques()
        self._make_cash_box()
        self._book_cash_at_once()
        self._make_gift_plan()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_association_account_action"
        )
        return {**action, "target": "main"}

    def _check_may_set_up(self):
        """Raise unless the user may decide for this company."""
        user = self.env.user
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("%s is not one of your companies.", self.company_id.name)
            )
        if not self.env.su and not (
            user.has_group("account.group_account_manager")
            or user.has_group("recurring_revenue.group_treasurer")
        ):
            raise AccessError(
                self.env._("The books of the association are set up by its treasurer.")
            )

    def _check_accountant(self):
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_manager"
        ):
            raise UserError(
                self.env._(
                    "Accounts are made by an administrator of the accounting: ask for "
                    "it, or untick what is to be made."
                )
            )

    def _project_plan(self):
        """Return the analytic plan of projects, made and switched on where ticked."""
        plan = self.company_id.rr_project_plan_id
        if not self.with_projects or plan:
            return plan
        # sudo: plans belong to analytic accounting, which is switched on right here.
        plans = self.env["account.analytic.plan"].sudo()
        plan = plans.create({"name": self.env._("Projects")})
        analytic = self.env.ref("analytic.group_analytic_accounting")
        # sudo: as the box of the accounting settings does, for every employee.
        self.env.ref("base.group_user").sudo().write(
            {"implied_ids": [Command.link(analytic.id)]}
        )
        return plan

    def _make_cash_box(self):
        if self.cash_journal_id or not self.with_cash:
            return
        self._check_accountant()
        self.cash_journal_id = self.env["account.journal"].create(
            {
                "name": self.env._("Cash Box"),
                "type": "cash",
                "company_id": self.company_id.id,
            }
        )

    def _book_cash_at_once(self):
        """Let cash stand on the account of the cash box on the day it is given: no
        statement follows that would bring it there. A cash box in use stays as it is.
        """
        journal = self.cash_journal_id
        payments = self.env["account.payment"]
        statements = self.env["account.bank.statement.line"]
        if not journal.default_account_id or any(
            records.search_count([("journal_id", "=", journal.id)], limit=1)
            for records in (payments, statements)
        ):
            return
        # sudo: see ``_offer_cheques``; only where nothing was chosen.
        box = journal.sudo()
        lines = box.inbound_payment_method_line_ids
        lines |= box.outbound_payment_method_line_ids
        unset = lines.filtered(lambda line: not line.payment_account_id)
        unset.payment_account_id = journal.default_account_id

    def _make_gift_plan(self):
        product = self.company_id._association_row("gift").product_id
        if self.with_gift_plan and not self.has_gift_plan and product:
            # sudo: plans belong to the administrator; the treasurer who sets up the
            # books gets this one, as it stands.
            plans = self.env["recurring.plan"].sudo()
            plans._make_gift_plan(self.company_id, product)

    def _offer_cheques(self):
        """Give the bank a way of payment for cheques that wait to be deposited."""
        account = self.company_id._association_row("cheque").account_id
        journal = self.bank_journal_id
        lines = journal.inbound_payment_method_line_ids
        if not account or not journal or account in lines.payment_account_id:
            return
        manual = self.env.ref("account.account_payment_method_manual_in")
        # sudo: journals belong to the administrator of the accounting; the treasurer
        # only adds this line to the bank that was chosen.
        self.env["account.payment.method.line"].sudo().create(
            {
                "name": self.env._("Cheque"),
                "payment_method_id": manual.id,
                "journal_id": journal.id,
                "payment_account_id": account.id,
            }
        )
