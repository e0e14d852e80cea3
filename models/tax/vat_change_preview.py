"""What a change of a tax does, shown before it is applied."""

from collections import defaultdict
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ..exact import exact
from .vat_change_holds import Trial

TAXES = 5  # the place of the taxes in a line's nature


class _Undone(Exception):
    """Leaves the savepoint of a trial."""


class RecurringVatTaxChange(models.Model):
    _inherit = "recurring.vat.tax.change"

    other_product_count = fields.Integer(
        string="Products at the Old Tax",
        compute="_compute_other_product_count",
        help="Only invoices of subscriptions follow the change. Where these products "
        "are sold otherwise, replace the tax on the product from that day on.",
    )

    def _compute_other_product_count(self):
        for change in self:
            change.other_product_count = self.env["product.template"].search_count(
                change._product_domain()
            )

    def _product_domain(self):
        self.ensure_one()
        taxes = self._family(self.old_tax_id)
        domain = [("taxes_id", "in", taxes.ids), ("sale_ok", "=", True)]
        if self.product_tmpl_ids:
            domain.append(("id", "in", self.product_tmpl_ids.ids))
        return domain

    def action_open_products(self):
        """Open the products that bear the old tax."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Products at %s", self.old_tax_id.name),
            "res_model": "product.template",
            "views": [(False, "list"), (False, "form")],
            "domain": self._product_domain(),
        }

    def action_open_affected(self):
        """Open the subscriptions that were billed beyond the day."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Billed Beyond the Day"),
            "res_model": "recurring.subscription",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self._affected(self.old_tax_id).ids)],
        }

    def action_preview(self):
        """Show what applying does: whom it concerns, and how much money."""
        self.ensure_one()
        self.check_access("write")
        preview = self.env["recurring.vat.tax.change.preview"]._for_change(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Apply the Change"),
            "res_model": preview._name,
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _trial(self):
        """Return ``[(subscription, credited, charged anew, last day, VAT more or
        less)]``: what the next billing would do, were the change applied.

        :raise UserError: for one that is applied already
        """
        self.ensure_one()
        if self.state == "applied":
            raise UserError(self.env._("%s is applied already.", self.name))
        affected, found = self._affected(self.old_tax_id), []
        if not affected:
            return found
        try:
            with self.env.cr.savepoint():
                affected._reopen_from(self.date)
                today = fields.Date.context_today(self)
                tried = affected.with_context(
                    rr_tax_change_trial=Trial((self._terms(True),))
                )
                for sub_id, items in tried._difference(today).items():
                    currency = affected.browse(sub_id).currency_id
                    found.append((sub_id, *self._effect(items, currency)))
                raise _Undone
        except _Undone:
            self.env.invalidate_all()
        subscriptions = self.env["recurring.subscription"]
        return [(subscriptions.browse(sub_id), *rest) for sub_id, *rest in found]

    def _effect(self, items, currency):
        """Return (credited at the old tax, charged at the new one, last day, VAT more
        or less) of what was billed already; what is due anyway is left out."""
        old, new = (
            set(map(str, self._family(tax).ids))
            for tax in (self.old_tax_id, self.new_tax_id)
        )
        credited = charged = vat = Decimal(0)
        wholes, last = set(), None
        for item in items:
            if item.kind == "credit" and _bears(item, old):
                credited -= item.amount
                vat -= self._vat_in(item, currency)
                wholes.add((item.line, item.whole))
                last = max(last or item.part.end, item.part.end)
        for item in items:
            if item.kind == "charge" and _bears(item, new):
                if (item.line, item.whole) in wholes:
                    charged += item.amount
                    vat += self._vat_in(item, currency)
        return credited, charged, last, vat

    def _vat_in(self, item, currency):
        """Return the VAT of an item, whose price is with or without it by its taxes."""
        keys = filter(None, (item.nature[TAXES] or "").split(","))
        taxes = self.env["account.tax"].browse(map(int, keys))
        sums = taxes.compute_all(abs(float(item.amount)), currency)
        return exact(currency.round(sums["total_included"] - sums["total_excluded"]))


def _bears(item, keys):
    return not keys.isdisjoint((item.nature[TAXES] or "").split(","))


class RecurringVatTaxChangePreview(models.TransientModel):
    """The effect of a change of a tax, to be confirmed."""

    _name = "recurring.vat.tax.change.preview"
    _description = "Preview of a Change of a Tax"

    change_id = fields.Many2one("recurring.vat.tax.change", required=True)
    old_tax_id = fields.Many2one(related="change_id.old_tax_id")
    new_tax_id = fields.Many2one(related="change_id.new_tax_id")
    date = fields.Date(related="change_id.date")
    rule = fields.Selection(related="change_id.rule")
    total_ids = fields.One2many(
        "recurring.vat.tax.change.preview.total", "preview_id", readonly=True
    )
    line_ids = fields.One2many(
        "recurring.vat.tax.change.preview.line", "preview_id", readonly=True
    )

    def _for_change(self, change):
        """Return a new preview with a line per subscription, a total per currency."""
        preview = self.create({"change_id": change.id})
        lines, totals = [], defaultdict(lambda: [0, *[Decimal(0)] * 3])
        for sub, credited, charged, last, vat in change._trial():
            if not credited and not charged:
                continue
            lines.append(
                {
                    "preview_id": preview.id,
                    "subscription_id": sub.id,
                    "currency_id": sub.currency_id.id,
                    "last_day": last and fields.Date.subtract(last, days=1),
                    "credited": float(credited),
                    "charged": float(charged),
                    "vat_change": float(vat),
                }
            )
            total = totals[sub.currency_id]
            for place, amount in enumerate((1, credited, charged, vat)):
                total[place] += amount
        self.env["recurring.vat.tax.change.preview.line"].create(lines)
        self.env["recurring.vat.tax.change.preview.total"].create(
            [
                {
                    "preview_id": preview.id,
                    "currency_id": currency.id,
                    "count": count,
                    "credited": float(credited),
                    "charged": float(charged),
                    "vat_change": float(vat),
                }
                for currency, (count, credited, charged, vat) in totals.items()
            ]
        )
        return preview

    def action_apply(self):
        """Apply the change that was previewed."""
        self.ensure_one()
        self.change_id.action_apply()
        return {"type": "ir.actions.act_window_close"}


class RecurringVatTaxChangePreviewLine(models.TransientModel):
    _name = "recurring.vat.tax.change.preview.line"
    _description = "Subscription in the Preview of a Change of a Tax"

    preview_id = fields.Many2one(
        "recurring.vat.tax.change.preview", required=True, ondelete="cascade"
    )
    subscription_id = fields.Many2one("recurring.subscription", required=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id")
    currency_id = fields.Many2one("res.currency")
    last_day = fields.Date(string="Billed Until")
    credited = fields.Monetary()
    charged = fields.Monetary(string="Charged Anew")
    vat_change = fields.Monetary(string="VAT Effect")


class RecurringVatTaxChangePreviewTotal(models.TransientModel):
    _name = "recurring.vat.tax.change.preview.total"
    _description = "Total in the Preview of a Change of a Tax"

    preview_id = fields.Many2one(
        "recurring.vat.tax.change.preview", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", required=True)
    count = fields.Integer(string="Subscriptions")
    credited = fields.Monetary()
    charged = fields.Monetary(string="Charged Anew")
    vat_change = fields.Monetary(string="VAT Effect")
