from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...guard import typed_over

# What only the work changes: see ``membership_departure``.
GUARDED = {
    "number",
    "accepted_on",
    "accepted_by_id",
    "resigned_on",
    "excluded_on",
    "rejoined_on",
    "departure_reason",
}


class RecurringMembership(models.Model):
    """A person or a body that belongs to the association, with a number kept for life.

    Where someone stands is never stored: it follows from the periods that count (see
    ``recurring.dues.line``), from departure, and from the day that is asked about
    (``membership_state``).
    """

    _name = "recurring.membership"
    _description = "Membership"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "number, id"
    _rec_names_search = ["number", "partner_id"]
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    number = fields.Char(
        string="Member Number", required=True, readonly=True, copy=False, default="/"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Member",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    plan_id = fields.Many2one(
        "recurring.plan",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('rr_kind', '=', 'membership')]",
    )
    category_id = fields.Many2one(
        "recurring.membership.category",
        required=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    payer_id = fields.Many2one(
        "res.partner",
        string="Paid By",
        compute="_compute_payer_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        help="The members whom one person pays for are a household.",
    )
    representative_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        help="Who speaks and votes for a legal person.",
    )
    guardian_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        help="Who answers for a member under age, and consents for them.",
    )
    joined_on = fields.Date(
        required=True, default=fields.Date.context_today, tracking=True
    )
    owes_entrance = fields.Boolean(
        string="Entrance Fee",
        compute="_compute_owes_entrance",
        store=True,
        readonly=False,
        precompute=True,
        help="The entrance fee is asked for with the first dues. Not for who joined in "
        "a period that was over when the member was recorded: they paid it then.",
    )
    proof_seen_on = fields.Date(
        help="When the proof was shown that the category asks for.", tracking=True
    )
    chosen_amount = fields.Monetary(
        help="What a member gives who says how much; empty: the price."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    call_count = fields.Integer(readonly=True, copy=False, default=0)
    lifetime_from = fields.Date(
        string="Member for Life From", tracking=True, help="No dues are called since."
    )
    accepted_on = fields.Date(readonly=True, copy=False, tracking=True)
    accepted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    resigned_on = fields.Date(readonly=True, copy=False, tracking=True)
    excluded_on = fields.Date(readonly=True, copy=False, tracking=True)
    rejoined_on = fields.Date(
        string="Joined Again On",
        readonly=True,
        copy=False,
        tracking=True,
        help="Who left before is a member again from this day on; the number is kept.",
    )
    departure_reason = fields.Char(readonly=True, copy=False, tracking=True)
    votes = fields.Integer(
        compute="_compute_votes",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    dues_line_ids = fields.One2many(
        "recurring.dues.line", "membership_id", string="Periods", readonly=True
    )
    note = fields.Html(string="Notes")

    _number_unique = models.UniqueIndex(
        "(company_id, number)", "Another member has this number."
    )
    _once = models.UniqueIndex(
        "(partner_id, plan_id)",
        "This person is a member by this plan already: renew it, the number is kept.",
    )
    _votes_not_negative = models.Constraint(
        "CHECK(votes >= 0)", "A number of votes cannot be negative."
    )

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("number", "partner_id.name")
    def _compute_display_name(self):
        for membership in self:
            name = membership.partner_id.display_name or ""
            membership.display_name = f"{membership.number} {name}".strip()

    @api.depends("partner_id")
    def _compute_payer_id(self):
        for membership in self:
            if not membership.payer_id:
                membership.payer_id = membership.partner_id

    @api.depends("category_id")
    def _compute_votes(self):
        for membership in self:
            membership.votes = membership.category_id.votes

    @api.depends("joined_on", "plan_id")
    def _compute_owes_entrance(self):
        for membership in self:
            version, joined = (
                membership.plan_id.current_version_id,
                membership.joined_on,
            )
            is_new = True
            if version and joined:
                first = version._period_rule().join(joined).period
                is_new = first.end > fields.Date.context_today(membership)
            membership.owes_entrance = is_new

    # ------------------------------------------------------------------
    # Written
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Number the members of each company; an import keeps the numbers it has."""
        sequences = self.env["ir.sequence"]
        for vals in vals_list:
            if vals.get("number", "/") == "/":
                company = vals.get("company_id") or self.env.company.id
                vals["number"] = sequences.with_company(company).next_by_code(
                    "recurring.membership"
                )
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to type what acceptance and departure write."""
        if typed_over(self, vals, GUARDED):
            raise UserError(
                self.env._(
                    "The number is kept for life; acceptance and departure are "
                    "recorded by their buttons."
                )
            )
        return super().write(vals)

    @api.constrains("plan_id")
    def _check_plan(self):
        for membership in self:
            if membership.plan_id.rr_kind != "membership":
                raise ValidationError(
                    self.env._("%s is no membership plan.", membership.plan_id.name)
                )

    @api.constrains("category_id", "representative_id")
    def _check_representative(self):
        for membership in self:
            if membership.category_id.kind != "legal":
                continue
            if not membership.representative_id:
                raise ValidationError(
                    self.env._(
                        "%s is a legal person: say who represents it.",
                        membership.partner_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_called(self):
        for membership in self:
            if membership.dues_line_ids:
                raise UserError(
                    self.env._(
                        "Dues of %s were called: the membership stays on record. "
                        "Record the resignation instead.",
                        membership.display_name,
                    )
                )
