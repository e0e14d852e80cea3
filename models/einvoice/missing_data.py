"""What an electronic invoice still lacks, said before it is sent; nothing waits."""

import re

from odoo import api, models

# BT-1: what BR-FR-01 and BR-FR-02 admit as the number of an invoice.
NUMBER = re.compile(r"[A-Za-z0-9+\-_/]{1,35}")
# Categories whose breakdown wants the customer's VAT number (BR-AE-02, BR-IC-02).
WITH_CUSTOMER_NUMBER = ("AE", "K")
SHOWN = 8  # sentences told at once


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _rr_edi_missing_address(self):
        """Return a sentence where the postal address is incomplete."""
        self.ensure_one()
        names = ["street", "zip", "city", "country_id"]
        if self.country_id and self.country_id.code not in ("FR", "MC"):
            # Not every country has postcodes and streets.
            names = ["city", "country_id"]
        missing = [
            self._fields[name]._description_string(self.env)
            for name in names
            if not self[name]
        ]
        if not missing:
            return []
        return [
            self.env._(
                "%(partner)s: the address lacks %(fields)s.",
                partner=self.display_name,
                fields=", ".join(missing),
            )
        ]

    def _rr_edi_missing_number(self):
        """Return a sentence where a French business cannot be identified."""
        payer = self.commercial_partner_id
        if payer._rr_einvoice_siren():
            return []
        if payer.company_registry:
            sentence = self.env._(
                "%s: the company number is neither a right SIREN (9 digits) nor a "
                "right SIRET (14 digits).",
                payer.display_name,
            )
        else:
            sentence = self.env._(
                "%s: the SIREN or SIRET is missing. It identifies the company and is "
                "its electronic address.",
                payer.display_name,
            )
        return [sentence]

    def _rr_edi_missing_customer(self):
        """Return what lacks about a customer, whatever is invoiced."""
        self.ensure_one()
        payer = self.commercial_partner_id
        sentences = self._rr_edi_missing_address()
        in_scope = payer.rr_vat_status in ("business", "public")
        if not in_scope or not payer._rr_is_domestic():
            return sentences
        sentences += self._rr_edi_missing_number()
        if payer.rr_vat_status == "public" and not payer._rr_einvoice_siret():
            sentences.append(
                self.env._(
                    "%s: public customers are addressed by their SIRET (14 digits).",
                    payer.display_name,
                )
            )
        return sentences


class ResCompany(models.Model):
    _inherit = "res.company"

    def _rr_edi_missing(self):
        """Return what lacks about the seller."""
        self.ensure_one()
        # sudo: the seller's own address, for whoever makes its invoices.
        partner = self.sudo().partner_id
        return partner._rr_edi_missing_address() + partner._rr_edi_missing_number()


class AccountMove(models.Model):
    _inherit = "account.move"

    def _rr_edi_missing(self):
        """Return sentences, each naming what to fill in and where.

        Empty for documents that no French seller issues.
        """
        self.ensure_one()
        if not self._rr_einvoice_is_french() or not self.partner_id:
            return []
        return [
            *self.company_id._rr_edi_missing(),
            *self.partner_id._rr_edi_missing_customer(),
            *self._rr_edi_missing_numbers(),
            *self._rr_edi_missing_on_document(),
        ]

    def _rr_edi_missing_numbers(self):
        categories = {
            line._rr_einvoice_category() for line in self._rr_einvoice_lines()
        }
        sentences, payer = [], self.commercial_partner_id
        seller = self.company_id.partner_id
        if payer._rr_behind_chorus() and not seller._rr_einvoice_siret():
            sentences.append(
                self.env._(
                    "%s: Chorus Pro wants your SIRET (14 digits).", seller.display_name
                )
            )
        if categories & {"S", "G", *WITH_CUSTOMER_NUMBER} and not self.company_id.vat:
            sentences.append(
                self.env._(
                    "%s: your VAT number is missing.", self.company_id.display_name
                )
            )
        if categories.intersection(WITH_CUSTOMER_NUMBER) and (
            not payer._rr_einvoice_vat()
        ):
            sentences.append(
                self.env._(
                    "%s: without a VAT number there is no reverse charge and no exempt "
                    "delivery.",
                    payer.display_name,
                )
            )
        if "O" in categories and len(categories) > 1:
            sentences.append(
                self.env._(
                    "What is out of the scope of VAT needs an invoice of its own: put "
                    "it apart from the other lines."
                )
            )
        return sentences

    def _rr_edi_missing_on_document(self):
        sentences = []
        if self.name and self.name != "/" and not NUMBER.fullmatch(self.name):
            sentences.append(
                self.env._(
                    "The number %s has more than 35 characters, or others than "
                    "letters, digits and + - _ /.",
                    self.name,
                )
            )
        if any(not line.tax_ids for line in self._rr_einvoice_lines()):
            sentences.append(
                self.env._("A line has no tax. Where none is due, put one of 0 %.")
            )
        is_refund = self.move_type == "out_refund"
        if is_refund and not self.reversed_entry_id and self._rr_einvoice_is_domestic():
            sentences.append(
                self.env._(
                    "The credit note does not say which invoice it corrects: make it "
                    "from the invoice."
                )
            )
        return sentences

    def _rr_edi_alert(self, missing):
        """Return an alert of Odoo's own kind; never one that blocks."""
        return {
            "level": "warning",
            "message": self.env._(
                "The electronic invoice is not complete:\n%s", "\n".join(missing)
            ),
        }

    @api.depends("partner_id", "invoice_line_ids.tax_ids", "is_move_sent", "move_type")
    def _compute_alerts(self):
        return super()._compute_alerts()

    def _get_alerts(self):
        alerts = super()._get_alerts()
        waits = self.state in ("draft", "posted") and not self.is_move_sent
        missing = self._rr_edi_missing() if waits else []
        if missing:
            alerts["rr_edi_missing"] = {
                **self._rr_edi_alert(missing),
                "action_text": self.env._("Open the customer"),
                "action": self.commercial_partner_id._get_records_action(),
            }
        return alerts


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _get_alerts(self, moves, moves_data):
        """Name what is missing before anything is sent; sending goes on."""
        alerts = super()._get_alerts(moves, moves_data)
        missing = {
            move: sentences for move in moves if (sentences := move._rr_edi_missing())
        }
        if missing:
            incomplete = moves.browse([move.id for move in missing])
            told = dict.fromkeys(line for lines in missing.values() for line in lines)
            alerts["rr_edi_missing"] = {
                **incomplete[0]._rr_edi_alert(list(told)[:SHOWN]),
                "action_text": self.env._("View Invoice(s)"),
                "action": incomplete._get_records_action(
                    name=self.env._("Check the electronic invoice")
                ),
            }
        return alerts
