"""The yearly declaration of receipts, and their register.

CGI art. 222 bis: who issues receipts declares how many documents were issued in the
calendar year, or in the financial year where that is another one, and the sum of the
gifts on them that were received in it.
"""

from datetime import date, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from odoo.tools import formatLang

from ...exact import exact
from ...revenue.report_table import PAGE, ZERO, Column, Row, Table
from .receipt_eligibility import GiftsOfYear
from .receipt_finding import ELIGIBLE

LINKS = frozenset(["count", "amount"])
NOT_ON_SCREEN = ("address", "siren", "nature", "replaced")
WORKING = 5  # days of a week on which offices work, from Monday


def deadline(last_day):
    """Return the day by which a financial year that ends on ``last_day`` is declared:
    the second working day after 1 May for calendar years, else the end of the third
    month after closing.

    >>> [str(deadline(date(*day))) for day in ((2025, 12, 31), (2026, 8, 31))]
    ['2026-05-05', '2026-11-30']
    """
    if (last_day.month, last_day.day) == (12, 31):
        day = date(last_day.year + 1, 5, 1)
        ascension = easter(day.year) + timedelta(days=39)
        left = 2
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < WORKING and day != ascension
        return day
    following = last_day + timedelta(days=1)
    if following.day == 1:
        return following + relativedelta(months=3) - timedelta(days=1)
    return last_day + relativedelta(months=3)


class DeclarationReport:
    """What a company declares for a financial year.

    :param company: with the environment of who reads
    """

    def __init__(self, company, first, last):
        self.env, self.company = company.env, company
        self.first, self.last = first, last
        company._check_gifts_seen(first, last)
        self.lines = self.env["recurring.tax.receipt.line"].search(
            [
                ("company_id", "=", company.id),
                ("is_cancelled", "=", False),
                ("date", ">=", first),
                ("date", "<=", last),
            ]
        )
        receipts = self.env["recurring.tax.receipt"].search(
            [
                ("company_id", "=", company.id),
                ("issued_on", ">=", first),
                ("issued_on", "<=", last),
            ]
        )
        self.issued = receipts.filtered(lambda one: one.state == "issued")
        self.cancelled = receipts - self.issued
        waiting = self._waiting()
        self.waiting = self.env["recurring.contribution.line"].union(*waiting)
        self.waiting_amount = sum(waiting.values(), ZERO)

    @property
    def deadline(self):
        """The day by which it is declared."""
        return deadline(self.last)

    def _waiting(self):
        """Return ``{line: amount}`` of the year's eligible lines that no receipt
        certifies yet."""
        lines = {}
        for year in range(self.first.year, self.last.year + 1):
            for one in GiftsOfYear(self.company, year).findings():
                day = one.line.contribution_id.date
                if one.status == ELIGIBLE and self.first <= day <= self.last:
                    lines[one.line] = one.amount
        return lines

    def groups(self):
        """Return ``[(key, name, records, kind of row)]``."""
        env = self.env

        def of(records, kind):
            if records._name == "recurring.tax.receipt":
                return records.filtered(lambda one: one.donor_kind == kind)
            return records.filtered(lambda one: one.receipt_id.donor_kind == kind)

        return [
            (
                "gifts",
                env._("Gifts received in the financial year that receipts certify"),
                self.lines,
                "ledger",
            ),
            ("gifts_person", env._("of persons"), of(self.lines, "person"), "figure"),
            (
                "gifts_company",
                env._("of companies"),
                of(self.lines, "company"),
                "figure",
            ),
            (
                "issued",
                env._("Receipts issued in the financial year"),
                self.issued,
                "ledger",
            ),
            ("issued_person", env._("to persons"), of(self.issued, "person"), "figure"),
            (
                "issued_company",
                env._("to companies"),
                of(self.issued, "company"),
                "figure",
            ),
            (
                "cancelled",
                env._("For information: issued in it, and cancelled since"),
                self.cancelled,
                "figure",
            ),
            (
                "waiting",
                env._("For information: eligible gifts of it without a receipt yet"),
                self.waiting,
                "figure",
            ),
        ]

    def build(self, everything=False):
        """Return the declaration as a table."""
        env = self.env
        table = Table(
            env._("To be declared"),
            [
                Column("count", env._("Count"), is_text=True),
                Column("amount", env._("Total")),
            ],
        )
        for key, name, records, kind in self.groups():
            amount = sum((exact(one.amount) for one in records), ZERO)
            if key == "waiting":  # of dues the part that is a gift
                amount = self.waiting_amount
            cells = {
                "count": formatLang(self.env, len(records), digits=0),
                "amount": amount,
            }
            table.rows.append(Row(key, name, cells, kind, LINKS))
        table.count = len(table.rows)
        return table

    def remarks(self):
        """Nothing else."""
        return

    def open(self, row):
        """Return the action that shows what a row is made of."""
        [records] = [found for key, _n, found, _k in self.groups() if key == row]
        if records._name != "recurring.tax.receipt":
            records = records.contribution_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(records._name).name,
            "res_model": records._name,
            "domain": [("id", "in", records.ids)],
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }


