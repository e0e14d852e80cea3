from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

ORIGINS = [
    ("delivered", "As delivered"),
    ("changed", "Changed here"),
    ("own", "Added here"),
]


class RecurringVatDelivered(models.AbstractModel):
    """Facts of the law that come with the addon and that accountants correct.

    Updates bring new rows and mend those that nobody touched; a row that somebody
    changed is theirs from then on, and so is one that they added before the addon did.
    """

    _name = "recurring.vat.delivered"
    _description = "VAT Data Delivered with the Addon"

    # The fields that say what a row is about: two rows cannot share them.
    _delivered_key = ("code",)

    origin = fields.Selection(
        ORIGINS,
        compute="_compute_origin",
        search="_search_origin",
        help="Updates of the addon mend what is as delivered. What you changed or "
        "added stays as it is.",
    )

    def _compute_origin(self):
        rows = self._delivered_rows()
        kept = {row.res_id: row.noupdate for row in rows}
        for record in self:
            state = kept.get(record._origin.id)
            record.origin = (
                "own" if state is None else "changed" if state else "delivered"
            )

    @api.model
    def _search_origin(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: external identifiers are the database's own bookkeeping.
        rows = self.env["ir.model.data"].sudo().search([("model", "=", self._name)])
        changed = rows.filtered("noupdate")
        domains = {
            "delivered": Domain("id", "in", (rows - changed).mapped("res_id")),
            "changed": Domain("id", "in", changed.mapped("res_id")),
            "own": Domain("id", "not in", rows.mapped("res_id")),
        }
        return Domain.OR(domains[origin] for origin in value)

    def _delivered_rows(self):
        """Return what Odoo remembers of the delivery of these records."""
        # sudo: external identifiers are the database's own bookkeeping.
        return (
            self.env["ir.model.data"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "in", self.ids)])
        )

    def write(self, vals):
        """What somebody changes is kept from the next update on."""
        if "install_module" not in self.env.context:
            self._delivered_rows().noupdate = True
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_own(self):
        delivered = self.browse(self._delivered_rows().mapped("res_id"))
        if delivered:
            raise UserError(
                self.env._(
                    "“%s” came with the addon and would come back with its next "
                    "update: change it, or give it an end.",
                    delivered[0].display_name,
                )
            )

    @api.model
    def _load_records(self, data_list, update=False):
        """A row that somebody added before the addon delivered it stays theirs."""
        for data in data_list:
            own = self._added_before(data)
            if own:
                self.env["ir.model.data"]._update_xmlids(
                    [{"xml_id": data["xml_id"], "record": own, "noupdate": True}]
                )
        return super()._load_records(data_list, update)

    @api.model
    def _added_before(self, data):
        """Return the record of a person that says what ``data`` would, or none."""
        identifiers = self.env["ir.model.data"]
        if not data.get("xml_id") or identifiers._xmlid_to_res_id(data["xml_id"]):
            return self.browse()
        domain = [
            (name, "=", data["values"].get(name) or False)
            for name in self._delivered_key
        ]
        return self.with_context(active_test=False).search(domain, limit=1)
