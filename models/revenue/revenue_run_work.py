"""How a closing works off what is due: claim, book, reconcile, commit."""

import json
import logging

from odoo import api, models
from odoo.tools import SQL

from ...engine.recognition import next_month
from ..billing.conflicts import CONFLICTS
from ..exact import exact

_logger = logging.getLogger(__name__)

# Families of one batch, by the detail of the entry: a line for each, or for customers.
FAMILIES = {"schedule": 500, "customer": 5000}
AMOUNTS = ("amount", "amount_currency")
ATTEMPTS = 5


class RecurringRevenueRun(models.Model):
    _inherit = "recurring.revenue.run"

    # ------------------------------------------------------------------
    # Worker
    # ------------------------------------------------------------------

    @api.model
    def _cron_work(self):
        """Work off the closings that are running, company by company."""
        for run in self.search([("state", "=", "running")], order="month, id"):
            try:
                if not run._work():
                    return
            except CONFLICTS:
                self.env.cr.rollback()
            except Exception as error:
                # One closing that breaks keeps no other company waiting.
                self.env.cr.rollback()
                _logger.exception("%s failed", run.name)
                run._set_state(("running",), "stopped")
                run.message_post(body=str(error))
                run._commit_batch(0)

    def _work(self, size=None):
        """Book batch after batch until nothing is open; False when time ran out.

        Every batch is one transaction: entry, reconciliation and slices together.
        """
        self.ensure_one()
        self._commit_batch(0, self._count_open())
        while self.state == "running":
            done = self._book_batch_again(size)
            left = self._commit_batch(done)
            # Flat memory, whatever the size of the portfolio.
            self.env.invalidate_all()
            if not done:
                break
            if not left:
                return False
        self._finish()
        self._commit_batch(0)
        return True

    def _commit_batch(self, done, remaining=None):
        """Commit, tell the scheduled action how far it is, return its seconds left."""
        return self.env["ir.cron"]._commit_progress(done, remaining=remaining)

    def _book_batch_again(self, size):
        """Book a batch; when another transaction was faster, look again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._book_batch(size)
            except CONFLICTS:
                if attempt == ATTEMPTS:
                    raise
                _logger.info("%s: another transaction was faster, again", self.name)
                self.env.cr.rollback()
        return 0

    # ------------------------------------------------------------------
    # One batch
    # ------------------------------------------------------------------

    def _book_batch(self, size=None):
        """Book the open slices of up to ``size`` families of one month and currency.

        :return: how many slices were treated
        """
        self.env["recurring.revenue.slice"].flush_model()
        self.env["recurring.revenue.schedule"].flush_model()
        run = self.with_company(self.company_id)
        size = size or FAMILIES[self.company_id.rr_revenue_detail]
        for month, day in run._months_open():
            ids = run._claim(month, size)
            if ids:
                run._book_slices(ids, month, day)
                return len(ids)
        return 0

    def _claim(self, month, size):
        """Lock the open slices of the next families of a due month; return their ids.

        The rows are updated by this transaction: another one that saw them open too
        fails and looks again, so nothing is booked twice.
        """
        condition = SQL("%s AND s.due_month = %s", self._open_condition(), month)
        query = SQL(
            """
            WITH next AS (
                SELECT r.currency_id, %(order)s AS place, s.root_id
                  FROM recurring_revenue_slice s
                  JOIN recurring_revenue_schedule r ON r.id = s.root_id
                 WHERE %(condition)s
                 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT %(size)s)
            SELECT s.id, n.currency_id
              FROM recurring_revenue_slice s
              JOIN next n ON n.root_id = s.root_id
              JOIN recurring_revenue_schedule r ON r.id = s.root_id
             WHERE %(condition)s
             ORDER BY n.currency_id, n.place, s.root_id, s.id
               FOR UPDATE OF s SKIP LOCKED
            """,
            order=self._batch_order(),
            condition=condition,
            size=size,
        )
        self.env.cr.execute(query, log_exceptions=False)
        rows = self.env.cr.fetchall()
        return [row[0] for row in rows if row[1] == rows[0][1]]

    def _batch_order(self):
        """Families of one customer stay together where lines are grouped by them."""
        if self.company_id.rr_revenue_detail == "customer":
            return SQL("r.partner_id")
        return SQL("0")

    def _book_slices(self, ids, month, day):
        """Book slices in one entry, mark them, and reconcile."""
        nets = self._nets(ids)
        moving = [net for net in nets if net["amount"] or net["amount_currency"]]
        made = {}
        if moving:
            made = self._book_entry(moving, month, day)
        self._mark(ids, made, day)
        self.env["recurring.revenue.schedule"].browse(made)._match()

    def _nets(self, ids):
        """Return what slices come to by family and account of revenue."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT s.root_id, r.treatment, r.currency_id, r.partner_id,
                       r.deferred_account_id, r.label,
                       COALESCE(s.account_id, r.revenue_account_id) AS account_id,
                       r.analytic_distribution::text AS analytic,
                       SUM(s.amount_currency) AS amount_currency,
                       SUM(s.amount) AS amount
                  FROM recurring_revenue_slice s
                  JOIN recurring_revenue_schedule r ON r.id = s.root_id
                 WHERE s.id = ANY(%s) AND r.treatment IN ('continuous', 'accrued')
                 GROUP BY s.root_id, r.id, 7
                 ORDER BY s.root_id
                """,
                ids,
            )
        )
        for row in rows:
            row.update({name: exact(row[name]) for name in AMOUNTS})
        return rows

    def _mark(self, ids, made, day):
        """Mark slices as booked, each with the line that booked its family."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE recurring_revenue_slice s
                   SET run_id = %(run)s, booked_on = %(day)s, move_line_id = m.line
                  FROM recurring_revenue_slice own
                  LEFT JOIN unnest(%(roots)s::int[], %(lines)s::int[])
                            AS m(root, line) ON m.root = own.root_id
                 WHERE own.id = ANY(%(ids)s) AND s.id = own.id
                """,
                run=self.id,
                day=day,
                roots=list(made),
                lines=list(made.values()),
                ids=ids,
            ),
            log_exceptions=False,
        )
        self.env["recurring.revenue.slice"].invalidate_model(flush=False)
        self.env["recurring.revenue.schedule"].invalidate_model(
            ["recognised", "deferred"], flush=False
        )

    # ------------------------------------------------------------------
    # The entry
    # ------------------------------------------------------------------

    def _book_entry(self, nets, month, day):
        """Post the entry of a batch; return ``{family: its line on the deferred
        account}``."""
        lines = self._deferred_lines(nets, month) + self._revenue_lines(nets, month)
        currency = self.env["res.currency"].browse(nets[0]["currency_id"])
        company = self.company_id
        entry = self.env["recurring.revenue.entry"]
        _move, ids = entry._book(
            company,
            company.rr_revenue_journal_id,
            day,
            currency,
            lines,
            {
                "rr_revenue_run_id": self.id,
                "rr_closing_role": "recognition",
                "ref": self._entry_reference(month, day),
            },
        )
        made = {
            net["root_id"]: ids[self._group(net)]
            for net in nets
            if self._group(net) in ids
        }
        return made

    def _entry_reference(self, month, day):
        """Say which month an entry is for, also where it had to be booked later."""
        text = f"{month:%Y-%m}"
        if day >= next_month(month):
            text = self.env._("%s, booked on the first open day", text)
        return self.env._("Revenue of %s", text)

    def _group(self, net):
        """Return what tells the line of a family on the deferred account."""
        if self.company_id.rr_revenue_detail == "customer":
            return ("deferred", net["partner_id"], net["deferred_account_id"])
        return ("deferred", net["root_id"], net["deferred_account_id"])

    def _deferred_lines(self, nets, month):
        groups = {}
        by_customer = self.company_id.rr_revenue_detail == "customer"
        for net in nets:
            key = self._group(net)
            if key not in groups:
                groups[key] = {
                    "key": key,
                    "account_id": net["deferred_account_id"],
                    "partner_id": net["partner_id"],
                    "amount": 0,
                    "amount_currency": 0,
                    "analytic_distribution": False,
                    "name": self._line_name("" if by_customer else net["label"], month),
                    "extra": {} if by_customer else {"rr_schedule_id": net["root_id"]},
                }
            groups[key]["amount"] += net["amount"]
            groups[key]["amount_currency"] += net["amount_currency"]
        return _moving(groups.values())

    def _revenue_lines(self, nets, month):
        groups = {}
        for net in nets:
            key = ("revenue", net["account_id"], net["analytic"])
            line = groups.setdefault(
                key,
                {
                    "key": key,
                    "account_id": net["account_id"],
                    "partner_id": False,
                    "amount": 0,
                    "amount_currency": 0,
                    "analytic_distribution": _distribution(net["analytic"]),
                    "name": self._line_name("", month),
                    "extra": {},
                },
            )
            line["amount"] -= net["amount"]
            line["amount_currency"] -= net["amount_currency"]
        return _moving(groups.values())

    def _line_name(self, label, month):
        return " ".join(filter(None, (label, f"{month:%Y-%m}")))


def _moving(lines):
    """Leave out the lines that come to nothing."""
    return [line for line in lines if line["amount"] or line["amount_currency"]]


def _distribution(text):
    return json.loads(text) if text else False
