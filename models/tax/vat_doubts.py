"""What of the VAT tables nobody has confirmed yet, for whoever decides by it."""

from odoo import api, models, tools


class RecurringVatRule(models.Model):
    _inherit = "recurring.vat.rule"

    @api.model
    @tools.ormcache("day")
    def _unconfirmed_on(self, day):
        """Return what is to be confirmed by an accountant: the codes of rules, the
        codes of mentions whose wording of that day it is, and (territory, rate)."""
        # sudo: the tables are the law's, the same for everybody who asks why.
        env = self.sudo().env
        doubted = [("confirmed", "=", False)]
        rules = env["recurring.vat.rule"].search(doubted)
        rates = env["recurring.vat.rate"].search(doubted)
        mentions = env["recurring.vat.mention"]
        texts = env["recurring.vat.mention.text"].search(doubted)
        return (
            frozenset(rules.mapped("code")),
            frozenset(
                text.mention_id.code
                for text in texts
                if mentions._worded(text.mention_id.code, day) == text
            ),
            frozenset(
                (row.territory, row.rate)
                for row in rates
                if (not row.valid_from or row.valid_from <= day)
                and (not row.valid_to or day < row.valid_to)
            ),
        )
