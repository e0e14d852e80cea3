"""Make the first company a French one, with its chart, and prepare the web client.

It comes after the installation: a company that is French before would get
account_peppol too, which asks the internet about customers.
"""

company = env["res.company"].browse(1)  # noqa: F821
company.partner_id.country_id = env.ref("base.fr")  # noqa: F821
env["account.chart.template"].try_loading(  # noqa: F821
    "fr", company=company, install_demo=False
)
env["res.users"].browse(2).tz = "Europe/Paris"  # noqa: F821
# compiled once here, not in every test run that opens a browser
env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821
