from . import import_charge
from . import import_job
from . import import_job_work
from . import import_job_row
from . import recurring_import
from . import recurring_import_work
from . import recurring_import_row
