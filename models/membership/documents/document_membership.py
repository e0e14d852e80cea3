"""Card and attestations of a member: what they say, as texts in the member's language.

Refusals come before anything is printed: nobody gets a card or an attestation of a
membership that does not hold on the day.
"""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, hmac

from .document_company import long_day, period_text

COUNTING = ("up_to_date", "honorary")
SCOPE = "recurring_revenue.membership_check"
SIGNATURE = 32  # characters, of four bits each
REPORTS = {
    "card": "recurring_revenue.action_report_membership_card",
    "cards": "recurring_revenue.action_report_membership_cards",
    "attestation": "recurring_revenue.action_report_attestation",
    "payment": "recurring_revenue.action_report_payment",
}


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    # ------------------------------------------------------------------
    # For the portal and others who hand out documents
    # ------------------------------------------------------------------

    def _rr_document(self, kind):
        """Return (PDF, name of the file) of a document of this member.

        The caller has checked who asks: the document is made with full rights.

        :param kind: "card", "attestation" (of membership) or "payment" (of dues)
        :raises UserError: the membership does not hold, or nothing was paid
        """
        self.ensure_one()
        # sudo: see above; a member reads no reports and no contributions.
        return _pdf_of(self.sudo()._in_own_language(), REPORTS[kind])

    def _in_own_language(self):
        """Return the member in the language of their documents."""
        return self.with_context(lang=self.company_id._document_lang(self.partner_id))

    # ------------------------------------------------------------------
    # Card
    # ------------------------------------------------------------------

    def _card(self):
        """Return what stands on the card of a member.

        :raises UserError: the membership does not hold on the day of the context
        """
        self._check_holds()
        first, last = self._days_that_hold()
        name = self.partner_id.name or ""
        return {
            "member": name,
            "size": 11 if len(name) <= 22 else 9 if len(name) <= 32 else 7.5,
            "number": self.number,
            "category": self.category_id.name,
            "first": first and long_day(self.env, first),
            "last": last and long_day(self.env, last),
            "qr": self.env["recurring.print.run"]._qr_code(self._check_address(last)),
            "address": self._check_address(last),
            "letterhead": self.company_id._letterhead(),
        }

    def _check_holds(self):
        self.ensure_one()
        if self.state in COUNTING:
            return
        # To who prints, not in the member's language.
        env = self.with_context(lang=self.env.user.lang or self.env.lang).env
        states = dict(self._fields["state"]._description_selection(env))
        raise UserError(
            env._(
                "%(member)s is “%(state)s” on %(day)s: only who is up to date gets it.",
                member=self.display_name,
                state=states[self.state],
                day=long_day(env, self._day_asked()),
            )
        )

    def _days_that_hold(self):
        """Return (first, last day) of the unbroken membership that the day asked about
        lies in; (False, False) for who is honorary or a member for life."""
        day = self._day_asked()
        lifelong = self.lifetime_from and self.lifetime_from <= day
        if self.category_id.kind == "honorary" or lifelong:
            return False, False
        lines = self._lines_that_count(day)
        line = lines.filtered(lambda one: one.date_start <= day < one.date_end)[:1]
        first, end = line.date_start, line.date_end
        for other in lines.sorted("date_start"):
            if other.date_start <= end < other.date_end:
                end = other.date_end
        return first, end and fields.Date.subtract(end, days=1)

    def _lines_that_count(self, day):
        return self._standing_lines().filtered(
            lambda line: (
                line.kind == "dues" and line.counts_on and line.counts_on <= day
            )
        )

    # ------------------------------------------------------------------
    # The address that checks a card
    # ------------------------------------------------------------------

    def _check_token(self):
        """Return the token of a member: it cannot be guessed and tells nothing."""
        self.ensure_one()
        # sudo: signing needs the secret of the database.
        text = f"{self.id}-{self.number}"
        return f"{self.id}-{hmac(self.env(su=True), SCOPE, text)[:SIGNATURE]}"

    def _check_address(self, last=None):
        """Return what the QR code says: where to check the card, number and validity.

        The page believes the token only; the rest is for who reads without network.
        """
        until = f"&until={last}" if last else ""
        return (
            f"{self.get_base_url()}/membership/check/{self._check_token()}"
            f"?number={self.number}{until}"
        )

    def _by_check_token(self, token):
        """Return the member of a token (with full rights), or none."""
        record_id = token.partition("-")[0]
        if not record_id.isdecimal() or len(record_id) > 9:
            return self.browse()
        # sudo: whoever holds a card may check it; the token is what gives the right.
        found = self.sudo().browse(int(record_id)).exists()
        if not found or not consteq(found._check_token(), token):
            return self.browse()
        return found

    # ------------------------------------------------------------------
    # Attestations
    # ------------------------------------------------------------------

    def _attestation(self):
        """Return what an attestation of membership says, for the day of the context.

        :raises UserError: the membership does not hold on that day
        """
        self._check_holds()
        first, last = self._days_that_hold()
        guardian = self.guardian_id.name
        return {
            "member": self.partner_id.name,
            "address": ", ".join(self.company_id._address_lines(self.partner_id)[1:]),
            "number": self.number,
            "category": self.category_id.name,
            "representative": self.representative_id.name or "",
            "guardian": guardian or "",
            "joined": long_day(self.env, self.joined_on),
            "first": first and long_day(self.env, first),
            "last": last and long_day(self.env, last),
            "period": period_text(self.env, first, last),
            "honorary": self.category_id.kind == "honorary",
            "day": long_day(self.env, self._day_asked()),
            "today": long_day(self.env, fields.Date.context_today(self)),
            "letterhead": self.company_id._letterhead(),
        }

    def _payment_attestation(self):
        """Return what an attestation of payment says: what was received for this
        member's dues whose period the day of the context lies in, or else the last.

        :raises UserError: nothing was received for it
        """
        self.ensure_one()
        day = self._day_asked()
        # sudo: of the contributions only those for this member's own dues are read.
        received = self.env["recurring.contribution.line"].sudo()
        received = received.search(
            [
                ("dues_line_id.membership_id", "=", self.id),
                ("contribution_id.state", "=", "booked"),
                ("contribution_id.date", "<=", day),
            ]
        )
        calls = received.dues_line_id.filtered("date_start").sorted("date_start")
        wanted = calls.filtered(lambda one: one.date_start <= day < one.date_end)
        call = (wanted or calls)[-1:].dues_id
        rows = received.filtered(lambda row: row.dues_line_id.dues_id == call)
        if not rows:
            raise UserError(
                self.env._(
                    "Nothing was received for the dues of %s.", self.display_name
                )
            )
        return rows._payment_document(self.company_id, self.partner_id, self)


