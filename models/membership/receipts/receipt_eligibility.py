"""What of the contributions of a calendar year a tax receipt may certify, and why.

Each booked contribution line gets one finding: receipted already, here or elsewhere,
eligible, excluded by a rule, or lacking something that a receipt must say. Findings
add up to everything that was booked; the report of a year's receipts rests on that.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from odoo.exceptions import UserError

from ....engine.gifts import CENT, ZERO, Payment
from ...exact import exact
from .receipt_gift_part import GiftParts

PAID = ("paid", "in_payment")
# Codes of findings: what became of a line of a contribution.
ELIGIBLE, RECEIPTED, ELSEWHERE = "eligible", "receipted", "elsewhere"
EXCLUDED, MISSING = "excluded", "missing"
# Allowed by which tick of a basis, by kind of article.
TICKS = {
    "income_tax": "allows_income_tax",
    "companies": "allows_companies",
    "wealth_tax": "allows_wealth_tax",
}


@dataclass(slots=True)
class Finding:
    """What became of one line of a contribution.

    ``reason``: a code, for adding up; ``text``: the sentence that the treasurer reads.
    """

    line: object
    status: str
    reason: str
    text: str
    amount: Decimal = ZERO
    basis: object = None
    article: object = None
    part: int = 0
    missing: tuple = ()


@dataclass(slots=True)
class Draft:
    """A receipt to be issued: one donor, article and basis, and the lines it is for."""

    company: object
    partner: object
    joint: object
    article: object
    basis: object
    scope: str
    part: int = 0
    key: tuple = ()
    findings: list = field(default_factory=list)
    campaign: object = None

    @property
    def amount(self):
        """The sum that it certifies (Decimal)."""
        return sum((one.amount for one in self.findings), ZERO)


class GiftsOfYear:
    """The contributions that a company booked in a calendar year, judged line by line;
    those that were booked elsewhere and imported too.

    :param donors: only what these partners paid, alone or jointly (None: everybody)
    """

    def __init__(self, company, year, donors=None):
        self.env = company.env
        self.company, self.year, self.donors = company, year, donors
        self.country = company.country_id.code or "FR"
        self.today = company._rr_receipt_today()
        self.bases = {}
        self.models = {}

    def first_last(self):
        """The first and the last day of the year."""
        return date(self.year, 1, 1), date(self.year, 12, 31)

    @cached_property
    def lines(self):
        """What was booked in the year, in the order in which it was received."""
        first, last = self.first_last()
        domain = [
            ("company_id", "=", self.company.id),
            ("state", "in", ("booked", "history")),
            ("date", ">=", first),
            ("date", "<=", last),
        ]
        if self.donors is not None:
            domain += [
                "|",
                ("partner_id", "in", self.donors.ids),
                ("joint_partner_id", "in", self.donors.ids),
            ]
        contributions = self.env["recurring.contribution"].search(
            domain, order="date, id"
        )
        return contributions.line_ids

    @cached_property
    def parts(self):
        """What of each line is a gift: dues may be one in part."""
        return GiftParts(self.lines)

    @cached_property
    def certified(self):
        """``{line id: line of a receipt}`` of what a valid receipt certifies."""
        rows = self.env["recurring.tax.receipt.line"].search(
            [
                ("contribution_line_id", "in", self.lines.ids),
                ("is_cancelled", "=", False),
            ]
        )
        return {row.contribution_line_id.id: row for row in rows}

    @cached_property
    def credited(self):
        """The ids of the entries that a credit note or a reversal took back."""
        moves = self.lines.contribution_id.move_id
        found = self.env["account.move"].search(
            [("reversed_entry_id", "in", moves.ids), ("state", "=", "posted")]
        )
        return {
            one.reversed_entry_id.id for one in found if not one._rr_only_lowers_claim()
        }

    def findings(self):
        """Return the findings of all lines, in their order."""
        counterparts = Counterparts(self)
        return [self._find(line, counterparts) for line in self.lines]

    def donor_key(self, contribution):
        """Whom a receipt is for: who paid, and who paid jointly, in either order."""
        return frozenset(
            (contribution.partner_id.id, contribution.joint_partner_id.id)
        ) - {False}

    # ------------------------------------------------------------------
    # One line
    # ------------------------------------------------------------------

    def _find(self, line, counterparts):
        found = (
            self._done(line)
            or self._not_in_the_books(line)
            or self._no_gift(line)
            or counterparts.refusal(line)
        )
        certified = self.certified.get(line.id)
        if certified:
            return self._receipted(line, certified, found)
        if found:
            return Finding(line, *found)
        return self._by_law(line, counterparts.text(line))

    def _receipted(self, line, certified, refusal):
        """Say which receipt certifies a line, and whether it still should."""
        env, receipt = self.env, certified.receipt_id
        text = env._("Certified by receipt %s.", receipt.name)
        reason = "receipted"
        if refusal:
            reason = "receipted_wrongly"
            text = env._(
                "Certified by receipt %(receipt)s, but it should not be by now: "
                "%(why)s Cancel that receipt.",
                receipt=receipt.name,
                why=refusal[2],
            )
        return Finding(line, RECEIPTED, reason, text, exact(certified.amount))

    def _done(self, line):
        contribution = line.contribution_id
        issuer = contribution.receipted_elsewhere
        if issuer:
            text = self.env._("A receipt was issued elsewhere: %s.", issuer)
            return ELSEWHERE, "elsewhere", text
        if contribution.state == "history" and not contribution.receipt_wanted:
            text = self.env._("It was booked elsewhere, and no receipt is asked for.")
            return ELSEWHERE, "elsewhere", text
        return None

    def _not_in_the_books(self, line):
        """Refuse what was not really received, by the books."""
        env, contribution = self.env, line.contribution_id
        move = contribution.move_id
        if contribution.currency_id != self.company.currency_id:
            text = env._(
                "It was received in %s: a receipt is in the currency of the "
                "association.",
                contribution.currency_id.name,
            )
            return EXCLUDED, "currency", text
        if contribution.date > self.today:
            text = env._("It is dated after today: wait until it is received.")
            return EXCLUDED, "future", text
        if contribution.state == "history":
            return None  # its entry is where it was booked
        if move and move.id in self.credited:
            text = env._("Entry %s was taken back by a credit note.", move.name)
            return EXCLUDED, "credited", text
        if move and move.state != "posted":
            text = env._("Entry %s is not posted.", move.name or move.ref or "/")
            return EXCLUDED, "unpaid", text
        # What pays an invoice is received, whatever else is still owed on it.
        money = contribution.nature == "money" and not contribution.partial_id
        if money and (not move or move.payment_state not in PAID):
            text = env._("By the books it is not paid: entry %s.", move.name or "/")
            return EXCLUDED, "unpaid", text
        return None

    def _no_gift(self, line):
        charge = line.dues_line_id.charge_id
        if line.kind == "dues" and not (charge.rr_is_gift and self.parts.of(line)):
            text = self.env._(
                "“%s” does not count as a gift.", charge.name or line.name
            )
            return EXCLUDED, "no_gift", text
        return None

    def _by_law(self, line, text):
        """Judge by the basis of the association and by what is known of the donor."""
        env, contribution = self.env, line.contribution_id
        partner = contribution.partner_id
        basis = self._basis(contribution.date)
        if not basis:
            text = env._(
                "Nothing says why gifts of that day are eligible: record the basis."
            )
            return Finding(line, MISSING, "basis", text, missing=("basis",))
        kind = partner._receipt_kind()
        allowed_by = "companies" if kind == "company" else "income_tax"
        if kind == "person" and contribution.for_wealth_tax:
            allowed_by = "wealth_tax"
        article = self._model(kind)._article(allowed_by)
        if not article:
            text = env._("No form of receipts is known for this gift.")
            return Finding(line, EXCLUDED, "form", text)
        if not basis[TICKS[allowed_by]]:
            text = env._(
                "The basis of that day does not allow receipts by article %s.",
                article.code,
            )
            return Finding(line, EXCLUDED, "article", text)
        gift = self.parts.of(line)
        if gift < exact(line.amount):
            text = env._(
                "%(gift)s of %(amount)s are a gift.",
                gift=contribution.currency_id.format(float(gift)),
                amount=contribution.currency_id.format(line.amount),
            )
        finding = Finding(line, ELIGIBLE, "eligible", text, gift)
        finding.basis, finding.article = basis, article
        finding.part = self._part_of_year(partner, contribution.date)
        lacking = partner._receipt_missing()
        if lacking:
            finding.status, finding.reason = MISSING, "donor"
            finding.missing, finding.amount = tuple(lacking), ZERO
            finding.text = env._(
                "The receipt must say of %(donor)s: %(what)s.",
                donor=partner.display_name,
                what=", ".join(lacking),
            )
        return finding

    def _basis(self, day):
        if day not in self.bases:
            basis = self.env["recurring.gift.basis"]
            self.bases[day] = basis._on(self.company, day)
        return self.bases[day]

    def _model(self, kind):
        if kind not in self.models:
            model = self.env["recurring.receipt.model"]
            self.models[kind] = model._for(self.country, kind, self.today)
        return self.models[kind]

    def _part_of_year(self, partner, day):
        """Tell on which side of the end of a company's financial year a gift lies."""
        if not partner.is_company:
            return 0
        return int(day.month > int(partner.rr_year_ends or 12))

    # ------------------------------------------------------------------
    # Receipts to be issued
    # ------------------------------------------------------------------

    def drafts(self, findings, scope="year"):
        """Return the receipts that eligible findings make.

        One for each donor, article of law and basis; for companies one for each of
        the two financial years that a calendar year may touch.
        """
        drafts = {}
        for finding in findings:
            if finding.status != ELIGIBLE:
                continue
            contribution = finding.line.contribution_id
            key = (
                self.donor_key(contribution),
                finding.article.id,
                finding.basis.id,
                finding.part,
            )
            if key not in drafts:
                drafts[key] = Draft(
                    self.company,
                    contribution.partner_id,
                    contribution.joint_partner_id,
                    finding.article,
                    finding.basis,
                    scope,
                    finding.part,
                    key,
                )
            drafts[key].findings.append(finding)
        return list(drafts.values())


