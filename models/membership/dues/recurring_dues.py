from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...exact import exact
from ...guard import applying, is_applying, typed_over
from ...numbering import next_numbers


class RecurringDues(models.Model):
    """Dues that an association asks one payer for: a call, not an invoice.

    A call is no claim in the books: dues are booked when they are received. It may
    cover several members of a household and the entrance fees of who is new.
    """

    _name = "recurring.dues"
    _description = "Call for Dues"
    _inherit = ["mail.thread", "recurring.steps"]
    _order = "called_on desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    payer_id = fields.Many2one(
        "res.partner", required=True, index=True, readonly=True, ondelete="restrict"
    )
    plan_id = fields.Many2one(
        "recurring.plan", required=True, index=True, readonly=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("draft", "Prepared"), ("called", "Called"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    called_on = fields.Date(readonly=True, copy=False)
    due_on = fields.Date(string="To Be Paid By")
    line_ids = fields.One2many("recurring.dues.line", "dues_id", readonly=True)
    amount = fields.Monetary(compute="_compute_amount", store=True)

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for dues in self:
            dues.amount = sum(dues.line_ids.mapped("amount"))

    @api.model_create_multi
    def create(self, vals_list):
        """Number the calls of each company; they are prepared, never typed."""
        if not is_applying(self.env):
            raise UserError(
                self.env._("Calls for dues are prepared from the members they are for.")
            )
        companies = Counter(vals["company_id"] for vals in vals_list)
        numbers = {
            company: iter(next_numbers(self.env, "recurring.dues", company, count))
            for company, count in companies.items()
        }
        for vals in vals_list:
            vals["name"] = next(numbers[vals["company_id"]])
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to type a state: see the buttons."""
        if typed_over(self, vals, {"state", "called_on", "name"}):
            raise UserError(self.env._("Dues are called and cancelled by the buttons."))
        return super().write(vals)

    def action_call(self):
        """Call the dues: the payer owes them from today on."""
        today = fields.Date.context_today(self)
        self._set_state(("draft",), "called", called_on=today)
        self.line_ids._count_if_due(today)

    def _partly_paid(self):
        """Return those of these calls that are about to be paid, or paid in part."""
        return self._with_money()

    def _with_money(self):
        """Return those of these calls of which something was received."""
        # sudo: who may call members need not see what each paid.
        groups = (
            self.env["recurring.contribution.line"]
            .sudo()
            ._read_group(
                [
                    ("dues_line_id.dues_id", "in", self.ids),
                    ("contribution_id.state", "=", "booked"),
                ],
                ["dues_line_id"],
            )
        )
        ids = {line.dues_id.id for (line,) in groups}
        return self.filtered(lambda dues: dues.id in ids)

    def action_cancel(self):
        """Cancel dues that nobody paid: the same period may be called again.

        :raises UserError: something was received, be it a part
        """
        if any(self.line_ids.mapped("paid_on")) or self._with_money():
            raise UserError(
                self.env._("These dues were paid: take back the payment first.")
            )
        self._set_state(("draft", "called"), "cancelled")
        applying(self.line_ids).write({"counts_on": False, "is_cancelled": True})

    def _receive(self, payer, day, amount, **values):
        """Book money for these dues: entrance fees and dues in their order, what is
        beyond them is refused.

        :param payer: who paid, which need not be who was asked
        :param day: when it was received
        :param amount: Decimal, in the currency of the call; less than what is owed is
            a part payment
        :param values: more of the contribution: ``journal_id``, ``mode``,
            ``payment_id``...
        :return: the booked ``recurring.contribution``
        :raises UserError: more than what is left of the dues
        """
        lines, rest = [], amount
        for line in self.line_ids:
            part = min(rest, exact(line.amount) - line._received())
            if part > 0:
                lines.append(
                    {
                        "kind": "dues",
                        "dues_line_id": line.id,
                        "amount": float(part),
                    }
                )
                rest -= part
        if rest or not lines:
            raise UserError(
                self.env._("%s: that is more than what is still owed.", self.name)
            )
        made = applying(self.env["recurring.contribution"]).create(
            {
                "partner_id": payer.id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
                "date": day,
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )
        contribution = made.browse(made.ids).with_env(self.env)  # without the key
        contribution.action_book()
        return contribution

    @api.ondelete(at_uninstall=False)
    def _unlink_only_prepared(self):
        if any(dues.state != "draft" for dues in self):
            raise UserError(
                self.env._("Dues that were called stay on record: cancel them instead.")
            )
