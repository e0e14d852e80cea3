"""From checked rows to contacts, openings and contributions: what all builds share."""

from odoo import Command

from ...guard import applying
from ..names import match_name

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
