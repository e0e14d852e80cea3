import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from .import_reader import UnreadableFile, read_table
from .import_template import rejected_file


class RecurringImport(models.Model):
    """One file of subscriptions: checked as a whole, then imported in the background.

    Each row of the file is a ``recurring.import.row`` that knows its outcome, so that a
    job which was stopped or killed goes on where it was.
    """

    _name = "recurring.import"
    _description = "Subscription Import"
    _inherit = ["recurring.import.job"]
    _import_group = "recurring_revenue.group_billing"
    _import_cron = "recurring_revenue.cron_import"

    row_ids = fields.One2many("recurring.import.row", "import_id", readonly=True)
    problem_ids = fields.One2many(
        "recurring.import.problem", "import_id", readonly=True
    )

    @api.model
    def _not_allowed(self):
        return self.env._("Only billing officers import subscriptions.")

    def _rejected_content(self, rows):
        return rejected_file(
            self.kind,
            self.delimiter,
            [
                (row.line, row.cells or {}, row.problem_ids.mapped("sentence"))
                for row in rows
            ],
            self.env,
        )

    # ------------------------------------------------------------------
    # Upload
    # ------------------------------------------------------------------

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


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    import_row_ids = fields.One2many("recurring.import.row", "subscription_id")
