"""Listing the gifts that were promised, when they come near."""

from datetime import timedelta

from odoo import api, fields, models

from ...guard import applying

# So many days before its day a gift is listed as expected.
AHEAD = 31
BATCH = 500


class RecurringGiftPledge(models.Model):
    _inherit = "recurring.gift.pledge"

    def _horizon(self):
        """Return the day up to which gifts are listed."""
        return fields.Date.context_today(self) + timedelta(days=AHEAD)

    def _expect(self, until):
        """List the gifts expected up to ``until``, each once: the n-th day is the
        first plus n intervals."""
        # Whoever else lists the same promises right now does it for both.
        pledges = self.try_lock_for_update()
        rows = []
        for pledge in pledges:
            interval = pledge.version_id._engine_interval()
            last = min(until, pledge.date_end or until)
            first, known = pledge.date_start, pledge.next_due
            number = 0
            while (day := interval.add(first, number)) <= last:
                if day >= known:
                    rows.append(
                        {
                            "pledge_id": pledge.id,
                            "date_due": day,
                            "amount": pledge.amount,
                        }
                    )
                number += 1
            applying(pledge).write({"next_due": max(day, known)})
        applying(self.env["recurring.gift.expected"]).create(rows)

    @api.model
    def _cron_expect(self):
        """List what has come near since yesterday."""
        until = self._horizon()
        crons = self.env["ir.cron"]
        domain = [
            ("next_due", "<=", until),
            "|",
            ("date_end", "=", False),
            ("date_end", ">=", fields.Date.context_today(self)),
        ]
        due = self.search(domain).filtered(
            lambda one: not one.date_end or one.next_due <= one.date_end
        )
        crons._commit_progress(remaining=len(due))
        for start in range(0, len(due), BATCH):
            batch = due[start : start + BATCH]
            batch._expect(until)
            if not crons._commit_progress(len(batch)):
                break

    def action_expected(self):
        """Open what is expected and received of this promise."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_gift_expected_action"
        )
        return {**action, "domain": [("pledge_id", "=", self.id)], "context": {}}
