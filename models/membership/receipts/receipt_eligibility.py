"""What of the contributions of a calendar year a tax receipt may certify, and why.

Each booked contribution line gets one finding: receipted already, here or elsewhere,
eligible, excluded by a rule, or lacking something that a receipt must say. Findings
add up to everything that was booked; the report of a year's receipts rests on that.
"""

from datetime import date
from functools import cached_property

from ....engine.gifts import ZERO
from ...exact import exact
from .receipt_counterparts import Counterparts
from .receipt_finding import (
    ELIGIBLE,
    ELSEWHERE,
    EXCLUDED,
    MISSING,
    RECEIPTED,
    Draft,
    Finding,
)
from .receipt_gift_part import GiftParts

PAID = ("paid", "in_payment")
# Allowed by which tick of a basis, by kind of article.
TICKS = {
    "income_tax": "allows_income_tax",
    "companies": "allows_companies",
    "wealth_tax": "allows_wealth_tax",
}


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
