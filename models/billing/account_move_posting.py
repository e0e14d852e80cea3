from odoo import models

from .complete_lines_limits import defining_modules

# Modules whose numbering depends on no more than journal, type and date.
KNOWN_MODULES = {"account", "recurring_revenue"}
WATCHED_METHODS = ("_get_last_sequence_domain", "_get_starting_sequence")


class NumberFormats(dict):
    """What one batch knows of number formats; no caller's context can contain it."""

    plain = None


class AccountMove(models.Model):
    """Numbers for a batch of invoices without searching the journal for each."""

    _inherit = "account.move"

    def _get_next_sequence_format(self):
        """Reuse the number format that the same batch found for such a document.

        From the second number of a transaction on, Odoo counts in memory
        (`_locked_increment`), and only the format of this result is still used.
        """
        formats = self.env.context.get("rr_sequence_formats")
        if not isinstance(formats, NumberFormats) or not self._rr_plain(formats):
            return super()._get_next_sequence_format()
        key = (self.journal_id, self.move_type, self.date)
        known = formats.get(key)
        if known and self._rr_is_counting(*known):
            return known[0], dict(known[1])
        template, values = super()._get_next_sequence_format()
        formats[key] = (template, dict(values))
        return template, values

    def _rr_is_counting(self, template, values):
        """Tell whether this transaction has given out a number of this format."""
        counted = (template.format(**{**values, "seq": 0}), self.journal_id)
        return counted in self._get_sequence_cache()

    def _rr_plain(self, formats):
        """Tell whether journal, type and date alone decide about the number's form."""
        if self.journal_id.is_self_billing or self.origin_payment_id:
            return False
        if formats.plain is None:
            formats.plain = all(
                defining_modules(self, method) <= KNOWN_MODULES
                for method in WATCHED_METHODS
            )
        return formats.plain
