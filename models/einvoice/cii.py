"""Writes the facts of an invoice into Factur-X (CII), over what Odoo exported.

Each step leaves alone what says the right thing already: other modules may have said
it, and a second pass changes nothing.
"""

from .breakdown import Names, merge, write_reason
from .cii_lines import amount_text
from .facts import SIREN, SIRET
from .xml_nodes import branch, drop, find, find_all, make, place, put, text

EN_16931 = "urn:cen.eu:en16931:2017"
HEADER = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTrade"
CONTEXT = [
    "ram:BusinessProcessSpecifiedDocumentContextParameter",
    "ram:GuidelineSpecifiedDocumentContextParameter",
]
DOCUMENT = ["ram:ID", "ram:TypeCode", "ram:IssueDateTime", "ram:IncludedNote"]
PARTY = [
    "ram:ID",
    "ram:GlobalID",
    "ram:Name",
    "ram:Description",
    "ram:SpecifiedLegalOrganization",
    "ram:DefinedTradeContact",
    "ram:PostalTradeAddress",
    "ram:URIUniversalCommunication",
    "ram:SpecifiedTaxRegistration",
]
AGREEMENT = [
    "ram:BuyerReference",
    "ram:SellerTradeParty",
    "ram:BuyerTradeParty",
    "ram:SellerTaxRepresentativeTradeParty",
    "ram:SellerOrderReferencedDocument",
    "ram:BuyerOrderReferencedDocument",
]
SETTLEMENT = [
    "ram:CreditorReferenceID",
    "ram:PaymentReference",
    "ram:TaxCurrencyCode",
    "ram:InvoiceCurrencyCode",
    "ram:PayeeTradeParty",
    "ram:SpecifiedTradeSettlementPaymentMeans",
    "ram:ApplicableTradeTax",
    "ram:BillingSpecifiedPeriod",
    "ram:SpecifiedTradeAllowanceCharge",
    "ram:SpecifiedTradePaymentTerms",
    "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
    "ram:InvoiceReferencedDocument",
]
TAX = [
    "ram:CalculatedAmount",
    "ram:TypeCode",
    "ram:ExemptionReason",
    "ram:BasisAmount",
    "ram:CategoryCode",
    "ram:ExemptionReasonCode",
    "ram:TaxPointDate",
    "ram:DueDateTypeCode",
    "ram:RateApplicablePercent",
]
BREAKDOWN = Names(
    category=".",
    reason="ram:ExemptionReason",
    code="ram:ExemptionReasonCode",
    amounts=("ram:CalculatedAmount", "ram:BasisAmount"),
    order=TAX,
)
SUMMATION = [
    "ram:LineTotalAmount",
    "ram:ChargeTotalAmount",
    "ram:AllowanceTotalAmount",
    "ram:TaxBasisTotalAmount",
    "ram:TaxTotalAmount",
]


def write_facts(tree, facts):
    """Write the facts of a French seller's document into its tree, in place."""
    agreement = find(tree, f"{HEADER}Agreement")
    settlement = find(tree, f"{HEADER}Settlement")
    _write_context(find(tree, "rsm:ExchangedDocumentContext"), facts)
    _write_notes(find(tree, "rsm:ExchangedDocument"), facts)
    _write_parties(agreement, facts)
    _write_references(agreement, facts)
    _write_currency(settlement, facts)
    _write_taxes(tree, settlement, facts)
    _write_payment(settlement, facts)
    _write_corrected(settlement, facts)


def write_period(tree, period):
    """Write the invoicing period (BT-73, BT-74): that of the lines, or none."""
    settlement = find(tree, f"{HEADER}Settlement")
    drop(settlement, "ram:BillingSpecifiedPeriod")
    if not period:
        return
    node = branch(
        "ram:BillingSpecifiedPeriod",
        branch("ram:StartDateTime", _day(period[0])),
        branch("ram:EndDateTime", _day(period[1])),
    )
    place(settlement, node, SETTLEMENT)


# ----------------------------------------------------------------------
# Header
# ----------------------------------------------------------------------


def _write_context(context, facts):
    if find(context, CONTEXT[0]) is None:
        place(context, branch(CONTEXT[0], make("ram:ID", facts.process)), CONTEXT)
    profile = find(context, f"{CONTEXT[1]}/ram:ID")
    if profile is not None and profile.text.startswith(f"{EN_16931}#conformant#"):
        # Odoo claims more than it writes, and calls the PDF "EN 16931".
        profile.text = EN_16931


def _write_notes(document, facts):
    known = {
        text(note, "ram:SubjectCode") for note in find_all(document, "ram:IncludedNote")
    }
    for code, content in facts.notes.items():
        if code not in known:
            note = branch(
                "ram:IncludedNote",
                make("ram:Content", content),
                make("ram:SubjectCode", code),
            )
            place(document, note, DOCUMENT)


