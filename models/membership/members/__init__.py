"""Who belongs, since when and where each stands."""

from . import recurring_membership
from . import membership_departure
from . import membership_state
from . import membership_screen
from . import company_screen
from . import res_partner
from . import minors
from . import recurring_consent_kind
from . import recurring_consent
from . import consent_partner
from . import partner_match
