from odoo import http

from .xlsx_file import readable, xlsx_file


class Assembly(http.Controller):
    @http.route(
        "/recurring_revenue/assembly/<int:assembly_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def assembly(self, assembly_id):
        """Hand out the signature sheet of an assembly as xlsx."""
        assembly = readable("recurring.assembly", assembly_id)
        return xlsx_file(assembly._xlsx(), f"{assembly.name} {assembly.date}.xlsx")
