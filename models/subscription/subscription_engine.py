"""Between the records and the engine: terms out, items back."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.billing import BilledRow, difference
from ...engine.period import Period
from ...engine.preview import next_due, settled_through, upcoming
from ..exact import currency_rounding, exact
from ..guard import applying


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    # ------------------------------------------------------------------
    # What the engine is given
    # ------------------------------------------------------------------

    def _schedule(self):
        """Return the grid of periods on which this subscription is billed now."""
        self.ensure_one()
        return self.plan_version_id._schedule(
            self.grid_start or self.start_date, self.anchor_date or None
        )

    def _grids(self):
        """Return the grids of all lines, today's among them."""
        recurring = self.line_ids.filtered(lambda line: line.role != "one_off")
        return {self._schedule(), *(line._schedule() for line in recurring)}

    def _engine_lines(self, resolver=None):
        """Return ``{subscription id: [LineTerms]}``: every line that may still matter.

        A ledger row whose line is missing would be credited whole: a line is left out
        only where all of its periods are closed.
        """
        settled = self._settled_lines()
        lines = self.line_ids - settled
        natures = lines._natures(resolver)
        uses = lines._uses()
        return {
            sub.id: lines._share_periods(
                [
                    (
                        line,
                        line._engine_terms(
                            natures[line.id], uses.get(line.id), resolver
                        ),
                    )
                    for line in sub.line_ids - settled
                ]
            )
            for sub in self
        }

    def _settled_lines(self):
        """Return the lines whose every period and ledger row is closed."""
        ended = self.line_ids.filtered(
            lambda line: (
                line.subscription_id.settled_through
                and line._is_settled(line.subscription_id.settled_through)
            )
        )
        if not ended:
            return ended
        self.env["recurring.billed.item"].flush_model()
        self.flush_recordset(["settled_through"])
        with_open_rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT i.line_id
                  FROM recurring_billed_item i
                  JOIN recurring_subscription s ON s.id = i.subscription_id
                 WHERE i.line_id IN %s AND i.whole_end > s.settled_through
                """,
                tuple(ended.ids),
            )
        )
        return ended - ended.browse(line_id for (line_id,) in with_open_rows)

    def _engine_rows(self):
        """Return ``{subscription id: [BilledRow]}``, only of periods still open."""
        rows = defaultdict(list)
        if not self.ids:
            return rows
        ledger = self.env["recurring.billed.item"]
        names = self._engine_row_columns()
        ledger.flush_model()
        self.flush_model(["settled_through"])
        records = self.env.execute_query(
            SQL(
                """
                SELECT %(columns)s
                  FROM recurring_billed_item i
                  JOIN recurring_subscription s ON s.id = i.subscription_id
                 WHERE i.subscription_id IN %(ids)s
                   AND (s.settled_through IS NULL OR i.whole_end > s.settled_through)
                 ORDER BY i.subscription_id, i.sequence
                """,
                columns=SQL(", ").join(SQL.identifier("i", name) for name in names),
                ids=tuple(self.ids),
            )
        )
        for record in records:
            vals = dict(zip(names, record, strict=True))
            rows[vals["subscription_id"]].append(ledger._engine_row(vals))
        return rows

    @api.model
    def _engine_row_columns(self):
        return [
            "id",
            "subscription_id",
            "line_id",
            "kind",
            "date_start",
            "date_end",
            "whole_start",
            "whole_end",
            "amount",
            "origin_id",
            "partner_id",
            "company_id",
            "currency_id",
            "product_id",
            "account_id",
            "tax_key",
            "price_basis",
        ]

    def _position_key(self, resolver):
        """Return what decides about the fiscal position: equal keys share it."""
        return (self.company_id, *resolver.parties(self))

    def _booking_key(self, resolver):
        """Return what decides, beside the product, about accounts and taxes."""
        return resolver.position(self), self.company_id

    def _resolve_fiscal_position(self, resolver):
        """Return the fiscal position of the next invoice: chosen, else Odoo's own."""
        self.ensure_one()
        payer, address, chosen = resolver.parties(self)
        return chosen or (
            self.env["account.fiscal.position"]
            .with_company(self.company_id)
            ._get_fiscal_position(payer, delivery=address)
        )

    def _resolve_booking(self, product, resolver):
        """Return the income account, the product's taxes and those on the invoice."""
        position = resolver.position(self)
        account, own = self._own_booking(product, position)
        return account, own, position.map_tax(own) if position else own

    def _own_booking(self, product, position):
        """Return the income account, and the product's taxes before any mapping."""
        self.ensure_one()
        company = self.company_id
        accounts = product.product_tmpl_id.with_company(company).get_product_accounts(
            fiscal_pos=position
        )
        account = accounts["income"] or self.env["account.account"]
        own = product.taxes_id._filter_taxes_by_company(company)
        if not own:
            # As an invoice line does: the account's taxes where the product has none.
            own = account.tax_ids.filtered(
                lambda tax: tax.type_tax_use == "sale" and tax.company_id == company
            )
        return account, own

    def _keeps_gross_price(self, own):
        """Tell whether a price that contains the taxes ``own`` stays what is paid,
        whatever taxes the invoice bears: not so in Odoo."""
        return False

    def _resolve_journal(self):
        """Return the sales journal: this subscription's, its plan's, the company's."""
        self.ensure_one()
        journals = self.env["account.journal"]
        return (
            self.journal_id
            or self.plan_version_id.journal_id.filtered(
                lambda journal: journal.company_id == self.company_id
            )
            or self.company_id.rr_journal_id
            or journals.search(
                [
                    *journals._check_company_domain(self.company_id),
                    ("type", "=", "sale"),
                ],
                limit=1,
            )
        )

    # ------------------------------------------------------------------
    # What it answers
    # ------------------------------------------------------------------

    def _difference(self, through, lines=None):
        """Return ``{subscription id: items to invoice or credit now}``.

        A dry run: nothing is written. ``through`` is the billing date, included;
        ``lines`` are the engine's terms where the caller has them already.
        """
        lines = lines or self._engine_lines()
        rows = self._engine_rows()
        return {
            sub.id: difference(
                lines[sub.id],
                rows[sub.id],
                through,
                currency_rounding(sub.currency_id),
                days_ahead=sub.plan_version_id.days_ahead,
                closed_before=sub.settled_through or None,
            )
            for sub in self
        }

    def _upcoming(self, through, until):
        """Return ``{subscription id: ((billing date, items), ...)}`` up to ``until``.

        What would be billed at ``through`` comes first; then each billing date to
        come, as if every one before it had been billed.
        """
        lines = self._engine_lines()
        rows = self._engine_rows()
        waits = {sub.id: max(through, sub.bill_not_before or through) for sub in self}
        return {
            sub.id: upcoming(
                lines[sub.id],
                rows[sub.id],
                waits[sub.id],
                max(until, waits[sub.id]),
                currency_rounding(sub.currency_id),
                days_ahead=sub.plan_version_id.days_ahead,
                closed_before=sub.settled_through or None,
            )
            for sub in self
        }

    def _reopen_from(self, day):
        """Let the next billing look again at everything from the period of ``day``."""
        for sub in self:
            if sub.settled_through and day < sub.settled_through:
                starts = [grid.period_at(day).start for grid in sub._grids()]
                applying(sub).settled_through = min(*starts, sub.settled_through)

    def _refresh_billing_state(self, through=None, lines=None):
        """Set ``billed_through``, ``settled_through`` and the next billing date.

        Called after every append to the ledger and every change of the lines.
        ``through`` is the date up to which everything due was billed just now, None
        when nothing was; ``lines`` are the engine's terms where the caller has them.
        """
        self.flush_recordset()
        today = through or fields.Date.context_today(self)
        lines = lines or self._engine_lines()
        rows = self._engine_rows()
        billed = self._billed_until()
        for sub in self:
            rounding = currency_rounding(sub.currency_id)
            options = {
                "days_ahead": sub.plan_version_id.days_ahead,
                "closed_before": sub.settled_through or None,
            }
            due = next_due(lines[sub.id], rows[sub.id], today, rounding, **options)
            waits = sub.bill_not_before if not through else False
            vals = {
                "billed_through": billed.get(sub.id, False),
                "bill_not_before": waits,
                "next_billing_date": due and max(due, waits or due) or False,
            }
            if through:
                vals["settled_through"] = (
                    settled_through(
                        lines[sub.id], rows[sub.id], through, rounding, **options
                    )
                    or sub.settled_through
                )
            applying(sub).write(vals)

    def _billed_until(self):
        """Return ``{subscription id: first day not billed}`` from the ledger.

        Only history that is still open is read; where it holds no charge, what was
        known stands, unless history was reopened or credited since.
        """
        if not self.ids:
            return {}
        self.env["recurring.billed.item"].flush_model()
        until = self._read_billed_until(
            self.ids, SQL("i.whole_end > s.settled_through")
        )
        rest = self.filtered(lambda sub: sub.id not in until)
        known = rest.filtered(
            lambda sub: (
                sub.settled_through
                and sub.billed_through
                and sub.billed_through <= sub.settled_through
            )
        )
        until.update({sub.id: sub.billed_through for sub in known})
        if unknown := rest - known:
            until.update(self._read_billed_until(unknown.ids, SQL("TRUE")))
        return until

    def _read_billed_until(self, ids, condition):
        """A charge counts to the day from which it was credited; a credit that a waiver
        balances does not make its period unbilled."""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT i.subscription_id,
                           MAX(COALESCE(back.first_day, i.date_end))
                      FROM recurring_billed_item i
                      JOIN recurring_subscription s ON s.id = i.subscription_id
                      JOIN recurring_subscription_line l ON l.id = i.line_id
                 LEFT JOIN LATERAL (
                           SELECT MIN(c.date_start) AS first_day
                             FROM recurring_billed_item c
                            WHERE c.origin_id = i.id AND c.kind = i.kind
                               OR c.origin_id = i.id AND c.kind = 'credit'
                              AND NOT EXISTS (
                                  SELECT 1 FROM recurring_billed_item w
                                   WHERE w.origin_id = i.id AND w.kind = 'waiver')
                           ) back ON TRUE
                     WHERE i.subscription_id IN %s
                       AND (s.settled_through IS NULL OR %s)
                       AND l.role != 'one_off'
                       AND i.kind IN ('charge', 'opening')
                       AND i.origin_id IS NULL
                       AND (back.first_day IS NULL OR back.first_day > i.date_start)
                     GROUP BY i.subscription_id
                    """,
                    tuple(ids),
                    condition,
                )
            )
        )


class RecurringBilledItem(models.Model):
    _inherit = "recurring.billed.item"

    @api.model
    def _engine_row(self, vals):
        """Return the engine's view of one ledger row read by SQL."""
        return BilledRow(
            key=vals["id"],
            line=vals["line_id"],
            whole=Period(vals["whole_start"], vals["whole_end"]),
            part=Period(vals["date_start"], vals["date_end"]),
            amount=exact(vals["amount"]),
            kind=vals["kind"],
            origin=vals["origin_id"],
            document=vals.get("move_id"),
            nature=self._nature(vals),
        )
