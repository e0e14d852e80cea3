"""Numbers without a gap: one counter row per company and year, moved by an UPDATE in
the transaction that issues, so that what is rolled back gives its numbers back.

Under REPEATABLE READ the update also lets one issue at a time: who read before another
one committed is refused by the database and looks again. That is why a gift is never
certified twice, and a unique index on number and gift stands behind it.
"""

from odoo import api, fields, models
from odoo.tools import SQL


class RecurringTaxReceiptCounter(models.Model):
    """The last number given in a company and year of issue."""

    _name = "recurring.tax.receipt.counter"
    _description = "Last Number of Tax Receipts"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    year = fields.Integer(required=True, readonly=True)
    last_number = fields.Integer(required=True, readonly=True)

    _once = models.UniqueIndex("(company_id, year)")

    @api.model
    def _take(self, company, year, count):
        """Return the first of ``count`` numbers that follow one another.

        :raises psycopg2.errors.SerializationFailure: somebody else issued since this
            transaction began to read; nothing is wrong, begin anew
        """
        # That somebody else was faster is no error: the log stays silent.
        self.env.cr.execute(
            SQL(
                """INSERT INTO recurring_tax_receipt_counter
                               (company_id, year, last_number)
                        VALUES (%(company)s, %(year)s, %(count)s)
                   ON CONFLICT (company_id, year) DO UPDATE
                           SET last_number = recurring_tax_receipt_counter.last_number
                                             + %(count)s
                     RETURNING last_number""",
                company=company.id,
                year=year,
                count=count,
            ),
            log_exceptions=False,
        )
        [last] = self.env.cr.fetchone()
        self.invalidate_model(["last_number"])
        return last - count + 1

    @api.model
    def _wait_turn(self):
        """Wait until nobody is issuing, and let nobody else issue before the end of
        this transaction. For a batch that others were faster than: it reads much, and
        would lose again and again beside those who issue one receipt after another.

        It must be the first statement of the transaction, which begins to see the
        database only after it: what it reads is then what is there.
        """
        self.env.cr.execute(
            "LOCK TABLE recurring_tax_receipt_counter IN SHARE ROW EXCLUSIVE MODE"
        )
