"""What the screens of members show beside what is recorded of them."""

from odoo import api, fields, models

# The columns of the members from left to right, and those that are there when empty.
COLUMNS = (
    "up_to_date",
    "awaiting",
    "grace",
    "lapsed",
    "pending",
    "honorary",
    "resigned",
    "excluded",
)
ALWAYS = ("up_to_date", "awaiting", "lapsed")


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    state = fields.Selection(group_expand="_expand_states")
    image_1920 = fields.Image(related="partner_id.image_1920", readonly=False)
    avatar_128 = fields.Image(related="partner_id.avatar_128")
    email = fields.Char(related="partner_id.email", readonly=False)
    phone = fields.Char(related="partner_id.phone", readonly=False)
    has_left = fields.Boolean(compute="_compute_has_left")
    category_kind = fields.Selection(related="category_id.kind")
    category_proof = fields.Char(related="category_id.proof")
    counts_from = fields.Selection(related="plan_id.current_version_id.rr_counts_from")
    has_free_amount = fields.Boolean(compute="_compute_has_free_amount")
    has_entrance = fields.Boolean(
        compute="_compute_has_entrance",
        help="Whether it is still to be said if an entrance fee is asked for.",
    )
    household_ids = fields.Many2many(
        "recurring.membership",
        compute="_compute_household_ids",
        help="The other members for whom the same person pays.",
    )
    household_count = fields.Integer(compute="_compute_household_ids")
    dues_count = fields.Integer(string="Calls for Dues", compute="_compute_owed")
    amount_owed = fields.Monetary(
        string="Still Owed",
        compute="_compute_owed",
        help="Of the dues that were called.",
    )
    is_callable = fields.Boolean(compute="_compute_is_callable")
    standing_on = fields.Date(
        compute="_compute_standing_on",
        search="_search_standing_on",
        help="The day for which the list says where members stand: today, unless "
        "another one is searched for.",
    )

    @api.model
    def _expand_states(self, states, domain):
        """Show the columns that people look for, also empty, and all that are not."""
        return [state for state in COLUMNS if state in ALWAYS or state in states]

    @api.depends("resigned_on", "excluded_on", "rejoined_on")
    def _compute_has_left(self):
        """Left, or will leave, and did not join again since."""
        for membership in self:
            membership.has_left = bool(
                membership._leaves("resigned_on") or membership._leaves("excluded_on")
            )

    @api.depends("plan_id", "category_id")
    def _compute_has_free_amount(self):
        for membership in self:
            charges = membership.plan_id.current_version_id.charge_ids
            by_category = charges.filtered(lambda one: one.role == "base").grouped(
                "rr_category_id"
            )
            category = membership.category_id
            own = by_category.get(category) or by_category.get(category.browse())
            membership.has_free_amount = bool(own) and own[0].rr_free_amount

    @api.depends("plan_id", "category_id", "dues_line_ids.is_cancelled")
    def _compute_has_entrance(self):
        for membership in self:
            version = membership.plan_id.current_version_id
            membership.has_entrance = (
                bool(version and version._entrance_charges(membership.category_id))
                and membership.category_id.kind != "honorary"
                and not membership._standing_lines()
            )

    @api.depends("payer_id")
    def _compute_household_ids(self):
        groups = self.search(
            [("payer_id", "in", self.payer_id.ids)], order="number, id"
        ).grouped("payer_id")
        for membership in self:
            household = groups.get(membership.payer_id, self.browse())
            membership.household_ids = household - membership._origin
            membership.household_count = len(membership.household_ids)

    @api.depends("dues_line_ids.dues_id.state", "dues_line_ids.received")
    def _compute_owed(self):
        for membership in self:
            lines = membership.dues_line_ids
            membership.dues_count = len(lines.dues_id)
            membership.amount_owed = sum(
                line.amount_left for line in lines if line.dues_id.state == "called"
            )

    @api.depends("dues_line_ids.paid_on", "dues_line_ids.is_cancelled", "state")
    def _compute_is_callable(self):
        today = fields.Date.context_today(self)
        for membership in self:
            membership.is_callable = bool(
                membership._origin.id and not membership._why_not_called(today)
            )

    @api.depends_context("membership_day")
    def _compute_standing_on(self):
        self.standing_on = self._day_asked()

    @api.model
    def _search_standing_on(self, operator, value):
        """Let the search bar ask for a day: it sets the context, every member fits."""
        return []

    # ------------------------------------------------------------------
    # Counters and smart buttons
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def member_counts(self):
        """Count the members by where they stand today, or on the day of the context
        ``membership_day``.

        :return: ``{standing: count}``, with ``to_renew`` and ``total`` beside them
        """
        rows = self._read_group([], ["state", "to_renew"], ["__count"])
        counts = {state: 0 for state, _name in self._fields["state"].selection} | {
            "to_renew": 0,
            "total": 0,
        }
        for state, to_renew, count in rows:
            counts[state] += count
            counts["total"] += count
            if to_renew:
                counts["to_renew"] += count
        return counts

    def action_open_dues(self):
        """Open the calls for dues of these members."""
        return self._open_list(
            "recurring_revenue.recurring_dues_action", self.dues_line_ids.dues_id
        )

    def action_undo_departure(self):
        """Take back a departure that was recorded by mistake."""
        self._undo_departure()

    def action_open_household(self):
        """Open the members for whom the same person pays."""
        return self._open_list(
            "recurring_revenue.recurring_membership_action", self | self.household_ids
        )

    @api.model
    def _open_list(self, xmlid, records):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action.update(domain=[("id", "in", records.ids)], context={})
        if len(records) == 1:
            action.update(views=[(False, "form")], res_id=records.id)
        return action

    # ------------------------------------------------------------------
    # First steps
    # ------------------------------------------------------------------

    @api.model
    def get_empty_list_help(self, help_message):
        """Say what is set up first, in an association that sells no plan yet."""
        plans = self.env["recurring.plan"]
        mine = ("company_id", "in", (False, self.env.company.id))
        kind = ("rr_kind", "=", "membership")
        if plans.search_count([kind, ("state", "=", "published"), mine], limit=1):
            return super().get_empty_list_help(help_message)
        return self.env["ir.qweb"]._render(
            "recurring_revenue.association_first_steps",
            {
                "may_set_up": self.env.user.has_group(
                    "recurring_revenue.group_treasurer"
                ),
                "has_books": self.env.company._association_row("dues"),
                "has_basis": self.env["recurring.gift.basis"].search_count(
                    [("company_id", "=", self.env.company.id)], limit=1
                ),
            },
        )
