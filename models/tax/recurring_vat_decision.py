"""What was decided, on which facts: kept for as long as the invoices are."""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.vat import AT_SELLERS

# What tells one kept decision from another.
IDENTITY = ("company_id", "partner_id", "digest")
# Treatments of sales to consumers of other member states that count for the threshold.
COUNTED = ("domestic", "oss", "franchise", "association", "by_hand")


def counts_for_oss(facts):
    """Tell whether a sale counts for the threshold, by what its decision keeps.

    :param facts: the values of a decision record, or the record itself
    """
    inputs = facts["inputs"] or {}
    return (
        inputs.get("kind") == "private"
        and inputs.get("supply") in ("electronic", "goods")
        and inputs.get("place") in ("eu", "ni")
        and facts["treatment"] in COUNTED
        and AT_SELLERS not in (facts["warnings"] or "").split()
    )


class RecurringVatDecision(models.Model):
    """The answer of the VAT table for a customer and a nature, and its inputs.

    Never changed: other facts make another decision. The invoice lines that follow it
    point to it, so that each can be explained as long as it is kept.
    """

    _name = "recurring.vat.decision"
    _description = "VAT Decision"
    _order = "id desc"
    _rec_name = "rule"

    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="restrict"
    )
    address_id = fields.Many2one(
        "res.partner", string="Served At", required=True, ondelete="restrict"
    )
    nature_id = fields.Many2one("recurring.vat.nature", ondelete="restrict")
    date = fields.Date(
        string="Decided On", required=True, help="The day of the first invoice."
    )
    rule = fields.Char(required=True)
    source = fields.Char()
    treatment = fields.Char(required=True)
    taxed_in = fields.Char()
    rate = fields.Float(digits=(6, 3))
    is_taxed = fields.Boolean()
    tax_category = fields.Char(required=True)
    vatex = fields.Char()
    mention = fields.Char()
    evidence = fields.Char()
    warnings = fields.Char()
    inputs = fields.Json()
    counts_for_oss = fields.Boolean(
        string="Sale to an EU Consumer",
        help="Counts against the threshold of electronic services and distance sales "
        "to consumers of other member states, whatever VAT it bears.",
    )
    digest = fields.Char(required=True)

    _digest_unique = models.UniqueIndex(
        "(company_id, partner_id, digest)", "This decision is kept already."
    )

    _oss_index = models.Index("(company_id) WHERE counts_for_oss")

    def write(self, vals):
        if set(vals) - {"display_name"}:
            raise UserError(
                self.env._("A VAT decision is kept as it was taken: it never changes.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A VAT decision is evidence: it is never deleted."))

    @api.model
    def _digest(self, vals):
        """Return what tells two decisions apart: all but the day."""
        content = {name: vals[name] for name in sorted(vals) if name != "date"}
        text = json.dumps(content, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _kept(self, values):
        """Return the ids of the records of many decisions, new ones written at once.

        Written in sets, because a record per customer by ``create`` would cost a tenth
        of the invoices.

        :param list values: dicts without ``digest`` and ``counts_for_oss``
        :return: ids in the order of ``values``
        """
        keys = [
            (vals["company_id"], vals["partner_id"], self._digest(vals))
            for vals in values
        ]
        wanted = dict(zip(keys, values, strict=True))
        known = self._known(list(wanted))
        new = [
            {**vals, "digest": key[-1], "counts_for_oss": counts_for_oss(vals)}
            for key, vals in wanted.items()
            if key not in known
        ]
        known |= self._insert(new)
        return [known[key] for key in keys]

    @api.model
    def _known(self, keys):
        """Return ``{key: id}`` of the decisions that are kept already."""
        if not keys:
            return {}
        columns = SQL(", ").join(map(SQL.identifier, IDENTITY))
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM recurring_vat_decision WHERE (%s) IN %s",
                columns,
                columns,
                tuple(keys),
            )
        )
        return {tuple(key): row_id for row_id, *key in rows}

    @api.model
    def _insert(self, values):
        """Write new decisions and return ``{key: id}``.

        Where another billing keeps the same decision at this moment, PostgreSQL reports
        a serialization failure instead of a broken constraint: the batch is tried
        again and finds it.
        """
        if not values:
            return {}
        names = [name for name in values[0] if name in self._fields]
        now = self.env.cr.now()
        log = (self.env.uid, now, self.env.uid, now)
        self.env.cr.execute(
            SQL(
                "INSERT INTO recurring_vat_decision (%s) VALUES %s"
                " ON CONFLICT DO NOTHING RETURNING id, %s",
                SQL(", ").join(
                    map(SQL.identifier, (*names, *models.LOG_ACCESS_COLUMNS))
                ),
                SQL(", ").join(
                    SQL(
                        "%s",
                        (*(self._column(name, vals[name]) for name in names), *log),
                    )
                    for vals in values
                ),
                SQL(", ").join(map(SQL.identifier, IDENTITY)),
            ),
            log_exceptions=False,
        )
        return {tuple(key): row_id for row_id, *key in self.env.cr.fetchall()}

    @api.model
    def _column(self, name, value):
        return self._fields[name].convert_to_column_insert(value, self)
