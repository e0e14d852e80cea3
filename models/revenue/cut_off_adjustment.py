"""What closings adjusted, row by row: a closing books only what is not there yet."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..bulk import insert_rows
from ..guard import is_applying
from ..reference import Implied

# What closing a month books and takes back on the next day.
ADJUSTMENTS = [
    ("deferral", "Deferred"),
    ("accrual", "Invoice to issue"),
    ("credit_due", "Credit note to issue"),
    ("advance", "Advance"),
]
# What a row of each kind adds to revenue, of its amount.
ON_REVENUE = {"deferral": -1, "accrual": 1, "credit_due": -1, "advance": 0}
COLUMNS = (
    "company_id",
    "run_id",
    "month",
    "role",
    "root_id",
    "subscription_id",
    "subscription_line_id",
    "source_line_id",
    "partner_id",
    "account_id",
    "balance_account_id",
    "analytic_distribution",
    "currency_id",
    "amount_currency",
    "tax_currency",
    "amount",
    "revenue",
    "tax",
    "label",
    "move_line_id",
    "booked_on",
    "reversed_on",
)


class RecurringRevenueAdjustment(models.Model):
    """An amount that a closing moved to or from a balance sheet account for one night.

    Positive amounts are what one expects: deferred, to invoice, to credit, paid in
    advance. Append-only: a later closing of the same month adds what has changed, and
    rows of a closing that was taken back do not count.
    """

    _name = "recurring.revenue.adjustment"
    _description = "Adjustment at Closing"
    _order = "month desc, id"
    _rec_name = "label"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    run_id = fields.Many2one(
        "recurring.revenue.run",
        string="Closing",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    run_state = fields.Selection(related="run_id.state", string="State of the Closing")
    month = fields.Date(required=True, readonly=True)
    role = fields.Selection(ADJUSTMENTS, string="Kind", required=True, readonly=True)
    root_id = fields.Many2one(
        "recurring.revenue.schedule",
        string="Revenue Schedule",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
    )
    subscription_id = Implied(
        "recurring.subscription", index="btree_not_null", readonly=True
    )
    subscription_line_id = fields.Many2one(
        "recurring.subscription.line", readonly=True, ondelete="set null"
    )
    source_line_id = Implied(
        "account.move.line",
        string="Item",
        readonly=True,
        help="The line of the payment, or of the invoice that came later.",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    account_id = fields.Many2one("account.account", required=True, readonly=True)
    balance_account_id = fields.Many2one(
        "account.account", string="Balance Sheet Account", required=True, readonly=True
    )
    analytic_distribution = fields.Json(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    amount_currency = fields.Monetary(
        string="Amount in Currency",
        readonly=True,
        currency_field="currency_id",
        aggregator=None,
    )
    tax_currency = fields.Monetary(
        string="VAT in Currency",
        readonly=True,
        currency_field="currency_id",
        aggregator=None,
    )
    amount = fields.Monetary(
        readonly=True, currency_field="company_currency_id", aggregator=None
    )
    revenue = fields.Monetary(
        string="Effect on Revenue",
        readonly=True,
        currency_field="company_currency_id",
        help="What it adds to the revenue of the month, or takes from it.",
    )
    tax = fields.Monetary(
        string="VAT",
        readonly=True,
        currency_field="company_currency_id",
        aggregator=None,
    )
    label = fields.Char(readonly=True)
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Entry Line",
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Entry")
    booked_on = fields.Date(string="Accounting Date", required=True, readonly=True)
    reversed_on = fields.Date(required=True, readonly=True)

    _month = models.Index("(company_id, month, role)")

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: adjustments follow from closings."""
        self._refuse_unless_applying()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: an adjustment is never edited."""
        self._refuse_unless_applying()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_work(self):
        self._refuse_unless_applying()

    def _refuse_unless_applying(self):
        if not is_applying(self.env):
            raise UserError(
                self.env._("Adjustments are not typed: closing a month makes them.")
            )

    @api.model
    def _standing(self, company, month):
        """Return the SQL condition: row ``a`` of closing ``u`` stands for a month."""
        return SQL(
            "a.company_id = %s AND a.month = %s AND u.state != 'undone'",
            company.id,
            month,
        )

    @api.model
    def _deferred_on(self, company, day):
        """Return ``{family: amount}`` that closings hold on the deferred account at
        the end of a day, beside what is deferred on the invoices themselves."""
        self.flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT a.root_id, SUM(a.amount)
                      FROM recurring_revenue_adjustment a
                      JOIN recurring_revenue_run u ON u.id = a.run_id
                     WHERE a.company_id = %(company)s AND a.role = 'deferral'
                       AND u.state != 'undone'
                       AND a.booked_on <= %(day)s AND a.reversed_on > %(day)s
                     GROUP BY a.root_id HAVING SUM(a.amount) != 0
                    """,
                    company=company.id,
                    day=day,
                )
            )
        )

    @api.model
    def _insert(self, rows):
        """Insert rows: dicts with ``COLUMNS``."""
        for row in rows:
            row["revenue"] = ON_REVENUE[row["role"]] * row["amount"]
        values = [
            tuple(None if row[name] is False else row[name] for name in COLUMNS)
            for row in rows
        ]
        insert_rows(self.env.cr, self._table, COLUMNS, values)
        self.invalidate_model(flush=False)

    def action_open_entry(self):
        """Open the entry that booked this adjustment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
