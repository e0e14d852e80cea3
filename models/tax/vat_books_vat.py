"""The VAT reconciliation, second half: from the bases to the VAT of the return, to the
accounts of VAT collected, and the VAT that waits for payments."""

from collections import defaultdict
from decimal import Decimal

from ..exact import exact

ZERO = Decimal(0)
# What each document of a payment may be off by rounding.
TOLERANCE = Decimal("0.01")


class VatRows:
    """The rows about VAT; the report has books, groups and ``_add``."""

    # ------------------------------------------------------------------
    # From the bases to VAT, and to its accounts
    # ------------------------------------------------------------------

    def _vat(self):
        self.section = "vat"
        expected = self._expected_vat()
        items = self.books.vat_items()
        boxed = [item for item in items if item[2]]
        actual = sum((amount for *_key, amount, _count in boxed), ZERO)
        count = sum(item[5] for item in boxed)
        gap, rounding = actual - expected, ZERO
        if abs(gap) <= TOLERANCE * count:
            rounding = self._add("step", self.env._("Rounding of VAT by document"), gap)
        name = self.env._("VAT that follows from the bases")
        self._add("total", name, expected + rounding)
        self._vat_boxes(boxed)
        self._add("total", self.env._("VAT of the return"), actual)
        self._rest(gap - rounding)
        self._vat_accounts(items, actual)

    def _expected_vat(self):
        """Return bases in the return times the rates of their taxes."""
        bases = defaultdict(Decimal)
        for group in self.groups:
            if group.tags:
                for tax in group.taxes:
                    bases[tax] += group.amount
        total = ZERO
        for tax in self.env["account.tax"].browse(sorted(bases)):
            if tax.amount_type != "percent" or not tax.amount:
                continue
            base, rate = bases[tax.id], exact(tax.amount)
            boxed = tax.invoice_repartition_line_ids.filtered(
                lambda line: line.repartition_type == "tax" and line.tag_ids
            )
            if not boxed:
                continue
            share = exact(sum(boxed.mapped("factor_percent"))) / 100
            amount = self.books.round(base * rate * share / 100)
            name = self.env._(
                "%(tax)s: %(base)s at %(rate)s %%",
                tax=tax.name,
                base=self.books.company.currency_id.format(float(base)),
                rate=f"{tax.amount:g}",
            )
            domain = self._in_period(
                ("tax_ids", "in", tax.ids), ("tax_tag_ids", "!=", False)
            )
            total += self._add("figure", name, amount, domain)
        return total

    def _vat_boxes(self, boxed):
        by_tags = defaultdict(Decimal)
        for _account, _tax, tags, _lost, amount, _count in boxed:
            by_tags[tags] += amount
        for tags, amount in sorted(by_tags.items()):
            domain = self._in_period(("tax_tag_ids", "in", list(tags)))
            self._add("box", self._box_name(tags), amount, domain)

    def _vat_accounts(self, items, returned):
        """Go from the VAT of the return to the movement of its accounts."""
        self.section = "accounts"
        collected, total = self.books.collected, returned
        self._add("figure", self.env._("VAT of the return"), returned)
        without, elsewhere = defaultdict(Decimal), defaultdict(Decimal)
        for account, tax, tags, lost, amount, _count in items:
            if tags and account not in collected.ids:
                elsewhere[account] += amount
            elif not tags:
                without[tax, lost] += amount
        for account_id, amount in elsewhere.items():
            account = self.env["account.account"].browse(account_id)
            name = self.env._("VAT of the return booked on %s", account.display_name)
            domain = self._in_period(
                ("account_id", "=", account_id),
                ("tax_tag_ids", "in", self.books.vat_tags.ids),
            )
            total += self._add("step", name, -amount, domain)
        for (tax_id, lost), amount in without.items():
            total += self._without_box(tax_id, lost, amount)
        moved = sum((item[4] for item in items if item[0] in collected.ids), ZERO)
        codes = ", ".join(sorted(collected.mapped("code")))
        name = self.env._("Movement of the accounts of VAT collected")
        domain = self._in_period(("account_id", "in", collected.ids))
        self._add("total", name, moved, domain, note=codes)
        self._rest(moved - total)

    def _without_box(self, tax_id, lost, amount):
        tax = self.env["account.tax"].browse(tax_id or ())
        if lost:
            name = self.env._("VAT of irrecoverable claims, recovered")
        elif tax:
            name = self.env._("VAT of %s, which has no box", tax.display_name)
        else:
            name = self.env._("Entries by hand without a box (payment of VAT, ...)")
        domain = self._in_period(
            ("account_id", "in", self.books.collected.ids),
            ("tax_line_id", "=", tax_id or False),
            ("tax_tag_ids", "not in", self.books.vat_tags.ids),
        )
        return self._add("step", name, amount, domain, note=self._treatment(tax))

    # ------------------------------------------------------------------
    # VAT that waits for payments
    # ------------------------------------------------------------------

    def _uncollected(self):
        self.section = "waiting"
        accounts = self.books.waiting
        if not accounts:
            return
        moved = self.books.waiting_moves()
        codes = ", ".join(sorted(accounts.mapped("code")))
        texts = {
            "start": self.env._("VAT not due yet, at the start"),
            "invoiced": self.env._("On invoices of the period"),
            "due": self.env._("Became due by payments"),
            "lost": self.env._("Irrecoverable claims: VAT never due"),
            "other": self.env._("Entries by hand, exchange differences"),
        }
        for part, name in texts.items():
            domain = self._in_period(("account_id", "in", accounts.ids))
            if part == "start":
                domain = [
                    ("account_id", "in", accounts.ids),
                    ("parent_state", "=", "posted"),
                    ("date", "<", self.books.first.isoformat()),
                ]
            kind = "figure" if part == "start" else "step"
            self._add(kind, name, moved[part], domain)
        total = sum(moved.values(), ZERO)
        self._add("total", self.env._("VAT not due yet, at the end"), total, note=codes)
        unpaid = self.books.unpaid_vat()
        expected = sum(unpaid.values(), ZERO)
        domain = [("move_id", "in", list(unpaid)), ("account_id", "in", accounts.ids)]
        self._add("figure", self.env._("VAT on unpaid invoices"), expected, domain)
        gap = total - expected
        # Each open document with partial payments may be off by a cent.
        if gap and abs(gap) <= TOLERANCE * len(unpaid):
            name = self.env._("Rounding of partial payments")
            gap -= self._add("step", name, gap)
        self._rest(gap)
        self._advances()

    def _advances(self):
        """Point at payments that came before their invoice: VAT on services is due
        when they are paid (CGI art. 269-2 c), and no document says so yet."""
        found = self.books.advances()
        name = self.env._("Payments without an invoice: VAT on services is due on them")
        total = sum(found.values(), ZERO)
        note = self.env._("With tax; not in the return")
        if total:
            self._add("figure", name, total, [("id", "in", list(found))], note)
