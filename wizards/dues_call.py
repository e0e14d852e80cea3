from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.membership.dues.recurring_dues_line import RecurringDuesLine
from ..models.membership.members.membership_state import RENEWAL_DAYS

SHOWN = 40  # members that are listed; all are called


class RecurringDuesCall(models.TransientModel):
    """What would be called for the chosen members, and who is not called and why."""

    _name = "recurring.dues.call"
    _description = "Call Dues of Members"

    membership_ids = fields.Many2many(
        "recurring.membership",
        string="Members",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    day = fields.Date(
        string="Joining or Renewing On",
        required=True,
        default=fields.Date.context_today,
        help="It decides for which period, and for what part of it.",
    )
    due_on = fields.Date(
        string="To Be Paid By",
        compute="_compute_due_on",
        store=True,
        readonly=False,
        precompute=True,
    )
    has_early = fields.Boolean(compute="_compute_has_early")
    early = fields.Boolean(
        string="Also Who Renews Early",
        help="Call also those whose dues are called for more than 60 days to come.",
    )
    call_count = fields.Integer(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("day")
    def _compute_due_on(self):
        """Propose the days that the settings give to pay."""
        days = self.env.company.rr_dues_days
        for wizard in self:
            wizard.due_on = (
                days and wizard.day and fields.Date.add(wizard.day, days=days)
            )

    @api.depends("membership_ids", "day")
    def _compute_has_early(self):
        for wizard in self:
            wizard.has_early = bool(wizard.day and wizard._early_members())

    def _early_members(self):
        """Return the members whose dues are called for long to come: whoever selects
        all of the list does not mean to call a season that is a year away."""
        limit = fields.Date.add(self.day, days=RENEWAL_DAYS)
        return self.membership_ids._origin.filtered(
            lambda one: (covered := one._last_covered()) and covered.end > limit
        )

    def _chosen(self):
        members = self.membership_ids._origin
        return members if self.early else members - self._early_members()

    @api.depends("membership_ids", "day", "early")
    def _compute_preview(self):
        for wizard in self:
            members, refused = wizard.membership_ids._origin, {}
            chosen = wizard._chosen() if wizard.day else members.browse()
            calls = chosen._calls(wizard.day, refused) if wizard.day else {}
            rows = [
                wizard._row(key, line) for key, lines in calls.items() for line in lines
            ]
            called = {line["membership_id"] for ls in calls.values() for line in ls}
            wizard.call_count = len(calls)
            wizard.preview = self.env["ir.qweb"]._render(
                "recurring_revenue.dues_call_preview",
                {
                    "rows": rows[:SHOWN],
                    "more": max(len(rows) - SHOWN, 0),
                    "member_count": len(called),
                    "call_count": len(calls),
                    "totals": wizard._totals(calls),
                    "others": wizard._others(members, called, refused),
                },
            )

    def _row(self, key, line):
        _company, payer, plan = key
        membership = self.env["recurring.membership"].browse(line["membership_id"])
        currency = plan.current_version_id.currency_id
        days = ""
        if line.get("date_end"):
            last_day = fields.Date.subtract(line["date_end"], days=1)
            days = "{} – {}".format(
                format_date(self.env, line["date_start"]),
                format_date(self.env, last_day),
            )
        kinds = dict(RecurringDuesLine.kind._description_selection(self.env))
        return {
            "member": membership.display_name,
            "payer": payer != membership.partner_id and payer.display_name,
            "kind": kinds[line["kind"]],
            "days": days,
            "explanation": line["explanation"],
            "amount": currency.format(line["amount"]),
        }

    def _totals(self, calls):
        """Return the sums, one for each currency."""
        sums = {}
        for (_company, _payer, plan), lines in calls.items():
            currency = plan.current_version_id.currency_id
            amount = sum(line["amount"] for line in lines)
            sums[currency] = sums.get(currency, 0.0) + amount
        return [currency.format(amount) for currency, amount in sums.items()]

    def _others(self, members, called, refused):
        """Return [(why, names)] of the members who are not called."""
        errors = {}
        for (company, payer, plan), error in refused.items():
            errors[company.id, payer.id, plan.id] = str(error)
        texts, reasons = self._reason_texts(), {}
        early = self._early_members() if self.day else members.browse()
        for member in members:
            if member.id in called:
                continue
            key = (member.company_id.id, member.payer_id.id, member.plan_id.id)
            code = self.day and member._why_not_called(self.day)
            if not code and member in early and not self.early:
                code = "early"
            why = texts.get(code) or errors.get(key) or texts["none"]
            reasons.setdefault(why, []).append(member.display_name)
        return [
            (why, ", ".join(names[:10]) + (" …" if len(names) > 10 else ""), len(names))
            for why, names in reasons.items()
        ]

    @api.model
    def _reason_texts(self):
        return {
            "excluded": self.env._("Excluded"),
            "resigned": self.env._("Resigned"),
            "honorary": self.env._("Honorary: owes nothing"),
            "lifetime": self.env._("Member for life"),
            "open": self.env._("Dues were prepared or called already, and not paid"),
            "early": self.env._("Up to date for more than 60 days to come"),
            "none": self.env._("The plan is not on sale on that day"),
        }

    def action_call(self):
        """Call the dues that the preview shows."""
        dues = self._prepare_dues()
        dues.action_call()
        return self._open(dues)

    def action_prepare(self):
        """Prepare the calls, to be looked at before they are called."""
        return self._open(self._prepare_dues())

    def _prepare_dues(self):
        self.ensure_one()
        refused = {}
        members = self._chosen()
        calls = members._calls(self.day, refused)
        for company, payer, plan in refused:
            members = members.filtered(
                lambda one, key=(company, payer, plan): (
                    (one.company_id, one.payer_id, one.plan_id) != key
                )
            )
        if not calls:
            raise UserError(self.env._("None of these members owes dues now."))
        dues = members._call_dues(self.day)
        if self.due_on:
            dues.due_on = self.due_on
        return dues

    @api.model
    def _open(self, dues):
        action = self.env["recurring.membership"]._open_list(
            "recurring_revenue.recurring_dues_action", dues
        )
        return action
