"""Requests to join from the public page: nothing else is touched before the e-mail
address was confirmed."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import hash_sign, verify_hash_signed

from ...guard import typed_over

SCOPE = "recurring_revenue-join"
HOURS = 48  # so long the link in the e-mail may be used
KEPT_UNCONFIRMED = timedelta(days=7)
KEPT_REFUSED = timedelta(days=365)
GUARDED = {"state", "decided_on", "decided_by_id", "refusal_reason", "dues_id"}


class RecurringJoinRequest(models.Model):
    """Somebody who would like to join, as they typed it.

    No partner and no membership is made, found or changed before the e-mail address
    was confirmed by its link: else anybody could join, or ask who is a member, in the
    name of another.
    """

    _name = "recurring.join.request"
    _description = "Request to Join"
    _inherit = ["mail.thread", "mail.activity.mixin", "recurring.steps"]
    _order = "id desc"
    _rec_name = "name"

    company_id = fields.Many2one("res.company", required=True, index=True)
    plan_id = fields.Many2one(
        "recurring.plan", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("waiting", "E-mail to be confirmed"),
            ("review", "To be looked at"),
            ("joined", "Joined"),
            ("refused", "Refused"),
            ("expired", "Never confirmed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
        tracking=True,
    )
    name = fields.Char(compute="_compute_name", store=True)
    person_ids = fields.One2many("recurring.join.person", "request_id", readonly=True)
    email = fields.Char(required=True, readonly=True, index=True)
    lang = fields.Char(readonly=True)
    firstname = fields.Char(readonly=True)
    lastname = fields.Char(readonly=True)
    organisation = fields.Char(readonly=True)
    guardian_firstname = fields.Char(readonly=True)
    guardian_lastname = fields.Char(readonly=True)
    phone = fields.Char(readonly=True)
    street = fields.Char(readonly=True)
    zip = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    ip_hash = fields.Char(readonly=True, groups="base.group_system")
    confirmed_on = fields.Datetime(readonly=True)
    decided_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    refusal_reason = fields.Text(readonly=True)
    note = fields.Text(
        readonly=True, help="What differs from the contacts that are known already."
    )
    contact_id = fields.Many2one("res.partner", readonly=True, ondelete="set null")
    dues_id = fields.Many2one("recurring.dues", readonly=True, ondelete="set null")
    needs_proof = fields.Boolean(
        compute="_compute_needs_proof",
        search="_search_needs_proof",
        help="A price was chosen that asks for a proof, which nobody has seen yet.",
    )

    _by_ip = models.Index("(ip_hash, create_date)")

    @api.depends("person_ids.name")
    def _compute_name(self):
        for one in self:
            names = one.person_ids.mapped("name")
            one.name = ", ".join(filter(None, names)) or one.email

    @api.depends("person_ids.membership_id.proof_seen_on", "person_ids.category_id")
    def _compute_needs_proof(self):
        for one in self:
            one.needs_proof = any(
                person.category_id.proof and not person.membership_id.proof_seen_on
                for person in one.person_ids
            )

    def _search_needs_proof(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("person_ids.category_id.proof", "!=", False),
            ("person_ids.membership_id.proof_seen_on", "=", False),
        ]

    def write(self, vals):
        """Refuse to type what the buttons write."""
        if typed_over(self, vals, GUARDED):
            raise UserError(
                self.env._("Requests are accepted and refused by the buttons.")
            )
        return super().write(vals)

    def _set_state(self, allowed, target, **values):
        result = super()._set_state(allowed, target, **values)
        # Written at once: who does the same at the same time fails here, and finds
        # what was done when it is tried again.
        self.flush_recordset(["state"])
        return result

    # ------------------------------------------------------------------
    # The link
    # ------------------------------------------------------------------

    def _confirm_token(self):
        """Return what proves, within some hours, that the e-mail was received."""
        self.ensure_one()
        # sudo: the key of the database signs it
        return hash_sign(
            self.env(su=True), SCOPE, [self.id, self.email], expiration_hours=HOURS
        )

    def _confirm_url(self):
        self.ensure_one()
        path = f"/join/confirm/{self._confirm_token()}"
        if request:
            path = self.env["ir.http"]._url_for(path, self.lang)
        return self.get_base_url() + path

    @api.model
    def _from_token(self, token):
        """Return the request that a link is for, in superuser mode, or none."""
        try:
            signed = verify_hash_signed(self.env(su=True), SCOPE, token or "")
        except (ValueError, OverflowError, IndexError):  # no token at all
            signed = None
        if not signed:
            return self.browse()
        found = self.sudo().browse(signed[0]).exists()
        return found.filtered(lambda one: one.email == signed[1])

    # ------------------------------------------------------------------
    # Too many
    # ------------------------------------------------------------------

    @api.model
    def _too_many_from(self, ip_hash):
        """Tell whether one address of the network sent as many requests within an
        hour as are taken."""
        limit = self._limit("recurring_revenue.join_per_hour", 10)
        since = fields.Datetime.now() - timedelta(hours=1)
        domain = [("ip_hash", "=", ip_hash), ("create_date", ">=", since)]
        return self.sudo().search_count(domain) >= limit

    @api.model
    def _too_many_to(self, email):
        """Tell whether an e-mail address was written to as often as it may be within
        a day: others must not fill somebody's box."""
        limit = self._limit("recurring_revenue.join_mails_per_day", 3)
        since = fields.Datetime.now() - timedelta(days=1)
        domain = [("email", "=", email), ("create_date", ">=", since)]
        return self.sudo().search_count(domain) >= limit

    def _limit(self, key, default):
        value = self.env["ir.config_parameter"].sudo().get_param(key, "")
        return int(value) if value.isdigit() else default

    # ------------------------------------------------------------------
    # Cleaning
    # ------------------------------------------------------------------

    @api.model
    def _cron_clean(self):
        """Forget who never confirmed, after some days, and whom was refused, after a
        year; forget where requests came from."""
        now = fields.Datetime.now()
        late = self.search(
            [
                ("state", "=", "waiting"),
                ("create_date", "<", now - timedelta(hours=HOURS)),
            ]
        )
        late._set_state(("waiting",), "expired")
        self.search(
            [
                ("state", "=", "expired"),
                ("create_date", "<", now - KEPT_UNCONFIRMED),
            ]
        ).unlink()
        self.search(
            [("state", "=", "refused"), ("decided_on", "<", now - KEPT_REFUSED)]
        ).unlink()
        self.search(
            [("ip_hash", "!=", False), ("create_date", "<", now - timedelta(days=2))]
        ).write({"ip_hash": False})


class RecurringJoinPerson(models.Model):
    """Who joins by a request: the first one, and others of the household."""

    _name = "recurring.join.person"
    _description = "Person Who Would Like to Join"
    _order = "id"

    request_id = fields.Many2one(
        "recurring.join.request", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    name = fields.Char(required=True, readonly=True)
    birthdate = fields.Date(readonly=True)
    category_id = fields.Many2one(
        "recurring.membership.category", required=True, readonly=True
    )
    chosen_amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    consent_kind_ids = fields.Many2many(
        "recurring.consent.kind", string="Consents To", readonly=True
    )
    membership_id = fields.Many2one(
        "recurring.membership", readonly=True, ondelete="set null"
    )
