"""Who did what with personal data, and when: kept, and written by the work alone."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...guard import is_applying

KINDS = [
    ("export", "A person’s data handed out"),
    ("sensitive", "Members of a sensitive plan exported"),
    ("merge", "Contacts merged"),
    ("anonymise", "Former members anonymised"),
]


class RecurringPrivacyLog(models.Model):
    """An operation on personal data. It names no person who was anonymised."""

    _name = "recurring.privacy.log"
    _description = "Record of What Was Done With Personal Data"
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    done_at = fields.Datetime(
        string="When", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one("res.users", string="Who", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Whose Data",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    record_count = fields.Integer(string="How Many", readonly=True)
    note = fields.Char(readonly=True)

    @api.model
    def _record(self, kind, count, note, partner=None, company=None):
        """Put an operation on record."""
        # sudo: nobody writes this record by hand, so no group may create.
        return self.sudo().create(
            {
                "kind": kind,
                "user_id": self.env.uid,
                "company_id": (company or self.env.company).id,
                "partner_id": partner.id if partner else False,
                "record_count": count,
                "note": note,
            }
        )

    def write(self, vals):
        """Refuse: what was done stays on record."""
        if not is_applying(self.env):
            raise UserError(self.env._("What was done stays on record as it was."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not is_applying(self.env):
            raise UserError(self.env._("What was done stays on record."))
