"""What members download in the portal: card, attestations, tax receipts."""

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from .membership_portal import MembershipPortal

KINDS = ("card", "attestation", "payment")


class PortalDocuments(MembershipPortal):
    @http.route(
        "/my/membership/<int:membership_id>/document/<string:kind>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_membership_document(self, membership_id, kind, **kw):
        """Hand out a document of a membership; an attestation of payment to who paid,
        everything to the member, guardian or representative."""
        membership_sudo = self._membership(membership_id)
        partner = request.env.user.partner_id
        if not membership_sudo or kind not in KINDS:
            return request.redirect("/my/memberships")
        is_payer = partner == membership_sudo.payer_id
        if not membership_sudo._may_decide(partner) and not is_payer:
            return request.redirect(f"/my/membership/{membership_id}")
        try:
            content, name = membership_sudo._rr_document(kind)
        except UserError as error:
            return self._page(membership_id, error=str(error))
        return self._pdf(content, name)

    @http.route("/my/receipts", type="http", auth="user", website=True)
    def portal_receipts(self, **kw):
        """List the tax receipts of the visitor."""
        receipts = request.env["recurring.tax.receipt"]
        found = receipts.browse()
        if receipts.has_access("read"):
            found = receipts.search(self._receipt_domain())
        values = {"page_name": "receipts", "receipts": found.sudo()}
        return request.render("recurring_revenue.portal_receipts", values)

    @http.route(
        "/my/receipts/<int:receipt_id>/pdf", type="http", auth="user", website=True
    )
    def portal_receipt_pdf(self, receipt_id, **kw):
        """Hand out a tax receipt; what was handed over on an earlier day is a
        duplicate."""
        try:
            receipt_sudo = self._document_check_access(
                "recurring.tax.receipt", receipt_id
            )
        except (AccessError, MissingError):
            return request.redirect("/my/receipts")
        receipt_sudo.filtered("is_out")._note_duplicate()
        receipt_sudo._note_printed()
        reports = request.env["ir.actions.report"].sudo()  # donors read no reports
        content, _kind = reports._render_qweb_pdf(
            "recurring_revenue.action_report_tax_receipt", receipt_sudo.ids
        )
        return self._pdf(content, f"{receipt_sudo._file_name()}.pdf")

    def _receipt_domain(self):
        partner = request.env.user.partner_id
        donors = (partner | partner.commercial_partner_id).ids
        return [
            "|",
            ("partner_id", "in", donors),
            ("joint_partner_id", "in", donors),
        ]

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "tax_receipt_count" in counters:
            values["tax_receipt_count"] = self._count(
                "recurring.tax.receipt", self._receipt_domain()
            )
        return values

    def _pdf(self, content, name):
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
        ]
        return request.make_response(content, headers=headers)
