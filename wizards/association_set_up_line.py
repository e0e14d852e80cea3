from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.membership.money.association_chart import ROLES, AssociationChart
from ..models.membership.money.recurring_association_account import ROLE_NAMES


class RecurringAssociationSetUpLine(models.TransientModel):
    """The account of one role, as it is proposed."""

    _name = "recurring.association.set.up.line"
    _description = "Account to Set Up"
    _order = "id"
    _check_company_auto = True

    set_up_id = fields.Many2one(
        "recurring.association.set.up", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="set_up_id.company_id")
    role = fields.Selection(ROLE_NAMES, string="What For", required=True)
    account_id = fields.Many2one("account.account", check_company=True)
    account_code = fields.Char(string="Code", related="account_id.code")
    new_code = fields.Char()
    new_name = fields.Char()
    make = fields.Boolean(string="Create")
    product_id = fields.Many2one("product.product", check_company=True)
    status = fields.Selection(
        [("there", "There"), ("make", "Will be created"), ("none", "Not used")],
        compute="_compute_status",
    )

    @api.depends("account_id", "make")
    def _compute_status(self):
        for line in self:
            made = "make" if line.make else "none"
            line.status = "there" if line.account_id else made

    @api.onchange("account_id")
    def _onchange_account_id(self):
        if self.account_id:
            self.make = False

    def _save(self):
        """Keep the account of this role, made first where that was ticked."""
        self.ensure_one()
        if self.make and not self.account_id:
            self._make_account()
        row = self.company_id._association_row(self.role)
        if not self.account_id:
            row.unlink()
            return
        if self.account_id.account_type not in ROLES[self.role].types:
            raise UserError(
                self.env._(
                    "%(account)s does not suit “%(role)s”: it is of another type.",
                    account=self.account_id.display_name,
                    role=dict(self._fields["role"]._description_selection(self.env))[
                        self.role
                    ],
                )
            )
        values = {
            "account_id": self.account_id.id,
            "product_id": self._product().id,
            "sequence": [code for code, _name in ROLE_NAMES].index(self.role),
        }
        if not row:
            row.create({**values, "company_id": self.company_id.id, "role": self.role})
        elif any(row[name].id != values[name] for name in ("account_id", "product_id")):
            row.write(values)

    def _make_account(self):
        if not self.new_code or not self.new_name:
            raise UserError(
                self.env._("Type the code and the name of each account to create.")
            )
        self.set_up_id._check_accountant()
        kind = ROLES[self.role]
        types = kind.types
        if self.role == "entrance" and self.set_up_id.entrance_as == "equity":
            types = ("equity",)
        accounts = self.env["account.account"].with_company(self.company_id)
        known = accounts.search(
            [
                *accounts._check_company_domain(self.company_id),
                ("code", "=", self.new_code),
            ],
            limit=1,
        )
        if known:
            raise UserError(
                self.env._(
                    "%s exists already: choose it, or type another code.",
                    known.display_name,
                )
            )
        self.account_id = accounts.create(
            {
                "code": self.new_code,
                "name": self.new_name,
                "account_type": types[0],
                "reconcile": kind.reconcile,
                "company_ids": self.company_id.ids,
            }
        )
        if self.new_name == AssociationChart(self.company_id).name_of(self.role):
            self._name_in_all(self.account_id, "name_of")

    def _name_in_all(self, record, naming):
        """Name what was made in every language that is installed."""
        for code, _name in self.env["res.lang"].get_installed():
            chart = AssociationChart(self.company_id.with_context(lang=code))
            record.with_context(lang=code).name = getattr(chart, naming)(self.role)

    def _product(self):
        """Return the product of this role: its account, no VAT, revenue when it is
        received; made where it is missing."""
        if not ROLES[self.role].product:
            return self.product_id
        # sudo: products belong to the sales people; the treasurer who sets up the books
        # makes those of the association.
        products = self.env["product.product"].sudo().with_company(self.company_id)
        product = self.product_id.sudo().with_company(self.company_id)
        if not product:
            chart = AssociationChart(self.company_id)
            product = products.create(
                {
                    "name": chart.product_name(self.role),
                    "type": "service",
                    "list_price": 0.0,
                    "company_id": self.company_id.id,
                    "taxes_id": [Command.clear()],
                    "supplier_taxes_id": [Command.clear()],
                    "purchase_ok": False,
                    "sale_ok": False,
                    "rr_revenue_nature_id": self.env.ref(
                        "recurring_revenue.nature_dues"
                    ).id,
                }
            )
            self._name_in_all(product, "product_name")
        if product.property_account_income_id != self.account_id:
            product.property_account_income_id = self.account_id
        return product.sudo(False)
