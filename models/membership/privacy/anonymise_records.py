"""What requests to join, documents and payments say of a person who is anonymised."""

from odoo import models

# Models of which messages go with the person, by the field that names them, and whether
# their files go too: those of money are vouchers, which stay as long as the entries.
TALKED = {
    "recurring.membership": ("partner_id", True),
    "recurring.dues": ("payer_id", True),
    "recurring.contribution": ("partner_id", False),
    "recurring.gift.pledge": ("partner_id", True),
    "recurring.expense.waiver": ("partner_id", False),
    "recurring.tax.receipt": ("partner_id", False),
}
# What a payment repeats of who paid.
PAYER = ("name", "email", "address", "zip", "city", "state_id", "phone")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _why_not_anonymised(self, company, day):
        """Keep who promised gifts or asked to join again, too."""
        reason = super()._why_not_anonymised(company, day)
        if reason:
            return reason
        partner = self.sudo()  # every company and document counts
        if (
            self.env["recurring.gift.pledge"]
            .sudo()
            .search_count(
                [("partner_id", "=", self.id), ("state", "=", "running")], limit=1
            )
        ):
            return self.env._("Has promised gifts: stop the recurring gift first.")
        if partner.email_normalized and self.env[
            "recurring.join.request"
        ].sudo().search_count(
            [
                ("email", "=", partner.email_normalized),
                ("state", "in", ("waiting", "review")),
            ],
            limit=1,
        ):
            return self.env._("Has asked to join again: decide that first.")
        return False

    def _forget_talk(self):
        """Delete messages, activities and files about this person, and their address
        on messages that they wrote elsewhere."""
        self._forget_talk_about(self, True)
        for model, (field, has_files) in TALKED.items():
            found = self.env[model].search([(field, "=", self.id)])
            self._forget_talk_about(found, has_files)
        self.env["mail.message"].search([("author_id", "=", self.id)]).write(
            {"email_from": False}
        )
        self.env["mail.mail"].search([("recipient_ids", "in", self.ids)]).unlink()

    def _forget_talk_about(self, records, has_files):
        """Delete what was said on records; ``has_files``: and their files."""
        domain = [("res_id", "in", records.ids)]
        messages = self.env["mail.message"].search(
            [("model", "=", records._name), *domain]
        )
        messages.unlink()
        for model in ("mail.followers", "ir.attachment"):
            if has_files or model != "ir.attachment":
                self.env[model].search(
                    [("res_model", "=", records._name), *domain]
                ).unlink()
        if "activity_ids" in records._fields:
            records.activity_ids.unlink()

    def _forget_files(self):
        """Empty what requests, documents and payments repeat of this person, too."""
        result = super()._forget_files()
        self.rr_membership_ids.write({"note": False})
        self._forget_requests()
        self._forget_prints()
        payments = self.env["payment.transaction"].search(
            [("partner_id", "=", self.id)]
        )
        payments.write({f"partner_{name}": False for name in PAYER})
        return result

    def _forget_requests(self):
        """Delete the requests to join of this person; of those of somebody else who
        named them, their name and date of birth."""
        requests = self.env["recurring.join.request"]
        requests.search([("contact_id", "=", self.id)]).unlink()
        people = self.env["recurring.join.person"].search(
            [("membership_id.partner_id", "=", self.id)]
        )
        people.write({"name": self._neutral_name(), "birthdate": False})

    def _forget_prints(self):
        """Empty the documents that runs made for this person, whatever about."""
        named = {
            "recurring.membership": "partner_id",
            "recurring.dues": "payer_id",
            "recurring.contribution": "partner_id",
            "recurring.tax.receipt": "partner_id",
            "res.partner": "id",
        }
        for model, field in named.items():
            records = self.env[model].search([(field, "=", self.id)])
            lines = self.env["recurring.print.line"].search(
                [("res_model", "=", model), ("res_id", "in", records.ids)]
            )
            lines.write({"name": False, "document": False, "document_name": False})

    def _keep_identity(self, company, day):
        """Keep it for the entries and receipts of every association."""
        result = super()._keep_identity(company, day)
        for other in self.env["res.company"].search([("id", "!=", company.id)]):
            super()._keep_identity(other, day)
        return result
