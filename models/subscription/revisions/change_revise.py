"""A price revision as it stands in the lines of one subscription."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ....engine.allocation import round_half_up
from ...catalog.texts import money
from ...exact import currency_rounding, exact
from ...guard import applying

# What the parts of a line have in common as long as nobody gave one another price.
SAME_PRICE = ("price_unit", "price_factor", "price_agreed")


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _apply_revise(self, edit, values):
        """Give lines new prices, as a price revision prepared them.

        :param values: ``lines``: a list of ``line_id``, ``price_unit`` and
            ``price_factor`` (what the plan's tiers and minimum are multiplied with),
            ``was`` (both before); ``source``: where the new prices come from;
            ``header``: the index that the next revision starts from
        """
        if not (
            self.env.su or self.env.user.has_group("recurring_revenue.group_manager")
        ):
            raise AccessError(self.env._("Only administrators revise prices."))
        for row in values["lines"]:
            line = self._line_to_change(row["line_id"], edit)
            self._check_unchanged(line, row["was"])
            self._revise_line(edit, line, row, values["source"])
        edit.set(**values.get("header", {}))
        return "price_revision"

    def _check_unchanged(self, line, was):
        if [line.price_unit, line.price_factor] != was:
            raise UserError(
                self.env._(
                    "The price of %(line)s has changed since the revision was "
                    "prepared: it is %(price)s now. Prepare it again.",
                    line=line.display_name,
                    price=money(self.env, line.price_unit, line.currency_id),
                )
            )

    def _revise_line(self, edit, line, row, source):
        """Replace a line, and what follows it as far as it has the same price.

        A later part that was given another price keeps that. A price stays what it
        was, agreed or the plan's: a price scale goes on as a scale.
        """
        previous = line.browse()
        for part in line._followers():
            if (part.charge_id, part.product_id) != (line.charge_id, line.product_id):
                continue  # a holding fee, another plan
            if any(part[name] != line[name] for name in SAME_PRICE):
                break
            values = {
                "price_unit": row["price_unit"],
                "price_factor": row["price_factor"],
                "price_source": source,
                **row.get("also", {}),
            }
            if previous:
                values["previous_line_id"] = previous.id
            previous = edit.replace(part, **values)


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _has_scale(self):
        """Tell whether the plan's tiers price this line: it has no unit price."""
        self.ensure_one()
        return self.charge_id._is_tiered() and not self.price_agreed

    def _scale_amount(self, ratio=1):
        """Return what the quantity costs by the scale, before discount, rounded, when
        the scale is multiplied with ``ratio``."""
        self.ensure_one()
        factor = round(exact(self.price_factor) * ratio, 12)
        amount = self._rating(self._charge_terms(factor=factor)).amount
        return round_half_up(amount, currency_rounding(self.currency_id))

    def _amount_at(self, price, factor):
        """Return what a period costs, after discount, rounded, at another price."""
        self.ensure_one()
        amount = self._rated_amount(self._rating(self._charge_terms(price, factor)))
        return round_half_up(amount, currency_rounding(self.currency_id))


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    type = fields.Selection(
        selection_add=[("price_revision", "Price revision")],
        ondelete={"price_revision": "cascade"},
    )
    revision_id = fields.Many2one(
        "recurring.price.revision",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    revision_name = fields.Char(related="revision_id.name", string="Price Revision")

    @api.depends("revision_id.name")
    def _compute_texts(self):
        return super()._compute_texts()

    def _what_texts(self):
        """Name the revision first: a price scale has no unit price to tell."""
        texts = super()._what_texts()
        if not self.revision_name:
            return texts
        first = " – ".join([self.revision_name, *texts[:1]])
        return [first, *texts[1:]]

    def _name_revision(self, revision):
        """Let the history name the revision that made these changes."""
        # sudo: nobody may write history by hand, so no group has the right to.
        applying(self.sudo()).write({"revision_id": revision.id})

    def action_open_revision(self):
        """Open the price revision that made this change."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.price.revision",
            "res_id": self.revision_id.id,
            "views": [(False, "form")],
        }
