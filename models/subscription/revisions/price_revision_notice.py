"""Telling customers about their new prices: once each, queued, in their language."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...catalog.texts import money, number, per_period
from .change_take_back import PRICE

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
        standing = [(sub, rows._drop_overtaken()) for sub, rows in groups]
        reached = {
            sub: rows
            for sub, rows in standing
            if rows and sub._revision_recipient().email
        }
        now = fields.Datetime.now()
        for sub, rows in standing:
            if sub not in reached:
                rows._take_notice("no_email", now)
        if reached:
            template = self.sudo().mail_template_id.with_context(rr_revision=self.id)
            for mail in template.send_mail_batch([sub.id for sub in reached]):
                sub = self.env["recurring.subscription"].browse(mail.res_id)
                reached[sub]._take_notice("queued", now, mail)
        return len(groups)

    def _finish(self, task):
        """Say how many were told of prices that do not come."""
        result = super()._finish(task)
        told = self.line_ids.filtered(
            lambda row: row.state == "withdrawn" and row.notice == "queued"
        )
        if task == "withdraw" and told:
            self.message_post(
                body=self.env._(
                    "%s customers were told already: let them know that the old price "
                    "stays. The filter “Told” lists them.",
                    len(told.subscription_id),
                )
            )
        return result

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

    def _take_notice(self, notice, now, mail=None):
        told = now if notice == "queued" else False
        self._note({"notice": notice, "notice_date": told, "mail_id": mail and mail.id})

    def _conclude(self, state, why=False, **values):
        """Who is not told yet is not told of what does not come."""
        result = super()._conclude(state, why, **values)
        if state in ("withdrawn", "problem"):
            self._recall()
        return result

    def _recall(self):
        """Take back the e-mails that wait; one that is being sent is sent."""
        # sudo: e-mails that wait belong to the system.
        mails = self.sudo().mail_id.filtered(
            lambda mail: mail.state in ("outgoing", "exception")
        )
        mails = mails.try_lock_for_update()
        rows = self.filtered(lambda row: row.sudo().mail_id in mails)
        if rows:
            rows._note({"notice": "recalled", "notice_date": False})
            # Nobody got it: with it goes the message in the subscription's history.
            mails.unlink()

    def _drop_overtaken(self):
        """Return those of these rows, of one subscription, whose price is still to
        come; what the others promised was overtaken by what happened meanwhile."""
        sub, day = self.subscription_id, self[0].effective_date
        over = sub.state == "closed" or (sub.end_date and sub.end_date <= day)
        changed = self.filtered(lambda row: over or not row._is_to_come())
        if over:
            why = self.env._("The subscription ends before")
        else:
            why = self.env._("Changed meanwhile: another plan or price holds then")
        for state, rows in changed.grouped("state").items():
            rows._conclude("problem" if state == "ready" else "withdrawn", why=why)
        return self - changed

    def _is_to_come(self):
        """Tell whether the subscription still has, or gets, the price of this row."""
        line, change = self.line_id, self.change_id
        if not line:
            plan = self.subscription_id.plan_id
            return plan == self.revision_id.version_id.plan_id
        asked = self._change_row()
        if not change:
            before = dict(zip(PRICE, asked["was"], strict=True))
            return bool(self._part_with({**asked, **before}))
        return bool(self._part_with(asked))

    def _part_with(self, asked):
        return self.subscription_id._part_with_price(asked, self.effective_date)

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
