"""What closing adjusts, killed or done twice at once: it stands once (law 5)."""

import revenue_books

from tools.outside import OutsideCase

CUSTOMERS = 12
RUN = "recurring.revenue.run"
ACCOUNTS = """
company = env.company
chart = "account.%s_pcg_" % company.id
company.write({
    "rr_accrued_account_id": env.ref(chart + "4181").id,
    "rr_accrued_tax_account_id": env.ref(chart + "44587").id,
    "rr_credit_due_account_id": env.ref(chart + "4198").id,
    "rr_advance_account_id": env.ref(chart + "4191").id,
})
"""
# Half of the subscriptions in arrears, and a payment of each customer.
ARREARS = """
plan = Env["recurring.plan"].create({"name": "Months", "code": "MONTHS"})
version = plan.draft_version_id
version.write({
    "interval_unit": "month", "timing": "arrears",
    "charge_ids": [Command.create({
        "name": "Month", "product_id": product.id, "unit_price": 100})],
})
version.action_publish()
bank = env["account.journal"].search([("type", "=", "bank")], limit=1)
for partner in partners:
    sub = Env["recurring.subscription"].create({
        "partner_id": partner.id, "plan_id": plan.id, "start_date": "2026-02-01"})
    sub.action_activate()
    line = env["account.bank.statement.line"].create({
        "journal_id": bank.id, "date": "2026-02-20", "amount": 50,
        "payment_ref": "x", "partner_id": partner.id})
    line.move_id.line_ids.filtered(
        lambda one: one.account_id == bank.suspense_account_id
    ).account_id = partner.property_account_receivable_id
"""
SMALL = """
from odoo.addons.recurring_revenue.models.revenue import accruals, cut_off
accruals.SUBSCRIPTIONS = cut_off.ROWS = 5
"""
CRASH_POINTS = [
    ("deferral posted, not reversed", f'crash.before("{RUN}", "_book_mirror", 1)'),
    (
        "both posted, not kept",
        'crash.before("recurring.revenue.adjustment", "_insert")',
    ),
    ("second batch kept", 'crash.after("recurring.revenue.adjustment", "_insert", 2)'),
    ("advances", 'crash.after("recurring.revenue.adjustment", "_insert", 4)'),
    ("invoices to issue", 'crash.after("recurring.revenue.adjustment", "_insert", 7)'),
    ("before it is closed", f'crash.before("{RUN}", "_finish")'),
]


def facts(database):
    """Return what stands on each account at the end of February, and a day later."""
    rows = {}
    for day in ("2026-02-28", "2026-03-01"):
        rows[day] = database.sql(
            "SELECT a.account_type, a.id, sum(l.balance) FROM account_move_line l"
            " JOIN account_account a ON a.id = l.account_id"
            f" WHERE l.parent_state = 'posted' AND l.date <= '{day}'"
            " GROUP BY 1, 2 ORDER BY 2"
        )
    rows["adjusted"] = database.sql(
        "SELECT role, count(*), sum(amount), sum(tax)"
        " FROM recurring_revenue_adjustment GROUP BY 1 ORDER BY 1"
    )
    rows["drafts"] = database.value(
        "SELECT count(*) FROM account_move WHERE state = 'draft'"
    )
    return rows


class TestRevenueAdjustments(OutsideCase):
    def prepared(self):
        database = self.database()
        code = revenue_books.make(CUSTOMERS).replace(
            '"justification": "Even."',
            '"treatment": "cut_off", "method": "month", "justification": "Even."',
        )
        database.run(code + ACCOUNTS + ARREARS)
        return database

    def test_killed_anywhere_then_continued(self):
        """12 deferred, 12 to invoice, 12 advances: as in a calm closing."""
        prepared = self.prepared()
        calm = self.copy_of(prepared.name)
        calm.run(revenue_books.close("2026-02", SMALL))
        expected = facts(calm)
        self.assertEqual(
            [(row[0], row[1]) for row in expected["adjusted"]],
            [("accrual", 12), ("advance", 12), ("deferral", 12)],
        )
        for name, arming in CRASH_POINTS:
            with self.subTest(point=name):
                database = self.copy_of(prepared.name)
                database.run(
                    revenue_books.close("2026-02", SMALL + arming + "\n"), killed=True
                )
                again = database.run(revenue_books.close("2026-02", SMALL))
                self.assertEqual(again.result["state"], "done")
                self.assertEqual(facts(database), expected)

    def test_two_workers_at_once(self):
        database = self.prepared()
        calm = self.copy_of(database.name)
        calm.run(revenue_books.close("2026-02", SMALL))
        database.run(
            'run = env["recurring.revenue.run"].create({"month": "2026-02-01"})\n'
            "from odoo.addons.recurring_revenue.models.revenue import"
            " recurring_revenue_run as module\n"
            "module.AT_ONCE = -1\nrun.action_post()"
        )
        code = revenue_books.close("2026-02", SMALL)
        both = [database.start(code), database.start(code)]
        outcomes = [one.wait() for one in both]
        self.assertEqual([outcome.code for outcome in outcomes], [0, 0])
        self.assertEqual(facts(database), facts(calm))
