from . import import_template
from . import vat_reconciliation
from . import ifrs_report
