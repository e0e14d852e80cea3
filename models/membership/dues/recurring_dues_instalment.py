from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...exact import exact
from ...guard import applying, given, is_applying, typed_over
from ..selections import MODES

# What only depositing and taking back write.
GUARDED = {"contribution_id", "is_cancelled"}
# What stands once the money was received.
SETTLED = {"dues_id", "share_id", "amount", "mode", "due_on", "handed_on"}


class RecurringDuesInstalment(models.Model):
    """A part of a call that is paid on a day of its own: by transfer, by debit, or by a
    cheque that was handed over and is deposited later.

    Nothing is in the books before the money is received or the cheque deposited. A
    cheque keeps both days: that on which it was handed over, which is the date of a
    gift, and that of its deposit, on which it is booked.
    """

    _name = "recurring.dues.instalment"
    _description = "Instalment of a Call for Dues"
    _order = "due_on, id"

    dues_id = fields.Many2one(
        "recurring.dues",
        string="Call for Dues",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="dues_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="dues_id.currency_id")
    share_id = fields.Many2one(
        "recurring.dues.share",
        string="Share of a Third Party",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('dues_id', '=', dues_id)]",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Pays", compute="_compute_partner_id", store=True
    )
    due_on = fields.Date(
        string="Date",
        required=True,
        default=fields.Date.context_today,
        help="When the money is to come, or the cheque is to be deposited.",
    )
    amount = fields.Monetary(required=True)
    mode = fields.Selection(MODES, required=True, default="transfer")
    cheque_number = fields.Char()
    cheque_bank = fields.Char(string="Drawn On", help="The bank of the cheque.")
    handed_on = fields.Date(
        string="Given On",
        help="When the cheque was handed over: the day of the gift, for a tax receipt.",
    )
    contribution_id = fields.Many2one(
        "recurring.contribution",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="recurring_revenue.group_treasurer",
    )
    is_cancelled = fields.Boolean(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("planned", "Expected"),
            ("in_hand", "In hand"),
            ("received", "Received"),
            ("returned", "Returned unpaid"),
            ("cancelled", "Given back"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )
    is_due = fields.Boolean(compute="_compute_is_due", search="_search_is_due")

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "An instalment is more than nothing."
    )

    @api.depends("dues_id.payer_id", "share_id.partner_id")
    def _compute_partner_id(self):
        for one in self:
            one.partner_id = one.share_id.partner_id or one.dues_id.payer_id

    @api.depends("contribution_id.state", "is_cancelled", "mode", "handed_on")
    def _compute_state(self):
        for one in self:
            # sudo: a secretary may know whether an instalment came.
            booked = one.sudo().contribution_id.state
            if one.is_cancelled:
                one.state = "cancelled"
            elif booked in ("booked", "returned"):
                one.state = "received" if booked == "booked" else "returned"
            else:
                in_hand = one.mode == "cheque" and one.handed_on
                one.state = "in_hand" if in_hand else "planned"

    @api.depends("due_on", "state")
    def _compute_is_due(self):
        today = fields.Date.context_today(self)
        for one in self:
            one.is_due = one.state in ("planned", "in_hand") and one.due_on <= today

    @api.model
    def _search_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domain = [("state", "in", ("planned", "in_hand")), ("due_on", "<=", today)]
        return domain if True in value else ["!", "&", *domain]

    @api.depends("dues_id.name", "due_on")
    def _compute_display_name(self):
        for one in self:
            day = format_date(self.env, one.due_on)
            one.display_name = f"{one.dues_id.name or ''} {day}".strip()

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what only depositing writes."""
        if given(self, vals_list, GUARDED):
            self._refuse_typed()
        made = super().create(vals_list)
        made.dues_id._check_instalments()
        return made

    def write(self, vals):
        """Keep what was received; the parts still sum to the call."""
        if typed_over(self, vals, GUARDED):
            self._refuse_typed()
        done = self.filtered(lambda one: one.state not in ("planned", "in_hand"))
        if typed_over(done, vals, SETTLED):
            raise UserError(
                self.env._("%s was received: it stays as it is.", done[:1].display_name)
            )
        result = super().write(vals)
        if not is_applying(self.env):
            self.dues_id._check_instalments()
        return result

    @api.model
    def _refuse_typed(self):
        raise UserError(
            self.env._("Instalments are received and given back by the buttons.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_open(self):
        if any(one.state in ("received", "returned") for one in self):
            raise UserError(self.env._("What was received stays on record."))

    @api.constrains("mode", "handed_on", "due_on")
    def _check_cheque(self):
        for one in self:
            if one.handed_on and one.mode != "cheque":
                raise ValidationError(
                    self.env._("Only a cheque is handed over before it is deposited.")
                )
            if one.handed_on and one.due_on < one.handed_on:
                raise ValidationError(
                    self.env._("A cheque is deposited after it was handed over.")
                )

    @api.constrains("share_id", "dues_id")
    def _check_share(self):
        for one in self:
            if one.share_id and one.share_id.dues_id != one.dues_id:
                raise ValidationError(
                    self.env._("The share belongs to another call than its instalment.")
                )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_receive(self):
        """Ask for the day and the account, then book these instalments."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deposit"),
            "res_model": "recurring.instalment.deposit",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_instalment_ids": self.ids},
        }

    def action_give_back(self):
        """Record that a cheque was given back, or that an instalment does not come."""
        for one in self:
            if one.state not in ("planned", "in_hand"):
                raise UserError(
                    self.env._("%s was received: it stays.", one.display_name)
                )
        applying(self).write({"is_cancelled": True})

    def _deposit(self, day, journal):
        """Book these instalments on ``day``, each as a contribution of who pays it.

        :raises UserError: received already, or nothing is owed any more
        """
        for one in self:
            if one.state not in ("planned", "in_hand"):
                raise UserError(
                    self.env._("%s was received already.", one.display_name)
                )
            if one.handed_on and day < one.handed_on:
                raise UserError(
                    self.env._(
                        "%s was handed over later than it would be deposited.",
                        one.display_name,
                    )
                )
            dues = one.dues_id.with_context(rr_instalment=one.id)
            made = dues._receive(
                one.partner_id,
                one.handed_on or day,
                exact(one.amount),
                mode=one.mode,
                cheque_number=one.cheque_number,
                journal_id=journal.id,
                deposited_on=one.handed_on and day,
            )
            applying(one).write({"contribution_id": made.id})


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    instalment_ids = fields.One2many("recurring.dues.instalment", "dues_id")
    share_ids = fields.One2many("recurring.dues.share", "dues_id")
    own_amount = fields.Monetary(
        string="Paid by the Payer",
        compute="_compute_own_amount",
        help="What is left for the payer beside the shares of third parties.",
    )

    @api.depends("amount", "share_ids.amount")
    def _compute_own_amount(self):
        for dues in self:
            shares = sum((exact(one.amount) for one in dues.share_ids), exact(0))
            dues.own_amount = float(exact(dues.amount) - shares)

    def _check_instalments(self):
        """Raise where the instalments of a payer or a share do not sum to it."""
        for dues in self:
            groups = dues.instalment_ids.grouped("share_id")
            for share, rows in groups.items():
                standing = rows.filtered(
                    lambda one: one.state not in ("returned", "cancelled")
                )
                total = sum((exact(one.amount) for one in standing), exact(0))
                asked = exact(share.amount if share else dues.own_amount)
                if total > asked:
                    raise UserError(
                        self.env._(
                            "%(dues)s: the instalments of %(partner)s come to "
                            "%(total)s, and %(asked)s is asked for.",
                            dues=dues.name,
                            partner=rows[0].partner_id.display_name,
                            total=dues.currency_id.format(float(total)),
                            asked=dues.currency_id.format(float(asked)),
                        )
                    )

    def action_plan_instalments(self):
        """Ask in how many parts, and how each is paid."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pay in Instalments"),
            "res_model": "recurring.instalment.plan",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_dues_id": self.id},
        }

    def _partly_paid(self):
        """Who handed over cheques is about to pay."""
        in_hand = self.instalment_ids.filtered(lambda one: one.state == "in_hand")
        return super()._partly_paid() | in_hand.dues_id

    def action_cancel(self):
        """Drop the instalments of a call that is cancelled."""
        in_hand = self.instalment_ids.filtered(lambda one: one.state == "in_hand")
        if in_hand:
            raise UserError(
                self.env._(
                    "%s: give the cheques back first, and say so on the instalments.",
                    in_hand[0].dues_id.name,
                )
            )
        result = super().action_cancel()
        planned = self.instalment_ids.filtered(lambda one: one.state == "planned")
        applying(planned).write({"is_cancelled": True})
        return result
