"""The columns of the files that import members and gifts: what each means.

Headings are recognised by the names here, by their labels in any language that is
installed, and by the table ``recurring.import.heading``, which users extend.
"""

from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

from ...subscription.imports.import_columns import Column

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class MemberColumn(Column):
    """A column; ``consent`` names the consent that its date records."""

    consent: str = ""


ADDRESS = (
    MemberColumn("email", _lt("E-mail"), _lt("One address."), "jeanne@example.org"),
    MemberColumn("phone", _lt("Phone"), _lt("Phone."), "06 12 34 56 78", size=32),
    MemberColumn("street", _lt("Street"), _lt("Street and number."), "1 rue Haute"),
    MemberColumn("zip", _lt("Postcode"), _lt("Postcode."), "75001", size=24),
    MemberColumn("city", _lt("City"), _lt("City."), "Paris"),
    MemberColumn(
        "country",
        _lt("Country"),
        _lt("Its name, or two letters (ISO 3166): FR, BE... Empty: the association's."),
        "FR",
    ),
)
MEMBERS = (
    MemberColumn(
        "number",
        _lt("Member number"),
        _lt("It is kept for life. Empty: the next number is given."),
        "00042",
        size=64,
    ),
    MemberColumn(
        "last_name",
        _lt("Last name"),
        _lt("Of a person; of a body, its whole name."),
        "Martin",
        required=True,
    ),
    MemberColumn("first_name", _lt("First name"), _lt("Of a person."), "Jeanne"),
    *ADDRESS,
    MemberColumn(
        "birth_date",
        _lt("Date of birth"),
        _lt("Tells people with the same name apart."),
        "31/12/1980",
        kind="date",
    ),
    MemberColumn(
        "category",
        _lt("Category"),
        _lt("Its name. Empty: the category chosen at the import."),
        "Member",
    ),
    MemberColumn(
        "plan",
        _lt("Plan"),
        _lt("Its name or code. Empty: the plan chosen at the import."),
        "",
    ),
    MemberColumn(
        "joined_on",
        _lt("Joined on"),
        _lt("The first day of membership."),
        "10/11/2019",
        kind="date",
        required=True,
    ),
    MemberColumn(
        "paid_until",
        _lt("Paid until"),
        _lt(
            "The last day that is paid, inclusive. It counts from the import on, "
            "without money or an entry: those are where they were booked. Empty: "
            "nothing is."
        ),
        "31/08/2026",
        kind="date",
    ),
    MemberColumn(
        "payer",
        _lt("Paid by"),
        _lt(
            "Who pays for this member: a member number or an e-mail, of this file or "
            "of a contact. Empty: the member. Members with one payer are a household."
        ),
        "",
    ),
    MemberColumn(
        "representative",
        _lt("Representative"),
        _lt("Of a legal person: who speaks and votes for it."),
        "",
    ),
    MemberColumn(
        "guardian",
        _lt("Guardian"),
        _lt("Of a member under age: a name, a member number or an e-mail."),
        "",
    ),
    MemberColumn(
        "resigned_on",
        _lt("Resigned on"),
        _lt("The first day without membership."),
        "",
        kind="date",
    ),
    MemberColumn(
        "lifetime_from",
        _lt("Member for life from"),
        _lt("No dues are called since."),
        "",
        kind="date",
    ),
    *(
        MemberColumn(
            f"consent_{kind}",
            label,
            _lt("The day on which the member consented. Empty: no consent."),
            "",
            kind="date",
            consent=kind,
        )
        for kind, label in (
            ("newsletter", _lt("Consent: newsletter")),
            ("directory", _lt("Consent: directory")),
            ("image", _lt("Consent: image")),
        )
    ),
)
# What a file may say, in small letters without accents, for a choice.
MODES = {
    "cash": ("cash", "especes", "liquide"),
    "cheque": ("cheque", "check", "chq"),
    "transfer": ("transfer", "virement", "bank transfer", "virement bancaire"),
    "card": ("card", "carte", "cb", "carte bancaire", "paiement par carte"),
    "debit": ("debit", "prelevement", "direct debit", "sepa"),
}
NATURES = {
    "money": ("money", "numeraire", "argent", "don en numeraire"),
    "securities": ("securities", "titres", "titres cotes"),
    "income": ("income", "abandon de revenus"),
    "expenses": ("expenses", "abandon de frais", "frais"),
    "kind": ("kind", "nature", "don en nature", "en nature"),
}
GIFTS = (
    MemberColumn(
        "date",
        _lt("Received on"),
        _lt("The day of the gift."),
        "24/12/2025",
        kind="date",
        required=True,
    ),
    MemberColumn(
        "last_name",
        _lt("Last name"),
        _lt("Of who gave; of a company or a body, its whole name."),
        "Martin",
        required=True,
    ),
    MemberColumn("first_name", _lt("First name"), _lt("Of a person."), "Jeanne"),
    MemberColumn(
        "company_name",
        _lt("Company"),
        _lt("Its name, where a company gave: the name then is its contact's."),
        "",
    ),
    *ADDRESS,
    MemberColumn(
        "amount",
        _lt("Amount"),
        _lt("What was given: 1234.56 or 1 234,56 €."),
        "150,00",
        kind="number",
        required=True,
    ),
    MemberColumn(
        "mode",
        _lt("Mode of payment"),
        _lt("Cash, cheque, transfer, card or debit. Empty: transfer."),
        "",
        kind="mode",
    ),
    MemberColumn(
        "nature",
        _lt("Nature"),
        _lt("Money, securities, income, expenses or kind. Empty: money."),
        "",
        kind="nature",
    ),
    MemberColumn(
        "reference", _lt("Reference"), _lt("Of the payment, where it has one."), ""
    ),
    MemberColumn(
        "receipt",
        _lt("Tax receipt issued"),
        _lt("Number of a tax receipt that was issued elsewhere: none is issued here."),
        "2025-117",
    ),
    MemberColumn(
        "project",
        _lt("Project"),
        _lt("Name or code of an analytic account that exists."),
        "",
    ),
)
HELLOASSO = (
    MemberColumn(
        "order", _lt("Order"), _lt("Reference of the order."), "", required=True
    ),
    MemberColumn("payment", _lt("Payment"), _lt("Reference of the payment."), ""),
    MemberColumn(
        "date",
        _lt("Paid on"),
        _lt("The day of the payment, else of the order."),
        "",
        kind="date",
        required=True,
    ),
    MemberColumn(
        "status", _lt("Status"), _lt("Refused and refunded rows are left out."), ""
    ),
    MemberColumn("kind", _lt("Type"), _lt("Membership, gift..."), ""),
    MemberColumn("tariff", _lt("Tariff"), _lt("It says the category."), ""),
    MemberColumn(
        "amount", _lt("Amount"), _lt("What was paid."), "", kind="number", required=True
    ),
    MemberColumn(
        "gift", _lt("Gift on top"), _lt("A gift beside the dues."), "", kind="number"
    ),
    MemberColumn("promo", _lt("Discount code"), _lt("Its name: it is not kept."), ""),
    MemberColumn(
        "discount",
        _lt("Discount"),
        _lt("What a code took off the price of the tariff."),
        "",
        kind="number",
    ),
    MemberColumn("mode", _lt("Mode of payment"), _lt("Empty: card."), "", kind="mode"),
    MemberColumn("last_name", _lt("Last name"), _lt("Of the member."), ""),
    MemberColumn("first_name", _lt("First name"), _lt("Of the member."), ""),
    MemberColumn(
        "birth_date", _lt("Date of birth"), _lt("Of the member."), "", kind="date"
    ),
    MemberColumn(
        "number", _lt("Member number"), _lt("Card of the member."), "", size=64
    ),
    MemberColumn("payer_last_name", _lt("Payer’s last name"), _lt("Who paid."), ""),
    MemberColumn("payer_first_name", _lt("Payer’s first name"), _lt("Who paid."), ""),
    MemberColumn("payer_email", _lt("Payer’s e-mail"), _lt("Of who paid."), ""),
    MemberColumn("company_name", _lt("Company"), _lt("Where a company paid."), ""),
    *ADDRESS,
    MemberColumn(
        "receipt",
        _lt("Tax receipt issued"),
        _lt("Number of the tax receipt that was issued there."),
        "",
    ),
)
SUBJECTS = {"members": MEMBERS, "gifts": GIFTS, "helloasso": HELLOASSO}
SYNONYMS = {"mode": MODES, "nature": NATURES}


def columns_of(subject):
    """Return ``{name: column}`` of what a file of a subject may hold."""
    return {column.name: column for column in SUBJECTS[subject]}
