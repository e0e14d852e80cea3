"""Usage recorded while its period is billed: billed once, none lost, none refused."""

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import portfolio

from tools.outside import OutsideCase

CUSTOMERS = 20
SUBSCRIPTIONS = 22
PRICE = 2

MAKE = """
from odoo.fields import Command
meter = env["recurring.meter"].create({"name": "Calls", "code": "calls"})
product = env["product.product"].create({"name": "Calls", "type": "service"})
METERED = {
    "name": "Calls", "role": "usage", "meter_id": meter.id, "product_id": product.id,
    "charge_model": "per_unit", "unit_price": PRICE,
}
"""

RECORD = """
import os, time
from psycopg2.errors import SerializationFailure
names = env["recurring.subscription"].search([]).mapped("name")
codes = {"again": 0}
env.cr.commit()

def record(number):
    events = [
        {"key": f"{name}-{number}", "subscription": name, "meter": "calls",
         "time": "DAY"}
        for name in names
    ]
    answers = env["recurring.usage"].record(events)
    env.flush_all()
    if number == FIRST:
        print("recording", flush=True)
    WAIT
    env.cr.commit()
    return answers

for number in range(FIRST, LAST):
    while True:
        try:
            answers = record(number)
            break
        except SerializationFailure:
            # Odoo runs the request again, with a new look at the database.
            env.cr.rollback()
            codes["again"] += 1
    for answer in answers:
        codes[answer["code"]] = codes.get(answer["code"], 0) + 1
result = codes
"""

NIGHT = """
import datetime
subs = env["recurring.subscription"]
subs._advance_lifecycle(env.company, datetime.date.fromisoformat("DATE"))
result = subs.search_count([("next_billing_date", "<=", "DATE")])
"""


# Until a file is there; at most three minutes.
UNTIL = "any(os.path.exists('{}') or time.sleep(0.1) for _n in range(1800))"


def record(first, last, day, wait=""):
    """Return the code that records events so and so for each subscription, each call
    in a transaction that waits before it commits."""
    values = {"FIRST": first, "LAST": last, "DAY": day, "WAIT": wait}
    code = RECORD
    for name, value in values.items():
        code = code.replace(name, str(value))
    return code


class TestUsageRace(OutsideCase):
    """The period is last month's, whenever this runs: the night looks back three days
    from the day on which a billing was made."""

    def setUp(self):
        super().setUp()
        self.today = date.today()
        self.first = (self.today.replace(day=1) - timedelta(days=1)).replace(day=1)
        self.day = self.first + timedelta(days=9)

    def prepare(self):
        database = self.database()
        make = portfolio.make(CUSTOMERS).replace("2026-01-01", str(self.first))
        charges = '"unit_price": 10,\n    })'
        assert make.count(charges) == 1
        make = make.replace(charges, f"{charges}, Command.create(METERED)")
        database.run(MAKE.replace("PRICE", str(PRICE)) + make)
        return database

    def bill(self, database):
        code = portfolio.bill_in_a_run_of_its_own(str(self.today))
        return database.run(code).result

    def assert_all_billed_once(self, database, events):
        """Each event stands in the ledger, on the invoices, exactly once."""
        one = database.value
        self.assertEqual(one("SELECT count(*) FROM recurring_usage"), events)
        usage = (
            "SELECT coalesce(sum(i.amount), 0) FROM recurring_billed_item i"
            " JOIN recurring_subscription_line l ON l.id = i.line_id"
            " WHERE l.role = 'usage'"
        )
        self.assertEqual(one(usage), events * PRICE)
        wrong = (
            "SELECT count(*) FROM (SELECT i.subscription_id FROM"
            " recurring_billed_item i JOIN recurring_subscription_line l"
            " ON l.id = i.line_id WHERE l.role = 'usage' GROUP BY i.subscription_id"
            f" HAVING sum(i.amount) != {events // SUBSCRIPTIONS * PRICE}) wrong"
        )
        self.assertEqual(one(wrong), 0)
        self.assertEqual(
            one("SELECT sum(amount_untaxed_signed) FROM account_move"),
            one("SELECT sum(amount) FROM recurring_billed_item"),
        )
        drafts = "SELECT count(*) FROM account_move WHERE state != 'posted'"
        self.assertEqual(one(drafts), 0)

    def settle(self, database):
        """Let the night's job and a billing follow; then nothing more may be due."""
        night = NIGHT.replace("DATE", str(self.today))
        database.run(night)
        # What was looked at again is billed with the next regular invoice.
        database.sql(
            "UPDATE recurring_subscription SET next_billing_date = %s,"
            " bill_not_before = NULL",
            [self.today],
        )
        self.bill(database)

    def test_an_open_recording_does_not_stop_the_billing_and_is_not_lost(self):
        """Neither transaction sees the other: the night finds what was not billed."""
        database = self.prepare()
        database.run(record(0, 1, self.day))
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        go = Path(folder, "go")
        recording = database.start(record(1, 2, self.day, UNTIL.format(go)))
        recording.wait_for("recording")
        billed = self.bill(database)
        self.assertEqual(billed["state"], "done")
        self.assertGreater(billed["invoices"], 0)
        # Billed before the recording was committed, and not what it recorded.
        self.assertEqual(database.value("SELECT count(*) FROM recurring_usage"), 22)
        go.touch()
        codes = recording.wait().result
        self.assertEqual(codes, {"again": 0, "recorded": SUBSCRIPTIONS})
        late = "SELECT count(*) FROM recurring_usage WHERE late"
        self.assertEqual(database.value(late), 0)
        self.settle(database)
        self.assert_all_billed_once(database, 2 * SUBSCRIPTIONS)

    def test_recording_and_billing_side_by_side(self):
        """Many short transactions of both: late or seen, each event is billed once."""
        database = self.prepare()
        recording = database.start(record(0, 40, self.day, "time.sleep(0.1)"))
        recording.wait_for("recording")
        billings = [
            database.start(portfolio.bill_in_a_run_of_its_own(str(self.today)))
            for _number in range(2)
        ]
        codes = recording.wait().result
        self.assertEqual([one.wait().code for one in billings], [0, 0])
        codes.pop("again")
        self.assertLessEqual(codes.keys(), {"recorded", "late"})
        self.assertEqual(sum(codes.values()), 40 * SUBSCRIPTIONS)
        self.settle(database)
        self.assert_all_billed_once(database, 40 * SUBSCRIPTIONS)
