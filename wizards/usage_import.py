import base64
from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..models.subscription.imports.import_reader import UnreadableFile
from ..models.subscription.usage.usage_file import read_events, refused_file
from ..models.subscription.usage.usage_record import MOST

SHOWN = 20  # refused events that are listed; all are in the file


class RecurringUsageImportWizard(models.TransientModel):
    """Record the events of a file, and say what was refused and why."""

    _name = "recurring.usage.import.wizard"
    _description = "Import Usage"

    file = fields.Binary(attachment=False)
    filename = fields.Char()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection([("file", "File"), ("done", "Done")], default="file")
    recorded_count = fields.Integer(string="Events Recorded", readonly=True)
    late_count = fields.Integer(
        string="Of Which Late", readonly=True, help="Billed as late usage."
    )
    duplicate_count = fields.Integer(string="Events Recorded Before", readonly=True)
    refused_count = fields.Integer(string="Events Refused", readonly=True)
    refused_table = fields.Html(readonly=True, sanitize=False)
    refused_file = fields.Binary(readonly=True, attachment=False)
    refused_filename = fields.Char(readonly=True)

    def action_import(self):
        """Record the events of the file; what is good is kept."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        try:
            numbers, events = read_events(
                base64.b64decode(self.file), self.filename, self.env
            )
        except UnreadableFile as error:
            raise UserError(str(error)) from error
        usage = self.env["recurring.usage"].with_company(self.company_id)
        answers = []
        for part in split_every(MOST, events, list):
            answers += usage._record(part, "import")
        self.write(self._outcome(numbers, events, answers))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Usage"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _outcome(self, numbers, events, answers):
        """Return what the wizard shows of the answers."""
        counts = Counter(answer["status"] for answer in answers)
        late = sum(answer["code"] == "late" for answer in answers)
        not_new = counts["duplicate"] + counts["refused"]
        return {
            "state": "done",
            "file": False,
            "recorded_count": counts["recorded"],
            "late_count": late,
            "duplicate_count": counts["duplicate"],
            "refused_count": counts["refused"],
            "refused_table": self._list_refused(numbers, answers),
            "refused_file": not_new
            and base64.b64encode(refused_file(numbers, events, answers, self.env)),
            "refused_filename": "refused.csv",
        }

    def _list_refused(self, numbers, answers):
        refused = [
            (number, answer)
            for number, answer in zip(numbers, answers, strict=True)
            if answer["status"] == "refused"
        ]
        if not refused:
            return False
        rows = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td></tr>") % (number, answer["message"])
            for number, answer in refused[:SHOWN]
        )
        return Markup(
            "<table class='table table-sm mb-0'><thead><tr><th>%s</th><th>%s</th></tr>"
            "</thead><tbody>%s</tbody></table>"
        ) % (self.env._("Line"), self.env._("Why it was refused"), rows)

    def action_open_usage(self):
        """Open the events that count."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_usage_action"
        )
