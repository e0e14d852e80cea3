"""The closing tables, and the proofs that invoices and ledger agree."""

from collections import Counter

from odoo.tools import SQL

from odoo.addons.recurring_revenue.models.tax.vat_books_data import Books
from odoo.addons.recurring_revenue.models.tax.vat_books_report import Report

from . import revenue

RULE = revenue.RULE
# What `Story._mistakes` did, by the code of the problem that it makes.
MISTAKES = {
    "no_rate": "somebody deleted the exchange rates of its currency",
    "partner_archived": "the customer was archived while the subscription runs",
    "product_archived": "the product of one of its lines was archived",
}


# ----------------------------------------------------------------------
# Proofs
# ----------------------------------------------------------------------


def check(env, runs):
    """Raise an AssertionError unless the books hold together."""
    env.flush_all()
    wrong = lines_that_differ(env)
    assert not wrong, f"invoice lines that the ledger says differently: {wrong[:5]}"
    for run in runs:
        posted = sum(run.move_ids.mapped("amount_untaxed_signed"))
        assert not run.currency_id.compare_amounts(posted, run.amount_untaxed), run.name


def check_vat(env, calendar):
    """Raise an AssertionError unless the year's VAT reconciliation explains all."""
    books = Books(env, env.company, calendar.first(0), calendar.today)
    rows = Report(books).build()
    rests = [row for row in rows if row.kind == "rest" and row.amount]
    assert not rests, f"not explained in the VAT of the year: {rests}"


def lines_that_differ(env):
    """Return the invoice lines whose amount is not the sum of their ledger rows."""
    return env.execute_query(
        SQL("SELECT * FROM (%s) AS line WHERE abs(billed - booked) > 0.001", _lines())
    )


def _lines():
    """For each posted line of a subscription: what it bills, what the ledger says."""
    return SQL(
        """
        SELECT line.id, line.currency_id,
               CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
               * round(line.quantity * line.price_unit
                       * (1 - COALESCE(line.discount, 0) / 100), 2) AS billed,
               COALESCE((SELECT SUM(item.document_amount)
                           FROM recurring_billed_item item
                          WHERE item.move_line_id = line.id
                            AND item.kind != 'waiver'), 0) AS booked
          FROM account_move_line line
          JOIN account_move move ON move.id = line.move_id
         WHERE line.rr_subscription_id IS NOT NULL AND move.state = 'posted'
        """
    )


def check_second_run(env, last):
    """Bill the same day once more, undo it; raise an AssertionError if it billed."""
    savepoint = env.cr.savepoint(flush=True)
    run = env["recurring.billing.run"].create({"date": last.date})
    run.action_start()
    while run._bill_batch():
        continue
    made = len(run.move_ids)
    savepoint.rollback()
    savepoint.close(rollback=False)
    env.invalidate_all()
    assert not made, f"a second run of {last.date} made {made} documents"


# ----------------------------------------------------------------------
# Tables
# ----------------------------------------------------------------------


def tables(env, runs, calendar):
    """Yield the lines that `./dev demo` prints."""
    yield ""
    yield f"{env.company.name}: {calendar.first(0):%B %Y} to {calendar.today:%d %B %Y}"
    yield RULE
    yield from _states(env)
    yield RULE
    yield from _months(env)
    yield RULE
    yield from revenue.table(env, calendar)
    yield RULE
    yield from _problems(runs)
    yield from _proofs(env, runs)
    yield RULE
    yield "Log in as admin, or in French as sophie (administrator), claire (billing),"
    yield "julien or nadia (sales); for the association as odile (secretary) or"
    yield "rachid (treasurer); the password is the login."


def _states(env):
    subscriptions = env["recurring.subscription"].search([])
    names = dict(subscriptions._fields["state"]._description_selection(env))
    states = Counter(subscriptions.mapped("state"))
    held = len(subscriptions.filtered("hold"))
    counts = ", ".join(f"{states[key]} {name.lower()}" for key, name in names.items())
    yield f"{len(subscriptions)} subscriptions: {counts}; {held} on hold"
    for plan, group in subscriptions.grouped("plan_id").items():
        running = group.filtered(lambda sub: sub.state in ("active", "cancelling"))
        yield f"  {plan.name:<24} {len(running):>4} running of {len(group):>3}"


def _months(env):
    head = ("month", "invoices", "credits", "untaxed", "VAT", "total", "paid %")
    widths = "{:<10} {:>9} {:>8} {:>13} {:>12} {:>13} {:>7}"
    yield widths.format(*head)
    sums = [0] * 6
    for month, *values in env.execute_query(_monthly_sql(env)):
        sums = [total + value for total, value in zip(sums, values, strict=True)]
        yield widths.format(f"{month:%Y-%m}", *_figures(values))
    yield widths.format("all", *_figures(sums))


def _figures(values):
    invoices, credits, untaxed, tax, total, open_amount = values
    paid = 100 * (total - open_amount) / total if total else 0
    return (
        *(invoices, credits),
        *(f"{untaxed:,.2f}", f"{tax:,.2f}", f"{total:,.2f}"),
        f"{paid:.0f}",
    )


def _monthly_sql(env):
    return SQL(
        """
        SELECT date_trunc('month', invoice_date) AS month,
               COUNT(*) FILTER (WHERE move_type = 'out_invoice'),
               COUNT(*) FILTER (WHERE move_type = 'out_refund'),
               SUM(amount_untaxed_signed), SUM(amount_tax_signed),
               SUM(amount_total_signed), SUM(amount_residual_signed)
          FROM account_move
         WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')
           AND company_id = %s
         GROUP BY 1 ORDER BY 1
        """,
        env.company.id,
    )


def _problems(runs):
    problems = [p for run in runs for p in run.problem_ids if not p.resolved]
    yield f"{len(problems)} problems, all made on purpose:"
    for problem in problems:
        # The sentence itself is in the language of the officer who billed.
        sub = problem.subscription_id
        yield f"  {sub.name} {sub.partner_id.name}: {MISTAKES[problem.code]}"


def _proofs(env, runs):
    items = env["recurring.billed.item"]
    kinds = Counter(dict(items._read_group([], ["kind"], ["__count"])))
    yield "Ledger rows: " + ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds))
    sums = env.execute_query(
        SQL(
            "SELECT currency_id, SUM(billed), SUM(booked) FROM (%s) AS line"
            " GROUP BY currency_id ORDER BY currency_id DESC",
            _lines(),
        )
    )
    for currency, billed, booked in sums:
        name = env["res.currency"].browse(currency).name
        yield f"  {name}: invoice lines {billed:,.2f} = ledger {booked:,.2f}"
    yield f"A second run for {runs[-1].date:%d %B %Y} makes no document."
