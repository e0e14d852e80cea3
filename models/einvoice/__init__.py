from . import res_partner
from . import public_customer
from . import account_move_facts
from . import account_edi_xml_cii
from . import account_edi_xml_ubl
from . import missing_data
from . import subscription_missing
from . import ereporting
