"""What is out of the ordinary in a year of the association, on its days."""

import base64
from datetime import timedelta

from odoo import Command

from ..clock import on
from .house import signature

ROLE = "recurring.association.account"
PAPER = base64.b64encode(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<<>>\n")


class Events:
    """A joint gift, one in kind, a project with its own gifts, expenses that a
    volunteer waived, a debit that bounced, a monthly gift, the general assembly."""

    def __init__(self, association):
        self.association = association
        self.calendar = association.calendar
        self.fund = None
        self.bounced = None

    def play(self, month):
        """Play what happens in a month of the story."""
        steps = {
            1: self._joint,
            2: self._project,
            3: self._promise,
            4: self._in_kind,
            5: self._waiver,
            6: self._bounce,
            7: self._assembly,
        }
        if month in steps:
            steps[month](self.calendar.day(month, 12))
        if self.fund and month in (3, 6, 9):
            self.association.give(
                5 * month, self.calendar.day(month, 16), 300.0, fund=self.fund
            )

    def _treasurer(self):
        return self.association.user("rachid")

    def _joint(self, day):
        """A couple gives from their joint account: both names stand on the receipt."""
        household = self.association.household()
        self.association.give_by(
            household[0].partner_id,
            day,
            200.0,
            mode="transfer",
            joint_partner_id=household[1].partner_id.id,
        )

    def _project(self, day):
        with on(day):
            self.fund = self._treasurer()["recurring.dedicated.fund"].create(
                {
                    "name": "La maison de l’éclusier",
                    "purpose": "Restaurer la maison de l’éclusier à Sucé.",
                    "restriction": "Affecté par les donateurs à la restauration.",
                    "company_id": self.association.company.id,
                }
            )
            self.fund.with_context(lang="en_US").name = "The lock-keeper's house"
        self.association.give(31, day, 500.0, fund=self.fund)

    def _promise(self, day):
        with on(day):
            pledges = self._treasurer()["recurring.gift.pledge"]
            donor = self.association.donors()[12]
            pledges.create({"partner_id": donor.id, "amount": 15.0, "date_start": day})

    def _in_kind(self, day):
        accounts = self._treasurer()["account.account"]
        boats = accounts.search(
            [
                ("company_ids", "in", self.association.company.ids),
                ("code", "=like", "2182%"),
            ],
            limit=1,
        )
        given = {
            "nature": "kind",
            "counterpart_account_id": boats.id,
            "description": "Canoë d’occasion en bon état, avec deux pagaies.",
            "valued_by": "association",
            "valuation": "Prix moyen de trois annonces de canoës semblables.",
        }
        self.association.give(9, day, 350.0, **given)

    def _waiver(self, day):
        """Tickets and kilometres of a volunteer, with vouchers and signature."""
        env = self._treasurer()
        volunteer = self.association.donors()[20]
        with on(day):
            paper = env["ir.attachment"].create(
                [
                    {"name": f"{name}.pdf", "datas": PAPER}
                    for name in ("Billets", "Trajet")
                ]
            )
            waiver = env["recurring.expense.waiver"].create(
                {
                    "partner_id": volunteer.id,
                    "line_ids": [
                        Command.create(
                            {
                                "date": day - timedelta(days=9),
                                "name": "Train pour le congrès des voies navigables",
                                "amount": 84.0,
                                "attachment_ids": [Command.set(paper[0].ids)],
                            }
                        ),
                        Command.create(
                            {
                                "date": day - timedelta(days=4),
                                "name": "Transport de plants pour la berge",
                                "kind": "km",
                                "vehicle": "car_5",
                                "kilometres": 120,
                                "attachment_ids": [Command.set(paper[1].ids)],
                            }
                        ),
                    ],
                }
            )
            waiver.action_submit()
            waiver._sign(volunteer.name, signature(), day)
            waiver.action_approve()
            waiver.action_book()

    def _bounce(self, day):
        gift = self.association.give(14, day, 80.0, mode="debit")
        back = min(day + timedelta(days=8), self.calendar.today)
        with on(back):
            gift._return(back, "Prélèvement rejeté : provision insuffisante")
        self.bounced = gift

    def _assembly(self, day):
        """The general assembly: who came, and who gave a proxy."""
        with on(day):
            assembly = self.association.user("odile")["recurring.assembly"].create(
                {
                    "name": "Assemblée générale ordinaire",
                    "date": day,
                    "time": 18.5,
                    "place": "Salle des Mariniers, Nantes",
                    "quorum": 25,
                }
            )
            voters = assembly._voters()
            assembly.present_ids = [Command.set(voters[:40].ids)]
            assembly.proxy_ids = [
                Command.create(
                    {"giver_id": giver.id, "holder_id": holder.id, "received_on": day}
                )
                for giver, holder in zip(voters[60:75], voters[:15], strict=True)
            ]
