from odoo import models

# What a complete line need not say: it follows from the rest.
FOLLOWING = {
    "company_currency_id",
    "company_id",
    "credit",
    "debit",
    "journal_id",
    "tax_group_id",
    "tax_line_id",
}


class AccountMoveLine(models.Model):
    """Creating many complete lines at once, without asking the same thing for each.

    Both shortcuts hold only where `recurring.invoice.builder` says so in the context.
    """

    _inherit = "account.move.line"

    def _add_precomputed_values(self, vals_list):
        """Fill in what follows from the invoice, the tax and the balance.

        Otherwise Odoo makes an unsaved copy of every line only to read it there. A
        line that leaves more open than that is left to Odoo.
        """
        if self.env.context.get("rr_complete_lines"):
            moves = self.env["account.move"].browse(
                vals["move_id"] for vals in vals_list
            )
            needed = {
                name for name, field in self._fields.items() if field.precompute
            } - FOLLOWING
            for vals, move in zip(vals_list, moves, strict=True):
                if needed <= vals.keys():
                    self._rr_add_precomputed(vals, move)
        return super()._add_precomputed_values(vals_list)

    def _rr_add_precomputed(self, vals, move):
        tax_part = self.env["account.tax.repartition.line"].browse(
            vals.get("tax_repartition_line_id") or ()
        )
        balance = vals["balance"]
        vals.update(
            journal_id=move.journal_id.id,
            company_id=move.company_id.id,
            company_currency_id=move.company_currency_id.id,
            tax_line_id=tax_part.tax_id.id,
            tax_group_id=tax_part.tax_id.tax_group_id.id,
            debit=balance if balance > 0 else 0.0,
            credit=-balance if balance < 0 else 0.0,
        )
        # computed, not typed in: no other value follows from these two
        vals["__precomputed__"] = {self._fields["debit"], self._fields["credit"]}

    def _check_company(self, fnames=None):
        """Check one line for all that point to the same records."""
        if not self.env.context.get("rr_alike_lines") or fnames is not None:
            return super()._check_company(fnames)
        names = [
            name
            for name, field in self._fields.items()
            if field.relational and field.check_company and name != "move_id"
        ]
        alike = {}
        for line in self:
            key = (line.company_id, *(line[name] for name in names))
            alike.setdefault((line.move_id.company_id, key), line.id)
        return super(AccountMoveLine, self.browse(alike.values()))._check_company()
