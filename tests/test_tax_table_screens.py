"""The VAT tables and decisions as they are read, and who finds which menu."""

from odoo.tests import freeze_time, new_test_user, tagged

from .common_tax import GERMAN, TaxCommon

ACCOUNTANT = "base.group_user,account.group_account_manager"


@tagged("post_install", "-at_install")
@freeze_time("2026-11-20")
class TestTaxTableScreens(TaxCommon):
    def _menus(self, groups):
        user = new_test_user(self.env, groups.split(".")[-1], groups=groups)
        menus = self.env["ir.ui.menu"].with_user(user)
        visible = menus._visible_menu_ids()
        seen = menus.browse(visible).filtered(
            lambda menu: set(map(int, menu.parent_path.split("/")[:-1])) <= visible
        )
        data = self.env["ir.model.data"].search(
            [
                ("model", "=", "ir.ui.menu"),
                ("module", "=", "recurring_revenue"),
                ("res_id", "in", seen.ids),
            ]
        )
        return set(data.mapped("name"))

    def test_rules_in_words(self):
        rule = self.env.ref("recurring_revenue.vat_rule_fr_oss_electronic")
        self.assertEqual(
            (rule.supplies_text, rule.regimes_text, rule.places_text, rule.kinds_text),
            (
                "Electronic, telecom or broadcast service",
                "",
                "other member states",
                "consumers and other persons not liable to VAT",
            ),
        )
        self.assertEqual(rule.destination_text, "with OSS, or above the threshold")
        self.assertIn("VAT of that state (OSS)", rule.treatment_text)
        self.assertEqual(rule.evidence_text, "proof of where the customer is")

    def test_no_code_is_left_in_the_tables(self):
        """Whatever the data name has a word: nobody reads ``member_service``."""
        names = ("supplies", "regimes", "places", "kinds", "destination", "evidence")
        for rule in self.env["recurring.vat.rule"].search([]):
            for name in names:
                self.assertNotIn("_", rule[f"{name}_text"], rule.code)
            self.assertNotIn("_", rule.treatment_text, rule.code)
            self.assertNotIn("_", rule.mention_text or "", rule.code)
        treatments = self.env["recurring.vat.treatment"].search([])
        self.assertNotIn("True", treatments.mapped("needed_text"))
        rate = self.env["recurring.vat.rate"].search([("territory", "=", "DE")])
        self.assertEqual(set(rate.mapped("territory_text")), {"Germany"})

    def test_from_an_invoice_line_to_its_decision_and_back(self):
        german = self._at("DE", "10115", vat=GERMAN)
        invoice = self._invoice(german, self._sold(), day="2026-11-20")
        action = invoice.invoice_line_ids.action_rr_vat_decision()
        decision = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("reverse charge, Germany", decision.summary)
        back = decision.action_open_invoices()
        self.assertEqual(self.env["account.move"].search(back["domain"]), invoice)

    def test_what_the_register_answered(self):
        decision = self.env["recurring.vat.decision"].new(
            {
                "inputs": {
                    "number_answered_on": "2026-11-03 09:15:00",
                    "number_consultation": "WAPIAAAAX",
                }
            }
        )
        self.assertIn("consultation WAPIAAAAX", decision.register_answer)
        self.assertIn("26", decision.register_answer)
        decision.inputs = {"number": ""}
        self.assertEqual(decision.register_answer, "")

    def _today(self, user=None):
        today = self.env["recurring.today"].with_user(user or self.env.user)
        return {section["id"]: section for section in today.get_today()["sections"]}

    def test_a_new_user_is_led_to_the_set_up(self):
        """Only who may set VAT up, and only where rules are known."""
        today = self.env["recurring.today"]
        steps = {step["id"]: step for step in today.get_today()["steps"]}
        self.assertEqual(list(steps), ["plan", "subscription", "vat", "bill"])
        self.assertTrue(steps["vat"]["done"])
        self.company.rr_vat_decides = False
        steps = {step["id"]: step["done"] for step in today.get_today()["steps"]}
        self.assertFalse(steps["vat"])
        seller = new_test_user(
            self.env, "rr_newcomer", groups="recurring_revenue.group_user"
        )
        steps = today.with_user(seller).get_today()["steps"]
        self.assertNotIn("vat", [step["id"] for step in steps])
        self.company.account_fiscal_country_id = self.env.ref("base.us")
        steps = today.get_today()["steps"]
        self.assertNotIn("vat", [step["id"] for step in steps])

    def test_numbers_on_today(self):
        """A wrong number of a payer is told; one that waits for VIES is not."""
        wrong = self._at("FR", is_company=True, company_registry="73282932000079")
        waits = self._at("DE", "10115", vat=GERMAN)
        plan = self._plan(charges=[{"product_id": self._sold().id, "unit_price": 1.0}])
        self.assertNotIn("numbers", self._today())
        for customer in (wrong, waits):
            self._subscribe(plan, "2026-11-20", customer=customer)
        section = self._today()["numbers"]
        self.assertEqual([one["res_id"] for one in section["entries"]], [wrong.id])
        self.assertIn("00079", section["entries"][0]["detail"])
        self.company.rr_vat_decides = False
        self.assertNotIn("numbers", self._today())

    def test_looking_leaves_no_evidence(self):
        """Today's dry run, a preview and a subscription's next invoices decide VAT, and
        keep no decision: a record stands for an invoice that was made."""
        decisions = self.env["recurring.vat.decision"]
        plan = self._plan(
            charges=[{"product_id": self._sold("electronic").id, "unit_price": 100.0}]
        )
        sub = self._subscribe(plan, "2026-11-20", customer=self._at("DE", "10115"))
        before = decisions.search_count([])
        shown = self.env["recurring.today"].get_today()["next"]["detail"]
        self.assertIn("100.00", shown)
        self.assertIn("120.00", str(sub.upcoming_table))
        self.assertEqual(decisions.search_count([]), before)
        # The sale that crosses the threshold is previewed at the other VAT.
        self.env["recurring.vat.oss.year"].create(
            {"company_id": self.company.id, "year": 2026, "opening_amount": 9950}
        )
        self._regime(day="2020-01-01")
        self.company.rr_oss_prepared = True
        self.company._vat_set_up()
        run = self.env["recurring.billing.run"].new(
            {"company_id": self.company.id, "date": "2026-11-20"}
        )
        vat = run._preview_sums()["vat"]
        self.assertIn("19", str(vat))
        self.assertEqual(decisions.search_count([]), before)
        self._bill("2026-11-20")
        self.assertEqual(decisions.search_count([]), before + 1)

    @freeze_time("2027-07-01")
    def test_wordings_on_today(self):
        """From mid-2027 the missing CIBS wordings are asked of who may load them."""
        self.assertIn("wordings", self._today())
        seller = new_test_user(
            self.env, "rr_seller", groups="recurring_revenue.group_user"
        )
        self.assertNotIn("wordings", self._today(seller))

    def test_menus_of_an_accountant(self):
        """VAT is the accountant's: its set-up too. Plans and coupons are not."""
        seen = self._menus(ACCOUNTANT)
        for name in (
            *("menu_vat_set_up", "menu_vat_tax_changes", "menu_vat_rates"),
            *("menu_vat_reconciliation", "menu_vat_statement", "menu_vat_decisions"),
            *("menu_vat_oss_year", "menu_vat_ereporting", "menu_customer_numbers"),
        ):
            self.assertIn(name, seen)
        self.assertNotIn("menu_plans", seen)
        self.assertNotIn("menu_plan_families", seen)

    def test_menus_of_a_salesperson(self):
        seen = self._menus("recurring_revenue.group_user")
        vat = {name for name in seen if "vat" in name or "ereporting" in name}
        self.assertEqual(vat, {"menu_vat_books"})
        self.assertIn("menu_customer_numbers", seen)
        self.assertNotIn("menu_configuration", seen)

    def test_the_accountant_sets_vat_up(self):
        accountant = new_test_user(self.env, "rr_accountant", groups=ACCOUNTANT)
        self.company.rr_vat_decides = False
        wizard = self.env["recurring.vat.set.up"].with_user(accountant)
        wizard = wizard.create({"oss_option": True})
        for _step in range(4):
            wizard.action_next()
        self.assertEqual(wizard.step, "taxes")
        wizard.action_set_up()
        self.assertTrue(self.company.rr_vat_decides)
        self.assertIn("Germany", wizard.preview_html)
        self.assertEqual(wizard.action_finish()["target"], "main")
