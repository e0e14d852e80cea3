"""What a member may see and do in the portal: who may, what a renewal costs."""

from datetime import timedelta

from odoo import fields, models

from ..documents.document_membership import COUNTING

EARLY = timedelta(days=90)  # so long before the end renewing is the first thing offered
# What members change themselves; names and numbers are changed by the association.
OWN_DATA = ("phone", "email", "street", "street2", "zip", "city", "country_id")


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    def _may_see(self, partner):
        """Tell whether a partner is the member, pays, or answers for the member."""
        self.ensure_one()
        return partner in (
            self.partner_id
            | self.payer_id
            | self.acting_guardian_id
            | self.representative_id
        )

    def _may_decide(self, partner):
        """Tell whether a partner may change data and consents of the member: the
        member, who must be of age, the guardian, the representative."""
        self.ensure_one()
        if self.category_id.kind == "legal":
            return partner in (self.partner_id | self.representative_id)
        return partner == (self.acting_guardian_id or self.partner_id)

    def _may_renew(self, partner):
        """Tell whether a partner may ask for the next dues: only who is asked to pay
        them, or answers for the member who is."""
        self.ensure_one()
        if partner == self.payer_id:
            return True
        return self.payer_id == self.partner_id and self._may_decide(partner)

    def _open_dues(self):
        """Return the calls for this member that wait for their payment."""
        return self.dues_line_ids.dues_id.filtered(
            lambda dues: dues.state == "called" and dues._left_to_pay() > 0
        )

    def _household(self):
        """Return the members whom the same payer pays for, by the same plan."""
        self.ensure_one()
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("payer_id", "=", self.payer_id.id),
                ("plan_id", "=", self.plan_id.id),
            ]
        )

    def _renewal(self, day):
        """Return what renewing on a day would bring, without calling it: a dictionary
        of first and last day, amount, and whether it is early; None where nothing is
        to be renewed. What lies in the future already is not renewed again."""
        self.ensure_one()
        if not self._owing(day) or self._open_dues():
            return None
        covered = self._last_covered()
        lines = self._standing_lines().filtered(lambda line: line.kind == "dues")
        if not covered or any(line.date_start > day for line in lines):
            return None
        members = self._owing_of_household(day)
        values = [line for lines in members._calls(day).values() for line in lines]
        own = [
            line
            for line in values
            if line["membership_id"] == self.id and line["kind"] == "dues"
        ]
        if not own:
            return None
        return {
            "first_day": own[0]["date_start"],
            "last_day": own[0]["date_end"] - timedelta(days=1),
            "amount": sum(line["amount"] for line in values),
            "members": members,
            "is_early": covered.end - day > EARLY,
        }

    def _owing_of_household(self, day):
        """Return who of the household renews together: whose days end like this
        member's, or have ended."""
        covered = self._last_covered()
        return self._household().filtered(
            lambda one: (
                one == self
                or (
                    one._owing(day)
                    and one._last_covered()
                    and one._last_covered().end <= covered.end
                )
            )
        )

    def _renew(self, day):
        """Call the next dues of this member, and of those of the household whose days
        end no later.

        :return: the call, or the one that waits already
        """
        self.ensure_one()
        waiting = self._open_dues()
        if waiting or not self._renewal(day):
            return waiting[:1]
        dues = self._owing_of_household(day)._call_dues(day)
        dues.action_call()
        return dues.filtered(lambda one: self in one.line_ids.membership_id)[:1]

    def _change_own_data(self, values, by):
        """Write what a member, or who answers for one, changed in the portal; a note
        says what.

        :param values: of ``OWN_DATA`` only
        """
        self.ensure_one()
        partner = self.partner_id
        changed = {
            name: value
            for name, value in values.items()
            if name in OWN_DATA
            and (partner[name].id if name == "country_id" else partner[name] or "")
            != (value or "")
        }
        if not changed:
            return
        labels = ", ".join(
            partner._fields[name]._description_string(self.env) for name in changed
        )
        partner.write(changed)
        self.message_post(
            body=self.env._("Changed in the portal: %s", labels), author_id=by.id
        )

    def _portal_reports(self):
        """Return the documents to download: ``[(name, address)]``: card and attestation
        of a membership that holds, attestation of dues that were paid."""
        self.ensure_one()
        address = f"/my/membership/{self.id}/document"
        found = []
        if self.state in COUNTING:
            found.append((self.env._("Membership card"), f"{address}/card"))
            found.append(
                (self.env._("Attestation of membership"), f"{address}/attestation")
            )
        if any(line.paid_on and line.date_start for line in self.dues_line_ids):
            found.append((self.env._("Attestation of payment"), f"{address}/payment"))
        return found

    def _portal_state(self):
        """Return the name of the state and the colour of its badge."""
        self.ensure_one()
        colours = {
            "up_to_date": "success",
            "honorary": "success",
            "grace": "warning",
            "awaiting": "warning",
            "lapsed": "danger",
        }
        names = dict(self._fields["state"]._description_selection(self.env))
        return names[self.state], colours.get(self.state, "secondary")

    def _portal_today(self):
        return fields.Date.context_today(self)
