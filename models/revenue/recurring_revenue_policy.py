from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache

from ..guard import typed_over

METHODS = [
    ("day", "By day"),
    ("month", "By month: equal months, parts of months by days"),
    ("full_month", "By whole months"),
    ("point", "At once, on the first day"),
]
TREATMENTS = [
    ("continuous", "Deferred on the invoice, recognised every month"),
    ("cut_off", "Revenue on the invoice, deferred at closing"),
    ("invoiced", "Revenue when it is invoiced"),
]
SPREADS = [
    ("service", "Over the service period of the invoice line"),
    ("term", "Over the term of the subscription"),
    ("life", "Over the expected life of a customer"),
]
# A schedule may also be the other way round: earned first, invoiced later.
SCHEDULE_TREATMENTS = [*TREATMENTS, ("accrued", "Earned before it is invoiced")]
# What invoices were treated by: changing it would rewrite what is booked.
SETTLED = {
    "company_id",
    "nature_id",
    "date_from",
    "treatment",
    "method",
    "spread",
    "life_months",
}


class RecurringRevenuePolicy(models.Model):
    """How revenue of a nature is recognised, from a day on, and why.

    A policy holds for invoices whose accounting date is on or after its first day,
    until a later one of the same nature. One of a nature goes before one for all. What
    was used stands: another method is a new policy from another day.
    """

    _name = "recurring.revenue.policy"
    _description = "Revenue Policy"
    _order = "company_id, date_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    nature_id = fields.Many2one(
        "recurring.revenue.nature",
        ondelete="restrict",
        help="Empty: every nature that has no policy of its own.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="The first accounting date of invoices that it holds for.",
    )
    treatment = fields.Selection(TREATMENTS, required=True, default="continuous")
    method = fields.Selection(METHODS, required=True, default="day")
    spread = fields.Selection(
        SPREADS,
        string="Earned Over",
        required=True,
        default="service",
        help="A set-up fee that is worth nothing without the service is earned over "
        "the term, or over the time that customers usually stay.",
    )
    life_months = fields.Integer(
        string="Months of a Customer's Life",
        default=36,
        help="Also used where a subscription has no term.",
    )
    justification = fields.Text(
        required=True,
        help="Why this method shows what is earned. It is printed on the auditor's "
        "sheet.",
    )
    is_used = fields.Boolean(compute="_compute_is_used")

    _once_a_day = models.UniqueIndex(
        "(company_id, COALESCE(nature_id, 0), date_from)",
        "There is a policy for this nature from this day already.",
    )
    _life_positive = models.Constraint(
        "CHECK(life_months > 0)", "A customer's life is at least one month."
    )

    @api.depends("nature_id", "date_from", "treatment", "method")
    def _compute_display_name(self):
        treatments = dict(self._fields["treatment"]._description_selection(self.env))
        for policy in self:
            nature = policy.nature_id.name or self.env._("All natures")
            policy.display_name = self.env._(
                "%(nature)s: %(treatment)s",
                nature=nature,
                treatment=treatments.get(policy.treatment, ""),
            )

    def _compute_is_used(self):
        schedules = self.env["recurring.revenue.schedule"]
        # sudo: whether a policy was used at all is no secret.
        groups = schedules.sudo()._read_group(
            [("policy_id", "in", self.ids)], ["policy_id"]
        )
        used = {policy.id for (policy,) in groups}
        for policy in self:
            policy.is_used = policy.id in used

    @api.model_create_multi
    def create(self, vals_list):
        """Let the new policies be known."""
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def unlink(self):
        """Let the policies be forgotten."""
        done = super().unlink()
        self.env.registry.clear_cache()
        return done

    def write(self, vals):
        """Refuse to change how invoices were treated that are posted already."""
        if typed_over(self.filtered("is_used"), vals, SETTLED):
            raise UserError(
                self.env._(
                    "Invoices were booked by this policy. Add a new one from a later "
                    "day instead: what was booked stays as it was."
                )
            )
        done = super().write(vals)
        if "company_id" in vals:
            self.env.registry.clear_cache()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if any(policy.is_used for policy in self):
            raise UserError(
                self.env._(
                    "Invoices were booked by this policy: it stays on record. Add a "
                    "new one from a later day instead."
                )
            )

    @api.constrains("spread", "method")
    def _check_spread(self):
        for policy in self:
            if policy.spread != "service" and policy.method == "point":
                raise ValidationError(
                    self.env._("What is recognised at once is not spread over a term.")
                )

    @api.model
    def _book(self, company):
        """Return the policies of a company, ready to be asked line by line."""
        # sudo: whoever posts an invoice need not be allowed to read the policies.
        # exists: a savepoint may have been left since.
        return PolicyBook(self.sudo().browse(self._ids_of(company.id)).exists())

    @api.model
    @ormcache("company_id")
    def _ids_of(self, company_id):
        """Return the ids of a company's policies: asked with every batch that is
        billed or posted, and hardly ever changed."""
        # sudo: as above
        return tuple(self.sudo().search([("company_id", "=", company_id)]).ids)


class PolicyBook:
    """The policies of one company in memory."""

    def __init__(self, policies):
        self._rows = {}
        for policy in policies.sorted("date_from", reverse=True):
            self._rows.setdefault(policy.nature_id.id, []).append(policy)

    def __bool__(self):
        return bool(self._rows)

    def treatments(self):
        """Return the treatments that some policy asks for, at whatever time."""
        return {policy.treatment for rows in self._rows.values() for policy in rows}

    def find(self, nature_id, day):
        """Return the policy that holds for a nature on an accounting date, or None."""
        for key in (nature_id, False):
            for policy in self._rows.get(key, ()):
                if policy.date_from <= day:
                    return policy
        return None

    def find_or_first(self, nature_id, day):
        """Return the policy that holds on a day, the first one before any held."""
        found = self.find(nature_id, day)
        rows = self._rows.get(nature_id) or self._rows.get(False)
        return found or (rows[-1] if rows else None)
