"""What the subscriptions sold on a quotation will bill first, and what then."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ....engine.errors import EngineError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    rr_expected_text = fields.Text(
        compute="_compute_rr_expected_text",
        compute_sudo=True,
        help="In the customer's language; printed on the quotation.",
    )

    @api.depends(
        "state",
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "fiscal_position_id",
        "currency_id",
        "pricelist_id",
        "rr_start_date",
        "rr_term_id",
        "rr_coupon_code",
        "order_line.rr_charge_id",
        "order_line.product_uom_qty",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.tax_ids",
    )
    def _compute_rr_expected_text(self):
        for order in self:
            speaking = order.with_context(lang=order._get_lang())
            texts = speaking._rr_expected_texts() if order._rr_is_quotation() else []
            order.rr_expected_text = "\n".join(texts) or False

    def _rr_is_quotation(self):
        """Once confirmed, the subscription itself says what comes next."""
        return self.state in ("draft", "sent") and self.partner_id and self.rr_has_plan

    def _rr_expected_texts(self):
        """Return a sentence per plan; none for one that cannot start as it stands."""
        texts = []
        for plan, lines in self.order_line.grouped("rr_plan_id").items():
            if not plan or any(line._rr_error_message() for line in lines):
                continue
            try:
                sold = self._rr_sold(plan, lines)
                texts += sold._first_invoice_texts(self._rr_usable_coupon(sold))
            except (EngineError, UserError):
                # Said when somebody confirms; a quotation promises nothing instead.
                continue
        return texts

    def _rr_sold(self, plan, lines):
        """Return the subscription that confirming would start, not saved."""
        subscriptions = self.env["recurring.subscription"].with_company(self.company_id)
        version = plan._version_at(self._rr_start_day())
        sold = subscriptions.new(
            {
                **subscriptions._prepare_from_order(self, plan, version),
                "sale_order_id": False,
                "fiscal_position_id": self.fiscal_position_id.id,
                "line_ids": [],
            }
        )
        sold.line_ids = [
            Command.create(
                {**sold._prepare_line_from_order(line), "sale_line_id": False}
            )
            for line in lines
        ] + [
            Command.create(sold._prepare_line(charge))
            for charge in self._rr_charges_along(version)
        ]
        return sold


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _first_invoice_texts(self, coupon=None):
        """Return "Pro: 120.00 € including tax on 1 April, then 60.00 € on 1 May"."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        planned = self._planned(waits=False)
        later = planned._later_phases()
        until = max([planned._preview_until(today), *later.values()])
        holdings = [planned._holding(coupon)] if coupon else []
        expected = planned._expected(today, until, holdings)
        if not expected:
            return []
        text = self.env._(
            "%(plan)s: %(amount)s on %(day)s",
            plan=self.plan_id.name,
            **planned._invoice_words(expected[0]),
        )
        for row in planned._rows_to_tell(expected, later):
            text = self.env._(
                "%(text)s, then %(amount)s on %(day)s",
                text=text,
                **planned._invoice_words(row),
            )
        return [*self._trial_texts(), text]

    def _later_phases(self):
        """Return ``{first day of a later phase: day by which it is billed}``."""
        return {
            line.start_date: line._schedule().next_boundary(line.start_date)
            for line in self.line_ids
            if line.start_date and line.start_date > self._first_paid()
        }

    def _rows_to_tell(self, expected, later):
        """Return the second invoice, and the first one of each later phase."""
        told = {1} if len(expected) > 1 else set()
        for day in later:
            told |= {
                number
                for number, row in enumerate(expected)
                if number and any(item.part.start == day for item in row.items)
            }
        return [expected[number] for number in sorted(told)]

    def _trial_texts(self):
        """Return until when it is free, and on what it depends what comes then."""
        if not self._has_trial():
            return []
        values = {
            "plan": self.plan_id.name,
            "day": format_date(self.env, self.trial_last_day),
        }
        policy = self._trial_policy()
        if policy == "end":
            return [
                self.env._(
                    "%(plan)s: free until %(day)s; it ends then, unless you ask to go "
                    "on:",
                    **values,
                )
            ]
        if policy == "payment":
            return [
                self.env._(
                    "%(plan)s: free until %(day)s, then, once you have given a payment "
                    "method:",
                    **values,
                )
            ]
        return [self.env._("%(plan)s: free until %(day)s, then:", **values)]

    def _invoice_words(self, row):
        """Return amount and day of an expected invoice as the customer reads them."""
        taxed = row.total is not None and not self.currency_id.is_zero(
            row.total - row.untaxed
        )
        amount = self._money(row.total if taxed else row.untaxed)
        if taxed:
            amount = self.env._("%s including tax", amount)
        return {"amount": amount, "day": format_date(self.env, row.day)}
