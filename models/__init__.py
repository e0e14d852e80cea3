"""The stages, in the order in which data flows: each knows only those before it."""

from . import catalog
from . import subscription
from . import tax
from . import billing
from . import einvoice
from . import revenue
from . import membership
