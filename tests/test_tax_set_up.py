"""The set-up of VAT and legal mentions, step by step."""

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_tax import TaxCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-20")
class TestTaxSetUp(TaxCommon):
    def _wizard(self, user=None, **values):
        wizards = self.env["recurring.vat.set.up"]
        return (wizards.with_user(user) if user else wizards).create(values)

    def test_the_regime_is_written_once(self):
        wizard = self._wizard()
        self.assertEqual(str(wizard.date_from), "2026-01-01")
        wizard.action_next()
        self.assertEqual(wizard.step, "legal")
        (row,) = self.company.rr_vat_registration_ids
        self.assertEqual((row.regime, row.debits), ("normal", False))
        wizard.action_back()
        wizard.action_next()
        self.assertEqual(self.company.rr_vat_registration_ids, row)

    def test_debits_begin_on_the_first_of_a_month(self):
        self._regime(day="2026-01-01")
        wizard = self._wizard(date_from="2026-12-15", debits=True)
        with self.assertRefused("first day of a month"):
            wizard.action_next()
        wizard.date_from = "2026-12-01"
        wizard.action_next()
        days = self.company.rr_vat_registration_ids.mapped("debits")
        self.assertEqual(sorted(days), [False, True])
        self.assertIn("VAT on debits", wizard.regime_text)

    def test_missing_legal_data(self):
        self.company.write({"street": "1 rue A", "city": "Nantes"})
        wizard = self._wizard(step="legal")
        self.assertIn("Kind of seller", wizard.missing_text)
        wizard.rr_legal_kind = "company"
        wizard.action_next()
        for word in ("Legal form", "Share capital", "RCS"):
            self.assertIn(word, wizard.missing_text)
        wizard.write(
            {
                "step": "legal",
                "rr_legal_form": "SAS",
                "rr_share_capital": 1000,
                "rr_register_city": "Nantes",
            }
        )
        wizard.action_next()
        self.assertFalse(wizard.missing_text)
        self.company.company_registry = "404833047"
        wizard.invalidate_recordset(["missing_text"])
        self.assertIn("SIREN or SIRET 404833047: The check digit", wizard.missing_text)

    def test_missing_is_said_while_one_types(self):
        """Nothing is saved yet: the page itself says what still lacks."""
        form = Form(self.env["recurring.vat.set.up"].create({"step": "legal"}))
        self.assertIn("Kind of seller", form.missing_text)
        self.assertIn("Address", form.missing_text)
        form.rr_legal_kind = "company"
        self.assertNotIn("Kind of seller", form.missing_text)
        self.assertIn("Share capital", form.missing_text)
        form.rr_legal_form, form.rr_share_capital = "SAS", 1000
        form.rr_register_city = "Nantes"
        form.street, form.city = "1 rue A", "Nantes"
        self.assertFalse(form.missing_text)
        form.company_registry = "404833047"
        self.assertIn("SIREN or SIRET 404833047: The check digit", form.missing_text)
        form.company_registry = "732 829 320 00074"
        wizard = form.save()
        self.assertFalse(self.company.street)
        wizard.action_next()
        self.assertEqual(self.company.street, "1 rue A")
        self.assertEqual(self.company.company_registry, "732 829 320 00074")

    def test_an_association(self):
        self._regime(regime="association_exempt")
        self.company.write(
            {
                "street": "1 rue A",
                "city": "Nantes",
                "vat": False,
                "rr_legal_kind": "association",
                "rr_legal_form": "Association loi 1901",
                "rr_rna": "442001234",
            }
        )
        (missing,) = self.company._rr_legal_missing()
        self.assertIn("not an RNA number", missing)
        self.company.rr_rna = "W442001234"
        self.assertEqual(self.company._rr_legal_missing(), [])

    def test_guessed_products(self):
        known, guessed = self._sold(name="Known"), self._product("Nobody knows")
        self._plan("Known", charges=[{"product_id": known.id, "unit_price": 1}])
        self._plan("Other", charges=[{"product_id": guessed.id, "unit_price": 1}])
        wizard = self._wizard(step="products")
        self.assertTrue(wizard.has_guessed)
        self.assertIn("Nobody knows", wizard.products_html)
        domain = wizard.action_open_products()["domain"]
        self.assertIn(guessed.product_tmpl_id.id, domain[0][2])
        self.assertNotIn(known.product_tmpl_id.id, domain[0][2])
        guessed.categ_id = self.env["product.category"].create(
            {"name": "Online", "rr_vat_nature_id": self._nature("electronic").id}
        )
        self.assertNotIn(guessed.product_tmpl_id, wizard._guessed_templates())

    def test_what_it_will_make_and_making_it(self):
        self.company.rr_vat_decides = False
        self._wizard(oss_option=True).action_next()
        wizard = self._wizard(step="taxes")
        positions = self.env["account.fiscal.position"]
        before = positions.search_count([])
        self.assertIn("OSS AT", wizard.steps_html)
        self.assertIn("more", wizard.steps_html)
        self.assertEqual(positions.search_count([]), before)
        self.assertFalse(wizard.is_set_up)
        wizard.action_set_up()
        self.assertTrue(self.company.rr_vat_decides)
        self.assertGreater(positions.search_count([]), before)
        self.assertEqual(wizard.step, "preview")
        wizard.step = "taxes"
        self.assertTrue(wizard.is_set_up)

    def test_foreign_rates_are_totalled_under_their_own_name(self):
        """What a German consumer reads in the totals is 19 %, not the French rate."""
        self._regime(oss_option=True)
        german = self._at("DE", "10115")
        invoice = self._invoice(german, self._sold("electronic"), day="2026-11-20")
        (subtotal,) = invoice.tax_totals["subtotals"]
        (group,) = subtotal["tax_groups"]
        self.assertIn("19% DE", group["group_name"])
        self.assertEqual(group["tax_amount"], 19.0)

    def test_samples(self):
        """The six customers of the preview, for an electronic service with OSS."""
        self._regime(oss_option=True)
        wizard = self._wizard(
            step="preview", preview_nature_id=self._nature("electronic").id
        )
        rows = [(row["line"], row["mention"]) for row in wizard._sample_rows()]
        self.assertEqual(rows[0], ("VAT of 20 %, France", ""))
        self.assertEqual(rows[1], ("VAT of 20 %, France", ""))
        self.assertEqual(
            rows[2], ("reverse charge, Germany, number confirmed", "Reverse charge")
        )
        self.assertEqual(rows[3][0], "VAT of 19 % through OSS, Germany")
        self.assertEqual(rows[4], ("VAT of 8.5 %, Réunion", ""))
        self.assertEqual(
            rows[5],
            (
                "service taxed outside the EU, no VAT, Switzerland",
                "VAT not applicable, art. 259-1 of the French tax code (CGI)",
            ),
        )
        self.assertIn("Company, Germany", wizard.preview_html)
        amounts = [row["amounts"][1:] for row in wizard._sample_rows()[2:5]]
        self.assertEqual(
            [[text.replace("\xa0", " ") for text in row] for row in amounts],
            [["0.00 €", "100.00 €"], ["19.00 €", "119.00 €"], ["8.50 €", "108.50 €"]],
        )
        self.assertIn("Fixed compensation for recovery costs", wizard.preview_html)

    def test_cibs_wordings_are_asked_for_from_july_2027(self):
        mentions = self.env["recurring.vat.mention"]
        wanted = [("needs_wording", "=", True)]
        for day, asked in (("2027-06-30", False), ("2027-07-01", True)):
            with freeze_time(day):
                self.env.invalidate_all()
                self.assertEqual(bool(mentions.search(wanted)), asked)
                page = self._wizard(step="words").words_html
                self.assertEqual("New wordings are wanted" in page, asked)
                settings = self.env["res.config.settings"].create({})
                self.assertEqual(settings.rr_wordings_wanted, asked)
        mention = self.env.ref("recurring_revenue.vat_mention_franchise")
        with freeze_time("2027-07-01"):
            self.assertIn(mention, mentions.search(wanted))
            self.env["recurring.vat.mention.text"].create(
                {
                    "mention_id": mention.id,
                    "law": "cibs",
                    "valid_from": "2028-01-01",
                    "text": "TVA non applicable, art. X du CIBS",
                }
            )
            self.env.invalidate_all()
            self.assertNotIn(mention, mentions.search(wanted))

    def test_after_the_last_wording_it_is_printed_on(self):
        say = self.env["recurring.vat.mention"]._say
        day = (
            self.env["recurring.vat.registration"]
            ._fields["date_from"]
            .to_date("2029-01-01")
        )
        self.assertEqual(
            say("franchise", day, "de_DE"), "TVA non applicable, art. 293 B du CGI"
        )
        self.assertEqual(say("nothing_like_it", day, "fr_FR"), "")

    def test_a_country_without_rules(self):
        self.company.account_fiscal_country_id = self.env.ref("base.us")
        wizard = self._wizard()
        self.assertFalse(wizard.has_rules)
        self.assertEqual(wizard.country_name, "United States")
        with self.assertRefused("No VAT rules are known"):
            wizard.action_set_up()

    def test_rights(self):
        """An administrator of subscriptions answers; taxes are the accountant's."""
        groups = "recurring_revenue.group_manager"
        manager = new_test_user(self.env, "rr_manager", groups=groups)
        wizard = self._wizard(manager)
        wizard.action_next()
        wizard.rr_legal_form = "SARL"
        wizard.action_next()
        self.assertEqual(self.company.rr_legal_form, "SARL")
        with self.assertRefused("administrator of the accounting"):
            wizard.action_set_up()
        other = self.env["res.company"].create({"name": "Other"})
        wizard.sudo().company_id = other
        with self.assertRaises(AccessError):
            wizard.action_next()
        officer = new_test_user(
            self.env, "rr_officer", groups="recurring_revenue.group_billing"
        )
        with self.assertRaises(AccessError):
            self._wizard(officer)
        with self.assertRaises(AccessError):
            self.env["recurring.vat.mention"].with_user(officer).create(
                {"code": "x", "name": "x"}
            )
