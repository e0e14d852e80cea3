from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...engine.recognition import month_of, next_month
from ..guard import given, typed_over

# Written by the buttons and by the work, never typed.
WRITTEN_BY_WORK = {
    "name",
    "state",
    "user_id",
    "started_at",
    "ended_at",
    "slice_total",
}
# Up to so many open slices a month is closed while the user waits.
AT_ONCE = 3000


class RecurringRevenueRun(models.Model):
    """The closing of a month: what of the deferred revenue is earned by its end.

    A persisted job, as a billing is: the button starts it, batches are committed
    whole, and what is left to do is never stored: it is whatever slice is still open
    and due. Months that were missed are caught up at their own ends.
    """

    _name = "recurring.revenue.run"
    _description = "Closing of a Month"
    _inherit = ["mail.thread", "recurring.steps"]
    _order = "month desc, id desc"

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True,
        default=lambda self: self._default_month(),
        help="Any day of the month to close; the first is kept.",
    )
    last_day = fields.Date(compute="_compute_last_day", store=True)
    state = fields.Selection(
        [
            ("draft", "To post"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Closed"),
            ("undone", "Taken back"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Closed By", readonly=True, copy=False
    )
    started_at = fields.Datetime(readonly=True, copy=False)
    ended_at = fields.Datetime(readonly=True, copy=False)
    slice_total = fields.Integer(string="Months to Book", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    move_ids = fields.One2many("account.move", "rr_revenue_run_id", readonly=True)
    move_count = fields.Integer(string="Entries", compute="_compute_booked")
    amount = fields.Monetary(
        string="Recognised",
        compute="_compute_booked",
        help="What this closing took from deferred revenue.",
    )

    _once_at_a_time = models.UniqueIndex(
        "(company_id, month) WHERE state = 'running'",
        "This month is being closed already.",
    )

    @api.model
    def _default_month(self):
        """The month before the one in which today is."""
        today = fields.Date.context_today(self)
        return fields.Date.subtract(today.replace(day=1), months=1)

    @api.depends("month")
    def _compute_last_day(self):
        for run in self:
            run.last_day = run.month and fields.Date.end_of(run.month, "month")

    @api.depends("month", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = run.month and run._month_name(run.month)

    @api.depends("state", "slice_total")
    def _compute_progress(self):
        for run in self:
            if run.state in ("done", "undone"):
                run.progress = 100.0
            elif run.state == "draft" or not run.slice_total:
                run.progress = 0.0
            else:
                left = run._count_open()
                total = max(run.slice_total, left)
                run.progress = 100.0 * (total - left) / total

    @api.depends("state", "move_ids")
    def _compute_booked(self):
        slices = self.env["recurring.revenue.slice"]
        sums = {
            run: amount
            for run, amount in slices._read_group(
                [("run_id", "in", self.ids), ("move_line_id", "!=", False)],
                ["run_id"],
                ["amount:sum"],
            )
        }
        for run in self:
            run.move_count = len(run.move_ids)
            run.amount = sums.get(run, 0.0)

    @api.model_create_multi
    def create(self, vals_list):
        """A new closing has done nothing yet; its month is kept by its first day."""
        field = given(self, vals_list, WRITTEN_BY_WORK)
        if field:
            self._refuse_typed(field)
        return super().create([self._on_first_day(vals) for vals in vals_list])

    def write(self, vals):
        """Keep what was closed: month and company of what was started stand."""
        refused = typed_over(self, vals, WRITTEN_BY_WORK)
        if refused:
            self._refuse_typed(refused[1])
        if {"month", "company_id"} & set(vals):
            if any(run.state != "draft" for run in self):
                raise UserError(
                    self.env._("A closing keeps its month and company once started.")
                )
        return super().write(self._on_first_day(vals))

    @api.constrains("month", "company_id")
    def _check_one_under_way(self):
        """A month that is being closed is not prepared a second time."""
        for run in self:
            other = self.search(
                [
                    ("id", "!=", run.id),
                    ("company_id", "=", run.company_id.id),
                    ("month", "=", run.month),
                    ("state", "in", ("draft", "running", "stopped")),
                ],
                limit=1,
            )
            if run.state == "draft" and other:
                raise ValidationError(
                    self.env._(
                        "The closing of %s is under way already: go on with that one.",
                        run.display_name,
                    )
                )

    @api.autovacuum
    def _gc_never_started(self):
        """Drop the closings that somebody prepared and left a month ago."""
        left = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        self.search([("state", "=", "draft"), ("write_date", "<", left)]).unlink()

    @api.model
    def _on_first_day(self, vals):
        if not vals.get("month"):
            return vals
        return {**vals, "month": month_of(fields.Date.to_date(vals["month"]))}

    def _refuse_typed(self, field):
        raise UserError(
            self.env._(
                "%s of a closing is not typed: use its buttons, which keep a record "
                "of what was done.",
                field._description_string(self.env),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_new(self):
        if any(run.state != "draft" for run in self):
            raise UserError(self.env._("A closing that was started stays on record."))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def _check_may_close(self):
        user = self.env.user
        if not self.env.su and not any(
            user.has_group(group)
            for group in (
                "account.group_account_user",
                "account.group_account_manager",
                "recurring_revenue.group_manager",
            )
        ):
            raise UserError(self.env._("Only an accountant can close a month."))

    def action_post(self):
        """Close the month: at once where that is quick, else in the background."""
        self.ensure_one()
        self._check_may_close()
        self._check_can_book()
        self._prepare_slices()
        self._set_state(
            ("draft",),
            "running",
            name=self._next_number(),
            user_id=self.env.uid,
            started_at=fields.Datetime.now(),
            slice_total=self._count_open(),
        )
        return self._start_work()

    def _start_work(self):
        """Book at once where that is quick, else in the background."""
        if self.slice_total > AT_ONCE:
            self._wake_worker()
            return True
        while self._book_batch():
            continue
        self._finish()
        return True

    def action_stop(self):
        """Stop after the batch in work; what was booked stays booked."""
        self._check_may_close()
        self._set_state(("running",), "stopped")
        return True

    def action_continue(self):
        """Go on where it was stopped, or book what came since for this month."""
        self.ensure_one()
        self._check_may_close()
        self._check_can_book()
        self._prepare_slices()
        self._set_state(
            ("stopped", "done"),
            "running",
            ended_at=False,
            slice_total=self._count_open(),
        )
        return self._start_work()

    def _prepare_slices(self):
        """Let schedules follow what happened since: before anything is counted."""
        # sudo: the schedules follow from facts; nobody writes them by hand.
        schedules = self.env["recurring.revenue.schedule"].sudo()
        schedules._sync_pauses(self.company_id, self.month)
        schedules._sync_free_months(self.company_id, self.month)

    def _next_number(self):
        sequences = self.env["ir.sequence"].with_company(self.company_id)
        return sequences.next_by_code("recurring.revenue.run") or "/"

    def _check_can_book(self):
        """Raise in words where this company cannot book revenue."""
        obstacle = self.company_id._revenue_obstacle()
        if not obstacle and self.last_day > fields.Date.context_today(self):
            obstacle = self._not_over_text()
        if obstacle:
            raise UserError(obstacle)

    def _wake_worker(self):
        # sudo: whoever may close a month may wake the worker, not edit actions.
        self.env.ref("recurring_revenue.cron_revenue_worker").sudo()._trigger()

    def _finish(self):
        if self.state == "running" and not self._count_open():
            self._set_state(("running",), "done", ended_at=fields.Datetime.now())

    # ------------------------------------------------------------------
    # What is open
    # ------------------------------------------------------------------

    def _open_condition(self):
        """The SQL condition: slice ``s`` of root ``r`` is booked by this closing."""
        self.ensure_one()
        return SQL(
            """s.company_id = %(company)s AND s.run_id IS NULL
               AND s.due_month <= %(month)s""",
            company=self.company_id.id,
            month=self.month,
        )

    def _count_open(self):
        """Return how many slices wait to be booked by the end of the month."""
        self.env["recurring.revenue.slice"].flush_model()
        self.env["recurring.revenue.schedule"].flush_model()
        return self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM recurring_revenue_slice s"
                " JOIN recurring_revenue_schedule r ON r.id = s.root_id WHERE %s",
                self._open_condition(),
            )
        )[0][0]

    def _first_open_day(self, day):
        """Return ``day``, or the first day after the lock dates that forbid it."""
        company = self.company_id
        locks = company._get_violated_lock_dates(
            day, False, company.rr_revenue_journal_id
        )
        return fields.Date.add(locks[-1][0], days=1) if locks else day

    def _months_open(self):
        """Return the due months with open slices, ascending: ``[(month, day)]``, with
        the day on which each is booked."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT s.due_month FROM recurring_revenue_slice s"
                " JOIN recurring_revenue_schedule r ON r.id = s.root_id"
                " WHERE %s ORDER BY 1",
                self._open_condition(),
            )
        )
        return [
            (
                month,
                self._first_open_day(fields.Date.subtract(next_month(month), days=1)),
            )
            for (month,) in rows
        ]
