"""What may be typed on a running subscription, and the trace that it leaves (law 9)."""

from odoo import fields, models
from odoo.tools import format_date

from ..catalog.texts import number
from ..guard import is_applying

# Who gets the invoice, how, on which terms: free to change, never without a record.
SETTINGS = (
    "partner_invoice_id",
    "partner_shipping_id",
    "payment_term_id",
    "journal_id",
    "fiscal_position_id",
    "preferred_payment_method_line_id",
    "invoice_grouping",
    "client_order_ref",
    "service_code",
    "commitment_number",
    "notice_days",
    "price_guarantee_until",
    "index_id",
    "index_base_value",
    "index_base_date",
)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def write(self, vals):
        """Record what was changed by typing on subscriptions that have started."""
        if is_applying(self.env) or not set(SETTINGS) & set(vals):
            return super().write(vals)
        started = self.filtered(lambda sub: sub.state != "draft")
        before = {sub: sub._settings() for sub in started}
        result = super().write(vals)
        today = fields.Date.context_today(self)
        for sub, old in before.items():
            note = sub._settings_note(old)
            if note:
                sub._record_change("settings", today, note=note)
        return result

    def _settings(self):
        self.ensure_one()
        return {name: self[name] for name in SETTINGS}

    def _settings_note(self, old):
        """Return a line per setting that changed, with what followed by itself."""
        lines = []
        for name, now in self._settings().items():
            if now != old[name]:
                lines.append(
                    self.env._(
                        "%(field)s: %(old)s → %(new)s",
                        field=self._fields[name]._description_string(self.env),
                        old=self._setting_text(name, old[name]),
                        new=self._setting_text(name, now),
                    )
                )
        return "\n".join(lines)

    def _setting_text(self, name, value):
        field = self._fields[name]
        if field.type == "integer":
            return str(value)
        if not value:
            return self.env._("none")
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "float":
            return number(self.env, value)
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        if field.relational:
            # sudo: a name for the history; who types it chose it from a list.
            return value.sudo().display_name
        return value
