"""Asking VIES in the background: new numbers, old answers, and what did not answer."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .numbers import CHECKED_BY_VIES

_logger = logging.getLogger(__name__)

STATES_ASKED = ["plausible", "confirmed", "refused"]
REFUSED_AGAIN = 7  # days: a new company may take a while to appear in the register


class RecurringVatCheck(models.Model):
    _inherit = "recurring.vat.check"

    @api.model
    def _cron_ask(self):
        """Ask about every number that is due, each in a transaction of its own.

        A member state that does not answer is left alone for the rest of the run; when
        VIES itself does not, the run ends. Both are tried again later.
        """
        work = self._due_work(fields.Datetime.now())
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(work))
        silent = set()
        for company, partner in work:
            state = partner.rr_vat_number_country
            if state not in silent and self._ask_safely(partner, company, silent):
                break
            if not cron._commit_progress(1):
                return
        cron._commit_progress(remaining=0)

    def _ask_safely(self, partner, company, silent):
        """Ask about one number; return whether VIES as a whole is silent."""
        try:
            _check, reply = self._ask(partner, company)
        except Exception:
            # One customer never stops the others; the log says which it was.
            self.env.cr.rollback()
            _logger.exception("Asking VIES about customer %s failed.", partner.id)
            return False
        if reply.answer == "unreachable":
            silent.add(partner.rr_vat_number_country)
        return reply.everywhere

    @api.model
    def _due_work(self, now):
        """Return the pairs (company that asks, customer) that are due at a moment."""
        # sudo: a scheduled action, for every company that decides VAT by rules.
        companies = self.env["res.company"].sudo()
        found = {}
        for company in companies.search([("rr_vat_decides", "=", True)]):
            for partner in self._due_customers(company, now):
                found.setdefault(partner, company)
        return [(company, partner) for partner, company in found.items()]

    @api.model
    def _due_customers(self, company, now):
        home = (company.account_fiscal_country_id or company.country_id).code
        known = sorted(CHECKED_BY_VIES - {home})
        domain = Domain("rr_vat_number_country", "in", known)
        domain &= Domain("rr_vat_number_state", "in", STATES_ASKED)
        domain &= self.env["res.partner"]._paying_domain(company)
        domain &= self._due_domain(company.rr_vat_check_days, now)
        order = "rr_vat_answered_on NULLS FIRST, id"
        return self.env["res.partner"].sudo().search(domain, order=order)

    @api.model
    def _due_domain(self, days, now):
        """Return which customers' numbers are due, whose answer may be ``days`` old.

        Zero days: an answer holds for ever.
        """
        waiting = Domain("rr_vat_retry_on", "!=", False)
        never = ~waiting & Domain("rr_vat_answered_on", "=", False)
        due = never | Domain("rr_vat_retry_on", "<=", now)
        for state, age in (("confirmed", days), ("refused", REFUSED_AGAIN)):
            if age:
                old = Domain("rr_vat_answered_on", "<=", now - timedelta(days=age))
                due |= ~waiting & old & Domain("rr_vat_number_state", "=", state)
        return due


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _paying_domain(self, companies):
        """Return the domain of who pays for subscriptions that are not closed."""
        # sudo: whose subscription it is does not matter, only that there is one.
        subscriptions = self.env["recurring.subscription"].sudo()
        query = subscriptions._search(
            [("state", "!=", "closed"), ("company_id", "in", companies.ids)]
        )
        payers = self.sudo().with_context(active_test=False)
        payers = payers._search([("id", "in", query.subselect("partner_invoice_id"))])
        return Domain("id", "in", payers.subselect("commercial_partner_id"))


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_vat_check_days = fields.Integer(
        string="Ask VIES Again After (Days)",
        default=30,
        help="VAT numbers of customers with subscriptions are asked about again when "
        "their answer is that old. Zero: never again.",
    )

    _rr_vat_check_days_positive = models.Constraint(
        "CHECK(rr_vat_check_days >= 0)", "A number of days is not negative."
    )
