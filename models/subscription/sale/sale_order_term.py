"""On a quotation: for how long a customer commits, what the first periods cost."""

from odoo import api, fields, models

from ...catalog.texts import number


class SaleOrder(models.Model):
    _inherit = "sale.order"

    rr_term_id = fields.Many2one(
        "recurring.plan.term",
        string="Commitment",
        copy=False,
        ondelete="restrict",
        help="For how long the customer commits; its discount is given on the lines.",
    )
    rr_term_ids = fields.Many2many(
        "recurring.plan.term",
        string="Commitments Offered",
        compute="_compute_rr_term_ids",
        compute_sudo=True,
    )

    @api.depends("order_line.rr_plan_id", "rr_start_date")
    def _compute_rr_term_ids(self):
        """The commitments that the plans sold here offer."""
        for order in self:
            versions = order.order_line.rr_charge_id.version_id
            order.rr_term_ids = versions.term_ids


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    rr_term_discount = fields.Float(
        string="Discount of the Commitment",
        digits="Discount",
        compute="_compute_discount",
        store=True,
        precompute=True,
    )

    def _rr_term(self):
        """Return the commitment that holds for this line, none for what is not sold by
        subscription or charged once."""
        # sudo: prices of plans are shown to whoever may quote them.
        line = self.sudo()
        charge = line.rr_charge_id
        if not charge or charge.role == "one_off":
            return line.order_id.rr_term_id.browse()
        return charge.version_id._term_like(line.order_id.rr_term_id)

    # Not on rr_charge_id, which is not precomputed; it follows the product.
    @api.depends("order_id.rr_term_id")
    def _compute_discount(self):
        """Give what the commitment is worth, after what a price list gives; a discount
        that somebody typed stays where there is no commitment."""
        percents = {
            line: line._rr_term().discount for line in self if line.state != "sale"
        }
        for line, percent in percents.items():
            if percent or line.rr_term_discount:
                line.discount = 0.0
        result = super()._compute_discount()
        for line in self:
            percent = percents.get(line, line.rr_term_discount)
            line.rr_term_discount = percent
            if line in percents and percent:
                rest = (100 - (line.discount or 0.0)) * (100 - percent) / 100
                line.discount = 100 - rest
        return result

    def _rr_offer_texts(self):
        """Add the prices of the first periods and the commitment."""
        texts = super()._rr_offer_texts()
        charge = self.rr_charge_id
        if not charge or charge.role == "one_off":
            return texts
        agreed = self._rr_agreed_values().get("price_agreed")
        if charge.phase_ids and not agreed:
            texts.append(
                self.env._("first %s", charge.with_env(self.env)._phases_text())
            )
        term = self._rr_term()
        if term.discount:
            texts.append(
                self.env._(
                    "%(percent)s %% off for a commitment of %(time)s",
                    percent=number(self.env, term.discount),
                    time=term.with_env(self.env)._time_text(),
                )
            )
        elif term:
            texts.append(
                self.env._("committed for %s", term.with_env(self.env)._time_text())
            )
        return texts

    @api.depends("order_id.rr_term_id", "price_unit", "discount", "product_uom_qty")
    def _compute_rr_period_text(self):
        return super()._compute_rr_period_text()
