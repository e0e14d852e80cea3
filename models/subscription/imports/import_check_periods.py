"""What a row says about time: plan, term, end, and what was billed."""

from datetime import timedelta

from ....engine.errors import EngineError
from ....engine.period import Interval

ONE_DAY = timedelta(days=1)
KNOWN_CODES = 10  # codes that a sentence names


class PeriodChecks:
    """Checks of a row against the calendar of its plan.

    Works on the ``values``, ``facts`` and ``seen`` of the check that it is part of, and
    tells that by ``refuse`` what is wrong.
    """

    # ------------------------------------------------------------------
    # Plan and periods
    # ------------------------------------------------------------------

    def _check_plan(self):
        """Return the version on which the subscription runs."""
        code = self.values.get("plan")
        if not code:
            return None
        plan = self.facts.plans.get(code)
        if not plan:
            self.refuse("plan", self._unknown_plan_text())
            return None
        start = self.values.get("start_date") or self.facts.today
        # A contract may be older than the first version published here.
        version = self._version_at(plan, start) or self._version_at(
            plan, max(start, self.facts.today)
        )
        if not version:
            self.refuse("plan", self.env._("This plan has no published version."))
            return None
        self.values["version"] = version
        return version

    def _unknown_plan_text(self):
        """Say which codes there are: most often the file has another spelling."""
        codes = sorted(self.facts.plans)
        if not codes:
            return self.env._(
                "There is no plan with this code: no plan of the company has one yet. "
                "Give your plans codes first."
            )
        shown = ", ".join(codes[:KNOWN_CODES])
        if len(codes) > KNOWN_CODES:
            shown += ", …"
        return self.env._(
            "There is no plan with this code in the company. Known are: %s.", shown
        )

    def _version_at(self, plan, day):
        key = ("version", plan.id, day)
        if key not in self.seen:
            self.seen[key] = plan._version_at(day)
        return self.seen[key]

    def _check_trial(self):
        """Remember the first day billed: after a trial that runs, or the start."""
        values = self.values
        values["first_paid"] = values["start_date"]
        last = values.get("trial_last_day")
        if not last:
            return
        values["trial_end"] = values["first_paid"] = last + ONE_DAY
        if last < values["start_date"]:
            self.refuse(
                "trial_last_day", self.env._("The trial would end before the start.")
            )
        elif last < self.facts.today:
            self.refuse(
                "trial_last_day",
                self.env._(
                    "The trial is over: leave this empty, and give the last day billed."
                ),
            )
        if values.get("billed_through", values["start_date"]) > values["start_date"]:
            self.refuse(
                "billed_through",
                self.env._("In a trial nothing was billed yet: leave it empty."),
            )
        if values.get("last_day", last) > last:
            self.refuse(
                "last_day",
                self.env._(
                    "Who is cancelled in a trial leaves with its end at the latest."
                ),
            )

    def _check_schedule(self, version):
        start, anchor = self.values["first_paid"], self.values.get("anchor_date")
        key = ("schedule", version.id, start, anchor)
        if key not in self.seen:
            try:
                self.seen[key] = version._schedule(start, anchor)
            except EngineError:
                self.seen[key] = None
        if not self.seen[key]:
            self.refuse(
                "anchor_date",
                self.env._(
                    "No billing period of the plan starts on this day: leave it empty."
                ),
            )
        return self.seen[key]

    def _check_main_charge(self, version):
        """Quantity and price must mean something for the charge they belong to."""
        key = ("charge", version.id)
        if key not in self.seen:
            self.seen[key] = version._import_charge()
        charge = self.seen[key]
        if charge.charge_model == "flat" and self.values.get("quantity", 1) != 1:
            self.refuse(
                "quantity",
                self.env._(
                    "The plan has a fixed price, which does not count units: leave the "
                    "quantity empty, and give the whole price."
                ),
            )
        if "price_basis" in self.values and not (
            {"price", "period_amount"} & set(self.cells)
        ):
            self.refuse(
                "price_basis",
                self.env._("There is neither an agreed price nor an amount."),
            )
        currency = self._currency()
        if currency and "price" not in self.values:
            self._check_plan_price(charge, currency)

    def _check_plan_price(self, charge, currency):
        """The plan must have a price in the currency on the day of the start."""
        if currency == charge.currency_id:
            return
        key = ("price", charge.id, currency.id, self.values["start_date"])
        if key not in self.seen:
            self.seen[key] = charge._import_price_problem(
                currency, self.values["start_date"]
            )
        if self.seen[key]:
            self.refuse("currency", self.seen[key])

    # ------------------------------------------------------------------
    # Term and end
    # ------------------------------------------------------------------

    def _check_term(self, version):
        """Return ``(start, end, renewal)`` of the running term, ends exclusive."""
        start, given = self.values["first_paid"], self.values.get("term_end")
        interval = None
        if version.term_count:
            interval = Interval(version.term_count, version.term_unit)
        renewal = self.values.get("renewal")
        if given and given < start:
            self.refuse("term_end", self.env._("The term would end before the start."))
            return None, None, renewal
        if not interval:
            if renewal in ("automatic", "manual"):
                self.refuse(
                    "renewal",
                    self.env._("The plan has no term, so there is nothing to renew."),
                )
            end = given and given + ONE_DAY
            return (start if end else None), end, "none"
        renewal = renewal or version.renewal
        if given:
            end = given + ONE_DAY
            return max(interval.add(end, -1), start), end, renewal
        return *self._running_term(interval, start, renewal), renewal

    def _running_term(self, interval, start, renewal):
        """The first term; with automatic renewal the one that runs today."""
        n = 1
        while renewal == "automatic" and interval.add(start, n) <= self.facts.today:
            n += 1
        return interval.add(start, n - 1), interval.add(start, n)

    def _check_end(self, term):
        """Return ``(end, cancelled)``: the first day without service, None for open."""
        last_day = self.values.get("last_day")
        if last_day and last_day < self.values["start_date"]:
            self.refuse(
                "last_day", self.env._("The service would end before the start.")
            )
        if last_day:
            return last_day + ONE_DAY, True
        _start, end, renewal = term
        if not end or renewal == "automatic":
            return None, False
        if end <= self.facts.today and "term_end" not in self.values:
            self.refuse(
                "term_end",
                self.env._(
                    "The first term ended on %s and does not renew by itself. Give the "
                    "end of the running term, or the last day of service.",
                    end - ONE_DAY,
                ),
            )
        return end, False

    # ------------------------------------------------------------------
    # What was billed
    # ------------------------------------------------------------------

    def _check_billed(self, schedule):
        """Return ``(first day not billed, start of the prepaid period)``.

        Both None when nothing was billed.
        """
        values, start = self.values, self.values["start_date"]
        through = values.get("billed_through")
        if values.get("trial_end"):
            return self._check_no_period()
        if not through:
            return self._check_never_billed()
        if through < start - ONE_DAY:
            self.refuse(
                "billed_through",
                self.env._(
                    "It lies more than one day before the start on %s. For a "
                    "subscription that was never billed give the day before its start.",
                    start,
                ),
            )
            return None, None
        if through == start - ONE_DAY:
            return self._check_no_period()
        return through + ONE_DAY, self._check_period(schedule, through)

    def _check_never_billed(self):
        if self._refused("billed_through"):
            return None, None
        if self.values["start_date"] < self.facts.today:
            self.refuse(
                "billed_through",
                self.env._(
                    "The subscription has started, so everything since would be "
                    "billed. Give the last day billed; if nothing was billed, the day "
                    "before the start."
                ),
            )
        return self._check_no_period()

    def _check_no_period(self):
        for name in ("period_start", "period_amount", "period_invoice"):
            if name in self.values:
                self.refuse(
                    name, self.env._("Nothing was billed, so there is no period.")
                )
        return None, None

    def _check_period(self, schedule, through):
        start, given = self.values["start_date"], self.values.get("period_start")
        if given and given > through:
            self.refuse(
                "period_start", self.env._("It lies after the last day billed.")
            )
        if given and given < start:
            self.refuse("period_start", self.env._("It lies before the start."))
        if given or not schedule:
            return given
        # Billed ahead: what runs today is prepaid too.
        running = max(min(through, self.facts.today), start)
        first = max(schedule.period_at(running).start, start)
        if "period_amount" in self.values and schedule.period_at(first).end <= through:
            self.refuse(
                "period_amount",
                self.env._(
                    "What is billed reaches over several billing periods: give the "
                    "start of the period that the amount is for."
                ),
            )
        return first
