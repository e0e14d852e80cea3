"""Trials: until when it is free, by which offer, and who may have one."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ...guard import is_applying

# Written by what happens to a trial, never typed in.
WRITTEN_BY_TRIAL = {
    "trial_start",
    "trial_converted_on",
    "trial_version_id",
    "trial_unbilled",
    "trial_reminded_on",
}


class RecurringSubscription(models.Model):
    """A trial is service without charge: ``trial_end`` is the first day after it."""

    _inherit = "recurring.subscription"

    trial_end = fields.Date(
        string="Trial End (excluded)",
        compute="_compute_trial_end",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index="btree_not_null",
    )
    trial_last_day = fields.Date(
        string="Free Until",
        compute="_compute_trial_last_day",
        inverse="_inverse_trial_last_day",
        help="The last day of the trial. As long as the subscription is a draft, "
        "another day may be chosen; empty = no trial.",
    )
    trial_start = fields.Date(string="Trial Started", copy=False, readonly=True)
    trial_converted_on = fields.Date(
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The first day that was billed after the trial.",
    )
    trial_version_id = fields.Many2one(
        "recurring.plan.version",
        string="Trial Offered By",
        copy=False,
        readonly=True,
        ondelete="restrict",
        help="The plan as it was offered when the trial started.",
    )
    trial_unbilled = fields.Boolean(
        copy=False,
        readonly=True,
        help="Technical: nothing is billed unless the trial is converted, because it "
        "would end, or waits for a payment method.",
    )
    trial_reminded_on = fields.Date(
        string="Reminded of the Trial's End", copy=False, readonly=True
    )
    trial_override_reason = fields.Char(
        string="Why Another Trial",
        copy=False,
        help="An administrator gives a customer a second trial by saying why; it is "
        "kept in the history.",
    )
    trial_refused_text = fields.Char(compute="_compute_trial_refused_text")

    # ------------------------------------------------------------------
    # Until when
    # ------------------------------------------------------------------

    @api.depends("partner_id", "plan_version_id", "start_date", "trial_override_reason")
    def _compute_trial_end(self):
        """The plan's trial, for who had none; once started, what was agreed."""
        for sub in self:
            if sub._keeps_agreement():
                sub.trial_end = sub._origin.trial_end
                continue
            days = sub.plan_version_id.trial_days
            draft = sub.state in (False, "draft")
            if not (draft and days and sub.start_date):
                sub.trial_end = False
                continue
            refused = sub._earlier_trial() and not sub.trial_override_reason
            end = sub.start_date + timedelta(days=days)
            sub.trial_end = False if refused else end

    @api.depends("trial_end")
    def _compute_trial_last_day(self):
        for sub in self:
            sub.trial_last_day = sub.trial_end and sub.trial_end - timedelta(days=1)

    def _inverse_trial_last_day(self):
        for sub in self:
            day = sub.trial_last_day
            sub.trial_end = day and day + timedelta(days=1)

    @api.onchange("trial_last_day")
    def _onchange_trial_last_day(self):
        """Show the invoices to come with the day that was chosen."""
        self._inverse_trial_last_day()

    def _has_trial(self):
        """Tell whether the subscription starts, or started, with a trial."""
        self.ensure_one()
        return bool(
            self.trial_end and self.start_date and self.trial_end > self.start_date
        )

    def _first_paid(self):
        """Return the first day that is billed: after the trial, or the start."""
        self.ensure_one()
        if self.trial_converted_on:
            return self.trial_converted_on
        return self.trial_end if self._has_trial() else self.start_date

    def _trial_policy(self):
        """Return what happens after the trial: ``convert``, ``end`` or ``payment``."""
        self.ensure_one()
        return (self.trial_version_id or self.plan_version_id).trial_after

    def _ends_with_trial(self):
        """Tell whether the trial ends unless somebody converts it."""
        return self._has_trial() and self._trial_policy() == "end"

    def _has_payment_method(self):
        """Tell whether the customer can be charged; later stages know more ways."""
        self.ensure_one()
        return bool(self.preferred_payment_method_line_id)

    def _trial_bills_nothing(self):
        """Tell whether a trial, as things stand, is not followed by invoices."""
        if not self._has_trial():
            return False
        waits = self._trial_policy() == "payment" and not self._has_payment_method()
        return waits or self._ends_with_trial()

    # ------------------------------------------------------------------
    # One trial per customer and family
    # ------------------------------------------------------------------

    def _earlier_trial(self, plan=None):
        """Return a subscription with which the customer had a trial of the family of
        ``plan`` (this subscription's own when left out).

        All contacts of a company count as one customer; a closed trial counts too.
        """
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        plan = plan or self.plan_id
        if not customer or not plan:
            return self.browse()
        # sudo: the trial of a customer counts whoever looks after it.
        trials = self.sudo().search(
            [
                ("id", "!=", self._origin.id),
                ("company_id", "=", self.company_id.id),
                ("partner_id.commercial_partner_id", "=", customer.id),
                ("trial_start", "!=", False),
            ],
            order="trial_start, id",
        )
        family = plan.family_id
        return trials.filtered(
            lambda trial: any(
                tried == plan or (family and tried.family_id == family)
                for tried in trial._tried_plans()
            )
        )[:1]

    def _tried_plans(self):
        """Return the plans that were tried: the one that offered the trial, and those
        moved to before it was over."""
        lines = self.line_ids.filtered(
            lambda line: (
                line._has_service()
                and line.start_date
                and line.start_date < self.trial_end
                and (not line.end_date or line.end_date > self.trial_start)
            )
        )
        versions = self.trial_version_id | lines.charge_id.version_id
        return versions.plan_id

    def _claim_trial(self):
        """Claim the customer before its trials are looked for.

        The claim updates the row: of two transactions that start a trial for one
        customer at the same moment the second waits for the first and then fails to
        serialise, Odoo runs it again, and it sees the other's trial. A mere lock would
        let it go on with what it read before.
        """
        customer = self.partner_id.commercial_partner_id
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET active = active WHERE id IN %s",
                tuple(customer.ids),
            ),
            # That another transaction was faster is no error.
            log_exceptions=False,
        )

    @api.depends("partner_id", "plan_id", "trial_override_reason", "state")
    @api.depends_context("lang")
    def _compute_trial_refused_text(self):
        for sub in self:
            offered = sub.state == "draft" and sub.plan_version_id.trial_days
            earlier = sub._earlier_trial() if offered else sub.browse()
            sub.trial_refused_text = bool(earlier) and sub._refused_text(earlier)

    def _refused_text(self, earlier):
        known = {
            "customer": self.partner_id.commercial_partner_id.display_name,
            "name": earlier.name,
            "day": format_date(self.env, earlier.trial_start),
        }
        if self._has_trial():
            # It was offered here before the other one began.
            return self.env._(
                "%(customer)s had a trial already, with %(name)s from %(day)s on. "
                "Remove the trial, or let an administrator say why there is "
                "another one.",
                **known,
            )
        return self.env._(
            "%(customer)s had a trial already, with %(name)s from %(day)s on: this "
            "subscription starts without one.",
            **known,
        )

    def _start_record(self):
        """Return what the history says of a start: the trial, and who allowed it."""
        if not self._has_trial():
            return {}
        record = {"details": {"trial_end": fields.Date.to_string(self.trial_end)}}
        earlier = self._earlier_trial()
        if earlier:
            record["note"] = self.env._(
                "Another trial, after the one of %(name)s: %(reason)s",
                name=earlier.name,
                reason=self.trial_override_reason,
            )
        return record

    def _check_trial_allowed(self):
        """Refuse a second trial that no administrator allowed."""
        if self.trial_end and self.trial_end <= self.start_date:
            raise UserError(
                self.env._(
                    "The trial of %(name)s would end on %(day)s, before it starts on "
                    "%(start)s.",
                    name=self.name,
                    day=format_date(self.env, self.trial_last_day),
                    start=format_date(self.env, self.start_date),
                )
            )
        if not self._has_trial():
            return
        self._claim_trial()
        earlier = self._earlier_trial()
        if earlier and not self.trial_override_reason:
            raise UserError(
                self.env._(
                    "%(customer)s had a trial already, with %(name)s from %(day)s on. "
                    "Remove the trial, or let an administrator say why there is "
                    "another one.",
                    customer=self.partner_id.commercial_partner_id.display_name,
                    name=earlier.name,
                    day=format_date(self.env, earlier.trial_start),
                )
            )

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | WRITTEN_BY_TRIAL

    @api.model
    def _fixed_once_started(self):
        return super()._fixed_once_started() | {"trial_end", "trial_override_reason"}

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_override(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Refuse an override by others; a payment method ends the waiting."""
        self._check_may_override([vals])
        result = super().write(vals)
        if "preferred_payment_method_line_id" in vals:
            self.filtered(lambda sub: sub.state == "trial")._follow_payment_method()
        return result

    def _check_may_override(self, vals_list):
        wanted = any(vals.get("trial_override_reason") for vals in vals_list)
        manager = self.env.user.has_group("recurring_revenue.group_manager")
        if wanted and not (self.env.su or manager or is_applying(self.env)):
            raise AccessError(
                self.env._("Only an administrator gives a customer a second trial.")
            )
