"""From checked rows to customers, subscriptions, opening rows and history, in sets."""

from ....engine.billing import BilledRow, LineTerms
from ....engine.phases import Ramp
from ....engine.preview import next_due
from ...exact import currency_rounding
from ...guard import applying
from .import_openings import Openings

QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class ImportBuild:
    """Creates what parsed rows describe, a batch at a time, in one transaction.

    The facts' today decides what has ended and what is due. The records are made with
    the rights of the environment, which the caller chooses.
    """

    def __init__(self, env, company, facts):
        self.env = applying(env["recurring.import"].with_context(**QUIET)).env
        self.company = company
        self.countries = facts.countries
        self.today = facts.today
        self.openings = Openings(company)

    def run(self, rows):
        """Return the subscriptions made from the rows, in their order."""
        partners = self._partners(rows)
        values = [
            self._subscription_values(row, partner)
            for row, partner in zip(rows, partners, strict=True)
        ]
        self._number(values)
        subscriptions = self.env["recurring.subscription"].create(values)
        pairs = list(zip(rows, subscriptions, strict=True))
        lines = self._lines(pairs)
        self._settle(pairs, lines)
        self._record(pairs, lines)
        return subscriptions

    # ------------------------------------------------------------------
    # Customers
    # ------------------------------------------------------------------

    def _partners(self, rows):
        """Return a customer for each row; rows with one reference share theirs."""
        new = {}
        for row in rows:
            if not row.partner_id:
                new.setdefault(row.customer["customer_ref"], row.customer)
        created = self.env["res.partner"].create(
            [self._partner_values(customer) for customer in new.values()]
        )
        ids = dict(zip(new, created.ids, strict=True))
        found = [row.partner_id or ids[row.customer["customer_ref"]] for row in rows]
        return self.env["res.partner"].browse(found)

    def _partner_values(self, customer):
        country = customer.get("customer_country", "").upper()
        return {
            "ref": customer["customer_ref"],
            "name": customer["customer_name"],
            "email": customer.get("customer_email", False),
            "street": customer.get("customer_street", False),
            "zip": customer.get("customer_zip", False),
            "city": customer.get("customer_city", False),
            "country_id": self.countries.get(country, False),
            "vat": customer.get("customer_vat", False),
            "is_company": bool(customer.get("customer_vat")),
            "lang": customer.get("customer_lang") or self.company.partner_id.lang,
            "customer_rank": 1,
        }

    # ------------------------------------------------------------------
    # Subscriptions and lines
    # ------------------------------------------------------------------

    def _subscription_values(self, row, partner):
        partner = partner.with_company(self.company)
        pricelist = partner.property_product_pricelist
        values = {
            "external_ref": row.reference,
            "company_id": self.company.id,
            "partner_id": partner.id,
            "user_id": (partner.user_id or partner.commercial_partner_id.user_id).id,
            "plan_id": row.version.plan_id.id,
            "plan_version_id": row.version.id,
            "pricelist_id": pricelist.id
            if pricelist.currency_id == row.currency
            else False,
            "currency_id": row.currency.id,
            "start_date": row.start,
            "anchor_date": row.anchor,
            "state": "active",
            "end_date": row.end,
            "term_start": row.term_start,
            "term_end": row.term_end,
            "renewal": row.renewal,
            "billed_through": row.billed_end,
            "settled_through": row.period_start,
            "client_order_ref": row.client_order_ref,
            "line_ids": [],
            "trial_end": row.trial_end,
        }
        if row.trial_end:
            values |= self._trial_values(row)
        if row.payment_term_id:
            values["payment_term_id"] = row.payment_term_id
        return values

    def _trial_values(self, row):
        """Return what a start would have written of a trial that runs."""
        values = {
            "state": "trial",
            "trial_start": row.start,
            "trial_version_id": row.version.id,
            "grid_start": row.trial_end,
            "bill_not_before": row.trial_end,
        }
        if row.version.trial_after == "end":
            values["end_date"] = row.trial_end
        return values

    def _number(self, values):
        """Give out the numbers of the subscriptions, looking for the sequence once."""
        sequence = self.env["ir.sequence"].search(
            [
                ("code", "=", "recurring.subscription"),
                ("company_id", "in", (self.company.id, False)),
            ],
            order="company_id",
            limit=1,
        )
        for vals in values:
            vals["name"] = sequence.next_by_id() if sequence else "/"

    def _lines(self, pairs):
        """Create the lines of all subscriptions: ``{subscription id: lines}``."""
        values = [vals for row, sub in pairs for vals in self._line_values(row, sub)]
        lines = self.env["recurring.subscription.line"].create(values)
        before = lines.browse()
        for line in lines.filtered(lambda line: line.charge_id.phase_ids):
            if (line.subscription_id, line.charge_id) == (
                before.subscription_id,
                before.charge_id,
            ):
                line.previous_line_id = before
            before = line
        return lines.grouped(lambda line: line.subscription_id.id)

    def _line_values(self, row, sub):
        """The plan's lines from the running period on: what came before stays closed.

        One-off charges come along only where nothing was billed yet.
        """
        main = row.version._import_charge()
        for charge in row.version.charge_ids:
            once = charge.role == "one_off"
            if charge.role == "addon" or (once and row.billed_end):
                continue
            values = self._price_values(row, sub, charge, charge == main)
            values["subscription_id"] = sub.id
            values["start_date"] = row.period_start or row.start
            if once and row.trial_end:
                values["start_date"] = row.trial_end
            if charge.role == "usage" and row.version.timing == "arrears":
                # The former system billed the usage of these days with the rest.
                values["bill_from"] = row.billed_end or False
            if not once:
                values["discount"] = float(row.discount)
                values["end_date"] = row.end
                if row.end and row.billed_end and row.billed_end > row.end:
                    values["bill_until"] = row.billed_end
                if row.trial_end:
                    values |= sub._grid_from(row.trial_end)
                    values["bill_from"] = row.trial_end
            yield from self._parts(row, sub, charge, values)

    def _parts(self, row, sub, charge, values):
        """Cut a line into the phases of the plan that are not over; a price agreed
        before has none."""
        if not charge.phase_ids or values.get("price_agreed"):
            return [values]
        first = row.trial_end or row.start
        ramp = Ramp(row.schedule, first, row.version._stub_counts())
        days = {name: values.get(name, False) for name in ("start_date", "end_date")}
        model = self.env["recurring.subscription.line"].new(
            {name: value for name, value in values.items() if name != "subscription_id"}
        )
        parts = []
        for part in model._phase_parts(days, ramp, sub.currency_id):
            ends = part["end_date"]
            if ends and ends <= days["start_date"]:
                continue
            part = {**values, **part}
            part["start_date"] = max(part["start_date"], days["start_date"])
            if parts:
                part["bill_from"] = False
            if ends != days["end_date"]:
                part["bill_until"] = False
            parts.append(part)
        return parts

    def _price_values(self, row, sub, charge, is_main):
        quantity = float(row.quantity) if is_main and row.quantity is not None else None
        if not is_main or row.price is None:
            return sub._prepare_line(charge, quantity)
        return {
            "charge_id": charge.id,
            "product_id": charge.product_id.id,
            "sequence": charge.sequence,
            "role": charge.role,
            "quantity": charge.default_quantity if quantity is None else quantity,
            "price_unit": float(row.price),
            "price_agreed": True,
            "price_basis": row.price_basis,
            "price_source": self.env._("agreed before the import"),
        }

    # ------------------------------------------------------------------
    # What was billed elsewhere, and what is due next
    # ------------------------------------------------------------------

    def _settle(self, pairs, lines):
        """Append the opening rows, then set state and next billing date."""
        rows = []
        for row, sub in pairs:
            own = lines.get(sub.id, self.env["recurring.subscription.line"])
            terms = [self._terms(row, line) for line in own]
            # Usage of the running period is billed after it, by us.
            paid = own.filtered(lambda line: line.role != "usage")
            paid_terms = [term for term in terms if not term.usage]
            items = self.openings.items(row, sub, paid, paid_terms)
            rows += self.openings.rows(row, sub, items)
            if row.trial_end:
                sub.trial_unbilled = sub._trial_bills_nothing()
            due = not sub.trial_unbilled and next_due(
                terms,
                [
                    BilledRow(-number, line.id, whole, part, amount, "opening")
                    for number, (line, whole, part, amount) in enumerate(items, 1)
                ],
                self.today,
                currency_rounding(row.currency),
                row.version.days_ahead,
                row.period_start,
            )
            due = due and max(due, row.trial_end or due)
            sub.write(
                {"next_billing_date": due or False, "state": self._state(row, due)}
            )
        self.env["recurring.billed.item"]._append(rows)

    def _terms(self, row, line):
        version = row.version
        return LineTerms(
            key=line.id,
            start=max(line.start_date, line.bill_from or line.start_date),
            end=line.bill_until or line.end_date or None,
            amount=line._rated_amount(line._rating()),
            schedule=row.schedule,
            timing=line._timing(),
            basis=version.proration_basis,
            stub=version.first_period,
            usage=line._usage_terms(),
        )

    def _state(self, row, due):
        """Closed once the service has ended and nothing of it is left to bill."""
        if row.end and row.end <= self.today:
            return "cancelling" if due else "closed"
        if row.cancelled:
            return "cancelling"
        return "trial" if row.trial_end else "active"

    # ------------------------------------------------------------------
    # History
    # ------------------------------------------------------------------

    def _record(self, pairs, lines):
        changes = []
        for row, sub in pairs:
            changes.append(
                {
                    "subscription_id": sub.id,
                    "type": "import",
                    "effective_date": row.start,
                    "details": {"line": row.line},
                }
            )
            if row.cancelled:
                changes.append(self._cancellation(row, sub, lines))
        # sudo: nobody may write history by hand, so no group has the right to create.
        self.env["recurring.change"].sudo().create(changes)

    def _cancellation(self, row, sub, lines):
        """The cancellation as known from the file, so that it can be withdrawn."""
        goes_on = row.term_end if row.renewal != "automatic" else None
        goes_on = goes_on.isoformat() if goes_on else False
        return {
            "subscription_id": sub.id,
            "type": "cancel",
            "effective_date": row.end,
            "note": self.env._("Cancelled before the import."),
            "details": {
                "lines": [[line.id, goes_on, False] for line in lines.get(sub.id, ())],
                "credit": False,
                "end_date": goes_on,
            },
        }
