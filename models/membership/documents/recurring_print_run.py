from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

WORKERS = 2
KEEP_DAYS = 30  # documents of a finished run are personal data: made again if needed


class RecurringPrintRun(models.Model):
    """Documents made in the background for many records, one at a time: to print
    together, or to send each by e-mail in the language of who gets it.

    Every document is a transaction: what was made and sent stays, whatever is stopped
    or killed, and nobody gets it twice (see ``print_run_work``).
    """

    _name = "recurring.print.run"
    _description = "Documents Made in the Background"
    _inherit = ["recurring.steps"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", string="Started By", required=True, readonly=True, index=True
    )
    report_id = fields.Many2one(
        "ir.actions.report",
        string="Document",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    template_id = fields.Many2one(
        "mail.template", string="E-mail", readonly=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("running", "Running"), ("stopped", "Stopped"), ("done", "Done")],
        required=True,
        readonly=True,
        default="running",
        index=True,
    )
    ended_at = fields.Datetime(readonly=True)
    parameters = fields.Json(
        readonly=True, help="What the documents ask the context for, such as the day."
    )
    line_ids = fields.One2many("recurring.print.line", "run_id", readonly=True)
    line_count = fields.Integer(string="Documents", compute="_compute_counts")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_counts")
    sent_count = fields.Integer(string="Sent by E-mail", compute="_compute_counts")
    print_count = fields.Integer(string="To Print", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    unsent_count = fields.Integer(string="Not Sent", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    progress_text = fields.Char(compute="_compute_counts")

    @api.depends("line_ids.state")
    def _compute_counts(self):
        groups = self.env["recurring.print.line"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        )
        counts = {(run, state): count for run, state, count in groups}
        for run in self:
            of = {
                state: counts.get((run, state), 0)
                for state in ("waiting", "made", "sent", "unsent", "failed")
            }
            run.line_count = sum(of.values())
            run.waiting_count = of["waiting"]
            run.sent_count = of["sent"]
            run.print_count = of["made"] + of["unsent"]
            run.failed_count = of["failed"]
            run.unsent_count = of["unsent"]
            done = run.line_count - run.waiting_count
            run.progress = 100.0 * done / (run.line_count or 1)
            run.progress_text = run._progress_sentence(done)

    def _progress_sentence(self, done):
        text = self.env._(
            "%(done)s of %(total)s documents",
            done=formatLang(self.env, done, digits=0),
            total=formatLang(self.env, self.line_count, digits=0),
        )
        if self.failed_count:
            text += ", " + self.env._("%s failed", self.failed_count)
        return text

    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    @api.model
    def _start(self, name, report, records, template=None, together=1, context=None):
        """Start making a document for each of ``records`` in the background.

        :param name: what the user sees, for instance "Membership cards"
        :param report: an ``ir.actions.report`` or its XML id, of the records' model
        :param records: of one company; the caller's right to read them is checked
        :param template: a ``mail.template`` of that model: each document is sent with
            it to whom the template says; who has no e-mail stays to be printed
        :param together: records in one document, for instance cards on a sheet
        :param context: what the documents ask the context for: ``membership_day``...
        :return: the run, which scheduled actions work off
        :raises UserError: no records, or of several companies
        """
        if isinstance(report, str):
            report = self.env.ref(report)
        records.check_access("read")
        company = self._one_company(records)
        parts = [
            records[place : place + together]
            for place in range(0, len(records), together)
        ]
        # sudo: runs are written by the work only; reading the records was checked.
        run = self.sudo().create(
            {
                "name": name,
                "company_id": company.id,
                "user_id": self.env.uid,
                "report_id": report.id,
                "template_id": template.id if template else False,
                "parameters": context or False,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": ", ".join(part.mapped("display_name")),
                            "res_model": part._name,
                            "res_id": part[0].id,
                            "res_ids": part.ids,
                        },
                    )
                    for part in parts
                ],
            }
        )
        run._wake_workers()
        return run.sudo(self.env.su)

    def _one_company(self, records):
        if not records:
            raise UserError(self.env._("Select at least one record."))
        if "company_id" not in records._fields:
            return self.env.company
        companies = records.company_id
        if len(companies) > 1:
            raise UserError(
                self.env._(
                    "These belong to several companies: make the documents of one "
                    "company at a time."
                )
            )
        return companies or self.env.company

    def _form_action(self):
        """Return the action that shows this run and its progress."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _wake_workers(self):
        for number in range(1, WORKERS + 1):
            # sudo: whoever starts documents may wake the workers.
            self.env.ref(
                f"recurring_revenue.cron_print_worker_{number}"
            ).sudo()._trigger()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def _set_state(self, allowed, target, **values):
        # sudo: runs are written by their buttons and by the work only.
        return super(RecurringPrintRun, self.sudo())._set_state(
            allowed, target, **values
        )

    def action_stop(self):
        """Stop after the document in work; what was made and sent stays."""
        self.check_access("read")
        self._set_state(("running",), "stopped")
        return True

    def action_continue(self):
        """Go on where the run was stopped."""
        self.check_access("read")
        self._set_state(("stopped",), "running")
        self._wake_workers()
        return True

    def action_retry(self):
        """Try again what failed, and to send what could not be sent; what was sent is
        not sent again."""
        self.check_access("read")
        for run in self:
            # sudo: as above.
            lines = run.sudo().line_ids
            lines._retry_mail()
            lines.filtered(lambda line: line.state in ("failed", "unsent")).write(
                {"state": "waiting", "message": False}
            )
            run._set_state(("running", "stopped", "done"), "running", ended_at=False)
        self._wake_workers()
        return True

    @api.autovacuum
    def _gc_documents(self):
        """Drop the documents of runs that ended a month ago; the record of who got
        what stays."""
        before = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        lines = self.env["recurring.print.line"].search(
            [
                ("run_id.state", "=", "done"),
                ("run_id.ended_at", "<", before),
                ("has_document", "=", True),
            ],
            limit=1000,
        )
        lines.write({"document": False, "has_document": False})
