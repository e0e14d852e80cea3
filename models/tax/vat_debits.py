"""The option for VAT on debits: services due when they are invoiced.

The chart's taxes of services wait for the payment. The set-up gives each of them a twin
that is due on invoice, and lets it take their place from the day of the option on, by
dated changes of tax; the option given up turns back. What exists is kept: set up twice,
nothing more is made.
"""

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from .vat_set_up import Step


class RecurringVatRegistration(models.Model):
    _inherit = "recurring.vat.registration"

    @api.constrains("date_from", "debits", "company_id")
    def _check_debits_from(self):
        """The option begins and ends on the first day of a month (CGI ann. III,
        art. 77)."""
        for company in self.company_id:
            for day, _opted in company._vat_debits_turns():
                if day.day != 1:
                    raise ValidationError(
                        self.env._(
                            "VAT on debits begins and ends on the first day of a "
                            "month, after the letter to the tax office: not on %s.",
                            fields.Date.to_string(day),
                        )
                    )


class AccountTax(models.Model):
    _inherit = "account.tax"

    rr_vat_debits_of_id = fields.Many2one(
        "account.tax",
        string="On Debits Instead Of",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The tax due on payment whose place this one takes under the option for "
        "VAT on debits.",
    )


class RecurringVatTaxChange(models.Model):
    _inherit = "recurring.vat.tax.change"

    by_option = fields.Boolean(
        string="By the Option for Debits", readonly=True, copy=False
    )

    def action_apply(self):
        """Where the old tax has a twin of the option, the new one gets its own."""
        result = super().action_apply()
        for change in self.filtered(lambda change: not change.by_option):
            new = change.new_tax_id
            if len(change._family(change.old_tax_id)) > 1 == len(change._family(new)):
                if new.tax_exigibility == "on_payment":
                    company = change.company_id
                    self.env["recurring.vat.maker"].with_company(company)._debits(
                        company, dry=False
                    )
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    def _vat_debits_turns(self):
        """Return ``[(day, opted)]``: when the option for debits begins and ends."""
        self.ensure_one()
        turns, opted = [], False
        for row in self.rr_vat_registration_ids.sorted("date_from"):
            if row.debits != opted:
                opted = row.debits
                turns.append((row.date_from, opted))
        return turns

    def _vat_set_up(self, dry=False):
        steps = super()._vat_set_up(dry)
        company = self.with_company(self)
        return steps + company.env["recurring.vat.maker"]._debits(company, dry)


class RecurringVatMaker(models.AbstractModel):
    _inherit = "recurring.vat.maker"

    def _debits(self, company, dry):
        """Make the twins and the dated changes that the option needs; return the
        steps, done or only listed."""
        turns = company._vat_debits_turns()
        opted = any(is_on for _day, is_on in turns)
        taxes = self._receipts_taxes(company) if opted else self.env["account.tax"]
        twins, steps = {}, []
        for tax in taxes:
            twins[tax], made = self._debits_twin(tax, dry)
            steps += made
        if not dry:
            for tax, twin in twins.items():
                self._tie_twin(tax, twin, twins)
        return steps + self._debits_changes(company, turns, twins, dry)

    def _receipts_taxes(self, company):
        """Return the company's taxes of sales that wait for the payment.

        Without the OSS ones: the option is about the VAT of the seller's country.
        """
        taxes = self.env["account.tax"]
        return taxes.search(
            [
                *taxes._check_company_domain(company),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", ">", 0),
                ("tax_exigibility", "=", "on_payment"),
                ("country_id", "=", company.account_fiscal_country_id.id),
            ]
        ).filtered(lambda tax: not _is_oss(tax))

    def _debits_twin(self, tax, dry):
        """Return (the tax due on invoice in the place of ``tax``, steps)."""
        twins = self.env["account.tax"].with_context(active_test=False)
        twin = twins.search([("rr_vat_debits_of_id", "=", tax.id)], limit=1)
        if twin:
            return twin, []
        step = Step("tax", "debits", _twin_name(tax), tax.name)
        if dry:
            return twin, [step]
        twin = tax.copy(
            {
                "name": _twin_name(tax),
                "tax_exigibility": "on_invoice",
                "cash_basis_transition_account_id": False,
                "fiscal_position_ids": [Command.set(tax.fiscal_position_ids.ids)],
                "original_tax_ids": [Command.clear()],
                "replacing_tax_ids": [Command.clear()],
                "rr_vat_debits_of_id": tax.id,
                "rr_vat_made": True,
                "active": True,
            }
        )
        return twin, [step]

    def _tie_twin(self, tax, twin, twins):
        """Let fiscal positions treat a twin as they treat the tax itself.

        What replaces the tax and has a twin is replaced by that twin; what replaces it
        and has none (the taxes of 0 %, OSS) replaces the twin as well.
        """
        own = self.env["account.tax"].union(
            *(twins[one] for one in tax.original_tax_ids if one in twins)
        )
        missing = own - twin.original_tax_ids
        if missing:
            twin.original_tax_ids = [Command.link(one.id) for one in missing]
        replacing = (
            self.env["account.tax"]
            .with_context(active_test=False)
            .search([("original_tax_ids", "in", tax.ids)])
        )
        for other in replacing:
            if other not in twins and twin not in other.original_tax_ids | other:
                other.original_tax_ids = [Command.link(twin.id)]

    # ------------------------------------------------------------------
    # Dated changes
    # ------------------------------------------------------------------

    def _debits_changes(self, company, turns, twins, dry):
        """Make the changes that are missing, withdraw those of options that are not on
        record any more."""
        changes = self.env["recurring.vat.tax.change"]
        known = changes.search(
            [("company_id", "=", company.id), ("by_option", "=", True)]
        )
        wanted, steps = changes, []
        for tax, twin in twins.items():
            for day, opted in turns:
                old, new = (tax, twin) if opted else (twin, tax)
                found = known.filtered(
                    lambda change, old=old, day=day: (
                        change.old_tax_id == old
                        and change.date == day
                        and bool(old)
                        and change.state == "applied"
                    )
                )
                wanted |= found
                if found:
                    continue
                names = (tax.name, _twin_name(tax))
                text = " → ".join(names if opted else reversed(names))
                detail = fields.Date.to_string(day)
                steps.append(Step("change", "debits", f"{text}, {detail}", detail))
                if not dry:
                    wanted |= self._debits_change(company, day, opted, old, new)
        stale = (known - wanted).filtered(lambda change: change.state == "applied")
        for change in stale:
            text = f"{change.old_tax_id.name} → {change.new_tax_id.name}"
            detail = fields.Date.to_string(change.date)
            steps.append(Step("withdraw", "debits", f"{text}, {detail}", detail))
        if not dry:
            stale.action_withdraw()
        return steps

    def _debits_change(self, company, day, opted, old, new):
        """Return an applied change of tax by date of invoice."""
        if opted:
            name = self.env._("Option for VAT on debits (CGI ann. III, art. 77)")
        else:
            name = self.env._("Option for VAT on debits given up")
        change = self.env["recurring.vat.tax.change"].create(
            {
                "name": name,
                "company_id": company.id,
                "old_tax_id": old.id,
                "new_tax_id": new.id,
                "date": day,
                "rule": "invoice",
                "by_option": True,
            }
        )
        change.action_apply()
        return change


def _twin_name(tax):
    return f"{tax.name} débits"


def _is_oss(tax):
    treatments = " ".join(
        code for code in tax.fiscal_position_ids.mapped("rr_vat_treatments") if code
    )
    return "oss" in treatments.split()
