"""From a request to join to members and their call for dues, and refusals."""

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .join_form import same_name

# What a request may add to a contact that is known already, where it is empty.
ADDRESS = ("phone", "street", "zip", "city", "country_id")


def _may_be_born(known, typed):
    """Tell whether two birth dates may be of one person: father and son may share a
    name and an e-mail address."""
    return not known or not typed or known == typed


class RecurringJoinRequest(models.Model):
    _inherit = "recurring.join.request"

    def _confirm(self):
        """The e-mail address was confirmed by its link: let them join, or leave it to
        a person where the plan says so or somebody had left before.

        :raises UserError: the page of the plan was closed in the meantime
        """
        self.ensure_one()
        if not self.plan_id.rr_join_open:
            raise UserError(self.env._("Joining online is closed at the moment."))
        now = fields.Datetime.now()
        self._set_state(("waiting",), "review", confirmed_on=now)
        if not (self.plan_id.rr_join_review or self._known_departed()):
            self._join()
            self._send("mail_template_join_welcome")
            return
        secretary = self.company_id._association_user("group_secretary")
        if secretary:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Somebody would like to join"),
                user_id=secretary.id,
            )

    def action_accept(self):
        """Let them join: members and their call for dues are made, and told so."""
        self.check_access("write")
        # sudo: who accepts members need not be allowed to add contacts by hand
        for one in self.sudo():
            one._set_state(
                ("review",),
                "review",
                decided_on=fields.Datetime.now(),
                decided_by_id=self.env.user.id,
            )
            one._known_departed()._rejoin(fields.Date.context_today(one))
            one._join()
            one.activity_unlink(["mail.mail_activity_data_todo"])
            one._send("mail_template_join_welcome")

    def _refuse(self, reason):
        """Refuse who waits for a decision, and tell them why by e-mail.

        :raises UserError: without a reason
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: it is kept on record, and sent."))
        self._set_state(
            ("review",),
            "refused",
            decided_on=fields.Datetime.now(),
            decided_by_id=self.env.user.id,
            refusal_reason=reason.strip(),
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for one in self:
            one._send("mail_template_join_refused")

    def _send(self, template):
        self.env.ref(f"recurring_revenue.{template}").send_mail(
            self.id, force_send=True, email_layout_xmlid="mail.mail_notification_light"
        )

    # ------------------------------------------------------------------
    # Who it is
    # ------------------------------------------------------------------

    def _contact_name(self):
        """Return the name of the person who holds the e-mail address."""
        first = self.person_ids[:1]
        is_minor = self._is_minor(first)
        names = (
            (self.guardian_firstname, self.guardian_lastname)
            if is_minor
            else (self.firstname, self.lastname)
        )
        return " ".join(filter(None, names))

    def _is_minor(self, person):
        today = fields.Date.context_today(self)
        born = person.birthdate
        age = born and relativedelta(today, born).years
        return bool(born) and age < self.company_id.rr_majority_age

    def _known_contact(self):
        """Return the partner who has the confirmed e-mail address and this name, or
        none: a couple may share an address."""
        partners = self.env["res.partner"].search(
            [
                ("email_normalized", "=", self.email),
                ("company_id", "in", [False, self.company_id.id]),
                ("is_company", "=", False),
            ],
            order="id",
        )
        name = self._contact_name()
        first = self.person_ids[:1]
        born = self._is_contact(first) and first.birthdate
        return partners.filtered(
            lambda one: (
                same_name(one.name, name) and _may_be_born(one.rr_birthdate, born)
            )
        )[:1]

    def _known_member(self, contact, person):
        """Return the partner of a further person, a minor or a legal person, if the
        contact has paid or answered for them before."""
        if not contact:
            return contact
        memberships = self.env["recurring.membership"].search(
            Domain("company_id", "=", self.company_id.id)
            & (
                Domain("payer_id", "=", contact.id)
                | Domain("guardian_id", "=", contact.id)
                | Domain("representative_id", "=", contact.id)
            )
        )
        return memberships.partner_id.filtered(
            lambda one: (
                same_name(one.name, person.name)
                and _may_be_born(one.rr_birthdate, person.birthdate)
            )
        )[:1]

    def _known_partner(self, person):
        contact = self._known_contact()
        return (
            contact if self._is_contact(person) else self._known_member(contact, person)
        )

    def _is_contact(self, person):
        """Tell whether a person is the one who holds the e-mail address."""
        return (
            person == self.person_ids[:1]
            and person.category_id.kind != "legal"
            and not self._is_minor(person)
        )

    def _known_departed(self):
        """Return the memberships of these people who left: that is not undone without
        a person."""
        found = self.env["recurring.membership"]
        for person in self.person_ids:
            found |= self._membership_of(self._known_partner(person))
        return found.filtered("has_left")

    def _membership_of(self, partner):
        if not partner:
            return self.env["recurring.membership"]
        return self.env["recurring.membership"].search(
            [("partner_id", "=", partner.id), ("plan_id", "=", self.plan_id.id)]
        )

    # ------------------------------------------------------------------
    # They join
    # ------------------------------------------------------------------

    def _join(self):
        """Make the partners, memberships, consents and the call for dues."""
        self.ensure_one()
        # Of the association, whoever's page it was; in the language they wrote in.
        self = self.with_company(self.company_id).with_context(lang=self.lang)
        today = fields.Date.context_today(self)
        contact = self._known_contact() or self._new_partner(
            self._contact_name(), email=self.email, lang=self.lang
        )
        self._complete(contact)
        memberships = self.env["recurring.membership"]
        for person in self.person_ids:
            memberships |= self._join_person(person, contact, today)
        self._set_state(
            ("review",),
            "joined",
            contact_id=contact.id,
            dues_id=self._call(memberships, today).id,
        )

    def _call(self, memberships, today):
        """Call the dues of who owes some; who was called before keeps that call."""
        known = memberships.dues_line_ids.dues_id
        known.filtered(lambda dues: dues.state == "draft").action_call()
        open_dues = known.filtered(
            lambda dues: dues.state == "called" and dues._left_to_pay() > 0
        )
        uncovered = memberships.filtered(
            lambda one: one.state not in ("up_to_date", "honorary")
        )
        dues = uncovered._call_dues(today)
        dues.action_call()
        return (dues | open_dues)[:1]

    def _join_person(self, person, contact, today):
        """Return the membership of one person, the known one where there is one."""
        is_contact = self._is_contact(person)
        is_legal = person.category_id.kind == "legal"
        is_minor = self._is_minor(person)
        partner = contact if is_contact else self._known_member(contact, person)
        if not partner:
            values = {"is_company": True, "email": self.email} if is_legal else {}
            partner = self._new_partner(person.name, lang=self.lang, **values)
        if not partner.rr_birthdate and person.birthdate:
            partner.rr_birthdate = person.birthdate
        membership = self._membership_of(partner)
        if membership and self._joins_anew(membership, today):
            self._choose_anew(membership, person)
        elif not membership:
            membership = membership.create(
                {
                    "company_id": self.company_id.id,
                    "partner_id": partner.id,
                    "plan_id": self.plan_id.id,
                    "category_id": person.category_id.id,
                    "joined_on": today,
                    "chosen_amount": person.chosen_amount,
                    "payer_id": (partner if is_legal else contact).id,
                    "guardian_id": is_minor and contact.id,
                    "representative_id": is_legal and contact.id,
                }
            )
        person.membership_id = membership
        if is_contact or is_minor:
            # Nobody consents for another adult.
            self.env["recurring.consent"]._record(
                partner,
                self.company_id,
                person.consent_kind_ids,
                person.consent_kind_ids,
                "join",
                contact,
                today,
            )
        return membership

    def _choose_anew(self, membership, person):
        """Let who was a member before have the category and amount chosen now: those
        are the dues that they confirmed."""
        if membership.category_id != person.category_id:
            membership.write(
                {"category_id": person.category_id.id, "proof_seen_on": False}
            )
        if membership.chosen_amount != person.chosen_amount:
            membership.chosen_amount = person.chosen_amount

    def _new_partner(self, name, **values):
        return self.env["res.partner"].create(
            {
                "name": name,
                "company_id": False,
                **{field: self[field] for field in ADDRESS if field != "country_id"},
                "country_id": self.country_id.id,
                **values,
            }
        )

    def _complete(self, contact):
        """Fill what a known contact lacks; what differs is noted, not overwritten."""
        differs = []
        for field in ADDRESS:
            typed, known = self[field], contact[field]
            if typed and not known:
                contact[field] = typed
            elif typed and typed != known:
                label = self._fields[field]._description_string(self.env)
                shown = typed.display_name if field == "country_id" else typed
                differs.append(f"{label}: {shown}")
        if differs:
            self.note = self.env._(
                "%(contact)s is known with other data; typed here: %(data)s",
                contact=contact.display_name,
                data=", ".join(differs),
            )
