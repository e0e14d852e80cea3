"""The public page of a plan: open or closed, what it says, what it costs today."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import formatLang

from ....engine.allocation import round_share
from ...exact import currency_rounding, exact


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    rr_join_open = fields.Boolean(
        string="Joining Page Open",
        copy=False,
        help="Whoever has the link may join. Closed: the page says so.",
    )
    rr_join_slug = fields.Char(
        string="Name in the Link",
        compute="_compute_rr_join_slug",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="The page is at /join/ and this name.",
    )
    rr_join_url = fields.Char(
        string="Joining Page", compute="_compute_rr_join_url", help="To be passed on."
    )
    rr_join_intro = fields.Html(
        string="Introduction",
        translate=True,
        help="What the joining page says above the form.",
    )
    rr_join_review = fields.Boolean(
        string="Look at Requests First",
        help="Somebody accepts each request before it becomes a membership and is "
        "called for dues. Otherwise the e-mail that was confirmed is enough.",
    )
    rr_statutes_url = fields.Char(string="Statutes (Link)")
    rr_privacy_url = fields.Char(string="Privacy Notice (Link)")
    rr_join_request_count = fields.Integer(
        string="Requests Waiting", compute="_compute_rr_join_request_count"
    )

    _join_slug_unique = models.UniqueIndex(
        "(rr_join_slug) WHERE rr_join_slug IS NOT NULL",
        "Another plan has this name in its link.",
    )

    @api.depends("code")
    def _compute_rr_join_slug(self):
        for plan in self:
            if plan.rr_join_slug or not plan.code:
                continue
            wanted = slug = re.sub(r"[^a-z0-9]+", "-", plan.code.lower()).strip("-")
            number = 1
            # sudo: a name may be taken by a plan of another company
            while plan.sudo().search_count(
                [("rr_join_slug", "=", slug), ("id", "!=", plan._origin.id)], limit=1
            ):
                number += 1
                slug = f"{wanted}-{number}"
            plan.rr_join_slug = slug

    @api.depends("rr_join_slug")
    def _compute_rr_join_url(self):
        for plan in self:
            slug = plan.rr_join_slug
            plan.rr_join_url = slug and f"{plan.get_base_url()}/join/{slug}"

    def _compute_rr_join_request_count(self):
        counts = dict(
            self.env["recurring.join.request"]._read_group(
                [("plan_id", "in", self.ids), ("state", "=", "review")],
                ["plan_id"],
                ["__count"],
            )
        )
        for plan in self:
            plan.rr_join_request_count = counts.get(plan, 0)

    @api.constrains("rr_join_slug")
    def _check_rr_join_slug(self):
        for plan in self:
            slug = plan.rr_join_slug
            if slug and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
                raise ValidationError(
                    self.env._(
                        "“%s”: small letters, digits and hyphens make a good link.",
                        slug,
                    )
                )

    @api.constrains("rr_statutes_url", "rr_privacy_url")
    def _check_rr_links(self):
        for plan in self:
            for link in (plan.rr_statutes_url, plan.rr_privacy_url):
                if link and not re.match(r"https?://", link):
                    raise ValidationError(
                        self.env._("“%s”: a link starts with https://", link)
                    )

    @api.constrains("rr_join_open", "rr_kind", "company_id")
    def _check_rr_join_open(self):
        for plan in self.filtered("rr_join_open"):
            if plan.rr_kind != "membership":
                raise ValidationError(
                    self.env._("%s is no membership plan.", plan.name)
                )
            if not plan.company_id:
                raise ValidationError(
                    self.env._(
                        "%s: say for which association people join before the page "
                        "opens.",
                        plan.name,
                    )
                )

    def action_open_join_page(self):
        """Open the public page as visitors see it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/join/{self.rr_join_slug}"}

    # ------------------------------------------------------------------
    # What it costs
    # ------------------------------------------------------------------

    def _join_offers(self, day):
        """Return what joining on a day costs, for each category that may join.

        :return: list of dictionaries: category, charge, price of a whole period,
            dues of the first period (Decimals), explanation, days of membership,
            entrance fees, total
        """
        self.ensure_one()
        version = self._version_at(day)
        if not version:
            return []
        coverage = version._period_rule().join(day)
        version = self._version_sold(coverage)
        offers = []
        categories = self.env["recurring.membership.category"].search(
            [
                ("kind", "!=", "honorary"),
                ("company_id", "in", [False, self.company_id.id]),
            ]
        )
        for category in categories:
            try:
                charge = version._charge_of(category)
            except UserError:  # the plan has no price for it: it is not on offer
                continue
            offers.append(self._join_offer(version, coverage, category, charge))
        return offers

    def _version_sold(self, coverage):
        """Return the version that gives the price of some days: the one of their first
        day, since who joins in June for September pays the dues of September."""
        first = max(coverage.period.start, coverage.whole.start)
        return self._version_at(first) or self.current_version_id

    def _join_offer(
        self, version, coverage, category, charge, chosen=None, place=0, is_new=True
    ):
        """Return what joining costs in one category; see ``_join_offers``.

        :param is_new: whether the entrance fee is due
        """
        coverage = charge._asked_for(coverage)
        rounding = currency_rounding(version.currency_id)
        price = charge._dues_of(place, chosen)
        fees = version._entrance_charges(category) if is_new else ()
        dues = round_share(price, coverage.share, rounding)
        entrance = sum((exact(fee._dues_of()) for fee in fees), exact(0))
        members = self.env["recurring.membership"]
        return {
            "category": category,
            "charge": charge,
            "currency": version.currency_id,
            "price": price,
            "price_text": formatLang(self.env, float(price), digits=2),
            "dues": dues,
            "explanation": (
                members._explanation(version, coverage, price)
                if coverage.share != 1
                else ""
            ),
            "first_day": coverage.period.start,
            "last_day": coverage.period.last_day,
            "entrance": entrance,
            "total": dues + entrance,
        }
