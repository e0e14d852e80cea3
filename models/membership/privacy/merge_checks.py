"""What must hold when contacts are merged, by this addon or by Odoo's own wizard."""

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

# Rows that a merge must not lose: Odoo's way deletes what a constraint refuses.
KEPT = {
    "recurring_membership": (
        "partner_id",
        "payer_id",
        "representative_id",
        "guardian_id",
    ),
    "recurring_dues": ("payer_id",),
    "recurring_contribution": ("partner_id", "joint_partner_id"),
    "recurring_tax_receipt": ("partner_id", "joint_partner_id"),
    "recurring_consent": ("partner_id", "given_by_id"),
}


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        partners._check_one_person()
        before = self._rows_of(partner_ids)
        try:
            with mute_logger("odoo.sql_db"):
                result = super()._merge(partner_ids, dst_partner, extra_checks)
                self.env.flush_all()
        except UniqueViolation as error:
            raise UserError(
                self.env._(
                    "Both contacts have something of which there can be only one: %s",
                    str(error).splitlines()[-1],
                )
            ) from error
        if self._rows_of(partner_ids) != before:
            raise UserError(
                self.env._(
                    "The merge would have lost records of the association: nothing was "
                    "merged."
                )
            )
        return result

    @api.model
    def _rows_of(self, ids):
        """Return how many rows of the association name these contacts, by table."""
        self.env.flush_all()
        counts = {}
        for table, columns in KEPT.items():
            named = SQL(" OR ").join(
                SQL("%s IN %s", SQL.identifier(column), tuple(ids) or (0,))
                for column in columns
            )
            [[count]] = self.env.execute_query(
                SQL("SELECT COUNT(*) FROM %s WHERE %s", SQL.identifier(table), named)
            )
            counts[table] = count
        return counts


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _check_one_person(self):
        """Raise where what the association knows says that these are several people.

        :raises UserError: one number each of one plan, a joint gift of both, a guardian
            of the other, or somebody who was anonymised
        """
        # sudo: what is not seen counts too; the words say nothing of it.
        partners = self.sudo()
        if any(partners.mapped("rr_anonymised_on")):
            raise UserError(
                self.env._("Who was anonymised cannot be merged with somebody.")
            )
        seen = {}
        for membership in partners.rr_membership_ids:
            other = seen.setdefault(membership.plan_id, membership)
            if other.partner_id != membership.partner_id:
                raise UserError(self._same_plan(other, membership))
        joint = self.env["recurring.contribution"].sudo()
        if joint.search_count(
            [("partner_id", "in", self.ids), ("joint_partner_id", "in", self.ids)],
            limit=1,
        ):
            raise UserError(self.env._("They gave jointly: they are two people."))
        for membership in partners.rr_membership_ids:
            if (membership.guardian_id | membership.representative_id) & partners:
                raise UserError(
                    self.env._(
                        "One answers for the other as guardian or representative: they "
                        "are two people."
                    )
                )

    def _same_plan(self, one, other):
        """Say why two members of one plan are not merged; nothing of one that the user
        may not see."""
        seen = (one | other).with_env(self.env)._filtered_access("read")
        if len(seen) < 2:
            return self.env._("These contacts cannot be merged.")
        return self.env._(
            "Both are members by %(plan)s, with the numbers %(one)s and %(other)s, "
            "and each number is kept for life. Record the resignation of one, and keep "
            "both contacts.",
            plan=one.plan_id.name,
            one=one.number,
            other=other.number,
        )
