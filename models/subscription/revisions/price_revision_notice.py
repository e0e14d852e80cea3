"""Telling customers about their new prices: once each, queued, in their language."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...catalog.texts import money, number, per_period

BATCH = 100  # e-mails per transaction
TELLING = ("announced", "applying", "applied")


class RecurringPriceRevision(models.Model):
    _inherit = "recurring.price.revision"

    def action_announce(self):
        """Queue an e-mail to each customer, so many days before its new price."""
        self._check_may_revise()
        today = fields.Date.context_today(self)
        for revision in self:
            revision._check_notice(today)
            state = "announced" if revision.state == "prepared" else revision.state
            revision._set_state(
                ("prepared", "applied"), state, announced_on=fields.Datetime.now()
            )
            revision._queue_notices(today, BATCH)
        self._wake("cron_price_revision_notice")
        return True

    def _check_notice(self, today):
        self.ensure_one()
        if self.announced_on:
            raise UserError(self.env._("It has been announced already."))
        if not self.mail_template_id:
            raise UserError(self.env._("Choose the e-mail that announces it."))
        rows = self.line_ids.filtered(lambda row: row.state in ("ready", "done"))
        if not rows:
            raise UserError(self.env._("No price is to be announced."))
        first = min(rows.mapped("effective_date"))
        if first < today + timedelta(days=self.notice_days):
            raise UserError(
                self.env._(
                    "The first new price holds from %(day)s, in less than %(days)s "
                    "days: prepare the list again, or shorten the notice.",
                    day=format_date(self.env, first),
                    days=self.notice_days,
                )
            )

    def _to_tell(self, today):
        """Return the domain of the rows whose customers are to be told today."""
        return [
            ("revision_id", "=", self.id),
            ("state", "in", ("ready", "done")),
            ("notice", "=", False),
            ("effective_date", ">=", today),
            ("effective_date", "<=", today + timedelta(days=self.notice_days)),
        ]

    def _queue_notices(self, today, limit=None):
        """Queue the e-mails of the day, one a subscription; return how many were due.

        Who has no e-mail address is marked instead, for a letter.
        """
        self.ensure_one()
        # sudo: the daily action tells the customers of every company.
        groups = (
            self.sudo()
            .env["recurring.price.revision.line"]
            ._read_group(
                self._to_tell(today),
                ["subscription_id"],
                ["id:recordset"],
                limit=limit,
                order="subscription_id",
            )
        )
        reached = [
            (sub, rows) for sub, rows in groups if sub._revision_recipient().email
        ]
        now = fields.Datetime.now()
        for _sub, rows in groups:
            rows._take_notice("no_email", now)
        for _sub, rows in reached:
            rows._take_notice("queued", now)
        if reached:
            template = self.sudo().mail_template_id.with_context(rr_revision=self.id)
            template.send_mail_batch([sub.id for sub, _rows in reached])
        return len(groups)

    @api.model
    def _cron_notices(self):
        """Daily and after an announcement: queue what is to be told by now."""
        revisions = self.search(
            [("state", "in", TELLING), ("announced_on", "!=", False)], order="id"
        )
        self._commit_batch(0, len(revisions))
        for revision in revisions:
            zone = revision.company_id.partner_id.tz or self.env.user.tz
            today = fields.Date.context_today(revision.with_context(tz=zone))
            while revision._queue_notices(today, BATCH):
                if not self._commit_batch(0):
                    return
            if not self._commit_batch(1):
                return


class RecurringPriceRevisionLine(models.Model):
    _inherit = "recurring.price.revision.line"

    def _take_notice(self, notice, now):
        told = now if notice == "queued" else False
        self._note({"notice": notice, "notice_date": told})

    def _notice_text(self):
        """Return what the customer reads: what, from which price to which."""
        self.ensure_one()
        env, currency = self.env, self.currency_id
        prices = {
            "what": self._notice_name(),
            "old": money(env, self.old_price, currency),
            "new": money(env, self.new_price, currency),
        }
        if self.by_scale:
            prices["quantity"] = number(env, self.quantity)
            text = env._("%(what)s, for %(quantity)s: %(old)s → %(new)s", **prices)
        else:
            text = env._("%(what)s: %(old)s → %(new)s", **prices)
        line = self.line_id
        if not line or line.charge_id.charge_model == "flat":
            version = line and line._version() or self.revision_id.version_id
            text = f"{text} {per_period(version)}"
        return f"{text} {line._tax_note()}".rstrip() if line else text

    def _notice_name(self):
        line = self.line_id
        if not line:
            return self.subscription_id.plan_id.name
        return line.name or line.charge_id.name or line.product_id.name


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _revision_recipient(self):
        """Return whom the notice goes to: the customer, else who gets the invoices."""
        self.ensure_one()
        reachable = (self.partner_id | self.partner_invoice_id).filtered("email")
        return reachable[:1] or self.partner_id

    def _revision_notice(self):
        """Return what the e-mail says of this subscription, in the mail's language:
        the revision's rows as texts, their day and the reason."""
        self.ensure_one()
        revision = self.env["recurring.price.revision"].browse(
            self.env.context.get("rr_revision")
        )
        rows = revision.line_ids.filtered(
            lambda row: row.subscription_id == self and row.state in ("ready", "done")
        )
        day = rows[:1].effective_date
        return {
            "rows": [row._notice_text() for row in rows],
            "day": format_date(self.env, day) if day else "",
            "reason": revision.reason or "",
        }
