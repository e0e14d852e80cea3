"""Invoices that stay unpaid: VAT recovered, or VAT that never was due."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_tax_documents import Documents


@tagged("post_install", "-at_install")
@freeze_time("2026-12-31")
class TestTaxBadDebts(Documents):
    def _give_up(self, move, **values):
        action = move.action_rr_bad_debt()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write(values)
        return wizard

    def _lines(self, entry):
        return sorted((line.account_id.code, line.balance) for line in entry.line_ids)

    def test_goods_paid_in_part(self):
        """120.00 of 360.00 paid: 200.00 lost, 40.00 of VAT recovered."""
        move = self._document("2026-10-05", (self.goods, 300.0, self.tax_g))
        self._pay(move, 120.0, "2026-10-20")
        wizard = self._give_up(move, reason="Liquidation")
        self.assertEqual(wizard.amount_unpaid, 240.0)
        self.assertEqual((wizard.amount_net, wizard.amount_recovered), (200.0, 40.0))
        self.assertFalse(wizard.amount_waiting)
        self.assertFalse(wizard.mention_confirmed)
        # Literally, and in English for a customer who reads English.
        text = wizard.mention.replace("\xa0", " ").replace("\u202f", " ")
        french, english = text.split("\n")
        self.assertEqual(
            french,
            "Facture demeurée impayée pour la somme de 200,00 € (HT) et pour la somme "
            "de 40,00 € (taxe correspondante) qui ne peut faire l'objet d'une "
            "déduction (CGI, art. 272)",
        )
        self.assertIn("unpaid for the sum of 200.00 € (before tax)", english)
        action = wizard.action_book()
        self.assertEqual(action["report_name"], "recurring_revenue.report_bad_debt")
        entry = move.rr_bad_debt_id
        self.assertEqual(
            self._lines(entry),
            [("411100", -240.0), ("445710", 40.0), ("654100", 200.0)],
        )
        vat = entry.line_ids.filtered(lambda line: line.account_id.code == "445710")
        self.assertEqual(vat.tax_tag_ids.name, "21")
        self.assertEqual(move.amount_residual, 0.0)

    def test_services_never_were_due(self):
        """72.00 of 120.00 unpaid: 12.00 leave 44574, nothing is recovered."""
        move = self._document("2026-10-06", (self.service, 100.0, self.tax_s))
        self._pay(move, 48.0, "2026-10-20")
        wizard = self._give_up(move)
        self.assertEqual((wizard.amount_net, wizard.amount_waiting), (60.0, 12.0))
        self.assertFalse(wizard.amount_recovered)
        self.assertFalse(wizard.mention)
        wizard.action_book()
        entry = move.rr_bad_debt_id
        self.assertEqual(
            self._lines(entry),
            [("411100", -72.0), ("445740", 12.0), ("654100", 60.0)],
        )
        waiting = self.env["account.move.line"].search(
            [("account_id.code", "=", "445740"), ("parent_state", "=", "posted")]
        )
        self.assertEqual(sum(waiting.mapped("balance")), 0.0)
        # Giving up made no VAT due: one cash-basis entry, of the payment.
        self.assertEqual(len(move.tax_cash_basis_created_move_ids), 1)
        with self.assertRefused("No duplicate is needed"):
            move.action_rr_bad_debt_print()

    def test_goods_and_services(self):
        """Half of 120.00 + 240.00 paid: the mention is about the goods only."""
        move = self._document(
            "2026-10-05",
            (self.goods, 100.0, self.tax_g),
            (self.service, 200.0, self.tax_s),
        )
        self._pay(move, 180.0, "2026-10-20")
        wizard = self._give_up(move)
        amounts = (wizard.amount_recovered, wizard.amount_waiting, wizard.amount_net)
        self.assertEqual(amounts, (10.0, 20.0, 150.0))
        self.assertIn("50,00", wizard.mention)
        self.assertIn("10,00", wizard.mention)

    def test_debits(self):
        """A service on debits is treated as goods are."""
        self._regime("2026-01-01", debits=True)
        twin = self.env["account.tax"].search(
            [("rr_vat_debits_of_id", "=", self.tax_s.id)]
        )
        move = self._document("2026-10-06", (self.service, 100.0, twin))
        wizard = self._give_up(move)
        self.assertEqual((wizard.amount_recovered, wizard.amount_waiting), (20.0, 0.0))

    def test_vat_of_another_state(self):
        """German VAT under OSS was not declared in the French return: it is not
        recovered there, the French VAT of the same invoice is."""
        self._regime("2026-01-01", oss_option=True)
        atlas = self.env["recurring.vat.rule"]._book().atlas
        position = self.company._vat_find_position("oss", atlas.find("DE").territory)
        german = position.map_tax(self.tax_s)
        move = self._document(
            "2026-10-05", (self.service, 100.0, german), (self.goods, 50.0, self.tax_g)
        )
        wizard = self._give_up(move)
        self.assertEqual((wizard.amount_unpaid, wizard.amount_recovered), (179.0, 10.0))
        self.assertIn("50,00", wizard.mention)
        wizard.action_book()
        self.assertEqual(
            self._lines(move.rr_bad_debt_id),
            [("411100", -179.0), ("445710", 10.0), ("654100", 169.0)],
        )
        only = self._document("2026-10-05", (self.service, 100.0, german))
        wizard = self._give_up(only)
        self.assertFalse(wizard.amount_recovered)
        self.assertFalse(wizard.mention)

    def test_foreign_currency(self):
        """1,200 USD at 1.25: the entry closes both currencies."""
        self.env["res.currency.rate"].create(
            {
                "name": "2026-10-01",
                "currency_id": self.dollar.id,
                "rate": 1.25,
                "company_id": self.company.id,
            }
        )
        move = self._document(
            "2026-10-06",
            (self.goods, 1000.0, self.tax_g),
            currency_id=self.dollar.id,
        )
        wizard = self._give_up(move)
        self.assertEqual(wizard.amount_recovered, 200.0)
        wizard.action_book()
        self.assertEqual(
            self._lines(move.rr_bad_debt_id),
            [("411100", -960.0), ("445710", 160.0), ("654100", 800.0)],
        )
        self.assertEqual(move.amount_residual, 0.0)

    def test_undone(self):
        move = self._document("2026-10-06", (self.service, 100.0, self.tax_s))
        self._give_up(move).action_book()
        entry = move.rr_bad_debt_id
        move.action_rr_bad_debt_undo()
        move.invalidate_recordset()
        self.assertFalse(move.rr_bad_debt_id)
        self.assertEqual(entry.reversal_move_ids.state, "posted")
        self.assertEqual((move.amount_residual, move.payment_state), (120, "not_paid"))
        with self.assertRefused("was not given up"):
            move.action_rr_bad_debt_undo()
        # It can be paid after all, and its VAT becomes due.
        self._pay(move, 120.0, "2026-12-31")
        self.assertEqual(len(move.tax_cash_basis_created_move_ids), 1)

    def test_reconciled(self):
        """The report names what was given up; nothing is left unexplained."""
        goods = self._document("2026-10-05", (self.goods, 300.0, self.tax_g))
        service = self._document("2026-10-06", (self.service, 100.0, self.tax_s))
        for move in goods, service:
            self._give_up(move, date="2026-11-10").action_book()
        october, november = self._report("2026-10-01"), self._report("2026-11-01")
        self.assertEqual(october.unexplained, 0.0, self._dump(october))
        self.assertSteps(
            november,
            {
                "Services of earlier invoices, paid in the period": 100.0,
                "Irrecoverable services: VAT never due": -100.0,
            },
        )
        steps = self._amounts(november, "accounts")
        self.assertEqual(steps["VAT of irrecoverable claims, recovered"], -60.0)
        waiting = self._amounts(november, "waiting")
        self.assertEqual(waiting["Irrecoverable claims: VAT never due"], -20.0)
        self.assertNotIn("Entries by hand, exchange differences", waiting)
        goods.action_rr_bad_debt_undo()
        december = self._report("2026-12-01")
        self.assertEqual(december.unexplained, 0.0, self._dump(december))

    def test_duplicate(self):
        move = self._document("2026-10-05", (self.goods, 300.0, self.tax_g))
        self._give_up(move).action_book()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "recurring_revenue.report_bad_debt", move.ids
        )
        text = html.decode()
        self.assertIn("DUPLICATA", text)
        self.assertIn("CGI, art. 272", text)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", move.ids
        )
        self.assertNotIn("DUPLICATA", html.decode())

    def test_the_wording_is_a_dated_mention(self):
        """Another law from a day on changes the words and the box; the screens warn."""
        mention = self.env.ref("recurring_revenue.vat_mention_bad_debt_fr")
        self.assertFalse(mention.needs_wording)
        with freeze_time("2027-07-01"):
            mention.invalidate_recordset()
            self.assertTrue(mention.needs_wording)
        mention.text_ids.create(
            {
                "mention_id": mention.id,
                "law": "cibs",
                "valid_from": "2026-12-15",
                "text": "Facture demeurée impayée : {untaxed} et {tax} (CIBS, art. X)",
                "box": "17",
            }
        )
        move = self._document("2026-10-05", (self.goods, 300.0, self.tax_g))
        move.partner_id.lang = "fr_FR"
        wizard = self._give_up(move)
        self.assertIn("CIBS, art. X", wizard.mention)
        self.assertNotIn("\n", wizard.mention)
        self.assertTrue(wizard.mention_confirmed)
        self.assertEqual(wizard._box().name, "17")
        wizard.date = "2026-12-14"
        self.assertIn("CGI, art. 272", wizard.mention)
        self.assertEqual(wizard._box().name, "21")

    def test_refused(self):
        paid = self._document("2026-10-05", (self.goods, 300.0, self.tax_g))
        self._pay(paid, 360.0, "2026-10-20")
        with self.assertRefused("is not unpaid"):
            paid.action_rr_bad_debt()
        note = self._document(
            "2026-10-05", (self.goods, 300.0, self.tax_g), kind="out_refund"
        )
        with self.assertRefused("Only a posted invoice"):
            note.action_rr_bad_debt()
        move = self._document("2026-10-05", (self.goods, 300.0, self.tax_g))
        user = new_test_user(self.env, "clerk", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            move.with_user(user).action_rr_bad_debt()
        mention = self.env.ref("recurring_revenue.vat_mention_bad_debt_fr")
        mention.text_ids.valid_from = "2027-01-01"
        with self.assertRaises(UserError):
            move.action_rr_bad_debt()
