"""Who a line of the bank statement may come from, and what it may be for."""

import re

from odoo.tools import SQL

from ...exact import exact


class BankProposal:
    """What is known of a line of the statement: its partner, or who it is like.

    Asked in order: the partner of the line, a call or a member number in its label, the
    bank account it came from (known, or of an earlier contribution), the name of the
    payer, and last the one open call of exactly this amount.
    """

    def __init__(self, line):
        self.line, self.env = line, line.env
        self.company = line.company_id

    def donor(self):
        """Return (partner, why in words); an empty partner where nothing speaks for
        one."""
        for asked in (
            self._by_partner,
            self._by_reference,
            self._by_account,
            self._by_name,
            self._by_amount,
        ):
            partner, why = asked()
            if partner:
                return partner, why
        return self.env["res.partner"], ""

    def _by_partner(self):
        return self.line.partner_id, self.env._("Named by the statement.")

    def _by_reference(self):
        label = self.line.payment_ref or ""
        names = re.findall(r"[A-Za-z]+/\d{4}/\d+", label)
        dues = self.env["recurring.dues"].search(
            [("company_id", "=", self.company.id), ("name", "in", names)], limit=1
        )
        if dues:
            why = self.env._("The label names the call %s.", dues.name)
            return dues.payer_id, why
        numbers = re.findall(r"(?<!\d)\d{5}(?!\d)", label)
        members = self.env["recurring.membership"].search(
            [("company_id", "=", self.company.id), ("number", "in", numbers)]
        )
        if len(members) == 1:
            payer = members.payer_id or members.partner_id
            return payer, self.env._("The label names the member %s.", members.number)
        return dues.payer_id, ""

    def _by_account(self):
        number = self.line.account_number
        partners = self.env["res.partner"]
        if not number:
            return partners, ""
        banks = self.env["res.partner.bank"].search(
            [
                ("sanitized_acc_number", "=", re.sub(r"\W+", "", number).upper()),
                ("company_id", "in", (False, self.company.id)),
            ],
            limit=1,
        )
        if banks:
            return banks.partner_id, self.env._("By the bank account it came from.")
        before = self.env["recurring.contribution"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "booked"),
                ("statement_line_id.account_number", "=", number),
            ],
            limit=1,
        )
        why = self.env._("By the bank account: %s came from it.", before.name)
        return before.partner_id, why

    def _by_name(self):
        name = (self.line.partner_name or "").strip()
        partners = self.env["res.partner"]
        if len(name) > 2:
            found = partners.search(
                [
                    ("name", "=ilike", name.replace("%", "").replace("_", " ")),
                    ("company_id", "in", (False, self.company.id)),
                ],
                limit=2,
            )
            if len(found) == 1:
                return found, self.env._("By the name of who paid.")
        return self._by_words()

    def _by_words(self):
        """Find the one member or donor whose whole name stands in the label, in
        whatever order of its words."""
        words = set(re.findall(r"\w{2,}", (self.line.payment_ref or "").lower()))
        if not words:
            return self.env["res.partner"], ""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, p.name FROM res_partner p
                WHERE p.active AND p.name IS NOT NULL
                  AND (p.company_id IS NULL OR p.company_id = %(company)s)
                  AND lower(p.name) ~ %(pattern)s
                  AND (p.id IN (SELECT payer_id FROM recurring_dues
                                WHERE company_id = %(company)s)
                       OR p.id IN (SELECT partner_id FROM recurring_contribution
                                   WHERE company_id = %(company)s)
                       OR p.id IN (SELECT partner_id FROM recurring_membership
                                   WHERE company_id = %(company)s))
                """,
                company=self.company.id,
                pattern=r"\m(" + "|".join(map(re.escape, sorted(words))) + r")\M",
            )
        )
        found = [
            number
            for number, name in rows
            if set(re.findall(r"\w{2,}", name.lower())) <= words
        ]
        partner = self.env["res.partner"].browse(found if len(found) == 1 else [])
        return partner, self.env._("The label contains the name.")

    def _by_amount(self):
        amount = self.line._rr_open()
        payers = self.env["res.partner"]
        if amount <= 0:
            return payers, ""
        calls = self.env["recurring.dues"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "called"),
                ("amount", "=", float(amount)),
            ],
            limit=50,
        )
        still_owed = calls.filtered(
            lambda dues: (
                sum(exact(one.amount) - one._received() for one in dues.line_ids)
                == amount
            )
        )
        if len(still_owed) != 1:
            return payers, ""
        why = self.env._(
            "Only by the amount: the one call that is still owed, %s. Please check.",
            still_owed.name,
        )
        return still_owed.payer_id, why

    def owed(self, partner):
        """Return the lines of called dues that a payer still owes, oldest first."""
        lines = self.env["recurring.dues.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("dues_id.payer_id", "=", partner.id),
                ("dues_id.state", "=", "called"),
                ("paid_on", "=", False),
            ],
            order="dues_id, id",
        )
        return lines.filtered(lambda one: exact(one.amount) > one._received())
