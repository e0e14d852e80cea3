"""An association with donors whose gifts of 2025 want receipts."""

MAKE = """
import base64
from odoo.fields import Command
Env = env(context=dict(env.context, tracking_disable=True))
company = env.company
company.write({
    "street": "12 rue des Lilas", "zip": "69003", "city": "Lyon",
    "rr_rna": "W691234567", "rr_receipt_signatory": "Claire Fontaine",
    "rr_receipt_signature": base64.b64encode(base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB"
        "d81ytgAAAABJRU5ErkJggg==")),
})
env["recurring.gift.basis"].create({
    "basis": "general_interest", "object": "Music", "date_from": "2020-01-01",
    "reason": "Ruling"})
bank = env["account.journal"].search([("type", "=", "bank")], limit=1)
product = Env["product.product"].create({
    "name": "Gift", "type": "service", "taxes_id": [Command.clear()]})
donors = Env["res.partner"].create([
    {"name": "Donor %03d" % n, "street": "1 place X", "zip": "69001", "city": "Lyon"}
    for n in range(DONORS)
])
for n, donor in enumerate(donors):
    gift = Env["recurring.contribution"].create({
        "partner_id": donor.id, "date": "2025-03-04", "journal_id": bank.id,
        "line_ids": [Command.create({"product_id": product.id, "amount": 10 + n})]})
    gift.action_book()
"""

START = """
from unittest.mock import patch
from odoo.addons.recurring_revenue.models.membership import receipts
campaigns = env["recurring.receipt.campaign"]
campaign = campaigns.create({"year": 2025})
campaign.action_preview()
with patch.object(receipts.receipt_campaign_work, "AT_ONCE", -1):
    campaign.action_issue()
result = campaign.id
"""

WORK = """
campaign = env["recurring.receipt.campaign"].browse(CAMPAIGN)
campaign._work(5)
result = campaign.state
"""


def make(donors):
    """Code that books a gift of each of so many donors."""
    return MAKE.replace("DONORS", str(donors))


def work(campaign, before=""):
    """Code that works a campaign off in batches of five; ``before`` comes first."""
    return before + "\n" + WORK.replace("CAMPAIGN", str(campaign))


def facts(database):
    """Return what stands in the database of receipts, numbers and gifts."""
    return {
        "numbers": [
            row[0]
            for row in database.sql(
                "SELECT number FROM recurring_tax_receipt ORDER BY number"
            )
        ],
        "amount": database.value("SELECT sum(amount) FROM recurring_tax_receipt"),
        "gifts": database.value(
            "SELECT count(DISTINCT contribution_line_id)"
            " FROM recurring_tax_receipt_line WHERE is_cancelled IS NOT TRUE"
        ),
        "counter": database.value(
            "SELECT last_number FROM recurring_tax_receipt_counter"
        ),
        "wrong": database.value(
            "SELECT count(*) FROM recurring_tax_receipt r WHERE amount != ("
            " SELECT sum(amount) FROM recurring_tax_receipt_line l"
            " WHERE l.receipt_id = r.id)"
        ),
    }
