"""Gifts that were received are matched with what donors promised."""

from datetime import timedelta

from odoo import fields, models

from ...exact import exact


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    def _book(self):
        result = super()._book()
        for line in self.line_ids:
            line._match_expected()
        return result

    def _set_state(self, allowed, target, **values):
        result = super()._set_state(allowed, target, **values)
        if target in ("returned", "cancelled"):
            # What came back is expected again.
            self.line_ids.expected_ids.write({"contribution_line_id": False})
        return result


class RecurringContributionLine(models.Model):
    _inherit = "recurring.contribution.line"

    expected_ids = fields.One2many(
        "recurring.gift.expected", "contribution_line_id", string="Promised"
    )

    def _match_expected(self):
        """Match a gift with the promise that it keeps: of who paid, for the same fund,
        of exactly the amount or a multiple of it; the nearest days come first."""
        self.ensure_one()
        contribution = self.contribution_id
        if self.kind != "gift" or self.expected_ids or contribution.nature != "money":
            return
        pledges = self.env["recurring.gift.pledge"].search(
            [
                ("partner_id", "=", contribution.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("fund_id", "=", self.fund_id.id),
            ]
        )
        for pledge in pledges:
            times, rest = divmod(exact(self.amount), exact(pledge.amount))
            if rest or not times:
                continue
            rows = pledge._open_near(contribution.date)[: int(times)]
            if len(rows) == times:
                rows.contribution_line_id = self
                return


class RecurringGiftPledge(models.Model):
    _inherit = "recurring.gift.pledge"

    def _open_near(self, day):
        """Return what is still expected, the nearest to ``day`` first; empty where the
        nearest is further away than half a period."""
        self.ensure_one()
        interval = self.version_id._engine_interval()
        half = (interval.add(day, 1) - day) / 2
        self._expect(max(self._horizon(), day + half))
        rows = self.expected_ids.filtered(lambda one: not one.contribution_line_id)
        rows = rows.sorted(lambda one: (abs(one.date_due - day), one.date_due))
        near = rows[:1] and abs(rows[0].date_due - day) <= max(half, timedelta(days=3))
        return rows if near else rows[:0]
