"""VAT by rules: what the products are, how the company stands, what is set up."""

from odoo import Command, fields

from .clock import on

NATURES = {
    "electronic": (
        "seat",
        "connect",
        "device",
        "storage",
        "pro",
        "perso",
        "api",
        "calls",
        "fax",
    ),
    "service": ("setup", "support", "advice", "care", "club", "training", "migration"),
    "goods": ("box",),
}


def set_up(env, calendar, catalog):
    """Let the rules decide VAT from the first day of the story on."""
    company = env.company
    with on(calendar.first(0)):
        for code, keys in NATURES.items():
            nature = env.ref(f"recurring_revenue.vat_nature_{code}")
            for key in keys:
                catalog.products[key].product_tmpl_id.rr_vat_nature_id = nature
        company.write(
            {
                "rr_vat_registration_ids": [
                    Command.create({"date_from": fields.Date.to_date("2021-01-01")})
                ],
                "rr_legal_kind": "company",
                "rr_legal_form": "SAS",
                "rr_share_capital": 20000.0,
                "rr_register_city": "Nantes",
                "rr_vat_decides": True,
                # The rates of the other member states, before the threshold is near.
                "rr_oss_prepared": True,
            }
        )
        return company._vat_set_up()
