"""What a request to join costs on a day: what will be called when it is confirmed."""

from odoo import models

from ...exact import exact


class RecurringJoinRequest(models.Model):
    _inherit = "recurring.join.request"

    def _quote(self, day):
        """Return what joining on a day costs: a list of (person, offer), see
        ``_join_offers``; empty where nothing is sold on that day.

        Who is a member already pays what a member pays: nothing while up to date, what
        was called before, or a renewal without entrance fee. Only for who has proved
        to hold the e-mail address.

        :raises UserError: the plan has no price for a category any more
        """
        self.ensure_one()
        if not self.plan_id._version_at(day):
            return []
        known = {
            person: self._membership_of(self._known_partner(person))
            for person in self.person_ids
        }
        contact, places, offers = self._known_contact(), {}, {}
        # Places in a household follow the member numbers: who is new comes last.
        for person in self.person_ids.sorted(
            lambda one: (not known[one], known[one].number or "", one.id)
        ):
            offers[person] = self._offer_to(person, known[person], contact, day, places)
        return [(person, offers[person]) for person in self.person_ids]

    def _offer_to(self, person, membership, contact, day, places):
        """Return the offer to one person of the request; see ``_quote``.

        :param places: ``{(payer, period): place of the next one}``, brought up to date
        """
        plan = self.plan_id
        if membership and not self._joins_anew(membership, day):
            return self._offer_of_member(membership)
        coverage = membership._coverage(day) if membership else None
        coverage = coverage or plan._version_at(day)._period_rule().join(day)
        payer = membership.payer_id or (
            contact if person.category_id.kind != "legal" else contact.browse()
        )
        key = (payer, coverage.whole)
        if key not in places:
            places[key] = self._places_taken(payer, coverage.whole)
        version = plan._version_sold(coverage)
        offer = plan._join_offer(
            version,
            coverage,
            person.category_id,
            version._charge_of(person.category_id),
            person.chosen_amount or None,
            places[key],
            is_new=self._pays_entrance(membership),
        )
        places[key] += 1
        return offer

    def _pays_entrance(self, membership):
        """Tell whether an entrance fee is due: from who never was called or let off."""
        return not membership or bool(
            membership.owes_entrance and not membership._standing_lines()
        )

    def _joins_anew(self, membership, day):
        """Tell whether a member of before is called for dues by this request."""
        left = membership.resigned_on or membership.excluded_on
        is_settled = membership.state in ("up_to_date", "honorary")
        return bool(left or (not is_settled and membership._owing(day)))

    def _offer_of_member(self, membership):
        """Return the offer to who needs no other dues: what is left of those called."""
        lines = membership._standing_lines().filtered(lambda one: not one.paid_on)
        left = {
            kind: sum(
                exact(line.amount) - line._received()
                for line in lines.filtered(lambda one, kind=kind: one.kind == kind)
            )
            for kind in ("dues", "entrance")
        }
        covered = membership._last_covered()
        return {
            "category": membership.category_id,
            "currency": membership.currency_id,
            "dues": left["dues"],
            "entrance": left["entrance"],
            "explanation": "",
            "last_day": covered.last_day if covered else None,
            "total": left["dues"] + left["entrance"],
        }

    def _places_taken(self, payer, whole):
        """Return how many members of the payer have dues for a period already."""
        if not payer:
            return 0
        household = self.env["recurring.membership"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("payer_id", "=", payer.id),
                ("plan_id", "=", self.plan_id.id),
            ]
        )
        called = household._days_called()[self.company_id, payer, self.plan_id]
        return sum(bool(period.clip(whole.start, whole.end)) for period in called)
