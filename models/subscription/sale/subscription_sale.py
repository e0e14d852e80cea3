"""The subscription's side of a sale: made from an order, closed with the order."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...guard import applying
from ..recurring_subscription import RUNNING
from ..resolver import Resolver


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Quotation",
        copy=False,
        readonly=True,
        index="btree_not_null",
        check_company=True,
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"sale_order_id"}

    def _not_closed(self):
        return self.filtered(lambda sub: sub.state != "closed")

    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    @api.model
    def _start_from_order(self, plan, lines):
        """Start the subscription to ``plan`` that the order lines sell and return it.

        An order that was cancelled before anything was billed and is confirmed again
        takes up its subscription instead of starting a second one.
        """
        order = lines.order_id
        version = plan._version_at(order._rr_start_day())
        vals = self._prepare_from_order(order, plan, version)
        previous = order.rr_subscription_ids.filtered(
            lambda sub: sub.plan_id == plan and not sub.billed_item_ids
        )[:1]
        if previous:
            subscription = previous
            subscription._back_to_draft(vals)
        else:
            created = applying(self).create({**vals, "line_ids": []})
            subscription = created.with_env(self.env)
            subscription.message_post_with_source(
                "mail.message_origin_link",
                render_values={"self": subscription, "origin": order},
                subtype_xmlid="mail.mt_note",
            )
        subscription._take_fiscal_position(order)
        applying(subscription).line_ids = [
            Command.create(subscription._prepare_line_from_order(line))
            for line in lines
        ] + [
            Command.create(subscription._prepare_line(charge))
            for charge in order._rr_charges_along(version)
        ]
        order._rr_use_coupon(subscription)
        subscription.action_activate()
        return subscription

    def _back_to_draft(self, vals):
        """Empty a subscription that never billed, to fill it from the order anew."""
        self._set_state(("closed",), "draft", end_date=False, **self._reset_start())
        self.line_ids.unlink()
        self.write(vals)

    @api.model
    def _prepare_from_order(self, order, plan, version):
        vals = {
            "sale_order_id": order.id,
            "company_id": order.company_id.id,
            "partner_id": order.partner_id.id,
            "partner_invoice_id": order.partner_invoice_id.id,
            "partner_shipping_id": order.partner_shipping_id.id,
            "plan_id": plan.id,
            "plan_version_id": version.id,
            "start_date": order._rr_start_day(),
            "pricelist_id": order.pricelist_id.id,
            "currency_id": order.currency_id.id,
            "client_order_ref": order.client_order_ref,
            "term_id": version._term_like(order.rr_term_id).id,
            "campaign_id": order.campaign_id.id,
            "medium_id": order.medium_id.id,
            "source_id": order.source_id.id,
        }
        # Empty on the order = what plan, customer and company say.
        for name in (
            "user_id",
            "team_id",
            "payment_term_id",
            "journal_id",
            "preferred_payment_method_line_id",
        ):
            if order[name]:
                vals[name] = order[name].id
        return vals

    def _take_fiscal_position(self, order):
        """Keep the order's fiscal position only where a person chose another one."""
        self.fiscal_position_id = False
        if Resolver().position(self) != order.fiscal_position_id:
            self.fiscal_position_id = order.fiscal_position_id

    def _prepare_line_from_order(self, line):
        return {
            **self._prepare_line(line.rr_charge_id, line._rr_quantity()),
            # What the quotation says of a discount holds, also that there is none.
            "discount": 0.0,
            **line._rr_agreed_values(),
            "product_id": line.product_id.id,
            "name": line._rr_own_description(),
            "analytic_distribution": line.analytic_distribution,
            "sale_line_id": line.id,
        }

    # ------------------------------------------------------------------
    # Cancelled order
    # ------------------------------------------------------------------

    def _close_with_order(self, order):
        """Close the subscriptions of a cancelled order, unless something was billed."""
        for sub in self._not_closed():
            if any(row.amount for row in sub._live_charges()):
                raise UserError(
                    self.env._(
                        "%(subscription)s has been billed already. Cancel the "
                        "subscription, which settles what is paid; the order "
                        "%(order)s stays as it was signed.",
                        subscription=sub.name,
                        order=order.name,
                    )
                )
            note = self.env._("The order %s was cancelled.", order.name)
            if sub.state in RUNNING:
                sub._cancel(sub.start_date, credit=True, note=note)
            sub._set_state(("draft", *RUNNING), "closed")
            sub._record_change("close", sub.start_date, note=note)

    def action_view_sale_order(self):
        """Open the order that started this subscription."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "views": [(False, "form")],
        }


class RecurringPlanVersion(models.Model):
    _inherit = "recurring.plan.version"

    def _charge_sold_as(self, product, main=False):
        """Return the charge that selling ``product`` pays.

        With ``main`` the product sells the plan itself: where no charge has it as its
        product, it pays the only base charge.
        """
        charges = self.charge_ids
        charge = charges.filtered(lambda charge: charge.product_id == product)[:1]
        if not charge and main:
            base = charges.filtered(lambda charge: charge.role == "base")
            charge = base if len(base) == 1 else charge
        return charge
