"""What tests of tax receipts share: an association that may issue them, and gifts."""

import base64

from odoo import Command

from .common_membership import MembershipCommon

# One grey dot: enough of a signature.
DOT = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB"
        "d81ytgAAAABJRU5ErkJggg=="
    )
)


class ReceiptCommon(MembershipCommon):
    """A body of general interest whose dues are gifts, with a bank and a donor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "name": "Les Amis de la musique",
                "street": "12 rue des Lilas",
                "zip": "69003",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
                "rr_rna": "W691234567",
                "rr_receipt_signatory": "Claire Fontaine",
                "rr_receipt_function": "Treasurer",
                "rr_receipt_signature": DOT,
            }
        )
        cls.basis = cls.env["recurring.gift.basis"].create(
            {
                "basis": "general_interest",
                "object": "Music for all",
                "date_from": "2020-01-01",
                "reason": "Ruling of the tax office of 3 March 2019",
            }
        )
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.gift = cls._product("Gift", taxes_id=[Command.clear()])
        cls.donor = cls._donor("Jeanne Martin")

    @classmethod
    def _donor(cls, name, **values):
        address = {"street": "1 place Bellecour", "zip": "69002", "city": "Lyon"}
        return cls.env["res.partner"].create(
            {"name": name, "lang": "en_US", **address, **values}
        )

    @classmethod
    def _firm(cls, name="Mécénat SAS", **values):
        return cls._donor(
            name,
            **{
                "is_company": True,
                "company_registry": "732829320",
                "rr_legal_form": "SAS",
                "country_id": cls.env.ref("base.fr").id,
                **values,
            },
        )

    @classmethod
    def _given(cls, amount, day, donor=None, book=True, line=None, **values):
        """Return a gift in money that was booked."""
        contribution = cls.env["recurring.contribution"].create(
            {
                "partner_id": (donor or cls.donor).id,
                "date": day,
                "journal_id": cls.bank.id,
                "line_ids": [
                    Command.create(
                        {"product_id": cls.gift.id, "amount": amount, **(line or {})}
                    )
                ],
                **values,
            }
        )
        if book:
            contribution.action_book()
        return contribution

    @classmethod
    def _dues_plan(cls, name, price, counterpart=0, is_gift=True, **charge):
        """Return a plan of calendar years whose dues are a gift."""
        product = cls._product(name, taxes_id=[Command.clear()])
        return cls._membership_plan(
            name,
            [
                {
                    "name": name,
                    "unit_price": price,
                    "product_id": product.id,
                    "rr_counterpart": counterpart,
                    "rr_is_gift": is_gift,
                    **charge,
                }
            ],
            alignment="calendar",
        )
