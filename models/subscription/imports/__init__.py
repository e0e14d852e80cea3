from . import import_charge
from . import recurring_import
from . import recurring_import_work
from . import recurring_import_row
