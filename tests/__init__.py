from . import test_subscription_sale
from . import test_engine_allocation
from . import test_engine_period
from . import test_engine_proration
from . import test_engine_purity
from . import test_engine_rating
