"""Annual receipts of a large association: code to run inside Odoo.

Every donor gave once. The first gift is booked like any other; the others, with their
entries, are copies of its rows by SQL: they are the scenery, what is measured is the
preview of the year and the issue of all receipts, without PDF.
"""

from tools import bench
from tools.machine import say

MAKE = """
import base64
import time

from odoo.fields import Command

quiet = env(context=dict(env.context, tracking_disable=True))
company = env.company
company.write({
    "street": "12 rue des Lilas", "zip": "69003", "city": "Lyon",
    "rr_rna": "W691234567", "rr_receipt_signatory": "Claire Fontaine",
    "rr_receipt_signature": base64.b64encode(b"signature"),
})
env["recurring.gift.basis"].create({
    "basis": "general_interest", "object": "Music", "date_from": "2020-01-01",
    "reason": "Ruling"})
bank = env["account.journal"].search([("type", "=", "bank")], limit=1)
product = quiet["product.product"].create({
    "name": "Gift", "type": "service", "taxes_id": [Command.clear()]})
donors = quiet["res.partner"].create([
    {"name": "Donor %05d" % n, "street": "1 place X", "zip": "69001", "city": "Lyon"}
    for n in range(SIZE)
])
gift = quiet["recurring.contribution"].create({
    "partner_id": donors[0].id, "date": "2025-03-04", "journal_id": bank.id,
    "line_ids": [Command.create({"product_id": product.id, "amount": 50})]})
gift.action_book()
env.flush_all()


def copies(table, source, changes):
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND column_name != 'id' AND is_generated = 'NEVER'", (table,))
    names = [name for [name] in env.cr.fetchall()]
    values = [changes.get(name, 'o."%s"' % name) for name in names]
    env.cr.execute(
        "INSERT INTO %s (%s) SELECT %s FROM %s o, unnest(%%s) WITH ORDINALITY"
        " AS d(donor, place) WHERE o.id = %%s ORDER BY place RETURNING id" % (
            table, ", ".join('"%s"' % name for name in names), ", ".join(values),
            table),
        (donors.ids[1:], source))
    return [row[0] for row in env.cr.fetchall()]


moves = copies("account_move", gift.move_id.id, {
    "partner_id": "d.donor", "commercial_partner_id": "d.donor",
    "name": "o.name || '-' || d.place", "sequence_number": "1000 + d.place",
    "access_token": "NULL"})
gifts = copies("recurring_contribution", gift.id, {
    "partner_id": "d.donor", "name": "o.name || '-' || d.place"})
env.cr.execute(
    "UPDATE recurring_contribution c SET move_id = n.move"
    " FROM unnest(%s, %s) AS n(id, move) WHERE c.id = n.id", (gifts, moves))
lines = copies("recurring_contribution_line", gift.line_ids.id, {})
env.cr.execute(
    "UPDATE recurring_contribution_line l SET contribution_id = n.gift"
    " FROM unnest(%s, %s) AS n(id, gift) WHERE l.id = n.id", (lines, gifts))
env.cr.commit()
env.invalidate_all()
"""

ISSUE = """
def measured(work):
    env.flush_all()
    env.invalidate_all()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    return {
        "seconds": time.perf_counter() - start,
        "queries": env.cr.sql_log_count - queries,
    }


def issue():
    campaign.action_issue()
    campaign._work()


campaign = env["recurring.receipt.campaign"].create({"year": 2025})
preview = measured(campaign.action_preview)
result = {
    "preview": preview,
    **measured(issue),
    "issued": campaign.issued_count,
    "numbers": len(set(campaign.receipt_ids.mapped("number"))),
}
"""


def measure_receipts(template, count):
    """Issue ``count`` annual receipts; return ``{seconds, queries, preview...}``.

    :param template: a database with the addon
    """
    with bench.database(template) as database:
        code = (MAKE + ISSUE).replace("SIZE", str(count))
        found = database.run(code).result
    assert found["issued"] == found["numbers"] == count, found
    say(
        f"{count} receipts: {found['queries'] / count:.2f} queries and "
        f"{1000 * found['seconds'] / count:.1f} ms each; preview "
        f"{found['preview']['queries']} queries, {found['preview']['seconds']:.1f} s"
    )
    return found
