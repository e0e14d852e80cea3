from odoo import api, fields, models
from odoo.exceptions import UserError

from ...guard import given, is_applying, typed_over
from ..selections import FORMS, MODES, NATURES

# What only booking and taking back write.
GUARDED = {
    "state",
    "name",
    "move_id",
    "payment_id",
    "statement_line_id",
    "returned_line_id",
    "deposit_line_id",
    "waiver_id",
    "returned_on",
    "return_reason",
}


class RecurringContribution(models.Model):
    """Money that an association received from one payer on one day, and what for.

    It is booked when it is received: a sales receipt says what for, a payment says by
    what way, and both are matched. Dues that were called are no claim before.
    """

    _name = "recurring.contribution"
    _description = "Contribution Received"
    _inherit = ["mail.thread", "recurring.steps"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Received From",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Who paid, whoever it is for: a tax receipt is in this name.",
    )
    joint_partner_id = fields.Many2one(
        "res.partner",
        string="Together With",
        ondelete="restrict",
        help="Who paid jointly, for instance from a joint account: a tax receipt is in "
        "both names. Empty: one person paid.",
    )
    nature = fields.Selection(NATURES, required=True, default="money")
    gift_form = fields.Selection(
        FORMS, string="Form of the Gift", required=True, default="manual"
    )
    receipted_elsewhere = fields.Char(
        string="Receipt Issued by",
        help="Who issued a tax receipt for it already, for instance an online service, "
        "and its number: none is issued here.",
    )
    date = fields.Date(
        string="Received On",
        required=True,
        default=fields.Date.context_today,
        help="A transfer, card or debit: when it reached the bank. Cash and cheques: "
        "when they were handed over, or the letter arrived.",
    )
    mode = fields.Selection(MODES, required=True, default="transfer")
    cheque_number = fields.Char()
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank or Cash",
        required=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
    )
    line_ids = fields.One2many("recurring.contribution.line", "contribution_id")
    amount = fields.Monetary(compute="_compute_amount", store=True)
    state = fields.Selection(
        [("draft", "Draft"), ("booked", "Booked"), ("returned", "Returned unpaid")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    move_id = fields.Many2one(
        "account.move", string="Sales Receipt", readonly=True, copy=False
    )
    payment_id = fields.Many2one("account.payment", readonly=True, copy=False)
    returned_on = fields.Date(readonly=True, copy=False)
    return_reason = fields.Char(readonly=True, copy=False)

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for contribution in self:
            contribution.amount = sum(contribution.line_ids.mapped("amount"))

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what only booking writes."""
        if given(self, vals_list, GUARDED):
            raise UserError(
                self.env._("Contributions are booked and returned by the buttons.")
            )
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to change what was booked."""
        if typed_over(self, vals, GUARDED):
            raise UserError(
                self.env._("Contributions are booked and returned by the buttons.")
            )
        booked = self.filtered(lambda one: one.state != "draft")
        if booked and not is_applying(self.env) and set(vals) & self._settled():
            raise UserError(
                self.env._(
                    "%s was booked: it stays as it is. If the payment came back, "
                    "record that instead.",
                    booked[:1].name,
                )
            )
        return super().write(vals)

    @api.model
    def _settled(self):
        return {
            "company_id",
            "currency_id",
            "partner_id",
            "joint_partner_id",
            "nature",
            "date",
            "mode",
            "journal_id",
            "line_ids",
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if any(contribution.state != "draft" for contribution in self):
            raise UserError(
                self.env._("A contribution that was booked stays on record.")
            )


class RecurringContributionLine(models.Model):
    """What a part of a contribution is for."""

    _name = "recurring.contribution.line"
    _description = "Purpose of a Contribution"

    contribution_id = fields.Many2one(
        "recurring.contribution", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="contribution_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="contribution_id.currency_id")
    kind = fields.Selection(
        [("dues", "Dues"), ("gift", "Gift")], required=True, default="gift"
    )
    dues_line_id = fields.Many2one(
        "recurring.dues.line", index="btree_not_null", ondelete="restrict"
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        help="Gives the account.",
    )
    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True
    )
    amount = fields.Monetary(required=True)
    analytic_distribution = fields.Json()

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "What was received is more than nothing."
    )

    @api.depends("dues_line_id")
    def _compute_product_id(self):
        for line in self:
            if line.dues_line_id:
                line.product_id = line.dues_line_id.charge_id.product_id

    @api.depends("dues_line_id", "product_id")
    def _compute_name(self):
        for line in self:
            line.name = line.dues_line_id._label() or line.product_id.name

    def _refuse_booked(self):
        if is_applying(self.env):
            return
        booked = self.contribution_id.filtered(lambda one: one.state != "draft")
        if booked:
            raise UserError(
                self.env._("%s was booked: it stays as it is.", booked[:1].name)
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse to add to what was booked."""
        lines = super().create(vals_list)
        lines._refuse_booked()
        return lines

    def write(self, vals):
        """Refuse to change what was booked."""
        self._refuse_booked()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        self._refuse_booked()
