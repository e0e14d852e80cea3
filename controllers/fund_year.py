from odoo import http

from .xlsx_file import readable, xlsx_file


class FundYear(http.Controller):
    @http.route(
        "/recurring_revenue/fund_year/<int:year_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def fund_year(self, year_id):
        """Hand out the dedicated funds of a year as xlsx."""
        year = readable("recurring.fund.year", year_id)
        return xlsx_file(year._xlsx(), f"{year.display_name}.xlsx".replace("/", "-"))
