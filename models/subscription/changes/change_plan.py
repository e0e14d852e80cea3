"""From plan to plan, from version to version: other charges, perhaps another rhythm."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ....engine.interval import Interval
from ...guard import applying

# Of these only one can be scheduled ahead: each starts all lines anew.
WHOLE = ("upgrade", "downgrade", "migrate", "pause", "postpone", "anchor")
# What a change of everything would undo if it was made before them.
OF_LINES = ("quantity", "price", "discount", "line", "addon_add", "addon_remove")


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _apply_plan(self, edit, values):
        """Move to another plan: ``{"plan_id": 3}``.

        Optional: ``plan_version_id``, ``quantities`` (``{charge id: quantity}``; the
        quantity of today is kept where both plans count units), ``anchor`` (``new``
        or ``keep``, where the interval changes; the plan's rule when left out),
        ``trial`` (who pays nothing now tries the plan first).
        """
        plan = self.env["recurring.plan"].browse(int(values.get("plan_id") or 0))
        version = self.env["recurring.plan.version"].browse(
            int(values.get("plan_version_id") or 0)
        )
        version = version or (plan.exists() and plan._version_at(edit.day))
        self._check_target(plan, version)
        if plan == self.plan_id:
            raise UserError(
                self.env._(
                    "%(name)s has the plan %(plan)s already.",
                    name=self.name,
                    plan=plan.name,
                )
            )
        before = self._monthly_on(edit.day)
        if values.get("trial"):
            self._try_plan(edit, version)
        self._move_to_version(edit, version, values)
        return "upgrade" if self._monthly_on(edit.day) >= before else "downgrade"

    def _apply_migrate(self, edit, values):
        """Move to another version of the same plan: ``{"plan_version_id": 5}``, or to
        the one in force on that day. Agreed prices are kept unless ``reprice`` is set.
        """
        version = self.env["recurring.plan.version"].browse(
            int(values.get("plan_version_id") or 0)
        )
        version = version or self.plan_id._version_at(edit.day)
        self._check_target(self.plan_id, version)
        if version == self._version_on(edit.day):
            raise UserError(
                self.env._(
                    "%(name)s has version %(number)s already.",
                    name=self.name,
                    number=version.number,
                )
            )
        keep_agreed = not values.get("reprice")
        self._move_to_version(edit, version, values, keep_agreed)
        return "migrate"

    def _check_target(self, plan, version):
        """Refuse a plan that cannot be changed to, with the reason."""
        if not version or version.plan_id != plan or version.state == "draft":
            raise UserError(
                self.env._(
                    "The plan %s has no published version for that day: publish one, "
                    "or choose another day.",
                    plan.name or "",
                )
            )
        if plan.company_id and plan.company_id != self.company_id:
            raise UserError(
                self.env._("The plan %s belongs to another company.", plan.name)
            )

    def _refuse_scheduled_whole(self, edit):
        """A change of everything and another one that waits contradict each other."""
        waiting = self.change_ids.filtered(
            lambda change: (
                change.state == "scheduled"
                and change.type in WHOLE
                and change.effective_date >= edit.day
            )
        )[:1]
        if waiting:
            raise UserError(
                self.env._(
                    "“%(type)s” is scheduled for %(day)s and would mean something else "
                    "after this change: withdraw it first.",
                    type=waiting._type_name(),
                    day=format_date(self.env, waiting.effective_date),
                )
            )

    def _refuse_overtaken(self, edit, types):
        """Refuse a change before another one that would be lost or contradict it.

        ``types`` are those of the later changes, done or scheduled, that cannot stand
        with this one.
        """
        self._refuse_scheduled_whole(edit)
        later = self.change_ids.filtered(
            lambda change: (
                change.type in types
                and change.state in ("applied", "scheduled")
                and change.effective_date > edit.day
                and not (change.details or {}).get("of")
            )
        ).sorted(lambda change: (change.effective_date, change.id))[:1]
        if not later:
            return
        values = {
            "type": later._type_name(),
            "day": format_date(self.env, later.effective_date),
        }
        if later.state == "scheduled":
            raise UserError(
                self.env._(
                    "“%(type)s” is scheduled for %(day)s and would be lost by this "
                    "change: withdraw it first.",
                    **values,
                )
            )
        raise UserError(
            self.env._(
                "“%(type)s” took effect on %(day)s and would be lost by a change "
                "before it: choose that day or a later one.",
                **values,
            )
        )

    # ------------------------------------------------------------------
    # The move
    # ------------------------------------------------------------------

    def _move_to_version(self, edit, version, values, keep_agreed=False):
        """End what runs and start the charges of ``version``, on their grid."""
        self._refuse_overtaken(edit, (*WHOLE, *OF_LINES, "resume", "reactivate"))
        old = edit.running()
        if not old:
            raise UserError(
                self.env._("%s has no service on that day: resume it first.", self.name)
            )
        self._freeze_grid()
        grid, bill_from = self._grid_of(edit, version, values.get("anchor"))
        end_date, term = self._term_of_move(edit, version)
        rows = self._lines_of_version(edit, old, version, values, keep_agreed)
        for line in edit.later():
            edit.end(line)
        for row in rows:
            days = {"start_date": edit.day, "end_date": end_date}
            self._add_moved(edit, row, {**grid, **days, "bill_from": bill_from})
        edit.set(
            plan_id=version.plan_id.id,
            plan_version_id=version.id,
            grid_start=grid["grid_start"],
            anchor_date=grid["grid_anchor"],
            **term,
        )

    def _freeze_grid(self):
        """Write the grid that every line has had so far on the line itself."""
        free = self.line_ids.filtered(lambda line: not line.plan_version_id)
        applying(free).write(
            {
                "plan_version_id": self.plan_version_id.id,
                "grid_start": self.grid_start or self.start_date,
                "grid_anchor": self.anchor_date,
            }
        )

    def _grid_of(self, edit, version, anchor=None):
        """Return the grid of the new lines, and from which day they are billed.

        The same rhythm goes on; another one is counted from the day of the change, or
        from where periods were counted so far, and then without a stub of its own.
        """
        old = edit.running()[:1]
        if self._in_trial_on(edit.day):
            return self._grid_after_trial(version, old)
        grid = {
            "plan_version_id": version.id,
            "grid_start": old.grid_start,
            "grid_anchor": old.grid_anchor,
        }
        paid = max(edit.paid_until(old), edit.free_until(old) or edit.day)
        bill_from = paid if paid > edit.day else False
        if version._same_grid(old._version()):
            return grid, bill_from
        start = bill_from or edit.day
        policy = anchor or version.change_anchor
        if version.alignment != "anniversary":
            day = None
        elif policy == "keep":
            day = old._schedule().anchor
        else:
            day = start
        schedule = version._schedule(start, day)
        grid["grid_start"] = min(start, schedule.period_at(start).start)
        grid["grid_anchor"] = day or False
        return grid, bill_from

    def _term_of_move(self, edit, version):
        """Return the end of the new lines and what the header says of the term."""
        term = version._term_like(self.term_id)
        header = {"term_id": term.id} if self.term_id else {}
        new, renewal = version._term_given(term)
        trial = self._in_trial_on(edit.day)
        if (new, renewal) == self.plan_version_id._term_given(self.term_id):
            return self._lines_end() if trial else self.end_date, header
        header["notice_days"] = version.notice_days
        if self.state == "cancelling":
            return self.end_date, header
        start, end = (False, False)
        if new:
            first = self.trial_end if trial else edit.day
            start, end = first, new.add(first, 1)
        last = end if end and renewal != "automatic" else False
        return last, {
            "term_start": start,
            "term_end": end,
            # A trial that ends unless it is converted still does.
            "end_date": self.trial_end if trial and self._ends_with_trial() else last,
            "renewal": renewal,
            **header,
        }

    # ------------------------------------------------------------------
    # Which charges, how many, at what price
    # ------------------------------------------------------------------

    def _lines_of_version(self, edit, old, version, values, keep_agreed):
        """Return the values of the lines that the version gives: its base charges, and
        the add-ons that run already."""
        given = {int(key): qty for key, qty in (values.get("quantities") or {}).items()}
        rows, continued = [], old.browse()
        for charge in version.charge_ids.filtered(lambda c: c.role != "one_off"):
            same = self._line_like(old - continued, charge)
            if charge.role == "addon" and not same and charge.id not in given:
                continue
            quantity = given.get(charge.id, self._quantity_for(old, same, charge))
            row = self._prepare_line(charge, quantity, edit.day)
            row["discount"] = version._term_like(self.term_id).discount
            if same and keep_agreed:
                row.update(self._agreed_of(same, charge))
                row["phases"] = same._phases_to_come(edit.day)
            before = same
            if not same and charge.id not in given and charge.role == "base":
                before = self._line_counted(old - continued, charge)
            if before:
                row["previous_line_id"] = before.id
                continued |= before
            if same:
                row["analytic_distribution"] = same.analytic_distribution
            rows.append(row)
        # What was made for this customer only goes on as it is.
        for line in old.filtered(lambda line: not line.charge_id):
            copied = edit.copied(line)
            rows.append({**copied, "previous_line_id": line.id})
        return rows

    def _line_like(self, old, charge):
        """Return the running line that the charge continues: the same product, else
        the same name of another version of the plan."""
        return old.filtered(
            lambda line: line.charge_id and line.product_id == charge.product_id
        )[:1]

    def _quantity_for(self, old, same, charge):
        """Keep what is counted: the same product's, else that of the main charge."""
        if charge.charge_model == "flat":
            return charge.default_quantity
        counted = same or self._line_counted(old, charge)
        if counted and charge.role == "base":
            return counted.quantity
        return same.quantity if same else charge.default_quantity

    def _line_counted(self, old, charge):
        """Return the main line whose units another plan's charge counts on."""
        if charge.charge_model == "flat":
            return old.browse()
        return old.filtered(
            lambda line: (
                line.role == "base"
                and line.charge_id.charge_model not in (False, "flat")
            )
        )[:1]

    def _agreed_of(self, line, charge):
        """Return what was agreed with the customer and stays with a new version."""
        kept = {"discount": line.discount}
        if line.price_agreed:
            kept.update(
                price_unit=line.price_unit,
                price_agreed=True,
                price_source=line.price_source,
                price_basis=line.price_basis,
                price_factor=line.price_factor,
            )
        return kept


class RecurringPlanVersion(models.Model):
    _inherit = "recurring.plan.version"

    def _term_given(self, term):
        """Return ``(interval or None, renewal)`` of who has the commitment ``term``, or
        of the plan's own term without one."""
        if term:
            return term._engine_interval(), term.renewal
        if not self.term_count:
            return None, self.renewal
        return Interval(self.term_count, self.term_unit), self.renewal
