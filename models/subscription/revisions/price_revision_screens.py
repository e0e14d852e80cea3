"""What the page of a price revision says: counts, totals, what is to be looked at."""

from odoo import api, fields, models
from odoo.tools import formatLang

from .recurring_price_revision_line import STANDING

COUNTED = ("ready", *STANDING)  # rows whose effect is real, or will be
# Customers that no e-mail reaches: to be told by letter.
NO_EMAIL = [
    ("state", "in", COUNTED),
    ("partner_id.email", "=", False),
    ("subscription_id.partner_invoice_id.email", "=", False),
]


class RecurringPriceRevision(models.Model):
    _inherit = "recurring.price.revision"

    subscription_count = fields.Integer(
        string="Subscriptions", compute="_compute_counts"
    )
    ready_count = fields.Integer(string="To Apply", compute="_compute_counts")
    done_count = fields.Integer(string="Scheduled", compute="_compute_counts")
    excluded_count = fields.Integer(string="Left Out", compute="_compute_counts")
    problem_count = fields.Integer(string="Problems", compute="_compute_counts")
    kept_count = fields.Integer(string="Not Withdrawn", compute="_compute_counts")
    told_count = fields.Integer(string="Told", compute="_compute_notices")
    no_email_count = fields.Integer(string="No E-mail", compute="_compute_notices")
    totals_text = fields.Char(string="Effect", compute="_compute_totals_text")
    progress = fields.Float(compute="_compute_progress")
    progress_text = fields.Char(compute="_compute_progress")
    running = fields.Boolean(compute="_compute_progress")
    nothing_text = fields.Char(compute="_compute_nothing_text")

    def _count_subscriptions(self, domain, field):
        """Return ``{(revision id, value of field): subscriptions}``."""
        groups = self.env["recurring.price.revision.line"]._read_group(
            [("revision_id", "in", self.ids), *domain],
            ["revision_id", field],
            ["subscription_id:count_distinct"],
        )
        return {(revision.id, value): count for revision, value, count in groups}

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = self._count_subscriptions([], "state")
        concerned = self._count_subscriptions([("state", "in", COUNTED)], "revision_id")
        for revision in self:
            key = revision._origin.id
            revision.subscription_count = concerned.get((key, revision._origin), 0)
            for state in ("ready", "done", "excluded", "problem", "kept"):
                revision[f"{state}_count"] = counts.get((key, state), 0)

    @api.depends("line_ids.notice", "line_ids.state")
    def _compute_notices(self):
        told = self._count_subscriptions([("notice", "=", "queued")], "revision_id")
        unreached = self._count_subscriptions(NO_EMAIL, "revision_id")
        for revision in self:
            key = (revision._origin.id, revision._origin)
            revision.told_count = told.get(key, 0)
            revision.no_email_count = unreached.get(key, 0)

    @api.depends("line_ids.state", "line_ids.monthly_effect")
    @api.depends_context("lang")
    def _compute_totals_text(self):
        for revision in self:
            sums = {}
            rows = revision.line_ids.filtered(lambda row: row.state in COUNTED)
            for currency, group in rows.grouped("currency_id").items():
                sums[currency] = (
                    sum(group.mapped("monthly_effect")),
                    sum(group.mapped("yearly_effect")),
                )
            revision.totals_text = "; ".join(
                self.env._(
                    "%(month)s a month, %(year)s a year",
                    month=self._signed(month, currency),
                    year=self._signed(year, currency),
                )
                for currency, (month, year) in sums.items()
            )

    def _signed(self, amount, currency):
        text = formatLang(self.env, amount, currency_obj=currency)
        return f"+{text}" if currency.compare_amounts(amount, 0) > 0 else text

    @api.depends("line_ids.state", "state", "stopped")
    def _compute_progress(self):
        for revision in self:
            if revision.state == "withdrawing":
                left = revision._open_count("withdraw")
                done = len(revision.change_ids.subscription_id) - left
            else:
                left = revision.ready_count
                done = len(revision.change_ids.subscription_id)
                done += revision.problem_count
            total = done + left
            revision.progress = 100 * done / total if total else 0
            revision.progress_text = self.env._(
                "%(done)s of %(total)s subscriptions", done=done, total=total
            )
            revision.running = (
                revision.state in ("applying", "withdrawing") and not revision.stopped
            )

    @api.depends("line_ids.state", "state")
    def _compute_nothing_text(self):
        for revision in self:
            revision.nothing_text = False
            if revision.state != "prepared" or revision.ready_count:
                continue
            if revision.excluded_count:
                revision.nothing_text = self.env._(
                    "Every subscription found is left out: the list says why."
                )
            else:
                revision.nothing_text = self.env._(
                    "No subscription fits these rules: go back to them and widen the "
                    "selection."
                )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def _open_rows_action(self, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "recurring.price.revision.line",
            "views": [(False, "list")],
            "domain": [("revision_id", "=", self.id), *domain],
            "context": {"rr_revision": self.id},
        }

    def action_open_rows(self):
        """List every price of the revision."""
        self.ensure_one()
        return self._open_rows_action(self.env._("Prices of %s", self.name), [])

    def action_open_excluded(self):
        """List what is left out, and why."""
        self.ensure_one()
        name = self.env._("Left out of %s", self.name)
        return self._open_rows_action(name, [("state", "=", "excluded")])

    def action_open_problems(self):
        """List what could not be applied, or not be withdrawn, and why."""
        self.ensure_one()
        name = self.env._("Problems of %s", self.name)
        return self._open_rows_action(name, [("state", "in", ("problem", "kept"))])

    def action_open_no_email(self):
        """List the customers that no e-mail reaches."""
        self.ensure_one()
        name = self.env._("To tell by letter")
        return self._open_rows_action(name, NO_EMAIL)

    def action_open_subscriptions(self):
        """List the subscriptions whose prices change."""
        self.ensure_one()
        rows = self.line_ids.filtered(lambda row: row.state in COUNTED)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Subscriptions of %s", self.name),
            "res_model": "recurring.subscription",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", rows.subscription_id.ids)],
        }
