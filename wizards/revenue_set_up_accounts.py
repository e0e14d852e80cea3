"""The set-up's page of accounts: proposed from the chart, made where that is ticked."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.revenue.revenue_accounts import ALLOWED, ON_REQUEST, RevenueChart

# Role in the chart: field of the company.
FIELDS = {
    "deferred": "rr_deferred_account_id",
    "accrued": "rr_accrued_account_id",
    "accrued_tax": "rr_accrued_tax_account_id",
    "credit_due": "rr_credit_due_account_id",
    "advance": "rr_advance_account_id",
    "reduction": "rr_reduction_account_id",
    "base": "account_cash_basis_base_account_id",
}


def _account(string, role):
    """Return the field of an account of a role."""
    return fields.Many2one(
        "account.account",
        string=string,
        check_company=True,
        domain=[("account_type", "in", ALLOWED[role])],
    )


class RecurringRevenueSetUp(models.TransientModel):
    _inherit = "recurring.revenue.set.up"
    _check_company_auto = True

    rr_revenue_journal_id = fields.Many2one(
        "account.journal",
        string="Journal",
        check_company=True,
        domain=[("type", "=", "general")],
    )
    rr_deferred_account_id = _account("Deferred Revenue", "deferred")
    rr_accrued_account_id = _account("Invoices to Issue", "accrued")
    rr_accrued_tax_account_id = _account("VAT on Invoices to Issue", "accrued_tax")
    rr_credit_due_account_id = _account("Credit Notes to Issue", "credit_due")
    rr_advance_account_id = _account("Advances Received", "advance")
    rr_reduction_account_id = _account("Reductions Granted", "reduction")
    account_cash_basis_base_account_id = _account("Base of VAT on Receipts", "base")
    create_missing = fields.Boolean(string="Create What Is Missing")
    has_receipts = fields.Boolean(compute="_compute_has_receipts")
    receipts_text = fields.Text(compute="_compute_has_receipts")
    missing_html = fields.Html(compute="_compute_missing_html", sanitize=False)
    has_missing = fields.Boolean(compute="_compute_missing_html")
    reconcile_text = fields.Char(compute="_compute_reconcile_text")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        company = self.env.company
        chart = RevenueChart(company)
        journal = company.rr_revenue_journal_id or chart.journal()
        known = {"rr_revenue_journal_id": journal.id}
        for role, name in FIELDS.items():
            known[name] = (company[name] or chart.find(role)).id
        base = company.account_cash_basis_base_account_id
        if base and base.id == known["rr_deferred_account_id"]:
            known["account_cash_basis_base_account_id"] = chart.find("base").id
        return {**values, **{k: v for k, v in known.items() if k in fields_list}}

    @api.depends("company_id", "rr_deferred_account_id")
    @api.depends_context("lang")
    def _compute_has_receipts(self):
        for wizard in self:
            chart = RevenueChart(wizard.company_id)
            wizard.has_receipts = chart.has_receipts()
            account = wizard.rr_deferred_account_id
            count = account and chart.receipts_on_deferred(account)
            wizard.receipts_text = bool(count) and self.env._(
                "%(count)s items of entries of VAT on receipts stand on %(account)s "
                "already. They come to nothing and stay: reports leave them out.",
                count=count,
                account=account.display_name,
            )

    # ------------------------------------------------------------------
    # What would be made
    # ------------------------------------------------------------------

    def _missing(self):
        """Return the ``NewAccount`` of each role without an account that is wanted."""
        chart = RevenueChart(self.company_id)
        wanted = [role for role in FIELDS if role not in ON_REQUEST]
        if not self.has_receipts:
            wanted.remove("base")
        return [chart.missing(role) for role in wanted if not self[FIELDS[role]]]

    @api.depends("company_id", "step", "rr_revenue_journal_id", *FIELDS.values())
    @api.depends_context("lang")
    def _compute_missing_html(self):
        types = dict(
            self.env["account.account"]
            ._fields["account_type"]
            ._description_selection(self.env)
        )
        for wizard in self:
            new = wizard._missing() if wizard.step == "accounts" else []
            journal = (
                not wizard.rr_revenue_journal_id
                and RevenueChart(wizard.company_id).journal_values()
            )
            wizard.has_missing = bool(new or journal)
            wizard.missing_html = wizard.has_missing and self.env["ir.qweb"]._render(
                "recurring_revenue.revenue_set_up_missing",
                {
                    "accounts": [
                        {
                            "code": one.code,
                            "name": one.name,
                            "type": types[one.values["account_type"]],
                        }
                        for one in new
                    ],
                    "journal": journal,
                },
            )

    @api.depends("rr_deferred_account_id")
    @api.depends_context("lang")
    def _compute_reconcile_text(self):
        for wizard in self:
            account = wizard.rr_deferred_account_id
            wizard.reconcile_text = (
                account
                and not account.reconcile
                and self.env._(
                    "%s will allow reconciliation: each month is matched with its "
                    "invoice. What stands on it stays as it is.",
                    account.display_name,
                )
            )

    # ------------------------------------------------------------------
    # Saving
    # ------------------------------------------------------------------

    def _save_accounts(self):
        """Make what is missing where that was ticked, check, and write on the company.

        Raises in words what cannot be used; nothing is written then.
        """
        if self.create_missing:
            self._make_missing()
        self._check_chosen()
        self._let_reconcile()
        names = [name for role, name in FIELDS.items() if role != "base"]
        if self.has_receipts:
            names.append(FIELDS["base"])
        values = {
            name: self[name].id
            for name in ("rr_revenue_journal_id", *names)
            if self[name] != self.company_id[name]
        }
        if values:
            # sudo: who sets up revenue for the company (checked before) writes these
            # fields of its card, and no others.
            self.company_id.sudo().write(values)

    def _check_accountant(self):
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_manager"
        ):
            raise UserError(
                self.env._(
                    "Accounts and journals are made and changed by an administrator of "
                    "the accounting: ask for it."
                )
            )

    def _make_missing(self):
        new = self._missing()
        if not new and self.rr_revenue_journal_id:
            return
        self._check_accountant()
        accounts = self.env["account.account"].with_company(self.company_id)
        for one in new:
            # Each code is looked up anew: two of one type would get the same.
            fresh = RevenueChart(self.company_id).missing(one.role)
            account = accounts.create(
                {**fresh.values, "company_ids": self.company_id.ids}
            )
            self[FIELDS[one.role]] = account
            self._name_in_all(account, lambda chart, one=one: chart.name_of(one.role))
        if not self.rr_revenue_journal_id:
            values = RevenueChart(self.company_id).journal_values()
            journal = self.env["account.journal"].create(values)
            self.rr_revenue_journal_id = journal
            self._name_in_all(journal, lambda chart: chart.journal_name())
        self.create_missing = False

    def _name_in_all(self, record, name):
        """Name what was made in every language that is installed: who sets up need not
        speak the language of the books."""
        for code, _name in self.env["res.lang"].get_installed():
            company = self.company_id.with_context(lang=code)
            record.with_context(lang=code).name = name(RevenueChart(company))

    def _check_chosen(self):
        if not self.rr_deferred_account_id or not self.rr_revenue_journal_id:
            raise UserError(
                self.env._(
                    "Choose the account of deferred revenue and the journal, or tick "
                    "“Create What Is Missing”."
                )
            )
        for role, name in FIELDS.items():
            account = self[name]
            if account and not account.active:
                raise UserError(
                    self.env._(
                        "The account %s is archived. Restore it, or choose another "
                        "one.",
                        account.display_name,
                    )
                )
            if account and account.account_type not in ALLOWED[role]:
                raise UserError(
                    self.env._(
                        "%(account)s does not suit “%(field)s”: it is of another type.",
                        account=account.display_name,
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        if not self.rr_revenue_journal_id.active:
            raise UserError(
                self.env._(
                    "The journal %s is archived. Restore it, or choose another one.",
                    self.rr_revenue_journal_id.display_name,
                )
            )
        if self.has_receipts:
            self._check_base()

    def _check_base(self):
        base = self.account_cash_basis_base_account_id
        if not base:
            raise UserError(
                self.env._(
                    "VAT of some sales is due when they are paid: choose the account "
                    "for the base of VAT on receipts, or tick “Create What Is "
                    "Missing”. Without it, each payment would pass through deferred "
                    "revenue."
                )
            )
        if base == self.rr_deferred_account_id:
            raise UserError(
                self.env._(
                    "The base of VAT on receipts must not run through deferred "
                    "revenue: choose another account than %s for it.",
                    base.display_name,
                )
            )

    def _let_reconcile(self):
        account = self.rr_deferred_account_id
        if account.reconcile:
            return
        self._check_accountant()
        if account.account_type == "off_balance" or account.internal_group != (
            "liability"
        ):
            raise UserError(
                self.env._(
                    "%s cannot be reconciled: choose an account of current "
                    "liabilities.",
                    account.display_name,
                )
            )
        account.reconcile = True
