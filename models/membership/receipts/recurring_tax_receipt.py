from odoo import api, fields, models
from odoo.exceptions import UserError

from ...exact import exact
from ...guard import applying, is_applying
from ..selections import FORMS, MODES, NATURES
from .amount_words import amount_in_words
from .recurring_receipt_model import DONOR_KINDS

# What chatter and activities write by themselves.
FREE = ("message_", "activity_", "my_activity_", "website_message_", "rating_")


class RecurringTaxReceipt(models.Model):
    """A tax receipt for a donor, as it was issued.

    It never changes: it is cancelled with a reason and replaced by another one. Numbers
    follow one another without a gap within a company and the year of issue, those of
    cancelled receipts included (CGI art. 200 and 238 bis; copies are kept six years).
    """

    _name = "recurring.tax.receipt"
    _description = "Tax Receipt"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "year desc, number desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True)
    year = fields.Integer(string="Year of Issue", required=True, readonly=True)
    number = fields.Integer(
        string="Number in the Year", required=True, readonly=True, aggregator=None
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    state = fields.Selection(
        [("issued", "Issued"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="issued",
        copy=False,
    )
    issued_on = fields.Date(required=True, readonly=True)
    issued_by_id = fields.Many2one("res.users", readonly=True)
    scope = fields.Selection(
        [("gift", "One gift"), ("year", "Gifts of a year")],
        string="For",
        required=True,
        readonly=True,
    )
    gift_year = fields.Integer(
        string="Year of the Gifts", required=True, readonly=True, index=True
    )
    date_from = fields.Date(string="First Gift On", required=True, readonly=True)
    date_to = fields.Date(string="Last Gift On", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    amount_words = fields.Char(string="In Words", required=True, readonly=True)
    line_ids = fields.One2many(
        "recurring.tax.receipt.line", "receipt_id", readonly=True
    )

    # The donor, as of that day
    partner_id = fields.Many2one(
        "res.partner",
        string="Donor",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    joint_partner_id = fields.Many2one(
        "res.partner",
        string="Jointly With",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
    )
    donor_kind = fields.Selection(DONOR_KINDS, required=True, readonly=True)
    donor_name = fields.Char(string="Name of the Donor", required=True, readonly=True)
    donor_joint_name = fields.Char(string="Name of the Second Donor", readonly=True)
    donor_legal_form = fields.Char(string="Legal Form of the Donor", readonly=True)
    donor_siren = fields.Char(string="SIREN of the Donor", readonly=True)
    donor_street = fields.Char(readonly=True)
    donor_town = fields.Char(readonly=True)
    donor_country = fields.Char(readonly=True)
    lang = fields.Char(string="Language", required=True, readonly=True)

    # The law and the association, as of that day
    model_id = fields.Many2one(
        "recurring.receipt.model",
        string="Form",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    article_id = fields.Many2one(
        "recurring.receipt.clause",
        string="Article of Law",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    article = fields.Char(required=True, readonly=True)
    basis_id = fields.Many2one(
        "recurring.gift.basis", required=True, readonly=True, ondelete="restrict"
    )
    issuer_id = fields.Many2one(
        "recurring.receipt.issuer", required=True, readonly=True, ondelete="restrict"
    )

    # What became of it
    cancelled_on = fields.Date(readonly=True)
    cancelled_by_id = fields.Many2one("res.users", readonly=True)
    cancel_reason = fields.Char(string="Why Cancelled", readonly=True)
    replaces_id = fields.Many2one(
        "recurring.tax.receipt", readonly=True, ondelete="restrict"
    )
    replaced_by_id = fields.Many2one(
        "recurring.tax.receipt",
        readonly=True,
        ondelete="restrict",
    )
    printed_on = fields.Datetime(readonly=True)
    sent_on = fields.Datetime(string="E-mailed On", readonly=True)
    duplicate_count = fields.Integer(
        string="Duplicates", readonly=True, aggregator=None
    )

    _number_once = models.UniqueIndex(
        "(company_id, year, number)", "This number was given to another receipt."
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A receipt certifies more than nothing."
    )

    @api.depends("name", "donor_name")
    @api.depends_context("rr_number_only")
    def _compute_display_name(self):
        number_only = self.env.context.get("rr_number_only")
        for receipt in self:
            parts = (receipt.name, not number_only and receipt.donor_name)
            receipt.display_name = " ".join(part for part in parts if part)

    # ------------------------------------------------------------------
    # Written by issuing, never typed
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is typed: receipts are issued for booked contributions."""
        if not is_applying(self.env):
            raise UserError(
                self.env._(
                    "Tax receipts are not typed: they are issued for contributions "
                    "that were received."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to change a receipt: cancel it and issue another one."""
        if not is_applying(self.env) and any(
            not name.startswith(FREE) for name in vals
        ):
            raise UserError(
                self.env._(
                    "A tax receipt never changes: cancel it with a reason, and replace "
                    "it if need be."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A tax receipt stays on record: cancel it instead."))

    def _set_state(self, allowed, target=None, **values):
        """Move to the state ``target`` from one of ``allowed`` and note ``values``:
        the only way in which a receipt is written after its issue.

        :param target: None keeps the state
        """
        for receipt in self:
            if receipt.state not in allowed:
                raise UserError(
                    self.env._("Receipt %s was cancelled already.", receipt.name)
                )
        if target:
            values["state"] = target
        applying(self).write(values)

    # ------------------------------------------------------------------
    # What the paper shows
    # ------------------------------------------------------------------

    def _words(self, amount):
        """Return an amount in words, in the language of the receipt."""
        return amount_in_words(
            exact(amount), currency=self.currency_id.name, lang=self.lang
        )

    def _kind_amount(self):
        """Return the part that was not given in money: goods, staff, securities..."""
        kind = self.line_ids.filtered(lambda line: line.nature != "money")
        return float(sum(exact(line.amount) for line in kind))


class RecurringTaxReceiptLine(models.Model):
    """A contribution that a receipt certifies, as it was on that day."""

    _name = "recurring.tax.receipt.line"
    _description = "Gift on a Tax Receipt"
    _order = "receipt_id, date, id"

    receipt_id = fields.Many2one(
        "recurring.tax.receipt",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", index=True, readonly=True)
    currency_id = fields.Many2one(related="receipt_id.currency_id")
    contribution_line_id = fields.Many2one(
        "recurring.contribution.line",
        string="For",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    contribution_id = fields.Many2one(
        "recurring.contribution",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    date = fields.Date(required=True, readonly=True)
    name = fields.Text(string="What", readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    nature = fields.Selection(NATURES, required=True, readonly=True)
    gift_form = fields.Selection(FORMS, required=True, readonly=True)
    mode = fields.Selection(MODES, readonly=True)
    explanation = fields.Char(string="Why This Amount", readonly=True)
    is_cancelled = fields.Boolean(readonly=True)

    _once = models.UniqueIndex(
        "(contribution_line_id) WHERE is_cancelled IS NOT TRUE",
        "A tax receipt certifies this gift already.",
    )

    def _refuse_typed(self):
        if not is_applying(self.env):
            raise UserError(self.env._("What a tax receipt certifies never changes."))

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is typed: gifts come with their receipt."""
        self._refuse_typed()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to change what was certified."""
        self._refuse_typed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What a tax receipt certifies never changes."))
