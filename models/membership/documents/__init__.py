"""Cards, attestations, letters, the assembly."""

from . import recurring_print_run
from . import recurring_print_line
from . import print_run_work
from . import print_run_files
from . import document_company
from . import document_membership
from . import document_dues
from . import document_reports
from . import document_actions
from . import recurring_assembly
from . import recurring_assembly_proxy
from . import assembly_documents
from . import instalment_document
