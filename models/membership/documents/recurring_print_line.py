from odoo import api, fields, models


class RecurringPrintLine(models.Model):
    """One document of a run: for whom, what became of it."""

    _name = "recurring.print.line"
    _description = "Document of a Run"
    _order = "run_id, id"

    run_id = fields.Many2one(
        "recurring.print.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    name = fields.Char(string="Made For", readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    res_ids = fields.Json(
        readonly=True, help="All records of the document, where they are several."
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("made", "Made"),
            ("sent", "Sent"),
            ("unsent", "Not sent: print it"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    message = fields.Char(string="What Happened", readonly=True)
    document = fields.Binary(attachment=True, readonly=True)
    document_name = fields.Char(readonly=True)
    has_document = fields.Boolean(readonly=True)
    mail_id = fields.Many2one(
        "mail.mail", readonly=True, ondelete="set null", index="btree_not_null"
    )
    mail_text = fields.Char(string="E-mail", compute="_compute_mail_text")

    @api.depends("mail_id.state", "message")
    def _compute_mail_text(self):
        for line in self:
            # sudo: the outgoing e-mail of one's own document.
            mail = line.mail_id.sudo()
            line.mail_text = False
            if mail.state == "outgoing":
                line.mail_text = self.env._("Waits to leave")
            elif mail.state in ("exception", "cancel"):
                line.mail_text = self.env._(
                    "Could not leave: %s", mail.failure_reason or mail.state
                )
            elif line.state == "sent":
                line.mail_text = self.env._("Has left")

    def _records(self):
        """Return the records of the document, in the environment of the line."""
        return self.env[self.res_model].browse(self.res_ids or [self.res_id])

    def _retry_mail(self):
        """Let e-mails that could not leave try again: the same e-mails, no others."""
        stuck = self.mail_id.filtered(lambda mail: mail.state == "exception")
        stuck.mark_outgoing()

    def action_open_record(self):
        """Open what the document is about."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_download(self):
        """Download this document."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/document"
            f"?filename_field=document_name&download=true",
            "target": "self",
        }
