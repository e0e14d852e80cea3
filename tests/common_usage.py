"""What the tests of usage share: meters, plans by usage, events."""

from .common_billing import BillingCommon


class UsageCommon(BillingCommon):
    """A company in Paris; calls at 0.01 beyond 1,000 that come with 30.00 a month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Paris"
        cls.calls = cls._meter("API calls", "calls", unit="calls", decimals=0)

    @classmethod
    def _meter(cls, name, code, **values):
        return cls.env["recurring.meter"].create({"name": name, "code": code, **values})

    @classmethod
    def _usage_charge(cls, meter=None, **values):
        """Return a charge by usage: calls at 0.01 unless said otherwise."""
        meter = meter or cls.calls
        return {
            "name": meter.name,
            "role": "usage",
            "meter_id": meter.id,
            "charge_model": "per_unit",
            "unit_price": 0.01,
            **values,
        }

    @classmethod
    def _usage_plan(cls, *charges, name="Metered", base=30.0, **version):
        charges = charges or [cls._usage_charge(included_quantity=1000)]
        first = [{"unit_price": base}] if base else []
        return cls._plan(name, [*first, *charges], **version)

    def _record(self, *events, sub=None, env=None):
        """Record events: ``(time, quantity)`` pairs or dictionaries; their codes."""
        sub = sub or self.sub
        usage = (env or self.env)["recurring.usage"]
        rows = []
        for event in events:
            if not isinstance(event, dict):
                event = {"time": event[0], "quantity": event[1]}
            self.count = getattr(self, "count", 0) + 1
            rows.append(
                {
                    "key": f"k{self.count}",
                    "subscription": sub.name,
                    "meter": "calls",
                    **event,
                }
            )
        self.answers = usage.record(rows)
        return [answer["code"] for answer in self.answers]

    def _usage_lines(self, sub):
        return sub.line_ids.filtered(lambda line: line.role == "usage")

    def _invoice_texts(self, sub=None):
        lines = (sub or self.sub).billed_item_ids.move_line_id
        return {line.id: line.name for line in lines.sorted("id")}

    def _usage_rows(self, sub=None):
        sub = sub or self.sub
        rows = sub.billed_item_ids.filtered(lambda row: row.line_id.role == "usage")
        return [
            (row.kind, str(row.date_start), row.quantity, row.amount)
            for row in rows.sorted("sequence")
        ]

    def _of(self, charge, *events, through="2026-06-01"):
        """Return a subscription by usage alone, from 1 May, with events billed."""
        sub = self._subscribe(self._usage_plan(charge, base=0), "2026-05-01")
        rows = [
            event
            if isinstance(event, dict)
            else {"time": event[0], "quantity": event[1]}
            for event in events
        ]
        code = self.env["recurring.meter"].browse(charge["meter_id"]).code
        self._record(*({"meter": code, **row} for row in rows), sub=sub)
        self._bill(through)
        return sub
