"""What the tests of gifts share: an association whose books are set up."""

from odoo import Command

from .common_membership import MembershipCommon


class GiftCommon(MembershipCommon):
    """The French chart, its books set up for an association."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_books()
        journals = cls.env["account.journal"]
        mine = journals._check_company_domain(cls.company)
        cls.bank = journals.search([*mine, ("type", "=", "bank")], limit=1)
        cls.cash = journals.search([*mine, ("type", "=", "cash")], limit=1)
        cls.donor = cls.env["res.partner"].create({"name": "Camille Durand"})

    @classmethod
    def _set_up_books(cls, **values):
        wizard = cls.env["recurring.association.set.up"].create(values)
        wizard.action_save()
        return wizard

    @classmethod
    def _role(cls, role):
        return cls.company._association_row(role)

    def _gift(self, amount=50.0, day="2026-11-12", line=None, **values):
        """Return a gift by transfer, not booked."""
        return self.env["recurring.contribution"].create(
            {
                "partner_id": self.donor.id,
                "date": day,
                "journal_id": self.bank.id,
                "line_ids": [
                    Command.create(
                        {
                            "product_id": self._role("gift").product_id.id,
                            "amount": amount,
                            **(line or {}),
                        }
                    )
                ],
                **values,
            }
        )

    def _entry(self, move):
        """Return [(code, balance)] of an entry, sorted."""
        return sorted((line.account_id.code, line.balance) for line in move.line_ids)

    def _balance(self, code, **domain):
        """Return what stands on the accounts that begin with a code."""
        [[balance]] = self.env["account.move.line"]._read_group(
            [
                ("account_id.code", "=like", f"{code}%"),
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                *((name, "=", value) for name, value in domain.items()),
            ],
            [],
            ["balance:sum"],
        )
        return round(balance or 0, 2)
