"""What an association sets once: numbers of members, the plan of who joins, delays."""

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_membership_plan_id = fields.Many2one(
        "recurring.plan",
        string="Plan of New Members",
        ondelete="set null",
        domain="[('rr_kind', '=', 'membership')]",
        check_company=True,
    )
    rr_dues_days = fields.Integer(
        string="Days to Pay Dues",
        default=30,
        help="Proposed when dues are called; 0: no date is proposed.",
    )

    def _member_sequence(self):
        """Return the sequence that numbers the members of this company: its own, else
        the one that companies share."""
        self.ensure_one()
        # sudo: sequences are the system's; only numbers of members are looked at.
        return (
            self.env["ir.sequence"]
            .sudo()
            .search(
                [
                    ("code", "=", "recurring.membership"),
                    ("company_id", "in", (self.id, False)),
                ],
                order="company_id",
                limit=1,
            )
        )


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    plan_id = fields.Many2one(default=lambda self: self._default_plan_id())
    category_id = fields.Many2one(default=lambda self: self._default_category_id())

    @api.model
    def _default_plan_id(self):
        """Propose the plan of the settings, else the only one there is."""
        company = self.env.company
        if company.rr_membership_plan_id:
            return company.rr_membership_plan_id
        plans = self.env["recurring.plan"].search(
            [
                ("rr_kind", "=", "membership"),
                ("state", "=", "published"),
                ("company_id", "in", (company.id, False)),
            ],
            limit=2,
        )
        return plans if len(plans) == 1 else plans.browse()

    @api.model
    def _default_category_id(self):
        return self.env["recurring.membership.category"].search(
            [
                ("kind", "=", "person"),
                ("company_id", "in", (self.env.company.id, False)),
            ],
            limit=1,
        )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rr_membership_plan_id = fields.Many2one(
        related="company_id.rr_membership_plan_id", readonly=False
    )
    rr_dues_days = fields.Integer(related="company_id.rr_dues_days", readonly=False)
    rr_member_prefix = fields.Char(
        string="Prefix of Member Numbers",
        compute="_compute_member_numbers",
        readonly=False,
    )
    rr_member_padding = fields.Integer(
        string="Digits", compute="_compute_member_numbers", readonly=False
    )
    rr_member_next = fields.Integer(
        string="Next Number", compute="_compute_member_numbers", readonly=False
    )

    @api.depends("company_id")
    def _compute_member_numbers(self):
        for settings in self:
            sequence = settings.company_id._member_sequence()
            settings.rr_member_prefix = sequence.prefix
            settings.rr_member_padding = sequence.padding
            settings.rr_member_next = sequence.number_next_actual

    def set_values(self):
        """Write what was changed; a company that numbers otherwise gets its own
        sequence, so that the others keep theirs."""
        res = super().set_values()
        sequence = self.company_id._member_sequence()
        wanted = {
            "prefix": self.rr_member_prefix or False,
            "padding": self.rr_member_padding,
            "number_next_actual": self.rr_member_next,
        }
        if all(sequence[name] == value for name, value in wanted.items()):
            return res
        if sequence.company_id != self.company_id:
            sequence = sequence.copy(
                {"company_id": self.company_id.id, "name": sequence.name}
            )
        sequence.write(wanted)
        return res
