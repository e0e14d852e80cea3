"""Joining on the web, paying, a member's own pages."""

from . import dues_portal
from . import payment_transaction
from . import join_plan
from . import recurring_join_request
from . import join_processing
from . import join_quote
from . import membership_portal
