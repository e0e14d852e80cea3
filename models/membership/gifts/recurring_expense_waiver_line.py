from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class RecurringExpenseWaiverLine(models.Model):
    """One expense of a volunteer, with its voucher."""

    _name = "recurring.expense.waiver.line"
    _description = "Waived Expense"
    _inherit = ["analytic.mixin"]
    _order = "date, id"
    _check_company_auto = True

    waiver_id = fields.Many2one(
        "recurring.expense.waiver", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="waiver_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="waiver_id.currency_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    name = fields.Char(string="What For", required=True)
    kind = fields.Selection(
        [("amount", "Amount paid"), ("km", "Own vehicle")],
        required=True,
        default="amount",
    )
    kilometres = fields.Integer(string="km")
    vehicle = fields.Selection(
        selection=lambda self: (
            self.env["recurring.mileage.rate"]
            ._fields["vehicle"]
            ._description_selection(self.env)
        ),
    )
    is_electric = fields.Boolean(string="Electric")
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False)
    explanation = fields.Char(
        string="How It Is Worked Out", compute="_compute_explanation"
    )
    is_confirmed = fields.Boolean(compute="_compute_explanation")
    account_id = fields.Many2one(
        "account.account",
        string="Expense Account",
        compute="_compute_account_id",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('internal_group', '=', 'expense')]",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "recurring_expense_waiver_voucher_rel",
        string="Voucher",
        copy=False,
    )
    voucher_count = fields.Integer(string="Vouchers", compute="_compute_voucher_count")

    _km_not_negative = models.Constraint(
        "CHECK(kilometres >= 0)", "A distance cannot be negative."
    )

    @api.depends("company_id")
    def _compute_account_id(self):
        for line in self:
            company = line.company_id or self.env.company
            line.account_id = (
                line.account_id or company._association_row("travel").account_id
            )

    @api.depends("attachment_ids")
    def _compute_voucher_count(self):
        for line in self:
            line.voucher_count = len(line.attachment_ids)

    # ------------------------------------------------------------------
    # Kilometres
    # ------------------------------------------------------------------

    @api.depends("kind", "kilometres", "vehicle", "is_electric", "date")
    def _compute_amount(self):
        for line in self:
            if line.kind == "km":
                line.amount = line._worth()[0] if line._is_ready() else 0
            else:
                line.amount = line.amount

    @api.depends("amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for line in self:
            line.explanation, line.is_confirmed = "", True
            if line.kind == "km" and line._is_ready():
                _worth, line.explanation, line.is_confirmed = line._worth()

    def _is_ready(self):
        return bool(self.kilometres and self.vehicle and self.date)

    def _country(self):
        company = self.company_id or self.env.company
        return company.account_fiscal_country_id.code or company.country_id.code

    def _worth(self):
        """Return (worth of the kilometres, how it is worked out, rate confirmed): what
        the whole distance of the year is worth less what was counted before."""
        bands = self.env["recurring.mileage.rate"]._bands(
            self._country(), self.vehicle, self.date
        )
        before = self._kilometres_before()
        electric = self.is_electric
        worth = bands._worth(before + self.kilometres, electric) - bands._worth(
            before, electric
        )
        company = self.company_id or self.env.company
        amount = company.currency_id.round(float(worth))
        text = self.env._(
            "%(km)s km after %(before)s km this year, by the scale from %(day)s: "
            "%(origin)s",
            km=self.kilometres,
            before=before,
            day=format_date(self.env, bands[0].valid_from),
            origin=bands[0].source,
        )
        return amount, text, all(bands.mapped("confirmed"))

    def _kilometres_before(self):
        """Return what this volunteer drove before with this vehicle in the year, on
        sheets of this association."""
        waiver = self.waiver_id
        own = waiver.line_ids.filtered(
            lambda line: (
                line.kind == "km"
                and line.vehicle == self.vehicle
                and line.date
                and line.date.year == self.date.year
                and (line.date, line._origin.id or 0)
                < (self.date, self._origin.id or 0)
                and line != self
            )
        )
        first = self.date.replace(month=1, day=1)
        others = self.search(
            [
                ("waiver_id", "!=", waiver._origin.id),
                ("waiver_id.partner_id", "=", waiver.partner_id.id),
                ("waiver_id.state", "in", ("submitted", "approved", "booked")),
                ("company_id", "=", (waiver.company_id or self.env.company).id),
                ("kind", "=", "km"),
                ("vehicle", "=", self.vehicle),
                ("date", ">=", first),
                ("date", "<=", self.date.replace(month=12, day=31)),
            ]
        )
        return sum(own.mapped("kilometres")) + sum(others.mapped("kilometres"))

    def _price(self):
        """Work the kilometres out again: other sheets may have come in between."""
        for line in self.sorted(lambda one: (one.date, one.id)):
            if line.kind == "km" and line._is_ready():
                line.amount = line._worth()[0]

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse to add to what was handed in."""
        lines = super().create(vals_list)
        lines.waiver_id._refuse_settled()
        lines._own_vouchers()
        return lines

    def write(self, vals):
        """Refuse to change what was handed in; the treasurer chooses account and
        project until it is booked."""
        free = {"account_id", "analytic_distribution"}
        if not set(vals) <= free:
            self.waiver_id._refuse_settled()
        elif any(w.state in ("booked", "cancelled") for w in self.waiver_id):
            raise UserError(self.env._("It was booked: it stays as it is."))
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._own_vouchers()
        return result

    def _own_vouchers(self):
        for line in self:
            line.attachment_ids._belong_to(line.waiver_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        self.waiver_id._refuse_settled()
