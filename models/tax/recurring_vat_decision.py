"""What was decided, on which facts: kept for as long as the invoices are."""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.vat import AT_SELLERS

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
        compute="_compute_counts_for_oss",
        store=True,
        help="Counts against the threshold of electronic services and distance sales "
        "to consumers of other member states, whatever VAT it bears.",
    )
    digest = fields.Char(required=True)

    _digest_unique = models.UniqueIndex(
        "(company_id, partner_id, digest)", "This decision is kept already."
    )

    _oss_index = models.Index("(company_id) WHERE counts_for_oss")

    @api.depends("inputs", "treatment", "warnings")
    def _compute_counts_for_oss(self):
        for decision in self:
            decision.counts_for_oss = counts_for_oss(decision)

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
        """Return the records of many decisions, new ones created at once.

        :param list values: dicts without digest
        :return: recordset ids in the order of ``values``
        """
        for vals in values:
            vals["digest"] = self._digest(vals)
        digests = {vals["digest"] for vals in values}
        # sudo: evidence is written by the billing, by nobody else.
        own = self.sudo()
        known = {
            (row.company_id.id, row.partner_id.id, row.digest): row.id
            for row in own.search([("digest", "in", list(digests))])
        }

        def key(vals):
            return vals["company_id"], vals["partner_id"], vals["digest"]

        new = {key(vals): vals for vals in values if key(vals) not in known}
        created = own.create(list(new.values()))
        known.update(zip(new, created.ids, strict=True))
        return [known[key(vals)] for vals in values]
