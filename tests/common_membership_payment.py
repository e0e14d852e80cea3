"""What the tests of online payments share: a provider, a call, people of the portal."""

from datetime import date

from odoo import Command
from odoo.tests import new_test_user

from .common_membership import MembershipCommon


class MembershipPaymentCommon(MembershipCommon):
    """A dummy provider that takes euros for the company, and a call of 60.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.provider = cls._provider("Dummy", cls.company, cls.bank)
        cls.jeanne = cls._member("Jeanne Petit", "2026-11-10")
        cls.jeanne.partner_id.write({"email": "jeanne@example.com", "lang": "en_US"})
        cls.jeanne_user = cls._portal_user("jeanne", cls.jeanne.partner_id)
        cls.paul = cls._member("Paul Grand", "2026-11-10")
        cls.paul_user = cls._portal_user("paul", cls.paul.partner_id)
        cls.season.version_ids.charge_ids.product_id.taxes_id = False
        cls.dues = cls._called(cls.jeanne)

    @classmethod
    def _portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            partner_id=partner.id,
            name=partner.name,
            email=partner.email or f"{login}@example.com",
            password=login,
        )

    @classmethod
    def _called(cls, membership, day=date(2026, 11, 10)):
        dues = membership._call_dues(day)
        dues.action_call()
        return dues

    @classmethod
    def _provider(cls, name, company, journal):
        form = cls.env["ir.ui.view"].create(
            {
                "name": "Dummy Redirect Form",
                "type": "qweb",
                "arch": '<form action="dummy" method="post" />',
            }
        )
        method = cls.env.ref("payment.payment_method_unknown")
        provider = cls.env["payment.provider"].create(
            {
                "name": name,
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": company.id,
                "payment_method_ids": [Command.set(method.ids)],
                "redirect_form_view_id": form.id,
            }
        )
        method.active = True
        cls.env["account.payment.method.line"].create(
            {
                "name": name,
                "payment_method_id": cls.env.ref(
                    "account.account_payment_method_manual_in"
                ).id,
                "journal_id": journal.id,
                "payment_provider_id": provider.id,
            }
        )
        return provider

    def _transaction(self, dues=None, amount=60.0, **values):
        """Return the transaction of a payment that the provider has not confirmed."""
        dues = dues or self.dues
        count = self.env["payment.transaction"].search_count([])
        return self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids.id,
                "reference": f"{dues.name}-{count}",
                "amount": amount,
                "currency_id": dues.currency_id.id,
                "partner_id": dues.payer_id.id,
                "operation": "online_redirect",
                "rr_dues_id": dues.id,
                **values,
            }
        )

    def _confirm(self, tx):
        """Let the provider confirm a payment, and Odoo post-process it."""
        tx._set_done()
        tx._post_process()

    def _contributions(self, dues=None):
        lines = self.env["recurring.contribution.line"].search(
            [("dues_line_id", "in", (dues or self.dues).line_ids.ids)]
        )
        return lines.contribution_id
