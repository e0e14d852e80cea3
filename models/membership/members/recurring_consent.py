"""Consents with their dates: nothing is overwritten, every day can be asked about."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...guard import applying, is_applying, typed_over

SOURCES = [
    ("join", "Joining page"),
    ("portal", "Portal"),
    ("paper", "On paper"),
    ("email", "E-mail"),
    ("import", "Import"),
]


class RecurringConsent(models.Model):
    """That a person consented to something, from a day on until it was withdrawn.

    Both days stay on record: who consents again gets a consent of its own. It holds on
    days ``given_on <= day < withdrawn_on``.
    """

    _name = "recurring.consent"
    _description = "Consent"
    _order = "given_on desc, id desc"
    _rec_name = "kind_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, index=True, ondelete="cascade"
    )
    kind_id = fields.Many2one(
        "recurring.consent.kind",
        string="Consents To",
        required=True,
        ondelete="restrict",
    )
    wording = fields.Char(
        readonly=True, help="The sentence that was agreed to, as it stood that day."
    )
    given_on = fields.Date(required=True, default=fields.Date.context_today)
    given_by_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        help="Who consented: the person, or the guardian of someone under age.",
    )
    source = fields.Selection(SOURCES, required=True, default="paper")
    withdrawn_on = fields.Date(
        readonly=True, copy=False, help="The first day without consent."
    )
    withdrawn_by_id = fields.Many2one(
        "res.partner", readonly=True, copy=False, ondelete="restrict"
    )
    withdrawn_source = fields.Selection(SOURCES, readonly=True, copy=False)
    is_current = fields.Boolean(
        string="Holds", compute="_compute_is_current", search="_search_is_current"
    )

    _in_order = models.Constraint(
        "CHECK(withdrawn_on IS NULL OR withdrawn_on >= given_on)",
        "A consent is withdrawn on or after the day on which it was given.",
    )
    _once = models.UniqueIndex(
        "(partner_id, company_id, kind_id) WHERE withdrawn_on IS NULL",
        "This consent was given already.",
    )

    @api.depends("given_on", "withdrawn_on")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for consent in self:
            consent.is_current = consent._holds_on(today)

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return [
            ("given_on", "<=", today),
            "|",
            ("withdrawn_on", "=", False),
            ("withdrawn_on", ">", today),
        ]

    def _holds_on(self, day):
        self.ensure_one()
        return bool(self.given_on and self.given_on <= day) and not (
            self.withdrawn_on and self.withdrawn_on <= day
        )

    # ------------------------------------------------------------------
    # Written
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Keep the wording of the day, and say who consented."""
        self.flush_model(["withdrawn_on"])  # or who consents again would do so twice
        consents = super().create(
            [
                {key: value for key, value in vals.items() if key != "wording"}
                if not is_applying(self.env)
                else vals
                for vals in vals_list
            ]
        )
        for consent in consents:
            partner = consent.partner_id
            values = {}
            if not consent.wording:
                values["wording"] = consent.kind_id.with_context(
                    lang=partner.lang or self.env.lang
                ).wording
            if not consent.given_by_id:
                values["given_by_id"] = partner._answering(
                    consent.given_on, consent.company_id
                ).id
            applying(consent).write(values)
        consents._check_given_by()
        return consents

    def write(self, vals):
        """Refuse: a consent is withdrawn, and given anew, never changed."""
        if typed_over(self, vals, set(vals)):
            raise UserError(
                self.env._(
                    "A consent is never changed: withdraw it, and add another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not is_applying(self.env):
            raise UserError(
                self.env._("Consents stay on record: withdraw them instead.")
            )

    def _check_given_by(self):
        for consent in self:
            partner, day = consent.partner_id, consent.given_on
            if day > fields.Date.context_today(self):
                raise ValidationError(
                    self.env._("A consent cannot be given on a day to come.")
                )
            is_minor = partner._is_minor_on(day, consent.company_id)
            if is_minor and consent.given_by_id in (partner, partner.browse()):
                raise ValidationError(
                    self.env._(
                        "%s is under age: a guardian consents, say who.",
                        partner.display_name,
                    )
                )

    def action_withdraw(self):
        """Withdraw these consents today, as asked for on paper or by word."""
        self._withdraw(fields.Date.context_today(self), "paper")

    def _withdraw(self, day, source, by=None):
        """Record that consents hold no more from ``day`` on.

        :param by: the partner who withdrew them; the person, where nobody is named
        """
        for consent in self.filtered(lambda one: not one.withdrawn_on):
            applying(consent).write(
                {
                    "withdrawn_on": max(day, consent.given_on),
                    "withdrawn_by_id": (by or consent.partner_id).id,
                    "withdrawn_source": source,
                }
            )

    @api.model
    def _record(self, partner, company, kinds, given, source, by, day):
        """Bring what a person consents to up to date with what was ticked.

        :param kinds: the ``recurring.consent.kind`` that were asked about
        :param given: those that were ticked: what holds already stays as it is, what
            was not ticked is withdrawn
        :param by: who ticked: the person or the guardian
        :return: the new consents
        """
        known = self.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("kind_id", "in", kinds.ids),
                ("withdrawn_on", "=", False),
            ]
        )
        known.filtered(lambda one: one.kind_id not in given)._withdraw(day, source, by)
        return self.create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "kind_id": kind.id,
                    "given_on": day,
                    "given_by_id": by.id,
                    "source": source,
                }
                for kind in kinds & given - known.kind_id
            ]
        )

    @api.model
    def _holding(self, code, company, day):
        """Return the ids of the partners who consent to ``code`` on a day."""
        self.flush_model()
        return {
            partner_id
            for [partner_id] in self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT c.partner_id
                      FROM recurring_consent c
                      JOIN recurring_consent_kind k ON k.id = c.kind_id
                     WHERE k.code = %(code)s AND c.company_id = %(company)s
                       AND c.given_on <= %(day)s
                       AND COALESCE(c.withdrawn_on > %(day)s, TRUE)
                    """,
                    code=code,
                    company=company.id,
                    day=day,
                )
            )
        }
