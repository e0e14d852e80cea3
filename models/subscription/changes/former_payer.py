"""Who paid before: what was served before a change of payer is still billed to them."""

from dataclasses import dataclass
from datetime import date, timedelta

from odoo import api, fields, models

ONE_DAY = timedelta(days=1)
NAMES = ("partner_invoice_id", "partner_shipping_id", "fiscal_position_id")


@dataclass(frozen=True)
class Former:
    """The parties of the service up to a day, the first one that is not theirs."""

    until: date
    ids: tuple

    def parties(self, sub):
        """Return (payer, service address, chosen fiscal position)."""
        return tuple(
            sub.env[sub._fields[name].comodel_name].browse(id_ or ()).exists()
            for name, id_ in zip(NAMES, self.ids, strict=True)
        )

    def to_json(self):
        return [fields.Date.to_string(self.until), *self.ids]


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    former_payers = fields.Json(
        copy=False,
        readonly=True,
        help="Technical: who pays what was served before a change of payer.",
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | {"former_payers"}

    def _formers(self):
        """Return who paid before, oldest first."""
        return [
            Former(fields.Date.to_date(until), tuple(ids))
            for until, *ids in self.former_payers or ()
        ]

    def _former_on(self, day):
        """Return who is billed for days that begin on ``day``, None for today's."""
        formers = self._formers()
        return next((former for former in formers if day < former.until), None)

    def _with_former(self, until):
        """Return the value of ``former_payers`` once others pay from ``until`` on."""
        last = self._former_on(until - ONE_DAY)
        ids = last.ids if last else tuple(self[name].id for name in NAMES)
        kept = [former for former in self._formers() if former.until < until]
        return [former.to_json() for former in [*kept, Former(until, ids)]]
