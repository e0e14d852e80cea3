from odoo import api, fields, models
from odoo.exceptions import UserError

from ...guard import applying

REASONS = [
    ("ahead", "Up to date longer"),
    ("open", "Called already, not paid"),
    ("later", "Joins later"),
    ("lifetime", "Member for life"),
    ("honorary", "Honorary"),
    ("resigned", "Resigned"),
    ("excluded", "Excluded"),
    ("not_sold", "Plan not on sale"),
    ("manual", "By hand"),
    ("meanwhile", "Not due any more"),
]


class RecurringRenewalLine(models.Model):
    """A member in a renewal campaign: called for what, or left out and why."""

    _name = "recurring.renewal.line"
    _description = "Member in a Renewal Campaign"
    _inherit = ["recurring.written.by.work"]
    _order = "run_id, id"
    _rec_name = "membership_id"

    run_id = fields.Many2one(
        "recurring.renewal.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    run_state = fields.Selection(related="run_id.state", string="Campaign State")
    membership_id = fields.Many2one(
        "recurring.membership",
        string="Member",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    plan_id = fields.Many2one(related="membership_id.plan_id", store=True)
    category_id = fields.Many2one(related="membership_id.category_id")
    payer_id = fields.Many2one("res.partner", required=True, readonly=True, index=True)
    joins = fields.Boolean(string="New", readonly=True, help="Never had dues before.")
    date_start = fields.Date(string="From", readonly=True)
    date_end = fields.Date(string="Until (excluded)", readonly=True)
    last_day = fields.Date(string="Until", compute="_compute_last_day")
    amount = fields.Monetary(readonly=True)
    explanation = fields.Char(string="How It Is Worked Out", readonly=True)
    state = fields.Selection(
        [
            ("due", "To call"),
            ("left_out", "Left out"),
            ("prepared", "Prepared"),
            ("called", "Called"),
            ("problem", "Problem"),
        ],
        required=True,
        readonly=True,
        default="due",
        index=True,
    )
    reason = fields.Selection(REASONS, readonly=True, index=True)
    why = fields.Char(readonly=True)
    remark = fields.Char(string="Why", compute="_compute_remark")
    dues_id = fields.Many2one(
        "recurring.dues",
        string="Call for Dues",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    notice = fields.Selection(
        [
            ("queued", "E-mail queued"),
            ("no_email", "No e-mail address"),
            ("none", "No e-mail wanted"),
        ],
        readonly=True,
        index=True,
    )

    _once = models.UniqueIndex(
        "(run_id, membership_id)", "This member stands in the campaign already."
    )
    _waiting = models.Index("(run_id, state, payer_id)")

    @api.depends("date_end")
    def _compute_last_day(self):
        for line in self:
            line.last_day = line.date_end and fields.Date.subtract(
                line.date_end, days=1
            )

    @api.depends("why", "explanation", "amount")
    def _compute_remark(self):
        for line in self:
            plain = line.explanation == line.currency_id.format(line.amount)
            line.remark = line.why or (not plain and line.explanation)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_exclude(self):
        """Leave these members out."""
        self._check_listed()
        rows = self.filtered(lambda row: row.state == "due")
        applying(rows).write(
            {"state": "left_out", "reason": "manual", "why": self.env._("By hand")}
        )
        return True

    def action_include(self):
        """Take members in again who were left out by hand."""
        self._check_listed()
        for row in self:
            if row.reason not in ("manual", False):
                raise UserError(
                    self.env._(
                        "%(name)s cannot be taken in: %(why)s.",
                        name=row.membership_id.display_name,
                        why=row.why,
                    )
                )
        rows = self.filtered(lambda row: row.reason == "manual")
        applying(rows).write({"state": "due", "reason": False, "why": False})
        return True

    def _check_listed(self):
        if any(row.run_state != "listed" for row in self):
            raise UserError(
                self.env._("The list is changed before the calls are prepared.")
            )

    def action_open_dues(self):
        """Open the call of this member."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.dues",
            "res_id": self.dues_id.id,
            "views": [(False, "form")],
        }
