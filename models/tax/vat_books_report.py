"""The VAT reconciliation: from the turnover of the books to the bases of the return,
from the bases to the VAT, and from the VAT that waits for payments to the unpaid
invoices.

Each line says what it is, its amount, and which journal items are behind it. What no
line explains is the rest of its section: zero where all is explained.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from .vat_books_vat import TOLERANCE, VatRows

ZERO = Decimal(0)


@dataclass(slots=True)
class Row:
    """A line of the report. ``kind``: figure (of the books), step (adds to the figures
    before it), total, box (of the return), rest."""

    section: str
    kind: str
    name: str
    amount: Decimal
    domain: list = field(default_factory=list)
    note: str = ""


class Report(VatRows):
    """The rows of one company and period."""

    def __init__(self, books):
        self.books = books
        self.env = books.env
        self.groups = books.groups()
        self.flows = books.flows()
        self.rows = []

    def build(self):
        """Return the rows, section after section."""
        self._bases()
        self._vat()
        self._uncollected()
        return self.rows

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _add(self, kind, name, amount, domain=(), note=""):
        """Append a row; a step or a box of nothing is left out."""
        if kind in ("step", "box") and not amount:
            return ZERO
        self.rows.append(Row(self.section, kind, name, amount, list(domain), note))
        return amount

    def _in_period(self, *domain):
        books = self.books
        return [
            ("company_id", "=", books.company.id),
            ("parent_state", "=", "posted"),
            ("date", ">=", books.first.isoformat()),
            ("date", "<=", books.last.isoformat()),
            *domain,
        ]

    def _of_moves(self, moves):
        taxes = self.books.receipts.ids
        return [("move_id", "in", list(moves)), ("tax_ids", "in", taxes)]

    def _is_receipts(self, group):
        """Tell whether items wait for the payment before they come into the return."""
        return (
            not group.caba
            and not group.tags
            and not group.exigible
            and any(tax in self.books.receipts.ids for tax in group.taxes)
        )

    def _sum(self, groups):
        return sum((group.amount for group in groups), ZERO)

    # ------------------------------------------------------------------
    # From turnover to the bases
    # ------------------------------------------------------------------

    def _bases(self):
        self.section = "bases"
        total = self._turnover()
        total += self._not_in_return()
        total += self._elsewhere()
        total += self._receipts()
        self._add("total", self.env._("Bases that follow from the books"), total)
        returned = self._boxes()
        self._rest(total - returned)

    def _rest(self, amount, domain=()):
        self._add("rest", self.env._("Not explained"), amount, domain)

    def _turnover(self):
        names = {
            "turnover": self.env._("Turnover in the books"),
            "deferred": self.env._("Change of deferred revenue"),
            "accrued": self.env._("Change of accrued revenue, without its VAT"),
        }
        total = ZERO
        for part, name in names.items():
            accounts = self.books.accounts[part]
            if not accounts:
                continue
            amount = self._sum(group for group in self.groups if group.part == part)
            codes = ", ".join(sorted(account.code for account in accounts)[:3])
            if len(accounts) > 3:
                codes += "…"
            domain = self._in_period(("account_id", "in", accounts.ids))
            total += self._add("figure", name, amount, domain, note=codes)
        self._add("total", self.env._("Invoiced, before tax"), total)
        return total

    def _not_in_return(self):
        """Take off what stands on those accounts and goes into no box."""
        outside = [
            group
            for group in self.groups
            if group.part
            and not group.tags
            and not group.caba
            and not self._is_receipts(group)
        ]
        total = ZERO
        by_taxes = defaultdict(Decimal)
        bare = {True: ZERO, False: ZERO}
        for group in outside:
            if group.taxes:
                by_taxes[group.taxes] += group.amount
            else:
                bare[group.is_invoice] += group.amount
        for ids, amount in by_taxes.items():
            taxes = self.env["account.tax"].browse(ids)
            name = self.env._(
                "Sales with a tax that has no box: %s",
                ", ".join(taxes.mapped("display_name")),
            )
            domain = self._on_accounts(("tax_ids", "in", list(ids)))
            note = self._treatment(taxes)
            total += self._add("step", name, -amount, domain, note=note)
        texts = {
            True: self.env._("Invoice lines without tax"),
            False: self.env._("Entries by hand without tax"),
        }
        for is_invoice, amount in bare.items():
            operator = "!=" if is_invoice else "="
            domain = self._on_accounts(
                ("tax_ids", "=", False),
                ("tax_tag_ids", "=", False),
                ("move_id.move_type", operator, "entry"),
                ("move_id.tax_cash_basis_origin_move_id", "=", False),
            )
            total += self._add("step", texts[is_invoice], -amount, domain)
        left = self._sum(group for group in self.groups if group.part and group.caba)
        domain = self._on_accounts(
            ("move_id.tax_cash_basis_origin_move_id", "!=", False)
        )
        name = self.env._("Cash-basis entries that do not balance on these accounts")
        return total + self._add("step", name, -left, domain)

    def _on_accounts(self, *domain):
        return self._in_period(("account_id", "in", list(self.books.part_of)), *domain)

    def _treatment(self, taxes):
        """Return how VAT treats such sales, by the fiscal positions of the taxes."""
        codes = " ".join(
            code
            for code in taxes.fiscal_position_ids.mapped("rr_vat_treatments")
            if code
        ).split()
        treatments = self.env["recurring.vat.treatment"]
        return ", ".join(dict.fromkeys(treatments._name_of(code) for code in codes))

    def _elsewhere(self):
        """Add bases of sales on other accounts: advances, sales of assets, ..."""
        by_account = defaultdict(Decimal)
        for group in self.groups:
            if not group.part and not group.caba and self._counts(group):
                by_account[group.account] += group.amount
        total = ZERO
        for account_id, amount in by_account.items():
            account = self.env["account.account"].browse(account_id)
            name = self.env._("Sales booked on %s", account.display_name)
            domain = self._in_period(
                ("account_id", "=", account_id),
                ("tax_ids.type_tax_use", "=", "sale"),
                ("move_id.tax_cash_basis_origin_move_id", "=", False),
            )
            total += self._add("step", name, amount, domain)
        return total

    def _counts(self, group):
        return bool(group.tags) or self._is_receipts(group)

    # ------------------------------------------------------------------
    # Receipts basis
    # ------------------------------------------------------------------

    def _receipts(self):
        """Move from what was invoiced to what was paid, where VAT waits for that."""
        env = self.env
        parts = (
            (False, False, env._("Services invoiced and not paid yet")),
            (True, False, env._("Services of earlier invoices, paid in the period")),
            (False, True, env._("Credit notes on services, not settled yet")),
            (True, True, env._("Earlier credit notes on services, settled now")),
        )
        total = ZERO
        for earlier, credit, name in parts:
            flows = [
                flow
                for flow in self.flows
                if flow.is_earlier == earlier and flow.is_credit == credit
            ]
            moving = [flow for flow in flows if (flow.due if earlier else flow.open)]
            amount = sum((f.due if earlier else -f.open for f in moving), ZERO)
            domain = self._of_moves(flow.move for flow in moving)
            total += self._add("step", name, amount, domain)
        return total + self._gaps()

    def _gaps(self):
        """Explain where Odoo's cash-basis entries differ from the parts paid."""
        exchange, rounding, undone, lost = [], [], [], []
        for flow in self.flows:
            gap = flow.booked - flow.due + flow.lost
            if flow.lost:
                lost.append((flow.move, -flow.lost))
            if flow.undone:
                undone.append((flow.move, flow.undone))
            if not gap:
                continue
            tolerance = TOLERANCE * max(flow.entries, 1)
            in_currency = flow.booked_currency - flow.due_currency
            if flow.is_foreign and abs(in_currency) <= tolerance:
                exchange.append((flow.move, gap))
            elif not flow.is_foreign and flow.booked and abs(gap) <= tolerance:
                rounding.append((flow.move, gap))
        total = self._lost(lost)
        texts = (
            (self.env._("Payments taken back"), undone),
            (self.env._("Exchange rate of the payment against the invoice"), exchange),
            (self.env._("Rounding of partial payments"), rounding),
        )
        for name, gaps in texts:
            moves = [move for move, _gap in gaps]
            domain = self._in_period(
                ("move_id.tax_cash_basis_origin_move_id", "in", moves)
            )
            amount = sum((gap for _move, gap in gaps), ZERO)
            total += self._add("step", name, amount, domain)
        return total

    def _lost(self, gaps):
        """Take off what was settled by giving it up: its VAT never is due."""
        amount = sum((gap for _move, gap in gaps), ZERO)
        name = self.env._("Irrecoverable services: VAT never due")
        return self._add("step", name, amount, self._of_moves(m for m, _gap in gaps))

    # ------------------------------------------------------------------
    # Boxes of the return
    # ------------------------------------------------------------------

    def _boxes(self):
        """Add the bases by the boxes that they stand in; return their sum."""
        by_tags = defaultdict(list)
        for group in self.groups:
            if group.tags:
                by_tags[group.tags].append(group)
        total = ZERO
        for tags, groups in sorted(by_tags.items(), key=lambda found: found[0]):
            amount = self._sum(groups)
            taxes = {tax for group in groups for tax in group.taxes}
            note = self._tax_names(taxes)
            domain = self._in_period(
                ("tax_tag_ids", "in", list(tags)),
                ("tax_repartition_line_id", "=", False),
            )
            total += self._add("box", self._box_name(tags), amount, domain, note=note)
        self._add("total", self.env._("Bases of the return"), total)
        return total

    def _tax_names(self, ids):
        taxes = self.env["account.tax"].browse(sorted(ids))
        return ", ".join(dict.fromkeys(taxes.mapped("name")))

    def _box_name(self, tags):
        """Return the names of the boxes, the report's own where it has one."""
        tags = self.env["account.account.tag"].browse(tags)
        lines = tags._get_related_tax_report_expressions().report_line_id
        texts = [re.sub("_(base|taxe)$", "", tag.name) for tag in tags]
        # The most precise line only: what it sums up says less.
        name = lines.sorted("id")[-1:].name
        if name and name.startswith(f"{texts[-1]} - "):
            return self.env._("Box %s", " + ".join([*texts[:-1], name]))
        text = self.env._("Box %s", " + ".join(texts))
        return f"{text}: {name}" if name else text
