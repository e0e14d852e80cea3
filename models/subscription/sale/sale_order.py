"""From a confirmed quotation to subscriptions, and what the order then bills."""

from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    rr_start_date = fields.Date(
        string="Subscription Starts",
        copy=False,
        help="First day of the subscriptions sold here; empty = the day the order is "
        "confirmed.",
    )
    rr_subscription_ids = fields.One2many(
        "recurring.subscription", "sale_order_id", string="Subscriptions", copy=False
    )
    rr_subscription_count = fields.Integer(
        compute="_compute_rr_subscription_count", compute_sudo=True
    )
    rr_has_plan = fields.Boolean(compute="_compute_rr_has_plan", compute_sudo=True)
    rr_only_subscriptions = fields.Boolean(
        compute="_compute_rr_only_subscriptions", compute_sudo=True
    )
    rr_along_text = fields.Text(compute="_compute_rr_has_plan", compute_sudo=True)

    @api.depends("rr_subscription_ids")
    def _compute_rr_subscription_count(self):
        for order in self:
            order.rr_subscription_count = len(order.rr_subscription_ids)

    @api.depends("order_line.rr_plan_id", "order_line.rr_period_text")
    def _compute_rr_has_plan(self):
        """Tell whether plans are sold, and what comes along without a line."""
        for order in self:
            order.rr_has_plan = bool(order.order_line.rr_plan_id)
            texts = [
                (line.rr_period_text or "").split("\n") for line in order.order_line
            ]
            order.rr_along_text = "\n".join(text for part in texts for text in part[1:])

    @api.depends(
        "order_line.rr_plan_id",
        "order_line.display_type",
        "order_line.is_downpayment",
        "order_line.qty_to_invoice",
    )
    def _compute_rr_only_subscriptions(self):
        """Tell whether subscriptions bill all that is sold: the order bills nothing."""
        for order in self:
            payments = order.order_line.filtered("is_downpayment")
            order.rr_only_subscriptions = bool(
                order.order_line.rr_plan_id
                and not order._rr_ordinary_lines()
                and not any(payments.mapped("qty_to_invoice"))
            )

    def _rr_start_day(self):
        """Return the first day of the subscriptions, today where none was chosen."""
        return self.rr_start_date or fields.Date.context_today(self)

    def _rr_versions_sold(self, lines=None):
        """Return ``{plan: version}`` of the plans that the order's products sell."""
        lines = self.order_line if lines is None else self.order_line | lines
        day = self._rr_start_day()
        return {plan: plan._version_at(day) for plan in lines.product_id.rr_plan_id}

    def _rr_charges_along(self, version):
        """Return the plan's charges that come along without a line of their own."""
        sold = self.order_line.rr_charge_id
        return version.charge_ids.filtered(
            lambda charge: charge.role != "addon" and charge not in sold
        )

    def _rr_refresh_charges(self):
        """Look anew which charges the lines sell: plans may have new versions."""
        lines = self.order_line
        for name in ("rr_plan_id", "rr_charge_id"):
            self.env.add_to_compute(lines._fields[name], lines)

    # ------------------------------------------------------------------
    # Confirmation
    # ------------------------------------------------------------------

    def _confirmation_error_message(self):
        """Say before the confirmation why a subscription could not start."""
        return super()._confirmation_error_message() or self._rr_error_message()

    def _rr_error_message(self):
        """Say why the plans sold cannot start a subscription, False if they can."""
        self.ensure_one()
        # sudo: whoever may confirm the order need not be allowed to read plans.
        order = self.sudo()
        order._rr_refresh_charges()
        lines = order.order_line.filtered(lambda line: line._rr_waits())
        for line in lines:
            message = line._rr_error_message()
            if message:
                return message
        if lines and any(line._is_discount_line() for line in order.order_line):
            return self.env._(
                "The discount on the whole order would not reach the subscription. "
                "Remove its line and give the discount on the lines instead."
            )
        return order._rr_coupon_error_message(lines)

    def _action_confirm(self):
        """Start a subscription for each plan sold, once per order and plan."""
        result = super()._action_confirm()
        for order in self:
            order._rr_start_subscriptions()
        return result

    def _rr_start_subscriptions(self, lines=None):
        """Start what ``lines`` (default: all) sell and no subscription bills yet."""
        self.ensure_one()
        # sudo: the right to confirm an order includes starting what it sells; the
        # customer who signs on the portal has no right on subscriptions.
        order = self.sudo().with_company(self.company_id)
        waiting = (
            (lines or order.order_line).sudo().filtered(lambda line: line._rr_waits())
        )
        if waiting and not order.rr_start_date:
            order.rr_start_date = order._rr_start_day()
        for plan, lines in waiting.grouped("rr_plan_id").items():
            self.env["recurring.subscription"].sudo()._start_from_order(plan, lines)

    # ------------------------------------------------------------------
    # Cancellation
    # ------------------------------------------------------------------

    def _action_cancel(self):
        """Close the subscriptions with the order, unless something was billed."""
        for order in self:
            # sudo: as for the confirmation, the right on the order decides.
            order.sudo().rr_subscription_ids._close_with_order(order)
        return super()._action_cancel()

    # ------------------------------------------------------------------
    # Invoicing: what a subscription bills, the order does not
    # ------------------------------------------------------------------

    @api.depends("order_line.rr_plan_id")
    def _compute_invoice_status(self):
        """Judge an order by the lines that it invoices itself."""
        result = super()._compute_invoice_status()
        for order in self:
            if order.state != "sale" or not order.order_line.sudo().rr_plan_id:
                continue
            statuses = set(order._rr_ordinary_lines().mapped("invoice_status"))
            if "to invoice" in statuses:
                order.invoice_status = "to invoice"
            elif not statuses or "no" in statuses:
                order.invoice_status = "no"
            else:
                order.invoice_status = (
                    "upselling" if "upselling" in statuses else "invoiced"
                )
        return result

    def _rr_ordinary_lines(self):
        """Return the lines that the orders invoice, without down payments."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and not line.sudo().rr_plan_id
            )
        )

    def _get_invoiceable_lines(self, final=False):
        lines = super()._get_invoiceable_lines(final)
        return lines.filtered(lambda line: not line.sudo().rr_plan_id)

    def _nothing_to_invoice_error_message(self):
        if self.order_line.sudo().rr_plan_id and not self._rr_ordinary_lines():
            return self.env._(
                "There is nothing to invoice here: the subscription bills this order."
            )
        return super()._nothing_to_invoice_error_message()

    def _force_lines_to_invoice_policy_order(self):
        result = super()._force_lines_to_invoice_policy_order()
        self.order_line.filtered(lambda line: line.sudo().rr_plan_id).qty_to_invoice = 0
        return result

    def _generate_downpayment_invoices(self):
        """An online payment of an order that only sells subscriptions stays a payment:
        the first invoice of the subscription takes it up."""
        ordinary = self.filtered(
            lambda order: not order.sudo().rr_has_plan or order._rr_ordinary_lines()
        )
        return super(SaleOrder, ordinary)._generate_downpayment_invoices()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_view_rr_subscriptions(self):
        """Open the subscriptions that this order started."""
        self.ensure_one()
        subscriptions = self.rr_subscription_ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Subscriptions"),
            "res_model": "recurring.subscription",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", subscriptions.ids)],
        }
        if len(subscriptions) == 1:
            action.update(res_id=subscriptions.id, views=[(False, "form")])
        return action
