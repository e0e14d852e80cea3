"""Gifts from a file, and orders of HelloAsso that the payout clears."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common_member_import import MemberImportCommon

GIFTS = """Date;Nom;Prénom;Email;Montant;Mode de paiement;Reçu fiscal;CP;Ville
24/12/2025;Martin;Jeanne;j@example.org;1 234,56 €;Chèque;2025-117;75001;Paris
25/12/2025;Martin;Jeanne;j@example.org;50;virement;;;
25/12/2025;Martin;Jeanne;j@example.org;50;virement;;;
"""
HEADINGS = (
    "Référence commande;Date de la commande;Statut;Nom adhérent;Prénom adhérent;"
    "Nom payeur;Prénom payeur;Email payeur;Type;Tarif;Montant tarif;Numéro de reçu;"
    "Moyen de paiement;Code postal;Ville;Pays;Date de naissance;Code promo"
)
PAYER = "Martin;Jeanne;j@example.org"
DAY = "10/11/2026 14:05;Validé"
CARD = "Carte bancaire;75001;Paris;France"
ORDERS = "\n".join(
    (
        HEADINGS,
        f"101;{DAY};Martin;Léo;{PAYER};Adhésion;Reduced;30,00;;{CARD};01/02/2001;",
        f"101;{DAY};Martin;Jeanne;{PAYER};Adhésion;Plein;60,00;;{CARD}",
        f"101;{DAY};;;{PAYER};Don;;25,00;;{CARD}",
        "102;11/11/2026;Remboursé;Noir;Ivan;Noir;Ivan;i@example.org;Don;;40,00",
        "103;11/11/2026;Validé;;;Blanc;Ada;a@example.org;Don;;40,00;R-77",
    )
)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-12")
class TestMembershipImportGifts(MemberImportCommon):
    def test_gifts_as_history(self):
        job = self._imported(GIFTS, "gifts")
        gifts = job.row_ids.sorted("line").contribution_id
        self.assertEqual(gifts.mapped("amount"), [1234.56, 50, 50])
        self.assertEqual(set(gifts.mapped("state")), {"history"})
        first = gifts[0]
        self.assertRecordValues(
            first,
            [
                {
                    "date": date(2025, 12, 24),
                    "mode": "cheque",
                    "receipted_elsewhere": "Elsewhere 2025-117",
                    "receipt_wanted": False,
                }
            ],
        )
        self.assertEqual(len(gifts.partner_id), 1)
        self.assertEqual(gifts.partner_id.zip, "75001")
        self.assertFalse(gifts.move_id)
        with self.assertRefused("stays as it is"):
            first.date = "2026-01-01"
        with self.assertRefused("stays on record"):
            first.unlink()
        again = self._checked(GIFTS, "gifts")
        self.assertEqual((again.existing_count, again.valid_count), (3, 0))
        job.action_undo()
        self.assertFalse(gifts.exists())

    def test_gifts_that_are_booked(self):
        job = self._imported(GIFTS, "gifts", gifts_as="booked")
        gifts = job.row_ids.contribution_id
        self.assertEqual(set(gifts.mapped("state")), {"booked"})
        self.assertEqual(sum(gifts.move_id.mapped("amount_total")), 1334.56)
        with self.assertRefused("is in the books"):
            job.action_undo()

    def test_drafts(self):
        job = self._imported(GIFTS, "gifts", gifts_as="draft")
        self.assertEqual(set(job.row_ids.contribution_id.mapped("state")), {"draft"})
        job.action_undo()

    def test_amounts_that_are_not_clear(self):
        problems = self._problems(
            "Date;Nom;Montant\n1/1/2026;A;1,234\n1/1/2026;B;-5\n1/1/2026;C;dix\n"
            "1/1/2026;D;0\n1/1/2027;E;5\n31/02/2026;F;5\n",
            "gifts",
        )
        self.assertEqual([line for line, _c, _r in problems], [2, 3, 4, 5, 6, 7])

    def test_kind_is_not_booked_by_an_import(self):
        text = "Date;Nom;Montant;Nature\n1/1/2026;A;10;don en nature\n"
        [problem] = self._problems(text, "gifts", gifts_as="booked")
        self.assertIn("Only money", problem[2])
        job = self._imported(text, "gifts", gifts_as="history")
        self.assertEqual(job.row_ids.contribution_id.nature, "kind")

    # ------------------------------------------------------------------
    # HelloAsso
    # ------------------------------------------------------------------

    def _clearing(self):
        job = self._upload(ORDERS, "helloasso", gifts_as="booked")
        job.sudo().action_clearing_journal()
        return job

    def test_columns_and_tariffs_are_recognised(self):
        job = self._clearing()
        self.assertFalse(job.heading_ids.filtered(lambda one: not one.column))
        self.assertEqual(
            [(one.tariff, one.kind, one.category_id.name) for one in job.tariff_ids],
            [
                ("Adhésion / Plein", "dues", False),
                ("Adhésion / Reduced", "dues", "Reduced"),
                ("Don", "gift", False),
            ],
        )

    def test_orders_make_members_and_one_contribution_each(self):
        job = self._clearing()
        job.action_check()
        self.assertFalse(job.problem_ids.mapped("sentence"))
        self.assertEqual((job.valid_count, job.skipped_count), (2, 1))
        skipped = job.row_ids.filtered(lambda row: row.state == "skipped")
        self.assertIn("Remboursé", skipped.note)
        job.action_import()
        self.assertFalse(job.problem_ids.mapped("sentence"))
        family, gift = job.row_ids.contribution_id.sorted("amount", reverse=True)
        self.assertEqual((family.amount, gift.amount), (115, 40))
        self.assertEqual(family.partner_id.name, "Jeanne Martin")
        self.assertEqual(
            sorted((line.kind, line.amount) for line in family.line_ids),
            [("dues", 30), ("dues", 60), ("gift", 25)],
        )
        self.assertEqual(gift.receipted_elsewhere, "HelloAsso R-77")
        members = family.line_ids.dues_line_id.membership_id
        self.assertEqual(
            sorted((one.partner_id.name, one.category_id.name) for one in members),
            [("Jeanne Martin", "Member"), ("Léo Martin", "Reduced")],
        )
        self.assertEqual(set(members.mapped("state")), {"up_to_date"})
        self.assertEqual(set(members.mapped("covered_until")), {date(2027, 8, 31)})
        self.assertEqual(members.payer_id, family.partner_id)
        self._assert_payout_clears(job, 155)
        again = self._upload(ORDERS, "helloasso")
        again.action_check()
        self.assertEqual((again.existing_count, again.valid_count), (2, 0))

    def _assert_payout_clears(self, job, amount):
        """The transfer of HelloAsso on the bank is matched with all payments."""
        payments = job.row_ids.contribution_id.payment_id
        waiting = payments.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_current"
        )
        self.assertEqual(sum(waiting.mapped("balance")), amount)
        payout = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-11-20",
                "payment_ref": "HELLOASSO",
                "amount": amount,
            }
        )
        _liquidity, suspense, _other = payout._seek_for_lines()
        suspense.account_id = waiting.account_id
        (suspense | waiting).reconcile()
        self.assertTrue(all(waiting.mapped("reconciled")))

    def test_orders_as_history_count_without_money(self):
        job = self._upload(ORDERS, "helloasso", gifts_as="history")
        job.action_check()
        job.action_import()
        members = job.row_ids._made_memberships()
        self.assertEqual(set(members.mapped("state")), {"up_to_date"})
        self.assertFalse(job.row_ids.contribution_id.move_id)
        job.action_undo()
        self.assertFalse(members.exists())

    def test_renewal_goes_on_where_the_period_ends(self):
        self._imported(
            "Nom,Prénom,Email,Date d'adhésion,À jour jusqu'au\n"
            "Martin,Jeanne,j@example.org,01/09/2025,31/08/2027\n"
        )
        order = "\n".join(ORDERS.splitlines()[:1] + ORDERS.splitlines()[2:3])
        job = self._upload(order, "helloasso", gifts_as="booked")
        job.action_check()
        job.action_import()
        self.assertFalse(job.problem_ids.mapped("sentence"))
        member = job.row_ids.membership_id
        self.assertEqual(member.covered_until, date(2028, 8, 31))

    def test_money_for_dues_that_were_called_pays_them(self):
        jeanne = self._member("Jeanne Martin", "2026-11-10")
        jeanne.partner_id.email = "j@example.org"
        dues = jeanne._call_dues(date(2026, 11, 10))
        dues.action_call()
        order = (
            ORDERS.splitlines()[0]
            + "\n"
            + ORDERS.splitlines()[2].replace("60,00", "50,00")
        )
        job = self._upload(order, "helloasso", gifts_as="booked")
        job.action_check()
        job.action_import()
        self.assertFalse(job.problem_ids.mapped("sentence"))
        line = dues.line_ids.filtered(lambda line: line.kind == "dues")
        self.assertTrue(line.paid_on)
        self.assertEqual(jeanne.dues_line_ids.dues_id, dues)
