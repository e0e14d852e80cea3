"""The way in for usage: events of other systems, answered one by one."""

from odoo import api, models
from odoo.exceptions import UserError

from .usage_recorder import Recorder

MOST = 10_000


class RecurringUsage(models.Model):
    _inherit = "recurring.usage"

    @api.model
    def record(self, events):
        """Record events of usage in the user's current company; the good ones are kept.

        :param events: at most 10,000 dictionaries with

            - ``key``: the event's own key, at most 200 characters; what was recorded
              under it before, or earlier in the call, is not counted twice
            - ``subscription``: number, external reference or id
            - ``meter``: the meter's code
            - ``quantity``: a number, 1 where left out; below 0 only of a sum
            - ``time``: ISO 8601, in UTC where it names no zone; a date alone is that
              day in the company's time zone; now where left out
            - ``value``: what a meter of different values counts

        :return: an answer for each event, in their order: ``{"key", "status", "code",
            "message"}``. Status ``recorded`` (code ``recorded`` or ``late``: billed as
            late usage), ``duplicate`` (code ``duplicate``, or ``conflict`` where the
            first event said something else) or ``refused`` (code ``bad_event``,
            ``bad_key``, ``bad_value``, ``bad_time``, ``in_future``,
            ``unknown_subscription``, ``unknown_meter``, ``not_metered``,
            ``before_start``, ``after_end``, ``no_service``)
        :raise AccessError: for who is neither billing officer nor usage recorder
        :raise UserError: for what is no list, or too long a one
        """
        return self._record(events, "api")

    @api.model
    def _record(self, events, source):
        self._check_recorder()
        if not isinstance(events, list | tuple):
            raise UserError(self.env._("Usage is recorded as a list of events."))
        if len(events) > MOST:
            raise UserError(
                self.env._(
                    "Record at most 10,000 events in one call, not %s.", len(events)
                )
            )
        # sudo: who only records usage may read neither subscriptions nor meters.
        return Recorder(self.sudo(), source).record(events)
