"""What a register answered about a VAT number, and when: evidence, never changed."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..guard import applying, is_applying
from . import vies
from .numbers import CHECKED_BY_VIES, vat_finding

ANSWERS = [
    ("confirmed", "Confirmed"),
    ("refused", "Refused"),
    ("unreachable", "No answer"),
]


class RecurringVatCheck(models.Model):
    """One question about one number, and its answer.

    The last one that is an answer stands for as long as the customer has this number:
    a register that cannot be reached changes nothing.
    """

    _name = "recurring.vat.check"
    _description = "VAT Number Check"
    _order = "asked_on desc, id desc"
    _rec_name = "number"

    # Who never was invoiced may be forgotten with the evidence; a VAT decision keeps
    # everybody else.
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        string="Asked By",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Recorded By",
        default=lambda self: self.env.user,
        readonly=True,
    )
    number = fields.Char(
        string="VAT Number",
        required=True,
        default=lambda self: self._default_number(),
    )
    asked_on = fields.Datetime(
        required=True, default=lambda self: fields.Datetime.now()
    )
    answer = fields.Selection(ANSWERS, required=True)
    source = fields.Selection(
        [("vies", "VIES"), ("hand", "Another register, by hand")],
        required=True,
        default="hand",
        readonly=True,
    )
    consultation = fields.Char(
        string="Consultation Number",
        help="Proves that the number was asked about on that day.",
    )
    name = fields.Char(string="Name in the Register")
    address = fields.Char(string="Address in the Register")
    message = fields.Char(
        help="Why there was no answer; or which register was looked up, by hand."
    )

    _partner_asked_on = models.Index("(partner_id, asked_on DESC)")

    @api.model
    def _default_number(self):
        partner = self.env["res.partner"].browse(
            self.env.context.get("default_partner_id")
        )
        return partner.commercial_partner_id.rr_vat_number

    @api.model_create_multi
    def create(self, vals_list):
        if not is_applying(self.env):
            for vals in vals_list:
                self._check_by_hand(vals)
        return super().create(vals_list)

    def _check_by_hand(self, vals):
        """Refuse what somebody records that no register can have answered."""
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        holder = partner.commercial_partner_id
        vals.update(source="hand", user_id=self.env.uid, partner_id=holder.id)
        vals["number"] = holder.rr_vat_number
        vals.setdefault("asked_on", fields.Datetime.now())
        if not holder.rr_vat_number or holder.rr_vat_number_state == "malformed":
            raise UserError(
                self.env._(
                    "%s has no VAT number that a register could know.",
                    partner.display_name,
                )
            )
        if vals.get("answer") == "unreachable" or not vals.get("message"):
            raise UserError(
                self.env._("Say which register was looked up, and what it answered.")
            )
        if fields.Datetime.to_datetime(vals["asked_on"]) > fields.Datetime.now():
            raise UserError(self.env._("A register cannot have answered tomorrow."))

    def write(self, vals):
        if not is_applying(self.env):
            raise UserError(
                self.env._("What a register answered is evidence: it never changes.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("What a register answered is evidence: it is never deleted.")
        )

    # ------------------------------------------------------------------
    # Asking VIES
    # ------------------------------------------------------------------

    @api.model
    def _ask(self, partner, company):
        """Ask VIES about a customer's number for a company; return (check, reply).

        Takes seconds: only for scheduled actions and buttons, never while billing.

        :param partner: a customer whose number VIES can know
        """
        # sudo: the answer is recorded for who may ask, not for who may write evidence.
        holder = partner.commercial_partner_id.sudo()
        reply = vies.ask(holder.rr_vat_number, self._requester(company))
        check = applying(self.sudo()).create(
            {
                "partner_id": holder.id,
                "company_id": company.id,
                "number": holder.rr_vat_number,
                "source": "vies",
                "answer": reply.answer,
                "consultation": reply.consultation,
                "name": reply.name,
                "address": " ".join(reply.address.split()),
                "message": reply.message,
            }
        )
        return check, reply

    @api.model
    def _requester(self, company):
        """Return the company's own number as VIES takes it, empty without one."""
        company = company.sudo()
        country = company.account_fiscal_country_id or company.country_id
        own = vat_finding(company.vat, country.code or "")
        usable = own and not own.fault and own.country in CHECKED_BY_VIES
        return own.number if usable else ""
