"""The set-up "Revenue recognition": accounts, policies, existing books."""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.revenue.recurring_revenue_policy import METHODS, SPREADS, TREATMENTS

STEPS = [
    ("accounts", "Accounts"),
    ("policy", "Policies"),
    ("opening", "Existing Books"),
]
ORDER = [code for code, _name in STEPS]
OF_COMPANY = ("rr_revenue_detail", "rr_revenue_ledger")
OF_POLICY = ("treatment", "method", "spread", "life_months")
# How much of a nature waits for its service, by code of the nature.
AS_CHOSEN = ("service", "setup")


class RecurringRevenueSetUp(models.TransientModel):
    """What an accountant answers once, so that revenue can be deferred: on which
    accounts, by which policies from which day on, and what of the books before is
    still to be earned. Going on saves the page; accounts are made where ticked only."""

    _name = "recurring.revenue.set.up"
    _description = "Revenue Recognition Set-up"

    step = fields.Selection(STEPS, default="accounts", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    rival_text = fields.Char(compute="_compute_rival_text")

    # Policies
    date_from = fields.Date(string="From", required=True)
    treatment = fields.Selection(
        [row for row in TREATMENTS if row[0] != "invoiced"],
        required=True,
        default="continuous",
    )
    method = fields.Selection(
        [row for row in METHODS if row[0] != "point"], required=True, default="day"
    )
    rr_revenue_detail = fields.Selection(
        [
            ("schedule", "One line per invoice line"),
            ("customer", "One line per customer"),
        ],
        string="Detail of the Monthly Entry",
        required=True,
        default="schedule",
    )
    rr_revenue_ledger = fields.Selection(
        [
            ("local", "The local standard (IFRS 15 is reported beside it)"),
            ("ifrs", "IFRS 15"),
        ],
        string="The Books Follow",
        required=True,
        default="local",
    )
    line_ids = fields.One2many("recurring.revenue.set.up.line", "set_up_id")

    # ------------------------------------------------------------------
    # What is known already
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        company = self.env.company
        known = {name: company[name] for name in OF_COMPANY}
        known.update(self._known_policies(company))
        return {**values, **{k: v for k, v in known.items() if k in fields_list}}

    @api.model
    def _known_policies(self, company):
        """Return the policies in force as values of the set-up; proposed where there
        are none: from the first of this month on."""
        today = fields.Date.context_today(self)
        own = self.env["recurring.revenue.policy"].search(
            [("company_id", "=", company.id)]
        )
        known = {"date_from": max(own.mapped("date_from"), default=None)}
        known["date_from"] = known["date_from"] or today.replace(day=1)
        service = self.env.ref("recurring_revenue.nature_service")
        held = self.env["recurring.revenue.policy"]._book(company)
        main = held.find(service.id, known["date_from"])
        if main and main.treatment != "invoiced":
            known.update(treatment=main.treatment, method=main.method)
        natures = self.env["recurring.revenue.nature"].search([("code", "!=", False)])
        known["line_ids"] = [
            Command.create(self._row(nature, held, known)) for nature in natures
        ]
        return known

    @api.model
    def _row(self, nature, held, known):
        """Return the values of a line: what holds already, else what is proposed."""
        policy = held.find(nature.id, known["date_from"])
        if policy:
            values = {name: policy[name] for name in (*OF_POLICY, "justification")}
        else:
            treatment = known.get("treatment", "continuous")
            values = self._proposed(nature, treatment, known.get("method", "day"))
        return {"nature_id": nature.id, **values}

    @api.model
    def _proposed(self, nature, treatment, method):
        """Return what is proposed for a nature, with its justification."""
        code = nature.code
        if code in ("usage", "one_off", "dues"):
            method = "point" if code == "one_off" else "day"
            values = {"treatment": "invoiced", "method": method, "spread": "service"}
        else:
            spread = "term" if code == "setup" else "service"
            values = {"treatment": treatment, "method": method, "spread": spread}
        return {
            **values,
            "life_months": 36,
            "justification": self._justification(code, method),
        }

    @api.model
    def _justification(self, code, method):
        if code == "usage":
            return self.env._(
                "Invoiced after it was used, for what was used: invoiced is earned. "
                "What is not invoiced at closing is accrued."
            )
        if code == "one_off":
            return self.env._(
                "Worth something to the customer by itself, and rendered when it is "
                "invoiced."
            )
        if code == "setup":
            return self.env._(
                "Worth nothing to the customer without the service that follows: "
                "earned with it, over the term of the contract."
            )
        if code == "dues":
            return self.env._(
                "Dues without a claim on the member are booked when they are received "
                "(ANC 2018-06)."
            )
        if method == "day":
            return self.env._(
                "The service is rendered continuously and each day alike: what is "
                "earned grows with the days that have passed."
            )
        return self.env._(
            "The service is rendered continuously and each month alike: what is earned "
            "grows with the months that have passed."
        )

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Revenue Recognition")

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_rival_text(self):
        for wizard in self:
            company = wizard.company_id
            rival = company._revenue_rival()
            wizard.rival_text = company._revenue_rival_words() if rival else False

    @api.onchange("treatment", "method")
    def _onchange_main(self):
        """Services and what goes with them follow; the rest stays as it was chosen."""
        for line in self.line_ids:
            if line.treatment == "invoiced" or line.method == "point":
                continue
            words = self._justification(line.nature_id.code, line.method)
            if line.justification == words:
                line.justification = self._justification(
                    line.nature_id.code, self.method
                )
            line.treatment = self.treatment
            line.method = self.method

    # ------------------------------------------------------------------
    # From page to page
    # ------------------------------------------------------------------

    def action_next(self):
        """Save this page and show the next."""
        return self._go(1)

    def action_back(self):
        """Show the page before, keeping what was typed."""
        self.ensure_one()
        self.step = ORDER[max(ORDER.index(self.step) - 1, 0)]
        return False

    def action_finish(self):
        """Leave the set-up for the policies that hold now."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_revenue_policy_action"
        )
        return {**action, "target": "main"}

    def _go(self, direction):
        self.ensure_one()
        self._check_may_set_up()
        if self.step == "accounts":
            self._save_accounts()
        elif self.step == "policy":
            self._save_policies()
        position = ORDER.index(self.step) + direction
        self.step = ORDER[min(position, len(ORDER) - 1)]
        return False

    def _check_may_set_up(self):
        """Raise unless the user may decide for this company, and it may defer."""
        user = self.env.user
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("%s is not one of your companies.", self.company_id.name)
            )
        if not self.env.su and not (
            user.has_group("account.group_account_manager")
            or user.has_group("recurring_revenue.group_manager")
        ):
            raise AccessError(
                self.env._("Revenue recognition is set up by an administrator.")
            )
        if self.rival_text:
            raise UserError(self.rival_text)

    # ------------------------------------------------------------------
    # Policies
    # ------------------------------------------------------------------

    def _save_policies(self):
        """Write what changed as policies from the day on; keep what holds already."""
        # sudo: who sets up revenue for the company (checked before) writes these two
        # fields of its card, and no others.
        self.company_id.sudo().write({name: self[name] for name in OF_COMPANY})
        for line in self.line_ids:
            line._save()


class RecurringRevenueSetUpLine(models.TransientModel):
    """The policy of one nature, as it is proposed."""

    _name = "recurring.revenue.set.up.line"
    _description = "Policy to Set Up"
    _order = "id"

    set_up_id = fields.Many2one(
        "recurring.revenue.set.up", required=True, ondelete="cascade"
    )
    nature_id = fields.Many2one("recurring.revenue.nature", required=True)
    treatment = fields.Selection(TREATMENTS, required=True, default="continuous")
    method = fields.Selection(METHODS, required=True, default="day")
    spread = fields.Selection(
        SPREADS, string="Earned Over", required=True, default="service"
    )
    life_months = fields.Integer(string="Months of a Customer's Life", default=36)
    justification = fields.Text(required=True)

    def _save(self):
        """Let the policy hold from the set-up's day on, unless it does already."""
        self.ensure_one()
        wizard = self.set_up_id
        policies = self.env["recurring.revenue.policy"]
        company, day = wizard.company_id, wizard.date_from
        held = policies._book(company).find(self.nature_id.id, day)
        values = {name: self[name] for name in OF_POLICY}
        if held:
            held = held.with_env(self.env)
            if all(held[name] == value for name, value in values.items()):
                if held.justification != self.justification:
                    held.justification = self.justification
                return
        values["justification"] = self.justification
        if held and held.nature_id == self.nature_id and held.date_from == day:
            held.write(values)
            return
        if day.day != 1:
            raise UserError(
                self.env._(
                    "A policy begins on the first day of a month: months are closed "
                    "whole."
                )
            )
        policies.create(
            {
                **values,
                "company_id": company.id,
                "nature_id": self.nature_id.id,
                "date_from": day,
            }
        )
