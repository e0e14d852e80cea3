from odoo import api, fields, models
from odoo.exceptions import UserError

from ..guard import is_applying
from ..reference import Implied

CAUSES = [
    ("sold", "Sold"),
    ("terminated", "Terminated"),
    ("past", "Credit for what was served"),
    ("modification", "Price changed within the term"),
    ("error", "Error corrected"),
    ("pause", "Pause"),
    ("currency", "Currency difference"),
    ("opening", "Taken over"),
    ("free", "Free months spread"),
    ("undo", "Run taken back"),
]


class RecurringRevenueSlice(models.Model):
    """What a schedule adds to the revenue of one month of service.

    Append-only: an event adds slices, also negative ones, and the rows of a family add
    up by month. ``month`` is the month of service (its first day), ``due_month`` the
    first month in which it can be booked: not before the document that it comes from.
    A slice is open until a run books it.
    """

    _name = "recurring.revenue.slice"
    _description = "Month of a Revenue Schedule"
    _order = "month, id"
    _rec_name = "month"
    _log_access = False

    # A schedule that goes takes its slices along (its unlink).
    schedule_id = Implied(
        "recurring.revenue.schedule",
        string="Revenue Schedule",
        required=True,
        index=True,
        readonly=True,
    )
    root_id = Implied(
        "recurring.revenue.schedule", required=True, index=True, readonly=True
    )
    company_id = Implied("res.company", required=True, readonly=True)
    month = fields.Date(string="Month of Service", required=True, readonly=True)
    due_month = fields.Date(required=True, readonly=True)
    currency_id = Implied("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    amount_currency = fields.Monetary(
        string="Amount in Currency", readonly=True, currency_field="currency_id"
    )
    amount = fields.Monetary(readonly=True, currency_field="company_currency_id")
    cause = fields.Selection(CAUSES, required=True, readonly=True)
    account_id = Implied(
        "account.account",
        string="Recognised On",
        readonly=True,
        help="Where it is recognised, if not on the schedule's account of revenue.",
    )
    run_id = fields.Many2one(
        "recurring.revenue.run", readonly=True, index="btree_not_null"
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Entry Line",
        readonly=True,
        index="btree_not_null",
        help="The line on the deferred account. Empty while the slice is open, and "
        "where the month of the family came to nothing.",
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Entry")
    booked_on = fields.Date(string="Accounting Date", readonly=True)
    partner_id = fields.Many2one(related="root_id.partner_id")
    subscription_id = fields.Many2one(related="root_id.subscription_id")

    _open = models.Index("(company_id, due_month, root_id) WHERE run_id IS NULL")

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: slices follow from schedules and events."""
        self._refuse_unless_applying()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: a slice is never edited."""
        self._refuse_unless_applying()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_work(self):
        self._refuse_unless_applying()

    def _refuse_unless_applying(self):
        if not is_applying(self.env):
            raise UserError(
                self.env._("The months of a revenue schedule are not typed.")
            )

    def action_open_entry(self):
        """Open the entry that booked this month."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
