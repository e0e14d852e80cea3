"""Files as other programmes write them: payers, discounts, tariffs, the template."""

import io

from openpyxl import load_workbook

from odoo.tests import freeze_time, tagged

from ..models.membership.imports.template import member_template
from .common_member_import import MemberImportCommon

ORDER = (
    "Référence commande;Date de la commande;Nom adhérent;Prénom adhérent;Nom payeur;"
    "Prénom payeur;Email payeur;Tarif;%s;Code promo;Montant code promo\n"
    "201;10/11/2026;Roux;Alice;Roux;Alice;a@example.org;Membre actif;%s;RENTREE;%s\n"
)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12")
class TestMembershipImportLists(MemberImportCommon):
    def test_who_names_themselves_pays_alone(self):
        job = self._imported(
            "N° adhérent;Nom;E-mail;Adhérent depuis;Payé par\n"
            "00700;Un;un@example.org;1/9/2026;00700\n"
            "00701;Deux;;1/9/2026;00700\n"
            ";Trois;Trois@example.org;1/9/2026;trois@example.org\n"
        )
        one, two, three = job.row_ids.sorted("line").membership_id
        self.assertEqual((one | two).payer_id, one.partner_id)
        self.assertEqual(three.payer_id, three.partner_id)

    def test_payers_in_a_ring_are_refused(self):
        job = self._checked(
            "N° adhérent;Nom;Adhérent depuis;Payé par\n"
            "00700;Un;1/9/2026;00701\n00701;Deux;1/9/2026;00700\n"
        )
        self.assertEqual(job.valid_count, 0)
        self.assertIn("pays for that person", job.problem_ids[0].sentence)

    def test_a_discount_is_taken_off_the_tariff_once(self):
        for heading, amount, discount in (
            ("Montant tarif", "60,00", "10,00"),
            ("Montant tarif", "60,00", "-10,00"),
            ("Montant payé", "50,00", "10,00"),
        ):
            job = self._checked(ORDER % (heading, amount, discount), "helloasso")
            self.assertIn("50.00", job.row_ids.title, heading)

    def test_a_discount_above_the_price_is_refused(self):
        job = self._checked(ORDER % ("Montant tarif", "60", "70"), "helloasso")
        self.assertIn("cannot be negative", job.problem_ids.sentence)

    def test_a_category_of_several_words(self):
        category = self._category("Membre actif")
        self._category("Actif")
        job = self._upload(ORDER % ("Montant tarif", "60", ""), "helloasso")
        self.assertEqual(job.tariff_ids.category_id, category)

    def test_the_row_of_examples_is_left_out(self):
        for subject in ("members", "gifts"):
            book = load_workbook(
                io.BytesIO(member_template(self.env, subject, self.company))
            )
            text = "\n".join(
                ";".join(str(cell.value or "") for cell in row)
                for row in book.worksheets[0].iter_rows(max_row=2)
            )
            job = self._checked(text, subject)
            self.assertEqual((job.skipped_count, job.valid_count), (1, 0), subject)
            self.assertFalse(job.problem_ids)
