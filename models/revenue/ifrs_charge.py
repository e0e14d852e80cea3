"""What a charge promises by IFRS 15: set on the charge, until figures rest on it."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..guard import KEY

OBLIGATION_FIELDS = {
    "rr_obligation",
    "rr_obligation_charge_id",
    "rr_obligation_timing",
    "rr_bears_discount",
}


class RecurringPlanCharge(models.Model):
    """The judgements of the seller about what is promised (IFRS 15.22-30, 82).

    They decide no price, so they may still be set on a published version: as long as
    no closed month rests on them. The stand-alone price is frozen with the version: it
    is estimated when a contract begins and not revised (IFRS 15.88).
    """

    _inherit = "recurring.plan.charge"

    rr_obligation = fields.Selection(
        [
            ("own", "Distinct: an obligation of its own"),
            ("grouped", "Not distinct: part of another charge"),
        ],
        string="Promise",
        help="A set-up that is worth nothing without the service is part of it and is "
        "earned over the term (IFRS 15.27-30, B49). Empty: its own, unless the policy "
        "of its nature spreads it.",
    )
    rr_obligation_charge_id = fields.Many2one(
        "recurring.plan.charge",
        string="Part Of",
        ondelete="set null",
        domain="[('version_id', '=', version_id), ('id', '!=', id),"
        " ('rr_obligation', '!=', 'grouped')]",
        help="Empty: the first charge in every subscription.",
    )
    rr_obligation_timing = fields.Selection(
        [
            ("series", "Over time: each day of service is alike"),
            ("single", "Over time: one service, completed step by step"),
            ("point", "At once, on the first day"),
        ],
        string="Earned",
        help="Empty: a fee once is earned at once, everything else over time (IFRS "
        "15.35, 38). One service that is completed step by step is caught up when the "
        "contract changes (IFRS 15.21b).",
    )
    rr_bears_discount = fields.Boolean(
        string="Bears the Discount",
        help="The discount of the bundle belongs to this charge, because everything "
        "else is regularly sold without any (IFRS 15.82). Nowhere set: every "
        "obligation bears its share (IFRS 15.81).",
    )

    @api.constrains("rr_obligation", "rr_obligation_charge_id")
    def _check_obligation(self):
        for charge in self:
            whole = charge.rr_obligation_charge_id
            if not whole:
                continue
            if whole == charge or whole.version_id != charge.version_id:
                raise ValidationError(
                    self.env._(
                        "%s can only be part of another charge of the same version.",
                        charge.name,
                    )
                )
            if whole.rr_obligation == "grouped":
                raise ValidationError(
                    self.env._(
                        "%(whole)s is no obligation of its own, so %(charge)s cannot "
                        "be part of it.",
                        whole=whole.name,
                        charge=charge.name,
                    )
                )

    def write(self, vals):
        """Let obligations be set on a published version until figures rest on them."""
        if vals and set(vals) <= OBLIGATION_FIELDS:
            self._check_obligations_open()
            own = self.with_context(rr_obligations=KEY)
            result = super(RecurringPlanCharge, own).write(vals)
            self._measure_again()
            return result
        return super().write(vals)

    def _measure_again(self):
        """Let the contracts on these charges be read anew."""
        # sudo: figures follow, whoever may set what a charge promises.
        contracts = self.env["recurring.revenue.contract"].sudo()
        contracts._forget(
            SQL(
                """
                subscription_id IN (
                    SELECT subscription_id FROM recurring_subscription_line
                     WHERE charge_id = ANY(%s))
                """,
                self.version_id.charge_ids.ids,
            )
        )

    def _check_obligations_open(self):
        # sudo: whether figures rest on a version is no secret.
        obligations = self.env["recurring.revenue.obligation"].sudo()
        for charge in self.filtered(lambda one: one.state not in (False, "draft")):
            if obligations._is_closed(charge.version_id):
                raise UserError(
                    self.env._(
                        "Months of contracts on %(version)s are closed by IFRS 15: "
                        "what %(charge)s promises stays as it was judged. Make a new "
                        "version to judge otherwise.",
                        version=charge.version_id.display_name,
                        charge=charge.name,
                    )
                )


class RecurringPlanVersion(models.Model):
    _inherit = "recurring.plan.version"

    def _check_frozen(self, vals=None):
        """What a charge promises is no condition of the contract."""
        if vals is None and self.env.context.get("rr_obligations") is KEY:
            return
        super()._check_frozen(vals)
