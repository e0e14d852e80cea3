from odoo import api, fields, models
from odoo.exceptions import UserError

from ...exact import exact
from ...guard import applying, is_applying, typed_over


class RecurringDuesLine(models.Model):
    """What one member owes within a call, and since when the period counts."""

    _name = "recurring.dues.line"
    _description = "Dues of a Member"
    _order = "dues_id, id"

    dues_id = fields.Many2one(
        "recurring.dues", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="dues_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="dues_id.currency_id")
    membership_id = fields.Many2one(
        "recurring.membership",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    kind = fields.Selection(
        [("dues", "Dues"), ("entrance", "Entrance fee")], required=True, readonly=True
    )
    charge_id = fields.Many2one(
        "recurring.plan.charge", required=True, ondelete="restrict", readonly=True
    )
    category_id = fields.Many2one(
        "recurring.membership.category", ondelete="restrict", readonly=True
    )
    date_start = fields.Date(
        string="From", readonly=True, help="The first day of membership."
    )
    date_end = fields.Date(string="Until (excluded)", readonly=True)
    last_day = fields.Date(string="To", compute="_compute_last_day")
    grace_until = fields.Date(
        string="In Grace Until (excluded)",
        readonly=True,
        help="From this day on the membership has lapsed.",
    )
    amount = fields.Monetary(readonly=True)
    explanation = fields.Char(
        string="How It Is Worked Out", readonly=True, translate=False
    )
    is_cancelled = fields.Boolean(readonly=True, copy=False)
    paid_on = fields.Date(readonly=True, copy=False)
    counts_on = fields.Date(
        string="Counts Since",
        readonly=True,
        copy=False,
        help="The day from which the period counts: when it was called, paid, or "
        "accepted by the board, as the plan says. Empty: not yet.",
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_start < date_end)",
        "A period of membership ends after it starts.",
    )
    _once = models.UniqueIndex(
        "(membership_id, date_start) WHERE kind = 'dues' AND is_cancelled IS NOT TRUE",
        "Dues were called for these days already.",
    )

    @api.depends("date_end")
    def _compute_last_day(self):
        for line in self:
            line.last_day = line.date_end and fields.Date.subtract(
                line.date_end, days=1
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is typed: lines come with their call."""
        if not is_applying(self.env):
            raise UserError(
                self.env._("Dues are not typed: they follow from the plan.")
            )
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: what is owed follows from the plan and the day of joining."""
        if typed_over(self, vals, set(vals)):
            raise UserError(self.env._("Dues are not typed: cancel the call instead."))
        return super().write(vals)

    def _received(self):
        """Return what was received for these dues and did not come back (Decimal)."""
        self.ensure_one()
        [[amount]] = self.env["recurring.contribution.line"]._read_group(
            [
                ("dues_line_id", "=", self.id),
                ("contribution_id.state", "=", "booked"),
            ],
            [],
            ["amount:sum"],
        )
        return exact(round(amount or 0, 6))

    def _mark_paid(self, day):
        """Record that these dues were received in full on ``day``."""
        applying(self).write({"paid_on": day})
        self._count_if_due(day)
        self._free_places()._count_if_due(day)

    def _mark_unpaid(self):
        """Record that a payment came back: the period counts no longer where it
        counted by payment."""
        applying(self).write({"paid_on": False})
        by_payment = (self | self._free_places()).filtered(
            lambda line: line.charge_id.version_id.rr_counts_from != "call"
        )
        applying(by_payment).write({"counts_on": False})

    def _free_places(self):
        """Return the dues of nothing in the same calls: what a household pays for the
        others pays these."""
        return self.dues_id.line_ids.filtered(lambda line: not line.amount)

    def _count_if_due(self, day):
        """Let periods count from ``day`` on where their plan's rule is met by now;
        where the board accepts, never before it did."""
        for line in self.filtered(lambda line: not line.counts_on):
            if line._is_met():
                since = day
                if line.charge_id.version_id.rr_counts_from == "acceptance":
                    since = max(day, line.membership_id.accepted_on)
                applying(line).write({"counts_on": since})

    def _is_met(self):
        rule = self.charge_id.version_id.rr_counts_from
        if self.dues_id.state != "called":
            return False
        if rule == "call":
            return True
        if rule == "acceptance" and not self.membership_id.accepted_on:
            return False
        if self.amount:
            return bool(self.paid_on)
        # What costs nothing is paid with the rest of its call, at once if that is free.
        rest = self.dues_id.line_ids - self._free_places()
        return bool(self.paid_on) or all(line.paid_on for line in rest)
