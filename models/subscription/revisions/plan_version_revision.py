"""What publishing a version promised for existing subscriptions becomes a revision."""

from odoo import fields, models
from odoo.tools import format_date

from ..recurring_subscription import RUNNING


class RecurringPlanVersion(models.Model):
    _inherit = "recurring.plan.version"

    moving_count = fields.Integer(
        string="Subscriptions on Earlier Versions", compute="_compute_moving_count"
    )
    revision_ids = fields.One2many(
        "recurring.price.revision", "version_id", string="Price Revisions"
    )

    def _moving_domain(self):
        """Return the domain of the running subscriptions on other versions."""
        return [
            ("plan_id", "=", self.plan_id.id),
            ("plan_version_id", "!=", self.id),
            ("state", "in", RUNNING),
        ]

    def _compute_moving_count(self):
        for version in self:
            version.moving_count = self.env["recurring.subscription"].search_count(
                version._moving_domain()
            )

    def action_publish(self):
        """Publish; where existing subscriptions are to move, prepare the list."""
        result = super().action_publish()
        revisions = self.env["recurring.price.revision"]
        for version in self:
            if version.existing_policy != "never":
                revisions += version._prepare_revisions()
        if not revisions:
            return result
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Existing Subscriptions"),
            "res_model": revisions._name,
            "target": "current",
        }
        if len(revisions) == 1:
            return {**action, "res_id": revisions.id, "views": [(False, "form")]}
        return {
            **action,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", revisions.ids)],
        }

    def _prepare_revisions(self):
        """Return a prepared revision for each company with subscriptions to move."""
        self.ensure_one()
        groups = self.env["recurring.subscription"]._read_group(
            self._moving_domain(), ["company_id"]
        )
        revisions = self.env["recurring.price.revision"]
        for (company,) in groups:
            model = revisions.with_company(company)
            revision = model.create(self._prepare_revision(company))
            revision.action_prepare()
            revisions += revision.with_env(self.env)
        return revisions

    def _prepare_revision(self, company):
        """Return the values of the revision that moves existing subscriptions."""
        today = fields.Date.context_today(self)
        day = self.effective_date or today
        if self.existing_policy == "date":
            day = self.existing_date
        return {
            "name": self.env._(
                "%(version)s from %(day)s",
                version=self.display_name,
                day=format_date(self.env, max(day, today)),
            ),
            "company_id": company.id,
            "method": "version",
            "version_id": self.id,
            "timing": "renewal" if self.existing_policy == "renewal" else "date",
            "effective_date": max(day, today),
            "notice_days": min(30, max((day - today).days, 0)),
        }
