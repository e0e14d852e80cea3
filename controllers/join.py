"""The public page on which people join an association."""

import time

from odoo import fields, http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request
from odoo.tools import hash_sign, verify_hash_signed
from odoo.tools.misc import hmac

from ..models.membership.portal.join_form import FURTHER, TEXT, JoinForm

SCOPE = "recurring_revenue-join-form"
LEAST_SECONDS = 3  # nobody fills in the form faster
MOST_HOURS = 12  # so long a page may stay open
TRAP = "homepage"  # a field that people do not see and robots fill in


class JoinPage(http.Controller):
    @http.route(
        "/join/<string:slug>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def join_page(self, slug, **kw):
        """Show the form to join by a plan, or that its page is closed."""
        return self._render_form(self._plan(slug), {}, {})

    @http.route(
        "/join/<string:slug>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
        captcha="rr_join",
    )
    def join_send(self, slug, **post):
        """Keep what was typed, and send the link that confirms the e-mail address.

        The answer is the same whether the address is known or not.
        """
        plan_sudo = self._plan(slug)
        if not plan_sudo.rr_join_open:
            return self._render_form(plan_sudo, {}, {})
        form = JoinForm(plan_sudo, post, fields.Date.context_today(plan_sudo))
        errors = form.errors | self._refusals(plan_sudo, post)
        if errors:
            return self._render_form(plan_sudo, post, errors)
        if post.get(TRAP):
            return self._render_sent(plan_sudo, form.values["email"])
        requests_sudo = request.env["recurring.join.request"].sudo()
        ip_hash = self._ip_hash()
        if requests_sudo._too_many_from(ip_hash):
            sentence = request.env._(
                "Too many requests came from your connection. Please try again in an "
                "hour, or write to us."
            )
            return self._render_form(plan_sudo, post, {"form": sentence})
        if not requests_sudo._too_many_to(form.values["email"]):
            made = requests_sudo.create(
                {
                    **form.values,
                    "company_id": plan_sudo.company_id.id,
                    "plan_id": plan_sudo.id,
                    "lang": request.env.lang,
                    "ip_hash": ip_hash,
                    "person_ids": [(0, 0, person) for person in form.people],
                }
            )
            made._send("mail_template_join_confirm")
        return self._render_sent(plan_sudo, form.values["email"])

    @http.route(
        "/join/confirm/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def join_confirm_page(self, token, **kw):
        """Show what was typed and what it costs today: a button confirms it, since
        programs that look at e-mails follow links."""
        found_sudo = self._request_of(token)
        if not found_sudo:
            return self._render_invalid()
        if found_sudo.state != "waiting":
            return self._render_result(found_sudo)
        return self._render_recap(found_sudo, token)

    @http.route(
        "/join/confirm/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
    )
    def join_confirm(self, token, **kw):
        """Confirm the e-mail address: they join, or somebody looks at it first."""
        found_sudo = self._request_of(token)
        if not found_sudo:
            return self._render_invalid()
        if found_sudo.state == "waiting":
            try:
                with request.env.cr.savepoint():
                    found_sudo._confirm()
            except (UserError, ValidationError) as error:
                return self._render_recap(found_sudo, token, error=str(error))
        return self._render_result(found_sudo)

    # ------------------------------------------------------------------
    # What the routes share
    # ------------------------------------------------------------------

    def _plan(self, slug):
        """Return the plan of a link; in sudo mode, since visitors read no plans."""
        plan_sudo = (
            request.env["recurring.plan"]
            .sudo()
            .search(
                [
                    ("rr_join_slug", "=", slug),
                    ("rr_kind", "=", "membership"),
                    ("company_id", "!=", False),
                ],
                limit=1,
            )
        )
        if not plan_sudo:
            raise request.not_found()
        return plan_sudo.with_company(plan_sudo.company_id)

    def _request_of(self, token):
        found_sudo = request.env["recurring.join.request"]._from_token(token)
        return found_sudo.with_company(found_sudo.company_id)

    def _refusals(self, plan_sudo, post):
        """Return errors of a form that no person can have sent from our page."""
        env = request.env(su=True)
        try:
            signed = verify_hash_signed(env, SCOPE, str(post.get("form_token") or ""))
        except (ValueError, OverflowError, IndexError):
            signed = None
        if not signed or signed[0] != plan_sudo.id:
            sentence = request.env._(
                "The page was open for long: please check what you typed, and send it "
                "again."
            )
            return {"form": sentence}
        if time.time() - signed[1] < LEAST_SECONDS:
            sentence = request.env._(
                "That was very fast: please check what you typed, and send it again."
            )
            return {"form": sentence}
        return {}

    def _ip_hash(self):
        address = request.httprequest.remote_addr or ""
        return hmac(request.env(su=True), SCOPE, address)

    def _render_form(self, plan_sudo, post, errors):
        today = fields.Date.context_today(plan_sudo)
        offers = plan_sudo._join_offers(today) if plan_sudo.rr_join_open else []
        kinds_sudo = (
            request.env["recurring.consent.kind"]
            .sudo()
            .search([("asked_when_joining", "=", True)])
        )
        chosen = str(post.get("category_id") or "")
        if not chosen and len(offers) == 1:
            chosen = str(offers[0]["category"].id)
        return request.render(
            "recurring_revenue.join_form_page",
            {
                "plan": plan_sudo,
                "offers": offers,
                "chosen": chosen,
                "has_legal": any(one["category"].kind == "legal" for one in offers),
                "typed": {name: str(value)[:200] for name, value in post.items()},
                "errors": errors,
                "limits": TEXT,
                "further": range(1, FURTHER + 1),
                "kinds": kinds_sudo,
                "countries": request.env["res.country"].sudo().search([]),
                "country": plan_sudo.company_id.country_id,
                "trap": TRAP,
                "today": today,
                "form_token": hash_sign(
                    request.env(su=True),
                    SCOPE,
                    [plan_sudo.id, int(time.time())],
                    expiration_hours=MOST_HOURS,
                ),
                "res_company": plan_sudo.company_id,
            },
        )

    def _render_sent(self, plan_sudo, email):
        values = {
            "plan": plan_sudo,
            "email": email,
            "res_company": plan_sudo.company_id,
        }
        return request.render("recurring_revenue.join_sent_page", values)

    def _render_invalid(self):
        return request.render("recurring_revenue.join_invalid_page", {})

    def _render_recap(self, found_sudo, token, error=None):
        try:
            quote = found_sudo._quote(fields.Date.context_today(found_sudo))
        except UserError as refusal:  # a price was taken away since the form was sent
            quote, error = [], error or str(refusal)
        values = {
            "request_to_join": found_sudo,
            "plan": found_sudo.plan_id,
            "quote": quote,
            "total": float(sum(offer["total"] for _person, offer in quote)),
            "token": token,
            "error": error,
            "res_company": found_sudo.company_id,
        }
        return request.render("recurring_revenue.join_recap_page", values)

    def _render_result(self, found_sudo):
        """Lead to the call where one is to be paid, else say how it stands."""
        dues_sudo = found_sudo.dues_id
        if found_sudo.state == "joined" and dues_sudo and dues_sudo._left_to_pay() > 0:
            return request.redirect(dues_sudo.get_portal_url())
        values = {
            "request_to_join": found_sudo,
            "plan": found_sudo.plan_id,
            "memberships": found_sudo.person_ids.membership_id,
            "res_company": found_sudo.company_id,
        }
        return request.render("recurring_revenue.join_result_page", values)
