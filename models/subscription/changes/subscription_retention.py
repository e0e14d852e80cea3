"""What is offered to a customer who wants to leave, and what came of it."""

from odoo import fields, models

from ...guard import applying

OFFERS = ("plan", "pause")


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    retention_plan_id = fields.Many2one(
        "recurring.plan",
        string="Offer a Smaller Plan",
        domain="[('id', '!=', id), ('current_version_id', '!=', False)]",
        help="Proposed to whoever wants to leave this plan.",
    )
    retention_pause = fields.Boolean(
        string="Offer a Pause",
        help="Proposed to whoever wants to leave this plan.",
    )


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _retention_offers(self):
        """Return the offers that the plan makes before someone leaves."""
        self.ensure_one()
        plan = self.plan_id
        offers = []
        if plan.retention_plan_id.current_version_id:
            offers.append("plan")
        if plan.retention_pause and self.state == "active":
            offers.append("pause")
        return offers


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    def _note_offers(self, offered, chosen=None):
        """Keep what was offered to someone who wanted to leave, and what they took."""
        for change in self:
            details = {**(change.details or {}), "offered": list(offered)}
            if chosen:
                details["chosen"] = chosen
            # sudo: nobody may write history by hand, so no group has the right to.
            applying(change.sudo()).details = details

    def _what_texts(self):
        """Add what was offered."""
        texts = super()._what_texts()
        offered = (self.details or {}).get("offered")
        if not offered:
            return texts
        names = {
            "plan": self.env._("a smaller plan"),
            "pause": self.env._("a pause"),
            "coupon": self.env._("a discount"),
        }
        listed = ", ".join(names.get(offer, offer) for offer in offered)
        chosen = (self.details or {}).get("chosen")
        if chosen:
            text = self.env._(
                "Wanted to leave; offered: %(offers)s; took: %(chosen)s",
                offers=listed,
                chosen=names.get(chosen, chosen),
            )
        else:
            text = self.env._("Offered before leaving: %s; refused", listed)
        return [*texts, text]
