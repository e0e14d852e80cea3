from . import headings
from . import member_import
from . import member_import_row
from . import member_import_work
from . import clearing
from . import opening
from . import undo
