"""Calls for dues on the web: who sees them, what is left to pay and where."""

from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL

from ...exact import exact
from ...guard import applying


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
        """Return what is still owed on this call by anybody (Decimal)."""
        self.ensure_one()
        if self.state != "called":
            return Decimal(0)
        if invoices := self._invoices():
            # sudo: who pays need not read invoices to know what is left of them.
            own = invoices.filtered(lambda move: move.partner_id == self.payer_id)
            owed = (own or invoices).sudo().mapped("amount_residual")
            return sum(map(exact, owed), Decimal(0))
        lines = self.line_ids
        return sum((exact(one.amount) - one._received() for one in lines), Decimal(0))

    def _left_to_pay(self):
        """Return what the payer has still to pay (Decimal): without the shares of third
        parties and the cheques that are in hand already."""
        self.ensure_one()
        left = self._left()
        if not self._invoices():  # there, third parties have invoices of their own
            left -= sum(map(exact, self.share_ids.mapped("amount_left")), Decimal(0))
        in_hand = self._own_instalments("in_hand")
        left -= sum(map(exact, in_hand.mapped("amount")), Decimal(0))
        return max(left, Decimal(0))

    def _own_instalments(self, state):
        """Return the instalments of the payer in a state, the next one first."""
        return self.instalment_ids.filtered(
            lambda one: one.state == state and not one.share_id
        ).sorted("due_on")

    def _payable_amounts(self):
        """Return what may be paid online at once (list of Decimal), least first: the
        next instalment, where some were agreed, and all that is left."""
        left = self._left_to_pay()
        planned = self._own_instalments("planned")[:1]
        parts = [exact(planned.amount)] if planned else []
        return [part for part in parts if part < left] + ([left] if left > 0 else [])

    def _settle_instalments(self, contribution, amount):
        """Record which agreed instalments an online payment covered, in their order."""
        for one in self._own_instalments("planned"):
            if exact(one.amount) > amount:
                break
            applying(one).write({"contribution_id": contribution.id})
            amount -= exact(one.amount)

    def _is_paying(self):
        """Tell whether a payment is on its way, so that none is started besides.

        A transfer that somebody promised by Odoo's own provider is not: nobody but
        they can start it, and they may change their mind.
        """
        # sudo: payers do not see transactions, only that there is one
        return bool(
            self.sudo().rr_transaction_ids.filtered(
                lambda tx: (
                    tx.state in ("pending", "authorized")
                    and tx.provider_code != "custom"
                )
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

    def _pays_as(self, partner):
        """Return in whose name a partner pays this call: their own, if they are asked
        for it, a member of it or the guardian of one; else the payer's. Who represents
        a legal person pays in its name."""
        self.ensure_one()
        members = self.line_ids.membership_id
        own = self.payer_id | members.partner_id | members.acting_guardian_id
        return partner if partner in own else self.payer_id
