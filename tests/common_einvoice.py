"""Electronic invoices before the official rules, in a process of their own."""

import base64
import json
import os
import subprocess
from pathlib import Path

from odoo.tools import mute_logger

from .common_tax import TaxCommon

RULES = Path(__file__).parent.parent / "tools" / "einvoice_rules.py"
BUILDERS = {"cii": "account.edi.xml.cii", "ubl": "account.edi.xml.ubl_bis3"}
EXPORTERS = "odoo.addons.account_edi_ubl_cii.models.account_edi_common"


class OfficialRules:
    """The process that judges documents; it ends with the tests that started it."""

    def __init__(self):
        python = os.environ.get("RR_EINVOICE_PYTHON")
        if not python or not Path(python).exists():
            # never skipped: what nobody validated is not valid
            raise AssertionError(
                "The official rules of electronic invoices are missing: "
                "run the tests by ./dev test, which installs them."
            )
        self.process = subprocess.Popen(
            [python, "-I", str(RULES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def failures(self, documents):
        """Return what documents fail: ``{name: [(id, location, text), ...]}``.

        :param documents: ``{name: (bytes, rule sets)}``; see tools/einvoice_rules.py
        """
        request = {
            name: (base64.b64encode(content).decode(), list(rules))
            for name, (content, rules) in documents.items()
        }
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise AssertionError("The process with the official rules has ended.")
        return {
            name: [tuple(failure) for failure in found]
            for name, found in json.loads(answer).items()
        }

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


class EinvoiceCommon(TaxCommon):
    """A French seller with all that an electronic invoice wants, and customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = OfficialRules()
        cls.addClassCleanup(cls.rules.close)
        cls.company.partner_id.write(
            {
                "street": "1 quai de la Fosse",
                "city": "Nantes",
                "company_registry": "30326504500011",
                "email": "billing@example.com",
                "phone": "+33 2 40 00 00 00",
            }
        )
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR1420041010050500013M02606",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )

    @classmethod
    def _at(cls, country, postcode="", **values):
        values.setdefault("street", "10 rue du Test")
        values.setdefault("city", "Ville")
        return super()._at(country, postcode, **values)

    @classmethod
    def _french_company(cls, postcode="75011", country="FR", **values):
        values.setdefault("vat", "FR83404833048")
        values.setdefault("company_registry", "40483304800014")
        return cls._at(country, postcode, is_company=True, **values)

    @classmethod
    def _pay(cls, move, day, **values):
        """Register the payment of an invoice, whole unless an amount is given."""
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard.create({"payment_date": day, **values})._create_payments()

    @classmethod
    def _refund(cls, origin, day):
        """Return the posted credit note of a whole invoice, as a person makes it."""
        wizard = cls.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=origin.ids
        )
        made = wizard.create({"journal_id": origin.journal_id.id, "date": day})
        made.refund_moves()
        made.new_move_ids.action_post()
        return made.new_move_ids

    @classmethod
    def _export(cls, move, syntax):
        """Return (bytes, errors) of an invoice in ``cii`` or ``ubl``."""
        # the exporters log what they would have liked to know
        with mute_logger(EXPORTERS):
            return cls.env[BUILDERS[syntax]]._export_invoice(move)

    def _documents(self, moves):
        """Return the documents of ``{name: move}`` in both syntaxes, with their rules:
        BR-FR too on French domestic business invoices."""
        documents = {}
        for name, move in moves.items():
            rules = ["schema", "en16931"]
            if move._rr_einvoice_is_domestic():
                rules.append("br-fr")
            for syntax in BUILDERS:
                content, errors = self._export(move, syntax)
                self.assertFalse(errors, f"{name} {syntax}")
                documents[f"{name} {syntax}"] = (content, rules)
        return documents

    def assertValid(self, moves):
        """No rule fails on any of ``{name: move}``, in either syntax."""
        documents = self._documents(moves)
        found = self.rules.failures(documents)
        told = [
            f"{name}: {code} at {location.split('/')[-1][:60]}: {text}"
            for name, failures in found.items()
            for code, location, text in failures
        ]
        self.assertFalse(told, "\n" + "\n".join(told))