class Counterparts:
    """What came back to each donor in a year, against the rule of the law.

    Looked at over all payments of a donor for which something came back, receipted
    ones and those of other services included: the ceiling is one for the year.
    """

    def __init__(self, gifts):
        self.gifts, self.env = gifts, gifts.env
        self.company = gifts.company
        self.by_donor = defaultdict(dict)
        self.paid = defaultdict(lambda: ZERO)
        for line in gifts.lines:
            self._add(line)

    @cached_property
    def rule(self):
        """The rule of the year; None where nothing says what it is."""
        rules = self.env["recurring.receipt.rule"]
        try:
            return rules._counterpart_rule(
                self.gifts.country, self.gifts.first_last()[1]
            )
        except UserError:
            return None

    def _add(self, line):
        """Count a line with the others of the same dues: their counterpart is split
        by what was received, in whole cents."""
        if self.gifts._no_gift(line) or self.gifts._not_in_the_books(line):
            return
        dues = line.dues_line_id
        back = exact(dues.charge_id.rr_counterpart if dues else line.counterpart)
        if not back:
            return
        key = dues.id if dues else -line.id
        donor = self.gifts.donor_key(line.contribution_id)
        rows = self.by_donor[donor]
        amount = rows[key].amount if key in rows else ZERO
        amount += self.gifts.parts.of(line)
        self.paid[donor, key] += exact(line.amount)
        paid = self.paid[donor, key]
        whole = exact(dues.amount) if dues else paid
        share = min(paid / whole, Decimal(1)) if whole else Decimal(1)
        rows[key] = Payment(amount, (back * share).quantize(CENT, ROUND_HALF_UP))

    def _of(self, line):
        """Return (the payments of the donor with a counterpart, that of the line)."""
        rows = self.by_donor[self.gifts.donor_key(line.contribution_id)]
        dues = line.dues_line_id
        return list(rows.values()), rows.get(dues.id if dues else -line.id)

    def _money(self, amount):
        return self.company.currency_id.format(float(amount))

    def refusal(self, line):
        """Return why what came back keeps a line from being a gift, or None."""
        payments, own = self._of(line)
        if not own:
            return None
        env, rule = self.env, self.rule
        if rule is None:
            text = env._("Nothing says what may come back for gifts of that year.")
            return EXCLUDED, "counterpart", text
        if rule.allows(payments):
            return None
        back, most, ceiling = self._figures(payments, rule)
        if back > most:
            text = env._(
                "0 of %(amount)s: what came back in %(year)s is worth %(back)s, more "
                "than %(share)s %% of the payments for it, %(most)s.",
                amount=self._money(exact(line.amount)),
                year=self.gifts.year,
                back=self._money(back),
                share=f"{rule.share * 100:.0f}",
                most=self._money(most),
            )
        else:
            text = env._(
                "0 of %(amount)s: what came back in %(year)s is worth %(back)s, above "
                "the ceiling of %(ceiling)s a year.",
                amount=self._money(exact(line.amount)),
                year=self.gifts.year,
                back=self._money(back),
                ceiling=self._money(ceiling),
            )
        return EXCLUDED, "counterpart", text

    def text(self, line):
        """Return why a line counts."""
        payments, own = self._of(line)
        if not own:
            return self.env._("Nothing came back for it: it counts in full.")
        back, most, ceiling = self._figures(payments, self.rule)
        return self.env._(
            "It counts in full: what came back in %(year)s is worth %(back)s, at most "
            "%(share)s %% of the payments for it (%(most)s) and %(ceiling)s a year.",
            year=self.gifts.year,
            back=self._money(back),
            share=f"{self.rule.share * 100:.0f}",
            most=self._money(most),
            ceiling=self._money(ceiling),
        )

    def _figures(self, payments, rule):
        back = sum((one.counterpart for one in payments), ZERO)
        paid = sum((one.amount for one in payments), ZERO)
        return back, (paid * rule.share).quantize(CENT), rule.ceiling
