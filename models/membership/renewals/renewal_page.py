"""What the page of a campaign says: counts, labels, sentences, smart buttons."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from .renewal_work import WORKING


class RecurringRenewalRun(models.Model):
    _inherit = "recurring.renewal.run"

    due_count = fields.Integer(string="To Call", compute="_compute_counts")
    left_out_count = fields.Integer(string="Left Out", compute="_compute_counts")
    prepared_count = fields.Integer(string="Calls", compute="_compute_counts")
    problem_count = fields.Integer(string="Problems", compute="_compute_counts")
    unreached_count = fields.Integer(
        string="Without E-mail",
        compute="_compute_counts",
        help="Members whose payer has no e-mail address: send them a letter.",
    )
    amount = fields.Monetary(
        string="Dues",
        compute="_compute_counts",
        help="What the members of the list owe, those with a problem left out.",
    )
    prepare_label = fields.Char(compute="_compute_labels")
    send_label = fields.Char(compute="_compute_labels")
    summary = fields.Char(compute="_compute_labels")
    progress = fields.Float(compute="_compute_progress")
    progress_text = fields.Char(compute="_compute_progress")

    @api.depends("day", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("New campaign")
            if run.day:
                day = format_date(self.env, run.day)
                run.display_name = self.env._("Renewal for %s", day)

    @api.depends("line_ids.state", "line_ids.notice", "line_ids.amount")
    def _compute_counts(self):
        found = {run.id: {} for run in self}
        groups = self.env["recurring.renewal.line"]._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "state", "notice"],
            ["__count", "amount:sum", "dues_id:count_distinct"],
        )
        for run, state, notice, count, amount, calls in groups:
            sums = found[run.id]
            for key, value in (
                (state, count),
                (notice, count),
                (f"{state} amount", amount),
                (f"{state} calls", calls),
            ):
                sums[key] = sums.get(key, 0) + value
        for run in self:
            sums = found.get(run.id, {})
            run.due_count = sums.get("due", 0)
            run.left_out_count = sums.get("left_out", 0)
            run.problem_count = sums.get("problem", 0)
            run.unreached_count = sums.get("no_email", 0)
            run.prepared_count = run._sum(sums, "%s calls", ("prepared", "called"))
            run.amount = run._sum(sums, "%s amount", ("due", "prepared", "called"))

    @api.model
    def _sum(self, sums, name, states):
        return sum(sums.get(name % state, 0) for state in states)

    @api.depends("due_count", "prepared_count", "state", "amount")
    @api.depends_context("lang")
    def _compute_labels(self):
        for run in self:
            due, calls = run._number(run.due_count), run._number(run.prepared_count)
            run.prepare_label = (
                self.env._("Prepare the call of 1 member")
                if run.due_count == 1
                else self.env._("Prepare the calls of %s members", due)
            )
            run.send_label = (
                self.env._("Call and send 1 e-mail")
                if run.prepared_count == 1
                else self.env._("Call and send %s calls", calls)
            )
            run.summary = run._summary()

    def _number(self, count):
        return formatLang(self.env, count, digits=0)

    def _summary(self):
        """Say in a sentence where the campaign is."""
        env = self.env
        values = {
            "due": self._number(self.due_count),
            "calls": self._number(self.prepared_count),
            "left": self._number(self.left_out_count),
            "amount": self.currency_id.format(self.amount),
        }
        if self.state == "draft":
            return env._(
                "The list says who is due, for which days and how much, and who is "
                "left out and why. Nobody is called before you say so."
            )
        if self.state == "listed" and self.due_count == 1:
            return env._(
                "1 member to call for %(amount)s; %(left)s left out.", **values
            )
        if self.state == "listed":
            return env._(
                "%(due)s members to call for %(amount)s; %(left)s are left out.",
                **values,
            )
        if self.state == "prepared":
            return env._(
                "%(calls)s calls for %(amount)s are prepared. Nobody was told yet.",
                **values,
            )
        if self.state == "done":
            return env._("%(calls)s calls for %(amount)s were sent.", **values)
        return ""

    @api.depends("state", "line_ids.state", "line_ids.notice")
    def _compute_progress(self):
        for run in self:
            if run.state not in WORKING:
                run.progress, run.progress_text = 100.0 * (run.state == "done"), ""
                continue
            left = run._open_count()
            total = max(run._task_total(left), 1)
            run.progress = 100.0 * (total - left) / total
            run.progress_text = self.env._(
                "%(done)s of %(total)s members",
                done=run._number(total - left),
                total=run._number(total),
            )

    def _task_total(self, left):
        """Return how many members the task in work has in all."""
        rows = self.env["recurring.renewal.line"]
        domain = Domain("run_id", "=", self.id)
        if self.state == "listing":
            return rows.search_count(domain) + left
        states = {
            "preparing": ("due", "prepared", "problem"),
            "sending": ("prepared", "called"),
        }
        return rows.search_count(domain & Domain("state", "in", states[self.state]))

    # ------------------------------------------------------------------
    # Smart buttons
    # ------------------------------------------------------------------

    def action_open_due(self):
        """List who is called."""
        return self._open_rows_of(("due", "prepared", "called"), self.env._("Members"))

    def action_open_left_out(self):
        """List who is left out, by reason."""
        action = self._open_rows_of(("left_out",), self.env._("Left Out"))
        action["context"] = {"search_default_group_reason": 1}
        return action

    def action_open_problems(self):
        """List what could not be done, and why."""
        return self._open_rows_of(("problem",), self.env._("Problems"))

    def action_open_unreached(self):
        """List the members whose payer has no e-mail address."""
        action = self._open_rows_of(("called",), self.env._("Without E-mail"))
        action["domain"] += [("notice", "=", "no_email")]
        return action

    def _open_rows_of(self, states, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "recurring.renewal.line",
            "domain": [("run_id", "=", self.id), ("state", "in", states)],
            "views": [(False, "list")],
            "search_view_id": [
                self.env.ref("recurring_revenue.renewal_line_view_search").id
            ],
        }

    def action_open_dues(self):
        """List the calls of this campaign."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Calls"),
            "res_model": "recurring.dues",
            "domain": [("renewal_run_id", "=", self.id)],
            "views": [(False, "list"), (False, "form")],
        }
