"""What the screens of calls and of their lines show beside their own fields."""

from odoo import api, fields, models

from ...exact import exact


class RecurringDuesLine(models.Model):
    _inherit = "recurring.dues.line"

    received = fields.Monetary(compute="_compute_received")
    amount_left = fields.Monetary(string="Still Owed", compute="_compute_received")
    contribution_line_ids = fields.One2many(
        "recurring.contribution.line",
        "dues_line_id",
        groups="recurring_revenue.group_treasurer",
    )

    @api.depends(
        "amount",
        "is_cancelled",
        "paid_on",
        "contribution_line_ids.amount",
        "contribution_line_ids.contribution_id.state",
    )
    def _compute_received(self):
        # sudo: a secretary may know what was paid, not by what entry in the books.
        sums = dict(
            self.env["recurring.contribution.line"]
            .sudo()
            ._read_group(
                [
                    ("dues_line_id", "in", self.ids),
                    ("contribution_id.state", "=", "booked"),
                ],
                ["dues_line_id"],
                ["amount:sum"],
            )
        )
        for line in self:
            received = exact(round(sums.get(line._origin.sudo(), 0.0), 6))
            line.received = float(received)
            left = exact(line.amount) - received
            # Paid without money here: an import knows only that it was paid.
            is_settled = line.is_cancelled or line.paid_on
            line.amount_left = 0.0 if is_settled else float(max(left, 0))

    @api.depends("membership_id", "charge_id.name", "date_start", "date_end")
    def _compute_display_name(self):
        for line in self:
            name = line.membership_id.display_name or ""
            line.display_name = f"{name}: {line._label()}" if name else line._label()


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    amount_received = fields.Monetary(
        string="Received", compute="_compute_amount_received"
    )
    amount_left = fields.Monetary(
        string="Still Owed", compute="_compute_amount_received"
    )
    progress = fields.Selection(
        [
            ("draft", "Prepared"),
            ("called", "Called"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        compute="_compute_progress",
    )
    is_late = fields.Boolean(compute="_compute_progress")
    member_names = fields.Char(string="Members", compute="_compute_member_names")

    @api.depends("line_ids.received", "line_ids.amount_left", "state")
    def _compute_amount_received(self):
        for dues in self:
            lines = dues.line_ids
            dues.amount_received = sum(lines.mapped("received"))
            called = dues.state == "called"
            dues.amount_left = sum(lines.mapped("amount_left")) if called else 0.0

    def action_open_contributions(self):
        """Open the money that was received for these dues."""
        lines = self.env["recurring.contribution.line"].search(
            [("dues_line_id", "in", self.line_ids.ids)]
        )
        return self.env["recurring.membership"]._open_list(
            "recurring_revenue.recurring_contribution_action", lines.contribution_id
        )

    @api.depends("state", "due_on", "amount_received", "amount_left")
    def _compute_progress(self):
        today = fields.Date.context_today(self)
        for dues in self:
            progress = dues.state
            if progress == "called" and dues.amount_received:
                progress = "partial"
            if dues.state == "called" and not dues.amount_left:
                progress = "paid"
            dues.progress = progress
            dues.is_late = bool(
                dues.amount_left and dues.due_on and dues.due_on < today
            )

    @api.depends("line_ids.membership_id.partner_id.name")
    def _compute_member_names(self):
        for dues in self:
            names = dues.line_ids.membership_id.partner_id.mapped("name")
            dues.member_names = ", ".join(filter(None, names))
