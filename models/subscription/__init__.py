from . import res_company
from . import recurring_billed_item
from . import recurring_change
from . import recurring_subscription
from . import subscription_lifecycle
from . import recurring_subscription_line
from . import subscription_engine
