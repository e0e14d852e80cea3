"""A closing measures by IFRS 15; in a company whose books follow it, it books that."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..exact import exact


class AccountMove(models.Model):
    _inherit = "account.move"

    # Copied: what reverses an adjustment is one too.
    rr_ifrs_adjustment = fields.Boolean(string="Adjustment by IFRS 15", readonly=True)


class RecurringRevenueRun(models.Model):
    """Up to the closed month, what was known by IFRS 15 does not change any more.

    In a company whose books follow IFRS 15 the difference to what its invoices earn is
    booked, by customer: revenue, contract assets (IFRS 15.107), and contract
    liabilities as what adds to deferred revenue, or takes from it (IFRS 15.106). It is
    booked as the change since the last closing, so that a closing that is taken back
    leaves nothing. What is netted because it is not due is shown in the report only.
    """

    _inherit = "recurring.revenue.run"

    def _finish(self):
        """Measure, and book the adjustment, once everything else is booked."""
        result = super()._finish()
        if self.state == "done" and self._measures_ifrs():
            self._close_ifrs()
        return result

    def _measures_ifrs(self):
        """Tell whether anybody reads figures by IFRS 15 here."""
        contracts = self.env["recurring.revenue.contract"].sudo()
        return self._books_ifrs() or bool(
            contracts.search_count([("company_id", "=", self.company_id.id)], limit=1)
        )

    def _books_ifrs(self):
        return self.company_id.rr_revenue_ledger == "ifrs"

    def _close_ifrs(self):
        # sudo: figures of every contract, whoever closes.
        contracts = self.env["recurring.revenue.contract"].sudo()
        contracts._measure(
            self.company_id, contracts._first_open(self.company_id, before=self.month)
        )
        if self._books_ifrs():
            self._book_ifrs()

    def _check_can_book(self):
        """Also refuse where the accounts of the adjustment are missing."""
        result = super()._check_can_book()
        if not self._books_ifrs():
            return result
        for account in self.company_id._ifrs_accounts().values():
            if not account or not account.active:
                names = [
                    self.company_id._fields[name]._description_string(self.env)
                    for name in (
                        "rr_ifrs_revenue_account_id",
                        "rr_contract_asset_account_id",
                        "rr_contract_liability_account_id",
                    )
                ]
                raise UserError(
                    self.env._(
                        "The books of %(company)s follow IFRS 15. Choose in the "
                        "settings, all in use: %(accounts)s.",
                        company=self.company_id.name,
                        accounts=", ".join(names),
                    )
                )
        return result

    # ------------------------------------------------------------------
    # The adjustment
    # ------------------------------------------------------------------

    def _book_ifrs(self):
        """Post the entry that takes the books to IFRS 15, if they are not there."""
        lines = [
            {
                "key": (what, partner),
                "account_id": account,
                "partner_id": partner,
                "amount": amount,
                "amount_currency": amount,
                "analytic_distribution": False,
                "name": f"IFRS 15 {self.month:%Y-%m}",
            }
            for what, account, partner, amount in self._ifrs_changes()
        ]
        if not lines:
            return
        company = self.company_id
        self.env["recurring.revenue.entry"]._book(
            company,
            company.rr_revenue_journal_id,
            self._first_open_day(self.last_day),
            company.currency_id,
            lines,
            {
                "ref": self.env._("IFRS 15, %s", self.display_name),
                "rr_revenue_run_id": self.id,
                "rr_ifrs_adjustment": True,
            },
        )

    def _ifrs_changes(self):
        """Return (what, account, customer, debit) of what is not booked yet."""
        accounts = {
            what: account.id
            for what, account in self.company_id._ifrs_accounts().items()
        }
        targets = self._ifrs_targets()
        booked = self._ifrs_booked()
        found = []
        for what, account in accounts.items():
            partners = {key[1] for key in targets if key[0] == what}
            partners |= {key[1] for key in booked if key[0] == account}
            # One account may serve for two things: what is booked counts once.
            for partner in sorted(partners, key=lambda one: one or 0):
                done = booked.pop((account, partner), exact(0))
                amount = targets.get((what, partner), exact(0)) - done
                if amount:
                    found.append((what, account, partner, amount))
        return found

    def _ifrs_targets(self):
        """Return ``{(what, customer): debit}`` that the books are to have in all."""
        # sudo: figures of every contract, whoever closes.
        contracts = self.env["recurring.revenue.contract"].sudo()
        rows = contracts._figures(self.company_id, self.last_day)
        partners = self._ifrs_customers(rows)
        targets = {}
        for row in rows:
            partner = partners[row["partner_id"]]
            more = exact(row["ifrs"]) - exact(row["statutory"])
            # An invoice to issue is an asset already: it is not booked a second time.
            asset = exact(row["contract_asset"]) - exact(row["accrued"])
            for key, amount in (
                (("revenue", False), -more),
                (("asset", partner), asset),
                (("liability", partner), more - asset),
            ):
                targets[key] = targets.get(key, exact(0)) + amount
        return targets

    def _ifrs_customers(self, rows):
        """Return ``{partner: who pays for it}``: as entries name customers."""
        partners = self.env["res.partner"].browse({row["partner_id"] for row in rows})
        return {
            partner.id: partner.commercial_partner_id.id for partner in partners.sudo()
        }

    def _ifrs_booked(self):
        """Return ``{(account, customer): debit}`` of what closings booked so far."""
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.account_id, l.partner_id, SUM(l.balance)
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                 WHERE m.company_id = %s AND m.rr_ifrs_adjustment
                   AND m.state = 'posted'
                 GROUP BY 1, 2
                """,
                self.company_id.id,
            )
        )
        return {
            (account, partner or False): exact(amount)
            for account, partner, amount in rows
        }

    def _preview_sections(self):
        """Add what the books of an IFRS company will be adjusted by."""
        sections = super()._preview_sections()
        if not self._books_ifrs() or not all(
            account for account in self.company_id._ifrs_accounts().values()
        ):
            return sections
        sums = {}
        for _what, account, _partner, amount in self._ifrs_changes():
            sums[account] = sums.get(account, exact(0)) + amount
        accounts = self.env["account.account"].sudo().browse(sums)
        rows = [
            {
                "label": account.display_name,
                "account_id": account.id,
                "amount": -sums[account.id],
            }
            for account in accounts.sorted("code")
        ]
        revenue = self.company_id.rr_ifrs_revenue_account_id.id
        return [
            *sections,
            {
                "key": "ifrs",
                "title": self.env._("Difference between the books and IFRS 15"),
                "rows": rows,
                "total": -sums.get(revenue, exact(0)),
            },
        ]
