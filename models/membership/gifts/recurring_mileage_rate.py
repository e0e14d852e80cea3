from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...exact import exact

VEHICLES = [
    ("car_3", "Car, 3 HP or less"),
    ("car_4", "Car, 4 HP"),
    ("car_5", "Car, 5 HP"),
    ("car_6", "Car, 6 HP"),
    ("car_7", "Car, 7 HP or more"),
    ("moped", "Moped up to 50 cm³"),
    ("moto_2", "Motorcycle, 1 or 2 HP"),
    ("moto_5", "Motorcycle, 3 to 5 HP"),
    ("moto_6", "Motorcycle, more than 5 HP"),
]


class RecurringMileageRate(models.Model):
    """What a volunteer's kilometre is worth, by vehicle, distance of the year and date:
    kilometres x rate + a fixed part, over the whole year (CGI annexe IV, art. 6 B; the
    scale of employees holds for volunteers since the income of 2022)."""

    _name = "recurring.mileage.rate"
    _description = "Mileage Rate"
    _order = "valid_from desc, vehicle, up_to_km"

    country = fields.Char(required=True, default="FR")
    vehicle = fields.Selection(VEHICLES, required=True)
    valid_from = fields.Date(string="From", required=True)
    valid_to = fields.Date(string="Until (excluded)")
    up_to_km = fields.Integer(
        string="Up to (km a year)", help="0: without limit, the last band."
    )
    rate = fields.Float(string="Per km", digits=(8, 4), required=True)
    fixed = fields.Float(string="Plus", digits=(12, 2))
    electric = fields.Float(
        string="More for Electric", digits=(4, 2), help="0.20: a fifth more."
    )
    confirmed = fields.Boolean(
        help="Not ticked: look the figure up before you rely on it."
    )
    source = fields.Char(required=True)

    @api.model
    def _bands(self, country, vehicle, day):
        """Return the bands of a vehicle on a day, shortest distance first.

        :raises UserError: none are known
        """
        found = self.search(
            Domain(
                [
                    ("country", "=", country),
                    ("vehicle", "=", vehicle),
                    ("valid_from", "<=", day),
                ]
            )
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">", day))
        )
        if not found:
            raise UserError(
                self.env._(
                    "No rate per kilometre is known for this vehicle on that day: "
                    "enter the amount instead."
                )
            )
        return found.sorted(lambda band: (not band.up_to_km, band.up_to_km))

    def _worth(self, kilometres, is_electric):
        """Return what so many kilometres of a year are worth (Decimal, not rounded).

        :param self: the bands of one vehicle, shortest distance first
        """
        if not kilometres:
            return exact(0)
        band = self[-1]
        for one in self:
            if not one.up_to_km or kilometres <= one.up_to_km:
                band = one
                break
        worth = exact(kilometres) * exact(band.rate) + exact(band.fixed)
        return worth * (1 + exact(band.electric)) if is_electric else worth
