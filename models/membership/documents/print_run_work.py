"""How a run of documents is worked off: claim one, make it, send it, commit."""

import base64
import logging
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.image import image_data_uri
from odoo.tools.safe_eval import safe_eval, time

from ...billing.conflicts import CONFLICTS
from ...subscription.imports.import_job_work import NOT_OF_A_ROW

_logger = logging.getLogger(__name__)

ATTEMPTS = 5


class RecurringPrintRun(models.Model):
    _inherit = "recurring.print.run"

    @api.model
    def _cron_work(self):
        """Work off all running runs until time is up; several workers may."""
        for run in self.search([("state", "=", "running")], order="id"):
            try:
                if not run._work():
                    return
            except CONFLICTS:
                self.env.cr.rollback()
            except Exception as error:
                # One run that breaks does not keep the others waiting.
                self.env.cr.rollback()
                _logger.exception("Documents “%s” (%s) failed", run.name, run.id)
                run.write({"state": "stopped"})
                run._note_failure(run._next_waiting(), error)
                run._commit_document(0)

    def _work(self):
        """Make document after document, each a transaction; False when time ran out."""
        self.ensure_one()
        self._commit_document(0, self._count_waiting())
        while self.state == "running":
            made = self._make_next_again()
            left = self._commit_document(made)
            if not made:
                break
            if not left:
                return False
            self.invalidate_recordset(["state"])  # someone may have pressed Stop
        self._finish()
        self._commit_document(0, 0)
        return True

    def _commit_document(self, made, remaining=None):
        """Commit, tell the scheduled action how far it is, return its seconds left."""
        return self.env["ir.cron"]._commit_progress(made, remaining=remaining)

    def _count_waiting(self):
        return self.env["recurring.print.line"].search_count(
            [("run_id", "=", self.id), ("state", "=", "waiting")]
        )

    def _next_waiting(self):
        return self.env["recurring.print.line"].search(
            [("run_id", "=", self.id), ("state", "=", "waiting")], limit=1
        )

    def _finish(self):
        """Close the run when nothing is left for any worker."""
        if self.state == "running" and not self._count_waiting():
            self.write({"state": "done", "ended_at": fields.Datetime.now()})
            if self.template_id:
                self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    # ------------------------------------------------------------------
    # One document
    # ------------------------------------------------------------------

    def _make_next_again(self):
        """Make the next document; when another worker was faster, look again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._make_next()
            except CONFLICTS:
                if attempt == ATTEMPTS:
                    raise
                self.env.cr.rollback()
        return 0

    def _make_next(self):
        """Claim a document that waits and make it; return how many were treated."""
        line = self._claim_next()
        if not line:
            return 0
        try:
            with self.env.cr.savepoint():
                self._make(line)
                self.env.flush_all()
        except NOT_OF_A_ROW:
            raise
        except Exception as error:
            self._note_failure(line, error)
        return 1

    def _claim_next(self):
        """Lock the next line that waits and that no other worker has: until the commit
        it is ours, and when this process dies it waits as before."""
        self.env["recurring.print.line"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM recurring_print_line"
                " WHERE run_id = %s AND state = 'waiting'"
                " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
                self.id,
            ),
            log_exceptions=False,
        )
        found = self.env.cr.fetchone()
        return self.env["recurring.print.line"].browse(found or ())

    def _as_user(self):
        """Return the run as who started it, in its company: with their rights."""
        return (
            self.with_user(self.user_id)
            .with_company(self.company_id)
            .with_context(
                **(self.parameters or {}),
                lang=self.user_id.lang,
                allowed_company_ids=self.company_id.ids,
            )
        )

    def _make(self, line):
        records = line._records().with_env(self._as_user().env)
        if len(records.exists()) < len(records):
            raise UserError(records.env._("It does not exist any more."))
        records.check_access("read")
        lang = self._recipient(records).lang or self.company_id.partner_id.lang
        records = records.with_context(lang=lang or records.env.lang)
        content = self._render_document(records)
        name = self._file_name(self.report_id, records)
        values = {
            "document": base64.b64encode(content),
            "document_name": name,
            "has_document": True,
            "state": "made",
            "message": False,
        }
        if self.template_id:
            values.update(self._send_document(records, name, content))
        line.write(values)

    @api.model
    def _recipient(self, records):
        """Return the partner in whose language a document is made."""
        for name in ("payer_id", "partner_id"):
            if name in records._fields:
                # sudo: of the partner only the language is read.
                return records[:1].sudo()[name]
        return self.env["res.partner"]

    def _render_document(self, records):
        """Return the PDF of one document."""
        reports = records.env["ir.actions.report"]
        return reports._render_qweb_pdf(self.report_id.id, records.ids)[0]

    @api.model
    def _file_name(self, report, records):
        """Return the name of the file, as the report says, without a path."""
        expression = report.with_context(lang=records.env.lang).print_report_name
        name = records[:1].display_name
        if expression:
            name = safe_eval(expression, {"object": records[:1], "time": time})
        return re.sub(r"[^\w .,'’()°-]+", "-", name).strip() + ".pdf"

    @api.model
    def _qr_code(self, text, **values):
        """Return a QR code as a picture that stands in the document itself."""
        values = {"width": 400, "height": 400, "barLevel": "M", "quiet": 0, **values}
        image = self.env["ir.actions.report"].barcode("QR", text, **values)
        return image_data_uri(base64.b64encode(image))

    def _send_document(self, record, name, content):
        """Queue the e-mail with the document; return what the line is told."""
        template = self.template_id.with_env(record.env)
        made = template.with_context(
            rr_made_document=(self.report_id.id, record.id, content)
        )
        mail = self.env["mail.mail"].browse(made.send_mail(record.id))
        if not mail.email_to and not any(mail.recipient_ids.mapped("email")):
            mail.unlink()
            run = self._as_user()
            return {"state": "unsent", "message": run.env._("No e-mail address")}
        if self.report_id not in self.template_id.report_template_ids:
            attachment = {"name": name, "raw": content, "type": "binary"}
            message = mail.mail_message_id
            attachment.update(res_model=message._name, res_id=message.id)
            mail.write({"attachment_ids": [(0, 0, attachment)]})
        return {"state": "sent", "mail_id": mail.id}

    def _note_failure(self, line, error):
        line.write({"state": "failed", "message": self._failure_sentence(error)})

    def _failure_sentence(self, error):
        """Return a refusal in its own words, or what to do with an odd error."""
        if isinstance(error, UserError):
            return str(error)
        _logger.warning("A document of “%s” failed", self.name, exc_info=error)
        text = str(error).strip()
        return self._as_user().env._(
            "The document could not be made: %s. If the words do not help, show them "
            "to your administrator.",
            text.splitlines()[0] if text else repr(error),
        )


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Take a document that was just made for the same record, where an e-mail
        attaches it: making it takes seconds."""
        made = self.env.context.get("rr_made_document")
        if made and isinstance(made, tuple) and res_ids:
            report, res_id, content = made
            if list(res_ids) == [res_id] and self._get_report(report_ref).id == report:
                return content, "pdf"
        return super()._render_qweb_pdf(report_ref, res_ids, data=data)
