{
    "name": "Recurring Revenue",
    "summary": "Subscriptions billed once and right, in native accounting entries",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "author": "The recurring_revenue developers",
    "license": "LGPL-3",
    "depends": ["account", "account_payment", "sale_management"],
    "external_dependencies": {"python": ["dateutil", "xlsxwriter", "openpyxl"]},
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/subscription_data.xml",
        "views/menus.xml",
    ],
    "application": True,
    "installable": True,
}
