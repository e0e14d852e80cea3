"""Documents for many: printed or sent in the background, from lists and forms."""

from odoo import fields, models
from odoo.exceptions import UserError

from .document_dues import REPORTS as DUES_REPORTS
from .document_membership import COUNTING, REPORTS

ON_A_SHEET = 10  # cards on a sheet of A4
SENT_WITH = {
    "card": "recurring_revenue.mail_template_membership_card",
    "attestation": "recurring_revenue.mail_template_attestation",
}


class RecurringMembership(models.Model):
    _inherit = "recurring.membership"

    def _start_documents(self, kind, send=False):
        """Make a kind of document for these members in the background.

        :param kind: "card", "cards" (ten on a sheet), "attestation" or "payment"
        :param send: send each by e-mail; who has no address stays to be printed
        :return: the action that shows the progress
        """
        names = {
            "card": self.env._("Membership cards"),
            "cards": self.env._("Membership cards on A4 sheets"),
            "attestation": self.env._("Attestations of membership"),
            "payment": self.env._("Attestations of payment"),
        }
        name, members = names[kind], self
        if kind == "cards":
            # One who gets none would keep nine others from theirs.
            members = self.filtered(lambda one: one.state in COUNTING)
            if not members:
                raise UserError(
                    self.env._("None of them is up to date: there is no card to print.")
                )
            if out := len(self) - len(members):
                name += self.env._(" – %s left out: not up to date", out)
        day = self.env.context.get("membership_day")
        run = self.env["recurring.print.run"]._start(
            name,
            REPORTS[kind],
            members.sorted(lambda one: (one.number, one.id)),
            self.env.ref(SENT_WITH[kind]) if send else None,
            together=ON_A_SHEET if kind == "cards" else 1,
            context={"membership_day": str(day)} if day else None,
        )
        return run._form_action()

    def action_print_card(self):
        """Print the membership card."""
        return self._print_one("card")

    def action_print_attestation(self):
        """Print the attestation of membership."""
        return self._print_one("attestation")

    def action_print_payment(self):
        """Print the attestation of payment."""
        return self._print_one("payment")

    def _print_one(self, kind):
        self.ensure_one()
        if kind == "payment":
            self._payment_attestation()
        else:
            self._check_holds()
        return self.env.ref(REPORTS[kind]).report_action(self, config=False)

    def action_send_card(self):
        """Open the e-mail with the membership card."""
        return self._compose("card")

    def action_send_attestation(self):
        """Open the e-mail with the attestation of membership."""
        return self._compose("attestation")

    def _compose(self, kind):
        self.ensure_one()
        self._check_holds()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": self.env.ref(SENT_WITH[kind]).id,
                "default_composition_mode": "comment",
            },
        }

    def _document_recipient(self):
        """Return who gets the documents of a member by e-mail: themselves, the
        guardian of someone under age, or who pays where there is no address."""
        self.ensure_one()
        answers = self.acting_guardian_id or self.partner_id
        candidates = (answers, self.partner_id, self.representative_id, self.payer_id)
        return next((one for one in candidates if one.email), answers)


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    def _start_documents(self, kind):
        """Make the calls, or the renewal "letter"s, in the background.

        :return: the action that shows the progress
        """
        names = {
            "call": self.env._("Calls for dues"),
            "letter": self.env._("Renewal letters"),
        }
        run = self.env["recurring.print.run"]._start(
            names[kind],
            DUES_REPORTS[kind],
            self.sorted(lambda one: (one.name, one.id)),
        )
        return run._form_action()

    def action_print_call(self):
        """Print the call for dues."""
        self.ensure_one()
        report = self.env.ref(DUES_REPORTS["call"])
        return report.report_action(self, config=False)

    def action_print_letter(self):
        """Print the renewal letter."""
        self.ensure_one()
        report = self.env.ref(DUES_REPORTS["letter"])
        return report.report_action(self, config=False)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rr_documents_signatory = fields.Char(
        related="company_id.rr_documents_signatory", readonly=False
    )
    rr_documents_signature = fields.Binary(
        related="company_id.rr_documents_signature", readonly=False
    )
    rr_letter_text = fields.Html(related="company_id.rr_letter_text", readonly=False)
