"""How a campaign issues receipts: batch by batch, each a transaction; a donor who fails
is found by halving and does not stop the others."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...billing.conflicts import CONFLICTS
from ...guard import applying
from .receipt_eligibility import GiftsOfYear
from .recurring_receipt_campaign import AT_ONCE

_logger = logging.getLogger(__name__)

BATCH = 100
ATTEMPTS = 5


class RecurringReceiptCampaign(models.Model):
    _inherit = "recurring.receipt.campaign"

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_issue(self):
        """Issue the receipts of the preview; many of them in the background."""
        self.ensure_one()
        self.check_access("write")
        self._set_state(
            ("draft",),
            "running",
            user_id=self.env.uid,
            started_at=fields.Datetime.now(),
        )
        self.company_id._rr_receipt_check()
        if not self.previewed_at:
            raise UserError(self.env._("Look at the preview first."))
        if not self._left():
            raise UserError(self.env._("There is no receipt to issue."))
        self._start()
        return True

    def action_stop(self):
        """Stop after the batch in work; what was issued stays issued."""
        self.check_access("write")
        self._set_state(("running",), "stopped")
        return True

    def action_continue(self):
        """Go on with what is left, and try again what failed."""
        self.ensure_one()
        self.check_access("write")
        self._set_state(("stopped", "done"), "running", ended_at=False)
        failed = self.row_ids.filtered(lambda row: row.outcome == "failed")
        applying(failed).write({"outcome": "todo"})
        self._start()
        return True

    def _start(self):
        if self._left() > AT_ONCE:
            # sudo: the scheduled action belongs to the system.
            self.env.ref("recurring_revenue.cron_receipt_campaign").sudo()._trigger()
            return
        while self._issue_batch():
            continue
        self._finish()

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    def _waiting(self):
        return [
            ("campaign_id", "=", self.id),
            ("pile", "=", "issue"),
            ("outcome", "=", "todo"),
        ]

    def _left(self):
        return self.env["recurring.receipt.campaign.row"].search_count(self._waiting())

    @api.model
    def _cron_work(self):
        """Go on with the campaigns that run, until time is up."""
        for campaign in self.search([("state", "=", "running")], order="id"):
            try:
                if not campaign._work():
                    return
            except CONFLICTS:
                self.env.cr.rollback()
            except Exception as error:
                # One campaign that breaks does not keep those of others waiting.
                self.env.cr.rollback()
                _logger.exception("%s failed", campaign.display_name)
                campaign._set_state(("running",), "stopped")
                campaign.message_post(body=str(error))
                campaign._commit_batch(0)

    def _work(self, batch=BATCH):
        """Issue batch after batch until none is left; False when time ran out."""
        self.ensure_one()
        self._commit_batch(0, self._left())
        while self.state == "running":
            treated = self._issue_batch_again(batch)
            left = self._commit_batch(treated)
            if not treated:
                break
            if not left:
                return False
            # Someone may have pressed Stop meanwhile.
            self.invalidate_recordset(["state"])
        try:
            self._finish()
            self._commit_batch(0)
        except CONFLICTS:
            # Another worker closed the campaign at the same moment.
            self.env.cr.rollback()
        return True

    def _commit_batch(self, treated, remaining=None):
        """Commit, tell the scheduled action how far it is, return its seconds left."""
        return self.env["ir.cron"]._commit_progress(treated, remaining=remaining)

    def _issue_batch_again(self, batch):
        """Issue a batch; when another transaction was faster, look again and retry,
        this time with nobody else in between."""
        counter = self.env["recurring.tax.receipt.counter"]
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._issue_batch(batch)
            except CONFLICTS:
                if attempt == ATTEMPTS:
                    raise
                _logger.info("%s: others issue too, again", self.display_name)
                self.env.cr.rollback()
                counter._wait_turn()
        return 0

    def _finish(self):
        if self.state == "running" and not self._left():
            self._set_state(("running",), "done", ended_at=fields.Datetime.now())

    # ------------------------------------------------------------------
    # One batch
    # ------------------------------------------------------------------

    def _issue_batch(self, batch=BATCH):
        """Issue the receipts of the next rows; return how many rows were treated."""
        company, user = self.company_id, self.user_id
        campaign = (
            self.with_user(user)
            .with_company(company)
            .with_context(lang=user.lang, allowed_company_ids=company.ids)
        )
        rows = campaign._claim(batch)
        if rows:
            campaign._issue_rows(rows)
            campaign.env.flush_all()
        return len(rows)

    def _claim(self, batch):
        """Take the next rows; those that another worker treats are passed over."""
        rows = self.env["recurring.receipt.campaign.row"]
        rows.flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM recurring_receipt_campaign_row"
                " WHERE campaign_id = %s AND pile = 'issue' AND outcome = 'todo'"
                " ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                self.id,
                batch,
            ),
            log_exceptions=False,
        )
        return rows.browse([row_id for [row_id] in self.env.cr.fetchall()])

    def _issue_rows(self, rows):
        """Issue together; on failure halve until who is to blame stands alone."""
        try:
            with self.env.cr.savepoint():
                return self._issue_together(rows)
        except CONFLICTS:
            raise
        except Exception as error:
            if len(rows) == 1:
                sentence = self._failure_sentence(rows, error)
                return applying(rows).write({"outcome": "failed", "text": sentence})
            _logger.info("%s rows halved: %s", len(rows), error)
        half = len(rows) // 2
        self._issue_rows(rows[:half])
        return self._issue_rows(rows[half:])

    def _issue_together(self, rows):
        """Issue by what is in the books now, not by what the preview found."""
        donors = rows.partner_id | rows.joint_partner_id
        gifts = GiftsOfYear(self.company_id, self.year, donors)
        drafts = {draft.key: draft for draft in gifts.drafts(gifts.findings())}
        found = [(row, drafts[row._key()]) for row in rows if row._key() in drafts]
        for _row, draft in found:
            draft.campaign = self
        receipts = self.env["recurring.tax.receipt"]._issue([one for _, one in found])
        gone = rows
        for (row, draft), receipt in zip(found, receipts, strict=True):
            gone -= row
            applying(row).write(
                {
                    "outcome": "issued",
                    "receipt_id": receipt.id,
                    "amount": receipt.amount,
                    "gift_count": len(draft.findings),
                }
            )
        applying(gone).write(
            {
                "outcome": "nothing",
                "text": self.env._(
                    "Since the preview nothing is left to certify: a receipt was "
                    "issued, or the gift was taken back."
                ),
            }
        )

    def _failure_sentence(self, row, error):
        if isinstance(error, UserError):
            return str(error)
        _logger.warning("Receipt of %s failed", row.partner_id.id, exc_info=error)
        text = str(error).strip()
        return self.env._(
            "Odoo could not issue it: %s. If the words do not help, show them to your "
            "administrator.",
            text.splitlines()[0] if text else repr(error),
        )
