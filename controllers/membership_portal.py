"""The member's pages of the portal: standing, dues, own data and consents."""

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.http import request
from odoo.tools import email_normalize

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.membership.portal.membership_portal import OWN_DATA

LIMIT = 160  # letters of one field that a visitor may send


class MembershipPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "membership_count" in counters:
            values["membership_count"] = self._count("recurring.membership", [])
        if "dues_to_pay_count" in counters:
            values["dues_to_pay_count"] = self._count(
                "recurring.dues", self._to_pay_domain()
            )
        if "gift_count" in counters:
            values["gift_count"] = self._count(
                "recurring.contribution", self._gift_domain()
            )
        return values

    def _count(self, model, domain):
        records = request.env[model]
        return records.search_count(domain) if records.has_access("read") else 0

    def _to_pay_domain(self):
        return [
            ("state", "=", "called"),
            ("amount", ">", 0),
            ("line_ids.paid_on", "=", False),
        ]

    def _gift_domain(self):
        partner = request.env.user.partner_id
        return [
            ("state", "=", "booked"),
            ("line_ids.kind", "=", "gift"),
            "|",
            ("partner_id", "=", partner.id),
            ("joint_partner_id", "=", partner.id),
        ]

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @http.route("/my/memberships", type="http", auth="user", website=True)
    def portal_memberships(self, **kw):
        """List the memberships that the visitor has, pays or answers for."""
        memberships = request.env["recurring.membership"]
        found = memberships.browse()
        if memberships.has_access("read"):
            # sudo: the rules said which; calls have parts that members do not read
            found = memberships.search(self._own_domain()).sudo()
        if len(found) == 1 and not found._open_dues():
            return request.redirect(f"/my/membership/{found.id}")
        values = {"page_name": "memberships", "memberships": found}
        return request.render("recurring_revenue.portal_memberships", values)

    def _own_domain(self):
        """Return the domain of what is the visitor's, for internal users too."""
        partner = request.env.user.partner_id
        return [
            "|",
            "|",
            "|",
            ("partner_id", "=", partner.id),
            ("payer_id", "=", partner.id),
            ("acting_guardian_id", "in", partner.ids),
            ("representative_id", "=", partner.id),
        ]

    @http.route(
        "/my/membership/<int:membership_id>", type="http", auth="user", website=True
    )
    def portal_membership(self, membership_id, saved=None, **kw):
        """Show a membership: standing, dues, what to download, consents, own data."""
        return self._page(membership_id, saved=saved)

    @http.route(
        "/my/membership/<int:membership_id>/renew",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_membership_renew(self, membership_id, **kw):
        """Call the next dues, and lead to their payment."""
        membership_sudo = self._membership(membership_id)
        if not membership_sudo:
            return request.redirect("/my/memberships")
        if not membership_sudo._may_renew(request.env.user.partner_id):
            return request.redirect(f"/my/membership/{membership_id}")
        try:
            with request.env.cr.savepoint():
                dues_sudo = membership_sudo._renew(membership_sudo._portal_today())
        except UserError as error:
            return self._page(membership_id, error=str(error))
        if not dues_sudo:
            return request.redirect(f"/my/membership/{membership_id}")
        return request.redirect(dues_sudo.get_portal_url())

    @http.route(
        "/my/membership/<int:membership_id>/data",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_membership_data(self, membership_id, **post):
        """Change address, e-mail and phone of the member."""
        membership_sudo = self._decided_by_visitor(membership_id)
        if not membership_sudo:
            return request.redirect("/my/memberships")
        try:
            with request.env.cr.savepoint():
                membership_sudo._change_own_data(
                    self._own_data(post), request.env.user.partner_id
                )
        except (UserError, ValidationError) as error:
            return self._page(membership_id, error=str(error), typed=post)
        return request.redirect(f"/my/membership/{membership_id}?saved=data")

    def _own_data(self, post):
        """Return what was typed, checked.

        :raises UserError: no e-mail address, an unknown country
        """
        values = {
            name: " ".join(str(post[name]).split())[:LIMIT]
            for name in OWN_DATA
            if name in post
        }
        if values.get("email") and not email_normalize(values["email"]):
            raise UserError(request.env._("Please give a valid e-mail address."))
        if "country_id" in values:
            typed = values.pop("country_id")
            country = request.env["res.country"].browse(
                int(typed) if typed.isdigit() and len(typed) < 7 else 0
            )
            values["country_id"] = country.exists().id or False
        return values

    @http.route(
        "/my/membership/<int:membership_id>/consents",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_membership_consents(self, membership_id, **post):
        """Give and withdraw consents: each change is a dated record."""
        membership_sudo = self._decided_by_visitor(membership_id)
        if not membership_sudo:
            return request.redirect("/my/memberships")
        kinds_sudo = request.env["recurring.consent.kind"].sudo().search([])
        given = kinds_sudo.filtered(lambda kind: post.get(f"consent_{kind.code}"))
        membership_sudo.env["recurring.consent"]._record(
            membership_sudo.partner_id,
            membership_sudo.company_id,
            kinds_sudo,
            given,
            "portal",
            request.env.user.partner_id.sudo(),
            fields.Date.context_today(membership_sudo),
        )
        return request.redirect(f"/my/membership/{membership_id}?saved=consents")

    @http.route("/my/gifts", type="http", auth="user", website=True)
    def portal_gifts(self, **kw):
        """List what the visitor gave, by year."""
        contributions = request.env["recurring.contribution"]
        found = contributions.browse()
        if contributions.has_access("read"):
            found = contributions.search(
                self._gift_domain(), order="date desc, id desc"
            )
        values = {"page_name": "gifts", "contributions": found.sudo()}
        return request.render("recurring_revenue.portal_gifts", values)

    # ------------------------------------------------------------------
    # What the routes share
    # ------------------------------------------------------------------

    def _membership(self, membership_id):
        """Return a membership of the visitor in sudo mode, or nothing: one of another
        is as if it did not exist."""
        try:
            found = self._document_check_access("recurring.membership", membership_id)
        except (AccessError, MissingError):
            return None
        if not found._may_see(request.env.user.partner_id) and (
            not request.env.user._is_internal()
        ):
            return None
        return found.with_company(found.company_id).with_context(lang=request.env.lang)

    def _decided_by_visitor(self, membership_id):
        found = self._membership(membership_id)
        may = found and found._may_decide(request.env.user.partner_id)
        return found if may else None

    def _page(self, membership_id, error=None, saved=None, typed=None):
        membership_sudo = self._membership(membership_id)
        if not membership_sudo:
            return request.redirect("/my/memberships")
        partner = request.env.user.partner_id
        today = membership_sudo._portal_today()
        may_renew = membership_sudo._may_renew(partner)
        is_payer = partner == membership_sudo.payer_id
        renewal = None
        if may_renew:
            try:
                renewal = membership_sudo._renewal(today)
            except UserError:  # the plan has no price any more: the office tells
                renewal = None
        lines = membership_sudo.dues_line_ids.filtered(
            lambda line: line.dues_id.state == "called"
        )
        values = {
            "page_name": "membership",
            "membership": membership_sudo,
            "renewal": renewal,
            "open_dues": membership_sudo._open_dues(),
            "lines": lines.sorted(lambda line: (line.dues_id.id, line.id), True),
            "household": (membership_sudo._household() - membership_sudo)
            if is_payer
            else membership_sudo.browse(),
            "may_decide": membership_sudo._may_decide(partner),
            "kinds": request.env["recurring.consent.kind"].sudo().search([]),
            "countries": request.env["res.country"].sudo().search([]),
            "typed": typed or {},
            "error": error,
            "saved": saved,
            "res_company": membership_sudo.company_id,
        }
        return request.render("recurring_revenue.portal_membership", values)
