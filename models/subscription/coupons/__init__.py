from . import recurring_coupon_use
from . import coupon_checks
from . import coupon_periods
from . import subscription_coupons
from . import coupon_retention
from . import coupon_history
from . import coupon_approval
