"""Documents about members of a sensitive plan are closed like the members."""

from odoo import api, fields, models


class RecurringPrintRun(models.Model):
    _inherit = "recurring.print.run"

    is_sensitive = fields.Boolean(
        compute="_compute_is_sensitive",
        store=True,
        help="One of its documents is about a member of a sensitive plan.",
    )

    @api.depends("line_ids.is_sensitive")
    def _compute_is_sensitive(self):
        for run in self:
            # sudo: whether it is closed does not depend on who asks.
            run.is_sensitive = any(run.sudo().line_ids.mapped("is_sensitive"))


class RecurringPrintLine(models.Model):
    _inherit = "recurring.print.line"

    is_sensitive = fields.Boolean(compute="_compute_is_sensitive", store=True)

    @api.depends("res_model", "res_id", "res_ids")
    def _compute_is_sensitive(self):
        for model, lines in self.grouped("res_model").items():
            fields_of = self.env[model]._fields if model in self.env else {}
            for line in lines:
                # sudo: whether it is closed does not depend on who asks.
                records = line.sudo()._records().exists() if fields_of else ()
                if "is_sensitive" in fields_of:
                    line.is_sensitive = any(records.mapped("is_sensitive"))
                elif "plan_id" in fields_of:
                    line.is_sensitive = any(records.plan_id.mapped("rr_sensitive"))
                else:
                    line.is_sensitive = False
