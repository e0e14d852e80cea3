"""What a run made, to take away: one PDF to print, or every file in an archive."""

import base64
import io
import zipfile

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import merge_pdf

PART = 200  # documents in one file to print
PRINTED = ("made", "unsent")


class RecurringPrintRun(models.Model):
    _inherit = "recurring.print.run"

    files = fields.Html(compute="_compute_files", sanitize=False)

    @api.depends("line_ids.state", "line_ids.has_document")
    def _compute_files(self):
        for run in self:
            run.files = Markup("<ul class='list-unstyled mb-0'>%s</ul>") % Markup(
                ""
            ).join(
                Markup("<li><a href='%s'>%s</a></li>") % link for link in run._links()
            )

    def _links(self):
        """Return (address, label) of what may be downloaded now."""
        address = f"/recurring_revenue/print_run/{self.id}"
        count = len(self._lines_with(PRINTED))
        links = []
        for place in range(0, count, PART):
            label = self.env._("Everything to print, in one PDF")
            if count > PART:
                label = self.env._(
                    "To print, %(first)s to %(last)s",
                    first=place + 1,
                    last=min(place + PART, count),
                )
            links.append((f"{address}/print/{place // PART + 1}", label))
        if self._lines_with((*PRINTED, "sent")):
            links.append((f"{address}/zip", self.env._("Each document, in a ZIP file")))
        return links

    def _lines_with(self, states):
        return self.env["recurring.print.line"].search(
            [
                ("run_id", "=", self.id),
                ("state", "in", states),
                ("has_document", "=", True),
            ],
            order="id",
        )

    def _print_part(self, number):
        """Return the ``number``-th PDF to print (from 1): what was not sent by e-mail,
        in the order of the run.

        :raises UserError: there is none
        """
        lines = self._lines_with(PRINTED)[(number - 1) * PART : number * PART]
        if number < 1 or not lines:
            raise UserError(self.env._("There is nothing to print here."))
        return merge_pdf([base64.b64decode(line.document) for line in lines])

    def _zip(self):
        """Return all documents in an archive; names that repeat are numbered."""
        used, content = {}, io.BytesIO()
        # Stored: a PDF is compressed already.
        with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
            for line in self._lines_with((*PRINTED, "sent")):
                stem = line.document_name.removesuffix(".pdf")
                used[stem] = used.get(stem, 0) + 1
                name = stem if used[stem] == 1 else f"{stem} ({used[stem]})"
                archive.writestr(f"{name}.pdf", base64.b64decode(line.document))
        return content.getvalue()
