"""What a person leaves when they are anonymised, and what the law keeps."""

from odoo import fields, models
from odoo.tools.misc import format_date

from ...guard import applying

# What says who somebody is, and is not needed once they left.
EMPTIED = (
    "email",
    "phone",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "vat",
    "ref",
    "comment",
    "website",
    "function",
    "company_name",
    "rr_birthdate",
    "image_1920",
    "category_id",
    "barcode",
)
QUIET = {"tracking_disable": True, "mail_notrack": True, "no_vat_validation": True}


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_anonymised_on = fields.Date(
        string="Anonymised On",
        readonly=True,
        copy=False,
        groups="recurring_revenue.group_secretary",
    )

    # ------------------------------------------------------------------
    # Before
    # ------------------------------------------------------------------

    def _why_not_anonymised(self, company, day):
        """Return why somebody stays as they are, or False."""
        self.ensure_one()
        partner = self.sudo()  # every company and document counts
        if partner._is_ours():
            return self.env._("A user or a company of this database.")
        current = partner._answered_for(day)
        if current:
            return self.env._(
                "Still answers for, or pays for, %s.", current[0].display_name
            )
        if partner._current_memberships(day):
            return self.env._("Is a member.")
        if partner._open_money():
            return self.env._("Money is open: settle it or write it off first.")
        asked = self.env["recurring.dues"].sudo()
        if asked.search_count(
            [
                ("payer_id", "=", self.id),
                ("state", "in", ("draft", "called")),
                ("line_ids.paid_on", "=", False),
                ("line_ids.amount", ">", 0),
            ],
            limit=1,
        ):
            return self.env._("Dues are still asked for: cancel the call first.")
        subscriptions = self.env["recurring.subscription"].sudo()
        if subscriptions.search_count(
            [("partner_id", "=", self.id), ("state", "!=", "closed")], limit=1
        ):
            return self.env._("Has a subscription.")
        limit = day - self.env["recurring.retention.rule"]._delay(
            "association", company, day
        )
        if partner._last_dealings() >= limit:
            return self.env._(
                "There were dealings since, an entry, an order or a message."
            )
        return False

    def _is_ours(self):
        users = self.with_context(active_test=False).user_ids
        return any(not user.share for user in users) or bool(
            self.env["res.company"].search_count(
                [("partner_id", "=", self.id)], limit=1
            )
        )

    def _current_memberships(self, day):
        """Return the memberships, of any association, that are not over."""
        over = ("lapsed", "resigned", "excluded", "pending", "awaiting")
        return self.rr_membership_ids.with_context(membership_day=day).filtered(
            lambda one: one.state not in over
        )

    def _answered_for(self, day):
        """Return current members whom this person pays or answers for."""
        others = self.env["recurring.membership"].search(
            [
                ("partner_id", "!=", self.id),
                "|",
                ("payer_id", "=", self.id),
                "|",
                ("guardian_id", "=", self.id),
                ("representative_id", "=", self.id),
            ]
        )
        return others.partner_id._current_memberships(day)

    def _open_money(self):
        """Tell whether something is still owed by or to this person."""
        return self.env["account.move.line"].search_count(
            [
                ("partner_id", "=", self.id),
                (
                    "account_id.account_type",
                    "in",
                    ("asset_receivable", "liability_payable"),
                ),
                ("reconciled", "=", False),
                ("amount_residual", "!=", 0),
                ("parent_state", "in", ("draft", "posted")),
            ],
            limit=1,
        )

    def _last_dealings(self):
        """Return the day of the last entry, order or message from this person."""
        days = [fields.Date.to_date("1900-01-01")]
        for model, field, domain in (
            ("account.move.line", "date", [("partner_id", "=", self.id)]),
            ("sale.order", "date_order", [("partner_id", "=", self.id)]),
            (
                "mail.message",
                "date",
                [
                    ("author_id", "=", self.id),
                    ("message_type", "in", ("email", "comment")),
                ],
            ),
        ):
            last = self.env[model].search(domain, order=f"{field} desc", limit=1)[field]
            if last:
                days.append(fields.Date.to_date(last))
        return max(days)

    def _keeping(self, company, day):
        """Return ``{what: (how many, until when)}`` that the law keeps after a day."""
        rules = self.env["recurring.retention.rule"]
        kept = {}
        entries = self.env["account.move.line"].sudo()  # counted, whoever may read them
        domain = [
            ("partner_id", "=", self.id),
            ("company_id", "=", company.id),
            ("parent_state", "=", "posted"),
        ]
        last = entries.search(domain, order="date desc", limit=1).date
        if last:
            ends = company.compute_fiscalyear_dates(last)["date_to"]
            until = ends + rules._delay("accounting", company, day)
            if until > day:
                kept["accounting"] = (entries.search_count(domain), until)
        receipts = (
            self.env["recurring.tax.receipt"]
            .sudo()
            .search(
                [
                    "|",
                    ("partner_id", "=", self.id),
                    ("joint_partner_id", "=", self.id),
                    ("company_id", "=", company.id),
                ]
            )
        )
        if receipts:
            issued = max(receipts.mapped("issued_on"))
            until = issued + rules._delay("receipt", company, day)
            if until > day:
                kept["receipt"] = (len(receipts), until)
        return kept

    def _kept_text(self, company, day):
        """Say what is kept and until when."""
        parts = []
        kept = self._keeping(company, day)
        if "accounting" in kept:
            count, until = kept["accounting"]
            parts.append(
                self.env._(
                    "%(n)s entries until %(day)s",
                    n=count,
                    day=format_date(self.env, until),
                )
            )
        if "receipt" in kept:
            count, until = kept["receipt"]
            parts.append(
                self.env._(
                    "%(n)s tax receipts until %(day)s",
                    n=count,
                    day=format_date(self.env, until),
                )
            )
        return ", ".join(parts) or self.env._("Nothing but the number and the periods")

    # ------------------------------------------------------------------
    # Done
    # ------------------------------------------------------------------

    def _anonymise(self, company, day):
        """Take away who this person was; entries, invoices and receipts stay.

        Who they were is kept apart for as long as the law asks for it.
        """
        self.ensure_one()
        partner = self.sudo().with_context(**QUIET)  # whoever may see which part
        partner._keep_identity(company, day)
        partner._forget_talk()
        partner._forget_files()
        partner._forget_account()
        addresses = partner.with_context(active_test=False).child_ids.filtered(
            lambda child: child.type != "contact"
        )
        name = partner._neutral_name()
        for one in partner | addresses:
            values = {field: False for field in EMPTIED if field in one._fields}
            one.write({**values, "name": name, "rr_anonymised_on": day})
        (partner | addresses).write({"active": False})
        if "privacy.log" in self.env:  # Odoo's own record, where its module is there
            self.env["privacy.log"].sudo().create(
                {
                    "anonymized_name": name,
                    "anonymized_email": "*****@*****",
                    "execution_details": self.env._("Anonymised by the association."),
                }
            )

    def _neutral_name(self):
        number = self.rr_membership_ids.sorted("id")[:1].number
        if number:
            return self.env._("Former member %s", number)
        return self.env._("Former donor %s", self.id)

    def _keep_identity(self, company, day):
        kept = self._keeping(company, day)
        if not kept:
            return
        names = {"accounting": self.env._("entries"), "receipt": self.env._("receipts")}
        self.env["recurring.identity"].create(
            {
                "company_id": company.id,
                "partner_id": self.id,
                "name": self.name,
                "address": self.contact_address_inline,
                "vat": self.vat,
                "why": ", ".join(names[code] for code in kept),
                "keep_until": max(until for _count, until in kept.values()),
            }
        )

    def _forget_files(self):
        """Empty what imports and lists remember of this person."""
        rows = self.env["recurring.member.import.row"].search(
            [
                "|",
                ("partner_id", "=", self.id),
                ("membership_id.partner_id", "=", self.id),
            ]
        )
        rows.write({"cells": {}, "title": False, "email": False, "note": False})
        rows.problem_ids.unlink()
        rows.import_id.write({"file": False})
        memberships = self.rr_membership_ids
        applying(memberships).write({"departure_reason": False, "guardian_id": False})
        applying(self.rr_consent_ids).unlink()
        self.env["recurring.duplicate"].search(
            ["|", ("partner_id", "=", self.id), ("other_id", "=", self.id)]
        ).unlink()

    def _forget_account(self):
        """Close the portal login and the means of payment."""
        users = self.with_context(active_test=False).user_ids
        for user in users:
            user.write({"login": f"former-{user.id}", "active": False})
        tokens = self.env["payment.token"].with_context(active_test=False)
        tokens.search([("partner_id", "=", self.id)]).write(
            {"active": False, "payment_details": False}
        )
        banks = self.with_context(active_test=False).bank_ids
        for bank in banks:
            bank.write({"acc_number": f"XXXX{bank.id}", "active": False})
