"""Revenue recognition: what was billed becomes revenue as it is served."""

from . import recurring_revenue_nature
from . import recurring_revenue_policy
from . import product_template
from . import res_company
from . import recurring_revenue_schedule
from . import recurring_revenue_slice
from . import schedule_build
from . import schedule_events
from . import schedule_credits
from . import schedule_matching
from . import schedule_pauses
from . import schedule_take_back
from . import account_move_line
from . import account_move
from . import account_move_credits
from . import subscription_billing
from . import free_months
from . import revenue_entry_builder
from . import revenue_entry_trust
from . import revenue_entry_matching
from . import recurring_revenue_run
from . import revenue_run_work
from . import revenue_run_undo
