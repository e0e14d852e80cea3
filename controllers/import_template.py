from odoo import http
from odoo.http import content_disposition, request

from ..models.subscription.imports.import_template import template_csv, template_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportTemplate(http.Controller):
    @http.route(
        "/recurring_revenue/import_template/<string:kind>",
        type="http",
        auth="user",
        readonly=True,
    )
    def template(self, kind):
        """Hand out the template of the subscription import as xlsx or csv."""
        request.env["recurring.import"].check_access("read")
        if kind == "csv":
            content, mimetype = template_csv(), "text/csv;charset=utf-8"
        elif kind == "xlsx":
            content, mimetype = template_xlsx(request.env), XLSX
        else:
            raise request.not_found()
        name = request.env._("subscriptions.%s", kind)
        return request.make_response(
            content,
            headers=[
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
