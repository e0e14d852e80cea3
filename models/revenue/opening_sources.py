"""Where revenue that is still to be earned hides when recognition begins: what a former
system billed, and invoices of Odoo that were booked as revenue at once."""

from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from ...engine.allocation import round_half_up
from ..exact import currency_rounding, exact
from ..subscription.resolver import Resolver
from ..subscription.tax_basis import TaxBasis, change_basis

# How far back a fee without a service period is looked for, in months.
LONGEST_LIFE = 120


class Service:
    """A row of the ledger, read like an invoice line."""

    def __init__(self, item):
        self.item = item
        self.product_id = item.product_id
        self.rr_subscription_id = item.subscription_id
        self.rr_subscription_line_id = item.line_id
        self.deferred_start_date = item.date_start
        self.deferred_end_date = item.last_day


class OpeningSources:
    """Finds, for one company and start day, what may have to be taken over.

    What has a schedule already is passed over: asking twice finds it once.
    """

    def __init__(self, company, start):
        self.company = company
        self.env = company.env
        self.start = start
        self.resolver = Resolver(start)
        self.env["account.move.line"].flush_model()
        self.env["recurring.revenue.schedule"].flush_model()

    # ------------------------------------------------------------------
    # Billed by a former system
    # ------------------------------------------------------------------

    def items(self):
        """Return the opening rows of the ledger whose service reaches the start."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.id FROM recurring_billed_item i
                 WHERE i.company_id = %(company)s AND i.kind = 'opening'
                   AND i.date_end > %(start)s AND i.amount <> 0
                   AND NOT EXISTS (SELECT 1 FROM recurring_revenue_schedule s
                                    WHERE s.billed_item_id = i.id)
                 ORDER BY i.id
                """,
                company=self.company.id,
                start=self.start,
            )
        )
        return self.env["recurring.billed.item"].browse(row[0] for row in rows)

    def net(self, item):
        """Return what a row billed before tax, rounded, in its currency."""
        sub, product = item.subscription_id, item.product_id
        _account, own, _mapped = self.resolver.booking(sub, product)
        basis = TaxBasis.of_line(item, own, item.tax_ids)
        rounding = currency_rounding(item.currency_id)
        if not basis.included:
            return round_half_up(exact(item.amount), rounding)
        net = change_basis(item.amount, basis.taxes, item.currency_id, product, False)
        return round_half_up(exact(net), rounding)

    def worth(self, item, net):
        """Return an amount of a row in the company's currency, at the rate of the day
        on which its service began; None where no rate is known."""
        own = self.company.currency_id
        if item.currency_id == own:
            return net
        day = min(item.date_start, self.start)
        known = self.env["res.currency.rate"].search_count(
            [
                ("currency_id", "=", item.currency_id.id),
                ("company_id", "in", (False, self.company.root_id.id)),
                ("name", "<=", day),
            ],
            limit=1,
        )
        if not known:
            return None
        worth = item.currency_id._convert(float(net), own, self.company, day)
        return round_half_up(exact(worth), currency_rounding(own))

    def income(self, item):
        """Return the income account of a row: as it was imported, else as of today."""
        if item.account_id:
            return item.account_id
        return self.resolver.booking(item.subscription_id, item.product_id)[0]

    # ------------------------------------------------------------------
    # Invoices of Odoo
    # ------------------------------------------------------------------

    def lines(self):
        """Return posted lines of sales, booked as revenue before the start without a
        schedule, whose service may reach beyond it."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.id
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN account_account a ON a.id = l.account_id
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                   AND l.display_type = 'product' AND l.balance <> 0
                   AND l.date < %(start)s AND a.account_type LIKE 'income%%'
                   AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND (l.deferred_end_date >= %(start)s
                        OR l.deferred_end_date IS NULL
                           AND l.rr_subscription_id IS NOT NULL
                           AND l.date > %(longest)s)
                   AND NOT EXISTS (SELECT 1 FROM recurring_revenue_schedule s
                                    WHERE s.move_line_id = l.id)
                 ORDER BY l.id
                """,
                company=self.company.id,
                start=self.start,
                longest=self.start - relativedelta(months=LONGEST_LIFE),
            )
        )
        return self.env["account.move.line"].browse(row[0] for row in rows)

    def credits(self, lines):
        """Return ``{key of what is credited: [credit line, ...]}`` of lines that take
        back one thing only; keys are ("item", id) and ("line", id)."""
        refunds = lines.filtered(lambda line: line.move_id.move_type == "out_refund")
        if not refunds:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.move_line_id, o.kind, o.id, o.move_line_id
                  FROM recurring_billed_item c
                  JOIN recurring_billed_item o ON o.id = c.origin_id
                 WHERE c.kind = 'credit' AND c.move_line_id IN %s
                """,
                tuple(refunds.ids),
            )
        )
        origins = defaultdict(set)
        for line, kind, item, charged in rows:
            key = ("item", item) if kind == "opening" else ("line", charged)
            origins[line].add(key)
        found = defaultdict(list)
        for line in refunds.sorted(lambda line: (line.date, line.id)):
            if len(origins[line.id]) == 1 and line.deferred_end_date:
                found[origins[line.id].pop()].append(line)
        return found

    # ------------------------------------------------------------------
    # What the books say by hand
    # ------------------------------------------------------------------

    def posted_since(self):
        """Return how many lines were booked as revenue from the start on although
        their service reaches beyond their month: they had no policy yet."""
        return self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*), MAX(l.date)
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN account_account a ON a.id = l.account_id
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                   AND l.display_type = 'product' AND l.balance <> 0
                   AND l.date >= %(start)s AND a.account_type LIKE 'income%%'
                   AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND l.deferred_end_date
                       >= date_trunc('month', l.date) + interval '1 month'
                   AND NOT EXISTS (SELECT 1 FROM recurring_revenue_schedule s
                                    WHERE s.move_line_id = l.id)
                """,
                company=self.company.id,
                start=self.start,
            )
        )[0]
