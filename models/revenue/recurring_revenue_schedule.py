from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..guard import is_applying
from ..reference import Implied
from .recurring_revenue_policy import METHODS, SCHEDULE_TREATMENTS

KINDS = [
    ("invoice", "Invoice"),
    ("credit", "Credit note"),
    ("opening", "Taken over"),
    ("free", "Free months"),
]


class RecurringRevenueSchedule(models.Model):
    """When an amount that was billed becomes revenue, month by month.

    One per invoice line. A credit note and what else happens to the contract act on
    the schedule of the invoice line, the *root* of the family: the months of all of
    them add up. What was promised last is the root's ``curve``; every event only adds
    slices, so that each figure that was ever booked can be explained. Amounts are
    positive for an invoice, negative for a credit; ``date_end`` is exclusive.
    """

    _name = "recurring.revenue.schedule"
    _description = "Revenue Schedule"
    _order = "id desc"
    _rec_name = "label"

    company_id = Implied("res.company", required=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    root_id = fields.Many2one(
        "recurring.revenue.schedule",
        string="Belongs To",
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    family_ids = fields.One2many("recurring.revenue.schedule", "root_id")
    label = fields.Char(required=True, readonly=True)
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        readonly=True,
        ondelete="restrict",
    )
    move_id = Implied("account.move", string="Invoice", index=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index=True, readonly=True
    )
    subscription_id = fields.Many2one(
        "recurring.subscription", index="btree_not_null", readonly=True
    )
    subscription_line_id = fields.Many2one(
        "recurring.subscription.line", readonly=True, index="btree_not_null"
    )
    plan_id = Implied("recurring.plan", readonly=True)
    product_id = Implied("product.product", readonly=True)
    billed_item_id = fields.Many2one(
        "recurring.billed.item",
        string="Ledger Row",
        readonly=True,
        index="btree_not_null",
        help="What a former system billed, of a schedule that was taken over.",
    )
    nature_id = fields.Many2one("recurring.revenue.nature", readonly=True)
    policy_id = fields.Many2one(
        "recurring.revenue.policy", readonly=True, index=True, ondelete="restrict"
    )
    treatment = fields.Selection(SCHEDULE_TREATMENTS, required=True, readonly=True)
    method = fields.Selection(METHODS, required=True, readonly=True)
    date_start = fields.Date(string="From", required=True, readonly=True)
    date_end = fields.Date(string="Until (excluded)", required=True, readonly=True)
    last_day = fields.Date(string="To", compute="_compute_last_day")
    booked_on = fields.Date(string="Accounting Date", required=True, readonly=True)
    currency_id = Implied("res.currency", required=True, readonly=True)
    company_currency_id = Implied("res.currency", required=True, readonly=True)
    amount_currency = fields.Monetary(
        string="Amount in Currency", readonly=True, currency_field="currency_id"
    )
    amount = fields.Monetary(readonly=True, currency_field="company_currency_id")
    deferred_account_id = fields.Many2one(
        "account.account", string="Deferred Revenue", readonly=True
    )
    revenue_account_id = fields.Many2one(
        "account.account", string="Revenue", readonly=True
    )
    analytic_distribution = fields.Json(readonly=True)
    curve = fields.Json(readonly=True)
    cause = fields.Char(readonly=True)
    slice_ids = fields.One2many(
        "recurring.revenue.slice", "schedule_id", string="Months", readonly=True
    )
    recognised = fields.Monetary(
        compute="_compute_recognised", currency_field="company_currency_id"
    )
    deferred = fields.Monetary(
        string="Still Deferred",
        compute="_compute_recognised",
        currency_field="company_currency_id",
        help="Of the invoice line and all that acted on it since.",
    )

    _line_once = models.UniqueIndex(
        "(move_line_id) WHERE move_line_id IS NOT NULL",
        "This invoice line has a schedule already.",
    )
    _service_order = models.Constraint(
        "CHECK(date_start < date_end)", "A service ends after it starts."
    )

    @api.depends("date_end")
    def _compute_last_day(self):
        for schedule in self:
            schedule.last_day = schedule.date_end and fields.Date.subtract(
                schedule.date_end, days=1
            )

    @api.depends("slice_ids.run_id")
    def _compute_recognised(self):
        """Of a root, with its whole family: credits reduce what is deferred."""
        if not self.ids:
            self.recognised = self.deferred = 0
            return
        self.env["recurring.revenue.slice"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT root_id, SUM(amount) FILTER (WHERE run_id IS NOT NULL),"
                " SUM(amount) FILTER (WHERE run_id IS NULL)"
                " FROM recurring_revenue_slice WHERE root_id IN %s GROUP BY root_id",
                tuple(self.root_id.ids),
            )
        )
        found = {root: (done or 0, left or 0) for root, done, left in rows}
        for schedule in self:
            done, left = found.get(schedule.root_id.id, (0, 0))
            schedule.recognised, schedule.deferred = float(done), float(left)

    # ------------------------------------------------------------------
    # Written by the work only
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: schedules follow from what is posted."""
        if not is_applying(self.env):
            self._refuse()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: what is recognised follows from what happened."""
        if not is_applying(self.env):
            self._refuse()
        return super().write(vals)

    def unlink(self):
        """Take the slices along: the database does not (see ``Implied``)."""
        self.slice_ids.unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_by_work(self):
        if not is_applying(self.env):
            self._refuse()

    def _refuse(self):
        raise UserError(
            self.env._(
                "Schedules are not typed: they follow from invoices, credit notes and "
                "changes of the subscription."
            )
        )

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def action_open_entries(self):
        """Open every entry of this family: invoice, credit notes, recognition."""
        self.ensure_one()
        family = self.root_id.family_ids
        moves = family.move_id | family.slice_ids.move_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries of %s", self.root_id.label),
            "res_model": "account.move",
            "domain": [("id", "in", moves.ids)],
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }
