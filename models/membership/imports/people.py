"""Who of a file is known already: the same person, perhaps the same, or nobody."""

from odoo.tools import email_normalize

from ..names import match_name


class People:
    """Contacts of a company by e-mail and by name, asked once for many rows."""

    def __init__(self, env, company, emails, names):
        emails = {email_normalize(email) for email in emails if email} - {False, None}
        names = {name for name in names if name}
        # sudo: who imports members finds contacts that other rules may hide.
        found = (
            env["res.partner"]
            .sudo()
            .search(
                [
                    "|",
                    ("email_normalized", "in", list(emails)),
                    ("rr_match_name", "in", list(names)),
                    ("company_id", "in", (False, company.id)),
                    ("type", "=", "contact"),
                ],
                order="id",
            )
        )
        self.none = env["res.partner"]
        self.by_email = {}
        self.by_name = {}
        for partner in found:
            self._add(partner)

    def _add(self, partner):
        if partner.email_normalized:
            self.by_email.setdefault(partner.email_normalized, []).append(partner)
        if partner.rr_match_name:
            self.by_name.setdefault(partner.rr_match_name, []).append(partner)

    def ids(self):
        """Return the ids of all contacts found."""
        found = (*self.by_name.values(), *self.by_email.values())
        return list({partner.id for partners in found for partner in partners})

    def add(self, partner):
        """Know a contact that was made just now."""
        self._add(partner.sudo())

    def find(self, name, email=None, born=None):
        """Return ``(partner, possible)``: the contact that is this person for sure,
        and those who might be.

        For sure: the same name with the same e-mail or the same date of birth, where
        nothing contradicts. Perhaps: the same name or the same e-mail.
        """
        plain = match_name(name)
        email = email_normalize(email) if email else None
        named = [
            partner
            for partner in self.by_name.get(plain, [])
            if not (born and partner.rr_birthdate and partner.rr_birthdate != born)
        ]
        sure = [
            partner
            for partner in named
            if (email and partner.email_normalized == email)
            or (born and partner.rr_birthdate == born)
        ]
        if len(sure) == 1:
            return self._plain(sure), self.none
        mailed = self.by_email.get(email, []) if email else []
        # A household shares an address: another name with another birth date is
        # somebody else for sure.
        mailed = [
            partner
            for partner in mailed
            if not (born and partner.rr_birthdate and partner.rr_birthdate != born)
        ]
        return self.none, self._plain(sure or [*named, *mailed])

    def named(self, text):
        """Return the one contact with this e-mail, else with this name, or nobody."""
        email = email_normalize(text)
        for found in (
            self.by_email.get(email, []),
            self.by_name.get(match_name(text), []),
        ):
            if len(found) == 1:
                return self._plain(found)
        return self.none

    def _plain(self, partners):
        """Return partners without the rights they were found with."""
        return self.none.browse(dict.fromkeys(partner.id for partner in partners))
