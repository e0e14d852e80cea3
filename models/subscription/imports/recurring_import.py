import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .import_reader import UnreadableFile, read_table
from .import_template import rejected_file

AT_ONCE = 200  # rows imported while the user waits; more are a background job
COUNTS = {
    "valid_count": "valid",
    "problem_count": "problem",
    "existing_count": "existing",
    "imported_count": "imported",
}


class RecurringImport(models.Model):
    """One file of subscriptions: checked as a whole, then imported in the background.

    Each row of the file is a ``recurring.import.row`` that knows its outcome, so that a
    job which was stopped or killed goes on where it was.
    """

    _name = "recurring.import"
    _description = "Subscription Import"
    _order = "id desc"

    name = fields.Char(string="File", required=True, readonly=True)
    file = fields.Binary(string="Uploaded File", attachment=True, readonly=True)
    kind = fields.Selection([("csv", "CSV"), ("xlsx", "XLSX")], readonly=True)
    delimiter = fields.Char(default=",", readonly=True, trim=False)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Imported by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    date = fields.Date(
        string="As of",
        required=True,
        readonly=True,
        help="The day that decides what has ended and which period is running.",
    )
    state = fields.Selection(
        [
            ("checked", "Checked"),
            ("running", "Importing"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        default="checked",
        required=True,
        readonly=True,
        index=True,
    )
    row_ids = fields.One2many("recurring.import.row", "import_id", readonly=True)
    problem_ids = fields.One2many(
        "recurring.import.problem", "import_id", readonly=True
    )
    started_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)
    row_count = fields.Integer(string="Rows", compute="_compute_counts")
    valid_count = fields.Integer(string="Ready", compute="_compute_counts")
    problem_count = fields.Integer(string="To Correct", compute="_compute_counts")
    existing_count = fields.Integer(string="Already There", compute="_compute_counts")
    imported_count = fields.Integer(string="Imported", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    progress_text = fields.Char(compute="_compute_counts")
    summary = fields.Char(compute="_compute_summary")
    rejected_file = fields.Binary(compute="_compute_rejected_file")
    rejected_name = fields.Char(compute="_compute_rejected_name")

    # ------------------------------------------------------------------
    # What users read
    # ------------------------------------------------------------------

    @api.depends("row_ids.state")
    def _compute_counts(self):
        counts = {
            (job.id, state): count
            for job, state, count in self.env["recurring.import.row"]._read_group(
                [("import_id", "in", self.ids)], ["import_id", "state"], ["__count"]
            )
        }
        for job in self:
            for name, state in COUNTS.items():
                job[name] = counts.get((job.id, state), 0)
            job.row_count = sum(job[name] for name in COUNTS)
            total = job.imported_count + job.valid_count
            job.progress = 100 * job.imported_count / total if total else 0
            job.progress_text = self.env._(
                "%(done)s of %(total)s subscriptions imported",
                done=job.imported_count,
                total=total,
            )

    @api.depends("row_ids.state", "state")
    def _compute_summary(self):
        for job in self:
            parts = []
            if job.imported_count:
                parts.append(self.env._("%s imported", job.imported_count))
            if job.valid_count:
                parts.append(self.env._("%s ready to import", job.valid_count))
            if job.problem_count:
                parts.append(self.env._("%s to correct", job.problem_count))
            if job.existing_count:
                parts.append(
                    self.env._("%s already there, left as they are", job.existing_count)
                )
            job.summary = ", ".join(parts)

    @api.depends("name", "kind")
    def _compute_rejected_name(self):
        for job in self:
            stem = (job.name or "").rpartition(".")[0] or job.name
            job.rejected_name = self.env._(
                "%(file)s to correct.%(kind)s", file=stem, kind=job.kind
            )

    def _compute_rejected_file(self):
        for job in self:
            rows = job.row_ids.filtered(lambda row: row.state == "problem")
            content = rejected_file(
                job.kind,
                job.delimiter,
                [
                    (row.line, row.cells or {}, row.problem_ids.mapped("sentence"))
                    for row in rows.sorted("line")
                ],
                self.env,
            )
            job.rejected_file = base64.b64encode(content)

    # ------------------------------------------------------------------
    # Upload
    # ------------------------------------------------------------------

    @api.model
    def _check_may_import(self):
        if not self.env.su and not self.env.user.has_group(
            "recurring_revenue.group_billing"
        ):
            raise AccessError(self.env._("Only billing officers import subscriptions."))

    @api.model
    def _upload(self, content, filename, company, today=None):
        """Read and check a file; return the job that holds rows and problems.

        Raises a UserError with one sentence when the file as a whole is unreadable.
        """
        self._check_may_import()
        try:
            table = read_table(content, filename, self.env)
        except UnreadableFile as error:
            raise UserError(str(error)) from error
        # sudo: jobs and their rows are made here and nowhere else.
        job = self.sudo().create(
            {
                "name": filename or self.env._("Subscriptions"),
                "file": base64.b64encode(content),
                "kind": table.kind,
                "delimiter": table.delimiter,
                "company_id": company.id,
                "user_id": self.env.uid,
                "date": today or fields.Date.context_today(self),
            }
        )
        job._check_rows(table.rows)
        return job.sudo(self.env.su)

    # ------------------------------------------------------------------
    # State
    # ------------------------------------------------------------------

    def _set_state(self, allowed, target, **values):
        """Move to ``target`` from one of ``allowed``; the only writer of ``state``."""
        for job in self:
            if job.state not in allowed:
                raise UserError(
                    self.env._("%s: this is not possible any more.", job.name)
                )
        # sudo: users read jobs and move them by the buttons alone.
        self.sudo().write({"state": target, **values})

    def action_import(self):
        """Import the valid rows: at once when they are few, else in the background."""
        self.ensure_one()
        self._check_may_import()
        if not self.valid_count:
            raise UserError(self.env._("No row of this file is ready to import."))
        self._set_state(("checked",), "running", started_at=fields.Datetime.now())
        if self.valid_count <= AT_ONCE:
            while self._import_next():
                continue
            self._finish()
        else:
            self._wake()
        return True

    def action_stop(self):
        """Stop after the batch that is being imported; what is imported stays."""
        self._check_may_import()
        self._set_state(("running",), "stopped")
        return True

    def action_continue(self):
        """Go on with the rows that are left."""
        self._check_may_import()
        self._set_state(("stopped",), "running")
        self._wake()
        return True

    def _wake(self):
        # sudo: the scheduled action belongs to the system.
        self.env.ref("recurring_revenue.cron_import").sudo()._trigger()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_subscriptions(self):
        """List what this file brought in."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported Subscriptions"),
            "res_model": "recurring.subscription",
            "views": [(False, "list"), (False, "form")],
            "domain": [("import_row_ids.import_id", "=", self.id)],
        }

    def action_open_rows(self):
        """List the rows of the file with their outcome."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rows of %s", self.name),
            "res_model": "recurring.import.row",
            "views": [(False, "list")],
            "domain": [("import_id", "=", self.id)],
        }

    def action_download_rejected(self):
        """Hand out the rows to correct, with their reasons."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/rejected_file"
            f"?download=1&filename_field=rejected_name",
            "target": "self",
        }


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    import_row_ids = fields.One2many("recurring.import.row", "subscription_id")
