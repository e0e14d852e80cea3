"""Ready-made plans of an association: a few answers make categories and dues."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

# What each ready-made plan says of its periods.
TEMPLATES = {
    "season": {
        "alignment": "season",
        "alignment_month": "9",
        "alignment_day": 1,
        "rr_dues_basis": "month",
        "rr_next_from_month": "6",
        "rr_next_from_day": 1,
    },
    "calendar": {"alignment": "calendar", "rr_dues_basis": "none"},
    "rolling": {"alignment": "anniversary", "rr_dues_basis": "none"},
}


class RecurringMembershipSetUp(models.TransientModel):
    """Answers from which a membership plan is made, to be looked at and published."""

    _name = "recurring.membership.set.up"
    _description = "Ready-Made Membership Plan"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    template = fields.Selection(
        [
            ("season", "A season: 1 September to 31 August, dues by month"),
            ("calendar", "A calendar year, full dues"),
            ("rolling", "Twelve months from the day of joining"),
        ],
        string="Membership Is For",
        required=True,
        default="season",
    )
    name = fields.Char(
        string="Name of the Plan",
        required=True,
        default=lambda self: self.env._("Membership"),
    )
    dues = fields.Monetary(required=True, default=60.0)
    has_further = fields.Boolean(string="Lower Dues for Families")
    further = fields.Monetary(
        string="Each Further Member", help="Of a household, after the first."
    )
    has_reduced = fields.Boolean(string="Reduced Dues", default=True)
    reduced = fields.Monetary(default=30.0)
    proof = fields.Char(default=lambda self: self.env._("Proof of the situation"))
    has_benefactor = fields.Boolean(string="Benefactors", default=True)
    benefactor = fields.Monetary(
        string="Benefactors, at Least",
        default=100.0,
        help="They say how much, from this on.",
    )
    has_legal = fields.Boolean(string="Legal Persons")
    legal = fields.Monetary(string="Dues of Legal Persons", default=150.0)
    has_honorary = fields.Boolean(string="Members of Honour", default=True)
    has_entrance = fields.Boolean(string="An Entrance Fee")
    entrance = fields.Monetary(string="Entrance Fee, Once", default=10.0)
    is_gift = fields.Boolean(
        string="Dues Give Right to a Tax Receipt",
        help="Only where the association may issue receipts and members get nothing "
        "for their dues but a vote and symbolic advantages. What they get else is "
        "valued in the column “Counterpart” of the plan.",
    )
    has_no_books = fields.Boolean(compute="_compute_has_no_books")
    grace_days = fields.Integer(string="Days of Grace", default=30)
    counts_from = fields.Selection(
        selection=lambda self: (
            self.env["recurring.plan.version"]
            ._fields["rr_counts_from"]
            ._description_selection(self.env)
        ),
        string="Membership Counts",
        required=True,
        default="payment",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Product of Dues",
        check_company=True,
        default=lambda self: self._default_product_id(),
        help="Gives the account. Empty: one is made, without VAT.",
    )
    entrance_product_id = fields.Many2one(
        "product.product",
        string="Product of the Entrance Fee",
        check_company=True,
        default=lambda self: self._books_product("entrance"),
        help="Gives the account. Empty: that of the dues.",
    )

    @api.depends("company_id")
    def _compute_has_no_books(self):
        for wizard in self:
            wizard.has_no_books = not wizard.company_id._association_row("dues")

    @api.model
    def _books_product(self, role):
        """Return the product on the account that the association's books name."""
        product = self.env.company._association_row(role).product_id
        return product.filtered(lambda one: not one.taxes_id)

    @api.model
    def _default_product_id(self):
        """Take the product of the association's books, else that of other dues; one
        that bears VAT could not be received."""
        known = self._books_product("dues")
        if known:
            return known
        charges = self.env["recurring.plan.charge"].search(
            [("version_id.rr_kind", "=", "membership"), ("role", "=", "base")],
            order="id desc",
            limit=20,
        )
        return charges.product_id.filtered(lambda one: not one.taxes_id)[:1]

    def action_create(self):
        """Make categories, plan and dues, and open them to be looked at and published.

        :raises UserError: an amount below zero
        """
        self.ensure_one()
        amounts = (self.dues, self.reduced, self.benefactor, self.legal, self.entrance)
        if min(*amounts, self.further) < 0:
            raise UserError(self.env._("Dues cannot be negative."))
        plan = self.env["recurring.plan"].create(
            {
                "name": self.name,
                "rr_kind": "membership",
                "company_id": self.company_id.id,
            }
        )
        plan.version_ids.write(
            {
                "interval_count": 1,
                "interval_unit": "year",
                "rr_grace_days": self.grace_days,
                "rr_counts_from": self.counts_from,
                "charge_ids": [Command.create(charge) for charge in self._charges()],
                **TEMPLATES[self.template],
            }
        )
        return plan.version_ids.action_open()

    def _charges(self):
        """Return the values of the charges: who pays what."""
        product = self._dues_product()
        self._category("person", self.env._("Member"))
        rows = [
            {
                "name": self.env._("Membership dues"),
                "unit_price": self.dues,
                "rr_has_further_price": self.has_further,
                "rr_further_price": self.has_further and self.further,
            }
        ]
        if self.has_reduced:
            reduced = self._category("person", self.env._("Reduced"), proof=self.proof)
            rows.append(self._row(reduced, self.env._("Reduced dues"), self.reduced))
        if self.has_benefactor:
            category = self._category("person", self.env._("Benefactor"))
            name = self.env._("Dues of a benefactor")
            row = self._row(category, name, self.benefactor)
            rows.append(row | {"rr_free_amount": True})
        if self.has_legal:
            category = self._category("legal", self.env._("Legal person"))
            name = self.env._("Dues of a legal person")
            rows.append(self._row(category, name, self.legal))
        if self.has_honorary:
            self._category("honorary", self.env._("Member of honour"), votes=0)
        common = {"product_id": product.id, "rr_is_gift": self.is_gift}
        rows = [row | common for row in rows]
        if self.has_entrance:
            entrance = self.entrance_product_id or product
            rows.append(
                {
                    "name": self.env._("Entrance fee"),
                    "unit_price": self.entrance,
                    "role": "one_off",
                    "product_id": entrance.id,
                }
            )
        return rows

    @api.model
    def _row(self, category, name, price):
        return {"name": name, "unit_price": price, "rr_category_id": category.id}

    def _category(self, kind, name, **values):
        """Return the category of this name, made where there is none."""
        # sudo: a treasurer makes the categories of a ready-made plan, as named here.
        categories = self.env["recurring.membership.category"].sudo()
        found = categories.search(
            [
                ("name", "=", name),
                ("kind", "=", kind),
                ("company_id", "in", (self.company_id.id, False)),
            ],
            limit=1,
        )
        found = found or categories.create(
            {"name": name, "kind": kind, "company_id": self.company_id.id, **values}
        )
        return found.sudo(False)

    def _dues_product(self):
        if self.product_id:
            return self.product_id
        # sudo: who sets up an association need not manage products.
        product = (
            self.env["product.product"]
            .sudo()
            .create(
                {
                    "name": self.env._("Membership dues"),
                    "type": "service",
                    "sale_ok": False,
                    "purchase_ok": False,
                    "list_price": 0.0,
                    "company_id": self.company_id.id,
                    "taxes_id": [Command.clear()],
                }
            )
        )
        return product.sudo(False)
