"""Which taxes an invoice bears by the changes that hold.

A rate that changes concerns a tax and its twin of the option for debits alike; the
option decides last, by the day of the invoice, which of the two it is.
"""

from datetime import date
from typing import NamedTuple

from odoo import api, fields, models, tools


class Trial(tuple):
    """Changes that are tried in one transaction, see ``_applied``; no caller's context
    can contain it, and nothing that others share remembers it."""


class Change(NamedTuple):
    """What is known of a change that was applied; ids, ``day`` the first at the new."""

    day: date
    rule: str
    old: int
    new: int
    templates: frozenset  # empty: every product
    holds: bool  # False: it was withdrawn
    by_option: bool
    bearers: frozenset  # templates that bore the old tax when it was applied

    def concerns(self, product):
        """Tell whether it is about a product."""
        return not self.templates or product.product_tmpl_id.id in self.templates

    def exchanged(self, tax_ids, twins, back=False):
        """Return taxes with the new one in the place of the old one, or ``back``; twins
        of the option for debits with the twin in the place of the twin."""
        old, new = (self.new, self.old) if back else (self.old, self.new)
        pairs = {old: new}
        if not self.by_option:
            originals = {twin: tax for tax, twin in twins.items()}
            old, new = originals.get(old, old), originals.get(new, new)
            pairs = {old: new}
            if old in twins:
                pairs[twins[old]] = twins.get(new, new)
        return tuple(pairs.get(tax, tax) for tax in tax_ids)


class RecurringVatTaxChange(models.Model):
    _inherit = "recurring.vat.tax.change"

    bearer_tmpl_ids = fields.Many2many(
        "product.template",
        "recurring_vat_tax_change_bearer_rel",
        string="Products That Bore the Old Tax",
        copy=False,
        readonly=True,
        help="When the change was applied: for days before it they go on bearing the "
        "old tax, although the new one was put on the product since.",
    )

    @api.model
    def _applied(self, company_id):
        """Return the changes of a company in order of their days; with one that is
        tried, as if it were applied."""
        trial = self.env.context.get("rr_tax_change_trial")
        known = self._known(company_id)
        if not isinstance(trial, Trial):
            return known
        return tuple(sorted((*known, *trial), key=lambda change: change.day))

    @api.model
    @tools.ormcache("company_id")
    def _known(self, company_id):
        # sudo: whoever bills applies what an accountant decided.
        found = self.sudo().search(
            [("company_id", "=", company_id), ("state", "!=", "draft")],
            order="date, id",
        )
        return tuple(change._terms(change.state == "applied") for change in found)

    @api.model
    @tools.ormcache("company_id")
    def _twins(self, company_id):
        """Return ``{tax id: id of its twin}`` of the option for VAT on debits."""
        # sudo: of the taxes only their ids, for whoever may bill.
        taxes = self.env["account.tax"].sudo().with_context(active_test=False)
        company = self.env["res.company"].browse(company_id)
        found = taxes.search(
            [
                *taxes._check_company_domain(company),
                ("rr_vat_debits_of_id", "!=", False),
            ]
        )
        return {twin.rr_vat_debits_of_id.id: twin.id for twin in found}

    def _terms(self, holds):
        """Return what ``_applied`` says of this change."""
        self.ensure_one()
        return Change(
            self.date,
            self.rule,
            self.old_tax_id.id,
            self.new_tax_id.id,
            frozenset(self.product_tmpl_ids.ids),
            holds,
            self.by_option,
            frozenset(self.bearer_tmpl_ids.ids),
        )

    def _family(self, tax):
        """Return a tax with its twin of the option for debits, whichever it is."""
        original = tax.rr_vat_debits_of_id or tax
        twin = self._twins(tax.company_id.id).get(original.id)
        return original | original.browse(twin or ())

    @api.model
    def _replaced(self, taxes, product, company, day, due=None):
        """Return the taxes of an invoice of a day.

        :param due: when it has to be paid, which a change by payment goes by; the day
            itself by default
        """
        tax_ids = tuple(taxes.ids)
        found = self._by_invoice(tax_ids, product, company, day, due)
        return taxes if found == tax_ids else taxes.browse(found)

    @api.model
    def _by_invoice(self, tax_ids, product, company, day, due=None, since=None):
        """Return what the changes that go by the invoice make of taxes.

        :param since: leave out those of before that day
        """
        changes = self._applied(company.id)
        twins = self._twins(company.id) if changes else {}
        for change in sorted(changes, key=lambda change: change.by_option):
            if change.rule == "period" or not change.holds:
                continue
            if ((due or day) if change.rule == "payment" else day) < change.day:
                continue
            if change.concerns(product) and not (since and change.day <= since):
                tax_ids = change.exchanged(tax_ids, twins)
        return tax_ids

    @api.model
    def _turns(self, tax_ids, product, company, day=None, due=None):
        """Return ``((day, tax ids), ...)``: what a service bears from which day on.

        A change that was withdrawn turns and turns back on the same day, so that what
        was billed by it is corrected.

        :param day: of the invoice, for changes that go by it; ``due`` when it is due
        """
        turns, twins = [], None
        for change in self._applied(company.id):
            if change.rule != "period" or not change.concerns(product):
                continue
            twins = self._twins(company.id) if twins is None else twins
            after = change.exchanged(tax_ids, twins)
            if after == tax_ids:
                if not turns:
                    turns += self._turns_back(change, tax_ids, product, twins)
                continue
            if day:
                after = self._by_invoice(
                    after, product, company, day, due, since=change.day
                )
            turns.append((change.day, after))
            if change.holds:
                tax_ids = after
            else:
                turns.append((change.day, tax_ids))
        return tuple(turns)

    def _turns_back(self, change, tax_ids, product, twins):
        """Return the turns of a product that bears the new tax itself by now: days
        before the change keep the old one."""
        if not change.holds or product.product_tmpl_id.id not in change.bearers:
            return []
        before = change.exchanged(tax_ids, twins, back=True)
        if before == tax_ids:
            return []
        return [(date.min, before), (change.day, tax_ids)]

    @api.model
    def _serving(self, taxes, product, company, day, due=None):
        """Return the taxes of an invoice of a day for a service from that day on."""
        taxes = self._replaced(taxes, product, company, day, due)
        for first, tax_ids in self._turns(taxes.ids, product, company, day, due):
            if first <= day:
                taxes = taxes.browse(tax_ids)
        return taxes

    @api.model
    def _alike(self, tax_ids, company):
        """Return the same taxes as invoices of other days bear them, with the option
        for debits or without."""
        twins = self._twins(company.id)
        swapped = {**twins, **{twin: tax for tax, twin in twins.items()}}
        return tuple(swapped.get(tax, tax) for tax in tax_ids)

    @api.model
    def _took_place(self, own, taxes, product, company):
        """Tell whether ``taxes`` stand where ``own`` stood, by changes: a price that
        contains the one then contains the other."""
        changes, wanted = self._applied(company.id), set(taxes.ids)
        if not changes:
            return False
        twins, found = self._twins(company.id), {tuple(own.ids)}
        for change in changes:
            if change.concerns(product):
                found |= {change.exchanged(tax_ids, twins) for tax_ids in found}
            if product.product_tmpl_id.id in change.bearers:
                found |= {change.exchanged(ids, twins, back=True) for ids in found}
        return any(set(tax_ids) == wanted for tax_ids in found)
