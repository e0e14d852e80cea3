from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..guard import applying, given, typed_over
from ..subscription.recurring_subscription import RUNNING

WORKERS = 2
# The record of what was done: written by the buttons and by the work, never typed.
WRITTEN_BY_WORK = {
    "name",
    "state",
    "nightly",
    "user_id",
    "parameters",
    "started_at",
    "ended_at",
    "subscription_total",
    "preview",
}
TOTALS = (
    "subscription_done",
    "invoice_count",
    "credit_note_count",
    "zero_count",
    "shifted_count",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
)


class RecurringBillingRun(models.Model):
    """One billing of a company up to a date: what was done, by whom, and what failed.

    A persisted job: pressing the button only starts it; scheduled actions work it off
    in batches, each committed whole, so that it can be stopped, killed and continued
    at any moment. What is left to do is never stored: it is whatever subscription is
    still due.
    """

    _name = "recurring.billing.run"
    _description = "Billing Run"
    _inherit = ["mail.thread", "recurring.steps"]
    _order = "id desc"

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Bill Until",
        required=True,
        default=fields.Date.context_today,
        help="Everything due on or before this day is billed.",
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("previewing", "Previewing"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    nightly = fields.Boolean(readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users",
        string="Started By",
        default=lambda self: self.env.user,
        readonly=True,
        copy=False,
    )
    parameters = fields.Json(readonly=True, copy=False)
    started_at = fields.Datetime(readonly=True, copy=False)
    ended_at = fields.Datetime(readonly=True, copy=False)
    duration = fields.Float(
        string="Minutes", compute="_compute_duration", help="From start to end."
    )
    subscription_total = fields.Integer(string="Due", readonly=True, copy=False)
    batch_ids = fields.One2many("recurring.billing.batch", "run_id", readonly=True)
    subscription_done = fields.Integer(string="Billed", compute="_compute_totals")
    invoice_count = fields.Integer(string="Invoices", compute="_compute_totals")
    credit_note_count = fields.Integer(string="Credit Notes", compute="_compute_totals")
    zero_count = fields.Integer(
        string="Without Invoice",
        compute="_compute_totals",
        help="Subscriptions whose period was recorded with nothing to pay.",
    )
    shifted_count = fields.Integer(
        string="Booked Later",
        compute="_compute_totals",
        help="Documents whose accounting date a lock date moved to the first open day.",
    )
    progress = fields.Float(compute="_compute_progress")
    amount_untaxed = fields.Monetary(compute="_compute_totals")
    amount_tax = fields.Monetary(string="Tax", compute="_compute_totals")
    amount_total = fields.Monetary(compute="_compute_totals")
    problem_ids = fields.One2many("recurring.billing.problem", "run_id", readonly=True)
    problem_count = fields.Integer(
        compute="_compute_problem_count",
        string="Problems",
        help="Subscriptions that this run could not bill and that are not billed yet.",
    )
    move_ids = fields.One2many("account.move", "rr_run_id", readonly=True)

    # ------------------------------------------------------------------
    # What users read
    # ------------------------------------------------------------------

    @api.depends("started_at", "ended_at")
    def _compute_duration(self):
        for run in self:
            end = run.ended_at or fields.Datetime.now()
            seconds = (end - run.started_at).total_seconds() if run.started_at else 0
            run.duration = seconds / 60

    @api.depends("subscription_total", "subscription_done", "problem_count", "state")
    def _compute_progress(self):
        for run in self:
            treated = run.subscription_done + run.problem_count
            total = max(run.subscription_total, treated)
            run.progress = (
                100.0 if run.state == "done" else 100.0 * treated / (total or 1)
            )

    @api.depends("batch_ids")
    def _compute_totals(self):
        sums = self.env["recurring.billing.batch"]._read_group(
            [("run_id", "in", self.ids)],
            ["run_id"],
            [f"{name}:sum" for name in TOTALS],
        )
        totals = {run: dict(zip(TOTALS, values, strict=True)) for run, *values in sums}
        for run in self:
            run.update(totals.get(run) or dict.fromkeys(TOTALS, 0))

    @api.depends("problem_ids.resolved")
    def _compute_problem_count(self):
        counts = dict(
            self.env["recurring.billing.problem"]._read_group(
                [("run_id", "in", self.ids), ("resolved", "=", False)],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            run.problem_count = counts.get(run, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """A new run has done nothing yet; it gets its number when it starts."""
        field = given(self, vals_list, WRITTEN_BY_WORK)
        if field:
            self._refuse_typed(field)
        return super().create(vals_list)

    def write(self, vals):
        """Keep what a run was started with; a preview is of one date and company."""
        refused = typed_over(self, vals, WRITTEN_BY_WORK)
        if refused:
            self._refuse_typed(refused[1])
        changed = {"date", "company_id"} & set(vals)
        if changed:
            if any(run.state != "draft" for run in self):
                raise UserError(
                    self.env._("A billing run keeps its date and company once started.")
                )
            vals = {**vals, "preview": False}
        return super().write(vals)

    def _refuse_typed(self, field):
        raise UserError(
            self.env._(
                "%s of a billing run is not typed: use its buttons, which keep a "
                "record of what was done.",
                field._description_string(self.env),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_new(self):
        if any(run.state != "draft" for run in self):
            raise UserError(
                self.env._("A billing run that was started stays on record.")
            )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_start(self):
        """Bill everything due, in the background; this page shows the progress."""
        self.ensure_one()
        self._check_may_bill()
        company = self.company_id
        self._set_state(
            ("draft",),
            "running",
            name=self._next_number(),
            user_id=self.env.uid,
            started_at=fields.Datetime.now(),
            subscription_total=self._count_due(),
            parameters={
                "date": fields.Date.to_string(self.date),
                "invoices": company.rr_invoice_policy,
                "invoice_date": company.rr_invoice_date,
                "complete_lines": company.rr_complete_lines,
                "send": company.rr_send_invoices,
            },
        )
        self._wake_workers()
        return True

    def _next_number(self):
        sequences = self.env["ir.sequence"].with_company(self.company_id)
        return sequences.next_by_code("recurring.billing.run") or "/"

    def action_stop(self):
        """Stop after the batch in work; what was billed stays billed."""
        self._check_may_bill()
        self._set_state(("running",), "stopped")
        return True

    def action_continue(self):
        """Go on where the run was stopped; problems found before are tried again."""
        self.ensure_one()
        self._check_may_bill()
        self.problem_ids.filtered(lambda problem: not problem.resolved).unlink()
        self._set_state(
            ("stopped", "done"),
            "running",
            ended_at=False,
            subscription_total=self.subscription_done + self._count_due(),
        )
        self._wake_workers()
        return True

    def _check_may_bill(self):
        if not (
            self.env.su or self.env.user.has_group("recurring_revenue.group_billing")
        ):
            raise UserError(self.env._("Only a billing officer can bill."))

    def _wake_workers(self):
        for number in range(1, WORKERS + 1):
            # sudo: whoever may bill may wake the workers, not edit scheduled actions.
            self.env.ref(
                f"recurring_revenue.cron_billing_worker_{number}"
            ).sudo()._trigger()

    @api.autovacuum
    def _gc_never_started(self):
        """Drop the new runs that somebody opened and left a month ago."""
        left = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        self.search([("state", "=", "draft"), ("write_date", "<", left)]).unlink()

    # ------------------------------------------------------------------
    # What is due
    # ------------------------------------------------------------------

    def _due_condition(self):
        """The SQL condition: the subscription is due and not refused in this run."""
        self.ensure_one()
        return SQL(
            """s.company_id = %(company)s AND s.state IN %(states)s
               AND s.next_billing_date <= %(date)s
               AND NOT COALESCE(s.hold, FALSE)
               AND NOT EXISTS (
                   SELECT 1 FROM recurring_billing_problem p
                    WHERE p.run_id = %(run)s AND p.subscription_id = s.id
                      AND NOT COALESCE(p.resolved, FALSE))""",
            company=self.company_id.id,
            states=RUNNING,
            date=self.date,
            run=self.id or 0,
        )

    def _count_due(self):
        """Return how many subscriptions are due at the run's date."""
        self.env["recurring.subscription"].flush_model()
        self.env["recurring.billing.problem"].flush_model()
        return self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM recurring_subscription s WHERE %s",
                self._due_condition(),
            )
        )[0][0]

    # ------------------------------------------------------------------
    # Nightly
    # ------------------------------------------------------------------

    @api.model
    def _cron_nightly(self):
        """Start a run for each company that wants one, for that company's today."""
        companies = self.env["res.company"].search([("rr_nightly_billing", "=", True)])
        self.env["recurring.subscription"]._for_each_company(
            companies, self, "_start_nightly"
        )

    @api.model
    def _start_nightly(self, company, today):
        """Start the night's run unless one is under way or nothing is due."""
        busy = self.search_count(
            [("company_id", "=", company.id), ("state", "=", "running")], limit=1
        )
        run = self.new({"company_id": company.id, "date": today})
        if not busy and run._count_due():
            created = applying(self).create(
                {"company_id": company.id, "date": today, "nightly": True}
            )
            created.with_env(self.env).action_start()
