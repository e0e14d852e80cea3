"""Calls for dues on the web: who sees them, what is left to pay and where."""

from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL

from ..exact import exact


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_dues_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Account for Dues",
        ondelete="set null",
        help="What members transfer their dues to, as pages and letters show it. "
        "Empty: the account of the first bank journal.",
    )
    rr_treasurer_id = fields.Many2one(
        "res.users",
        string="Treasurer",
        help="Who is told about payments that need a person. Empty: one of the users "
        "with the right.",
    )

    def _dues_account(self):
        """Return the bank account that dues are transferred to, or none."""
        self.ensure_one()
        # sudo: the account that is to be known to who pays; a secretary has no rights
        # in accounting
        journals = self.env["account.journal"].sudo()
        journals = journals.search(
            [
                *journals._check_company_domain(self),
                ("type", "=", "bank"),
                ("bank_account_id", "!=", False),
            ],
            limit=1,
        )
        return self.sudo().rr_dues_bank_id or journals.bank_account_id

    def _dues_treasurer(self):
        """Return the user who is told about payments that need a person."""
        return self._association_user("group_treasurer", self.rr_treasurer_id)

    def _association_user(self, group, preferred=None):
        """Return a user of a group of this association, the preferred one if any."""
        self.ensure_one()
        users = self.env.ref(f"recurring_revenue.{group}").all_user_ids
        users = (preferred or users.browse()) | users
        return users.filtered(
            lambda user: (
                user.active
                and not user.share
                and not user._is_superuser()
                and self in user.company_ids
            )
        )[:1]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rr_dues_bank_id = fields.Many2one(
        related="company_id.rr_dues_bank_id", readonly=False
    )
    rr_treasurer_id = fields.Many2one(
        related="company_id.rr_treasurer_id", readonly=False
    )
    rr_majority_age = fields.Integer(
        related="company_id.rr_majority_age", readonly=False
    )


class RecurringDues(models.Model):
    _name = "recurring.dues"
    _inherit = ["recurring.dues", "portal.mixin"]

    rr_transaction_ids = fields.One2many(
        "payment.transaction",
        "rr_dues_id",
        string="Online Payments",
        readonly=True,
        groups="recurring_revenue.group_treasurer",
    )
    payment_claims = fields.Integer(readonly=True, copy=False, default=0)

    def _compute_access_url(self):
        for dues in self:
            dues.access_url = f"/my/dues/{dues.id}"

    def _payment_url(self):
        """Return the personal link that shows this call and pays it without login."""
        self.ensure_one()
        return self.get_base_url() + self.get_portal_url()

    def _payment_link(self):
        """E-mails lead to the page that shows and pays the call."""
        return self._payment_url()

    def _mail_totals(self):
        """E-mails name the account that the page names."""
        account = self[:1].company_id._dues_account()
        return super()._mail_totals() | {"account": account.acc_number or ""}

    def _left(self):
        """Return what is still owed on this call (Decimal)."""
        self.ensure_one()
        if self.state != "called":
            return Decimal(0)
        lines = self.line_ids
        return sum((exact(one.amount) - one._received() for one in lines), Decimal(0))

    def _payable_amounts(self):
        """Return what may be paid online at once (list of Decimal), least first: what
        is left. Who pays by instalments may pay the next one, too."""
        left = self._left()
        return [left] if left > 0 else []

    def _is_paying(self):
        """Tell whether a payment is on its way, so that none is started besides."""
        # sudo: payers do not see transactions, only that there is one
        return bool(
            self.sudo().rr_transaction_ids.filtered(
                lambda tx: tx.state in ("pending", "authorized")
            )
        )

    def _claim_payment(self):
        """Let nobody else book money for the same call at the same time: who comes
        second fails, is tried again and then finds what is left."""
        self.env.execute_query(
            SQL(
                "UPDATE recurring_dues SET payment_claims = payment_claims + 1"
                " WHERE id IN %s RETURNING id",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["payment_claims"])

    def _has_for(self, partner):
        """Tell whether a partner pays this call or answers for one of its members."""
        self.ensure_one()
        members = self.line_ids.membership_id
        return partner in (
            self.payer_id
            | members.partner_id
            | members.acting_guardian_id
            | members.representative_id
        )
