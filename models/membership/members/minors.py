"""Members under age: a guardian answers for them, consents and perhaps votes."""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_majority_age = fields.Integer(
        string="Age of Majority",
        default=18,
        help="Who is younger has a guardian, who consents for them.",
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_birthdate = fields.Date(
        string="Born On", groups="recurring_revenue.group_secretary"
    )

    @api.constrains("rr_birthdate")
    def _check_rr_birthdate(self):
        today = fields.Date.context_today(self)
        for partner in self.sudo():  # the day is no secret to who just wrote it
            born = partner.rr_birthdate
            if born and not date(1880, 1, 1) <= born <= today:
                raise ValidationError(
                    self.env._("%s: this is no date of birth.", partner.display_name)
                )

    def _age_on(self, day):
        """Return the age in years on a day, or None where no birth date is known, or
        nobody was chosen yet."""
        if not self:
            return None
        self.ensure_one()
        # sudo: whether someone is under age decides who may consent; the date itself
        # is shown to those who keep the members only.
        born = self.sudo().rr_birthdate
        return relativedelta(day, born).years if born else None

    def _is_minor_on(self, day, company):
        """Tell whether a person is known to be under the company's age of majority."""
        age = self._age_on(day)
        return age is not None and age < company.rr_majority_age

    def _answering(self, day, company):
        """Return who answers for this person on a day: themselves, or the guardian of
        someone under age (empty where nobody is known)."""
        if not self._is_minor_on(day, company):
            return self
        # sudo: a guardian of any membership, of which not all may be seen
        memberships = self.sudo().rr_membership_ids.filtered(
            lambda one: one.company_id == company
        )
        return memberships.guardian_id[:1].with_env(self.env)


class RecurringMembershipCategory(models.Model):
    _inherit = "recurring.membership.category"

    minor_votes = fields.Selection(
        [
            ("own", "Vote themselves"),
            ("age", "Vote themselves from an age on, the guardian before"),
            ("guardian", "The guardian votes for them"),
            ("none", "Have no vote"),
        ],
        string="Members Under Age",
        default="age",
        required=True,
        help="As the statutes say.",
    )
    voting_age = fields.Integer(
        default=16, help="From this age on, members under age vote themselves."
    )


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    birthdate = fields.Date(related="partner_id.rr_birthdate", readonly=False)
    is_minor = fields.Boolean(
        string="Under Age", compute="_compute_is_minor", search="_search_is_minor"
    )
    acting_guardian_id = fields.Many2one(
        "res.partner",
        compute="_compute_is_minor",
        search="_search_acting_guardian_id",
        help="The guardian, as long as the member is under age.",
    )

    @api.depends("partner_id.rr_birthdate", "guardian_id", "company_id.rr_majority_age")
    @api.depends_context("membership_day")
    def _compute_is_minor(self):
        day = self._day_asked()
        for membership in self:
            partner = membership.partner_id
            is_minor = partner._is_minor_on(day, membership.company_id)
            # Where no birth date is known, a guardian was named for a reason.
            is_unknown = partner._age_on(day) is None
            membership.is_minor = is_minor
            membership.acting_guardian_id = (
                is_minor or is_unknown
            ) and membership.guardian_id

    def _search_is_minor(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._domain_minor(">")

    def _domain_minor(self, operator):
        """Return the domain of members born after the day that makes one of age."""
        day = self._day_asked()
        # sudo: the age of every company's majority, to compare with
        by_age = (
            self.env["res.company"]
            .sudo()
            ._read_group([], ["rr_majority_age"], ["id:array_agg"])
        )
        return Domain.OR(
            Domain("company_id", "in", company_ids)
            & Domain(
                "partner_id.rr_birthdate", operator, day - relativedelta(years=age)
            )
            for age, company_ids in by_age
        )

    def _search_acting_guardian_id(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        # sudo: guardians look for their own in the portal, where birth dates are not
        # read; the rules of access are still applied to what is found
        found = (
            self.sudo()
            .with_context(active_test=False)
            ._search(
                Domain("guardian_id", operator, value)
                & (
                    Domain("partner_id.rr_birthdate", "=", False)
                    | self._domain_minor(">")
                )
            )
        )
        return Domain("id", "in", found)

    @api.constrains("partner_id", "guardian_id", "joined_on")
    def _check_guardian(self):
        for membership in self:
            partner, company = membership.partner_id, membership.company_id
            guardian, day = membership.guardian_id, membership.joined_on
            if guardian == partner:
                raise ValidationError(
                    self.env._("%s cannot be their own guardian.", partner.display_name)
                )
            if guardian and guardian._is_minor_on(day, company):
                raise ValidationError(
                    self.env._(
                        "%s is under age and cannot be a guardian.",
                        guardian.display_name,
                    )
                )
            if not guardian and partner._is_minor_on(day, company):
                raise ValidationError(
                    self.env._(
                        "%(member)s is %(age)s years old on the day of joining: say "
                        "who is the guardian.",
                        member=partner.display_name,
                        age=partner._age_on(day),
                    )
                )

    def _voter_on(self, day):
        """Return (partner who casts the votes, number of votes) on a day.

        Legal persons vote through their representative, members under age as their
        category says.
        """
        self.ensure_one()
        category, partner = self.category_id, self.partner_id
        if category.kind == "legal":
            return self.representative_id, self.votes
        age = partner._age_on(day)
        if age is None or age >= self.company_id.rr_majority_age:
            return partner, self.votes
        rule = category.minor_votes
        if rule == "none":
            return partner, 0
        if rule == "own" or (rule == "age" and age >= category.voting_age):
            return partner, self.votes
        return self.guardian_id, self.votes
