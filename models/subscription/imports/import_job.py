"""A file that is imported row by row: checked as a whole, then worked off in batches.

Concrete imports say what a row is: see the hooks of ``recurring.import.job``.
"""

import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

AT_ONCE = 200  # rows imported while the user waits; more are a background job
COUNTS = {
    "valid_count": "valid",
    "problem_count": "problem",
    "existing_count": "existing",
    "imported_count": "imported",
}


class RecurringImportJob(models.AbstractModel):
    """What every import of a file has: rows with their outcome, states, progress.

    A job that was stopped or killed goes on where it was: each row knows its outcome.
    """

    _name = "recurring.import.job"
    _description = "Import of a File"
    _order = "id desc"
    _import_group = ""  # who imports
    _import_cron = ""  # the scheduled action that works in the background

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
        job_rows = self._row_model()
        counts = {
            (job.id, state): count
            for job, state, count in self.env[job_rows]._read_group(
                [("import_id", "in", self.ids)], ["import_id", "state"], ["__count"]
            )
        }
        for job in self:
            for name, state in COUNTS.items():
                job[name] = counts.get((job.id, state), 0)
            job.row_count = sum(job[name] for name in COUNTS)
            total = job.imported_count + job.valid_count
            job.progress = 100 * job.imported_count / total if total else 0
            job.progress_text = job._progress_text(job.imported_count, total)

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
            content = job._rejected_content(rows.sorted("line"))
            job.rejected_file = base64.b64encode(content)

    # ------------------------------------------------------------------
    # What a concrete import says
    # ------------------------------------------------------------------

    @api.model
    def _row_model(self):
        return self._fields["row_ids"].comodel_name

    def _progress_text(self, done, total):
        return self.env._("%(done)s of %(total)s imported", done=done, total=total)

    def _rejected_content(self, rows):
        """Return the file (bytes) of rows to correct, in the user's kind of file."""
        raise NotImplementedError

    def _facts(self, rows):
        """Ask the database once about everything that rows (cells) name."""
        raise NotImplementedError

    def _row_check(self, line, cells, facts, seen):
        """Return the check of a row: ``run()`` gives what it says, or None;
        ``problems`` says why not."""
        raise NotImplementedError

    def _references(self, rows):
        """Return what names each row (cells) in its source, or None."""
        raise NotImplementedError

    def _outcome(self, check):
        """Return the state of a row whose check ran, and more values of its record."""
        return "valid", {}

    def _was_imported(self, reference, facts):
        """Tell whether a row was imported before."""
        return reference in facts.existing

    def _build(self, rows, parsed, facts):
        """Make records of parsed rows; return the values of each row that name them."""
        raise NotImplementedError

    @api.model
    def _check_may_import(self):
        if not self.env.su and not self.env.user.has_group(self._import_group):
            raise AccessError(self._not_allowed())

    @api.model
    def _not_allowed(self):
        return self.env._("You may not import this.")

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
        self.env.ref(self._import_cron).sudo()._trigger()

    def action_download_rejected(self):
        """Hand out the rows to correct, with their reasons."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/rejected_file"
            f"?download=1&filename_field=rejected_name",
            "target": "self",
        }

    def action_open_rows(self):
        """List the rows of the file with their outcome."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rows of %s", self.name),
            "res_model": self._row_model(),
            "views": [(False, "list")],
            "domain": [("import_id", "=", self.id)],
        }
