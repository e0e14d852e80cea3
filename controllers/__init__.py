from . import import_template
from . import vat_reconciliation
from . import revenue_statement
from . import ifrs_report
from . import print_run
from . import fund_year
from . import member_template
from . import receipt_statement