def _write_parties(agreement, facts):
    seller = find(agreement, "ram:SellerTradeParty")
    buyer = find(agreement, "ram:BuyerTradeParty")
    for node, party in ((seller, facts.seller), (buyer, facts.buyer)):
        _write_identifiers(node, party)
        if party.address and find(node, "ram:URIUniversalCommunication") is None:
            scheme, address = party.address
            uri = make("ram:URIID", address, schemeID=scheme)
            place(node, branch("ram:URIUniversalCommunication", uri), PARTY)
        if facts.bare:
            drop(node, "ram:SpecifiedTaxRegistration")
    if facts.legal_text:
        put(seller, "ram:Description", PARTY, facts.legal_text)
    if not facts.bare and not facts.seller.vat and facts.seller.siren:
        _write_tax_registration(seller, facts.seller)


def _write_identifiers(node, party):
    drop(node, "ram:SpecifiedLegalOrganization")
    legal = None
    if party.siren:
        legal = make("ram:ID", party.siren, schemeID=SIREN)
    elif party.registry:
        legal = make("ram:ID", party.registry)
    if legal is not None:
        place(node, branch("ram:SpecifiedLegalOrganization", legal), PARTY)
    schemes = {one.get("schemeID") for one in find_all(node, "ram:GlobalID")}
    if party.siret and SIRET not in schemes:
        place(node, make("ram:GlobalID", party.siret, schemeID=SIRET), PARTY)


def _write_tax_registration(seller, party):
    """Name the tax registration (BT-32) of a seller without a VAT number."""
    if find(seller, "ram:SpecifiedTaxRegistration") is None:
        number = make("ram:ID", party.siren, schemeID="FC")
        place(seller, branch("ram:SpecifiedTaxRegistration", number), PARTY)


def _write_references(agreement, facts):
    if facts.service_code:
        put(agreement, "ram:BuyerReference", AGREEMENT, facts.service_code)
    order = facts.commitment or facts.reference
    # Odoo gives the invoice's own number where the customer has no order.
    drop(agreement, "ram:BuyerOrderReferencedDocument")
    if order:
        number = make("ram:IssuerAssignedID", order)
        node = branch("ram:BuyerOrderReferencedDocument", number)
        place(agreement, node, AGREEMENT)


# ----------------------------------------------------------------------
# Settlement
# ----------------------------------------------------------------------


def _write_currency(settlement, facts):
    if not facts.vat_in_euro:
        return
    currency, amount = facts.vat_in_euro
    put(settlement, "ram:TaxCurrencyCode", SETTLEMENT, currency)
    totals = find(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    for node in find_all(totals, "ram:TaxTotalAmount"):
        if node.get("currencyID") == currency:
            totals.remove(node)
    node = make("ram:TaxTotalAmount", amount_text(amount), currencyID=currency)
    place(totals, node, SUMMATION)


def _write_taxes(tree, settlement, facts):
    due = facts.due_code("cii")
    known = {}
    for node in find_all(settlement, "ram:ApplicableTradeTax"):
        category = text(node, "ram:CategoryCode")
        write_reason(node, category, facts, BREAKDOWN)
        drop(node, "ram:DueDateTypeCode")
        if due and category == "S":
            put(node, "ram:DueDateTypeCode", TAX, due)
        rate = text(node, "ram:RateApplicablePercent")
        merge(known, (category, rate), node, BREAKDOWN)
    for node in find_all(tree, ".//ram:ApplicableTradeTax"):
        if text(node, "ram:CategoryCode") == "O":
            # BR-O-05: what is out of scope has no rate.
            drop(node, "ram:RateApplicablePercent")


def _write_payment(settlement, facts):
    if not facts.paid_on:
        return
    terms = find(settlement, "ram:SpecifiedTradePaymentTerms")
    if terms is None:
        terms = place(settlement, make("ram:SpecifiedTradePaymentTerms"), SETTLEMENT)
    drop(terms, "ram:DueDateDateTime")
    node = branch("ram:DueDateDateTime", _day(facts.paid_on))
    place(terms, node, ["ram:Description", "ram:DueDateDateTime"])


def _write_corrected(settlement, facts):
    if not facts.corrected:
        return
    number, day = facts.corrected
    node = branch("ram:InvoiceReferencedDocument", make("ram:IssuerAssignedID", number))
    if day:
        issued = make("qdt:DateTimeString", f"{day:%Y%m%d}", format="102")
        node.append(branch("ram:FormattedIssueDateTime", issued))
    drop(settlement, "ram:InvoiceReferencedDocument")
    place(settlement, node, SETTLEMENT)


def _day(day):
    return make("udt:DateTimeString", f"{day:%Y%m%d}", format="102")
