"""What only the screens need: sentences, buttons that open, copies that start clean."""

from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools import format_date

from ..catalog.texts import number
from .texts import rating_texts

# What a customer brings along: taken anew when a copy is for another customer.
FROM_CUSTOMER = (
    "partner_invoice_id",
    "partner_shipping_id",
    "pricelist_id",
    "currency_id",
    "payment_term_id",
    "preferred_payment_method_line_id",
    "fiscal_position_id",
    "client_order_ref",
    "user_id",
    "team_id",
)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    state = fields.Selection(group_expand="_expand_states")
    term_text = fields.Char(string="Term", compute="_compute_term_text")
    has_term = fields.Boolean(compute="_compute_term_text")

    @api.model
    def _expand_states(self, states, domain):
        """Show the columns in the order of life; closed ones only where there are any."""
        shown = ["draft", "active", "cancelling"]
        return shown + [state for state in states if state not in shown]

    @api.depends("term_end", "end_date", "renewal", "state", "plan_version_id")
    @api.depends_context("lang")
    def _compute_term_text(self):
        for sub in self:
            sub.term_text = sub._term_sentence()
            sub.has_term = bool(sub.plan_version_id.term_count)

    def _term_sentence(self):
        end = self.term_end
        if self.state == "draft" and self.plan_version_id and self.start_date:
            end = self._first_term_end()
        if self.state in ("cancelling", "closed") and self.end_date:
            day = format_date(self.env, self.end_date - timedelta(days=1))
            return self.env._("The last day of service is %s", day)
        if not end:
            return self.env._("Runs until it is cancelled")
        day = format_date(self.env, end - timedelta(days=1))
        return {
            "automatic": self.env._("Until %s, then renewed by itself", day),
            "manual": self.env._("Until %s, to be renewed by hand", day),
        }.get(self.renewal, self.env._("Until %s, not renewed", day))

    # ------------------------------------------------------------------
    # Choosing another customer
    # ------------------------------------------------------------------

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Forget what was agreed with the customer who stood here before."""
        if self._origin.partner_id and self._origin.partner_id != self.partner_id:
            self.fiscal_position_id = False
            self.client_order_ref = False

    # ------------------------------------------------------------------
    # Duplicate
    # ------------------------------------------------------------------

    def copy_data(self, default=None):
        """Copy what was agreed, not what happened: a draft that starts today.

        Lines that ended or were charged once on the way stay behind. For another
        customer, everything that comes from a customer is taken from the new one.
        """
        default = dict(default or {})
        vals_list = super().copy_data(default)
        for sub, vals in zip(self, vals_list, strict=True):
            for name in ("start_date", "anchor_date"):
                if name not in default:
                    vals.pop(name, None)
            other = default.get("partner_id", sub.partner_id.id) != sub.partner_id.id
            if other:
                for name in FROM_CUSTOMER:
                    if name not in default:
                        vals.pop(name, None)
            if "line_ids" not in default:
                vals["line_ids"] = [
                    Command.create(line_vals)
                    for line_vals in sub._lines_to_copy().copy_data()
                ]
        return vals_list

    def copy(self, default=None):
        copies = super().copy(default)
        if default and "partner_id" in default:
            # What was not agreed with the first customer follows the new price list.
            for line in copies.line_ids.filtered(lambda line: not line.price_agreed):
                line.write(line._price_values())
        return copies

    def _lines_to_copy(self):
        """Return the lines that ran to the end, without what was charged on the way."""
        end = self.end_date
        return self.line_ids.filtered(
            lambda line: (
                self.state == "draft"
                or (not line.end_date or (end and line.end_date >= end))
                and (line.role != "one_off" or line.charge_id)
            )
        )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_cancel(self):
        """Ask when and why to cancel, and show the money first."""
        self.ensure_one()
        return self._open_wizard(
            "recurring.cancel.wizard", self.env._("Cancel %s", self.display_name)
        )

    def action_open_hold(self):
        """Ask why these subscriptions are not to be billed."""
        return self._open_wizard("recurring.hold.wizard", self.env._("Put on Hold"))

    def action_open_one_off(self):
        """Ask what to charge once."""
        return self._open_wizard(
            "recurring.one.off.wizard", self.env._("Charge Something Once")
        )

    def _open_wizard(self, model, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_subscription_id": self[:1].id,
                "default_subscription_ids": self.ids,
            },
        }

    def action_view_billed(self):
        """Open everything that was billed or credited, row by row."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_billed_item_action"
        )
        action["domain"] = [("subscription_id", "=", self.id)]
        action["context"] = {"rr_one_subscription": True}
        return action


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    partner_id = fields.Many2one(related="subscription_id.partner_id")
    plan_id = fields.Many2one(related="subscription_id.plan_id")
    state = fields.Selection(
        related="subscription_id.state", string="Subscription State"
    )

    @api.depends("amount_period", "price_source", "discount")
    @api.depends_context("lang")
    def _compute_price_explanation(self):
        for line in self:
            texts = [line.price_source] if line.price_source else []
            texts += rating_texts(self.env, line._rating(), line.currency_id)
            if line.discount:
                texts.append(self.env._("less %s %%", number(self.env, line.discount)))
            line.price_explanation = "\n".join(texts)

    @api.onchange("charge_id")
    def _onchange_charge_id(self):
        """Propose the quantity that the plan proposes."""
        if self.charge_id:
            self.quantity = self.charge_id.default_quantity or 1.0

    def action_open_subscription(self):
        """Open the subscription of this line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    effective_text = fields.Char(string="Effective", compute="_compute_effective_text")

    @api.depends("effective_date", "type")
    @api.depends_context("lang")
    def _compute_effective_text(self):
        """Say the last day where something ends, the first day otherwise."""
        for change in self:
            day = change.effective_date
            if change.type in ("cancel", "close"):
                last = format_date(self.env, day - timedelta(days=1))
                change.effective_text = self.env._("last day %s", last)
            else:
                change.effective_text = format_date(self.env, day)


class RecurringBilledItem(models.Model):
    _inherit = "recurring.billed.item"

    def action_why(self):
        """Explain this row: price and where it came from, days, tiers, taxes."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this amount?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (
                    self.env.ref("recurring_revenue.recurring_billed_item_view_why").id,
                    "form",
                )
            ],
            "target": "new",
        }
