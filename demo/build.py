"""Builds the demo: a French company and an association, a year of each.

Run by `./dev demo` inside Odoo, with `env` among its names. The same day gives the
same demo; every month ends with a commit.
"""

import sys
import time

from odoo import fields

from odoo.addons.recurring_revenue.demo import company, revenue, summary, vat
from odoo.addons.recurring_revenue.demo.association.story import Association
from odoo.addons.recurring_revenue.demo.catalog import Catalog
from odoo.addons.recurring_revenue.demo.clock import Calendar
from odoo.addons.recurring_revenue.demo.customers import Customers
from odoo.addons.recurring_revenue.demo.sales import Sales
from odoo.addons.recurring_revenue.demo.story import Story

# No notes of tracked fields, and no e-mail to the colleague who gets an activity.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_activity_quick_update": True,
}


def say(text=""):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def build(env):
    """Build everything; raises an AssertionError when the books do not agree."""
    begin = time.monotonic()
    env = env(context={**env.context, **QUIET, "lang": "en_US"})
    calendar = Calendar(fields.Date.context_today(env.user))
    users = company.set_up(env, calendar)
    say(f"  {env.company.name}: {len(users)} users, books and rates")
    catalog = Catalog(env, calendar).set_up()
    say(f"  {len(catalog.plans)} plans, {len(catalog.products)} products")
    steps = vat.set_up(env, calendar, catalog)
    say(f"  VAT by rules: {len(steps)} fiscal positions and taxes set up")
    revenue.set_up(env, users, calendar)
    customers = Customers(env, catalog, users)
    sales = Sales(env, catalog, customers)
    story = Story(env, calendar, users, catalog, customers, sales, say)
    story.play()
    summary.check(env, story.runs)
    summary.check_vat(env, calendar)
    revenue.check(env, calendar)
    tables = list(summary.tables(env, story.runs, calendar))
    # A second company may change the registry: nothing of before is used after it.
    association = Association(env, calendar, say)
    association.play_all()
    for line in [*association.tell(), *tables]:
        say(line)
    say(f"Built in {time.monotonic() - begin:.0f} seconds.")


build(env)
