"""The campaign that calls whose period ends."""

from . import recurring_renewal_run
from . import recurring_renewal_line
from . import renewal_list
from . import renewal_work
from . import renewal_page
from . import recurring_renewal_reminder
from . import recurring_renewal_notice
from . import reminder_instalments
