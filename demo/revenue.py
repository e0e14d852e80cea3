"""How the company defers revenue, and the months that its accountant closed."""

from odoo.tools import SQL

from .clock import LAST, on

RULE = "-" * 78


def set_up(env, users, calendar):
    """Choose accounts and policies on the first day of the story, by the wizard."""
    with on(calendar.first(0)):
        # What the wizard names stands in French books.
        sophie = env(user=users["sophie"].id, context={**env.context, "lang": "fr_FR"})
        wizard = sophie["recurring.revenue.set.up"].create(
            {"create_missing": True, "date_from": calendar.first(0)}
        )
        while wizard.step != "opening":
            wizard.action_next()
        wizard.action_finish()


def _french(env, user):
    """Return what a user does in the language of the books: names stand in them."""
    return env(user=user.id, context={**env.context, "lang": "fr_FR"})


def take_over(env, users, calendar):
    """Defer what the former system billed for the time from the start day on."""
    with on(calendar.last(0)):
        sophie = _french(env, users["sophie"])
        wizard = sophie["recurring.revenue.set.up"].create({"step": "opening"})
        wizard.opening_day = calendar.first(0)
        wizard.action_take_over()


def close(env, users, calendar, month):
    """Close a month a few days after its end, as the accountant; return the run."""
    with on(calendar.day(month + 1, 3)):
        claire = env(user=users["claire"].id)
        run = claire["recurring.revenue.run"].create({"month": calendar.first(month)})
        run.action_post()
        while run.state == "running":
            run.sudo()._work()
    return run.sudo()


# ----------------------------------------------------------------------
# Proof
# ----------------------------------------------------------------------


def months(env, calendar):
    """Return, for the end of each closed month, what schedules and ledger say."""
    env.flush_all()
    return [
        (calendar.first(month), *_on(env, calendar.last(month)))
        for month in range(LAST)
    ]


def _on(env, day):
    """Return (billed, credited, recognised, deferred by schedules, by the ledger)."""
    [row] = env.execute_query(
        SQL(
            """
            WITH own AS (
                SELECT s.*, r.deferred_account_id AS account
                  FROM recurring_revenue_schedule s
                  JOIN recurring_revenue_schedule r ON r.id = s.root_id
                 WHERE s.company_id = %(company)s AND r.kind <> 'free'),
            booked AS (
                SELECT p.amount, p.booked_on
                  FROM recurring_revenue_slice p
                  JOIN own ON own.id = p.schedule_id
                 WHERE p.run_id IS NOT NULL AND p.booked_on <= %(day)s)
            SELECT COALESCE((SELECT SUM(amount) FROM own
                              WHERE kind <> 'credit' AND booked_on <= %(day)s
                                AND booked_on >= %(first)s), 0),
                   COALESCE((SELECT SUM(amount) FROM own
                              WHERE kind = 'credit' AND booked_on <= %(day)s
                                AND booked_on >= %(first)s), 0),
                   COALESCE((SELECT SUM(amount) FROM booked
                              WHERE booked_on >= %(first)s), 0),
                   COALESCE((SELECT SUM(amount) FROM own
                              WHERE booked_on <= %(day)s), 0)
                   - COALESCE((SELECT SUM(amount) FROM booked), 0),
                   COALESCE((SELECT SUM(-l.balance) FROM account_move_line l
                              WHERE l.parent_state = 'posted' AND l.date <= %(day)s
                                AND l.account_id = %(account)s), 0)
            """,
            company=env.company.id,
            day=day,
            first=day.replace(day=1),
            account=env.company.rr_deferred_account_id.id,
        )
    )
    return tuple(round(float(value), 2) or 0.0 for value in row)


def check(env, calendar):
    """Raise an AssertionError unless both agree to the cent in every month."""
    for month, *_sums, schedules, ledger in months(env, calendar):
        assert schedules == ledger, f"{month:%Y-%m}: {schedules} / {ledger}"
    report = env["recurring.revenue.statement"].create(
        {"date_from": calendar.first(0), "date_to": calendar.last(LAST - 1)}
    )
    assert report.table and not report.difference, report.explanations
    entries, on_deferred = _vat_on_receipts(env)
    assert entries and not on_deferred, (entries, on_deferred)


def _vat_on_receipts(env):
    """Return how many entries moved VAT when an invoice was paid, and how many of
    their lines stand on the deferred account."""
    moves = env["account.move"].search(
        [
            ("company_id", "=", env.company.id),
            ("tax_cash_basis_rec_id", "!=", False),
            ("state", "=", "posted"),
        ]
    )
    account = env.company.rr_deferred_account_id
    return len(moves), len(
        moves.line_ids.filtered(lambda line: line.account_id == account)
    )


def table(env, calendar):
    """Yield the closed months: what moved, and the account beside the schedules."""
    account = env.company.rr_deferred_account_id
    widths = "{:<8} {:>11} {:>11} {:>12} {:>14} {:>16}"
    yield widths.format(
        *("month", "billed", "credited", "recognised", "deferred"),
        f"account {account.code}",
    )
    for month, *sums in months(env, calendar):
        yield widths.format(f"{month:%Y-%m}", *(f"{value:,.2f}" for value in sums))
    entries, on_deferred = _vat_on_receipts(env)
    yield (
        f"VAT on receipts: {entries} entries when invoices were paid, {on_deferred} "
        f"lines of them on {account.code}"
    )
