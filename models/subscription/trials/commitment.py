"""A term that the customer chooses, and the discount that it is worth."""

from odoo import api, fields, models


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    term_id = fields.Many2one(
        "recurring.plan.term",
        string="Commitment",
        compute="_compute_term_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('version_id', '=', plan_version_id)]",
        help="For how long the customer commits. Its discount stands on every "
        "recurring line; leave empty for the plan's own term.",
    )
    has_commitments = fields.Boolean(compute="_compute_has_commitments")

    @api.depends("plan_version_id.term_ids")
    def _compute_has_commitments(self):
        for sub in self:
            sub.has_commitments = bool(sub.plan_version_id.term_ids)

    @api.depends("plan_version_id")
    def _compute_term_id(self):
        """Another version of the plan has commitments of its own."""
        for sub in self:
            if sub._keeps_agreement():
                sub.term_id = sub._origin.term_id
            elif sub.term_id.version_id != sub.plan_version_id:
                sub.term_id = sub.plan_version_id._term_like(sub.term_id)

    @api.depends("term_id")
    def _compute_from_version(self):
        """A commitment says itself how it is renewed."""
        result = super()._compute_from_version()
        for sub in self.filtered("term_id"):
            if not sub._keeps_agreement():
                sub.renewal = sub.term_id.renewal
        return result

    @api.model
    def _fixed_once_started(self):
        return super()._fixed_once_started() | {"term_id"}

    # ------------------------------------------------------------------
    # The discount on the lines
    # ------------------------------------------------------------------

    @api.onchange("term_id")
    def _onchange_term_id(self):
        """Show the discount at once; one that was agreed on a line stays."""
        if self.state == "draft":
            before = (
                self.line_ids._origin.subscription_id.term_id or self._origin.term_id
            )
            self._discount_by_term(before)

    def write(self, vals):
        if "term_id" not in vals:
            return super().write(vals)
        before = {sub: sub.term_id for sub in self}
        result = super().write(vals)
        for sub, term in before.items():
            if sub.state == "draft" and sub.term_id != term:
                sub._discount_by_term(term)
        return result

    def _discount_by_term(self, before):
        """Give the lines the discount of the term, unless another one was agreed."""
        for line in self.line_ids.filtered(lambda line: line.role != "one_off"):
            if line.discount in (0.0, before.discount):
                line.discount = self.term_id.discount

    def _prepare_line(self, charge, quantity=None, day=None):
        values = super()._prepare_line(charge, quantity, day)
        if self.term_id.discount and charge.role != "one_off":
            values["discount"] = self.term_id.discount
        return values
