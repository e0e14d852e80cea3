"""Which invoice lines are deferred, by which policy, over which days: for one batch."""

from dataclasses import dataclass
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.period import Period
from ...engine.recognition import is_deferred

ONE_DAY = timedelta(days=1)
NATURE_OF_ROLE = {
    "base": "service",
    "addon": "service",
    "one_off": "one_off",
    "usage": "usage",
}


@dataclass(frozen=True)
class Answer:
    """How an invoice line is treated: by which policy, earned over which days."""

    policy: models.BaseModel
    nature_id: int
    period: Period

    @property
    def is_continuous(self):
        return self.policy.treatment == "continuous"


class Deferral:
    """Answers for the invoice lines of one company, from memory.

    What is asked here again and again for a batch is read once.
    """

    def __init__(self, company):
        self.company = company
        self.env = company.env
        self.policies = self.env["recurring.revenue.policy"]._book(company)
        self.obstacle = company._revenue_obstacle() if self.policies else True
        # sudo: whoever posts an invoice need not know about natures of revenue.
        natures = self.env["recurring.revenue.nature"].sudo()
        self.natures = natures._by_code() if self.policies else {}
        self.deferred_account = company.rr_deferred_account_id
        self.incomes = {}
        self._answers = {}

    def check(self):
        """Raise where a policy wants to defer and the company cannot book it."""
        if self.obstacle:
            raise UserError(self.env._("Revenue cannot be deferred. %s", self.obstacle))

    def answer(self, line, day, in_any_month=False):
        """Return the ``Answer`` for a line of a document booked on a day, or None
        where nothing is left to be earned after its month.

        ``line`` is an invoice line, or anything that reads like one.
        """
        answer = self._answer(line, day)
        if answer is None or in_any_month:
            return answer
        is_left = is_deferred(answer.period, day, answer.policy.method)
        return answer if is_left else None

    def _answer(self, line, day):
        """Answer whatever is left; a record is asked as a draft and once posted."""
        key = (getattr(line, "id", None), day)
        if key[0] is None or key not in self._answers:
            self._answers[key] = self._find(line, day)
        return self._answers[key]

    def _find(self, line, day):
        nature = self.nature(line)
        policy = self.policies.find(nature, day)
        if policy is None or policy.treatment == "invoiced":
            return None
        period = self._period(line, policy, day)
        return period and Answer(policy, nature, period)

    def nature(self, line):
        """Return the id of the nature of revenue of a line."""
        own = line.product_id.product_tmpl_id.rr_revenue_nature_id
        if own:
            return own.id
        code = NATURE_OF_ROLE.get(line.rr_subscription_line_id.role)
        if code is None and isinstance(line, models.BaseModel):
            code = line._rr_nature_code()
        if code is None:
            code = "service" if line.deferred_end_date else "one_off"
        nature = self.natures.get(code)
        return nature.id if nature else False

    def _period(self, line, policy, day):
        """Return the days over which a line is earned, or None where it has none."""
        first, last = line.deferred_start_date, line.deferred_end_date
        if policy.spread == "service":
            if not first or not last:
                return None
            return Period(first, last + ONE_DAY)
        subscription = line.rr_subscription_id
        start = first or max(filter(None, (day, subscription.start_date)))
        end = subscription.term_end if policy.spread == "term" else None
        if not end or end <= start:
            end = start + relativedelta(months=policy.life_months)
        return Period(start, end)


def accounting_day(move, known):
    """Return the day on which posting books a document now: a lock date moves it.

    :param known: what the caller's batch found already, ``{key: day}``
    """
    day = move.date
    if not move.invoice_date:
        day = fields.Date.context_today(move)
    key = (move.journal_id, move.move_type, day)
    if key not in known:
        has_tax = bool(move.line_ids.tax_ids)
        locks = move._get_violated_lock_dates(day, has_tax)
        known[key] = (
            move._get_accounting_date(day, has_tax, lock_dates=locks) if locks else day
        )
    return known[key]
