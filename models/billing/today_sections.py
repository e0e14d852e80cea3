"""What the stages up to billing put on the screen "Today"."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..catalog.texts import money
from ..subscription.recurring_subscription import RUNNING
from ..subscription.subscription_terms import DAILY, RENEWAL_NOTICE

TRIAL_NOTICE = 7  # days before its end from which a trial stands on the screen


class RecurringToday(models.AbstractModel):
    _inherit = "recurring.today"

    @api.model
    def _sections(self):
        """Add what asks for a person in subscriptions and their billing."""
        today = fields.Date.context_today(self)
        return [
            *super()._sections(),
            self._problems(),
            self._daily_problems(),
            self._approvals(),
            self._stopped_runs(),
            self._drafts_to_post(),
            self._credited_periods(),
            self._credit_notes_to_assign(),
            self._trials_waiting(today),
            self._trials_ending(today),
            self._renewals(today),
            self._held(today),
            self._never_started(today),
            self._ending(today),
        ]

    def _problems(self):
        problem = self.env["recurring.billing.problem"]
        return self._section(
            "problems",
            problem._name,
            problem._open_domain(),
            self.env._("Billing problems"),
            self.env._("Mend them"),
            lambda record: (
                record.subscription_id.display_name,
                record.message,
            ),
            target=lambda record: record._cause(),
            second=self._bill_again,
            action="recurring_revenue.recurring_billing_problem_action",
            icon="fa-exclamation-triangle",
            tone="danger",
        )

    def _daily_problems(self):
        return self._subscriptions(
            "daily",
            [("problem_code", "=", DAILY)],
            self.env._("Renewals and endings that failed"),
            self.env._("Mend them"),
            lambda record: record.problem_message,
            order="problem_date, id",
            icon="fa-exclamation-triangle",
            tone="danger",
        )

    def _bill_again(self, domain):
        """Return the second button: one problem stands for its company's billing."""
        if not self.env.user.has_group("recurring_revenue.group_billing"):
            return False
        problems = self.env["recurring.billing.problem"]
        groups = problems._read_group(domain, ["company_id"], ["id:max"])
        return {
            "button": self.env._("Bill them again"),
            "confirm": self.env._(
                "This bills everything that is due today, as one billing. Go on?"
            ),
            "model": problems._name,
            "method": "action_bill_again",
            "ids": [problem_id for _company, problem_id in groups],
        }

    def _approvals(self):
        return self._section(
            "approvals",
            "recurring.change",
            [("state", "=", "waiting")],
            self.env._("Changes to approve"),
            self.env._("Decide"),
            lambda record: (
                record.subscription_id.display_name,
                self.env._(
                    "%(what)s, %(effect)s a month, asked by %(user)s",
                    what=record._type_name(),
                    effect=record.subscription_id._signed(record.monthly_effect),
                    user=record.user_id.name,
                ),
            ),
            action="recurring_revenue.recurring_change_action",
            order="id",
            icon="fa-check-square-o",
            tone="warning",
        )

    def _stopped_runs(self):
        return self._section(
            "stopped",
            "recurring.billing.run",
            [("state", "=", "stopped")],
            self.env._("Billing that was stopped"),
            self.env._("Continue it"),
            lambda record: (record.name, record.progress_text),
            action="recurring_revenue.recurring_billing_run_action",
            icon="fa-pause-circle",
            tone="warning",
        )

    def _drafts_to_post(self):
        return self._section(
            "drafts_to_post",
            "account.move",
            [("rr_run_id", "!=", False), ("state", "=", "draft")],
            self.env._("Invoices to check and post"),
            self.env._("Check them"),
            self._document_entry,
            order="id",
            icon="fa-file-text-o",
            tone="warning",
        )

    def _credited_periods(self):
        return self._section(
            "credited",
            "recurring.billed.item",
            [("waiver_state", "=", "pending")],
            self.env._("Credited periods: bill them again, or leave them?"),
            self.env._("Decide"),
            lambda record: (
                record.subscription_id.display_name,
                self.env._(
                    "%(amount)s, %(first)s - %(last)s",
                    amount=money(self.env, abs(record.amount), record.currency_id),
                    first=format_date(self.env, record.date_start),
                    last=format_date(self.env, record.last_day),
                ),
            ),
            target=lambda record: record.subscription_id,
            action="recurring_revenue.recurring_billed_item_waiver_action",
            order="id",
            icon="fa-undo",
            tone="warning",
        )

    def _credit_notes_to_assign(self):
        return self._section(
            "to_assign",
            "account.move",
            [("rr_to_assign", "=", True)],
            self.env._("Credit notes by hand: which periods do they give back?"),
            self.env._("Assign them"),
            self._document_entry,
            order="id",
            icon="fa-link",
            tone="warning",
        )

    def _document_entry(self, move):
        """Tell an invoice or credit note by its customer, number and total."""
        amount = money(self.env, move.amount_total, move.currency_id)
        number = move.name if move.name and move.name != "/" else ""
        return move.partner_id.display_name, " ".join(filter(None, [number, amount]))

    def _subscriptions(self, key, domain, title, button, detail, **options):
        return self._section(
            key,
            "recurring.subscription",
            domain,
            title,
            button,
            lambda record: (record.display_name, detail(record)),
            action="recurring_revenue.recurring_subscription_action",
            **options,
        )

    def _trials_waiting(self, today):
        return self._subscriptions(
            "trials_waiting",
            [
                ("state", "=", "trial"),
                ("trial_unbilled", "=", True),
                ("trial_end", "<=", today),
            ],
            self.env._("Trials over, waiting for a payment method"),
            self.env._("Get one, or convert"),
            lambda record: self.env._(
                "trial until %s", format_date(self.env, record.trial_last_day)
            ),
            order="trial_end, id",
            icon="fa-credit-card",
            tone="warning",
        )

    def _trials_ending(self, today):
        return self._subscriptions(
            "trials_ending",
            [
                ("state", "=", "trial"),
                ("trial_end", ">", today),
                ("trial_end", "<=", today + timedelta(days=TRIAL_NOTICE)),
            ],
            self.env._("Trials ending"),
            self.env._("Win them"),
            lambda record: record.trial_text,
            order="trial_end, id",
            icon="fa-hourglass-end",
        )

    def _renewals(self, today):
        return self._subscriptions(
            "renewals",
            [
                ("state", "=", "active"),
                ("renewal", "=", "manual"),
                ("term_end", ">", today),
                "|",
                ("term_end", "<=", today + timedelta(days=RENEWAL_NOTICE)),
                (
                    "activity_ids.activity_type_id",
                    "=",
                    self.env.ref("recurring_revenue.activity_renewal").id,
                ),
            ],
            self.env._("Renewals by hand"),
            self.env._("Renew or let end"),
            lambda record: self.env._(
                "ends on %s", format_date(self.env, record.term_last_day)
            ),
            order="term_end, id",
            icon="fa-refresh",
            tone="warning",
        )

    def _held(self, today):
        return self._subscriptions(
            "held",
            [
                ("state", "in", RUNNING),
                ("hold", "=", True),
                ("next_billing_date", "<=", today),
            ],
            self.env._("Due, but on hold"),
            self.env._("Release or keep"),
            lambda record: record.hold_reason,
            order="next_billing_date, id",
            icon="fa-hand-paper-o",
            tone="warning",
        )

    def _never_started(self, today):
        return self._subscriptions(
            "never_started",
            [("state", "=", "draft"), ("start_date", "<=", today)],
            self.env._("Subscriptions never started"),
            self.env._("Start them"),
            lambda record: self.env._(
                "was to start on %s", format_date(self.env, record.start_date)
            ),
            order="start_date, id",
            icon="fa-play-circle-o",
        )

    def _ending(self, today):
        next_month = today + relativedelta(day=1, months=1)
        return self._subscriptions(
            "ending",
            [
                ("state", "in", RUNNING),
                ("end_date", ">", today),
                ("end_date", "<=", next_month),
                "|",
                ("state", "=", "cancelling"),
                ("renewal", "!=", "manual"),
            ],
            self.env._("Ending this month"),
            self.env._("See who leaves"),
            lambda record: self.env._(
                "last day: %s", format_date(self.env, record.last_day)
            ),
            order="end_date, id",
            icon="fa-sign-out",
        )
