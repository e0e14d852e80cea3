"""From checked rows to contacts, members, openings and contributions."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ....engine.period import Period
from ...guard import applying
from .values import match_name

QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class Build:
    """Makes records of parsed rows, in one transaction, with the rights of the job."""

    def __init__(self, job, facts):
        self.job, self.facts = job, facts
        self.company = job.company_id
        self.env = job.with_context(**QUIET).env
        self.made = {}  # {(name, e-mail, birth date): partner} of this batch

    def run(self, rows, parsed):
        """Return the values of each row that name what was made of it."""
        return [self.one(row, values) for row, values in zip(rows, parsed, strict=True)]

    def partner(self, row, name, values, email="email", is_company=False):
        """Return ``(contact, ids made)``: who was found or chosen, else a new one."""
        found = self._known(row, name, values, email)
        if found:
            return found, []
        partner = self.env["res.partner"].create(
            self._contact_values(name, values, email, is_company)
        )
        self.made[self._person_key(name, values, email)] = partner
        self.facts.people.add(partner)
        return partner, partner.ids

    def _person_key(self, name, values, email="email"):
        return match_name(name), values.get(email), values.get("birth_date")

    def _known(self, row, name, values, email="email"):
        """Return who this is: found at the check, chosen, or made since; or nobody."""
        if row.partner_id:
            return row.partner_id
        key = self._person_key(name, values, email)
        found = self.made.get(key) if key[1] or key[2] else None
        if found or row.is_decided:
            return found
        return self.facts.people.find(name, key[1], key[2])[0]

    def _contact_values(self, name, values, email, is_company):
        country = values.get("country") or self.company.country_id
        has_address = any(values.get(one) for one in ("street", "zip", "city"))
        return {
            "name": name,
            "is_company": is_company,
            "email": values.get(email, False),
            "phone": values.get("phone", False),
            "street": values.get("street", False),
            "zip": values.get("zip", False),
            "city": values.get("city", False),
            "country_id": country.id if has_address or "country" in values else False,
            "rr_birthdate": values.get("birth_date", False),
            "lang": self.company.partner_id.lang or self.env.lang,
            "company_id": False,
        }

    def openings(self, rows):
        """Return calls that say what was paid elsewhere: they count, no money and no
        entry belong to them.

        :param rows: list of (membership, payer, values of a line)
        """
        made = applying(self.env["recurring.dues"]).create(
            [
                {
                    "company_id": self.company.id,
                    "payer_id": payer.id,
                    "plan_id": membership.plan_id.id,
                    "currency_id": membership.plan_id.current_version_id.currency_id.id,
                    "is_opening": True,
                    "state": "called",
                    "called_on": line["counts_on"],
                    "line_ids": [Command.create(line)],
                }
                for membership, payer, line in rows
            ]
        )
        return made.browse(made.ids).with_env(self.env)  # without the key

    def contribution(self, values, lines):
        """Return a contribution as the import wants it: history, draft or booked."""
        kind = self.job.gifts_as
        values = {
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
            "journal_id": self.job.journal_id.id,
            "line_ids": [Command.create(line) for line in lines],
            **values,
        }
        if kind == "history":
            values |= {
                "state": "history",
                "name": values.get("source_ref") or self.env._("History"),
                "receipt_wanted": self.job.receipt_wanted,
            }
        made = applying(self.env["recurring.contribution"]).create(values)
        made = made.browse(made.ids).with_env(self.env)  # without the key
        if kind == "booked":
            made.action_book()
        return made


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


def opening_line(membership, version, period, text, **values):
    """Return the values of dues that were paid elsewhere for a period."""
    return {
        "membership_id": membership.id,
        "kind": "dues",
        "charge_id": version._charge_of(membership.category_id).id,
        "category_id": membership.category_id.id,
        "date_start": period.start,
        "date_end": period.end,
        "grace_until": version._grace_until(period.end),
        "amount": 0,
        "explanation": text,
        "is_opening": True,
        "paid_on": period.start,
        "counts_on": period.start,
        **values,
    }


class GiftBuild(Build):
    """Gifts: each a contribution."""

    def one(self, row, values):
        """Make one gift; return the values of its row."""
        company_name = values.get("company_name")
        name = company_name or " ".join(
            filter(None, (values.get("first_name"), values["last_name"]))
        )
        partner, made = self.partner(row, name, values, is_company=bool(company_name))
        project = values.get("project")
        gift = self.contribution(
            {
                "partner_id": partner.id,
                "date": values["date"],
                "mode": values.get("mode", "transfer"),
                "nature": values.get("nature", "money"),
                "receipted_elsewhere": values.get("receipt", False),
                "source_ref": values.get("reference", False),
            },
            [
                {
                    "kind": "gift",
                    "product_id": self.job.product_id.id,
                    "amount": float(values["amount"]),
                    "analytic_distribution": {str(project.id): 100}
                    if project
                    else False,
                }
            ],
        )
        return {
            "partner_id": partner.id,
            "made_partner_ids": made,
            "contribution_id": gift.id,
        }


class HelloAssoBuild(Build):
    """Orders: the members they are for, and one contribution of who paid."""

    def one(self, row, values):
        """Make one order; return the values of its row."""
        payer_values = values["payer"]
        payer, made = self.partner(
            row,
            payer_values["payer_name"],
            payer_values,
            is_company=bool(payer_values.get("company_name")),
        )
        day = values["date"]
        lines, dues_made = [], self.env["recurring.dues"]
        members = self.env["recurring.membership"]
        new_members = members
        for part in values["parts"]:
            if part["is_dues"]:
                member, is_new, new_ids = self._member(part, payer, payer_values, day)
                made += new_ids
                members |= member
                new_members |= member if is_new else members.browse()
                dues, line = self._dues(member, payer, part, day, values["order"])
                dues_made |= dues
                lines += line
            amount = part.get("gift", 0) + (0 if part["is_dues"] else part["amount"])
            if amount:
                lines.append(
                    {
                        "kind": "gift",
                        "product_id": self.job.product_id.id,
                        "amount": float(amount),
                    }
                )
        contribution = self.env["recurring.contribution"]
        if lines:
            contribution = self.contribution(
                {
                    "partner_id": payer.id,
                    "date": day,
                    "mode": values["mode"],
                    "receipted_elsewhere": values["receipt"],
                    "source_ref": values["order"],
                },
                lines,
            )
        return {
            "partner_id": payer.id,
            "made_partner_ids": made,
            "membership_id": members[:1].id,
            "made_membership": bool(new_members),
            "made_membership_ids": new_members.ids,
            "dues_id": dues_made[:1].id,
            "made_dues_ids": dues_made.ids,
            "contribution_id": contribution.id,
        }

    def _member(self, part, payer, payer_values, day):
        """Return ``(membership, is new, contacts made)`` of a part of an order."""
        made = []
        if match_name(part["name"]) == match_name(payer_values["payer_name"]):
            partner = payer
        else:
            nobody = self.env["recurring.member.import.row"]
            # Who pays may give one address for everybody.
            own = dict(part)
            if own.get("email") == payer_values.get("email"):
                found = self.facts.people.find(
                    part["name"], own.get("email"), own.get("birth_date")
                )[0]
                own["email"] = found.email if found else False
            partner, made = self.partner(nobody, part["name"], own)
        if part.get("birth_date") and not partner.rr_birthdate:
            partner.rr_birthdate = part["birth_date"]
        memberships = self.env["recurring.membership"]
        known = memberships.search(
            [("partner_id", "=", partner.id), ("plan_id", "=", self.job.plan_id.id)]
        )
        if known:
            return known, False, made
        member = memberships.create(
            {
                "company_id": self.company.id,
                "partner_id": partner.id,
                "payer_id": payer.id,
                "plan_id": self.job.plan_id.id,
                "category_id": part["category"].id,
                "joined_on": day,
                "guardian_id": self._guardian(part, partner, payer, day),
            }
        )
        return member, True, made

    def _guardian(self, part, partner, payer, day):
        """Who paid for a child answers for it, until somebody else is named."""
        under_age = partner._is_minor_on(day, self.company)
        return payer.id if under_age and payer != partner else False

    def _dues(self, membership, payer, part, day, order):
        """Return ``(call made, lines of the contribution)`` for a part's dues."""
        amount = part["amount"]
        owed = membership._standing_lines().filtered(
            lambda line: (
                line.kind == "dues"
                and not line.paid_on
                and line.dues_id.state == "called"
            )
        )[:1]
        none = self.env["recurring.dues"]
        if owed and amount and self.job.gifts_as != "history":
            return none, [_line(owed, amount)]
        version = membership.plan_id.current_version_id
        coverage = membership._coverage(day)
        if not coverage:
            raise UserError(
                self.env._(
                    "%s was not sold on that day: publish a version that was.",
                    membership.plan_id.name,
                )
            )
        history = self.job.gifts_as == "history" or not amount
        line = opening_line(
            membership,
            version,
            Period(coverage.period.start, coverage.period.end),
            self.env._("HelloAsso, order %s", order),
            amount=float(amount),
            is_opening=history,
            paid_on=day if history else False,
            counts_on=day,
        )
        dues = self.openings([(membership, payer, line)])
        if not history:
            applying(dues).write({"is_opening": False})
            applying(dues.line_ids).write({"counts_on": False})
            dues.line_ids._count_if_due(day)
        if self.job.plan_id.current_version_id.rr_counts_from == "acceptance":
            applying(dues.line_ids).write({"counts_on": False})
            dues.line_ids._count_if_due(day)
        return dues, [_line(dues.line_ids, amount)] if amount else []


def _line(dues_line, amount):
    return {"kind": "dues", "dues_line_id": dues_line.id, "amount": float(amount)}
