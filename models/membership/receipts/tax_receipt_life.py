"""What becomes of a receipt: cancelled, replaced, printed again, void by the books."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...guard import applying
from .receipt_eligibility import GiftsOfYear


class RecurringTaxReceipt(models.Model):
    _inherit = "recurring.tax.receipt"

    def action_cancel(self, reason):
        """Cancel receipts; they are kept with their numbers, marked on paper.

        :param reason: why, in words; it is printed
        :raises UserError: without a reason, or a receipt that was cancelled before
        """
        self.check_access("write")
        self._cancel(reason)
        return True

    def action_replace(self, reason):
        """Cancel a receipt and issue a new one for the same gifts, by what is known
        now; return the new one.

        :raises UserError: also where nothing of them is eligible any more
        """
        self.ensure_one()
        self.check_access("write")
        contributions = self.line_ids.contribution_id
        self._cancel(reason)
        return self._reissue(contributions)

    def _reissue(self, contributions):
        """Issue the receipt that takes the place of this one: for the same gifts."""
        company = self.company_id
        gifts = GiftsOfYear(company, self.gift_year, donors=contributions.partner_id)
        lines = self.line_ids.contribution_line_id
        findings = [one for one in gifts.findings() if one.line in lines]
        drafts = gifts.drafts(findings, self.scope)
        if len(drafts) != 1:
            raise UserError(
                self.env._("It cannot be replaced by one receipt.")
                + "\n"
                + "\n".join(f"{one.line.name}: {one.text}" for one in findings)
            )
        return self._issue(drafts, replaced=self)

    def _cancel(self, reason):
        """Cancel: the gifts may be certified anew, the number is never used again."""
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("Say why the receipt is cancelled: it is kept on record.")
            )
        for receipt in self:
            receipt._set_state(
                ("issued",),
                "cancelled",
                cancelled_on=receipt.company_id._rr_receipt_today(),
                cancelled_by_id=self.env.uid,
                cancel_reason=reason,
            )
            receipt._free_gifts()
            receipt.message_post(body=self.env._("Cancelled: %s", reason))

    def _free_gifts(self):
        applying(self.line_ids).write({"is_cancelled": True})
        self.line_ids.flush_recordset(["is_cancelled"])

    def _cancel_because(self, reason):
        """Cancel because the money is gone, and tell the treasurer: the donor holds a
        receipt that is worth nothing by now."""
        # sudo: whoever records in the books that the money came back need not have the
        # right to issue receipts; who it was is kept.
        for receipt in self.sudo().filtered(lambda one: one.state == "issued"):
            receipt._cancel(reason)
            receipt.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Tell the donor: receipt %s is void", receipt.name),
                note=reason,
                user_id=receipt._treasurer().id,
            )

    def _treasurer(self):
        """Return who issued the receipt if they still may, else who is at work if they
        may, else a treasurer of the association."""
        group = "recurring_revenue.group_treasurer"
        for user in (self.issued_by_id, self.env.user):
            if user.active and user.has_group(group):
                return user
        others = self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref(group).ids),
                ("company_ids", "in", self.company_id.ids),
            ],
            order="id",
            limit=1,
        )
        return others or self.env.user

    def _open(self):
        """Open these receipts."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Tax Receipts"),
            "res_model": "recurring.tax.receipt",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.ids)],
        }
        if len(self) == 1:
            action.update(res_id=self.id, views=[(False, "form")])
        return action

    # ------------------------------------------------------------------
    # Paper
    # ------------------------------------------------------------------

    def _note_printed(self):
        """Note when receipts were handed over on paper, the first time."""
        new = self.filtered(lambda one: not one.printed_on)
        new._set_state(("issued", "cancelled"), printed_on=fields.Datetime.now())

    def _note_duplicate(self):
        """Count a duplicate, and say in the chatter who asked for it."""
        for receipt in self:
            count = receipt.duplicate_count + 1
            receipt._set_state(("issued", "cancelled"), duplicate_count=count)
            receipt.message_post(body=self.env._("Duplicate %s printed.", count))

    def _note_sent(self):
        """Note when receipts were e-mailed, the first time."""
        new = self.filtered(lambda one: not one.sent_on)
        new._set_state(("issued", "cancelled"), sent_on=fields.Datetime.now())


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    move_id = fields.Many2one(index="btree_not_null")
    payment_id = fields.Many2one(index="btree_not_null")
    for_wealth_tax = fields.Boolean(
        string="For the Wealth Tax",
        help="The donor wants it to count against the tax on real estate wealth (CGI "
        "article 978), not against income tax. The basis must allow it.",
    )
    receipt_line_ids = fields.One2many(
        "recurring.tax.receipt.line", "contribution_id", readonly=True
    )
    receipt_ids = fields.Many2many(
        "recurring.tax.receipt", string="Tax Receipts", compute="_compute_receipt_ids"
    )
    receipt_id = fields.Many2one(
        "recurring.tax.receipt", string="Tax Receipt", compute="_compute_receipt_ids"
    )

    @api.depends("receipt_line_ids.receipt_id", "receipt_line_ids.is_cancelled")
    def _compute_receipt_ids(self):
        for contribution in self:
            lines = contribution.receipt_line_ids
            valid = lines.filtered(lambda line: not line.is_cancelled)
            contribution.receipt_ids = lines.receipt_id
            contribution.receipt_id = valid.receipt_id[:1]

    def write(self, vals):
        """Refuse to change what decided about a receipt that is out."""
        if {"receipted_elsewhere", "for_wealth_tax"} & set(vals):
            for contribution in self.filtered("receipt_id"):
                raise UserError(
                    self.env._(
                        "Receipt %s certifies this contribution: cancel it first.",
                        contribution.receipt_id.name,
                    )
                )
        return super().write(vals)

    def action_issue_receipt(self):
        """Issue a tax receipt for this gift alone, and open it."""
        self.ensure_one()
        return self.env["recurring.tax.receipt"]._issue_for(self)._open()

    def action_open_receipts(self):
        """Open the receipts that certify this contribution, cancelled ones too."""
        return self.receipt_ids._open()

    def _return(self, day, reason):
        """Cancel the receipts first: the money is gone."""
        for contribution in self:
            contribution._cancel_receipts(
                self.env._(
                    "The payment of %(contribution)s came back on %(day)s: %(reason)s",
                    contribution=contribution.name,
                    day=format_date(self.env, day),
                    reason=(reason or "").strip(),
                )
            )
        return super()._return(day, reason)

    def _cancel_receipts(self, reason):
        """Cancel the receipts that certify these contributions, for a reason in the
        books."""
        self.receipt_line_ids.receipt_id._cancel_because(reason)


class RecurringContributionLine(models.Model):
    _inherit = "recurring.contribution.line"

    counterpart = fields.Monetary(
        string="Value of What Came Back",
        help="A gift for which the donor got something: its value decides, with the "
        "others of the year, whether it still counts as a gift.",
    )

    _counterpart_positive = models.Constraint(
        "CHECK(counterpart >= 0)", "What came back has a value of zero or more."
    )
