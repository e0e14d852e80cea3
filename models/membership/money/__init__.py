"""What came in, and its place in the books."""

from . import recurring_contribution
from . import contribution_booking
from . import contribution_invoice
from . import contribution_cancel
from . import contribution_screen
from . import contribution_deposit
from . import recurring_association_account
from . import bank_statement_line
from . import bank_contribution
from . import contribution_refund
