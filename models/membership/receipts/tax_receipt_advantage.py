"""What gifts are worth to their donor: information beside the receipt, not on it."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....engine.gifts import ZERO, reduction
from ...exact import exact


class RecurringTaxReceipt(models.Model):
    _inherit = "recurring.tax.receipt"

    advantage = fields.Monetary(
        string="Reduction of Tax",
        compute="_compute_advantage",
        help="What the gifts of the year that this association certified to the donor "
        "may take off the tax, before limits of income and gifts to others. For "
        "information: it does not stand on the receipt.",
    )
    advantage_text = fields.Char(compute="_compute_advantage")

    @api.depends("state", "amount", "gift_year")
    def _compute_advantage(self):
        for receipt in self:
            amount = receipt._advantage() if receipt.state == "issued" else ZERO
            receipt.advantage = float(amount)
            receipt.advantage_text = receipt._advantage_text()

    def _advantage(self):
        """Return the reduction of tax for all receipts of this donor, year and article
        (Decimal); 0 where no rate is known.

        Each gift counts at the rates of its day, on top of the gifts before it.
        """
        self.ensure_one()
        code = self._rate_code()
        if not code:
            return ZERO
        rules = self.env["recurring.receipt.rule"]
        total, taken = ZERO, ZERO
        for line in self._gifts_of_donor():
            amount = exact(line.amount)
            try:
                bands = rules._bands(code, self.model_id.sudo().country, line.date)
            except UserError:
                return ZERO
            total += reduction(taken + amount, bands) - reduction(taken, bands)
            taken += amount
        return max(total, ZERO).quantize(Decimal("0.01"))

    def _rate_code(self):
        """Return the figure of the reduction: aid to people in need has its own."""
        code = self.article_id.sudo().rate_code
        if code == "rate_200" and self.issuer_id.sudo().basis == "aid":
            return "rate_200_aid"
        return code

    def _gifts_of_donor(self):
        """Return what valid receipts certify to this donor for the year, by date."""
        # sudo: a donor who reads one receipt has the right to the sum of their own.
        lines = self.env["recurring.tax.receipt.line"].sudo()
        return lines.search(
            [
                ("company_id", "=", self.company_id.id),
                ("receipt_id.gift_year", "=", self.gift_year),
                ("receipt_id.partner_id", "=", self.partner_id.id),
                ("receipt_id.joint_partner_id", "=", self.joint_partner_id.id),
                ("receipt_id.article", "=", self.article),
                ("is_cancelled", "=", False),
            ],
            order="date, id",
        )

    def _advantage_text(self):
        """Return the sentence for the donor, False where nothing is known."""
        self.ensure_one()
        amount = self._advantage() if self.state == "issued" else ZERO
        if not amount:
            return False
        return self.env._(
            "Your gifts of %(year)s to us may reduce your tax by up to %(amount)s, "
            "within the limits of the law.",
            year=self.gift_year,
            amount=self.currency_id.format(float(amount)),
        )
