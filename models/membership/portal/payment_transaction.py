"""Dues paid online: what a provider confirmed is booked once, and never lost."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...exact import exact

# How a payment method is named on a tax receipt; every other one is a card.
MODES = {
    "sepa_direct_debit": "debit",
    "ach_direct_debit": "debit",
    "bacs_direct_debit": "debit",
    "wire_transfer": "transfer",
    "bank_transfer": "transfer",
    "sepa_credit_transfer": "transfer",
}


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    rr_dues_id = fields.Many2one(
        "recurring.dues",
        string="Call for Dues",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.model
    def _compute_reference_prefix(self, separator, **values):
        """Let a payment of dues carry the reference of the call."""
        if values.get("rr_dues_id"):
            dues = self.env["recurring.dues"].sudo().browse(values["rr_dues_id"])
            return dues.name.replace("/", separator)
        return super()._compute_reference_prefix(separator, **values)

    def _create_payment(self, **extra_create_values):
        """The payment of dues is in the name of who paid, on the day of that."""
        if self._dues_paid():
            day = fields.Date.context_today(self, self.last_state_change)
            extra_create_values = {
                "partner_id": self.partner_id.id,
                "date": day,
                **extra_create_values,
            }
        return super()._create_payment(**extra_create_values)

    def _post_process(self):
        """Book the dues that were paid, and tell the treasurer what cannot be."""
        paid_before = {tx: tx.payment_id for tx in self}
        result = super()._post_process()
        for tx in self.filtered(lambda one: one.state == "done" and one.payment_id):
            if not tx._dues_paid() or paid_before[tx]:
                continue
            # Not by who happened to be on the page, and in the treasurer's language.
            tx = tx.with_company(tx.company_id).with_context(lang=tx._treasurer().lang)
            if tx.operation == "refund":
                tx._refund_dues()
            else:
                tx._receive_dues()
        return result

    def _dues_paid(self):
        """Return the call that this transaction pays, or gives back."""
        return self.rr_dues_id or self.source_transaction_id.rr_dues_id

    def _receive_dues(self):
        """Book what was paid for the call, as far as it is still owed; the rest stays
        with the payment, and the treasurer decides."""
        dues, payment = self._dues_paid(), self.payment_id
        dues._claim_payment()
        paid = exact(round(payment.amount, 6))
        part = min(paid, dues._left())
        try:
            with self.env.cr.savepoint():
                if part > 0:
                    made = dues.with_context(lang=payment.partner_id.lang)._receive(
                        payment.partner_id,
                        payment.date,
                        part,
                        payment_id=payment.id,
                        journal_id=payment.journal_id.id,
                        mode=MODES.get(self.payment_method_id.code, "card"),
                    )
                    if made:
                        dues._settle_instalments(made, part)
        except UserError as error:
            self._tell_treasurer(str(error))
            return
        if part < paid:
            rest = dues.currency_id.format(float(paid - part))
            self._tell_treasurer(
                self.env._(
                    "%(rest)s of this payment for %(dues)s are not owed: the call was "
                    "paid, or cancelled, before. Keep it as a gift, for the next dues, "
                    "or pay it back.",
                    rest=rest,
                    dues=dues.name,
                )
            )

    def _refund_dues(self):
        """Take back the dues whose payment was refunded as a whole; a part that was
        refunded needs a person."""
        payment = self.payment_id
        origin = self.source_transaction_id.payment_id
        contribution = self.env["recurring.contribution"].search(
            [("payment_id", "=", origin.id), ("state", "=", "booked")]
        )
        if not contribution:
            return  # what was refunded was never booked as dues
        is_part = len(contribution) != 1 or contribution.currency_id.compare_amounts(
            payment.amount, contribution.amount
        )
        if is_part or self._dues_paid()._invoices():
            self._tell_treasurer(
                self.env._(
                    "%(refund)s of %(contribution)s were paid back, not all of it or "
                    "of an invoice: decide which dues are owed again, and about the "
                    "tax receipt.",
                    refund=payment.currency_id.format(payment.amount),
                    contribution=", ".join(contribution.mapped("name")),
                )
            )
            return
        contribution.with_context(rr_refund_payment_id=payment.id)._return(
            payment.date, self.env._("Paid back online (%s)", self.reference)
        )

    def _log_message_on_linked_documents(self, message):
        """Say on the call for dues, too, what became of an online payment."""
        result = super()._log_message_on_linked_documents(message)
        for dues in self._dues_paid():
            dues.message_post(body=message, author_id=self.partner_id.id)
        return result

    def _tell_treasurer(self, note):
        """Leave the payment as it is, with an activity that says why."""
        treasurer = self._treasurer()
        self.payment_id.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Dues paid online: decide what to do"),
            note=note,
            user_id=treasurer.id,
        )

    def _treasurer(self):
        return self.company_id._dues_treasurer() or self.env.ref("base.user_admin")
