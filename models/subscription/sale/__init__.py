from . import sale_order_line
from . import sale_order_line_billing
from . import sale_order
from . import sale_order_term
from . import sale_order_preview
from . import sale_order_coupon
from . import sale_down_payment
from . import subscription_sale
