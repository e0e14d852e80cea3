"""What people consent to, on the partner and on the member."""

from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_consent_ids = fields.One2many(
        "recurring.consent",
        "partner_id",
        string="Consents",
        groups="recurring_revenue.group_secretary",
    )

    def _consents_to(self, code, day=None, company=None):
        """Tell whether this person consents to ``code`` on a day.

        :param code: of ``recurring.consent.kind``: newsletter, directory, image...
        :param day: today, unless another one is given
        :param company: the association; the current one, unless another is given
        """
        self.ensure_one()
        day = day or fields.Date.context_today(self)
        holding = self.env["recurring.consent"]._holding(
            code, company or self.env.company, day
        )
        return self.id in holding


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    consent_ids = fields.One2many(
        "recurring.consent", compute="_compute_consent_ids", string="All Consents"
    )
    consent_kind_ids = fields.Many2many(
        "recurring.consent.kind",
        compute="_compute_consent_ids",
        search="_search_consent_kind_ids",
        string="Consents To",
        help="What the member consents to today, or on the day that is asked about.",
    )

    @api.depends(
        "partner_id.rr_consent_ids.withdrawn_on", "partner_id.rr_consent_ids.given_on"
    )
    @api.depends_context("membership_day")
    def _compute_consent_ids(self):
        day = self._day_asked()
        found = self.env["recurring.consent"].search(
            [("partner_id", "in", self.partner_id.ids)]
        )
        by_member = found.grouped(lambda one: (one.partner_id, one.company_id))
        for membership in self:
            key = (membership.partner_id._origin, membership.company_id._origin)
            consents = by_member.get(key, found.browse())
            membership.consent_ids = consents
            membership.consent_kind_ids = consents.filtered(
                lambda one: one._holds_on(day)
            ).kind_id

    def _search_consent_kind_ids(self, operator, value):
        if operator in ("any", "not any"):
            operator = "in" if operator == "any" else "not in"
            value = self.env["recurring.consent.kind"].search(value).ids
        if operator not in ("in", "not in"):
            return NotImplemented
        self.env["recurring.consent"].flush_model()
        query = SQL(
            """(
            SELECT m.id
              FROM recurring_membership m
              JOIN recurring_consent c
                ON c.partner_id = m.partner_id AND c.company_id = m.company_id
             WHERE c.kind_id IN %(kinds)s AND c.given_on <= %(day)s
               AND COALESCE(c.withdrawn_on > %(day)s, TRUE)
            )""",
            kinds=tuple(value) or (None,),
            day=self._day_asked(),
        )
        return [("id", operator, query)]

    def action_add_consent(self):
        """Record a consent that was given on paper or by word."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a Consent"),
            "res_model": "recurring.consent",
            "view_mode": "form",
            "views": [
                (
                    self.env.ref(
                        "recurring_revenue.recurring_consent_view_form_new"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }
