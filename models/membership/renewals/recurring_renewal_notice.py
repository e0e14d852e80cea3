import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...guard import applying, is_applying
from ...halves import in_halves

_logger = logging.getLogger(__name__)

BATCH = 100  # members per transaction


class RecurringRenewalNotice(models.Model):
    """A reminder that went out: to whom, when, for which period; one of a kind each."""

    _name = "recurring.renewal.notice"
    _description = "Reminder Sent to a Member"
    _order = "queued_on desc, id desc"
    _rec_name = "reminder_id"

    reminder_id = fields.Many2one(
        "recurring.renewal.reminder",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    basis = fields.Selection(related="reminder_id.basis", store=True)
    days = fields.Integer(readonly=True)
    membership_id = fields.Many2one(
        "recurring.membership",
        string="Member",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="membership_id.company_id", store=True, index=True
    )
    payer_id = fields.Many2one(
        "res.partner",
        string="Written To",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    dues_line_id = fields.Many2one(
        "recurring.dues.line",
        string="Period",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    last_day = fields.Date(related="dues_line_id.last_day", string="Period Until")
    queued_on = fields.Date(string="Date", required=True, readonly=True, index=True)
    outcome = fields.Selection(
        [
            ("queued", "E-mail queued"),
            ("no_email", "No e-mail address"),
            ("failed", "E-mail failed"),
        ],
        required=True,
        readonly=True,
    )
    why = fields.Char(readonly=True)

    _once = models.UniqueIndex(
        "(dues_line_id, reminder_id)", "This reminder was sent for the period already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is typed: the record says what was sent."""
        self._refuse_typed()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse what is typed."""
        self._refuse_typed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_typed()

    def _refuse_typed(self):
        if not is_applying(self.env):
            raise UserError(self.env._("What was sent is not typed: it is on record."))

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Daily: queue what every company's plans say for its today."""
        groups = self.env["recurring.membership"]._read_group([], ["company_id"])
        companies = self.env["res.company"].union(*(company for (company,) in groups))
        self.env["recurring.subscription"]._for_each_company(
            companies, self, "_remind_company"
        )

    @api.model
    def _remind_company(self, company, today):
        """Queue the reminders of a day, batch by batch; again adds nothing."""
        while self._queue(company, today, BATCH):
            if not self.env["ir.cron"]._commit_progress(0):
                return

    @api.model
    def _queue(self, company, day, limit=None):
        """Queue reminders of a day, one e-mail a payer and kind; return how many
        members they are about."""
        rows = self.env["recurring.renewal.reminder"]._due(company, day, limit)
        lines = self.env["recurring.dues.line"]
        of_payer = {}
        for reminder, member, line in rows:
            membership = self.env["recurring.membership"].browse(member)
            key = (reminder, membership.payer_id.id)
            of_payer.setdefault(key, []).append((membership, lines.browse(line)))
        parts = [
            (self.env["recurring.renewal.reminder"].browse(reminder), found)
            for (reminder, _payer), found in of_payer.items()
        ]
        in_halves(
            self.env,
            parts,
            lambda some: self._tell(some, day),
            lambda part, error: self._fail(part, day, error),
        )
        return len(rows)

    @api.model
    def _tell(self, parts, day):
        """Record and queue the reminders of some payers."""
        batches = {}
        for reminder, found in parts:
            payer = found[0][0].payer_id
            outcome = "queued" if payer.email else "no_email"
            self._record(reminder, found, day, outcome)
            if payer.email:
                batches.setdefault(reminder, []).append(found[0][0].id)
        for reminder, ids in batches.items():
            template = reminder.mail_template_id.with_context(
                rr_reminder=reminder.id, rr_day=day
            )
            # sudo: the e-mails wait in the queue of the system.
            template.sudo().send_mail_batch(ids)

    @api.model
    def _fail(self, part, day, error):
        reminder, found = part
        _logger.warning("Reminder of %s failed", found[0][0], exc_info=error)
        text = (str(error).strip() or repr(error)).splitlines()[0]
        self._record(reminder, found, day, "failed", text)

    @api.model
    def _record(self, reminder, found, day, outcome, why=False):
        applying(self).create(
            [
                {
                    "reminder_id": reminder.id,
                    "days": reminder.days,
                    "membership_id": membership.id,
                    "payer_id": membership.payer_id.id,
                    "dues_line_id": line.id,
                    "queued_on": day,
                    "outcome": outcome,
                    "why": why,
                }
                for membership, line in found
            ]
        )


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    rr_notice_ids = fields.One2many(
        "recurring.renewal.notice", "membership_id", string="Reminders", readonly=True
    )

    def _reminder(self):
        """Return what a reminder e-mail says, in its language: the members it is
        about with the day each membership ends, what is called, how to pay."""
        self.ensure_one()
        context = self.env.context
        reminder = self.env["recurring.renewal.reminder"].browse(
            context.get("rr_reminder")
        )
        notices = self.env["recurring.renewal.notice"].search(
            [
                ("reminder_id", "=", reminder.id),
                ("payer_id", "=", self.payer_id.id),
                ("queued_on", "=", context.get("rr_day")),
            ],
            order="id",
        )
        members = notices.membership_id or self
        ends = {notice.membership_id: notice.last_day for notice in notices}
        day = ends.get(self) or self.covered_until
        calls = members._open_lines().dues_id.filtered(
            lambda one: one.state == "called"
        )
        return {
            "names": [member.partner_id.name for member in members],
            "day": format_date(self.env, day) if day else "",
            "days": reminder.days,
            "calls": calls,
            "totals": calls._mail_totals() if calls else {},
        }

    def _mail_language(self):
        """Return the language of the payer, else that of the association."""
        return self.payer_id.lang or self.company_id.partner_id.lang
