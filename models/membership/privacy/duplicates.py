"""Contacts that may be one person: shown side by side, merged by hand alone."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

REASONS = [
    ("both", "Same name and same e-mail"),
    ("birth", "Same name and same date of birth"),
    ("place", "Same name and same postcode"),
    ("email", "Same e-mail, another name"),
]


class RecurringDuplicate(models.Model):
    """Two contacts that may be the same person, of whom one is a member or has paid.

    Somebody says that they are two people, or merges them; what was decided once is
    not asked again.
    """

    _name = "recurring.duplicate"
    _description = "Perhaps the Same Person"
    _order = "state, reason, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="First Contact",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    other_id = fields.Many2one(
        "res.partner",
        string="Second Contact",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    reason = fields.Selection(REASONS, string="Why", required=True, readonly=True)
    state = fields.Selection(
        [("open", "To decide"), ("different", "Two people")],
        required=True,
        readonly=True,
        default="open",
    )
    first_email = fields.Char(related="partner_id.email", string="E-mail (First)")
    other_email = fields.Char(related="other_id.email", string="E-mail (Second)")
    first_phone = fields.Char(related="partner_id.phone", string="Phone (First)")
    other_phone = fields.Char(related="other_id.phone", string="Phone (Second)")
    first_birthdate = fields.Date(
        related="partner_id.rr_birthdate", string="Born On (First)"
    )
    other_birthdate = fields.Date(
        related="other_id.rr_birthdate", string="Born On (Second)"
    )
    first_address = fields.Char(
        related="partner_id.contact_address_inline", string="Address (First)"
    )
    other_address = fields.Char(
        related="other_id.contact_address_inline", string="Address (Second)"
    )
    first_created = fields.Datetime(
        related="partner_id.create_date", string="Known Since (First)"
    )
    other_created = fields.Datetime(
        related="other_id.create_date", string="Known Since (Second)"
    )
    first_membership_ids = fields.One2many(
        related="partner_id.rr_membership_ids", string="Memberships (First)"
    )
    other_membership_ids = fields.One2many(
        related="other_id.rr_membership_ids", string="Memberships (Second)"
    )

    _once = models.UniqueIndex(
        "(company_id, partner_id, other_id)", "These two are proposed already."
    )

    @api.depends("partner_id", "other_id")
    def _compute_display_name(self):
        for pair in self:
            names = (pair.partner_id.name, pair.other_id.name)
            pair.display_name = " / ".join(filter(None, names))

    # ------------------------------------------------------------------
    # Found
    # ------------------------------------------------------------------

    def action_find(self):
        """Look for contacts that may be one person; say how many were found."""
        self.check_access("read")
        found = self._find(self.env.company)
        message = (
            self.env._("%s pairs of contacts were found.", found)
            if found
            else self.env._("No other contacts look alike.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _find(self, company):
        """Propose pairs that were not proposed before; return how many."""
        self.env["res.partner"].flush_model()
        self.env["recurring.membership"].flush_model(["partner_id"])
        self.env["recurring.contribution"].flush_model(["partner_id"])
        self.flush_model()
        rows = self.env.execute_query(self._pairs_query(company))
        # sudo: pairs are proposed by the search alone.
        self.sudo().create(
            [
                {
                    "company_id": company.id,
                    "partner_id": first,
                    "other_id": second,
                    "reason": reason,
                }
                for first, second, reason in rows
            ]
        )
        return len(rows)

    @api.model
    def _pairs_query(self, company):
        """Return rows (first id, second id, reason), the best reason of each pair.

        Another name with another date of birth is somebody else for sure.
        """
        return SQL(
            """
            WITH people AS (
                SELECT p.id, p.email_normalized AS email, p.rr_match_name AS name,
                       p.rr_birthdate AS born, p.zip,
                       EXISTS (SELECT 1 FROM recurring_membership m
                                WHERE m.partner_id = p.id
                                  AND m.company_id = %(company)s)
                       OR EXISTS (SELECT 1 FROM recurring_contribution c
                                   WHERE c.partner_id = p.id
                                     AND c.company_id = %(company)s) AS ours
                  FROM res_partner p
                 WHERE p.active AND p.type = 'contact'
                   AND COALESCE(p.company_id, %(company)s) = %(company)s
                   AND p.rr_anonymised_on IS NULL
            ), pairs AS (
                SELECT a.id AS first, b.id AS second,
                       CASE WHEN a.name = b.name AND a.email = b.email THEN 'both'
                            WHEN a.name = b.name AND a.born = b.born THEN 'birth'
                            WHEN a.name = b.name AND a.zip = b.zip THEN 'place'
                            ELSE 'email' END AS reason
                  FROM people a
                  JOIN people b ON a.id < b.id AND (a.ours OR b.ours)
                   AND a.email = b.email
                 UNION
                SELECT a.id, b.id,
                       CASE WHEN a.email = b.email THEN 'both'
                            WHEN a.born = b.born THEN 'birth'
                            ELSE 'place' END
                  FROM people a
                  JOIN people b ON a.id < b.id AND (a.ours OR b.ours)
                   AND a.name = b.name
                 WHERE a.email = b.email OR a.born = b.born OR a.zip = b.zip
            )
            SELECT pairs.first, pairs.second, MIN(pairs.reason)
              FROM pairs
              JOIN res_partner a ON a.id = pairs.first
              JOIN res_partner b ON b.id = pairs.second
             WHERE COALESCE(a.rr_birthdate = b.rr_birthdate, TRUE)
               AND NOT EXISTS (
                   SELECT 1 FROM recurring_duplicate d
                    WHERE d.partner_id = pairs.first AND d.other_id = pairs.second
                      AND d.company_id = %(company)s)
             GROUP BY pairs.first, pairs.second
             ORDER BY 1, 2
            """,
            company=company.id,
        )

    # ------------------------------------------------------------------
    # Decided
    # ------------------------------------------------------------------

    def action_different(self):
        """Say that they are two people: they are not proposed again."""
        self.check_access("read")
        # sudo: users decide by the buttons and write nothing else.
        self.sudo().write({"state": "different"})

    def action_keep_first(self):
        """Merge them: the first contact stays."""
        self._merge(lambda pair: (pair.partner_id, pair.other_id))
        return self._next()

    def action_keep_other(self):
        """Merge them: the second contact stays."""
        self._merge(lambda pair: (pair.other_id, pair.partner_id))
        return self._next()

    def _next(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_duplicate_action"
        )

    def _merge(self, choose):
        if not self.env.user.has_group("base.group_partner_manager"):
            raise AccessError(
                self.env._(
                    "Who may create contacts may merge them: ask for that right."
                )
            )
        self.check_access("read")
        for pair in self:
            kept, gone = choose(pair)
            kept._merge_with(gone, pair.company_id)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _merge_with(self, gone, company):
        """Merge another contact into this one, by Odoo's own way.

        :raises UserError: they are two people by what the association knows
        """
        self.ensure_one()
        names = self.env._("%(gone)s into %(kept)s", gone=gone.id, kept=self.id)
        # sudo: everything that names the contact follows, whoever may see it; that
        # their e-mails agree was decided by who looked at both.
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((self | gone).ids, self, extra_checks=False)
        self.env["recurring.privacy.log"]._record(
            "merge", 2, names, partner=self, company=company
        )
