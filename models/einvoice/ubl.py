"""Writes the facts of an invoice into UBL, over what Odoo exported as Peppol BIS 3.

French domestic invoices leave Peppol's own profile for that of the French platforms;
all others stay Peppol's, with a single note, as its rule R002 wants.
"""

from dataclasses import replace

from odoo.addons.account_edi_ubl_cii.models.account_edi_xml_ubl_bis3 import (
    CHORUS_PRO_PEPPOL_ID,
)

from .breakdown import Names, merge, write_reason
from .facts import SIREN, SIRET
from .xml_nodes import branch, drop, find, find_all, make, place, put, text

EN_16931 = "urn:cen.eu:en16931:2017"
PEPPOL = "urn:fdc:peppol.eu:"
VAT_SCHEMES = ("VAT", "NOT_EU_VAT")
DOCUMENT = [
    "cbc:CustomizationID",
    "cbc:ProfileID",
    "cbc:ID",
    "cbc:IssueDate",
    "cbc:DueDate",
    "cbc:InvoiceTypeCode",
    "cbc:CreditNoteTypeCode",
    "cbc:Note",
    "cbc:DocumentCurrencyCode",
    "cbc:TaxCurrencyCode",
    "cbc:BuyerReference",
    "cac:InvoicePeriod",
    "cac:OrderReference",
    "cac:BillingReference",
    "cac:ContractDocumentReference",
    "cac:AdditionalDocumentReference",
    "cac:AccountingSupplierParty",
]
PARTY = [
    "cbc:EndpointID",
    "cac:PartyIdentification",
    "cac:PartyName",
    "cac:PostalAddress",
    "cac:PartyTaxScheme",
    "cac:PartyLegalEntity",
]
LEGAL = ["cbc:RegistrationName", "cbc:CompanyID", "cbc:CompanyLegalForm"]
CATEGORY = [
    "cbc:ID",
    "cbc:Percent",
    "cbc:TaxExemptionReasonCode",
    "cbc:TaxExemptionReason",
    "cac:TaxScheme",
]
BREAKDOWN = Names(
    category="cac:TaxCategory",
    reason="cbc:TaxExemptionReason",
    code="cbc:TaxExemptionReasonCode",
    amounts=("cbc:TaxableAmount", "cbc:TaxAmount"),
    order=CATEGORY,
)
PERIOD = ["cbc:StartDate", "cbc:EndDate", "cbc:DescriptionCode"]


def write_facts(tree, facts):
    """Write the facts of a French seller's document into its tree, in place."""
    if _behind_chorus(tree):
        # Reached through Peppol, by Peppol's profile and identifiers of its own.
        facts = replace(facts, domestic=False)
    if facts.domestic:
        _write_context(tree, facts)
    _write_notes(tree, facts)
    _write_due_code(tree, facts)
    _write_references(tree, facts)
    _write_parties(tree, facts)
    _write_taxes(tree, facts)
    if facts.paid_on and find(tree, "cbc:DueDate") is not None:
        put(tree, "cbc:DueDate", DOCUMENT, facts.paid_on.isoformat())


def write_period(tree, period):
    """Write the invoicing period (BT-73, BT-74): that of the lines."""
    if not period:
        return
    node = put(tree, "cac:InvoicePeriod", DOCUMENT)
    put(node, "cbc:StartDate", PERIOD, period[0].isoformat())
    put(node, "cbc:EndDate", PERIOD, period[1].isoformat())


# ----------------------------------------------------------------------
# Header
# ----------------------------------------------------------------------


def _write_context(tree, facts):
    if "peppol" in text(tree, "cbc:CustomizationID"):
        put(tree, "cbc:CustomizationID", DOCUMENT, EN_16931)
    profile = text(tree, "cbc:ProfileID")
    if not profile or profile.startswith(PEPPOL):
        put(tree, "cbc:ProfileID", DOCUMENT, facts.process)


def _write_notes(tree, facts):
    notes = find_all(tree, "cbc:Note")
    said = "\n".join(note.text or "" for note in notes)
    if facts.domestic:
        for code, content in facts.notes.items():
            if f"#{code}#" not in said:
                place(tree, make("cbc:Note", f"#{code}#{content}"), DOCUMENT)
        return
    missing = [content for content in facts.notes.values() if content not in said]
    if missing:
        drop(tree, "cbc:Note")
        joined = "\n".join(filter(None, [said, *missing]))
        place(tree, make("cbc:Note", joined), DOCUMENT)


