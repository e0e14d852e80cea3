"""Taking back a new plan version where later changes build on it.

What runs on the eve goes on, with whatever was changed meanwhile, until the day that it
would have had without the new version.
"""

from datetime import timedelta

from odoo import fields, models

# What a customer may have changed meanwhile, of lines that were to follow.
CHANGED = ("quantity", "discount")


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _apply_take_back(self, edit, values):
        """Let the lines go on that a new version was to end: ``{"change_id": 7}``."""
        migration = self.env["recurring.change"].browse(values["change_id"])
        eve = self._lines_on(edit.day - timedelta(days=1))
        kept = self._kept_lines(migration.details["lines"], eve, edit)
        for line in edit.later():
            if line.start_date >= edit.day:
                edit.end(line)
        for row in kept:
            if not row["end_date"] or row["end_date"] > row["start_date"]:
                edit.add(**row)
        return "price_revision"

    def _kept_lines(self, ended, eve, edit):
        """Return the values of the lines that go on from the day; ``ended`` says when
        those would have ended that the new version replaced."""
        known = self.line_ids.browse([row[0] for row in ended])
        ends = {row[0]: fields.Date.to_date(row[1]) for row in ended}
        rows, done = [], self.line_ids.browse()
        for line in known.sorted("start_date"):
            running = line._track() & eve
            if line.start_date >= edit.day:
                rows.append(self._follower(edit, line, ends[line.id], eve))
            elif running:
                done |= running
                rows.append(self._going_on(edit, running[:1], ends[line.id]))
        # Added since: what the new version would have taken over.
        for line in eve - done:
            if line.end_date == edit.day:
                rows.append(self._going_on(edit, line, None))
        return rows

    def _going_on(self, edit, line, end):
        """Return a line of the eve as it goes on from the day."""
        ends = [day for day in (end, self.end_date) if day]
        return {
            **edit.copied(line),
            "start_date": edit.day,
            "end_date": min(ends, default=False),
            "bill_until": False,
            "previous_line_id": line.id,
        }

    def _follower(self, edit, line, end, eve):
        """Return a line that was to start later (a price phase), as it would have."""
        values = {**self._going_on(edit, line, end), "start_date": line.start_date}
        before = line.previous_line_id
        while before and before.start_date >= edit.day:
            before = before.previous_line_id
        running = before and before._track() & eve
        for name in CHANGED if running else ():
            if line[name] == before[name]:
                values[name] = running[:1][name]
        return values
