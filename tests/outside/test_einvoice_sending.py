"""Electronic invoices as they leave the house: made by the wizard "Send & Print", as
a real PDF, and read again out of it by the official rules."""

import base64
import json
import subprocess
from pathlib import Path

from tools import python_env
from tools.outside import OutsideCase

RULES = Path(__file__).resolve().parents[2] / "tools" / "einvoice_rules.py"
CHORUS_PRO = "l10n_fr_facturx_chorus_pro"

PREPARE = """
from odoo.fields import Command
Env = env(context=dict(env.context, tracking_disable=True))
company = env.company
company.write({
    "name": "Nuage SAS", "street": "1 quai de la Fosse", "zip": "44000",
    "city": "Nantes", "country_id": env.ref("base.fr").id, "vat": "FR40303265045",
    "company_registry": "30326504500011", "email": "a@example.com", "phone": "+33 2",
    "rr_legal_kind": "company", "rr_legal_form": "SAS", "rr_share_capital": 20000,
    "rr_register_city": "Nantes", "rr_vat_decides": True, "rr_invoice_policy": "posted",
})
Env["res.partner.bank"].create({
    "acc_number": "FR1420041010050500013M02606", "partner_id": company.partner_id.id,
    "allow_out_payment": True})
company._vat_set_up()
product = Env["product.product"].create({
    "name": "Support", "type": "service",
    "rr_vat_nature_id": env.ref("recurring_revenue.vat_nature_service").id,
    "taxes_id": [Command.set(
        env.ref("account.%s_tva_normale_encaissement" % company.id).ids)],
})
plan = Env["recurring.plan"].create({"name": "Support", "code": "SUP"})
plan.draft_version_id.write({"charge_ids": [Command.create({
    "name": "Support", "product_id": product.id, "unit_price": 100})]})
plan.draft_version_id.action_publish()
FRENCH = {"country_id": env.ref("base.fr").id, "street": "1 rue A", "zip": "75011",
          "city": "Paris"}
CUSTOMERS = {
    "company": ({**FRENCH, "is_company": True, "vat": "FR83404833048",
                 "company_registry": "40483304800014"}, {}),
    "consumer": (FRENCH, {}),
    "German": ({"country_id": env.ref("base.de").id, "is_company": True,
                "street": "Hauptstr. 5", "zip": "10115", "city": "Berlin",
                "vat": "DE136695976"}, {}),
    "public": ({**FRENCH, "is_company": True, "company_registry": "21440109300015"},
               {"service_code": "SERVICE-12", "commitment_number": "EJ-42",
                "client_order_ref": "ours"}),
}
for name, (partner, values) in CUSTOMERS.items():
    customer = Env["res.partner"].create({"name": name, "lang": "fr_FR", **partner})
    Env["recurring.subscription"].create({
        "partner_id": customer.id, "plan_id": plan.id, "start_date": "2026-11-01",
        **values}).action_activate()
run = env["recurring.billing.run"].create({"date": "2026-11-01"})
run.action_start()
env.cr.commit()
run._work()
"""

SEND = """
import base64, io
from odoo.tools.pdf import OdooPdfFileReader
result = {}
for move in env["account.move"].search([("move_type", "=", "out_invoice")]):
    wizard = env["account.move.send.wizard"].with_context(
        active_model="account.move", active_ids=move.ids).create({})
    wizard.sending_methods = ["manual"]
    suggested = wizard.invoice_edi_format
    wizard.invoice_edi_format = FORMAT or suggested
    wizard.action_send_and_print()
    pdf = move.invoice_pdf_report_id.raw
    reader = OdooPdfFileReader(io.BytesIO(pdf), strict=False)
    result[move.partner_id.name] = {
        "format": suggested or "",
        "in_pdf": {name: base64.b64encode(content).decode()
                   for name, content in reader.getAttachments()},
        "beside": base64.b64encode(move.ubl_cii_xml_id.raw or b"").decode(),
        "is_pdf_a": b"pdfaid:part" in pdf,
        "domestic": move._rr_einvoice_is_domestic(),
    }
env.cr.rollback()
"""


class TestEinvoiceSending(OutsideCase):
    def sent(self, database, edi_format=""):
        """Send all invoices and return what came out, by customer."""
        outcome = database.run(SEND.replace("FORMAT", repr(edi_format)))
        return outcome.result

    def assertValid(self, documents):
        """No official rule fails on ``{name: (XML in base64, is domestic)}``."""
        request = {
            name: [xml, ["schema", "en16931", *(["br-fr"] if domestic else [])]]
            for name, (xml, domestic) in documents.items()
        }
        answer = subprocess.run(
            [python_env.python_for("einvoice"), "-I", RULES],
            input=json.dumps(request) + "\n",
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        found = json.loads(answer.stdout)
        self.assertEqual(found, dict.fromkeys(documents, []))

    def test_factur_x_from_the_wizard(self):
        """The PDF contains the XML, which the rules accept; French businesses get a
        Factur-X (PDF/A-3) without being asked."""
        database = self.database()
        database.run(PREPARE)
        sent = self.sent(database)
        self.assertEqual(
            {name: one["format"] for name, one in sent.items()},
            {"company": "facturx", "consumer": "", "German": "", "public": "facturx"},
        )
        for name, one in sent.items():
            self.assertEqual(list(one["in_pdf"]), ["factur-x.xml"], name)
            self.assertEqual(one["is_pdf_a"], one["format"] == "facturx", name)
        self.assertEqual(
            sent["company"]["beside"], sent["company"]["in_pdf"]["factur-x.xml"]
        )
        self.assertValid(
            {
                name: (one["in_pdf"]["factur-x.xml"], one["domestic"])
                for name, one in sent.items()
            }
        )
        in_ubl = self.sent(database, "ubl_bis3")
        self.assertValid(
            {name: (one["beside"], one["domestic"]) for name, one in in_ubl.items()}
        )

    def test_with_odoos_module_for_chorus_pro(self):
        """Its fields hold the codes, and win over ours where somebody corrects them."""
        database = self.database()
        database.install(CHORUS_PRO)
        database.run(PREPARE)
        codes = database.run(
            'move = env["account.move"].search([("partner_id.name", "=", "public")])\n'
            "result = [move.buyer_reference, move.purchase_order_reference]\n"
            'move.write({"buyer_reference": "SERVICE-13", '
            '"purchase_order_reference": "EJ-43"})\n'
            'view = env["account.move"].get_view(view_type="form")["arch"]\n'
            'result.append("buyer_reference" in view)\n'
            "import lxml.etree\n"
            "tree = lxml.etree.fromstring(view)\n"
            "result += [node.get('invisible') for node in "
            "tree.xpath(\"//field[@name='rr_service_code']\")]\n"
        )
        self.assertEqual(codes.result, ["SERVICE-12", "EJ-42", True, "1"])
        sent = self.sent(database)["public"]
        xml = base64.b64decode(sent["in_pdf"]["factur-x.xml"])
        for code in (b">SERVICE-13<", b">EJ-43<"):
            self.assertIn(code, xml)
        for code in (b"SERVICE-12", b"EJ-42", b">ours<"):
            self.assertNotIn(code, xml)
        in_ubl = self.sent(database, "ubl_bis3")["public"]
        self.assertIn(b">SERVICE-13<", base64.b64decode(in_ubl["beside"]))
        self.assertValid(
            {
                "CII": (sent["in_pdf"]["factur-x.xml"], True),
                "UBL": (in_ubl["beside"], True),
            }
        )
