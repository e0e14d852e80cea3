"""Issuing receipts: numbers, what they say of donor and association, their gifts."""

from odoo import api, models
from odoo.exceptions import UserError

from ...guard import applying
from .amount_words import amount_in_words
from .receipt_eligibility import GiftsOfYear
from .receipt_finding import ELIGIBLE

# No message each: a receipt says itself who issued it, and when.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


class RecurringTaxReceipt(models.Model):
    _inherit = "recurring.tax.receipt"

    @api.model
    def _issue(self, drafts, replaced=None):
        """Issue receipts of one company, with numbers that follow one another.

        :param drafts: ``receipt_eligibility.Draft`` of one company
        :param replaced: the receipt that the only draft takes the place of
        :raises UserError: the association lacks what a receipt must say
        """
        if not drafts:
            return self.browse()
        self.check_access("create")
        company = drafts[0].company
        company._rr_receipt_check()
        today = company._rr_receipt_today()
        counter = self.env["recurring.tax.receipt.counter"]
        first = counter._take(company, today.year, len(drafts))
        issuers = {}
        rows = [
            self._receipt_values(draft, number, today, issuers)
            for number, draft in enumerate(drafts, start=first)
        ]
        if replaced:
            rows[0]["replaces_id"] = replaced.id
        quiet = applying(self).with_context(**QUIET)
        made = quiet.create(rows)
        quiet.env["recurring.tax.receipt.line"].create(
            [
                self._line_values(receipt, finding)
                for receipt, draft in zip(made, drafts, strict=True)
                for finding in draft.findings
            ]
        )
        receipts = self.browse(made.ids)  # without the key
        if replaced:
            replaced._set_state(("cancelled",), replaced_by_id=receipts.id)
        return receipts

    @api.model
    def _receipt_values(self, draft, number, today, issuers):
        """Return what a receipt says, all of it as of today."""
        company, partner = draft.company, draft.partner
        lang = self._receipt_lang(partner, company)
        key = (draft.basis.id, lang)
        if key not in issuers:
            kept = self.env["recurring.receipt.issuer"]
            issuers[key] = kept._kept(company, draft.basis, today, lang)
        joint = draft.joint - partner
        days = [one.line.contribution_id.date for one in draft.findings]
        currency = company.currency_id
        return {
            **partner._receipt_donor(company, lang),
            "name": f"{today.year}-{number:05d}",
            "year": today.year,
            "number": number,
            "company_id": company.id,
            "currency_id": currency.id,
            "issued_on": today,
            "issued_by_id": self.env.uid,
            "scope": draft.scope,
            "gift_year": days[0].year,
            "date_from": min(days),
            "date_to": max(days),
            "amount": float(draft.amount),
            "amount_words": amount_in_words(draft.amount, currency.name, lang),
            "partner_id": partner.id,
            "joint_partner_id": joint.id,
            "donor_joint_name": joint.name,
            "lang": lang,
            "model_id": draft.article.model_id.id,
            "article_id": draft.article.id,
            "article": draft.article.code,
            "basis_id": draft.basis.id,
            "issuer_id": issuers[key].id,
        }

    @api.model
    def _receipt_lang(self, partner, company):
        """Return the language of a donor's receipt: theirs, else the association's."""
        return partner.lang or company.partner_id.lang or self.env.lang or "en_US"

    @api.model
    def _line_values(self, receipt, finding):
        line = finding.line
        contribution = line.contribution_id
        return {
            "receipt_id": receipt.id,
            "company_id": receipt.company_id.id,
            "contribution_line_id": line.id,
            "contribution_id": contribution.id,
            "date": contribution.date,
            "name": line.name,
            "amount": float(finding.amount),
            "nature": contribution.nature,
            "gift_form": contribution.gift_form,
            "mode": contribution.nature == "money" and contribution.mode,
            "explanation": finding.text,
        }

    # ------------------------------------------------------------------
    # Ways in
    # ------------------------------------------------------------------

    @api.model
    def _issue_for(self, contributions, scope="gift", replaced=None):
        """Issue the receipt of contributions of one donor and year.

        :raises UserError: nothing of them is eligible, with the reasons
        """
        company = contributions.company_id
        gifts = GiftsOfYear(
            company.with_env(self.env),
            contributions[0].date.year,
            donors=contributions.partner_id,
        )
        findings = [
            one for one in gifts.findings() if one.line.contribution_id in contributions
        ]
        eligible = [one for one in findings if one.status == ELIGIBLE]
        if not eligible:
            raise UserError(
                self.env._("No receipt can be issued.")
                + "\n"
                + "\n".join(f"{one.line.name}: {one.text}" for one in findings)
            )
        return self._issue(gifts.drafts(eligible, scope), replaced)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _rr_receipt_check(self):
        """Raise where the association lacks what every receipt must say."""
        missing = self._rr_receipt_missing()
        if missing:
            raise UserError(
                self.env._("Before receipts can be issued, complete:")
                + "\n"
                + "\n".join(f"- {words}" for words in missing.values())
            )
