from odoo import api, fields, models


class AccountMove(models.Model):
    """Invoices know the billing run and the subscriptions that they come from."""

    _inherit = "account.move"

    rr_run_id = fields.Many2one(
        "recurring.billing.run",
        string="Billing Run",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    rr_subscription_count = fields.Integer(compute="_compute_rr_subscription_count")

    @api.depends("invoice_line_ids.rr_subscription_id")
    def _compute_rr_subscription_count(self):
        for move in self:
            move.rr_subscription_count = len(move.invoice_line_ids.rr_subscription_id)

    def action_rr_open_subscriptions(self):
        """Open the subscriptions that this invoice bills."""
        subscriptions = self.invoice_line_ids.rr_subscription_id
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Subscriptions"),
            "res_model": "recurring.subscription",
            "domain": [("id", "in", subscriptions.ids)],
            "views": [(False, "list"), (False, "form")],
        }
        if len(subscriptions) == 1:
            action.update(res_id=subscriptions.id, views=[(False, "form")])
        return action

    def _rr_settle_credit_notes(self):
        """Reconcile credit notes with what is still open on what they correct."""
        for move in self.filtered("reversed_entry_id"):
            origin = move.reversed_entry_id
            if origin.state != "posted":
                continue
            lines = (move + origin).line_ids.filtered(
                lambda line: (
                    line.account_id.account_type == "asset_receivable"
                    and not line.reconciled
                )
            )
            # The customer may have another receivable account by now: the credit
            # then stays open, to be matched by hand.
            for same in lines.grouped("account_id").values():
                if len(same.move_id) > 1:
                    same.reconcile()

    def _get_mail_template(self):
        """Send recurring invoices with the company's own template, if it has one."""
        company = self.company_id[:1]
        if company.rr_mail_template_id and all(move.rr_run_id for move in self):
            if not any(move.move_type == "out_refund" for move in self):
                return company.rr_mail_template_id
        return super()._get_mail_template()

    def _rr_queue_sending(self, user):
        """Let Odoo's own scheduled action send these invoices; never wait for it.

        Customers without an e-mail address are left to the "not sent" filter.
        """
        to_send = self.filtered(lambda move: move.partner_id.email)
        if not to_send:
            return
        to_send.sending_data = {
            "author_user_id": user.id,
            "author_partner_id": user.partner_id.id,
        }
        # sudo: whoever may bill may wake the sender, not edit scheduled actions.
        self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()
