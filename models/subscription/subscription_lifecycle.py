"""From draft to closed: the guarded steps of a subscription's life."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.errors import EngineError
from ..guard import applying
from .recurring_subscription import RUNNING


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    # ------------------------------------------------------------------
    # State and trace
    # ------------------------------------------------------------------

    def _set_state(self, allowed, target, **values):
        """Move to ``target`` from one of ``allowed``, or say why not.

        The only writer of ``state`` in the life of a subscription (an import creates
        its records in the state that they have reached); ``values`` go with it in the
        same write.
        """
        names = dict(self._fields["state"]._description_selection(self.env))
        for sub in self:
            if sub.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s: it cannot become %(target)s.",
                        name=sub.name,
                        state=names[sub.state].lower(),
                        target=names[target].lower(),
                    )
                )
        applying(self).write({"state": target, **values})

    def _record_change(self, change_type, effective_date, **values):
        """Append to the history: who (the user), when (now), why, with what effect."""
        # sudo: nobody may write history by hand, so no group has the right to create.
        return (
            self.env["recurring.change"]
            .sudo()
            .create(
                [
                    {
                        "subscription_id": sub.id,
                        "type": change_type,
                        "effective_date": effective_date,
                        **values,
                    }
                    for sub in self
                ]
            )
        )

    def _amount_due_now(self, today):
        """Return ``{subscription id: amount that billing at today would move}``."""
        return {
            sub_id: float(sum(item.amount for item in items if item.kind != "waiver"))
            for sub_id, items in self._difference(today).items()
        }

    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    def action_activate(self):
        """Start the subscriptions: their lines are dated and the first billing set."""
        for sub in self:
            sub._check_can_start()
        for sub in self:
            sub._start()
        return True

    def _check_can_start(self):
        self.ensure_one()
        if self.plan_version_id.state == "draft":
            raise UserError(
                self.env._(
                    "The plan %s is not published yet. Publish it, then start the "
                    "subscription.",
                    self.plan_id.name,
                )
            )
        if not self.line_ids:
            raise UserError(
                self.env._("%s has no line: there is nothing to bill.", self.name)
            )
        self._check_anchor()

    def _check_anchor(self):
        """The day from which the periods are counted must fit the plan's."""
        try:
            self._schedule()
        except EngineError as error:
            raise UserError(
                self.env._(
                    "%(name)s cannot count its periods from %(anchor)s. The plan says: "
                    "%(schedule)s. Choose an anchor date on which one of these periods "
                    "begins, or leave it empty.",
                    name=self.name,
                    anchor=format_date(self.env, self.anchor_date or self.start_date),
                    schedule=self.schedule_text,
                )
            ) from error

    def _start(self, **values):
        self.ensure_one()
        self._check_trial_allowed()
        term_start, term_end = self._first_term()
        ends = term_end if self.renewal != "automatic" else None
        self._lay_out(self._beginning(ends))
        trial = self._trial_header()
        self._set_state(
            ("draft",),
            "trial" if self._has_trial() else "active",
            term_start=term_start,
            term_end=term_end,
            **{"end_date": ends, **trial, **values},
        )
        self._record_change("start", self.start_date, **self._start_record())
        self._refresh_billing_state()
        today = fields.Date.context_today(self)
        if self.state == "trial" and self.trial_end <= today:
            self._finish_trial(today)

    # ------------------------------------------------------------------
    # Hold
    # ------------------------------------------------------------------

    def action_hold(self, reason):
        """Stop billing these subscriptions until released; nothing else changes."""
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why this subscription is not to be billed.")
            )
        for sub in self:
            if sub.state not in RUNNING:
                raise UserError(
                    self.env._(
                        "%s is not running, so nothing is billed that could be held.",
                        sub.name,
                    )
                )
        today = fields.Date.context_today(self)
        self.filtered(lambda sub: not sub.hold)._record_change(
            "hold", today, note=reason
        )
        applying(self).write({"hold": True, "hold_reason": reason})
        return True

    def action_release(self):
        """Bill these subscriptions again; periods missed meanwhile are caught up."""
        today = fields.Date.context_today(self)
        held = self.filtered("hold")
        held._record_change("release", today)
        applying(held).write({"hold": False, "hold_reason": False})
        return True

    # ------------------------------------------------------------------
    # One-off charges
    # ------------------------------------------------------------------

    def action_add_one_off(
        self, product, price_unit, day, quantity=1.0, name=None, price_basis="product"
    ):
        """Charge something once on a running subscription.

        :param product: the product, a record or its id
        :param price_unit: in the subscription's currency, in ``price_basis``
        :param day: billed with the first billing on or after this day
        :return: the line that was added
        """
        self.ensure_one()
        if isinstance(product, int):
            product = self.env["product.product"].browse(product)
        day = fields.Date.to_date(day)
        if self.state not in RUNNING:
            raise UserError(self.env._("%s is not running.", self.name))
        self._check_one_off(price_unit * quantity)
        line = applying(self.env["recurring.subscription.line"]).create(
            {
                "subscription_id": self.id,
                "product_id": product.id,
                "name": name,
                "role": "one_off",
                "quantity": quantity,
                "price_unit": price_unit,
                "price_agreed": True,
                "price_source": self.env._("one-off charge"),
                "price_basis": price_basis,
                "start_date": day,
            }
        )
        self._reopen_from(day)
        self._record_change(
            "one_off", day, amount_effect=line.amount_period, note=line.display_name
        )
        self._refresh_billing_state()
        return line
