"""What members are asked for."""

from . import recurring_dues
from . import recurring_dues_line
from . import membership_dues
from . import dues_screen
from . import dues_mail
from . import recurring_dues_share
from . import recurring_dues_instalment
from . import dues_invoice
from . import dues_invoice_follow
from . import account_move_dues
