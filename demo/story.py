"""What happened in the year: month by month, on its days, in the order of the days."""

from datetime import timedelta

from . import books, portfolio, revenue, summary
from .changes import ASKED, CHANGED, Changes
from .clock import LAST, iso, on
from .offers import COUPONS, METERED, REVISIONS, Offers
from .sales import DRAFTS, STARTS

# month, day, customer, plan, when, credit, reason
CANCELLED = (
    (2, 27, "elsa", "box", "now", False, "unused"),
    (3, 20, "bastien", "perso", "now", True, "price"),
    (4, 12, "belfort", "team", "period_end", False, "competitor"),
    (5, 9, "lavande", "pro", "term_end", False, "other"),
    (6, 22, "fatou", "perso", "now", True, "unused"),
    (7, 15, "jeanne", "perso", "now", True, "price"),
    (8, 6, "dune", "pro", "now", True, "missing"),
    (8, 14, "leman", "pro", "now", True, "quality"),
    (9, 8, "heron", "team", "period_end", False, "competitor"),
    (10, 12, "zinc", "team", "period_end", False, "price"),
    (11, 6, "osier", "team", "now", True, "unused"),
    (12, 4, "gauffre", "team", "period_end", False, "competitor"),
    (12, 8, "chevre", "pro", "term_end", False, "other"),
    (12, 9, "louise", "perso", "now", True, "price"),
)
UNDONE = ((9, 20, "heron", "team"),)
HELD = (
    (4, 10, "coutel", "team", "Dispute about the set-up, waiting for the partner"),
    (10, 18, "rhein", "connect", "Takeover of the customer: wait for the new payer"),
)
RELEASED = ((7, 3, "coutel", "team"),)
ONCE = (
    (2, 10, "gauffre", "team", "training", 720.0, 1),
    (5, 14, "verre", "connect", "migration", 180.0, 3),
    (8, 20, "quai", "team", "training", 720.0, 2),
    (11, 10, "alster", "connect", "migration", 180.0, 2),
)
RENEWED = ((4, 5, "ferron", "care"), (8, 12, "quai", "care"))


class Story:
    """Plays the year: events on their days, a billing run on each first of a month."""

    def __init__(self, env, calendar, users, catalog, customers, sales, say):
        self.env = env
        self.calendar = calendar
        self.users = users
        self.catalog = catalog
        self.customers = customers
        self.sales = sales
        self.changes = Changes(env, catalog, users)
        self.offers = Offers(env, calendar, catalog)
        self.say = say
        self.runs = []

    def play(self):
        """Play every month in turn, and say what it brought."""
        self.offers.set_up()
        for month in range(LAST + 1):
            parts = []
            if month:
                run = self._bill(month)
                parts.append(
                    f"{run.invoice_count} invoices, {run.credit_note_count} credit "
                    f"notes, {run.amount_untaxed:,.2f} {run.currency_id.name} untaxed"
                )
                closing = revenue.close(self.env, self.users, self.calendar, month - 1)
                parts.append(f"{closing.amount:,.2f} recognised")
            else:
                job = portfolio.take_over(self.env, self.calendar, self.customers)
                self.sales.remember(job.row_ids.subscription_id)
                parts.append(f"{job.imported_count} contracts imported")
                revenue.take_over(self.env, self.users, self.calendar)
            events = self._events(month)
            for day, event in sorted(events, key=lambda pair: pair[0]):
                with on(day):
                    event(day)
            paid = books.register_payments(self.env, self.calendar, month)
            parts += [f"{len(events)} events", f"{paid} payments"]
            # A month that was played is kept, and memory given back.
            self.env.cr.commit()  # pylint: disable=invalid-commit
            self.say(f"  {self.calendar.first(month):%b %Y}: {', '.join(parts)}")
        books.leave_to_decide(self.env, self.calendar, self.runs[-1], self.customers)
        self._advance(self.calendar.today)
        self._preview()

    # ------------------------------------------------------------------
    # The main job
    # ------------------------------------------------------------------

    def _bill(self, month):
        """Run the billing of the first of a month, as the billing officer."""
        day = self.calendar.first(month)
        with on(day):
            self._advance(day)
            officer = self.env(user=self.users["claire"].id)
            runs = officer["recurring.billing.run"].with_context(
                ir_sequence_date=iso(day)
            )
            run = runs.create({"date": day})
            run.action_start()
            # As the scheduled action does: with the system's rights.
            run.sudo()._work()
            self._advance(day)
            if month == LAST:
                summary.check_second_run(self.env, run.sudo())
        self.runs.append(run.sudo())
        return run

    def _preview(self):
        """Leave the next billing to be looked at: nothing is invoiced yet."""
        day = self.calendar.first(LAST + 1)
        claire = self.users["claire"]
        officer = self.env(user=claire.id, context={"lang": claire.lang})
        officer["recurring.billing.run"].create({"date": day}).action_preview()

    def _advance(self, day):
        self.env["recurring.subscription"]._advance_lifecycle(self.env.company, day)

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def _events(self, month):
        """Return ``(day, function of the day)`` of a month."""
        found = []
        for start in STARTS:
            if start.month == month:
                found.append((start.day, lambda day, s=start: self.sales.start(s, day)))
        for events, method in (
            (CANCELLED, self._cancel),
            (UNDONE, self._undo),
            (HELD, self._hold),
            (RELEASED, self._release),
            (ONCE, self._charge_once),
            (RENEWED, self._renew),
            (CHANGED, self.changes.change),
            (ASKED, self.changes.ask),
            (COUPONS, self.offers.apply_coupon),
        ):
            for when, number, customer, plan, *rest in events:
                if when == month:
                    sub = (customer, plan)
                    found.append(
                        (
                            number,
                            lambda day, m=method, s=sub, r=rest: m(
                                self.sales.subscriptions[s], day, *r
                            ),
                        )
                    )
        found.append((31, self._use))
        for when, number, *rest in REVISIONS:
            if when == month:
                found.append(
                    (number, lambda day, r=rest: self.offers.raise_prices(day, *r))
                )
        if month == LAST - 1:
            found.append((28, self._mistakes))
        if month == LAST:
            for draft in DRAFTS:
                found.append((draft.day, lambda day, d=draft: self.sales.draft(d, day)))
        return [(self.calendar.day(month, number), event) for number, event in found]

    def _cancel(self, sub, day, when, credit, reason):
        reason = self.env.ref(f"recurring_revenue.close_reason_{reason}")
        sub.action_cancel(when, reason=reason, credit=credit)

    def _undo(self, sub, day):
        sub.action_undo_cancel()

    def _hold(self, sub, day, reason):
        sub.action_hold(reason)

    def _release(self, sub, day):
        sub.action_release()

    def _charge_once(self, sub, day, product, price, quantity):
        sub.action_add_one_off(
            self.catalog.products[product],
            price,
            day + timedelta(days=3),
            quantity=quantity,
        )

    def _use(self, day):
        """Record what was used in the month, by everybody who pays by usage."""
        metered = [
            sub
            for sub in self.sales.subscriptions.values()
            if sub.plan_id.code in METERED and sub.start_date <= day
        ]
        self.offers.record_usage(metered, day)

    def _renew(self, sub, day):
        sub.action_renew()

    def _mistakes(self, day):
        """What people do to data, so that the problems of a run can be seen."""
        self.catalog.products["fax"].active = False
        self.customers["sabot"].active = False
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.env.ref("base.GBP").id)]
        ).unlink()
