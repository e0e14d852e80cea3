from odoo import fields, models
from odoo.exceptions import UserError

ROLE_NAMES = [
    ("dues", "Dues without counterpart"),
    ("dues_back", "Dues with counterpart"),
    ("entrance", "Entrance fees"),
    ("gift", "Gifts of persons"),
    ("patronage", "Gifts of companies"),
    ("waiver", "Expenses waived by volunteers"),
    ("other", "Other income"),
    ("volunteer", "What is owed to volunteers"),
    ("travel", "Expenses of volunteers"),
    ("cheque", "Cheques to deposit"),
    ("fund", "Dedicated funds"),
    ("fund_report", "Carried to dedicated funds"),
    ("fund_use", "Use of dedicated funds"),
    ("grant_fund", "Dedicated funds: operating grants"),
    ("grant_report", "Carried to them: operating grants"),
    ("grant_use", "Use of them: operating grants"),
    ("bodies_fund", "Dedicated funds: contributions of other bodies"),
    ("bodies_report", "Carried to them: contributions of other bodies"),
    ("bodies_use", "Use of them: contributions of other bodies"),
    ("goods", "Gifts in kind (received)"),
    ("goods_use", "Gifts in kind (used)"),
    ("service", "Services in kind (received)"),
    ("service_use", "Services in kind (used)"),
    ("volunteering", "Voluntary work (received)"),
    ("volunteering_use", "Voluntary work (used)"),
]


class RecurringAssociationAccount(models.Model):
    """On which account an association books what, and by which product."""

    _name = "recurring.association.account"
    _description = "Account of an Association"
    _order = "company_id, sequence, id"
    _rec_name = "role"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    sequence = fields.Integer(default=10)
    role = fields.Selection(ROLE_NAMES, string="What For", required=True)
    account_id = fields.Many2one(
        "account.account", required=True, check_company=True, ondelete="restrict"
    )
    account_code = fields.Char(string="Code", related="account_id.code")
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        ondelete="restrict",
        help="What is received on this account is booked by this product.",
    )

    _once = models.UniqueIndex(
        "(company_id, role)", "This has its account already in this company."
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_gift_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Gifts Without Money",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="Gifts in kind, waived expenses and dedicated funds are booked here.",
    )
    rr_project_plan_id = fields.Many2one(
        "account.analytic.plan",
        string="Projects of the Association",
        help="Gifts and expenses are followed up by project.",
    )

    def _association_row(self, role):
        """Return the ``recurring.association.account`` of a role, or none."""
        self.ensure_one()
        return self.env["recurring.association.account"].search(
            [("company_id", "=", self.id), ("role", "=", role)], limit=1
        )

    def _association_account(self, role):
        """Return the account of a role.

        :raises UserError: none was chosen
        """
        account = self._association_row(role).account_id
        if not account:
            names = dict(
                self.env["recurring.association.account"]
                ._fields["role"]
                ._description_selection(self.env)
            )
            raise UserError(
                self.env._(
                    "No account is chosen for “%s”: set up the association's books "
                    "first.",
                    names[role],
                )
            )
        return account

    def _gift_journal(self):
        """Return the journal of gifts without money: the chosen one, else the first of
        miscellaneous operations.

        :raises UserError: there is none
        """
        self.ensure_one()
        journals = self.env["account.journal"]
        journal = self.rr_gift_journal_id or journals.search(
            [*journals._check_company_domain(self), ("type", "=", "general")], limit=1
        )
        if not journal:
            raise UserError(
                self.env._("Create a journal of miscellaneous operations first.")
            )
        return journal
