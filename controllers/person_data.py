from odoo import http
from odoo.http import content_disposition, request

from .xlsx_file import readable


class PersonData(http.Controller):
    @http.route("/recurring_revenue/person/<int:partner_id>", type="http", auth="user")
    def person(self, partner_id):
        """Hand out everything that is known of a person, as a ZIP."""
        partner = readable("res.partner", partner_id)
        content = partner._person_zip()
        name = request.env._("data of %s.zip", partner.name)
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
