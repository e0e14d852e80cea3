"""What the screens of schedules and their months show beside the figures."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..catalog.texts import money


class RecurringRevenueSchedule(models.Model):
    _inherit = "recurring.revenue.schedule"

    is_root = fields.Boolean(compute="_compute_is_root")
    is_paused = fields.Boolean(compute="_compute_is_root")
    is_open = fields.Boolean(
        string="Still Deferred?",
        compute="_compute_recognised",
        search="_search_is_open",
        help="Some of it is still to be recognised.",
    )
    month_ids = fields.One2many(
        "recurring.revenue.slice",
        "root_id",
        string="Months of the Family",
        readonly=True,
        help="Of the invoice line and of all that acted on it since.",
    )
    credited = fields.Monetary(
        compute="_compute_credited",
        currency_field="company_currency_id",
        help="What credit notes gave back of this invoice line.",
    )
    cause_text = fields.Char(string="Cause", compute="_compute_cause_text")
    entry_count = fields.Integer(string="Entries", compute="_compute_entry_count")

    @api.depends("root_id", "subscription_id.state")
    def _compute_is_root(self):
        for schedule in self:
            schedule.is_root = schedule.root_id == schedule
            # sudo: whether the service is paused is no secret to who sees its months.
            schedule.is_paused = schedule.subscription_id.sudo().state == "paused"

    @api.depends("slice_ids.run_id")
    def _compute_recognised(self):
        """Say also whether a month of the family is still open."""
        result = super()._compute_recognised()
        slices = self.env["recurring.revenue.slice"]
        waiting = slices._read_group(
            [("root_id", "in", self.root_id.ids), ("run_id", "=", False)], ["root_id"]
        )
        roots = {root.id for (root,) in waiting}
        for schedule in self:
            schedule.is_open = schedule.root_id.id in roots
        return result

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = Domain("root_id.month_ids", "any", [("run_id", "=", False)])
        return waiting if True in value else ~waiting

    @api.depends("family_ids.amount")
    def _compute_credited(self):
        sums = self._read_group(
            [("root_id", "in", self.ids), ("kind", "=", "credit")],
            ["root_id"],
            ["amount:sum"],
        )
        found = {root.id: amount for root, amount in sums}
        for schedule in self:
            schedule.credited = found.get(schedule._origin.id, 0)

    @api.depends("cause", "kind")
    def _compute_cause_text(self):
        """Say why a credit was given, in the words in which it was asked."""
        slices = self.env["recurring.revenue.slice"]
        names = {
            **dict(slices._fields["cause"]._description_selection(self.env)),
            **dict(
                self.env["account.move"]
                ._fields["rr_credit_cause"]
                ._description_selection(self.env)
            ),
        }
        for schedule in self:
            schedule.cause_text = names.get(schedule.cause, schedule.cause)

    def _compute_entry_count(self):
        """Count the entries that booked months of the family."""
        rows = self.env["recurring.revenue.slice"]._read_group(
            [("root_id", "in", self.root_id.ids), ("move_line_id", "!=", False)],
            ["root_id"],
            ["move_line_id:array_agg"],
        )
        lines = {root.id: ids for root, ids in rows}
        for schedule in self:
            ids = lines.get(schedule.root_id.id, [])
            # sudo: how many entries there are is no secret to who sees the schedule.
            booked = self.env["account.move.line"].sudo().browse(set(ids))
            schedule.entry_count = len(booked.move_id)

    def action_open_invoice(self):
        """Open the document of this schedule."""
        return self._open_record(self.move_id)

    def action_open_subscription(self):
        """Open the subscription that was billed."""
        return self._open_record(self.subscription_id)

    def action_open_root(self):
        """Open the schedule of the invoice line that this one acts on."""
        return self._open_record(self.root_id)

    def _open_record(self, record):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }


class RecurringRevenueSlice(models.Model):
    _inherit = "recurring.revenue.slice"

    plan_id = fields.Many2one(related="root_id.plan_id")
    kind = fields.Selection(related="schedule_id.kind")
    month_text = fields.Char(string="Served In", compute="_compute_month_text")

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_text(self):
        for part in self:
            name = format_date(self.env, part.month, date_format="MMMM yyyy")
            part.month_text = name[:1].upper() + name[1:]

    @api.depends("schedule_id", "month")
    def _compute_display_name(self):
        for part in self:
            amount = money(self.env, part.amount, part.company_currency_id)
            part.display_name = f"{part.month:%Y-%m} {amount}" if part.month else ""
