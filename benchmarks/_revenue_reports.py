"""Reports over many months of schedules, beside the bare SQL that they need.

Invoices of half a year, each earned over twelve months; half of it is closed. Rows are
written by SQL: what a report takes depends on how many there are, not on who made them.
"""

FILL = """
FIRST, LAST = "2026-01-01", "2026-06-30"
SPAN = {"date_from": FIRST, "date_to": LAST, "date": LAST}
company = env.company
account = env.ref(f"account.{company.id}_pcg_487")
account.reconcile = True
income = env["account.account"].search([("account_type", "=", "income")], limit=1)
journal = env["account.journal"].create(
    {"name": "Revenue", "code": "RVB", "type": "general"}
)
company.write(
    {"rr_deferred_account_id": account.id, "rr_revenue_journal_id": journal.id}
)
run = env["recurring.revenue.run"].create({"month": "2026-06-01"})
plan = env["recurring.plan"].create({"name": "Bench"})
moves = env["account.move"].create(
    [
        {
            "journal_id": journal.id,
            "date": f"2026-{month:02}-28",
            "line_ids": [Command.create({"account_id": income.id, "balance": 0.0})],
        }
        for month in range(1, 7)
    ]
)
moves.action_post()
partners = make_customers(SIZE // 48)
env.flush_all()
names = {
    "count": SIZE // 12,
    "company": company.id,
    "currency": company.currency_id.id,
    "account": account.id,
    "income": income.id,
    "journal": journal.id,
    "run": run.id,
    "plan": plan.id,
    "moves": moves.ids,
    "partners": partners.ids,
    "first": FIRST,
    "last": LAST,
}
ITEM = (
    "INSERT INTO account_move_line (move_id, journal_id, company_id,"
    " company_currency_id, account_id, currency_id, partner_id, parent_state, date,"
    " name, display_type, debit, credit, balance, amount_currency, amount_residual,"
    " amount_residual_currency, reconciled, quantity, sequence) "
)
env.cr.execute(
    ITEM
    + "SELECT (%(moves)s)[1 + i %% 6], %(journal)s, %(company)s, %(currency)s,"
    " %(account)s, %(currency)s,"
    " (%(partners)s)[1 + i %% array_length(%(partners)s, 1)], 'posted',"
    " make_date(2026, 1 + i %% 6, 28), 'billed', 'product', 0, 1200, -1200, -1200, 0,"
    " 0, FALSE, 1, 10 FROM generate_series(0, %(count)s - 1) i",
    names,
)
env.cr.execute(
    "INSERT INTO recurring_revenue_schedule (company_id, kind, label, move_line_id,"
    " move_id, partner_id, plan_id, treatment, method, date_start, date_end,"
    " booked_on, currency_id, company_currency_id, amount_currency, amount,"
    " deferred_account_id, revenue_account_id, curve)"
    " SELECT %(company)s, 'invoice', 'billed', id, move_id, partner_id, %(plan)s,"
    " 'continuous', 'month', date_trunc('month', date),"
    " date_trunc('month', date) + interval '1 year', date, %(currency)s,"
    " %(currency)s, 1200, 1200, %(account)s, %(income)s, '[]'"
    " FROM account_move_line WHERE name = 'billed'",
    names,
)
env.cr.execute("UPDATE recurring_revenue_schedule SET root_id = id")
env.cr.execute(
    "INSERT INTO recurring_revenue_slice (schedule_id, root_id, company_id,"
    " currency_id, month, due_month, amount_currency, amount, cause)"
    " SELECT id, id, company_id, currency_id,"
    " (date_start + k * interval '1 month')::date,"
    " (date_start + k * interval '1 month')::date, 100, 100, 'sold'"
    " FROM recurring_revenue_schedule, generate_series(0, 11) k"
)
env.cr.execute(
    ITEM
    + "SELECT (%(moves)s)[1], %(journal)s, %(company)s, %(currency)s, %(account)s,"
    " %(currency)s, c.partner_id, 'posted',"
    " (s.month + interval '1 month' - interval '1 day')::date, 'c' || s.id,"
    " 'product', 100, 0, 100, 100, 0, 0, FALSE, 1, 10"
    " FROM recurring_revenue_slice s"
    " JOIN recurring_revenue_schedule c ON c.id = s.schedule_id"
    " WHERE s.month <= %(last)s",
    names,
)
env.cr.execute(
    "UPDATE recurring_revenue_slice s SET run_id = %(run)s, booked_on = l.date,"
    " move_line_id = l.id FROM account_move_line l WHERE l.name = 'c' || s.id",
    names,
)
env.cr.commit()
env.cr.execute(
    "ANALYZE recurring_revenue_slice, recurring_revenue_schedule, account_move_line,"
    " res_partner"
)
"""

