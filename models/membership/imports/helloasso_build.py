"""From checked orders of HelloAsso to members and contributions."""

from odoo.exceptions import UserError

from ....engine.period import Period
from ...guard import applying
from ..names import match_name
from .build import Build, opening_line


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
