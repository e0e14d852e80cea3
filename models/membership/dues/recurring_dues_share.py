from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...exact import exact


class RecurringDuesShare(models.Model):
    """The part of a call that somebody else pays: a works council, the aid of a town.

    It has a document of its own, and what is paid for it is a contribution in the name
    of who paid; the dues are paid when all parts are.
    """

    _name = "recurring.dues.share"
    _description = "Share of a Third Party"
    _inherit = ["mail.thread"]
    _order = "dues_id, id"

    name = fields.Char(string="Number", readonly=True, copy=False)
    dues_id = fields.Many2one(
        "recurring.dues",
        string="Call for Dues",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="dues_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="dues_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Paid By", required=True, index=True, ondelete="restrict"
    )
    amount = fields.Monetary(required=True)
    reference = fields.Char(
        string="Their Reference", help="Of the voucher or the letter that grants it."
    )
    due_on = fields.Date(string="To Be Paid By")
    sent_on = fields.Date(readonly=True, copy=False)
    received = fields.Monetary(compute="_compute_received")
    amount_left = fields.Monetary(string="Still Owed", compute="_compute_received")

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A share is more than nothing."
    )
    _once = models.UniqueIndex(
        "(dues_id, partner_id)", "This third party has a share of the call already."
    )

    @api.depends("amount", "dues_id.line_ids.received", "partner_id")
    def _compute_received(self):
        # sudo: a secretary may know what was paid, not by what entry in the books.
        lines = self.env["recurring.contribution.line"].sudo()
        groups = lines._read_group(
            [
                ("dues_line_id.dues_id", "in", self.dues_id.ids),
                ("contribution_id.partner_id", "in", self.partner_id.ids),
                ("contribution_id.state", "=", "booked"),
            ],
            ["dues_line_id", "contribution_id"],
            ["amount:sum"],
        )
        sums = {}
        for line, contribution, amount in groups:
            key = (line.dues_id.id, contribution.partner_id.id)
            sums[key] = sums.get(key, exact(0)) + exact(round(amount, 6))
        for share in self:
            received = sums.get((share.dues_id.id, share.partner_id.id), exact(0))
            share.received = float(received)
            share.amount_left = float(max(exact(share.amount) - received, 0))

    @api.model_create_multi
    def create(self, vals_list):
        """Number the shares of a call: its number, and 1, 2..."""
        shares = super().create(vals_list)
        for share in shares:
            position = len(share.dues_id.share_ids.filtered("name")) + 1
            share.name = f"{share.dues_id.name}-{position}"
        return shares

    @api.constrains("amount", "dues_id", "partner_id")
    def _check_amount(self):
        for share in self:
            dues = share.dues_id
            if share.partner_id == dues.payer_id:
                raise ValidationError(
                    self.env._("The payer pays what the shares leave: no share.")
                )
            if dues.own_amount < 0:
                raise ValidationError(
                    self.env._(
                        "%(dues)s: the shares come to more than the %(amount)s that "
                        "are asked for.",
                        dues=dues.name,
                        amount=dues.currency_id.format(dues.amount),
                    )
                )
            if exact(share.amount) < exact(share.received):
                raise ValidationError(
                    self.env._("%s: more than this was received already.", share.name)
                )
            dues._check_instalments()

    @api.ondelete(at_uninstall=False)
    def _unlink_unpaid(self):
        if any(share.received for share in self):
            raise UserError(self.env._("A share that was paid stays on record."))

    def action_send(self):
        """Queue an e-mail to each third party about its share."""
        template = self.env.ref("recurring_revenue.mail_template_dues_share")
        for share in self:
            if share.dues_id.state != "called":
                raise UserError(
                    self.env._("%s: call the dues first.", share.dues_id.name)
                )
            if not share.partner_id.email:
                raise UserError(
                    self.env._(
                        "%s has no e-mail address: print the document instead.",
                        share.partner_id.display_name,
                    )
                )
        # sudo: the e-mails wait in the queue of the system.
        template.sudo().send_mail_batch(self.ids)
        self.write({"sent_on": fields.Date.context_today(self)})

    def _texts(self):
        """Return what the document and the e-mail of a share say."""
        self.ensure_one()
        dues = self.dues_id
        return {
            "lines": dues._mail_lines(),
            "total": self.currency_id.format(dues.amount),
            "amount": self.currency_id.format(self.amount),
            "due_on": format_date(self.env, self.due_on) if self.due_on else "",
            "account": dues._bank_account().acc_number or "",
        }

    def _mail_language(self):
        """Return the language of the third party, else that of the association."""
        return self.partner_id.lang or self.company_id.partner_id.lang
