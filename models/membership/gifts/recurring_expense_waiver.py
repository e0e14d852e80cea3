from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_date

from ...guard import given, is_applying, typed_over

GUARDED = {"state", "name", "contribution_id", "expense_move_id", "reason"}
# What may still be written when it was handed in: the signed waiver.
SIGNING = {"signed_on", "signed_by", "signature", "document_ids"}


class RecurringExpenseWaiver(models.Model):
    """Expenses of a volunteer who waives their refund: a gift, if the expense was made
    for the association, is proved, booked, and the waiver is signed (CGI art. 200, 1;
    BOI-IR-RICI-250-20: vouchers, express waiver, entries of both)."""

    _name = "recurring.expense.waiver"
    _description = "Waived Expenses"
    _inherit = ["mail.thread", "mail.activity.mixin", "recurring.steps"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Volunteer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', False)]",
    )
    line_ids = fields.One2many("recurring.expense.waiver.line", "waiver_id", copy=True)
    amount = fields.Monetary(compute="_compute_amount", store=True)
    state = fields.Selection(
        [
            ("draft", "To Complete"),
            ("submitted", "Handed In"),
            ("approved", "Approved"),
            ("booked", "Booked"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    signed_on = fields.Date(
        string="Waiver Signed On",
        copy=False,
        help="The day of the gift: on it the volunteer gave up the refund.",
    )
    signed_by = fields.Char(copy=False)
    signature = fields.Image(copy=False, max_width=1024, max_height=1024)
    document_ids = fields.Many2many(
        "ir.attachment",
        "recurring_expense_waiver_document_rel",
        string="Signed Waiver",
        copy=False,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    reason = fields.Char(string="Why Refused or Cancelled", readonly=True, copy=False)
    expense_move_id = fields.Many2one(
        "account.move", string="Expense Entry", readonly=True, copy=False
    )
    contribution_id = fields.Many2one(
        "recurring.contribution", string="Gift", readonly=True, copy=False
    )
    missing_text = fields.Text(compute="_compute_missing_text")

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for waiver in self:
            waiver.amount = sum(waiver.line_ids.mapped("amount"))

    # ------------------------------------------------------------------
    # What is missing
    # ------------------------------------------------------------------

    @api.depends(
        "line_ids.amount",
        "line_ids.date",
        "line_ids.attachment_ids",
        "line_ids.is_confirmed",
        "signed_on",
        "signature",
        "document_ids",
    )
    @api.depends_context("lang")
    def _compute_missing_text(self):
        for waiver in self:
            missing = waiver._missing()
            if waiver.state in ("draft", "submitted"):
                missing += waiver._missing_signature() + waiver._notes()
            waiver.missing_text = "\n".join(missing)

    def _missing(self):
        """Return in sentences what the expenses lack."""
        missing = []
        if not self.line_ids:
            missing.append(self.env._("Enter at least one expense."))
        for line in self.line_ids:
            if line.amount <= 0:
                missing.append(self.env._("%s: no amount.", line.name or "—"))
            if not line.attachment_ids:
                missing.append(self.env._("%s: attach the voucher.", line.name or "—"))
        days = [day for day in self.line_ids.mapped("date") if day]
        if days and self._year_end(min(days)) != self._year_end(max(days)):
            missing.append(
                self.env._(
                    "These are expenses of two financial years: make a sheet for each, "
                    "and each is booked in its own."
                )
            )
        return missing

    def _year_end(self, day):
        """Return the last day of the financial year of a day."""
        company = self.company_id or self.env.company
        # sudo: financial years may be records that only accountants read.
        return company.sudo().compute_fiscalyear_dates(day)["date_to"]

    def _missing_signature(self):
        if not self.signed_on or not (self.signature or self.document_ids):
            return [
                self.env._(
                    "The waiver is not signed yet: attach the signed sheet and its "
                    "date."
                )
            ]
        signed_on = format_date(self.env, self.signed_on)
        if self.signed_on > fields.Date.context_today(self):
            return [
                self.env._("The waiver: its date, %s, lies in the future.", signed_on)
            ]
        days = [day for day in self.line_ids.mapped("date") if day]
        if days and self.signed_on < max(days):
            return [
                self.env._(
                    "The waiver was signed on %(signed)s, before the expense of "
                    "%(day)s: only a refund that is owed can be waived.",
                    signed=signed_on,
                    day=format_date(self.env, max(days)),
                )
            ]
        return []

    def _notes(self):
        """Return what is allowed, and yet needs a look."""
        notes = []
        if not all(self.line_ids.mapped("is_confirmed")):
            notes.append(
                self.env._("The rate per kilometre is not confirmed: look it up first.")
            )
        days = [day for day in self.line_ids.mapped("date") if day]
        if self.signed_on and days and min(days).year < self.signed_on.year:
            notes.append(
                self.env._(
                    "Expenses of %(before)s are waived in %(year)s: the gift is one of "
                    "%(year)s.",
                    before=min(days).year,
                    year=self.signed_on.year,
                )
            )
        return notes

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Number the sheets; refuse what only the buttons write."""
        if given(self, vals_list, GUARDED):
            raise UserError(self.env._("Waived expenses move on by the buttons."))
        sequences = self.env["ir.sequence"]
        for vals in vals_list:
            company = vals.get("company_id") or self.env.company.id
            vals["name"] = sequences.with_company(company).next_by_code(
                "recurring.expense.waiver"
            )
        waivers = super().create(vals_list)
        waivers._own_documents()
        return waivers

    def write(self, vals):
        """Refuse to change what was handed in, but for the signature."""
        if typed_over(self, vals, GUARDED):
            raise UserError(self.env._("Waived expenses move on by the buttons."))
        if not is_applying(self.env):
            names = {"partner_id", "company_id", "line_ids"} & set(vals)
            if names:
                self._refuse_settled()
            if SIGNING & set(vals) and any(
                waiver.state not in ("draft", "submitted") for waiver in self
            ):
                raise UserError(self.env._("This waiver was approved as it stands."))
        result = super().write(vals)
        if "document_ids" in vals:
            self._own_documents()
        return result

    def _refuse_settled(self):
        settled = self.filtered(lambda waiver: waiver.state != "draft")
        if settled and not is_applying(self.env):
            raise UserError(
                self.env._(
                    "%s was handed in: set it back to change it.", settled[:1].name
                )
            )

    def _own_documents(self):
        """Let who may read the sheet read what was uploaded with it."""
        for waiver in self:
            waiver.document_ids._belong_to(waiver)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if any(waiver.state != "draft" for waiver in self):
            raise UserError(self.env._("What was handed in stays on record."))

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_submit(self):
        """Hand the sheet in: complete, each expense with its voucher."""
        for waiver in self:
            waiver.line_ids._price()
            missing = waiver._missing()
            today = fields.Date.context_today(waiver)
            late = waiver.line_ids.filtered(lambda line, day=today: line.date > day)
            if late:
                missing.append(
                    self.env._(
                        "%(name)s: %(day)s lies in the future.",
                        name=late[0].name,
                        day=format_date(self.env, late[0].date),
                    )
                )
            if missing:
                raise UserError("\n".join(missing))
        self._set_state(("draft",), "submitted")

    def action_back(self):
        """Give the sheet back to be changed; a signature on other figures is void."""
        self._set_state(
            ("submitted", "refused"),
            "draft",
            signed_on=False,
            signed_by=False,
            signature=False,
            document_ids=[(5, 0, 0)],
        )

    def _sign(self, name, signature, day):
        """Record that the volunteer waived the refund, for instance in the portal.

        :param signature: the drawn name, base64 of an image
        """
        for waiver in self:
            if waiver.state not in ("draft", "submitted"):
                raise UserError(self.env._("This waiver was approved as it stands."))
        self.write({"signed_by": name, "signature": signature, "signed_on": day})

    def action_approve(self):
        """Approve as treasurer: the expense was for the association, the waiver is
        signed."""
        self._check_treasurer()
        for waiver in self:
            missing = waiver._missing() + waiver._missing_signature()
            if missing:
                raise UserError("\n".join(missing))
            if waiver.partner_id == self.env.user.partner_id:
                raise UserError(self.env._("Somebody else approves your own expenses."))
        self._set_state(("submitted",), "approved", approved_by_id=self.env.uid)

    def _check_treasurer(self):
        if not self.env.su and not self.env.user.has_group(
            "recurring_revenue.group_treasurer"
        ):
            raise AccessError(
                self.env._("The treasurer approves and books waived expenses.")
            )

    def _refuse(self, reason):
        """Refuse a sheet that was handed in.

        :raises UserError: without a reason
        """
        self._check_treasurer()
        self._check_reason(reason)
        self._set_state(("submitted", "approved"), "refused", reason=reason.strip())

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: it is kept on record."))
