"""What the former system left: a file for the import, one line per contract."""

import csv
import io

from .clock import a_year, iso, on
from .customers import facts

# customer, years since its start, quantity, agreed price, discount in percent
TEAM = (
    ("abeille", 3, 4, None, None),
    ("belfort", 2, 6, None, 10),
    ("brume", 2, 12, 16.5, None),
    ("coutel", 1, 3, None, None),
    ("gauffre", 4, 25, 15.0, None),
    ("heron", 1, 5, None, None),
    ("malt", 2, 8, None, None),
    ("alster", 1, 9, None, None),
    ("dendre", 2, 7, None, 5),
    ("quai", 3, 30, 15.0, None),
)
CONNECT = (
    ("argile", 1, 14, None, None),
    ("granit", 2, 60, None, None),
    ("verre", 2, 35, None, 10),
    ("rhein", 1, 22, None, None),
)
# customer, years, month of the story and day of the next yearly invoice, agreed price
PRO = (
    ("cadran", 3, 1, 12, 990),
    ("chevre", 2, 2, 5, 1090),
    ("dune", 1, 3, 18, None),
    ("ebene", 4, 4, 2, 950),
    ("jacquard", 2, 5, 23, None),
    ("lavande", 1, 7, 9, None),
    ("spree", 2, 9, 14, 1090),
    ("leman", 1, 10, 28, None),
)
CLUB = ("fablab", "repair", "tourne", "couture")
# customer, month of the story in which the year of maintenance ends, quantity
CARE = (("ferron", 4, 1), ("quai", 8, 3), ("papier", 12, 2), ("gauffre", 13, 2))
ADVICE = ("quai", "jacquard")
PERSO = ("amelie", "bastien", "camille")
ABOUT = ("name", "email", "street", "zip", "city", "country", "vat", "lang")
COLUMNS = (
    *("external_ref", "customer_ref", *(f"customer_{name}" for name in ABOUT)),
    *("plan", "start_date", "quantity", "price", "discount"),
    *("billed_through", "period_amount", "period_invoice", "term_end"),
)


def take_over(env, calendar, customers):
    """Import the portfolio as the wizard does and return the job."""
    day = calendar.day(0, 20)
    with on(day):
        wizard = env["recurring.import"].with_context(ir_sequence_date=iso(day))
        job = wizard._upload(_file(calendar), "contracts.csv", env.company, day)
        job.action_import()
    for key in sorted(set(job.row_ids.subscription_id.partner_id.mapped("ref"))):
        customers.found(key)
    for sub in job.row_ids.subscription_id:
        sub.user_id = sub.partner_id.user_id
        sub.partner_invoice_id = sub.partner_id.address_get(["invoice"])["invoice"]
    return job


def _file(calendar):
    rows = [
        *_software(calendar),
        *_yearly(calendar),
        *_services(calendar),
        # Somebody mistyped: the wizard says so and imports the others.
        _row("zinc", "TEAM", calendar.first(0), quantity="-2"),
    ]
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    for number, row in enumerate(rows, 1001):
        writer.writerow({"external_ref": f"C-{number}", **row})
    return buffer.getvalue().encode("utf-8-sig")


def _row(customer, plan, start, **values):
    about = facts(customer)
    given = {name: value for name, value in values.items() if value is not None}
    return {
        "customer_ref": customer,
        **{f"customer_{name}": about[name] for name in ABOUT},
        "plan": plan,
        "start_date": iso(start),
        **given,
    }


def _software(calendar):
    """Billed to the end of the story's first month."""
    through = iso(calendar.last(0))
    for plan, contracts in (("TEAM", TEAM), ("CONNECT", CONNECT)):
        for customer, years, quantity, price, discount in contracts:
            yield _row(
                customer,
                plan,
                a_year(calendar.first(0), -years),
                quantity=quantity,
                price=price,
                discount=discount,
                billed_through=through,
            )
    for number, customer in enumerate(PERSO):
        start = a_year(calendar.day(0, 5 + 4 * number), -1)
        paid = calendar.day(1, 4 + 4 * number)
        yield _row(customer, "PERSO", start, billed_through=iso(paid))


def _yearly(calendar):
    """A year that was paid in advance, with the former system's amount and invoice."""
    for number, (customer, years, month, day, price) in enumerate(PRO, 1):
        renewal = calendar.first(month).replace(day=day)
        yield _row(
            customer,
            "PRO",
            a_year(renewal, -years),
            price=price,
            billed_through=iso(_before(renewal)),
            period_amount=price or 1080,
            period_invoice=f"F-{renewal.year - 1}-{87 * number:04d}",
        )


def _services(calendar):
    september = _next_september(calendar.day(0, 20))
    for customer in CLUB:
        yield _row(
            customer,
            "CLUB",
            a_year(september, -2),
            billed_through=iso(_before(september)),
            period_amount=90,
        )
    for customer, month, quantity in CARE:
        yield _row(
            customer,
            "CARE",
            a_year(calendar.last(month), -2),
            quantity=quantity,
            billed_through=iso(_before(calendar.last(0))),
            term_end=iso(_before(calendar.last(month))),
        )
    quarter = calendar.first(-((calendar.first(0).month - 1) % 3))
    for customer in ADVICE:
        yield _row(
            customer,
            "ADVICE",
            a_year(quarter, -1),
            billed_through=iso(_before(quarter)),
        )


def _next_september(day):
    september = day.replace(month=9, day=1)
    return september if september > day else a_year(september)


def _before(day):
    return day.fromordinal(day.toordinal() - 1)
