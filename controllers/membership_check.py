from odoo import fields, http
from odoo.http import request

from ..models.membership.documents.document_company import long_day
from ..models.membership.documents.document_membership import COUNTING


class MembershipCheck(http.Controller):
    @http.route(
        "/membership/check/<string:token>",
        type="http",
        auth="public",
        readonly=True,
        sitemap=False,
    )
    def check(self, token, **_ignored):
        """Say whether a membership holds today, by the code on its card.

        Number and validity only: whoever finds a card learns nothing else.
        """
        member = request.env["recurring.membership"]._by_check_token(token)
        values = {"known": bool(member), "is_valid": False}
        if member:
            company = member.company_id
            member = member.with_context(lang=request.env.lang)
            _first, last = (
                member._days_that_hold() if member.state in COUNTING else (None, None)
            )
            values.update(
                is_valid=member.state in COUNTING,
                number=member.number,
                until=long_day(request.env, last or member.covered_until),
                association=company.name,
                today=long_day(request.env, fields.Date.context_today(member)),
            )
        response = request.render("recurring_revenue.membership_check_page", values)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
