from . import subscription_cancel
from . import subscription_hold
from . import subscription_one_off
from . import subscription_import
from . import credit_assignment
from . import usage_import
