"""The call for dues and the renewal letter: what is asked, why so much, how to pay."""

import re

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ....engine.allocation import round_share
from ....engine.membership import Coverage, dues_share
from ....engine.period import Period
from ...exact import currency_rounding, exact
from .document_company import long_day, period_text
from .document_membership import _pdf_of

REPORTS = {
    "call": "recurring_revenue.action_report_dues",
    "letter": "recurring_revenue.action_report_renewal_letter",
}


def _is_iban(number):
    """Tell whether an account number is an IBAN, by its check digits (ISO 13616).

    >>> _is_iban("FR1420041010050500013M02606"), _is_iban("12345")
    (True, False)
    """
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", number):
        return False
    digits = "".join(str(int(sign, 36)) for sign in number[4:] + number[:4])
    return int(digits) % 97 == 1


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    def _rr_document(self, kind="call"):
        """Return (PDF, name of the file) of the call, or of the renewal "letter".

        The caller has checked who asks: the document is made with full rights.

        :raises UserError: the call was cancelled
        """
        self.ensure_one()
        lang = self.company_id._document_lang(self.payer_id)
        # sudo: see above; a member reads no reports.
        return _pdf_of(self.sudo().with_context(lang=lang), REPORTS[kind])

    def _call_document(self):
        """Return what a call for dues says, as texts.

        :raises UserError: it was cancelled
        """
        self.ensure_one()
        if self.state == "cancelled":
            raise UserError(
                self.env._("%s was cancelled: there is nothing to print.", self.name)
            )
        company, left = self.company_id, self._asked_on_paper()
        show = self.currency_id.format
        return {
            "number": self.name,
            "plan": self.plan_id.name,
            "recipient": company._address_lines(self.payer_id),
            "rows": self._rows(),
            "total": show(self.amount),
            "received": show(self.amount - float(left)) if left < self.amount else "",
            "left": show(float(left)) if left else "",
            "ask": self._ask_text(left),
            "called": long_day(
                self.env, self.called_on or fields.Date.context_today(self)
            ),
            "today": long_day(self.env, fields.Date.context_today(self)),
            "instalments": self._instalment_rows(),
            "bank": self._bank_texts(left),
            "letterhead": company._letterhead(),
        }

    def _ask_text(self, left):
        """Ask for what is left; "" where there is no day by which."""
        if not self.due_on or not left:
            return ""
        return self.env._(
            "Please pay %(amount)s by %(day)s.",
            amount=self.currency_id.format(float(left)),
            day=long_day(self.env, self.due_on),
        )

    def _rows(self):
        """Return the texts of the lines; a member's name stands once."""
        rows, named = [], None
        for line in self.line_ids:
            rows.append({**self._row(line), "again": line.membership_id == named})
            named = line.membership_id
        return rows

    def _row(self, line):
        """Return the texts of a line: whom for, which days, how it is worked out."""
        return {
            "member": line.membership_id.partner_id.name,
            "number": line.membership_id.number,
            "what": line.charge_id.name,
            "category": line.kind == "dues" and line.category_id.name,
            # Text, never nothing: a cell without a value is left out of its row.
            "period": period_text(self.env, line.date_start, line.last_day),
            "how": line._how_it_is_worked_out(),
            "amount": self.currency_id.format(line.amount),
        }

    def _asked_on_paper(self):
        """Return what the letter asks the payer for (Decimal): all of a call that is
        only prepared, else what is left to pay."""
        if self.state != "called":
            return exact(self.amount)
        # sudo: that something was received is known; by whom and how is not read.
        return self.sudo()._left_to_pay()

    def _instalment_rows(self):
        """Return (day, amount) texts of the instalments of this call, if it has any:
        the stage that knows them fills this in."""
        return []

    def _bank_texts(self, left):
        """Return how to pay by transfer, or False where the association has no IBAN.

        The QR code is that of the European Payments Council (EPC069-12, version 2),
        which banks' apps read; in euro only.
        """
        account = self._bank_account()
        number = account.sanitized_acc_number or ""
        if not _is_iban(number):
            return False
        holder = account.acc_holder_name or self.company_id.name
        return {
            "iban": " ".join(number[at : at + 4] for at in range(0, len(number), 4)),
            "bic": account.bank_bic or "",
            "holder": holder,
            "qr": self._sepa_qr(number, account.bank_bic or "", holder, left),
        }

    def _bank_account(self):
        company = self.company_id.sudo()  # the association's own account, as printed
        if "rr_dues_bank_id" in company._fields and company.rr_dues_bank_id:
            return company.rr_dues_bank_id
        return company.partner_id.bank_ids[:1]

    def _sepa_text(self, iban, bic, holder, left):
        lines = ["BCD", "002", "1", "SCT", bic, holder[:70], iban, f"EUR{left:.2f}"]
        return "\n".join([*lines, "", "", self.name[:140]])

    def _sepa_qr(self, iban, bic, holder, left):
        if self.currency_id.name != "EUR" or left <= 0:
            return False
        text = self._sepa_text(iban, bic, holder, left)
        return self.env["recurring.print.run"]._qr_code(text)

    # ------------------------------------------------------------------
    # Renewal letter
    # ------------------------------------------------------------------

    def _letter(self):
        """Return what the renewal letter adds to the call."""
        text = self.company_id.sudo().rr_letter_text  # the association's own words
        day = fields.Date.context_today(self)
        ends = [
            membership.covered_until
            for membership in self.line_ids.membership_id
            if membership.covered_until
        ]
        return {
            "text": text if text and html2plaintext(text).strip() else False,
            "ends": long_day(self.env, max(ends)) if ends else "",
            "ended": bool(ends) and max(ends) < day,
        }


class RecurringDuesLine(models.Model):
    _inherit = "recurring.dues.line"

    def _how_it_is_worked_out(self):
        """Return how a part of the dues is worked out, in the language of the
        environment; what was noted when it was called, where that is not clear; ""
        for a whole period, whose price is the amount."""
        if self.kind != "dues":
            return ""
        charge, version = self.charge_id, self.charge_id.version_id
        rule = version._period_rule()
        whole = rule._schedule(self.date_start).period_at(self.last_day)
        if self.date_start <= whole.start:
            return ""
        period = Period(self.date_start, self.date_end)
        coverage = Coverage(period, whole, dues_share(period, whole, rule.basis))
        if charge._asked_for(coverage).share == 1:
            return ""
        rounding = currency_rounding(self.currency_id)
        prices = (
            charge.unit_price,
            charge.rr_further_price,
            charge.rr_third_price,
            self.membership_id.chosen_amount,
        )
        for price in map(exact, prices):
            if round_share(price, coverage.share, rounding) == exact(self.amount):
                return self.membership_id._explanation(version, coverage, price)
        return self.explanation or ""
