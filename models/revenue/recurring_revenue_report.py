"""Months of revenue to pivot, to chart and to open: one row for each slice."""

from odoo import api, fields, models
from odoo.tools import SQL

from .recurring_revenue_policy import SCHEDULE_TREATMENTS
from .recurring_revenue_schedule import KINDS
from .recurring_revenue_slice import CAUSES
from .report_rollforward import recognition_day

BY_CUSTOMER = ("partner_id",)


class RecurringRevenueReport(models.Model):
    """What each schedule adds to each month, with all by which it can be split up.

    Nothing is stored: the rows are those of ``recurring.revenue.slice``, under their
    numbers, with the columns of the schedule that they belong to.
    """

    _name = "recurring.revenue.report"
    _description = "Revenue by Month"
    _auto = False
    _order = "month, id"
    _rec_name = "month"
    _depends = {
        "recurring.revenue.slice": [
            "schedule_id",
            "company_id",
            "currency_id",
            "month",
            "due_month",
            "amount",
            "amount_currency",
            "cause",
            "account_id",
            "run_id",
            "move_line_id",
            "booked_on",
        ],
        "recurring.revenue.schedule": [
            "root_id",
            "kind",
            "treatment",
            "partner_id",
            "plan_id",
            "product_id",
            "nature_id",
            "subscription_id",
            "revenue_account_id",
            "deferred_account_id",
            "booked_on",
            "move_id",
            "company_currency_id",
        ],
        "account.move.line": ["move_id"],
    }

    schedule_id = fields.Many2one(
        "recurring.revenue.schedule", string="Revenue Schedule", readonly=True
    )
    root_id = fields.Many2one(
        "recurring.revenue.schedule", string="Schedule Family", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    month = fields.Date(string="Month of Service", readonly=True)
    due_month = fields.Date(string="Due in", readonly=True)
    booked_on = fields.Date(string="Booked on", readonly=True)
    document_date = fields.Date(string="Invoiced on", readonly=True)
    recognised_on = fields.Date(
        string="Counts as Recognised on",
        readonly=True,
        help="The accounting date of the entry; under cut-off the month itself, "
        "because its entries only stand at the end of a month.",
    )
    state = fields.Selection(
        [("open", "To recognise"), ("booked", "Booked")], readonly=True
    )
    kind = fields.Selection(KINDS, string="Document", readonly=True)
    cause = fields.Selection(CAUSES, readonly=True)
    treatment = fields.Selection(SCHEDULE_TREATMENTS, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    plan_id = fields.Many2one("recurring.plan", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    nature_id = fields.Many2one("recurring.revenue.nature", readonly=True)
    subscription_id = fields.Many2one("recurring.subscription", readonly=True)
    account_id = fields.Many2one(
        "account.account", string="Recognised On", readonly=True
    )
    revenue_account_id = fields.Many2one(
        "account.account", string="Account of Revenue", readonly=True
    )
    deferred_account_id = fields.Many2one(
        "account.account", string="Deferred Revenue", readonly=True
    )
    run_id = fields.Many2one("recurring.revenue.run", string="Closing", readonly=True)
    invoice_id = fields.Many2one("account.move", readonly=True)
    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    move_line_id = fields.Many2one(
        "account.move.line", string="Entry Line", readonly=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True, currency_field="company_currency_id")
    amount_currency = fields.Monetary(
        string="Amount in Currency", readonly=True, currency_field="currency_id"
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT s.id, s.schedule_id, s.root_id, s.company_id, s.month, s.due_month,
                   s.booked_on, c.booked_on AS document_date,
                   %s AS recognised_on,
                   CASE WHEN s.run_id IS NULL THEN 'open' ELSE 'booked' END AS state,
                   c.kind, s.cause, c.treatment, c.partner_id, c.plan_id, c.product_id,
                   c.nature_id, c.subscription_id,
                   COALESCE(s.account_id, c.revenue_account_id) AS account_id,
                   c.revenue_account_id, c.deferred_account_id, s.run_id,
                   c.move_id AS invoice_id, l.move_id, s.move_line_id, s.currency_id,
                   c.company_currency_id, s.amount, s.amount_currency
              FROM recurring_revenue_slice s
              JOIN recurring_revenue_schedule c ON c.id = s.schedule_id
              LEFT JOIN account_move_line l ON l.id = s.move_line_id
            """,
            recognition_day(),
        )

    # ------------------------------------------------------------------
    # Thousands of customers in a pivot: Odoo joins them to every month to sort the
    # sums, and puts each name and domain together anew. Here the sums come first, then
    # the names in their order.
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def formatted_read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        """Sort by customer after the sums were made, where all of them are read."""
        reader = self
        if tuple(groupby) == BY_CUSTOMER and not (offset or limit or order):
            reader = self.with_context(rr_sorted_later=True)
        return super(RecurringRevenueReport, reader).formatted_read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(
        self, domain, grouping_sets, aggregates=(), *, order=None
    ):
        """Sort by customer after the sums were made."""
        reader = self
        if not order and {tuple(one) for one in grouping_sets} <= {(), BY_CUSTOMER}:
            reader = self.with_context(rr_sorted_later=True)
        return super(RecurringRevenueReport, reader).formatted_read_grouping_sets(
            domain, grouping_sets, aggregates, order=order
        )

    def _read_group_orderby(self, order, groupby_terms, query):
        if self.env.context.get("rr_sorted_later") and order in (None, *BY_CUSTOMER):
            order = ""
        return super()._read_group_orderby(order, groupby_terms, query)

    def _web_read_group_format(self, groupby, aggregates, groups):
        if tuple(groupby) != BY_CUSTOMER or not groups:
            return super()._web_read_group_format(groupby, aggregates, groups)
        names = self._customer_names(groups)
        rows = [
            {
                "partner_id": bool(partner) and (partner.id, names[partner.id]),
                "__extra_domain": [("partner_id", "=", partner.id)],
                **dict(zip(aggregates, sums, strict=True)),
            }
            for partner, *sums in groups
        ]
        if self.env.context.get("rr_sorted_later"):
            place = {partner_id: number for number, partner_id in enumerate(names)}
            rows.sort(
                key=lambda row: (
                    place[row["partner_id"][0]] if row["partner_id"] else len(place)
                )
            )
        return rows

    def _customer_names(self, groups):
        """Return ``{id: name}`` of the customers of groups, as their list is sorted."""
        ids = [row[0].id for row in groups if row[0]]
        # sudo: Odoo too shows the names of groups to whoever may see their sums.
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        found = partners.search_fetch([("id", "in", ids)], ["complete_name"])
        return dict(zip(found.ids, found.mapped("complete_name"), strict=True))

    @api.readonly
    def action_open_schedule(self):
        """Open the schedule that this month belongs to."""
        self.ensure_one()
        return self._opened("recurring.revenue.schedule", self.root_id)

    @api.readonly
    def action_open_entry(self):
        """Open the entry that booked this month, or the invoice while it is open."""
        self.ensure_one()
        return self._opened("account.move", self.move_id or self.invoice_id)

    def _opened(self, model, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record.id,
            "views": [(False, "form")],
        }
