from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every
from odoo.tools.misc import OrderedSet

from .texts import origin_texts, why_texts

KINDS = [
    ("charge", "Charge"),
    ("credit", "Credit"),
    ("opening", "Billed by a former system"),
    ("waiver", "Waiver"),
]

INSERT_SIZE = 1000


class RecurringBilledItem(models.Model):
    """The ledger of what was billed: append-only, one sequence per subscription.

    Charges less credits say what the customer was asked to pay; a waiver balances a
    credit that a person gave, so that the period does not come back by itself.
    Everything is signed: the sum of all rows of a line and period is what the next
    billing compares with what the line owes. ``date_*`` is the service billed,
    ``whole_*`` the aligned period it belongs to; all ends are exclusive.
    """

    _name = "recurring.billed.item"
    _description = "Billed Item"
    _order = "subscription_id, sequence desc"
    _rec_name = "sequence"

    subscription_id = fields.Many2one(
        "recurring.subscription", required=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(required=True)
    line_id = fields.Many2one(
        "recurring.subscription.line", required=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(KINDS, required=True)
    date_start = fields.Date(string="From", required=True)
    date_end = fields.Date(string="Until (excluded)", required=True)
    last_day = fields.Date(string="To", compute="_compute_last_day")
    whole_start = fields.Date(required=True)
    whole_end = fields.Date(required=True)
    quantity = fields.Float(digits=(16, 6), min_display_digits="Product Unit")
    amount = fields.Monetary(required=True, help="Signed, in the line's price basis.")
    price_basis = fields.Selection(
        [
            ("product", "As the product's taxes say"),
            ("excluded", "Without tax"),
            ("included", "With tax"),
        ],
        required=True,
        default="product",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Payer", required=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    product_id = fields.Many2one("product.product", required=True)
    account_id = fields.Many2one("account.account", string="Income Account")
    tax_key = fields.Char(help="The taxes' identifiers, ascending, joined by commas.")
    tax_ids = fields.Many2many(
        "account.tax", compute="_compute_tax_ids", string="Taxes"
    )
    origin_id = fields.Many2one(
        "recurring.billed.item",
        string="Corrects",
        index="btree_not_null",
        help="The row that this one credits, cancels or balances.",
    )
    opening_ref = fields.Char(string="Former Invoice")
    explanation = fields.Json()
    why = fields.Html(string="Why?", compute="_compute_why", sanitize=False)
    note = fields.Char()
    waiver_state = fields.Selection(
        [
            ("pending", "To decide"),
            ("left", "Left as credited"),
            ("billed_again", "Billed again"),
        ],
        index="btree_not_null",
    )

    _sequence_unique = models.UniqueIndex(
        "(subscription_id, sequence)", "This ledger row was already written."
    )
    _open_history = models.Index("(subscription_id, whole_end)")
    _service_order = models.Constraint(
        "CHECK(date_start < date_end AND whole_start < whole_end)",
        "A billed service ends after it starts.",
    )

    @api.depends("date_end")
    def _compute_last_day(self):
        for row in self:
            row.last_day = row.date_end and fields.Date.subtract(row.date_end, days=1)

    @api.depends("tax_key")
    def _compute_tax_ids(self):
        for row in self:
            ids = [int(tax) for tax in (row.tax_key or "").split(",") if tax]
            row.tax_ids = self.env["account.tax"].browse(ids)

    @api.depends("explanation", "amount")
    def _compute_why(self):
        for row in self:
            row.why = self.env["ir.qweb"]._render(
                "recurring_revenue.billed_item_why", {"texts": row._why_texts()}
            )

    def _why_texts(self):
        """Return the reasons of this row's amount, one sentence each."""
        return why_texts(self)

    def _origin_texts(self):
        """Return what this row corrects or stands for, if it is not a plain charge."""
        return origin_texts(self)

    # ------------------------------------------------------------------
    # Append-only
    # ------------------------------------------------------------------

    @api.model
    def _mutable_fields(self):
        """Fields that may change after a row was written: never money or dates."""
        return {"waiver_state"}

    def write(self, vals):
        """Refuse whatever is not in the short list of fields that carry no money."""
        forbidden = set(vals) - self._mutable_fields()
        if forbidden:
            raise UserError(
                self.env._(
                    "What was billed cannot be rewritten. Correct it with a credit "
                    "note or a change of the subscription, which add new rows."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("What was billed stays on record. Credit it instead.")
        )

    @api.model
    def _ledger_columns(self):
        """Columns that ``_append`` fills, in order; later stages add their own."""
        return [
            "subscription_id",
            "line_id",
            "kind",
            "date_start",
            "date_end",
            "whole_start",
            "whole_end",
            "quantity",
            "amount",
            "price_basis",
            "partner_id",
            "company_id",
            "currency_id",
            "product_id",
            "account_id",
            "tax_key",
            "origin_id",
            "opening_ref",
            "explanation",
            "note",
            "waiver_state",
        ]

    @api.model
    def _append(self, rows):
        """Write ledger rows and return them in the order given.

        :param rows: dictionaries keyed by column; what is left out stays empty.

        The sequences come from the subscription's counter, whose update is also the
        claim: two transactions that append to one subscription cannot both commit.
        Written in sets, because a row per invoice line by ``create`` would cost as
        much as the invoice itself.
        """
        if not rows:
            return self
        self.env["recurring.subscription"].flush_model(["ledger_sequence"])
        next_sequence = self._reserve_sequences(rows)
        names = self._ledger_columns()
        now = self.env.cr.now()
        values = []
        for row in rows:
            subscription = row["subscription_id"]
            values.append(
                (
                    *(self._column_value(name, row.get(name)) for name in names),
                    next_sequence[subscription],
                    *(self.env.uid, now, self.env.uid, now),
                )
            )
            next_sequence[subscription] += 1
        columns = [*names, "sequence", *models.LOG_ACCESS_COLUMNS]
        ids = []
        for chunk in split_every(INSERT_SIZE, values):
            ids += self.env.execute_query(
                SQL(
                    "INSERT INTO recurring_billed_item (%s) VALUES %s RETURNING id",
                    SQL(", ").join(map(SQL.identifier, columns)),
                    SQL(", ").join(SQL("%s", row) for row in chunk),
                )
            )
        created = self.browse([row_id for (row_id,) in ids])
        self._forget_caches(rows)
        return created

    @api.model
    def _column_value(self, name, value):
        if name == "explanation":
            return self._fields[name].convert_to_column_insert(value, self)
        if value is False:
            return None
        return value

    @api.model
    def _reserve_sequences(self, rows):
        """Claim the subscriptions and return the first free sequence of each."""
        counts = {}
        for row in rows:
            key = row["subscription_id"]
            counts[key] = counts.get(key, 0) + 1
        reserved = self.env.execute_query(
            SQL(
                "UPDATE recurring_subscription s"
                " SET ledger_sequence = COALESCE(s.ledger_sequence, 0) + v.n"
                " FROM (VALUES %s) AS v(id, n) WHERE s.id = v.id"
                " RETURNING s.id, s.ledger_sequence",
                SQL(", ").join(SQL("%s", pair) for pair in sorted(counts.items())),
            )
        )
        self.env["recurring.subscription"].browse(counts).invalidate_recordset(
            ["ledger_sequence"], flush=False
        )
        return {sub_id: last - counts[sub_id] + 1 for sub_id, last in reserved}

    @api.model
    def _forget_caches(self, rows):
        """Let what shows the ledger read it anew."""
        subscriptions = OrderedSet(row["subscription_id"] for row in rows)
        self.env["recurring.subscription"].browse(subscriptions).invalidate_recordset(
            ["billed_item_ids"], flush=False
        )

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _nature_names(self):
        """The columns that must agree before a charge and a credit net (law 4)."""
        return (
            "partner_id",
            "company_id",
            "currency_id",
            "product_id",
            "account_id",
            "tax_key",
            "price_basis",
        )

    @api.model
    def _nature(self, vals):
        """What must agree before a charge and a credit may be netted (law 4)."""
        return (
            vals["partner_id"],
            vals["company_id"],
            vals["currency_id"],
            vals["product_id"],
            vals["account_id"] or 0,
            vals["tax_key"] or "",
            vals["price_basis"],
        )
