"""The check of a row of members."""

from dateutil.relativedelta import relativedelta

from odoo.tools import email_normalize

from ..names import match_name, normalised
from .check import CellCheck


def pays_alone(cells):
    """Tell whether a row names nobody as payer, or the member: many lists do.

    >>> pays_alone({"number": "7", "payer": "7"}), pays_alone({"payer": "8"})
    (True, False)
    """
    payer = cells.get("payer")
    return not payer or payer == cells.get("number") or same_email(payer, cells)


def same_email(text, cells):
    """Tell whether a text is the e-mail address of a row."""
    email = email_normalize(text)
    return bool(email) and email == email_normalize(cells.get("email") or "")


class MemberCheck(CellCheck):
    """Checks one member: what plan and category, from when, paid up to when."""

    def run(self):
        """Return the values of the row, None when there are problems."""
        if self.is_example():
            return None
        if pays_alone(self.cells):
            self.cells.pop("payer", None)
        values = self.values = self.read_cells(self.cells)
        name = self.full_name(values)
        self.row |= {
            "title": name,
            "number": values.get("number"),
            "email": email_normalize(values.get("email") or "") or False,
            "rank": int("payer" in values),
        }
        self._check_plan()
        self._check_days()
        if "last_name" in values:
            partner = self.match(name, values)
            self._check_number(partner)
            self._check_twice(name)
            self._check_member(partner)
        self._check_people()
        if self.problems or self.outcome != "valid":
            return None
        return values

    # ------------------------------------------------------------------
    # Plan and days
    # ------------------------------------------------------------------

    def _check_plan(self):
        values = self.values
        for name, known, sentence in (
            (
                "plan",
                self.facts.plans,
                self.env._("There is no membership plan of this name."),
            ),
            (
                "category",
                self.facts.categories,
                self.env._("There is no category of this name."),
            ),
        ):
            text = values.get(name)
            found = known.get(normalised(text)) if text else self.job[f"{name}_id"]
            if not found:
                self.refuse(
                    name,
                    sentence
                    if text
                    else self.env._("Fill it in, or choose one for all rows."),
                )
            values[name] = found
        plan, category = values["plan"], values["category"]
        if not plan or not category:
            return
        if plan.rr_sensitive:
            self.job.is_sensitive = True
        version = plan.current_version_id
        if not version:
            self.refuse("plan", self.env._("This plan is not published."))
        elif category.kind != "honorary":
            charge = version.charge_ids.filtered(
                lambda one: (
                    one.role == "base"
                    and one.rr_category_id in (category, category[:0])
                )
            )
            if not charge:
                self.refuse(
                    "category", self.env._("The plan has no price for this category.")
                )

    def _check_days(self):
        values = self.values
        self.in_past(values, "birth_date", "joined_on", "resigned_on")
        self.in_past(values, "consent_newsletter", "consent_directory", "consent_image")
        joined = values.get("joined_on")
        for name in ("paid_until", "resigned_on", "lifetime_from"):
            if joined and values.get(name) and values[name] < joined:
                self.refuse(
                    name, self.env._("This day lies before the day of joining.")
                )
        paid = values.get("paid_until")
        if paid and paid > self.facts.today + relativedelta(years=5):
            self.refuse(
                "paid_until", self.env._("This day lies more than five years ahead.")
            )
        born = values.get("birth_date")
        if born and joined and joined < born:
            self.refuse("joined_on", self.env._("This day lies before the birth."))

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _check_number(self, partner):
        number = self.values.get("number")
        if not number:
            return
        first = self.seen.setdefault(("number", number), self.line)
        if first != self.line:
            self.refuse(
                "number",
                self.env._("The same number stands on line %s already.", first),
            )
        taken = self.facts.members.get(number)
        if taken and taken.partner_id != partner:
            self.refuse(
                "number",
                self.env._(
                    "%s has this number already.", taken.partner_id.display_name
                ),
            )

    def _check_twice(self, name):
        values = self.values
        plan = values.get("plan")
        key = (
            match_name(name),
            email_normalize(values.get("email") or ""),
            values.get("birth_date"),
            plan and plan.id,
        )
        first = self.seen.setdefault(("person", key), self.line)
        if first != self.line and (key[1] or key[2]):
            self.refuse(
                "last_name",
                self.env._("The same person stands on line %s already.", first),
            )
        elif first != self.line:
            self.row["note"] = self.env._(
                "Somebody of the same name stands on line %s.", first
            )

    def _check_member(self, partner):
        """Leave alone who is a member by this plan already."""
        plan = self.values.get("plan")
        known = self.facts.memberships.get((partner.id, plan and plan.id))
        if not known:
            return
        number = self.values.get("number")
        if number and number != known.number:
            self.refuse(
                "number",
                self.env._("This person is a member already, number %s.", known.number),
            )
        self.outcome = "existing"
        self.row["membership_id"] = known.id

    def _check_people(self):
        values = self.values
        payer = values.get("payer")
        if payer and not self._payer_known(payer):
            self.refuse(
                "payer",
                self.env._(
                    "Neither this file nor the contacts have this number or e-mail."
                ),
            )
        category = values.get("category")
        if category and category.kind == "legal" and "representative" not in values:
            self.refuse("representative", self.env._("A legal person needs one."))
        born, joined = values.get("birth_date"), values.get("joined_on")
        if born and joined and "guardian" not in values:
            age = relativedelta(joined, born).years
            if age < self.job.company_id.rr_majority_age:
                self.refuse(
                    "guardian",
                    self.env._("The member was under age when joining: say who it is."),
                )

    def _payer_known(self, text):
        key = email_normalize(text) or text
        row = self.facts.payers.get(key)
        if row:
            if row.get("payer") and not pays_alone(row):
                self.refuse(
                    "payer",
                    self.env._(
                        "Somebody else pays for that person: name who pays for both."
                    ),
                )
            return True
        return text in self.facts.members or bool(self.facts.people.named(text))
