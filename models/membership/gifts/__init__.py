"""Donations: promised, in kind, waived, earmarked."""

from . import recurring_gift_basis
from . import recurring_dedicated_fund
from . import recurring_fund_year
from . import recurring_fund_year_line
from . import fund_year_booking
from . import gift_contribution
from . import gift_contribution_line
from . import recurring_mileage_rate
from . import recurring_expense_waiver
from . import recurring_expense_waiver_line
from . import expense_vouchers
from . import expense_waiver_booking
from . import gift_plan
from . import recurring_gift_pledge
from . import gift_expecting
from . import recurring_gift_expected
from . import gift_matching
