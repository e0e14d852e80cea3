from odoo import http
from odoo.http import request

from ..models.membership.imports.template import member_template
from .xlsx_file import xlsx_file


class MemberTemplate(http.Controller):
    @http.route(
        "/recurring_revenue/member_template/<string:subject>",
        type="http",
        auth="user",
        readonly=True,
    )
    def template(self, subject):
        """Hand out the template of the import of members or of gifts."""
        env = request.env
        env["recurring.member.import"].check_access("read")
        names = {"members": env._("members.xlsx"), "gifts": env._("gifts.xlsx")}
        if subject not in names:
            raise request.not_found()
        return xlsx_file(member_template(env, subject, env.company), names[subject])
