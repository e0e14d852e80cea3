"""Contracts as IFRS 15 sees them: terms that bind, and what they promise."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...engine.obligations import (
    CATCH_UP,
    PROSPECTIVE,
    RESTATED,
    SEPARATE,
    SERVED,
)
from ..guard import is_applying
from ..reference import Implied

TREATMENTS = [
    (SEPARATE, "Separate contract (15.20)"),
    (PROSPECTIVE, "From then on (15.21a)"),
    (CATCH_UP, "Cumulative catch-up (15.21b)"),
]


# What a credit note makes of a contract, where it does not modify it.
VERSION_TREATMENTS = [
    *TREATMENTS,
    (SERVED, "For what was served (15.88)"),
    (RESTATED, "As from the beginning (IAS 8.42)"),
]


class RecurringRevenueContract(models.Model):
    """The enforceable term of a subscription, in one version: what is promised in it
    and at which price (IFRS 15.9-21).

    A term lasts until the first day on which the customer can leave without penalty;
    the next term is another contract. A change of the subscription adds a version: the
    one before stays and shows what was promised until then; so does a credit note by
    hand, by why it was made. ``date_end`` is exclusive;
    amounts are in the subscription's currency, before tax.
    """

    _name = "recurring.revenue.contract"
    _description = "Contract by IFRS 15"
    _order = "subscription_id desc, date_start desc, version desc, id desc"

    subscription_id = fields.Many2one(
        "recurring.subscription", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    plan_id = fields.Many2one("recurring.plan")
    currency_id = fields.Many2one("res.currency", required=True)
    date_start = fields.Date(string="From", required=True)
    date_end = fields.Date(string="Until (excluded)", required=True)
    last_day = fields.Date(string="To", compute="_compute_last_day")
    binding_from = fields.Date(
        required=True, help="From this day on neither side can leave before the end."
    )
    known_on = fields.Date(
        string="Known Since",
        required=True,
        help="Reports as of an earlier day do not know this version.",
    )
    version = fields.Integer(required=True, default=0)
    is_current = fields.Boolean(string="In Force", default=True)
    previous_id = fields.Many2one(
        "recurring.revenue.contract", string="Before", index="btree_not_null"
    )
    change_id = fields.Many2one(
        "recurring.change", string="Modified By", index="btree_not_null"
    )
    effective_date = fields.Date(string="Modified From")
    credit_id = fields.Many2one(
        "account.move", string="Credited By", index="btree_not_null"
    )
    credit_cause = fields.Selection(related="credit_id.rr_credit_cause")
    rule_treatment = fields.Selection(VERSION_TREATMENTS, string="By the Rule")
    treatment = fields.Selection(VERSION_TREATMENTS, string="Accounted For As")
    overridden = fields.Boolean(compute="_compute_overridden")
    override_note = fields.Text(related="change_id.rr_modification_note")
    override_user_id = fields.Many2one(related="change_id.rr_modification_user_id")
    override_date = fields.Datetime(related="change_id.rr_modification_date")
    price = fields.Monetary(
        string="Transaction Price",
        help="What the customer owes for the term before tax: coupons and free months "
        "are taken off, usage is not in it (IFRS 15.47-48, 85).",
    )
    stand_alone = fields.Monetary(
        string="Stand-Alone Price", help="What the same would cost, each sold alone."
    )
    opening = fields.Monetary(
        string="Billed Before",
        currency_field="company_currency_id",
        help="What a former system billed for this term, before tax, in the currency "
        "of the company.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    measured_at = fields.Datetime()
    obligation_ids = fields.One2many("recurring.revenue.obligation", "contract_id")
    before_ids = fields.One2many(
        related="previous_id.obligation_ids", string="Obligations Before"
    )
    before_price = fields.Monetary(related="previous_id.price", string="Price Before")
    month_ids = fields.One2many("recurring.revenue.ifrs.month", "contract_id")

    _in_force = models.Index("(subscription_id, date_start) WHERE is_current")

    @api.depends("date_end")
    def _compute_last_day(self):
        for contract in self:
            contract.last_day = contract.date_end and fields.Date.subtract(
                contract.date_end, days=1
            )

    @api.depends("treatment", "rule_treatment")
    def _compute_overridden(self):
        for contract in self:
            contract.overridden = contract.treatment != contract.rule_treatment

    @api.depends("subscription_id", "date_start", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for contract in self:
            name = self.env._(
                "%(name)s, %(first)s – %(last)s",
                name=contract.subscription_id.name,
                first=format_date(self.env, contract.date_start),
                last=format_date(self.env, contract.last_day),
            )
            if contract.version:
                name = self.env._(
                    "%(contract)s, version %(version)s",
                    contract=name,
                    version=contract.version + 1,
                )
            contract.display_name = name

    # ------------------------------------------------------------------
    # Written by the measurement only
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: contracts are measured, not typed."""
        self._refuse_unless_measuring()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: contracts are measured, not typed."""
        self._refuse_unless_measuring()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_work(self):
        self._refuse_unless_measuring()

    def _refuse_unless_measuring(self):
        if not is_applying(self.env):
            raise UserError(
                self.env._(
                    "Contracts by IFRS 15 are not typed: they follow from the "
                    "subscription and its changes."
                )
            )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_months(self):
        """Open the revenue of this term, month by month."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Months of %s", self.display_name),
            "res_model": "recurring.revenue.ifrs.month",
            "domain": [
                ("subscription_id", "=", self.subscription_id.id),
                ("term_start", "=", self.date_start),
            ],
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "context": {"create": False, "search_default_by_month": 1},
        }

    def action_override(self):
        """Ask for another treatment of this modification, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Treat the Modification Otherwise"),
            "res_model": "recurring.revenue.override.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_contract_id": self.id},
        }


class RecurringRevenueObligation(models.Model):
    """What a contract promises, what it costs alone, and what is earned for it."""

    _name = "recurring.revenue.obligation"
    _description = "Performance Obligation"
    _order = "contract_id, id"
    _log_access = False

    contract_id = fields.Many2one(
        "recurring.revenue.contract", required=True, index=True, ondelete="cascade"
    )
    subscription_id = Implied("recurring.subscription", required=True, index=True)
    company_id = fields.Many2one(related="contract_id.company_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    key = fields.Char(required=True)
    name = fields.Char(required=True)
    version_id = fields.Many2one("recurring.plan.version", index="btree_not_null")
    product_id = fields.Many2one("product.product")
    timing = fields.Selection(
        [
            ("series", "Over time"),
            ("single", "Over time, one service"),
            ("point", "At once"),
            ("usage", "As used"),
        ],
        string="Earned",
        required=True,
    )
    method = fields.Char()
    date_start = fields.Date(string="From")
    date_end = fields.Date(string="Until (excluded)")
    last_day = fields.Date(string="To", compute="_compute_last_day")
    price = fields.Monetary(string="In the Contract")
    stand_alone = fields.Monetary(string="Stand-Alone Price")
    allocated = fields.Monetary(
        help="The part of the transaction price that belongs to it (IFRS 15.73-86)."
    )
    curve = fields.Json()

    @api.depends("date_end")
    def _compute_last_day(self):
        for one in self:
            one.last_day = one.date_end and fields.Date.subtract(one.date_end, days=1)

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: obligations are measured, not typed."""
        self.env["recurring.revenue.contract"]._refuse_unless_measuring()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: obligations are measured, not typed."""
        self.env["recurring.revenue.contract"]._refuse_unless_measuring()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_work(self):
        self.env["recurring.revenue.contract"]._refuse_unless_measuring()

    @api.model
    def _is_closed(self, version):
        """Tell whether a closed month rests on obligations of a plan version."""
        return bool(
            self.env.execute_query(
                SQL(
                    """
                    SELECT 1 FROM recurring_revenue_obligation o
                      JOIN recurring_revenue_contract c ON c.id = o.contract_id
                      JOIN recurring_revenue_run r ON r.company_id = c.company_id
                     WHERE o.version_id = %s AND c.known_on <= r.last_day
                       AND r.state IN ('running', 'stopped', 'done')
                     LIMIT 1
                    """,
                    version.id,
                )
            )
        )