def _write_due_code(tree, facts):
    code = facts.due_code("ubl")
    if code == "35" and not text(tree, "cac:Delivery/cbc:ActualDeliveryDate"):
        code = "3"
    if code:
        period = put(tree, "cac:InvoicePeriod", DOCUMENT)
        put(period, "cbc:DescriptionCode", PERIOD, code)


def _write_references(tree, facts):
    if facts.service_code:
        put(tree, "cbc:BuyerReference", DOCUMENT, facts.service_code)
    order = facts.commitment or facts.reference
    if order:
        node = put(tree, "cac:OrderReference", DOCUMENT)
        put(node, "cbc:ID", ["cbc:ID", "cbc:SalesOrderID"], order)
    elif facts.domestic:
        # Odoo gives the invoice's own number where the customer has no order.
        drop(tree, "cac:OrderReference")
    if facts.corrected and find(tree, "cac:BillingReference") is None:
        number, day = facts.corrected
        origin = branch("cac:InvoiceDocumentReference", make("cbc:ID", number))
        if day:
            origin.append(make("cbc:IssueDate", day.isoformat()))
        place(tree, branch("cac:BillingReference", origin), DOCUMENT)


# ----------------------------------------------------------------------
# Parties
# ----------------------------------------------------------------------


def _write_parties(tree, facts):
    seller = find(tree, "cac:AccountingSupplierParty/cac:Party")
    buyer = find(tree, "cac:AccountingCustomerParty/cac:Party")
    for node, party in ((seller, facts.seller), (buyer, facts.buyer)):
        _drop_odd_schemes(node, facts.bare)
        _write_legal_entity(node, party, facts.bare)
        if facts.domestic:
            _write_identifiers(node, party)
    if facts.legal_text:
        legal = find(seller, "cac:PartyLegalEntity")
        put(legal, "cbc:CompanyLegalForm", LEGAL, facts.legal_text)
    if not facts.bare and not facts.seller.vat and facts.seller.siren:
        _write_tax_registration(seller, facts.seller)


def _behind_chorus(tree):
    endpoint = "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID"
    return text(tree, endpoint) == CHORUS_PRO_PEPPOL_ID.partition(":")[2]


def _drop_odd_schemes(node, bare):
    """Keep VAT numbers only: Odoo calls the Peppol address one where there is none."""
    for scheme in find_all(node, "cac:PartyTaxScheme"):
        known = text(scheme, "cac:TaxScheme/cbc:ID") in VAT_SCHEMES
        if bare or not known or text(scheme, "cbc:CompanyID") in ("", "/"):
            node.remove(scheme)


def _write_legal_entity(node, party, bare):
    legal = find(node, "cac:PartyLegalEntity")
    if find(legal, "cbc:CompanyID") is not None and (
        find(legal, "cbc:CompanyID").get("schemeID") == SIRET
    ):
        return
    if party.siren:
        put(legal, "cbc:CompanyID", LEGAL, party.siren, schemeID=SIREN)
    elif bare or party.french:
        drop(legal, "cbc:CompanyID")
        if party.registry:
            put(legal, "cbc:CompanyID", LEGAL, party.registry)


def _write_identifiers(node, party):
    if party.address:
        scheme, address = party.address
        put(node, "cbc:EndpointID", PARTY, address, schemeID=scheme)
    drop(node, "cac:PartyIdentification")
    if party.siret:
        number = make("cbc:ID", party.siret, schemeID=SIRET)
        place(node, branch("cac:PartyIdentification", number), PARTY)


def _write_tax_registration(seller, party):
    """Name the tax registration (BT-32) of a seller without a VAT number."""
    if find(seller, "cac:PartyTaxScheme") is None:
        scheme = branch("cac:TaxScheme", make("cbc:ID", "FC"))
        number = make("cbc:CompanyID", party.siren)
        place(seller, branch("cac:PartyTaxScheme", number, scheme), PARTY)


# ----------------------------------------------------------------------
# Taxes
# ----------------------------------------------------------------------


def _write_taxes(tree, facts):
    for total in find_all(tree, "cac:TaxTotal"):
        known = {}
        for subtotal in find_all(total, "cac:TaxSubtotal"):
            node = find(subtotal, "cac:TaxCategory")
            category = text(node, "cbc:ID")
            write_reason(node, category, facts, BREAKDOWN)
            key = (category, text(node, "cbc:Percent"))
            merge(known, key, subtotal, BREAKDOWN)
    for path in (
        "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory",
        "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory",
        "cac:CreditNoteLine/cac:Item/cac:ClassifiedTaxCategory",
    ):
        for node in find_all(tree, path):
            if text(node, "cbc:ID") == "O":
                # BR-O-05: what is out of scope has no rate.
                drop(node, "cbc:Percent")
