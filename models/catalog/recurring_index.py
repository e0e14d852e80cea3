from odoo import api, fields, models


class RecurringIndex(models.Model):
    """An index that prices follow (Syntec, ICC, ...): dated values, the user's data.

    Nothing of it is in the code: the values are typed as they are published, or
    imported from a file.
    """

    _name = "recurring.index"
    _description = "Price Index"
    _order = "sequence, name, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    code = fields.Char(help="A short name, as your contracts write it.")
    source = fields.Char(
        help="Who publishes it, and where to look up the values.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty for every company."
    )
    value_ids = fields.One2many("recurring.index.value", "index_id", string="Values")
    last_date = fields.Date(string="Last Published", compute="_compute_last_value")
    last_value = fields.Float(
        digits=(16, 6), min_display_digits=1, compute="_compute_last_value"
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "Another index has this code already.",
    )

    @api.depends("value_ids.date", "value_ids.value")
    def _compute_last_value(self):
        for index in self:
            last = index.value_ids.sorted("date")[-1:]
            index.last_date, index.last_value = last.date, last.value

    def _value_at(self, day):
        """Return the value that was the last published on ``day``, or no record."""
        self.ensure_one()
        return self.env["recurring.index.value"].search(
            [("index_id", "=", self.id), ("date", "<=", day)],
            order="date desc",
            limit=1,
        )

    def action_open_import(self):
        """Open the page that imports values from a file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import values of %s", self.name),
            "res_model": "recurring.index.import",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_index_id": self.id},
        }


class RecurringIndexValue(models.Model):
    """What an index was from a day on, until the next value."""

    _name = "recurring.index.value"
    _description = "Value of a Price Index"
    _order = "date desc"
    _rec_name = "date"

    index_id = fields.Many2one("recurring.index", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="index_id.company_id", store=True)
    date = fields.Date(
        string="Month or Day",
        required=True,
        help="The month that the value is published for, by its first day.",
    )
    value = fields.Float(digits=(16, 6), min_display_digits=1)

    _date_unique = models.UniqueIndex(
        "(index_id, date)", "This index has a value for that day already."
    )
    _value_positive = models.Constraint("CHECK(value > 0)", "An index is above 0.")
