"""The screens of a membership plan: its own form, and what a member would pay."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ....engine.allocation import round_share
from ....engine.errors import EngineError
from ...catalog.texts import money
from ...engine_texts import sentence_of
from ...exact import currency_rounding


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    rr_member_count = fields.Integer(
        string="Members", compute="_compute_rr_member_count"
    )

    def _compute_rr_member_count(self):
        # sudo: a count, of the companies that the user works in.
        counts = dict(
            self.env["recurring.membership"]
            .sudo()
            ._read_group(
                [
                    ("plan_id", "in", self.ids),
                    ("company_id", "in", self.env.companies.ids),
                ],
                ["plan_id"],
                ["__count"],
            )
        )
        for plan in self:
            plan.rr_member_count = counts.get(plan._origin.sudo(), 0)

    def action_open_members(self):
        """Open the members by this plan."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_membership_action"
        )
        return action | {
            "domain": [("plan_id", "in", self.ids)],
            "context": {"default_plan_id": self[:1].id},
        }


class RecurringPlanVersion(models.Model):
    _inherit = "recurring.plan.version"

    rr_calc_day = fields.Date(
        string="Joining On",
        compute="_compute_rr_calc_day",
        store=False,
        readonly=False,
    )
    rr_calc_result = fields.Html(compute="_compute_rr_calc_result", sanitize=False)

    def _compute_rr_calc_day(self):
        self.rr_calc_day = fields.Date.context_today(self)

    @api.depends(
        "rr_calc_day",
        "interval_count",
        "interval_unit",
        "alignment",
        "alignment_month",
        "alignment_day",
        "rr_dues_basis",
        "rr_next_from_month",
        "rr_next_from_day",
        "currency_id",
        "charge_ids.name",
        "charge_ids.role",
        "charge_ids.unit_price",
        "charge_ids.rr_category_id",
    )
    @api.depends_context("lang")
    def _compute_rr_calc_result(self):
        for version in self:
            version.rr_calc_result = (
                version.rr_kind == "membership" and version._joining_table()
            )

    @api.depends(
        "charge_ids.rr_free_amount",
        "charge_ids.rr_further_price",
        "charge_ids.rr_has_further_price",
        "charge_ids.rr_has_third_price",
        "charge_ids.rr_third_price",
    )
    def _compute_price_summary(self):
        return super()._compute_price_summary()

    def _joining_table(self):
        """Show what each category pays that joins on the day of the calculator."""
        charges = self.charge_ids.filtered(lambda one: one.role == "base")
        if not charges or not self.rr_calc_day:
            return Markup()
        try:
            coverage = self._period_rule().join(self.rr_calc_day)
        except EngineError as error:
            return Markup("<p class='text-warning'>%s</p>") % sentence_of(
                self.env, error
            )
        except (UserError, ValueError):
            return Markup()
        rounding = currency_rounding(self.currency_id)
        members = self.env["recurring.membership"]
        rows = []
        for charge in charges:
            price, asked = charge._dues_of(), charge._asked_for(coverage)
            dues = round_share(price, asked.share, rounding)
            fees = self._entrance_charges(charge.rr_category_id)
            entrance = sum(fee._dues_of() for fee in fees)
            rows.append(
                {
                    "category": charge.rr_category_id.name
                    or self.env._("Every other category"),
                    "dues": money(self.env, dues, self.currency_id),
                    "explanation": members._explanation(self, asked, price),
                    "entrance": entrance
                    and money(self.env, entrance, self.currency_id),
                    "total": money(self.env, dues + entrance, self.currency_id),
                }
            )
        return self.env["ir.qweb"]._render(
            "recurring_revenue.membership_joining",
            {
                "rows": rows,
                "has_entrance": any(row["entrance"] for row in rows),
                "first": format_date(self.env, coverage.period.start),
                "last": format_date(self.env, coverage.period.last_day),
            },
        )

    def action_open(self):
        """Open the version; dues of members have a page of their own."""
        action = super().action_open()
        if self.rr_kind == "membership":
            view = self.env.ref(
                "recurring_revenue.recurring_plan_version_view_form_membership"
            )
            action["views"] = [(view.id, "form")]
        return action


class RecurringPlanCharge(models.Model):
    _inherit = "recurring.plan.charge"

    rr_is_entrance = fields.Boolean(
        string="Entrance Fee",
        compute="_compute_rr_is_entrance",
        inverse="_inverse_rr_is_entrance",
        help="Paid once, on joining, and not for each period.",
    )

    rr_for_text = fields.Char(string="Who Pays It", compute="_compute_rr_for_text")

    @api.depends("rr_category_id.name", "role")
    @api.depends_context("lang")
    def _compute_rr_for_text(self):
        for charge in self:
            everybody = (
                self.env._("Everybody who joins")
                if charge.role == "one_off"
                else self.env._("Every other category")
            )
            charge.rr_for_text = charge.rr_category_id.name or everybody

    def _summary_text(self):
        """Say of dues what a member would ask: from how much on, and for a family."""
        text = super()._summary_text()
        if self.version_id.rr_kind != "membership" or self.role == "one_off":
            return text
        parts = [self.env._("%s at least", text) if self.rr_free_amount else text]
        if self.rr_has_further_price:
            price = self.currency_id.format(self.rr_further_price)
            parts.append(self.env._("%s for each further member", price))
            if self.rr_has_third_price:
                price = self.currency_id.format(self.rr_third_price)
                parts.append(self.env._("%s from the third on", price))
        return ", ".join(parts)

    @api.depends("role")
    def _compute_rr_is_entrance(self):
        for charge in self:
            charge.rr_is_entrance = charge.role == "one_off"

    def _inverse_rr_is_entrance(self):
        for charge in self:
            charge.role = "one_off" if charge.rr_is_entrance else "base"

    @api.onchange("rr_is_entrance")
    def _onchange_rr_is_entrance(self):
        self._inverse_rr_is_entrance()
