"""From checked rows of members to contacts, members, openings and consents."""

from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ...guard import applying
from .build import Build, opening_line


class MemberBuild(Build):
    """Members, their opening periods and their consents."""

    def run(self, rows, parsed):
        """Make the members of a batch, in sets; return the values of their rows."""
        people = self._people(rows, parsed)
        self.payers = self._payers_of(parsed, people)
        memberships = self.env["recurring.membership"].create(
            [
                self._membership_values(values, partner, made)
                for values, (partner, made) in zip(parsed, people, strict=True)
            ]
        )
        dues = self._openings_of(memberships, parsed)
        self._consents(memberships, parsed)
        return [
            {
                "partner_id": membership.partner_id.id,
                "made_partner_ids": made,
                "membership_id": membership.id,
                "made_membership": True,
                "dues_id": dues.get(membership.id, False),
            }
            for membership, (_partner, made) in zip(memberships, people, strict=True)
        ]

    def _people(self, rows, parsed):
        """Return ``(contact, ids made)`` of each row; who is new is made in one go."""
        found, new = [], {}
        for row, values in zip(rows, parsed, strict=True):
            name = self._name(values)
            known = self._known(row, name, values)
            key = self._person_key(name, values)
            if not known and not (key[1] or key[2]):
                key = row.id  # nothing tells two people of this name apart
            found.append((known, key))
            if not known:
                legal = values["category"].kind == "legal"
                new.setdefault(key, self._contact_values(name, values, "email", legal))
        made = self.env["res.partner"].create(list(new.values()))
        by_key = dict(zip(new, made, strict=True))
        for partner in made:
            self.facts.people.add(partner)
        people = []
        for values, (known, key) in zip(parsed, found, strict=True):
            partner = known or by_key[key]
            if not partner.rr_birthdate and values.get("birth_date"):
                partner.rr_birthdate = values["birth_date"]
            people.append((partner, [] if known else partner.ids))
        return people

    def _name(self, values):
        return " ".join(filter(None, (values.get("first_name"), values["last_name"])))

    def _payers_of(self, parsed, people):
        """Return ``{number or e-mail: contact}`` of this batch."""
        payers = {}
        for values, (partner, _made) in zip(parsed, people, strict=True):
            email = email_normalize(values.get("email") or "")
            for key in (values.get("number"), email):
                if key:
                    payers.setdefault(key, partner)
        return payers

    def _membership_values(self, values, partner, made):
        other = {}
        for field in ("representative", "guardian"):
            if values.get(field):
                person, new = self._person(values[field])
                other[f"{field}_id"] = person.id
                made += new
        if values.get("number"):
            other["number"] = values["number"]
        if values.get("resigned_on"):
            other["departure_reason"] = self.env._("Before the import.")
        return {
            "company_id": self.company.id,
            "partner_id": partner.id,
            "payer_id": self._payer(values.get("payer"), partner).id,
            "plan_id": values["plan"].id,
            "category_id": values["category"].id,
            "joined_on": values["joined_on"],
            # Who stands on the list of members was accepted.
            "accepted_on": values["joined_on"],
            "lifetime_from": values.get("lifetime_from", False),
            "resigned_on": values.get("resigned_on", False),
            **other,
        }

    def _payer(self, text, partner):
        if not text:
            return partner
        email = email_normalize(text)
        known = self.payers.get(email or text)
        if known:
            return known
        membership = self.env["recurring.membership"].search(
            [("number", "=", text), ("company_id", "=", self.company.id)], limit=1
        )
        if not membership and email:
            row = self.job.row_ids.filtered(
                lambda row: row.email == email and row.state == "imported"
            )
            membership = row[:1].membership_id
        found = membership.partner_id or self.facts.people.named(text)
        return found or self._missing(text)

    def _missing(self, text):
        raise UserError(
            self.env._("“%s” pays for this member, but was not imported.", text)
        )

    def _person(self, text):
        """Return ``(contact, ids made)`` of a representative or guardian."""
        membership = self.facts.members.get(text)
        found = membership.partner_id if membership else self.facts.people.named(text)
        if found:
            return found, []
        partner = self.env["res.partner"].create({"name": text})
        self.facts.people.add(partner)
        return partner, partner.ids

    def _openings_of(self, memberships, parsed):
        """Return ``{membership id: call id}`` of what was paid before the import."""
        rows = []
        for membership, values in zip(memberships, parsed, strict=True):
            last_day = values.get("paid_until")
            if not last_day or membership.category_id.kind == "honorary":
                continue
            version = membership.plan_id.current_version_id
            rule = version._period_rule()
            period = rule.paid_before(membership.joined_on, last_day)
            text = self.env._("Paid before the import")
            line = opening_line(membership, version, period, text)
            rows.append((membership, membership.payer_id, line))
        made = self.openings(rows)
        return {row[0].id: dues.id for row, dues in zip(rows, made, strict=True)}

    def _consents(self, memberships, parsed):
        kinds = self.env["recurring.consent.kind"].search([("code", "!=", False)])
        rows = [
            {
                "company_id": self.company.id,
                "partner_id": membership.partner_id.id,
                "kind_id": kind.id,
                "wording": kind.wording,
                "given_on": values[f"consent_{kind.code}"],
                "given_by_id": (membership.guardian_id or membership.partner_id).id,
                "source": "import",
            }
            for membership, values in zip(memberships, parsed, strict=True)
            for kind in kinds
            if values.get(f"consent_{kind.code}")
        ]
        applying(self.env["recurring.consent"]).create(rows)
