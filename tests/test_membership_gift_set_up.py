"""The set-up of an association's books: accounts by role, products, cheques."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_gifts import GiftCommon


@tagged("post_install", "-at_install")
class TestGiftSetUp(GiftCommon):
    def test_the_french_chart(self):
        found = {
            row.role: row.account_id.code
            for row in self.env["recurring.association.account"].search(
                [("company_id", "=", self.company.id)]
            )
        }
        self.assertEqual(
            found,
            {
                "dues": "756100",
                "dues_back": "756200",
                "entrance": "756300",
                "gift": "754110",
                "patronage": "754200",
                "waiver": "754120",
                "other": "758000",
                "volunteer": "467000",
                "travel": "625100",
                "cheque": "511200",
                "fund": "196000",
                "fund_report": "689600",
                "fund_use": "789600",
            },
        )
        product = self._role("gift").product_id
        self.assertFalse(product.taxes_id or product.sale_ok)
        self.assertEqual(product.property_account_income_id.code, "754110")
        self.assertEqual(product.rr_revenue_nature_id.code, "dues")
        self.assertEqual(self._role("gift").account_id.account_type, "income")
        self.assertIn(
            self._role("cheque").account_id,
            self.bank.inbound_payment_method_line_ids.payment_account_id,
        )

    def test_again_makes_nothing_twice(self):
        def counts():
            return [
                self.env[model].search_count([])
                for model in (
                    "account.account",
                    "product.product",
                    "recurring.association.account",
                    "account.payment.method.line",
                    "account.journal",
                )
            ]

        before = counts()
        wizard = self._set_up_books()
        self.assertEqual(counts(), before)
        self.assertFalse(wizard.missing_count)

    def test_entrance_fees_in_own_funds_and_class_8(self):
        wizard = self.env["recurring.association.set.up"].create({})
        wizard.entrance_as = "equity"
        wizard._onchange_entrance_as()
        wizard.line_ids.filtered(lambda line: line.role.startswith("goods")).make = True
        self.assertEqual(wizard.missing_count, 3)
        wizard.action_save()
        self.assertEqual(self._role("entrance").account_id.code, "102400")
        self.assertEqual(self._role("entrance").account_id.account_type, "equity")
        self.assertEqual(self._role("goods").account_id.code, "870000")
        self.assertEqual(self._role("goods_use").account_id.account_type, "off_balance")
        self.assertFalse(self._role("volunteering"))

    def test_projects(self):
        self._set_up_books(with_projects=True)
        plan = self.company.rr_project_plan_id
        self.assertEqual(plan.name, "Projects")
        self._set_up_books()
        self.assertEqual(self.company.rr_project_plan_id, plan)

    def test_other_countries_are_asked(self):
        company = self.env["res.company"].create(
            {"name": "Verein", "country_id": self.env.ref("base.de").id}
        )
        accounts = self.env["account.account"].with_company(company)
        income = accounts.create(
            {
                "code": "2110",
                "name": "Beiträge",
                "account_type": "income",
                "company_ids": company.ids,
            }
        )
        wizard = (
            self.env["recurring.association.set.up"].with_company(company).create({})
        )
        self.assertFalse(wizard.line_ids.account_id or wizard.missing_count)
        self.assertIn("13 accounts are still open", wizard.asked_text)
        lines = wizard.line_ids.grouped("role")
        lines["dues"].account_id = income
        lines["gift"].write({"new_code": "2120", "new_name": "Gifts", "make": True})
        wizard.action_save()
        self.assertEqual(company._association_account("dues"), income)
        gift = company._association_account("gift").with_company(company)
        self.assertEqual((gift.code, gift.account_type), ("2120", "income"))
        with self.assertRefused("set up the association's books"):
            company._association_account("waiver")

    def test_refused(self):
        wizard = self.env["recurring.association.set.up"].create({})
        lines = wizard.line_ids.grouped("role")
        lines["gift"].account_id = lines["travel"].account_id
        with self.assertRefused("it is of another type"):
            wizard.action_save()
        lines["gift"].write(
            {"account_id": False, "new_code": "754110", "make": True, "new_name": "X"}
        )
        with self.assertRefused("exists already"):
            wizard.action_save()

    def test_rights(self):
        self.env["recurring.association.account"].search(
            [("role", "=", "waiver")]
        ).unlink()
        treasurer = new_test_user(
            self.env, "treasurer", groups="recurring_revenue.group_treasurer"
        )
        wizard = self.env["recurring.association.set.up"].with_user(treasurer)
        wizard.create({}).action_save()
        self.assertEqual(self._role("waiver").account_id.code, "754120")
        wizard = wizard.create({})
        line = wizard.line_ids.filtered(lambda one: one.role == "goods")
        line.make = True
        with self.assertRefused("administrator of the accounting"):
            wizard.action_save()
        secretary = new_test_user(
            self.env, "secretary", groups="recurring_revenue.group_secretary"
        )
        with self.assertRaises(AccessError):
            self.env["recurring.association.set.up"].with_user(secretary).create({})
