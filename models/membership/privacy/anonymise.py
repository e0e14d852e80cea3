"""Former members and donors are anonymised after the delay: shown first, then done."""

import logging

from psycopg2 import Error

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ...subscription.imports.import_job_work import NOT_OF_A_ROW

_logger = logging.getLogger(__name__)

AT_ONCE = 50  # people anonymised while the user waits
BATCH = 50  # people in a transaction


class RecurringAnonymiseRun(models.Model):
    """One look at who left long enough ago: who is anonymised, what is kept and why.

    The lines name people only until they are anonymised.
    """

    _name = "recurring.anonymise.run"
    _description = "Anonymising Former Members"
    _order = "id desc"
    _rec_name = "day"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    day = fields.Date(
        string="As of",
        required=True,
        readonly=True,
        default=fields.Date.context_today,
    )
    limit_day = fields.Date(
        string="Last Contact Before",
        compute="_compute_limit_day",
        help="By the association's delay.",
    )
    state = fields.Selection(
        [
            ("preview", "Preview"),
            ("running", "Anonymising"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="preview",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Started By",
        readonly=True,
        default=lambda self: self.env.user,
    )
    started_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)
    line_ids = fields.One2many("recurring.anonymise.line", "run_id", readonly=True)
    ready_count = fields.Integer(string="To Anonymise", compute="_compute_counts")
    kept_count = fields.Integer(string="Left as They Are", compute="_compute_counts")
    done_count = fields.Integer(string="Anonymised", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    progress_text = fields.Char(compute="_compute_counts")

    @api.depends("day", "company_id")
    def _compute_limit_day(self):
        rules = self.env["recurring.retention.rule"]
        for run in self:
            delay = rules._delay("association", run.company_id, run.day)
            run.limit_day = run.day - delay

    @api.depends("limit_day")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "No contact since %s", format_date(self.env, run.limit_day)
            )

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = {
            (run.id, state): count
            for run, state, count in self.env["recurring.anonymise.line"]._read_group(
                [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
            )
        }
        for run in self:
            run.ready_count = counts.get((run.id, "ready"), 0)
            run.kept_count = counts.get((run.id, "kept"), 0)
            run.done_count = counts.get((run.id, "done"), 0)
            total = run.ready_count + run.done_count
            run.progress = 100 * run.done_count / total if total else 0
            run.progress_text = self.env._(
                "%(done)s of %(total)s people anonymised",
                done=run.done_count,
                total=total,
            )

    @api.model
    def _check_may(self):
        if not self.env.su and not self.env.user.has_group(
            "recurring_revenue.group_manager"
        ):
            raise UserError(self.env._("Only administrators anonymise."))

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    def action_preview(self):
        """Look who left long enough ago; nothing is changed."""
        self._check_may()
        # sudo: the lines are made here and nowhere else.
        run = self.sudo().create({"user_id": self.env.uid})
        run._find()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": run.id,
            "views": [(False, "form")],
        }

    def _find(self):
        """List who had no contact since the day of the delay."""
        self.line_ids.unlink()
        found = self.env.execute_query(self._former_query())
        partners = self.env["res.partner"].browse([row[0] for row in found])
        values = []
        for partner, (_id, contact) in zip(partners, found, strict=True):
            reason = partner._why_not_anonymised(self.company_id, self.day)
            values.append(
                {
                    "run_id": self.id,
                    "partner_id": partner.id,
                    "name": partner.name,
                    "last_contact": contact,
                    "state": "kept" if reason else "ready",
                    "reason": reason,
                    "kept": partner._kept_text(self.company_id, self.day),
                }
            )
        self.line_ids.create(values)

    def _former_query(self):
        """Return rows (partner id, day of the last contact) of members and donors of
        the company with none since the delay."""
        self.env.flush_all()
        return SQL(
            """
            SELECT p.id, c.contact
              FROM res_partner p
              JOIN (
                    SELECT x.partner_id, MAX(x.day) AS contact FROM (
                        SELECT m.partner_id,
                               GREATEST(m.joined_on, m.resigned_on, m.excluded_on,
                                        m.rejoined_on,
                                        MAX(l.date_end - 1), MAX(l.paid_on)) AS day
                          FROM recurring_membership m
                     LEFT JOIN recurring_dues_line l
                            ON l.membership_id = m.id AND l.is_cancelled IS NOT TRUE
                         WHERE m.company_id = %(company)s
                         GROUP BY m.id
                         UNION ALL
                        SELECT partner_id, date FROM recurring_contribution
                         WHERE company_id = %(company)s
                         UNION ALL
                        SELECT joint_partner_id, date FROM recurring_contribution
                         WHERE company_id = %(company)s AND joint_partner_id IS NOT NULL
                    ) x GROUP BY x.partner_id
                   ) c ON c.partner_id = p.id
             WHERE p.rr_anonymised_on IS NULL AND c.contact < %(limit)s
             ORDER BY c.contact, p.id
            """,
            company=self.company_id.id,
            limit=self.limit_day,
        )

    # ------------------------------------------------------------------
    # Done
    # ------------------------------------------------------------------

    def action_start(self):
        """Anonymise everybody who is listed: at once when they are few, else in the
        background. It cannot be taken back."""
        self.ensure_one()
        self._check_may()
        if not self.ready_count:
            raise UserError(self.env._("There is nobody to anonymise."))
        if self.state != "preview":
            raise UserError(self.env._("This was started already."))
        run = self.sudo()  # users read runs and move them by the buttons alone
        run.write(
            {
                "state": "running",
                "started_at": fields.Datetime.now(),
                "user_id": self.env.uid,
            }
        )
        if self.ready_count <= AT_ONCE:
            while run._next():
                continue
            run._finish()
        else:
            # sudo: the scheduled action belongs to the system.
            self.env.ref("recurring_revenue.cron_anonymise").sudo()._trigger()
        return True

    @api.model
    def _cron_anonymise(self):
        """Work off the runs in transactions of some people, until time is up."""
        for run in self.search([("state", "=", "running")], order="id"):
            while True:
                treated = run._next()
                if not treated:
                    run._finish()
                left = self.env["ir.cron"]._commit_progress(
                    treated, remaining=run.ready_count
                )
                if not treated:
                    break
                if not left:
                    return

    def _next(self):
        """Anonymise the next people; return how many were treated."""
        lines = self.line_ids.search(
            [("run_id", "=", self.id), ("state", "=", "ready")], limit=BATCH
        )
        for line in lines:
            line._anonymise()
        return len(lines)

    def _finish(self):
        self.write({"state": "done", "ended_at": fields.Datetime.now()})
        self.env["recurring.privacy.log"].with_user(self.user_id)._record(
            "anonymise",
            self.done_count,
            self.env._("No contact since %s.", format_date(self.env, self.limit_day)),
            company=self.company_id,
        )


class RecurringAnonymiseLine(models.Model):
    """Somebody who left long enough ago, and what is kept of them."""

    _name = "recurring.anonymise.line"
    _description = "Person to Anonymise"
    _order = "run_id, state desc, last_contact, id"

    run_id = fields.Many2one(
        "recurring.anonymise.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index=True, ondelete="cascade"
    )
    name = fields.Char(string="Who")
    last_contact = fields.Date()
    state = fields.Selection(
        [
            ("ready", "To anonymise"),
            ("kept", "Left as it is"),
            ("done", "Anonymised"),
        ],
        required=True,
    )
    reason = fields.Char(string="Why Not")
    kept = fields.Char(string="What Is Kept")

    def _anonymise(self):
        """Anonymise one person, alone: a failure stops nobody else."""
        run, partner = self.run_id, self.partner_id
        try:
            with self.env.cr.savepoint():
                # Something may have happened since the preview.
                reason = partner._why_not_anonymised(run.company_id, run.day)
                if reason:
                    self.write({"state": "kept", "reason": reason})
                    return
                partner._anonymise(run.company_id, run.day)
                self.write({"state": "done", "name": partner.name})
                self.env.flush_all()
        except NOT_OF_A_ROW:
            raise
        except (UserError, Error) as error:
            _logger.info("%s was not anonymised: %s", partner.id, error)
            self.env.invalidate_all()
            self.write({"state": "kept", "reason": str(error).splitlines()[0]})
