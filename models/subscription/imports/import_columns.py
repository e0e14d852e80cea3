"""The columns of the file that imports subscriptions: the template and its meaning."""

from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind is text, date, number or choice; size the longest text."""

    name: str
    label: object
    help: object
    example: str = ""
    kind: str = "text"
    required: bool = False
    size: int = 128
    choices: tuple = ()


COLUMNS = (
    Column(
        "external_ref",
        _lt("External reference"),
        _lt(
            "The contract's number in the system it comes from. It is unique: a second "
            "import of the same reference changes nothing."
        ),
        "C-1001",
        required=True,
        size=64,
    ),
    Column(
        "customer_ref",
        _lt("Customer reference"),
        _lt(
            "A customer with this reference is used as it is; otherwise one is "
            "created. Empty: the external reference."
        ),
        "K-77",
        size=64,
    ),
    Column(
        "customer_name",
        _lt("Customer name"),
        _lt("Needed for a customer who does not exist yet."),
        "Acme SAS",
        size=256,
    ),
    Column(
        "customer_email", _lt("E-mail"), _lt("One address."), "accounts@acme.example"
    ),
    Column("customer_street", _lt("Street"), _lt("Street and number."), "1 rue Haute"),
    Column("customer_zip", _lt("Postcode"), _lt("Postcode."), "75001", size=24),
    Column("customer_city", _lt("City"), _lt("City."), "Paris"),
    Column(
        "customer_country",
        _lt("Country"),
        _lt("Two letters (ISO 3166): FR, DE, BE ..."),
        "FR",
        size=2,
    ),
    Column(
        "customer_vat",
        _lt("VAT number"),
        _lt("With the country's letters; it makes the customer a company."),
        "FR23334175221",
        size=32,
    ),
    Column(
        "customer_lang",
        _lt("Language"),
        _lt("Of the invoices, as fr_FR or en_US. Empty: the company's."),
        "fr_FR",
        size=16,
    ),
    Column(
        "plan",
        _lt("Plan"),
        _lt("The code of a published plan."),
        "PRO",
        required=True,
        size=64,
    ),
    Column(
        "start_date",
        _lt("Start"),
        _lt("First day of the subscription, as 2026-11-30 or a real date in XLSX."),
        "2024-03-15",
        kind="date",
        required=True,
    ),
    Column(
        "anchor_date",
        _lt("Anchor"),
        _lt(
            "A day on which a billing period starts, where that is not the start's. "
            "Only for plans whose periods follow the start."
        ),
        "",
        kind="date",
    ),
    Column(
        "trial_last_day",
        _lt("Trial ends on"),
        _lt(
            "Last day, inclusive, of a trial that is still running; nothing was billed "
            "yet, and billing starts on the day after it. Empty: no trial."
        ),
        "",
        kind="date",
    ),
    Column(
        "quantity",
        _lt("Quantity"),
        _lt(
            "For the plan's first charge that counts units. Empty: the plan's usual "
            "quantity."
        ),
        "3",
        kind="number",
    ),
    Column(
        "price",
        _lt("Agreed price"),
        _lt(
            "Per unit and billing period, where it differs from the plan's. Empty: the "
            "plan's price."
        ),
        "27.50",
        kind="number",
    ),
    Column(
        "price_basis",
        _lt("Tax basis"),
        _lt(
            "Whether agreed price and prepaid amount are without tax (excluded) or "
            "with tax (included). Empty: as the product's own price."
        ),
        "excluded",
        kind="choice",
        choices=("excluded", "included"),
    ),
    Column(
        "discount",
        _lt("Discount %"),
        _lt("On all recurring charges, from 0 to 100."),
        "10",
        kind="number",
    ),
    Column(
        "currency",
        _lt("Currency"),
        _lt("Three letters. Empty: the plan's currency."),
        "EUR",
        size=3,
    ),
    Column(
        "billed_through",
        _lt("Billed through"),
        _lt(
            "The last day that the former system has billed, inclusive. For a "
            "subscription that has started and was never billed: the day before its "
            "start. Everything up to this day is never billed again; one-off charges "
            "of the plan count as billed too."
        ),
        "2026-11-14",
        kind="date",
    ),
    Column(
        "period_start",
        _lt("Prepaid period from"),
        _lt(
            "First day of the period that the customer has paid and that is still "
            "running. Empty: as the plan's billing periods say."
        ),
        "2026-10-15",
        kind="date",
    ),
    Column(
        "period_amount",
        _lt("Prepaid amount"),
        _lt(
            "What the former system billed for that period; an early end credits its "
            "share. Empty: what the plan would have charged."
        ),
        "74.25",
        kind="number",
    ),
    Column(
        "period_invoice",
        _lt("Former invoice"),
        _lt("Number of the invoice of that period."),
        "F-2026-1093",
        size=64,
    ),
    Column(
        "term_end",
        _lt("Term ends on"),
        _lt(
            "Last day of the running term, inclusive. Empty: as the plan's term counts "
            "from the start."
        ),
        "2027-03-14",
        kind="date",
    ),
    Column(
        "last_day",
        _lt("Last day of service"),
        _lt(
            "Inclusive, for a subscription that is cancelled. One that has ended is "
            "imported as closed, or as cancelling while days up to its end are not "
            "billed."
        ),
        "",
        kind="date",
    ),
    Column(
        "renewal",
        _lt("Renewal"),
        _lt("automatic, manual or none. Empty: as the plan."),
        "automatic",
        kind="choice",
        choices=("automatic", "manual", "none"),
    ),
    Column(
        "payment_term",
        _lt("Payment terms"),
        _lt("Their name. Empty: the plan's, the customer's or the company's."),
        "",
    ),
    Column(
        "client_order_ref",
        _lt("Customer's order"),
        _lt("The customer's order number, printed on every invoice."),
        "PO 4711",
    ),
)
BY_NAME = {column.name: column for column in COLUMNS}
SHEET = "Subscriptions"
IGNORED = "#"  # a column whose heading starts with it is for the reader only
