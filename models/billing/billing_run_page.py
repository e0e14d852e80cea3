"""What the page of a billing run says: labels, sentences, smart buttons."""

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..subscription.recurring_subscription import RUNNING


class RecurringBillingRun(models.Model):
    _inherit = "recurring.billing.run"

    due_count = fields.Integer(string="Due Now", compute="_compute_due")
    start_label = fields.Char(compute="_compute_due")
    nothing_due = fields.Char(compute="_compute_due")
    progress_text = fields.Char(compute="_compute_progress_text")
    parameters_text = fields.Char(string="How", compute="_compute_parameters_text")
    duration_text = fields.Char(string="Duration", compute="_compute_duration_text")

    @api.depends("name")
    def _compute_display_name(self):
        for run in self:
            run.display_name = run.name
            if run.name == "/":
                run.display_name = self.env._("New billing")

    # ------------------------------------------------------------------
    # Before
    # ------------------------------------------------------------------

    @api.depends("date", "company_id", "state", "preview")
    def _compute_due(self):
        for run in self:
            waiting = run.state == "draft" and run.date and run.company_id
            run.due_count = run._count_due() if waiting else 0
            sums = run.sudo().preview or {}  # sudo: a count tells no names
            run.start_label = run._start_text(
                sums.get("subscriptions") or run.due_count
            )
            run.nothing_due = waiting and not run.due_count and run._nothing_due_text()

    def _start_text(self, count):
        if count == 1:
            return self.env._("Bill 1 subscription")
        return self.env._(
            "Bill %s subscriptions", formatLang(self.env, count, digits=0)
        )

    def _nothing_due_text(self):
        """Return why there is nothing to press, and when there will be."""
        text = self.env._("Nothing is due up to %s.", format_date(self.env, self.date))
        coming = self._next_billing()
        if coming and coming[1] == 1:
            text += " " + self.env._(
                "The next billing is on %s: 1 subscription.",
                format_date(self.env, coming[0]),
            )
        elif coming:
            text += " " + self.env._(
                "The next billing is on %(date)s: %(count)s subscriptions.",
                date=format_date(self.env, coming[0]),
                count=coming[1],
            )
        return text

    def _next_billing(self):
        """Return (date, number of subscriptions) of the next billing after this."""
        return next(
            iter(
                self.env["recurring.subscription"]._read_group(
                    [
                        ("company_id", "=", self.company_id.id),
                        ("state", "in", RUNNING),
                        ("hold", "=", False),
                        ("next_billing_date", ">", self.date),
                    ],
                    ["next_billing_date:day"],
                    ["__count"],
                    order="next_billing_date:day",
                    limit=1,
                )
            ),
            None,
        )

    # ------------------------------------------------------------------
    # While it runs, and after
    # ------------------------------------------------------------------

    @api.depends("preview")
    def _compute_progress(self):
        result = super()._compute_progress()
        for run in self.filtered(lambda run: run.state == "previewing"):
            sums = run.sudo().preview or {}  # sudo: a percentage tells no names
            run.progress = 100.0 * sums.get("done", 0) / (sums.get("total") or 1)
        return result

    @api.depends("state", "subscription_done", "problem_count", "subscription_total")
    def _compute_progress_text(self):
        for run in self:
            done, total = (
                run.subscription_done + run.problem_count,
                run.subscription_total,
            )
            if run.state == "previewing":
                sums = run.sudo().preview or {}  # sudo: a count tells no names
                done, total = sums.get("done", 0), sums.get("total", 0)
            text = self.env._(
                "%(done)s of %(total)s subscriptions",
                done=formatLang(self.env, done, digits=0),
                total=formatLang(self.env, max(total, done), digits=0),
            )
            if run.state != "previewing" and run.problem_count:
                text += ", " + self.env._("%s with a problem", run.problem_count)
            run.progress_text = text

    @api.depends("parameters", "date", "company_id", "state")
    def _compute_parameters_text(self):
        for run in self:
            company = run.company_id
            values = run.parameters or {
                "invoices": company.rr_invoice_policy,
                "invoice_date": company.rr_invoice_date,
                "send": company.rr_send_invoices,
            }
            posted = values.get("invoices") == "posted"
            parts = [
                self.env._("Invoices posted at once")
                if posted
                else self.env._("Invoices left as drafts to check"),
                self.env._("dated the first day of their period")
                if values.get("invoice_date") == "period_start"
                else self.env._("dated the day of the billing"),
            ]
            if posted:
                parts.append(
                    self.env._("sent by e-mail")
                    if values.get("send")
                    else self.env._("not sent by e-mail")
                )
            run.parameters_text = ", ".join(parts) + "."

    @api.depends("started_at", "ended_at")
    def _compute_duration_text(self):
        for run in self:
            seconds = round(run.duration * 60)
            if not run.ended_at:
                run.duration_text = False
            elif seconds == 1:
                run.duration_text = self.env._("1 second")
            elif seconds < 120:
                run.duration_text = self.env._("%s seconds", seconds)
            else:
                run.duration_text = self.env._("%s minutes", round(run.duration))

    def _move_action(self, name, move_type):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
            if move_type == "out_invoice"
            else "account.action_move_out_refund_type"
        )
        action.update(
            name=name,
            display_name=name,
            domain=[("rr_run_id", "=", self.id), ("move_type", "=", move_type)],
            context={"default_move_type": move_type, "create": False},
            help=False,
        )
        return action

    def action_open_invoices(self):
        """Open the invoices that this run made."""
        return self._move_action(self.env._("Invoices of %s", self.name), "out_invoice")

    def action_open_credit_notes(self):
        """Open the credit notes that this run made."""
        return self._move_action(
            self.env._("Credit notes of %s", self.name), "out_refund"
        )

    def action_open_failed(self):
        """Open the subscriptions that this run could not bill and that still wait."""
        failed = self.problem_ids.filtered(lambda problem: not problem.resolved)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not billed by %s", self.name),
            "res_model": "recurring.subscription",
            "domain": [("id", "in", failed.subscription_id.ids)],
            "views": [(False, "list"), (False, "form")],
        }
