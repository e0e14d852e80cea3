from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.exact import exact
from ..models.membership.selections import MODES


class RecurringDuesReceipt(models.TransientModel):
    """Money that was received for a call: from whom, when, by what way, how much."""

    _name = "recurring.dues.receipt"
    _description = "Receive Money for Dues"
    _check_company_auto = True

    dues_id = fields.Many2one(
        "recurring.dues",
        string="Call for Dues",
        required=True,
        default=lambda self: self._default_dues_id(),
    )
    company_id = fields.Many2one(related="dues_id.company_id")
    currency_id = fields.Many2one(related="dues_id.currency_id")
    amount_left = fields.Monetary(related="dues_id.amount_left")
    payer_id = fields.Many2one(
        "res.partner",
        string="Received From",
        compute="_compute_payer_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Who paid, whoever was asked: a tax receipt is in this name.",
    )
    joint_partner_id = fields.Many2one(
        "res.partner",
        string="Together With",
        help="Who else paid, from a joint account: a tax receipt is in both names.",
    )
    day = fields.Date(
        string="Received On",
        required=True,
        default=fields.Date.context_today,
        help="A transfer, card or debit: when it reached the bank. Cash and cheques: "
        "when they were handed over, or the letter arrived.",
    )
    mode = fields.Selection(MODES, required=True, default="transfer")
    cheque_number = fields.Char()
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank or Cash",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Less than what is owed is a part: the rest stays owed.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def _default_dues_id(self):
        """Take the call, or the oldest of the member's that is still owed."""
        record = self.env[self.env.context.get("active_model", self._name)].browse(
            self.env.context.get("active_id")
        )
        if record._name == "recurring.dues":
            return record
        if record._name == "recurring.membership":
            owed = record.dues_line_ids.dues_id.filtered("amount_left")
            return owed.sorted(lambda dues: (dues.called_on, dues.id))[:1]
        return self.env["recurring.dues"]

    @api.depends("dues_id")
    def _compute_payer_id(self):
        for wizard in self:
            wizard.payer_id = wizard.dues_id.payer_id

    @api.depends("dues_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.dues_id.amount_left

    @api.depends("mode", "dues_id")
    def _compute_journal_id(self):
        """Propose the journal that this way of paying went to before."""
        contributions = self.env["recurring.contribution"]
        for wizard in self:
            company = wizard.dues_id.company_id or self.env.company
            wizard.journal_id = contributions._usual_journal(company, wizard.mode)

    @api.depends("dues_id", "amount")
    def _compute_preview(self):
        for wizard in self:
            rows, beyond = wizard._shares()
            wizard.preview = rows and self.env["ir.qweb"]._render(
                "recurring_revenue.dues_receipt_preview",
                {
                    "rows": rows,
                    "beyond": beyond and wizard.currency_id.format(float(beyond)),
                },
            )

    def _shares(self):
        """Return what the money pays, as the booking splits it, and what is beyond."""
        rest, rows = exact(round(self.amount or 0, 6)), []
        money = self.currency_id.format
        for line in self.dues_id.line_ids.filtered("amount_left"):
            left = exact(line.amount_left)
            part = max(min(rest, left), exact(0))
            rest -= part
            rows.append(
                {
                    "member": line.membership_id.display_name,
                    "label": line._label(),
                    "owed": money(float(left)),
                    "paid": money(float(part)),
                    "left": part < left and money(float(left - part)),
                }
            )
        return rows, max(rest, exact(0))

    def action_receive(self):
        """Book the money, and let what is paid in full count."""
        self.ensure_one()
        if self.amount <= 0:
            raise UserError(self.env._("Say how much was received."))
        self.dues_id._receive(
            self.payer_id,
            self.day,
            exact(round(self.amount, 6)),
            joint_partner_id=self.joint_partner_id.id,
            mode=self.mode,
            cheque_number=self.mode == "cheque" and self.cheque_number,
            journal_id=self.journal_id.id,
        )
        return {"type": "ir.actions.act_window_close"}
