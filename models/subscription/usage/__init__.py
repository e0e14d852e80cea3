from . import line_usage
from . import recurring_usage
from . import usage_query
from . import usage_cancel
from . import usage_record
from . import usage_limit
from . import recurring_usage_alert
from . import subscription_usage
