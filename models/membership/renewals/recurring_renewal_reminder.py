from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# Days on which a reminder still goes out that was missed, by a server at rest: who
# lapsed long before a reminder was set up is not written to.
CATCH_UP = 7
# A call without a date to pay by is due so many days after it.
DAYS_TO_PAY = 30
LONGEST = 366


class RecurringRenewalReminder(models.Model):
    """A reminder of a plan: so many days before, on or after the end of a membership,
    or the day until which a call was to be paid."""

    _name = "recurring.renewal.reminder"
    _description = "Membership Reminder"
    _order = "plan_id, basis, days, id"

    name = fields.Char(
        compute="_compute_name", help="How many days before or after what."
    )
    active = fields.Boolean(default=True)
    plan_id = fields.Many2one(
        "recurring.plan",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('rr_kind', '=', 'membership')]",
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    basis = fields.Selection(
        [("end", "the end of the membership"), ("due", "the day to pay a call by")],
        string="Counted From",
        required=True,
        default="end",
    )
    days = fields.Integer(
        required=True,
        default=-30,
        help="Below zero: so many days before. 0: on that day. Above: after it.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        required=True,
        ondelete="restrict",
        compute="_compute_mail_template_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('model', '=', 'recurring.membership')]",
    )
    notice_ids = fields.One2many("recurring.renewal.notice", "reminder_id")

    _once = models.UniqueIndex(
        "(plan_id, basis, days) WHERE active",
        "This plan has a reminder for that day already.",
    )

    @api.depends("basis", "days")
    @api.depends_context("lang")
    def _compute_name(self):
        for reminder in self:
            reminder.name = reminder._words()

    @api.depends("name")
    def _compute_display_name(self):
        for reminder in self:
            reminder.display_name = reminder.name

    def _words(self):
        env, days = self.env, abs(self.days)
        if self.basis == "due":
            if not self.days:
                return env._("On the day to pay by")
            if self.days < 0:
                return env._("%s days before the day to pay by", days)
            return env._("%s days after the day to pay by", days)
        if not self.days:
            return env._("On the last day")
        if self.days < 0:
            return env._("%s days before the end", days)
        return env._("%s days after the end", days)

    @api.depends("basis")
    def _compute_mail_template_id(self):
        names = {"end": "mail_template_renewal", "due": "mail_template_dues_unpaid"}
        for reminder in self:
            name = f"recurring_revenue.{names.get(reminder.basis, names['end'])}"
            found = self.env.ref(name, raise_if_not_found=False)
            reminder.mail_template_id = found or reminder.mail_template_id

    @api.constrains("days")
    def _check_days(self):
        for reminder in self:
            if abs(reminder.days) > LONGEST:
                raise ValidationError(
                    self.env._("A reminder goes out within a year of its day.")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        """What was sent stays on record: who was reminded and when."""
        if self.notice_ids:
            raise ValidationError(
                self.env._("This reminder was sent: archive it instead.")
            )

    @api.model
    def _due(self, company, day, limit=None, without=()):
        """Return what goes out on a day: rows (reminder id, member id, dues line id).

        The latest reminder of a period alone: earlier ones that were missed are not
        caught up after it. None goes to who paid on, left, or owes nothing, nor where
        instalments are agreed.

        :param without: ids of dues lines that are left out
        """
        for model in (
            "recurring.membership",
            "recurring.dues",
            "recurring.dues.line",
            "recurring.renewal.notice",
            "recurring.renewal.reminder",
        ):
            self.env[model].flush_model()
        query = SQL(
            """
            WITH ending AS (
                SELECT DISTINCT ON (l.membership_id)
                       l.membership_id, l.id, l.date_start, l.date_end - 1 AS day
                  FROM recurring_dues_line l
                 WHERE l.company_id = %(company)s AND l.kind = 'dues'
                   AND l.is_cancelled IS NOT TRUE AND l.counts_on <= %(day)s
                 ORDER BY l.membership_id, l.date_end DESC),
            moment AS (
                SELECT 'end' AS basis, e.membership_id, e.id, e.date_start, e.day
                  FROM ending e
                 WHERE NOT EXISTS (
                       SELECT 1 FROM recurring_dues_line p
                        WHERE p.membership_id = e.membership_id AND p.kind = 'dues'
                          AND p.is_cancelled IS NOT TRUE
                          AND (p.paid_on IS NOT NULL OR p.amount = 0)
                          AND p.date_end > e.day + 1)
                 UNION ALL
                SELECT 'due', l.membership_id, l.id, l.date_start,
                       COALESCE(d.due_on, d.called_on + %(to_pay)s)
                  FROM recurring_dues_line l
                  JOIN recurring_dues d ON d.id = l.dues_id
                 WHERE l.company_id = %(company)s AND l.kind = 'dues'
                   AND d.state = 'called' AND l.is_cancelled IS NOT TRUE
                   AND l.paid_on IS NULL AND l.amount > 0)
            SELECT DISTINCT ON (t.id, t.basis) r.id, m.id, t.id
              FROM moment t
              JOIN recurring_membership m ON m.id = t.membership_id
              JOIN recurring_membership_category c ON c.id = m.category_id
              JOIN recurring_renewal_reminder r
                ON r.plan_id = m.plan_id AND r.basis = t.basis AND r.active
             WHERE m.company_id = %(company)s
               AND t.day + r.days <= %(day)s
               AND t.day + r.days > %(missed)s
               AND c.kind != 'honorary'
               AND COALESCE(m.lifetime_from > GREATEST(
                   %(day)s, CASE WHEN t.basis = 'end' THEN t.day + 1 END), TRUE)
               AND COALESCE(
                   m.resigned_on <= GREATEST(t.date_start, m.rejoined_on), TRUE)
               AND COALESCE(
                   m.excluded_on <= GREATEST(t.date_start, m.rejoined_on), TRUE)
               AND t.id NOT IN %(without)s
               AND NOT EXISTS (
                   SELECT 1 FROM recurring_renewal_notice n
                    WHERE n.dues_line_id = t.id AND n.basis = r.basis
                      AND n.days >= r.days)
               AND %(agreed)s
             ORDER BY t.id, t.basis, r.days DESC
             LIMIT %(limit)s
            """,
            company=company.id,
            day=day,
            missed=day - timedelta(days=CATCH_UP),
            to_pay=DAYS_TO_PAY,
            without=tuple(without) or (0,),
            agreed=self._not_agreed(day),
            limit=limit,
        )
        return self.env.execute_query(query)

    @api.model
    def _not_agreed(self, day):
        """The SQL condition: no other way to pay was agreed with member ``m``."""
        return SQL("TRUE")


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    rr_reminder_ids = fields.One2many(
        "recurring.renewal.reminder", "plan_id", string="Reminders"
    )

    def action_usual_reminders(self):
        """Add the usual reminders where they are missing: 30 days before the end, on
        the last day, 15 days after it, and 10 days after a call was to be paid."""
        reminders = self.env["recurring.renewal.reminder"]
        for plan in self:
            known = {(one.basis, one.days) for one in plan.rr_reminder_ids}
            usual = (("end", -30), ("end", 0), ("end", 15), ("due", 10))
            for basis, days in usual:
                if (basis, days) not in known:
                    reminders.create({"plan_id": plan.id, "basis": basis, "days": days})
        return True
