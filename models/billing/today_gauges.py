"""Gauges on the screen "Today": how far a figure is from where the law changes."""

from odoo import api, fields, models


class RecurringToday(models.AbstractModel):
    _inherit = "recurring.today"

    @api.model
    @api.readonly
    def get_today(self):
        """Add the gauges: id, title, share in percent, tone, text and action."""
        return {**super().get_today(), "gauges": self._gauges()}

    @api.model
    def _gauges(self):
        """Return the gauges of the companies that are switched on, for accountants."""
        groups = ("account.group_account_readonly", "account.group_account_invoice")
        if not any(map(self.env.user.has_group, groups)):
            return []
        return list(filter(None, map(self._oss_gauge, self.env.companies)))

    def _oss_gauge(self, company):
        """Return the gauge of sales to consumers of other member states; none where
        nothing was sold to them, or where the threshold does not matter."""
        if not company._vat_is_decided():
            return None
        years = self.env["recurring.vat.oss.year"]
        today = fields.Date.context_today(self)
        known = years._of(company, today.year)
        row = known or years.new({"company_id": company.id, "year": today.year})
        if row.state == "option" or not (row.total_amount or row.state == "crossed"):
            return None
        many = len(self.env.companies) > 1
        tones = {"below": "success", "near": "warning", "crossed": "info"}
        return {
            "id": f"oss_{company.id}",
            "title": f"{company.name}, {row._gauge_text()}"
            if many
            else row._gauge_text(),
            "share": min(max(row.share, 0), 100),
            "tone": tones[row.state],
            "text": row.meaning,
            "action": {
                "type": "ir.actions.act_window",
                "name": row.display_name,
                "res_model": years._name,
                "res_id": known.id,
                "views": [[False, "form"]],
                "context": {"default_company_id": company.id},
            },
        }