class RegisterReport:
    """The receipts that were issued on some days, cancelled ones too, by number."""

    def __init__(self, company, first, last, offset=0):
        self.env, self.company, self.offset = company.env, company, offset
        self.domain = [
            ("company_id", "=", company.id),
            ("issued_on", ">=", first),
            ("issued_on", "<=", last),
        ]

    def build(self, everything=False):
        """Return the register as a table: a page of it, or everything."""
        env = self.env
        receipts = self.env["recurring.tax.receipt"].search(
            self.domain, order="year, number"
        )
        columns = [
            Column("day", env._("Issued On"), is_text=True),
            Column("donor", env._("Donor"), is_text=True),
            Column("address", env._("Address"), is_text=True),
            Column("siren", env._("SIREN"), is_text=True),
            Column("article", env._("Article"), is_text=True),
            Column("given", env._("Received On"), is_text=True),
            Column("nature", env._("Nature"), is_text=True),
            Column("amount", env._("Amount")),
            Column("cancelled", env._("Cancelled Amount")),
            Column("reason", env._("Why Cancelled"), is_text=True),
            Column("replaced", env._("Replaced By"), is_text=True),
        ]
        if not everything:
            # The file has everything; the screen has what fits.
            columns = [one for one in columns if one.key not in NOT_ON_SCREEN]
        table = Table(env._("Number"), columns)
        table.offset, table.count = self.offset, len(receipts)
        shown = receipts
        if not everything:
            shown = receipts[self.offset : self.offset + PAGE]
        for receipt in shown:
            table.rows.append(self._row(receipt))
        sums = {
            key: sum(
                (exact(one.amount) for one in receipts if one.state == state), ZERO
            )
            for key, state in (("amount", "issued"), ("cancelled", "cancelled"))
        }
        table.total(env._("Total"), sums)
        return table

    def _row(self, receipt):
        natures = receipt.line_ids._fields["nature"]
        words = dict(natures._description_selection(self.env))
        own = dict.fromkeys(receipt.line_ids.mapped("nature"))
        place = (receipt.donor_street, receipt.donor_town, receipt.donor_country)
        names = (receipt.donor_name, receipt.donor_joint_name)
        cells = {
            "day": receipt.issued_on,
            "donor": ", ".join(filter(None, names)),
            "address": ", ".join(filter(None, place)),
            "siren": receipt.donor_siren or "",
            "article": receipt.article,
            "given": receipt._dates_text(),
            "nature": ", ".join(words[key] for key in own),
            "amount": exact(receipt.amount) if receipt.state == "issued" else None,
            "cancelled": exact(receipt.amount)
            if receipt.state == "cancelled"
            else None,
            "reason": receipt.cancel_reason or "",
            "replaced": receipt.replaced_by_id.name or "",
        }
        links = frozenset(["donor", "amount", "cancelled"])
        return Row(str(receipt.id), receipt.name, cells, links=links)

    def remarks(self):
        """Nothing else."""
        return

    def open(self, row):
        """Return the action that opens a receipt."""
        receipt = self.env["recurring.tax.receipt"].browse(int(row))
        receipt.check_access("read")
        return receipt._open()
