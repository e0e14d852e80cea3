"""An event as it was sent: what it says, or why it cannot be understood."""

from collections import namedtuple
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from .usage_query import midnight

NAMES = {"key", "subscription", "meter", "quantity", "time", "value"}
LONGEST = 200  # characters of a key or value
TOO_MUCH = Decimal(10_000_000_000)
AHEAD = timedelta(days=1)  # how far another system's clock may be wrong

Parsed = namedtuple("Parsed", "position key subscription meter quantity time value")


class Refusal(Exception):
    """An event that is not recorded: a code for programmes, a sentence for people."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


class Parser:
    """Reads the events of one call; days begin in ``zone``, what names no time is now.

    ``now`` is in UTC, without zone.
    """

    def __init__(self, env, zone, now):
        self.env, self.zone, self.now = env, zone, now
        self.latest = now + AHEAD

    def parse(self, position, event):
        """Return a Parsed; raise a Refusal for what says nothing that can be kept."""
        if not isinstance(event, dict):
            raise Refusal("bad_event", self.env._("An event is a dictionary."))
        if not event.keys() <= NAMES:
            unknown = ", ".join(map(str, sorted(map(str, event.keys() - NAMES))))
            raise Refusal(
                "bad_event", self.env._("An event says nothing about “%s”.", unknown)
            )
        key = event.get("key")
        if not isinstance(key, str) or not 0 < len(key) <= LONGEST or "\0" in key:
            raise Refusal(
                "bad_key",
                self.env._("The key is a text of 1 to 200 characters."),
            )
        value = event.get("value")
        if value is not None:
            value = str(value)
            if len(value) > LONGEST or "\0" in value:
                raise Refusal(
                    "bad_value", self.env._("The value is a text of 200 characters.")
                )
        return Parsed(
            position,
            key,
            event.get("subscription"),
            event.get("meter"),
            self._quantity(event.get("quantity", 1)),
            self._time(event.get("time")),
            value,
        )

    def _quantity(self, given):
        """Return a number of at most six decimals; Infinity and NaN are none."""
        if type(given) is int:
            quantity = Decimal(given)
        else:
            try:
                quantity = round(Decimal(str(given).strip()), 6)
                if quantity.is_nan():
                    quantity = TOO_MUCH
            except (InvalidOperation, ValueError, OverflowError):
                quantity = TOO_MUCH
        if abs(quantity) >= TOO_MUCH:
            raise Refusal(
                "bad_value", self.env._("“%s” is not a quantity.", str(given)[:50])
            )
        return quantity

    def _time(self, given):
        """Return a moment in UTC, without zone and fractions of a second."""
        if given is None:
            return self.now
        try:
            if isinstance(given, str) and len(given) == 10:
                given = midnight(date.fromisoformat(given), self.zone)
            elif isinstance(given, str):
                given = datetime.fromisoformat(given)
            elif not isinstance(given, datetime):
                raise ValueError(given)
            if given.tzinfo:
                given = given.astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            raise Refusal(
                "bad_time",
                self.env._(
                    "“%s” is not a moment: write it like 2026-05-31T23:30:00+02:00.",
                    str(given)[:50],
                ),
            ) from None
        if given > self.latest:
            raise Refusal("in_future", self.env._("The moment lies in the future."))
        return given.replace(microsecond=0) if given.microsecond else given
