"""What would go wrong, or pass silently and be wrong: asked before billing (law 6)."""

from odoo import fields, models
from odoo.tools import format_date

from .conflicts import CONFLICTS


class RecurringBillingRun(models.Model):
    _inherit = "recurring.billing.run"

    def _drop_refused(self, groups, resolver):
        """Note who cannot be billed and return the groups without them."""
        subscriptions = self.env["recurring.subscription"].union(*groups)
        refused = subscriptions.browse()
        for sub, code, message, record in self._all_refusals(subscriptions, resolver):
            if sub not in refused:
                sub._note_problem(self, code, message, record)
                refused |= sub
        if not refused:
            return groups
        return [rest for group in groups if (rest := group - refused)]

    def _all_refusals(self, subscriptions, resolver):
        """Return the faults; where asking itself fails, ask for each by itself."""
        try:
            with self.env.cr.savepoint():
                return list(self._refusals(subscriptions, resolver))
        except CONFLICTS:
            raise
        except Exception as error:
            if len(subscriptions) == 1:
                sentence = self._failure_sentence(subscriptions, error)
                return [(subscriptions, "refused", sentence, None)]
        return [
            refusal
            for sub in subscriptions
            for refusal in self._all_refusals(sub, resolver)
        ]

    def _refusals(self, subscriptions, resolver):
        """Yield (subscription, code, sentence, record to mend) of each fault."""
        yield from self._refuse_customers(subscriptions)
        yield from self._refuse_products(subscriptions, resolver)
        yield from self._refuse_journals(subscriptions, resolver)
        yield from self._refuse_currencies(subscriptions)

    def _refuse_customers(self, subscriptions):
        for sub in subscriptions:
            for partner in sub.partner_id | sub.partner_invoice_id:
                if not partner.active:
                    yield (
                        sub,
                        "partner_archived",
                        self.env._(
                            "The customer %s is archived. Restore it, or cancel the "
                            "subscription.",
                            partner.display_name,
                        ),
                        partner,
                    )
                elif partner.company_id and partner.company_id != self.company_id:
                    yield (
                        sub,
                        "partner_company",
                        self.env._(
                            "The customer %(partner)s belongs to %(other)s and cannot "
                            "be invoiced by %(company)s.",
                            partner=partner.display_name,
                            other=partner.company_id.name,
                            company=self.company_id.name,
                        ),
                        partner,
                    )

    def _refuse_products(self, subscriptions, resolver):
        """Look at what is due now: what was billed long ago harms nobody."""
        due = resolver.due(subscriptions, self.date)
        for sub in subscriptions:
            owed = {item.line for item in due[sub.id]}
            for line in sub.line_ids.filtered(lambda line, owed=owed: line.id in owed):
                product = line.product_id
                if not product.active:
                    yield (
                        sub,
                        "product_archived",
                        self.env._(
                            "The product %s is archived. Restore it, or cancel the "
                            "subscription.",
                            product.display_name,
                        ),
                        product,
                    )
                    continue
                account, _own, _taxes = resolver.booking(sub, product)
                if not account:
                    yield (
                        sub,
                        "no_income_account",
                        self.env._(
                            "The product %s has no income account, nor has its "
                            "category. Set one.",
                            product.display_name,
                        ),
                        product,
                    )
                elif not account.active:
                    yield (
                        sub,
                        "account_archived",
                        self.env._(
                            "The income account %(account)s of %(product)s is "
                            "archived.",
                            account=account.display_name,
                            product=product.display_name,
                        ),
                        account,
                    )
                elif fault := sub._vat_fault(product, resolver):
                    yield sub, "vat_set_up", fault, product

    def _refuse_journals(self, subscriptions, resolver):
        shut = {}
        for sub in subscriptions:
            journal = resolver.journal(sub)
            if journal not in shut:
                shut[journal] = self._no_open_day(journal)
            if not journal:
                message = self.env._(
                    "The company %s has no sales journal.", self.company_id.name
                )
                yield sub, "no_journal", message, None
            elif not journal.active:
                message = self.env._(
                    "The journal %s is archived. Choose another one.",
                    journal.display_name,
                )
                yield sub, "journal_archived", message, journal
            elif shut[journal]:
                yield sub, "no_open_day", shut[journal], journal

    def _no_open_day(self, journal):
        """Return a sentence when every day up to the later of today and the billing
        date is locked: Odoo would silently book in the future."""
        last = max(self.date, fields.Date.context_today(self))
        locks = self.company_id._get_violated_lock_dates(last, True, journal)
        if not locks:
            return None
        return self.env._(
            "The books are locked until %(lock)s: there is no open day to book on "
            "up to %(last)s. Move the lock date, or bill later.",
            lock=format_date(self.env, locks[-1][0]),
            last=format_date(self.env, last),
        )

    def _refuse_currencies(self, subscriptions):
        foreign = subscriptions.currency_id - self.company_id.currency_id
        if not foreign:
            return
        rates = self.env["res.currency.rate"]._read_group(
            [
                ("currency_id", "in", foreign.ids),
                ("company_id", "in", (False, self.company_id.root_id.id)),
                ("name", "<=", self.date),
            ],
            ["currency_id"],
        )
        known = {currency.id for (currency,) in rates}
        for sub in subscriptions:
            currency = sub.currency_id
            if currency in foreign and currency.id not in known:
                yield (
                    sub,
                    "no_rate",
                    self.env._(
                        "There is no rate for %(currency)s on or before %(date)s. "
                        "Enter it: Odoo would otherwise count 1 for 1.",
                        currency=currency.name,
                        date=format_date(self.env, self.date),
                    ),
                    currency,
                )
            elif not currency.active:
                yield (
                    sub,
                    "currency_archived",
                    self.env._("The currency %s is not active.", currency.name),
                    currency,
                )
