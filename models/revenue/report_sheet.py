"""The auditor's sheet: from a contract to its invoices, its months and its entries."""

from odoo.fields import Date
from odoo.tools import LazyTranslate, format_date

from ...engine.recognition import Curve
from ..exact import currency_rounding, exact
from .deferral import Deferral
from .report_dimension import month_name
from .report_table import ZERO, Column, Money, Row, Table

_lt = LazyTranslate(__name__)

CREDIT_CAUSES = {
    "terminated": _lt("the contract ended"),
    "past": _lt("a service that was rendered, but not as promised"),
    "modification": _lt("the rest of the term costs less"),
    "error": _lt("the invoice was wrong from the beginning"),
    "pause": _lt("the contract was paused"),
}


class Sheet:
    """What an auditor wants to know of families of schedules of one company.

    :param roots: schedules of invoice lines, in the order in which they are shown
    :param subscription: the contract, where the sheet is about all of it
    """

    def __init__(self, roots, subscription=None):
        self.env, self.roots = roots.env, roots
        self.subscription = subscription
        company = (subscription or roots[:1]).company_id
        self.company = company or self.env.company
        self.money = Money(self.env, self.company.currency_id)
        months = roots.family_ids.slice_ids
        self.months = {root: months.browse() for root in roots}
        self.months |= months.sorted("id").sorted("month").grouped("root_id")
        self.policies = roots.policy_id
        self.at_once = self._lines_at_once() if subscription else []

    def _lines_at_once(self):
        """Return ``[(posted line of the contract without a schedule, its policy)]``."""
        lines = self.env["account.move.line"].search(
            [
                ("rr_subscription_id", "=", self.subscription.id),
                ("parent_state", "=", "posted"),
                ("display_type", "=", "product"),
            ],
            order="date, id",
        )
        schedules = self.env["recurring.revenue.schedule"]
        known = schedules.search([("move_line_id", "in", lines.ids)]).move_line_id
        deferral, found = Deferral(self.company), []
        for line in lines - known:
            policy = deferral.policies.find(deferral.nature(line), line.date)
            if policy:
                self.policies |= policy.sudo(False)
            found.append((line, policy))
        return found

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def title(self):
        """Name the sheet."""
        subject = self.subscription or self.roots[:1]
        return self.env._("Revenue sheet: %s", subject.display_name)

    def day(self, day):
        return format_date(self.env, day) if day else ""

    def label(self, record, name):
        """Return what a selection field of a record shows."""
        field = record._fields[name]
        return dict(field._description_selection(self.env)).get(record[name], "")

    def facts(self, root):
        """Return ``[(label, text)]`` of a family: customer, contract, what is earned
        how, and why."""
        env = self.env
        subscription = root.subscription_id
        contract = " ".join(
            filter(None, (subscription.display_name or "", root.plan_id.name or ""))
        )
        accounts = " → ".join(
            f"{account.code or ''} {account.name}".strip()
            for account in (
                root.with_company(self.company).deferred_account_id,
                root.with_company(self.company).revenue_account_id,
            )
            if account
        )
        rows = [
            (env._("Customer"), root.partner_id.display_name),
            (env._("Contract"), contract),
            (env._("Document"), self._document(root)),
            (env._("What was sold"), self._line_text(root)),
            (env._("Service period"), self._days(root.date_start, root.last_day)),
            (env._("Amount"), self._amounts(root)),
            (env._("Treatment"), self.label(root, "treatment")),
            (env._("Method"), self.label(root, "method")),
            (env._("Policy"), self._policy(root.policy_id)),
            (env._("Why"), root.policy_id.justification),
            (env._("Accounts"), accounts),
        ]
        return [(label, text) for label, text in rows if text]

    def _document(self, root):
        if not root.move_id:
            return self.label(root, "kind")
        return f"{root.move_id.name}, {self.day(root.booked_on)}"

    def _line_text(self, root):
        """The text of the invoice line, on one line."""
        text = root.move_line_id.name or root.product_id.display_name or root.label
        return " · ".join(filter(None, (text or "").splitlines()))

    def _days(self, first, last):
        return f"{self.day(first)} - {self.day(last)}"

    def _amounts(self, root):
        text = f"{self.money(root.amount)} {self.company.currency_id.name}"
        if root.currency_id != root.company_currency_id:
            own = Money(self.env, root.currency_id)
            text = f"{own(root.amount_currency)} {root.currency_id.name} = {text}"
        return text

    def _policy(self, policy):
        if not policy:
            return ""
        nature = policy.nature_id.name or self.env._("All natures")
        return self.env._(
            "%(nature)s, since %(day)s: %(spread)s",
            nature=nature,
            day=self.day(policy.date_from),
            spread=self.label(policy, "spread"),
        )

    # ------------------------------------------------------------------
    # Tables
    # ------------------------------------------------------------------

    def promises(self, root):
        """Return ``[(title, table)]``: what each credit note changed, before and after,
        and at last what is promised now, where that is something else."""
        env, found = self.env, []
        credits = (root.family_ids - root).filtered(lambda own: own.kind == "credit")
        known = None
        for credit in credits.sorted(lambda own: (own.booked_on, own.id)):
            kept = credit.curve
            if isinstance(kept, dict) and "after" in kept:
                pair = [
                    (env._("Before"), kept["before"]),
                    (env._("After"), kept["after"]),
                ]
                found.append((self._credit_title(credit), pair))
                known = kept["after"]
        now = root._curve().data()
        if known != now:
            found.append((self._promise_title(root), [("", now)]))
        return [
            (title, self._curves(pairs, root.currency_id)) for title, pairs in found
        ]

    def _credit_title(self, credit):
        """Name a credit note: of when, how much, and why."""
        env = self.env
        title = env._(
            "%(document)s of %(day)s: %(amount)s",
            document=credit.move_id.name or credit.label,
            day=self.day(credit.booked_on),
            amount=self.money(credit.amount),
        )
        cause = CREDIT_CAUSES.get(credit.cause)
        return f"{title}, {env._(cause)}" if cause else title

    def _promise_title(self, root):
        """Name what is promised now, with the pauses that moved it."""
        pauses = [
            f"{self.day(Date.to_date(start))} - {self.day(Date.to_date(end))}"
            for start, end in root.pauses or ()
        ]
        if not pauses:
            return self.env._("What is promised")
        return self.env._("What is promised, pauses: %s", ", ".join(pauses))

    def _curves(self, pairs, currency):
        """Return curves, each with its name, as one table of their segments."""
        env = self.env
        methods = dict(self.roots._fields["method"]._description_selection(env))
        columns = [
            Column("first", env._("From"), is_text=True),
            Column("last", env._("To"), is_text=True),
            Column("method", env._("Method"), is_text=True),
            Column("amount", env._("Amount")),
        ]
        table = Table("", columns)
        for name, data in pairs:
            curve = Curve.from_data(data or [], currency_rounding(currency))
            for segment in curve.segments:
                cells = {
                    "first": self.day(segment.period.start),
                    "last": self.day(segment.period.last_day),
                    "method": methods.get(segment.method, segment.method),
                    "amount": segment.amount,
                }
                table.rows.append(Row(str(len(table.rows)), name, cells))
        return table

    def promise_table(self):
        """Return one table of all that was promised, before and after each event."""
        env = self.env
        columns = [
            Column("document", env._("Document"), is_text=True),
            Column("when", env._("Before or after"), is_text=True),
            Column("first", env._("From"), is_text=True),
            Column("last", env._("To"), is_text=True),
            Column("method", env._("Method"), is_text=True),
            Column("amount", env._("Amount")),
        ]
        table = Table(env._("What is promised"), columns)
        for root in self.roots:
            for title, own in self.promises(root):
                for row in own.rows:
                    cells = {**row.cells, "document": root.label, "when": row.name}
                    table.rows.append(Row(row.key, title, cells))
        table.count = len(table.rows)
        return table

    def month_table(self, roots=None):
        """Return the table of all months: what was added why, and booked where."""
        env = self.env
        foreign = any(
            root.currency_id != root.company_currency_id for root in self.roots
        )
        columns = [
            Column("what", env._("Why"), is_text=True),
            Column("document", env._("Document"), is_text=True),
        ]
        if foreign:
            columns.append(Column("own", env._("In currency")))
        columns += [
            Column("amount", env._("Amount")),
            Column("entry", env._("Entry"), is_text=True),
            Column("day", env._("Accounting date"), is_text=True),
            Column("left", env._("Left to recognise"), has_total=False),
        ]
        table = Table(env._("Month of service"), columns)
        for root in self.roots if roots is None else roots:
            self._add_months(table, root, foreign)
        table.count = len(table.rows)
        amounts = [row.cells["amount"] for row in table.rows]
        table.total(env._("Total"), {"amount": sum(amounts, ZERO)})
        return table

    def _add_months(self, table, root, foreign):
        own = self.months[root]
        left = sum((exact(one.amount) for one in own), ZERO)
        for one, after in zip(own, [*own[1:], own.browse()], strict=False):
            amount = exact(one.amount)
            left -= amount
            cells = {
                "what": self.label(one, "cause"),
                "document": one.schedule_id.move_id.name or one.schedule_id.label,
                "amount": amount,
                "entry": one.move_id.name or self._unbooked(one),
                "day": one.booked_on or "",
                # Within a month what is left would go up and down.
                "left": None if after.month == one.month else left,
            }
            if foreign:
                cells["own"] = exact(one.amount_currency)
            name = month_name(self.env, one.month)
            table.rows.append(Row(str(one.id), name, cells))

    def _unbooked(self, one):
        """Say why a month has no entry."""
        if one.run_id:
            return self.env._("Nothing to book: it comes to nothing")
        return self.env._("Not booked yet")

    def sums(self, roots=None):
        """Return the table of the families: billed, credited, recognised, left."""
        env = self.env
        columns = [
            Column("document", env._("Document"), is_text=True),
            Column("period", env._("Service period"), is_text=True),
            Column("method", env._("Method"), is_text=True),
            Column("billed", env._("Billed")),
            Column("credited", env._("Credited")),
            Column("recognised", env._("Recognised")),
            Column("left", env._("Left to recognise")),
        ]
        table = Table(env._("What was sold"), columns)
        totals = dict.fromkeys(("billed", "credited", "recognised", "left"), ZERO)
        for root in self.roots if roots is None else roots:
            own = self._sums(root)
            for key, amount in own.items():
                totals[key] += amount
            cells = {
                "document": root.move_id.name or self.label(root, "kind"),
                "period": self._days(root.date_start, root.last_day),
                "method": self.label(root, "method"),
                **own,
            }
            table.rows.append(Row(str(root.id), self._line_text(root), cells))
        table.count = len(table.rows)
        table.total(env._("Total"), totals)
        return table

    def _sums(self, root):
        credits = sum(
            (exact(own.amount) for own in root.family_ids - root if own.amount < 0),
            ZERO,
        )
        everything = sum((exact(own.amount) for own in root.family_ids), ZERO)
        booked = sum(
            (exact(one.amount) for one in self.months[root] if one.run_id), ZERO
        )
        return {
            "billed": everything - credits,
            "credited": credits,
            "recognised": booked,
            "left": everything - booked,
        }

    def at_once_table(self):
        """Return the table of lines that were revenue as soon as they were invoiced."""
        env = self.env
        columns = [
            Column("document", env._("Document"), is_text=True),
            Column("day", env._("Accounting date"), is_text=True),
            Column("period", env._("Service period"), is_text=True),
            Column("amount", env._("Amount")),
        ]
        table = Table(env._("Revenue on the invoice itself"), columns)
        for line, _policy in self.at_once:
            first, last = line.deferred_start_date, line.deferred_end_date
            cells = {
                "document": line.move_id.name,
                "day": line.date,
                "period": self._days(first, last) if first and last else "",
                "amount": -exact(line.balance),
            }
            text = " · ".join(filter(None, (line.name or "").splitlines()))
            table.rows.append(Row(str(line.id), text, cells))
        table.count = len(table.rows)
        total = sum((row.cells["amount"] for row in table.rows), ZERO)
        table.total(env._("Total"), {"amount": total})
        return table

    def methods(self):
        """Return the table of policies: what they say, and why."""
        env = self.env
        columns = [
            Column("since", env._("Since"), is_text=True),
            Column("treatment", env._("Treatment"), is_text=True),
            Column("method", env._("Method"), is_text=True),
            Column("spread", env._("Earned over"), is_text=True),
            Column("why", env._("Why"), is_text=True),
        ]
        table = Table(env._("Nature of revenue"), columns)
        for policy in self.policies.sorted("date_from"):
            invoiced = policy.treatment == "invoiced"
            cells = {
                "since": self.day(policy.date_from),
                "treatment": self.label(policy, "treatment"),
                "method": "" if invoiced else self.label(policy, "method"),
                "spread": "" if invoiced else self.label(policy, "spread"),
                "why": policy.justification,
            }
            name = policy.nature_id.name or env._("All natures")
            table.rows.append(Row(str(policy.id), name, cells))
        table.count = len(table.rows)
        return table

    def data(self, table):
        """Return a table as texts, for paper."""
        return table.data(self.money)
