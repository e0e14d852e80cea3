"""A year of the association: who joins, who renews, who gives, what is receipted."""

import random
from decimal import Decimal

from odoo import Command

from ..clock import LAST, on
from . import house, members
from .events import Events

MODES = ("transfer", "transfer", "cheque", "card", "cash", "debit")
GIFTS_A_MONTH = 4


class Association:
    """Plays the months of the association beside those of the company."""

    def __init__(self, env, calendar, say, company=None):
        self.calendar = calendar
        self.say = say
        self.company = company or house.company(env)
        root = env(context={**env.context, "allowed_company_ids": [self.company.id]})
        self.root = root
        self.users = house.users(root, self.company)
        self.chance = random.Random(1901)  # noqa: S311
        self.joined = 0
        self.campaigns = []
        self.receipts = []
        self.events = Events(self)

    def user(self, login):
        """Return the environment of a user, in French: names stand in the books."""
        context = {**self.root.context, "lang": "fr_FR"}
        return self.root(user=self.users[login].id, context=context)

    def set_up(self):
        """Books, basis, categories, plan, and the register of the years before."""
        first = self.calendar.first(0)
        with on(first):
            self._set_up_books()
            self._set_up_receipts(first)
            kinds = house.categories(self.root)
            self.plan = house.season(self.root, kinds, self._products(), first)
        self.kinds = kinds
        self.bank = self.root["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        self.bank.inbound_payment_method_line_ids.filtered(
            lambda line: not line.payment_account_id
        ).payment_account_id = self.bank.default_account_id
        return members.take_over(self.user("odile"), self.plan, first)

    def _set_up_books(self):
        french = self.root(context={**self.root.context, "lang": "fr_FR"})
        wizard = french["recurring.association.set.up"].create(
            {"with_projects": True, "with_gift_plan": True}
        )
        wizard.action_save()

    def _set_up_receipts(self, day):
        self.company.write(
            {
                "rr_rna": "W442001234",
                "rr_receipt_signatory": "Rachid Haddad",
                "rr_receipt_function": "Trésorier",
                "rr_receipt_signature": house.signature(),
            }
        )
        self.root["recurring.gift.basis"].create(
            {
                "company_id": self.company.id,
                "basis": "general_interest",
                "object": "Entretenir et faire connaître le canal et ses berges.",
                "date_from": day.replace(year=day.year - 5),
                "reason": "Rescrit de la direction départementale des impôts.",
            }
        )

    def _products(self):
        role = self.company._association_row
        return {
            "dues": role("dues").product_id,
            "entrance": role("entrance").product_id,
            "gift": role("gift").product_id,
        }

    # ------------------------------------------------------------------
    # Months
    # ------------------------------------------------------------------

    def play_all(self):
        """Take over the register, then play every month and say what it brought."""
        job = self.set_up()
        assert not job.problem_count, job.row_ids.problem_ids.mapped("display_name")
        self.say(f"  {self.company.name}: {job.imported_count} members imported")
        for month in range(LAST + 1):
            said = self.play(month)
            # A month that was played is kept, and memory given back.
            self.root.cr.commit()  # pylint: disable=invalid-commit
            self.say(f"  {self.calendar.first(month):%b %Y}: {said}")

    def play(self, month):
        """Play a month of the story; return what to say of it."""
        first = self.calendar.first(month)
        if first.month == 9:
            self._renew(first)
        joining = 4 if month < 1 else 3
        for place in range(joining):
            day = self.calendar.day(month, 5 + 6 * place)
            if self.joined < members.JOINERS:
                members.join(
                    self.user("odile"), self.plan, self.kinds, self.joined, day
                )
                self.joined += 1
        paid = self._collect(month)
        given = self._gifts(month)
        self.events.play(month)
        said = f"{paid} dues paid, {given} gifts"
        if first.month == 1:
            issued = self._receipts(self.calendar.day(month, 20))
            said += f", {issued} tax receipts"
        return said

    def _receipts(self, day):
        """Issue the receipts of the year before, as the treasurer does it in January;
        return how many."""
        with on(day):
            campaign = self.user("rachid")["recurring.receipt.campaign"].create(
                {"year": day.year - 1}
            )
            campaign.action_preview()
            campaign.action_issue()
            while campaign.state == "running":
                campaign.sudo()._work()
        self.receipts.append(campaign)
        return len(campaign.receipt_ids)

    def _renew(self, day):
        """Call everybody whose season is over, as the secretary does it."""
        with on(day):
            run = self.user("odile")["recurring.renewal.run"].create({})
            for step in (run.action_list, run.action_prepare, run.action_send):
                step()
                while run.state in ("listing", "preparing", "sending"):
                    run.sudo()._work()
        self.campaigns.append(run)

    def _collect(self, month):
        """Book what was paid of the calls that are open; return how many."""
        calls = self.user("rachid")["recurring.dues"].search(
            [("state", "=", "called"), ("company_id", "=", self.company.id)]
        )
        count = 0
        for dues in calls.sorted("id"):
            if not dues.amount_left or self.chance.random() > 0.55:
                continue
            day = max(
                self.calendar.day(month, self.chance.randint(8, 27)), dues.called_on
            )
            with on(day):
                dues._receive(
                    dues.payer_id,
                    day,
                    Decimal(str(dues.amount_left)),
                    mode=self.chance.choice(MODES),
                    journal_id=self.bank.id,
                )
            count += 1
        return count

    def _gifts(self, month):
        """Book the gifts of a month, more of them at the end of the year."""
        donors = self.donors()
        first = self.calendar.first(month)
        number = GIFTS_A_MONTH * (4 if first.month == 12 else 1)
        for _place in range(number):
            day = self.calendar.day(month, self.chance.randint(1, 28))
            amount = self.chance.choice((20, 30, 50, 50, 80, 100, 150, 230, 500))
            self.give_by(self.chance.choice(donors), day, float(amount))
        return number

    def household(self):
        """Return the members of the first household, the payer first."""
        members_of = self.root["recurring.membership"]
        second = members_of.search([("company_id", "=", self.company.id)]).filtered(
            lambda one: one.payer_id != one.partner_id
        )[:1]
        payer = second.payer_id.rr_membership_ids
        return payer | second

    def donors(self):
        """Return the members who give: those with an address, in order."""
        everybody = self.root["recurring.membership"].search(
            [("company_id", "=", self.company.id)], order="number"
        )
        return everybody.partner_id.filtered("street")[:90]

    def give(self, number, day, amount, **values):
        """Book a gift of the donor of a number; return the contribution."""
        return self.give_by(self.donors()[number], day, amount, **values)

    def give_by(self, donor, day, amount, fund=None, **values):
        """Book a gift of a donor; return the contribution."""
        with on(day):
            line = {
                "kind": "gift",
                "product_id": self._products()["gift"].id,
                "amount": amount,
            }
            if fund:
                line["fund_id"] = fund.id
            gift = self.user("rachid")["recurring.contribution"].create(
                {
                    "partner_id": donor.id,
                    "date": day,
                    "mode": self.chance.choice(MODES),
                    "journal_id": self.bank.id,
                    "line_ids": [Command.create(line)],
                    **values,
                }
            )
            gift.action_book()
        return gift

    # ------------------------------------------------------------------
    # What came of it
    # ------------------------------------------------------------------

    def tell(self):
        """Return lines on members and money; raises where the books disagree."""
        everybody = self.root["recurring.membership"].search(
            [("company_id", "=", self.company.id)]
        )
        states = {}
        for member in everybody:
            states[member.state] = states.get(member.state, 0) + 1
        assert len(everybody) == 200, len(everybody)
        booked = self.root["recurring.contribution"].search(
            [("company_id", "=", self.company.id), ("state", "=", "booked")]
        )
        received = round(sum(booked.mapped("amount")), 2)
        ledger = -round(
            sum(
                booked.move_id.line_ids.filtered(
                    lambda line: line.account_id.internal_group == "income"
                ).mapped("balance")
            ),
            2,
        )
        assert received == ledger, (received, ledger)
        yield f"{self.company.name}: {len(everybody)} members, " + ", ".join(
            f"{count} {state}" for state, count in sorted(states.items())
        )
        yield f"Received {received:,.2f} in {len(booked)} contributions = in the books"