class RecurringContributionLine(models.Model):
    _inherit = "recurring.contribution.line"

    def _payment_document(self, company, partner, membership=None):
        """Return what an attestation of payment says of these lines: what was paid,
        when, by whom and how. It is no tax receipt and says nothing of taxes."""
        env, currency = self.env, self.currency_id[:1]
        modes = dict(
            env["recurring.contribution"]._fields["mode"]._description_selection(env)
        )
        by_day = self.sorted(lambda row: (row.contribution_id.date, row.id))
        return {
            "member": partner.name,
            "address": ", ".join(company._address_lines(partner)[1:]),
            "number": membership.number if membership else "",
            "rows": [
                {
                    "day": long_day(env, row.contribution_id.date),
                    "what": row.dues_line_id._label()
                    or row.name
                    or row.product_id.name,
                    "mode": modes[row.contribution_id.mode],
                    "payer": row.contribution_id.partner_id.name,
                    "amount": currency.format(row.amount),
                }
                for row in by_day
            ],
            "others": any(row.contribution_id.partner_id != partner for row in self),
            "total": currency.format(sum(self.mapped("amount"))),
            "today": long_day(env, fields.Date.context_today(self)),
            "letterhead": company._letterhead(),
        }


class RecurringContribution(models.Model):
    _inherit = "recurring.contribution"

    def _payment_attestation(self):
        """Return what an attestation of this payment says.

        :raises UserError: it was not booked, or came back
        """
        self.ensure_one()
        if self.state != "booked":
            raise UserError(
                self.env._("Only a payment that was booked can be attested.")
            )
        return self.line_ids._payment_document(self.company_id, self.partner_id)


def _pdf_of(record, report):
    """Return (PDF, name of the file) of one record in its language."""
    runs = record.env["recurring.print.run"]
    action = record.env.ref(report)
    reports = record.env["ir.actions.report"]
    content = reports._render_qweb_pdf(action.id, record.ids)[0]
    return content, runs._file_name(action, record)
