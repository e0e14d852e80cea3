"""A real portfolio: 7,043 telephone contracts imported, then billed for November 2026.

The public sample of a telephone company (its README gives the facts) is turned into the
import template: the plan follows from contract and services, the agreed price is the
monthly charge without tax, everything is billed through 31 October 2026, and who left
has that day as the last day of service.

    ./dev bench real

RR_TELCO names the file where it does not lie beside the repository.
"""

import csv
import io
import os
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from dateutil.relativedelta import relativedelta

from tools import bench
from tools.machine import REPOSITORY, Problem, say

SOURCE = REPOSITORY.parent / "shared" / "data" / "telco_customers.csv"
NOVEMBER = date(2026, 11, 1)
BILLED_THROUGH = date(2026, 10, 31)
TERMS = {  # contract: code, months of its term
    "Month-to-month": ("MONTH", 1),
    "One year": ("YEAR", 12),
    "Two year": ("TWO", 24),
}
SERVICES = {"No": "PHONE", "DSL": "DSL", "Fiber optic": "FIBER"}
EXPECTED = {
    "imported": 7043,
    "invoices": 5174,
    "untaxed": Decimal("316985.75"),
    "errors": 0,
    "second_run": 0,
}


def source():
    """Return the path of the sample, or say where it belongs."""
    path = Path(os.environ.get("RR_TELCO") or SOURCE)
    if not path.exists():
        raise Problem(f"There is no {path}. Set RR_TELCO to telco_customers.csv.")
    return path


def converted(text):
    """Return the sample's CSV as a file for the import wizard."""
    rows = [template_row(row) for row in csv.DictReader(io.StringIO(text))]
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def template_row(row):
    """Return one contract as a row of the template."""
    left = row["Churn"] == "Yes"
    start = NOVEMBER - relativedelta(months=int(row["tenure"]))
    return {
        "external_ref": row["customerID"],
        "customer_name": f"Customer {row['customerID']}",
        "customer_country": "FR",
        "plan": f"{TERMS[row['Contract']][0]}-{SERVICES[row['InternetService']]}",
        "start_date": start.isoformat(),
        "price": row["MonthlyCharges"],
        "price_basis": "excluded",
        "billed_through": BILLED_THROUGH.isoformat(),
        "last_day": BILLED_THROUGH.isoformat() if left else "",
        "renewal": "automatic",
    }


PLANS = """
for term, months in {terms}:
    for service in {services}:
        product = env["product.product"].search(
            [("default_code", "=", service)], limit=1
        )
        if not product:
            product = env["product.product"].create(
                {{"name": service.title(), "default_code": service, "type": "service"}}
            )
        plan = env["recurring.plan"].create(
            {{"name": f"{{term}} {{service}}", "code": f"{{term}}-{{service}}"}}
        )
        plan.version_ids.write(
            {{
                "term_count": months,
                "term_unit": "month",
                "renewal": "automatic",
                "charge_ids": [(0, 0, {{"product_id": product.id, "unit_price": 50}})],
            }}
        )
        plan.version_ids.action_publish()
"""

IMPORT = """
import base64, os, time
from pathlib import Path
begin = time.monotonic()
content = Path(os.environ["PORTFOLIO"]).read_bytes()
wizard = env["recurring.import.wizard"].create(
    {
        "file": base64.b64encode(content),
        "filename": "portfolio.csv",
        "date": "2026-11-01",
    }
)
action = wizard.action_check()
job = env["recurring.import"].browse(action["res_id"])
checked = time.monotonic()
job.action_import()
job._cron_import()
ended = time.monotonic()
result = {
    "state": job.state,
    "imported": job.imported_count,
    "problems": job.problem_count,
    "examples": job.problem_ids[:5].mapped("reason"),
    "check": checked - begin,
    "import": ended - checked,
}
"""

BILL = """
import time
begin = time.monotonic()
run = env["recurring.billing.run"].create({"date": "2026-11-01"})
run.action_start()
run._work()
moves = env["account.move"].search([("rr_run_id", "=", run.id)])
result = {
    "state": run.state,
    "seconds": time.monotonic() - begin,
    "invoices": len(moves),
    "posted": len(moves.filtered(lambda move: move.state == "posted")),
    "problems": run.problem_count,
    "examples": run.problem_ids[:5].mapped("message"),
}
"""

# Asked of the database itself, whatever the run says of itself.
INVOICED = """
SELECT count(*), COALESCE(sum(amount_untaxed), 0) FROM account_move
 WHERE move_type = 'out_invoice' AND state = 'posted'
"""


def main():
    portfolio = converted(source().read_text())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portfolio.csv"
        path.write_text(portfolio)
        with bench.database(bench.prepared()) as database:
            figures = measured(database, path)
    good = figures == EXPECTED
    bench.close("real", good, **figures)


def measured(database, path):
    """Import the file, bill November twice; return the figures of the closing line."""
    database.run(
        PLANS.format(terms=list(TERMS.values()), services=list(SERVICES.values()))
    )
    imported = database.run(IMPORT, timeout=1800, PORTFOLIO=str(path)).result
    seconds = imported["check"] + imported["import"]
    say(
        f"  checked in {imported['check']:.1f} s,"
        f" imported in {imported['import']:.1f} s:"
        f" {imported['imported'] / seconds:.0f} rows a second"
    )
    first = database.run(BILL, timeout=1800).result
    say(f"  billed in {first['seconds']:.1f} s")
    invoices, untaxed = database.sql(INVOICED)[0]
    second = database.run(BILL, timeout=1800).result
    for outcome in (imported, first, second):
        for example in outcome["examples"]:
            say(f"  problem: {example}")
    errors = sum(part["problems"] for part in (imported, first, second))
    errors += sum(part["state"] != "done" for part in (imported, first, second))
    return {
        "imported": imported["imported"],
        "invoices": invoices,
        "untaxed": untaxed,
        "errors": errors,
        "second_run": second["invoices"],
    }


if __name__ == "__main__":
    main()
