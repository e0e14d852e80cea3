from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from .xlsx_file import readable


class PrintRun(http.Controller):
    @http.route(
        "/recurring_revenue/print_run/<int:run_id>/print/<int:part>",
        type="http",
        auth="user",
        readonly=True,
    )
    def print_part(self, run_id, part):
        """Hand out what a run made to be printed, in one PDF."""
        run = readable("recurring.print.run", run_id)
        try:
            content = run._print_part(part)
        except UserError as error:
            raise request.not_found() from error
        return self._file(content, "application/pdf", f"{run.name} {part}.pdf")

    @http.route(
        "/recurring_revenue/print_run/<int:run_id>/zip",
        type="http",
        auth="user",
        readonly=True,
    )
    def zip(self, run_id):
        """Hand out all documents of a run in an archive."""
        run = readable("recurring.print.run", run_id)
        return self._file(run._zip(), "application/zip", f"{run.name}.zip")

    def _file(self, content, kind, name):
        return request.make_response(
            content,
            headers=[
                ("Content-Type", kind),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )
