"""VAT in plain words on screens: what, where, why, and what changed."""

from odoo.tests import freeze_time, new_test_user, tagged

from .common_tax import GERMAN, TaxCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01")
class TestTaxScreens(TaxCommon):
    def _running(self, customer, *products, bill=True):
        charges = [
            {"product_id": product.id, "unit_price": product.list_price}
            for product in products
        ]
        plan = self._plan(charges=charges)
        sub = self._subscribe(plan, "2026-11-01", customer=customer)
        if bill:
            self._bill("2026-11-01")
        return sub

    def test_the_line_on_a_subscription(self):
        german = self._at("DE", "10115", vat=GERMAN)
        sub = self._running(german, self._sold())
        self.assertIn("reverse charge, Germany, ", sub.vat_line)
        self.assertIn("Directive 2006/112, art. 44, 196", sub.vat_why)
        self.assertIn("To be kept: the customer's VAT number", sub.vat_why)
        self.assertFalse(sub.vat_change)

    def test_products_that_differ_are_named(self):
        self._regime(oss_option=True)
        sub = self._running(
            self._at("DE", "10115"), self._sold("service"), self._sold("electronic")
        )
        self.assertEqual(
            sub.vat_line.splitlines(),
            [
                "service: VAT of 20 %, France",
                "electronic: VAT of 19 % through OSS, Germany",
            ],
        )

    def test_overseas_is_named_as_it_is(self):
        sub = self._running(self._at("FR", "97400", is_company=True), self._sold())
        self.assertEqual(sub.vat_line, "VAT of 8.5 %, Réunion")

    def test_a_position_chosen_by_hand(self):
        position = self.env["account.fiscal.position"].create({"name": "Mine"})
        sub = self._running(self._at("FR"), self._sold(), bill=False)
        sub.fiscal_position_id = position
        self.assertIn("“Mine”", sub.vat_line)

    def test_without_rules_nothing_is_said(self):
        self.company.rr_vat_decides = False
        customer = self._at("FR")
        sub = self._running(customer, self._sold(), bill=False)
        self.assertFalse(sub.vat_line)
        self.assertFalse(sub.vat_html)
        self.assertFalse(customer.rr_vat_line)

    def test_a_customer_who_moved(self):
        """Germany to Switzerland: said with what was, what will be, and why."""
        german = self._at("DE", "10115", vat=GERMAN, city="Berlin")
        sub = self._running(german, self._sold())
        invoice = sub.billed_item_ids.move_id
        german.write(
            {"vat": False, "country_id": self.env.ref("base.ch").id, "zip": "3000"}
        )
        texts = sub.vat_change.splitlines()
        self.assertIn(invoice.name, texts[0])
        self.assertIn("reverse charge, Germany", texts[1])
        self.assertIn("service taxed outside the EU", texts[2])
        self.assertIn("Switzerland", texts[3])
        self.assertEqual(texts[4], "The customer has no VAT number any more.")

    def test_a_change_of_the_company(self):
        customer = self._at("DE", "10115")
        sub = self._running(customer, self._sold("electronic"))
        self.assertFalse(sub.vat_change)
        self._regime(day="2026-11-01", oss_option=True)
        sub.invalidate_recordset(["vat_change", "vat_line"])
        self.assertIn("Now: VAT of 19 % through OSS, Germany", sub.vat_change)
        self.assertIn("threshold of distance sales", sub.vat_change)

    def test_another_town_changes_no_vat(self):
        customer = self._at("FR", "75011")
        sub = self._running(customer, self._sold())
        customer.zip = "69001"
        self.assertFalse(sub.vat_change)

    def test_the_line_on_a_customer(self):
        german = self._at("DE", "10115", vat=GERMAN)
        self.assertIn("reverse charge, Germany", german.rr_vat_line)
        consumer = self._at("FR")
        self.assertEqual(consumer.rr_vat_line, "VAT of 20 %, France")
        self._running(self._at("CH", "3000"), self._sold("electronic"), bill=False)
        swiss = self._at("CH", "3000")
        self._running(swiss, self._sold("electronic"), bill=False)
        swiss.invalidate_recordset(["rr_vat_line"])
        self.assertIn("no VAT, Switzerland", swiss.rr_vat_line)

    def test_what_nobody_confirmed_is_marked(self):
        """The rule, the wording or the rate: said in the line, named in the reasons."""
        training = self._sold("training")
        sub = self._running(self._at("FR"), training)
        mark = "to be confirmed by your accountant"
        self.assertTrue(sub.vat_line.endswith(f"exempt, France, {mark}"), sub.vat_line)
        named = "To be confirmed by your accountant: the rule, the wording of the"
        self.assertIn(named, sub.vat_why)
        decision = sub.billed_item_ids.move_id.invoice_line_ids.rr_vat_decision_id
        self.assertIn(mark, decision.summary)
        rule = self.env.ref("recurring_revenue.vat_rule_fr_training")
        mention = self.env.ref("recurring_revenue.vat_mention_training")
        rule.confirmed = mention.text_ids.confirmed = True
        sub.invalidate_recordset(["vat_line", "vat_why"])
        self.assertNotIn(mark, sub.vat_line)
        self.assertNotIn("To be confirmed", sub.vat_why)
        azores = self._at("PT", "9500")
        self._regime(oss_option=True)
        moved = self._running(azores, self._sold("electronic"), bill=False)
        self.assertIn(f"Azores, {mark}", moved.vat_line)
        self.assertIn("accountant: the rate", moved.vat_why)

    def test_no_country_at_all(self):
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        self.assertEqual(nobody.rr_vat_line, "VAT of 20 %, France")
        self.assertIn("no country", nobody.rr_vat_odd)
        self.assertIn("no country", nobody.rr_vat_html)

    def test_a_decision_explains_itself(self):
        german = self._at("DE", "10115", vat=GERMAN)
        sub = self._running(german, self._sold())
        decision = sub.billed_item_ids.move_id.invoice_line_ids.rr_vat_decision_id
        self.assertIn("reverse charge, Germany", decision.display_name)
        self.assertEqual(decision.mention_text, "Reverse charge")
        self.assertIn(f"10115 Germany, {GERMAN}", decision.why)

    def test_a_salesperson_reads_it_too(self):
        seller = new_test_user(
            self.env, "rr_seller", groups="recurring_revenue.group_user"
        )
        sub = self._running(self._at("FR"), self._sold())
        sub.user_id = seller
        mine = sub.with_user(seller)
        mine.invalidate_recordset()
        self.assertEqual(mine.vat_line, "VAT of 20 %, France")
        self.assertFalse(mine.vat_change)
        self.assertEqual(mine.partner_id.rr_vat_line, "VAT of 20 %, France")
