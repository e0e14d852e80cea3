from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...guard import applying, given, typed_over

# Written by the buttons and by the work, never typed.
WRITTEN_BY_WORK = {"name", "state", "stopped", "job_uid", "called_at"}
# The next season is proposed this many days before it begins.
AHEAD = 120


class RecurringRenewalRun(models.Model):
    """A renewal campaign: who is due for a season, called and told in one go.

    A persisted job, as a billing is: the buttons start it, batches are committed
    whole, and it can be stopped, killed and continued at any moment. First it lists
    who is due and who is left out and why, then it prepares the calls, then it calls
    them and writes to the payers: a household gets one e-mail.
    """

    _name = "recurring.renewal.run"
    _description = "Renewal Campaign"
    _inherit = ["mail.thread", "recurring.steps"]
    _order = "day desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_ids = fields.Many2many(
        "recurring.plan",
        string="Plans",
        required=True,
        check_company=True,
        domain="[('rr_kind', '=', 'membership'), ('state', '=', 'published')]",
        default=lambda self: self._default_plan_ids(),
    )
    day = fields.Date(
        string="Renewed For",
        required=True,
        compute="_compute_day",
        store=True,
        readonly=False,
        precompute=True,
        help="A day of the period that is renewed, mostly its first. Whoever has no "
        "period on that day is due; where each member has a year of their own, whoever "
        "ends before.",
    )
    due_on = fields.Date(
        string="To Be Paid By",
        help="It stands in the e-mail. Empty: no date is asked for.",
    )
    drop_over = fields.Boolean(
        string="Drop Unpaid Calls That Are Over",
        default=True,
        help="A call that nobody paid, for days that are over, is cancelled: the "
        "member is asked for the new period only.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        domain="[('model', '=', 'recurring.dues')]",
        default=lambda self: self.env.ref(
            "recurring_revenue.mail_template_dues_call", False
        ),
        help="Empty: nobody is written to.",
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("listing", "Listing"),
            ("listed", "Listed"),
            ("preparing", "Preparing"),
            ("prepared", "Prepared"),
            ("sending", "Calling"),
            ("done", "Called"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    stopped = fields.Boolean(readonly=True, copy=False)
    job_uid = fields.Many2one(
        "res.users", string="Started By", readonly=True, copy=False
    )
    called_at = fields.Datetime(string="Called On", readonly=True, copy=False)
    line_ids = fields.One2many("recurring.renewal.line", "run_id", readonly=True)
    dues_ids = fields.One2many("recurring.dues", "renewal_run_id", readonly=True)

    @api.model
    def _default_plan_ids(self):
        return self.env["recurring.plan"].search(
            [
                ("rr_kind", "=", "membership"),
                ("state", "=", "published"),
                ("company_id", "in", (False, self.env.company.id)),
            ]
        )

    @api.depends("plan_ids")
    def _compute_day(self):
        """Propose the season that begins soon, else the one that runs."""
        today = fields.Date.context_today(self)
        for run in self:
            if run.day and run.state != "draft":
                continue
            version = run.plan_ids[:1].current_version_id
            run.day = run.day if not version else self._season_start(version, today)

    @api.model
    def _season_start(self, version, today):
        if version.alignment == "anniversary":
            return fields.Date.end_of(fields.Date.add(today, months=1), "month")
        whole = version._period_rule().whole_at(today)
        return whole.end if whole.end - today <= timedelta(days=AHEAD) else whole.start

    @api.model_create_multi
    def create(self, vals_list):
        """A new campaign has done nothing yet."""
        field = given(self, vals_list, WRITTEN_BY_WORK)
        if field:
            self._refuse_typed(field)
        return super().create(vals_list)

    def write(self, vals):
        """Keep what was started: plans and day stand once the list is made."""
        refused = typed_over(self, vals, WRITTEN_BY_WORK)
        if refused:
            self._refuse_typed(refused[1])
        if {"plan_ids", "day", "company_id", "drop_over"} & set(vals):
            if any(run.state not in ("draft", "listed") for run in self):
                raise UserError(
                    self.env._("A campaign keeps its plans and its day once started.")
                )
            self._forget_list()
        return super().write(vals)

    def _refuse_typed(self, field):
        raise UserError(
            self.env._(
                "%s of a campaign is not typed: use its buttons, which keep a record "
                "of what was done.",
                field._description_string(self.env),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_new(self):
        if any(run.state not in ("draft", "listed") for run in self):
            raise UserError(self.env._("A campaign that was started stays on record."))

    @api.autovacuum
    def _gc_never_started(self):
        """Drop the campaigns that somebody listed and left two months ago."""
        left = fields.Datetime.subtract(fields.Datetime.now(), days=60)
        self.search(
            [("state", "in", ("draft", "listed")), ("write_date", "<", left)]
        ).unlink()

    def _forget_list(self):
        """What was listed is listed anew: the plans or the day changed."""
        listed = self.filtered(lambda run: run.state == "listed")
        applying(listed.line_ids).unlink()
        applying(listed).write({"state": "draft"})


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    renewal_run_id = fields.Many2one(
        "recurring.renewal.run",
        string="Campaign",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
