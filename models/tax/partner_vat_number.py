"""What is known of a customer's VAT number: by its digits, and by what VIES answered.

Everything that a decision needs stands on the customer, written when the number or an
answer comes: billing asks nobody.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .number_texts import fault_text
from .numbers import CHECKED_BY_VIES, vat_finding

STATES = [
    ("none", "None"),
    ("malformed", "Wrong"),
    ("refused", "Refused"),
    ("plausible", "Not confirmed"),
    ("confirmed", "Confirmed"),
]
READERS = (
    "recurring_revenue.group_user,account.group_account_readonly,"
    "account.group_account_invoice"
)
LONGEST = 7 * 24  # hours between two questions to a register that does not answer
AT_ONCE = 20  # customers of one press of the button: each may take seconds


class ResPartner(models.Model):
    _inherit = "res.partner"

    rr_vat_check_ids = fields.One2many(
        "recurring.vat.check",
        "partner_id",
        string="Answers about the VAT Number",
        groups=READERS,
    )
    rr_vat_number = fields.Char(
        string="VAT Number as Registered",
        compute="_compute_rr_vat_number",
        store=True,
    )
    rr_vat_number_state = fields.Selection(
        STATES,
        string="State of the VAT Number",
        compute="_compute_rr_vat_number",
        store=True,
        help="Wrong: its form or check digits. Refused and confirmed: by VIES or "
        "another register, when it last answered.",
    )
    rr_vat_number_country = fields.Char(
        string="Country of the VAT Number",
        compute="_compute_rr_vat_number",
        store=True,
        help="ISO code, XI for Northern Ireland.",
    )
    rr_vat_check_id = fields.Many2one(
        "recurring.vat.check",
        string="Answer That Stands",
        groups=READERS,
        compute="_compute_rr_vat_number",
        store=True,
    )
    rr_vat_answered_on = fields.Datetime(
        string="VAT Number Answered On",
        compute="_compute_rr_vat_number",
        store=True,
    )
    rr_vat_retry_on = fields.Datetime(
        string="Ask VIES Again On",
        compute="_compute_rr_vat_number",
        store=True,
        help="Set while VIES does not answer: after one hour, two, four, at most a "
        "week.",
    )
    rr_vat_number_message = fields.Char(
        string="VAT Number", compute="_compute_rr_vat_number_message"
    )

    @api.depends("vat", "country_id", "commercial_partner_id", "rr_vat_check_ids")
    def _compute_rr_vat_number(self):
        """The holder of a number is the customer's company; its contacts share it."""
        # sudo: whoever changes a number, what registers said of it is known.
        for partner in self.sudo():
            finding = None
            if partner == partner.commercial_partner_id:
                finding = vat_finding(partner.vat, partner.country_id.code or "")
            number = finding.number if finding else False
            asked = partner.rr_vat_check_ids.filtered(
                lambda check, number=number: number and check.number == number
            ).sorted(lambda check: (check.asked_on, check.id), reverse=True)
            standing = asked.filtered(lambda check: check.answer != "unreachable")[:1]
            partner.rr_vat_number = number
            partner.rr_vat_number_country = finding.country if finding else False
            partner.rr_vat_number_state = _state(finding, standing)
            partner.rr_vat_check_id = standing._origin
            partner.rr_vat_answered_on = standing.asked_on
            partner.rr_vat_retry_on = _retry_on(asked, standing)

    def _vat_number_facts(self):
        """Return (what is known of the VAT number, the country that gave it).

        The country is an ISO code or "XI", empty without a number. Costs no query of
        its own: what is known stands on the customer.
        """
        self.ensure_one()
        return self.rr_vat_number_state or "none", self.rr_vat_number_country or ""

    def _vat_number_evidence(self):
        """Return what a decision keeps of the VAT number: its state, who said so, when.

        Read for a whole batch at once: no query per customer.
        """
        self.ensure_one()
        state, country = self._vat_number_facts()
        kept = {
            "number": self.vat or "",
            "number_state": state,
            "number_country": country,
        }
        # sudo: whoever bills keeps the evidence, also of another company's question.
        check = self.sudo().rr_vat_check_id
        if not check:
            return kept
        return kept | {
            "number_check": check.id,
            "number_answered_on": fields.Datetime.to_string(check.asked_on),
            "number_consultation": check.consultation or "",
            "number_source": check.source,
        }

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    @api.depends("rr_vat_number_state", "rr_vat_answered_on", "vat", "country_id")
    @api.depends_context("lang", "tz")
    def _compute_rr_vat_number_message(self):
        for partner in self:
            sentence = partner._vat_number_sentence() if partner.vat else ""
            partner.rr_vat_number_message = sentence[:1].upper() + sentence[1:]

    def _vat_number_sentence(self):
        """Return what is known of the customer's VAT number, in words.

        E.g. "number confirmed on 11/12/2026 (consultation WAPI123)".
        """
        self.ensure_one()
        holder = self.commercial_partner_id
        state = holder.rr_vat_number_state
        if state == "malformed":
            finding = vat_finding(holder.vat, holder.country_id.code or "")
            return fault_text(self.env, finding)
        if state in ("confirmed", "refused"):
            return holder._vat_answer_sentence()
        if not holder.rr_vat_number:
            return self.env._("no VAT number")
        if holder.rr_vat_number_country not in CHECKED_BY_VIES:
            return self.env._("number not confirmed: VIES does not know this country")
        if holder.rr_vat_retry_on:
            return self.env._("number not confirmed: VIES does not answer")
        return self.env._("number not confirmed yet")

    def _vat_answer_sentence(self):
        # sudo: who sees the customer may know what its number is worth.
        check = self.sudo().rr_vat_check_id
        asked = fields.Datetime.context_timestamp(self, check.asked_on)
        day = format_date(self.env, asked.date())
        if check.answer == "refused":
            return self.env._("number refused on %s", day)
        if not check.consultation:
            return self.env._("number confirmed on %s", day)
        return self.env._(
            "number confirmed on %(day)s (consultation %(consultation)s)",
            day=day,
            consultation=check.consultation,
        )

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def action_ask_vies(self):
        """Ask VIES about these customers' numbers now; the answers are kept.

        :raises UserError: for a number that VIES cannot know, and for too many at once
        """
        if not self._vat_may_ask():
            raise AccessError(
                self.env._("Billing officers and accountants ask about VAT numbers.")
            )
        holders = self.commercial_partner_id
        if len(holders) > AT_ONCE:
            raise UserError(
                self.env._(
                    "At most %s customers at once: VIES takes seconds for each. The "
                    "others are asked about in the background.",
                    AT_ONCE,
                )
            )
        if len(holders) == 1 and (reason := holders._why_not_vies()):
            raise UserError(reason)
        return self._vat_tell(
            [
                self.env._(
                    "%(customer)s: %(sentence)s",
                    customer=holder.display_name,
                    sentence=holder._why_not_vies() or holder._ask_vies(),
                )
                for holder in holders
            ]
        )

    def _vat_may_ask(self):
        groups = (
            "recurring_revenue.group_billing",
            "account.group_account_invoice",
        )
        return self.env.su or any(map(self.env.user.has_group, groups))

    def _why_not_vies(self):
        """Return why VIES cannot be asked about this customer, empty if it can."""
        if self.rr_vat_number_state == "malformed":
            return self._vat_number_sentence()
        if not self.rr_vat_number:
            return self.env._("no VAT number")
        if self.rr_vat_number_country in CHECKED_BY_VIES:
            return ""
        return self.env._(
            "VIES knows the numbers of the member states and of Northern Ireland. Look "
            "others up in their country's register, and record the answer by hand."
        )

    def _ask_vies(self):
        """Ask VIES now and return what came of it, in words."""
        checks = self.env["recurring.vat.check"]
        _check, reply = checks._ask(self, self.env.company)
        if reply.answer != "unreachable":
            return self._vat_number_sentence()
        # The technical reason stands with the answers, for whoever wants it.
        return self.env._(
            "VIES did not answer. What it said last stands; it is asked again in the "
            "background."
        )

    def _vat_tell(self, lines):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": self.env._("VIES"),
                "message": "\n".join(lines),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_rr_vat_checks(self):
        """Open what registers answered about this customer's number."""
        holder = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recurring_revenue.recurring_vat_check_action"
        )
        action["domain"] = [("partner_id", "in", holder.ids)]
        action["context"] = {"default_partner_id": holder[:1].id}
        return action


def _state(finding, standing):
    if finding is None:
        return "none"
    if finding.fault:
        return "malformed"
    return standing.answer or "plausible"


def _retry_on(asked, standing):
    """When to ask again, False while there is an answer or nothing was asked."""
    failed = 0
    for check in asked:
        if check == standing:
            break
        failed += 1
    if not failed:
        return False
    hours = min(2 ** (failed - 1), LONGEST)
    return asked[0].asked_on + timedelta(hours=hours)
