from odoo import fields, models

# The module of Odoo Enterprise that defers revenue by itself, by the same two dates.
RIVAL = "account_accountant"


class ResCompany(models.Model):
    _inherit = "res.company"

    rr_revenue_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Revenue Recognition",
        check_company=True,
        domain="[('type', '=', 'general')]",
    )
    rr_deferred_account_id = fields.Many2one(
        "account.account",
        string="Deferred Revenue",
        check_company=True,
        help="487 in France, 493 in Belgium, 0990 or 3900 in Germany.",
    )
    rr_accrued_account_id = fields.Many2one(
        "account.account",
        string="Invoices to Issue",
        check_company=True,
        help="4181 in France: what was served and not yet invoiced.",
    )
    rr_accrued_tax_account_id = fields.Many2one(
        "account.account",
        string="VAT on Invoices to Issue",
        check_company=True,
        help="44587 in France.",
    )
    rr_credit_due_account_id = fields.Many2one(
        "account.account",
        string="Credit Notes to Issue",
        check_company=True,
        help="4198 in France.",
    )
    rr_advance_account_id = fields.Many2one(
        "account.account",
        string="Advances Received",
        check_company=True,
        help="4191 in France: what customers paid before their invoice.",
    )
    rr_reduction_account_id = fields.Many2one(
        "account.account",
        string="Reductions Granted",
        check_company=True,
        help="709 in France: credits for what was served. Empty: the account of the "
        "revenue itself.",
    )
    rr_revenue_detail = fields.Selection(
        [
            ("schedule", "One line per invoice line"),
            ("customer", "One line per customer"),
        ],
        string="Detail of the Monthly Entry",
        default="schedule",
        required=True,
    )
    rr_revenue_ledger = fields.Selection(
        [
            ("local", "The local standard (IFRS 15 is reported beside it)"),
            ("ifrs", "IFRS 15"),
        ],
        string="The Books Follow",
        default="local",
        required=True,
    )

    def _revenue_rival(self):
        """Tell whether Odoo's own deferral is installed: it would book twice."""
        # sudo: whether a module is installed is no secret.
        modules = self.env["ir.module.module"].sudo()
        # While it is upgraded, or waits for its removal, its code is still there.
        return modules._get(RIVAL).state in ("installed", "to upgrade", "to remove")
