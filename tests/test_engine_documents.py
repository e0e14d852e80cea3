"""Which items share an invoice, and which go on a credit note."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.documents import documents
from ..engine.terms import Item
from .common_engine import day, reproducible, span

APRIL = span("2025-04-01", "2025-05-01")


def charge(amount, nature="A", due="2025-04-01"):
    return item("charge", amount, nature, due, None)


def credit(amount, origin="INV/1", nature="A", due="2025-04-01"):
    return item("credit", amount, nature, due, origin)


def item(kind, amount, nature, due, origin):
    return Item(
        line="line",
        whole=APRIL,
        part=APRIL,
        amount=Decimal(amount),
        kind=kind,
        origin=None if kind == "charge" else 1,
        document=origin,
        share=None,
        due=day(due),
        nature=nature,
    )


def made(*items, **options):
    return [
        (document.kind, document.origin, [str(item.amount) for item in document.items])
        for document in documents(items, **options)
    ]


@tagged("post_install", "-at_install")
class TestDocuments(BaseCase):
    def test_charges_share_an_invoice(self):
        self.assertEqual(
            made(charge(30), charge(12, "B")), [("invoice", None, ["30", "12"])]
        )

    def test_one_invoice_per_period_by_choice(self):
        items = [charge(30, due=f"2025-0{month}-01") for month in (1, 2, 3)]
        self.assertEqual(made(*items, per_period=True), [("invoice", None, ["30"])] * 3)

    def test_a_credit_reduces_charges_of_its_nature(self):
        self.assertEqual(
            made(credit(-15), charge(45)), [("invoice", None, ["-15", "45"])]
        )

    def test_a_credit_of_another_nature_stands_apart(self):
        """Other taxes, another account: credited with its own."""
        self.assertEqual(
            made(credit(-15, nature="old"), charge(45, "new")),
            [("invoice", None, ["45"]), ("credit_note", "INV/1", ["-15"])],
        )

    def test_a_downgrade_stands_on_the_credit_note_of_its_invoice(self):
        self.assertEqual(
            made(credit(-45), charge(15)), [("credit_note", "INV/1", ["-45", "15"])]
        )

    def test_a_downgrade_beside_a_charge_of_another_nature(self):
        self.assertEqual(
            made(credit(-45), charge(15), charge(99, "B")),
            [
                ("invoice", None, ["99"]),
                ("credit_note", "INV/1", ["-45", "15"]),
            ],
        )

    def test_credits_of_several_invoices_that_exceed_the_charges(self):
        self.assertEqual(
            made(credit(-30, "INV/1"), credit(-30, "INV/2"), charge(20)),
            [
                ("invoice", None, ["20"]),
                ("credit_note", "INV/1", ["-30"]),
                ("credit_note", "INV/2", ["-30"]),
            ],
        )

    def test_credits_of_several_invoices_within_the_charges(self):
        self.assertEqual(
            made(credit(-30, "INV/1"), credit(-30, "INV/2"), charge(60)),
            [("invoice", None, ["-30", "-30", "60"])],
        )

    def test_one_credit_note_per_invoice(self):
        self.assertEqual(
            made(credit(-30, "INV/1"), credit(-5, "INV/1", "B"), credit(-9, "INV/2")),
            [
                ("credit_note", "INV/1", ["-30", "-5"]),
                ("credit_note", "INV/2", ["-9"]),
            ],
        )

    def test_openings_have_no_invoice(self):
        self.assertEqual(made(credit(-13, None)), [("credit_note", None, ["-13"])])

    def test_discounts_alone_are_a_credit_note(self):
        self.assertEqual(made(charge(-5)), [("credit_note", None, ["-5"])])

    def test_an_upgrade_with_its_discount_is_one_invoice(self):
        """Base 30 to 60, rebate -3 to -6, at half: 30 - 15 - 3 + 1.50."""
        items = [charge(30), credit(-15), charge(-3, "R"), credit("1.50", nature="R")]
        self.assertEqual(made(*items), [("invoice", None, ["30", "-15", "-3", "1.50"])])

    def test_a_downgrade_with_its_discount_is_one_credit_note(self):
        items = [charge(15), credit(-30), charge("-1.50", "R"), credit(3, nature="R")]
        self.assertEqual(
            made(*items), [("credit_note", "INV/1", ["15", "-30", "-1.50", "3"])]
        )

    def test_a_credit_that_would_turn_the_invoice_negative_stands_apart(self):
        items = [charge(30), credit(-28), charge(-5, "R")]
        self.assertEqual(
            made(*items),
            [("invoice", None, ["30", "-5"]), ("credit_note", "INV/1", ["-28"])],
        )

    def test_a_discount_taken_back_alone_is_a_debit(self):
        self.assertEqual(made(credit(3, nature="R")), [("invoice", None, ["3"])])
        self.assertEqual(
            made(charge(30), credit(3, nature="R")), [("invoice", None, ["30", "3"])]
        )

    def test_waivers_and_zeros_are_on_no_document(self):
        waiver = item("waiver", -15, "A", "2025-04-01", "INV/1")
        self.assertEqual(
            made(charge(0), waiver, charge(30)),
            [("invoice", None, ["30"]), ("none", None, ["0", "-15"])],
        )

    def test_nothing_makes_no_document(self):
        self.assertEqual(made(), [])

    def test_per_period_each_credit_meets_the_charge_of_its_period(self):
        items = [
            credit(-15, "INV/1", due="2025-04-16"),
            charge(45, due="2025-04-16"),
            credit(-30, "INV/2", due="2025-05-01"),
            charge(90, due="2025-05-01"),
        ]
        self.assertEqual(
            made(*items, per_period=True),
            [("invoice", None, ["-15", "45"]), ("invoice", None, ["-30", "90"])],
        )


natures = st.sampled_from("AB")
dues = st.sampled_from(["2025-04-01", "2025-05-01"])
charges = st.builds(charge, st.integers(-9, 30), natures, dues)
credits = st.builds(
    credit,
    st.integers(-30, 9),
    st.sampled_from(["INV/1", "INV/2", None]),
    natures,
    dues,
)


@tagged("post_install", "-at_install")
class TestDocumentProperties(BaseCase):
    @reproducible
    @given(st.lists(st.one_of(charges, credits), max_size=8), st.booleans())
    def test_each_item_stands_once_and_no_document_has_the_wrong_sign(
        self, items, per_period
    ):
        made = documents(items, per_period)
        placed = [id(item) for document in made for item in document.items]
        self.assertEqual(sorted(placed), sorted(map(id, items)))
        for document in made:
            total = sum(item.amount for item in document.items)
            if document.kind == "invoice":
                self.assertGreaterEqual(total, 0)
            elif document.kind == "credit_note":
                self.assertLessEqual(total, 0)
        origins = [d.origin for d in made if d.kind == "credit_note" and d.origin]
        self.assertEqual(len(origins), len(set(origins)))

    @reproducible
    @given(st.lists(st.one_of(charges, credits), max_size=8))
    def test_a_credit_note_corrects_its_own_invoice_only(self, items):
        for document in documents(items):
            if document.kind == "credit_note" and document.origin:
                credits = [i for i in document.items if i.kind == "credit"]
                self.assertEqual({i.document for i in credits}, {document.origin})
