"""Members of an association: who they are, what they owe, where they stand."""

from . import recurring_membership_category
from . import recurring_plan
from . import recurring_plan_version
from . import recurring_plan_charge
from . import recurring_membership
from . import membership_departure
from . import membership_state
from . import recurring_dues
from . import recurring_dues_line
from . import membership_dues
from . import recurring_contribution
from . import contribution_booking
from . import recurring_gift_basis
from . import recurring_receipt_rule
from . import res_partner
from . import minors
from . import recurring_consent_kind
from . import recurring_consent
from . import consent_partner
from . import partner_match
from . import imports
from . import privacy
