"""Members of an association: who they are, what they owe, where they stand."""

from . import plans
from . import members
from . import dues
from . import money
from . import gifts
from . import renewals
from . import documents
from . import receipts
from . import portal
from . import imports
from . import privacy  # last: it closes and forgets what all others keep
