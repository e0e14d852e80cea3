"""The company of the demo: who it is, who works there, how it books."""

from dateutil.relativedelta import relativedelta
from stdnum import luhn

from odoo import Command

SIREN = "123456782"  # passes the check, and nobody would take it for a real one
USERS = (
    ("sophie", "Sophie Bernard", "recurring_revenue.group_manager"),
    ("claire", "Claire Martin", "recurring_revenue.group_billing"),
    ("julien", "Julien Petit", "recurring_revenue.group_user"),
    ("nadia", "Nadia Benali", "recurring_revenue.group_user"),
)
# What one euro was worth, month by month; it repeats after a year.
DOLLARS = (1.16, 1.17, 1.18, 1.17, 1.15, 1.16, 1.14, 1.15, 1.17, 1.16, 1.18, 1.17)
POUNDS = (0.87, 0.87, 0.86, 0.86, 0.87, 0.88, 0.87, 0.86, 0.86, 0.87, 0.87, 0.88)


def siren_vat(siren):
    """Return the French VAT number of a SIREN.

    >>> siren_vat("123456782")
    'FR11123456782'
    """
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def siret(siren):
    """Return the number of a SIREN's first establishment.

    >>> siret("123456782")
    '12345678200010'
    """
    stem = f"{siren}0001"
    return stem + luhn.calc_check_digit(stem)


def set_up(env, calendar):
    """Give the company its name, its people, its ways of booking and its rates."""
    _company(env)
    _books(env)
    _rates(env, calendar)
    return _users(env)


def _company(env):
    company = env.company
    company.write(
        {
            "name": "Atelier Numérique SAS",
            "street": "12 rue des Tanneurs",
            "zip": "44000",
            "city": "Nantes",
            "country_id": env.ref("base.fr").id,
            "phone": "+33 2 40 00 00 12",
            "email": "bonjour@atelier-numerique.example",
            "company_registry": siret(SIREN),
            "vat": siren_vat(SIREN),
            "rr_payment_term_id": env.ref("account.account_payment_term_30days").id,
            "rr_approve_changes": True,
        }
    )
    company.partner_id.write({"lang": "fr_FR", "tz": "Europe/Paris"})


def _books(env):
    """French document numbers; what comes in stands on the bank account at once."""
    journal = env["account.journal"]
    sales = journal.search([("type", "=", "sale")], limit=1)
    sales.code = "FAC"
    env.company.rr_journal_id = sales
    bank = journal.search([("type", "=", "bank")], limit=1)
    bank.inbound_payment_method_line_ids.payment_account_id = bank.default_account_id


def _rates(env, calendar):
    """A rate for each month, from the one before the story on."""
    for name, rates in (("USD", DOLLARS), ("GBP", POUNDS)):
        currency = env.ref(f"base.{name}")
        currency.active = True
        first = calendar.first(-1)
        env["res.currency.rate"].create(
            [
                {
                    "currency_id": currency.id,
                    "company_id": env.company.id,
                    "name": first + relativedelta(months=number),
                    "rate": rates[number % len(rates)],
                }
                for number in range(14)
            ]
        )


def _users(env):
    """Return the users by login; the password is the login."""
    users = env["res.users"].with_context(no_reset_password=True)
    extra = {
        "recurring_revenue.group_user": ["sales_team.group_sale_salesman"],
        "recurring_revenue.group_billing": ["account.group_account_user"],
        "recurring_revenue.group_manager": [
            "account.group_account_manager",
            "sales_team.group_sale_manager",
        ],
    }
    return {
        login: users.create(
            {
                "name": name,
                "login": login,
                "password": login,
                "email": f"{login}@atelier-numerique.example",
                "lang": "fr_FR",
                "tz": "Europe/Paris",
                "group_ids": [
                    Command.link(env.ref(xmlid).id)
                    for xmlid in ("base.group_user", group, *extra[group])
                ],
            }
        )
        for login, name, group in USERS
    }
