"""Make the first company French, load the language, prepare the web client.

It comes after the installation: a company that is French before would get
account_peppol too, which asks the internet about customers.
"""

company = env["res.company"].browse(1)
company.partner_id.country_id = env.ref("base.fr")
env["account.chart.template"].try_loading("fr", company=company, install_demo=False)
env["res.users"].browse(2).tz = "Europe/Paris"

# English stays the first language, as in a database made by hand
french = env.ref("base.lang_fr")
env["base.language.install"].create({"lang_ids": french.ids}).lang_install()

# compiled once here, not in every test run that opens a browser
env["ir.qweb"]._pregenerate_assets_bundles()
