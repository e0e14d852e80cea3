"""A row of an import file to what it says, or the sentences why that cannot be."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ....engine.period import Schedule
from .import_check_periods import PeriodChecks
from .import_columns import COLUMNS
from .import_values import Refused, decimals, is_email, read_value

CUSTOMER = [column.name for column in COLUMNS if column.name.startswith("customer_")]


@dataclass(slots=True)
class Facts:
    """What the database says about everything that the rows name, asked once."""

    today: date
    existing: set = field(default_factory=set)  # external references imported before
    plans: dict = field(default_factory=dict)  # code: recurring.plan
    partners: dict = field(default_factory=dict)  # reference: list of (id, active)
    countries: dict = field(default_factory=dict)  # code: id
    currencies: dict = field(default_factory=dict)  # name: res.currency, active ones
    languages: set = field(default_factory=set)  # codes, installed ones
    payment_terms: dict = field(default_factory=dict)  # name: payment terms
    quantity_digits: int = 2
    price_digits: int = 2


@dataclass(slots=True)
class ParsedRow:
    """What a valid row says. Ends are exclusive, as everywhere but in the file."""

    line: int
    reference: str
    customer: dict
    partner_id: int | None
    version: object
    schedule: Schedule
    start: date
    anchor: date | None
    currency: object
    quantity: Decimal | None
    price: Decimal | None
    price_basis: str
    discount: Decimal
    billed_end: date | None  # None: nothing was billed
    period_start: date | None  # set whenever billed_end is
    period_given: bool
    period_amount: Decimal | None
    invoice: str | None
    term_start: date | None
    term_end: date | None
    end: date | None  # of service, with a cancellation or with the term
    cancelled: bool
    renewal: str
    payment_term_id: int | None
    client_order_ref: str | None
    trial_end: date | None = None  # of a trial that runs, exclusive


class RowCheck(PeriodChecks):
    """Checks one row: ``problems`` is a list of ``(column, value, sentence)``.

    ``seen`` carries, from row to row, the references and customers of the file;
    ``env`` translates the sentences.
    """

    def __init__(self, line, cells, facts, seen, env):
        self.line, self.cells, self.facts, self.seen = line, cells, facts, seen
        self.env = env
        self.problems = []
        self.values = {}

    def run(self):
        """Return the ParsedRow, None when there are problems."""
        self._read_values()
        self._check_reference()
        version = self._check_plan()
        partner = self._check_customer()
        self._check_payment_term()
        self._check_numbers()
        if version and "start_date" in self.values:
            self._check_trial()
            schedule = self._check_schedule(version)
            term = self._check_term(version)
            end = self._check_end(term)
            billed = self._check_billed(schedule)
            self._check_main_charge(version)
        if self.problems:
            return None
        return self._parsed(version, schedule, partner, term, end, billed)

    def refuse(self, column, sentence):
        """Remember a problem of one column."""
        self.problems.append((column, self.cells.get(column, ""), str(sentence)))

    # ------------------------------------------------------------------
    # Cells
    # ------------------------------------------------------------------

    def _read_values(self):
        if None in self.cells:
            self.problems.append(
                (
                    "",
                    self.cells[None],
                    self.env._(
                        "The row has more cells than there are headings. A value that "
                        "contains the separator must stand in quotation marks."
                    ),
                )
            )
        for column in COLUMNS:
            text = self.cells.get(column.name, "")
            if text:
                try:
                    self.values[column.name] = read_value(column, text, self.env)
                except Refused as error:
                    self.refuse(column.name, error)
            elif column.required:
                self.refuse(column.name, self.env._("This must be filled in."))

    def _check_reference(self):
        reference = self.values.get("external_ref")
        if not reference:
            return
        first = self.seen.setdefault(("ref", reference), self.line)
        if first != self.line:
            self.refuse(
                "external_ref",
                self.env._("The same reference stands on line %s already.", first),
            )

    def _check_numbers(self):
        for name in ("quantity", "price", "discount", "period_amount"):
            if self.values.get(name, 0) < 0:
                self.refuse(name, self.env._("It cannot be negative."))
        if self.values.get("discount", 0) > 100:
            self.refuse(
                "discount", self.env._("A discount lies between 0 and 100 percent.")
            )
        facts = self.facts
        digits = {
            "quantity": facts.quantity_digits,
            "price": facts.price_digits,
            "discount": 2,
        }
        currency = self._currency()
        if currency:
            digits["period_amount"] = currency.decimal_places
        for name, most in digits.items():
            if name in self.values and decimals(self.values[name]) > most:
                self.refuse(name, self.env._("It has more than %s decimals.", most))

    def _currency(self):
        name = self.values.get("currency")
        if name:
            currency = self.facts.currencies.get(name.upper())
            if not currency and not self._refused("currency"):
                self.refuse(
                    "currency",
                    self.env._(
                        "This currency is not known or not active in this database."
                    ),
                )
            return currency
        version = self.values.get("version")
        return version and version.currency_id

    def _refused(self, column):
        return any(problem[0] == column for problem in self.problems)

    # ------------------------------------------------------------------
    # Customer
    # ------------------------------------------------------------------

    def _check_customer(self):
        """Return the existing customer's id, None for one to create."""
        column = "customer_ref" if "customer_ref" in self.cells else "external_ref"
        reference = self.values.get(column)
        partners = self.facts.partners.get(reference, [])
        if len(partners) > 1:
            self.refuse(
                column,
                self.env._("Several customers have this reference: make it unique."),
            )
        elif partners and not partners[0][1]:
            self.refuse(
                column,
                self.env._("The customer with this reference is archived: restore it."),
            )
        elif partners:
            return partners[0][0]
        elif not self._refused("customer_name"):
            self._check_new_customer(column, reference)
        return None

    def _check_new_customer(self, column, reference):
        values = self.values
        if "customer_name" not in values:
            self.refuse(
                "customer_name",
                self.env._(
                    "The customer does not exist yet, so the name must be filled in."
                ),
            )
            return
        name = values["customer_name"]
        first = self.seen.setdefault(("customer", reference), (name, self.line))
        if reference and first[0] != name:
            self.refuse(
                column,
                self.env._(
                    "The customer with this reference has another name on line %s.",
                    first[1],
                ),
            )
        email = values.get("customer_email")
        if email and not is_email(email):
            self.refuse("customer_email", self.env._("This is not one e-mail address."))
        self._check_country_and_language()

    def _check_country_and_language(self):
        country = self.values.get("customer_country")
        if country and country.upper() not in self.facts.countries:
            self.refuse(
                "customer_country",
                self.env._("There is no country with this code of two letters."),
            )
        language = self.values.get("customer_lang")
        if language and language not in self.facts.languages:
            self.refuse(
                "customer_lang",
                self.env._("This language is not installed in this database."),
            )

    def _check_payment_term(self):
        name = self.values.get("payment_term")
        if name and not self.facts.payment_terms.get(name):
            self.refuse(
                "payment_term",
                self.env._("There are no payment terms with this name."),
            )

    # ------------------------------------------------------------------
    # Result
    # ------------------------------------------------------------------

    def _parsed(self, version, schedule, partner, term, end, billed):
        values = self.values
        terms = self.facts.payment_terms.get(values.get("payment_term"))
        return ParsedRow(
            line=self.line,
            reference=values["external_ref"],
            customer={
                "customer_ref": values["external_ref"],
                **{name: values[name] for name in CUSTOMER if name in values},
            },
            partner_id=partner,
            version=version,
            schedule=schedule,
            start=values["start_date"],
            anchor=values.get("anchor_date"),
            currency=self._currency(),
            quantity=values.get("quantity"),
            price=values.get("price"),
            price_basis=values.get("price_basis", "product"),
            discount=values.get("discount", Decimal(0)),
            billed_end=billed[0],
            period_start=billed[1],
            period_given="period_start" in values,
            period_amount=values.get("period_amount"),
            invoice=values.get("period_invoice"),
            term_start=term[0],
            term_end=term[1],
            end=end[0],
            cancelled=end[1],
            renewal=term[2],
            payment_term_id=terms[0].id if terms else None,
            client_order_ref=values.get("client_order_ref"),
            trial_end=values.get("trial_end"),
        )