MEASURE = """
JOIN = (
    "FROM recurring_revenue_slice s"
    " JOIN recurring_revenue_schedule c ON c.id = s.schedule_id"
    " WHERE s.company_id = %(company)s"
)
EARNED = (
    "SELECT {key}, SUM(s.amount) FILTER (WHERE s.booked_on < %(first)s),"
    " SUM(s.amount) FILTER (WHERE s.booked_on <= %(last)s) "
    + JOIN
    + " AND s.booked_on <= %(last)s GROUP BY {key}"
)
SOLD = (
    "SELECT {key}, SUM(c.amount) FROM recurring_revenue_schedule c"
    " WHERE c.company_id = %(company)s AND c.booked_on <= %(last)s GROUP BY {key}"
)
LEDGER = (
    "SELECT date_trunc('month', date), SUM(balance) FROM account_move_line"
    " WHERE company_id = %(company)s AND account_id = %(account)s"
    " AND parent_state = 'posted' AND date <= %(last)s GROUP BY 1"
)
LATE = (
    "SELECT SUM(amount) FROM recurring_revenue_slice WHERE company_id = %(company)s"
    " AND run_id IS NULL AND due_month <= %(last)s"
)
OPEN = (
    "SELECT {key}, s.due_month, SUM(s.amount) "
    + JOIN
    + " AND c.booked_on <= %(last)s"
    " AND (s.booked_on IS NULL OR s.booked_on > %(last)s) GROUP BY {key}, s.due_month"
)
SERVED = "SELECT s.month, s.booked_on, SUM(s.amount) " + JOIN + " GROUP BY 1, 2"
DIRECT = (
    "SELECT l.date, SUM(l.balance) FROM account_move_line l"
    " JOIN account_move m ON m.id = l.move_id"
    " JOIN account_account a ON a.id = l.account_id"
    " WHERE l.company_id = %(company)s AND l.date BETWEEN %(first)s AND %(last)s"
    " AND m.move_type IN ('out_invoice', 'out_refund')"
    " AND a.account_type = 'income' GROUP BY 1"
)
SUMS = "SELECT {key}, SUM(s.amount) " + JOIN + " GROUP BY {key}"
# By customer the report is sorted by their names, and totals all of them.
NAMED = (
    "SELECT own.*, p.complete_name FROM ({query}) AS own"
    " JOIN res_partner p ON p.id = own.partner_id ORDER BY p.complete_name"
)
BOOKED, BILLED = "date_trunc('month', s.booked_on)", "date_trunc('month', c.booked_on)"
CUSTOMER = "c.partner_id"


def middle(call):
    found = []
    for _turn in range(5):
        env.invalidate_all()
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return sorted(found)[2]


def bare(*queries):
    def call():
        for query in queries:
            env.cr.execute(query, names)
            env.cr.fetchall()

    return call


def screen(**values):
    report = env["recurring.revenue.statement"].create({**SPAN, **values})

    def call():
        assert report.table
        assert values.get("kind") or not report.difference, report.explanations

    return call


def pivot(*groups):
    report = env["recurring.revenue.report"]
    return lambda: report.formatted_read_group([], groups, ["amount:sum"])


REPORTS = {
    "roll-forward by month": (
        screen(),
        bare(EARNED.format(key=BOOKED), SOLD.format(key=BILLED), LEDGER, LATE),
    ),
    "roll-forward by customer": (
        screen(split_by="customer"),
        bare(
            NAMED.format(query=EARNED.format(key=CUSTOMER)),
            SOLD.format(key=CUSTOMER),
            LEDGER,
            LATE,
        ),
    ),
    "waterfall by month": (screen(kind="waterfall"), bare(OPEN.format(key="1"))),
    "waterfall by customer": (
        screen(kind="waterfall", split_by="customer"),
        bare(NAMED.format(query=OPEN.format(key=CUSTOMER))),
    ),
    "billed and earned": (
        screen(kind="earned"),
        bare(SERVED, EARNED.format(key=BOOKED), SOLD.format(key=BILLED), DIRECT),
    ),
    "pivot by month": (pivot("month:month"), bare(SUMS.format(key="s.month"))),
    "pivot by customer": (
        pivot("partner_id"),
        bare(NAMED.format(query=SUMS.format(key=CUSTOMER))),
    ),
}
result = {}
for name, (report, sql) in REPORTS.items():
    report()
    result[name] = (middle(report), middle(sql))
"""
