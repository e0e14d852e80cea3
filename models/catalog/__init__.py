"""What is sold: plans, their versions, the charges and price scales of a version."""

from . import recurring_steps
from . import recurring_version_part
from . import recurring_plan
from . import recurring_plan_version
from . import recurring_plan_version_freeze
from . import recurring_meter
from . import recurring_plan_charge
from . import recurring_price_tier
from . import recurring_coupon
from . import recurring_coupon_texts
from . import recurring_close_reason
from . import recurring_index
from . import recurring_plan_index
from . import product_template
from . import recurring_plan_charge_booking
from . import recurring_plan_charge_price
from . import recurring_plan_charge_publication
from . import recurring_plan_charge_usage
from . import recurring_plan_version_publication
from . import recurring_plan_version_calculator
from . import recurring_plan_version_changes
from . import recurring_plan_family
from . import recurring_plan_version_trial
from . import recurring_plan_phase
from . import recurring_plan_term
