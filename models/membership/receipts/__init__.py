"""Tax receipts, their campaign and what is declared."""

from . import recurring_receipt_rule
from . import receipt_rule_screen
from . import recurring_receipt_model
from . import recurring_receipt_issuer
from . import receipt_donor
from . import recurring_tax_receipt
from . import tax_receipt_number
from . import tax_receipt_issue
from . import tax_receipt_life
from . import account_move_receipts
from . import recurring_receipt_campaign
from . import receipt_campaign_work
from . import receipt_campaign_page
from . import tax_receipt_paper
from . import tax_receipt_advantage
from . import receipt_gifts
