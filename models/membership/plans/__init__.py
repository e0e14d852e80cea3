"""What can be joined: categories, periods, prices."""

from . import recurring_membership_category
from . import recurring_plan
from . import recurring_plan_version
from . import recurring_plan_charge
from . import plan_screen
