from . import privacy_log
from . import sensitive
