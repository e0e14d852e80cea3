"""A call for dues on the web: by login or by the personal link, and its payment."""

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.payment.controllers.portal import PaymentPortal

from ..models.exact import exact


class DuesPortal(PaymentPortal):
    @http.route(
        "/my/dues/<int:dues_id>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def portal_dues(self, dues_id, access_token=None, **kw):
        """Show a call for dues and how to pay it, to who is asked for it or has the
        link; anyone else is led to the login."""
        try:
            dues_sudo = self._dues_of_visitor(dues_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return request.render(
            "recurring_revenue.portal_dues_page",
            self._dues_page_values(dues_sudo, access_token),
        )

    @http.route("/my/dues/<int:dues_id>/transaction", type="jsonrpc", auth="public")
    def portal_dues_transaction(self, dues_id, access_token=None, amount=0, **kwargs):
        """Start the payment of a call.

        :param amount: one of those that the page offered; any other is refused
        :return: what the provider's form needs
        """
        try:
            dues_sudo = self._dues_of_visitor(dues_id, access_token)
        except (AccessError, MissingError) as error:
            raise ValidationError(request.env._("This link is not valid.")) from error
        asked = exact(round(float(amount or 0), 6))
        if asked not in dues_sudo._payable_amounts() or dues_sudo._is_paying():
            raise ValidationError(
                request.env._(
                    "What is owed has changed in the meantime: reload the page."
                )
            )
        self._validate_transaction_kwargs(kwargs)
        partner_sudo = self._dues_partner(dues_sudo)
        self._check_payment_option(dues_sudo, partner_sudo, float(asked), kwargs)
        kwargs.update(
            partner_id=partner_sudo.id,
            currency_id=dues_sudo.currency_id.id,
            is_validation=False,
            landing_route=dues_sudo.get_portal_url(),
        )
        tx_sudo = self._create_transaction(
            amount=float(asked), custom_create_values={"rr_dues_id": dues_id}, **kwargs
        )
        return tx_sudo._get_processing_values()

    # ------------------------------------------------------------------
    # What the routes share
    # ------------------------------------------------------------------

    def _dues_of_visitor(self, dues_id, access_token):
        """Return the call, in superuser mode.

        :raises AccessError: neither the visitor's own, nor a valid token
        :raises MissingError: there is none, or it was not called yet
        """
        dues_sudo = self._document_check_access(
            "recurring.dues", dues_id, access_token=access_token
        )
        if dues_sudo.state == "draft":
            raise MissingError(request.env._("This call for dues was not sent yet."))
        return dues_sudo.with_context(lang=request.env.lang)

    def _dues_partner(self, dues_sudo):
        """Return who pays: a tax receipt is in this name. Who is logged in and has to
        do with the call, else the payer to whom the link was sent."""
        user = request.env.user
        partner = user.partner_id.browse() if user._is_public() else user.partner_id
        return dues_sudo._pays_as(partner.sudo())

    def _dues_page_values(self, dues_sudo, access_token):
        user = request.env.user
        is_payer = user.partner_id == dues_sudo.payer_id
        lines_sudo = dues_sudo.line_ids
        by_link = consteq(dues_sudo.access_token or "", access_token or " ")
        if not (by_link or is_payer or user._is_internal()):
            # Who is one of several that somebody pays for sees only what is theirs.
            own = request.env["recurring.dues.line"].search(
                [("dues_id", "=", dues_sudo.id)]
            )
            lines_sudo = own.sudo()
        amounts = dues_sudo._payable_amounts()
        values = {
            "page_name": "dues",
            "dues": dues_sudo,
            "lines": lines_sudo,
            "hides_others": len(lines_sudo) < len(dues_sudo.line_ids),
            "left": float(dues_sudo._left_to_pay()),
            "is_settled": not dues_sudo._left(),
            "is_paying": dues_sudo._is_paying(),
            "bank": dues_sudo.company_id._dues_account(),
            "res_company": dues_sudo.company_id,
            "no_breadcrumbs": user._is_public(),
            "paid_on": max(
                (line.paid_on for line in dues_sudo.line_ids if line.paid_on),
                default=None,
            ),
            "today": fields.Date.context_today(dues_sudo),
        }
        if amounts and not values["is_paying"]:
            chosen = self._chosen_amount(amounts)
            values |= {
                "amounts": [float(amount) for amount in amounts],
                **self._dues_payment_values(dues_sudo, chosen),
            }
        return values

    def _chosen_amount(self, amounts):
        """Return the amount that the visitor chose among those that may be paid, else
        what is left."""
        wanted = self._cast_as_float(request.params.get("amount"))
        chosen = [amount for amount in amounts if float(amount) == wanted]
        return float((chosen or amounts)[-1])

    def _dues_payment_values(self, dues_sudo, amount):
        """Return what Odoo's payment form needs."""
        partner_sudo = self._dues_partner(dues_sudo)
        providers_sudo, methods_sudo, report = self._dues_options(
            dues_sudo, partner_sudo, amount
        )
        tokens_sudo = request.env["payment.token"].sudo()
        if request.env.user.partner_id == partner_sudo:
            # Saved cards are for who is logged in: a link may be passed on.
            tokens_sudo = tokens_sudo._get_available_tokens(
                providers_sudo.ids, partner_sudo.id
            )
        return {
            "amount": amount,
            "currency": dues_sudo.currency_id,
            "partner_id": partner_sudo.id,
            "providers_sudo": providers_sudo,
            "payment_methods_sudo": methods_sudo,
            "tokens_sudo": tokens_sudo,
            "availability_report": report,
            "transaction_route": f"/my/dues/{dues_sudo.id}/transaction",
            "landing_route": dues_sudo.get_portal_url(),
            "access_token": dues_sudo._portal_ensure_token(),
            "company_mismatch": not self._can_partner_pay_in_company(
                partner_sudo, dues_sudo.company_id
            ),
            "expected_company": dues_sudo.company_id,
            "show_tokenize_input_mapping": (
                self._compute_show_tokenize_input_mapping(providers_sudo)
                if request.env.user.partner_id == partner_sudo
                else dict.fromkeys(providers_sudo.ids, False)
            ),
        }

    def _dues_options(self, dues_sudo, partner_sudo, amount):
        """Return the providers and payment methods that fit, and why others do not.

        In sudo mode, since visitors may not read providers.
        """
        report = {}
        providers_sudo = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                dues_sudo.company_id.id,
                partner_sudo.id,
                amount,
                currency_id=dues_sudo.currency_id.id,
                report=report,
            )
        )
        methods_sudo = (
            request.env["payment.method"]
            .sudo()
            ._get_compatible_payment_methods(
                providers_sudo.ids,
                partner_sudo.id,
                currency_id=dues_sudo.currency_id.id,
                report=report,
            )
        )
        return providers_sudo, methods_sudo, report

    def _check_payment_option(self, dues_sudo, partner_sudo, amount, kwargs):
        """Refuse a provider that the page did not offer, for instance that of another
        association, and a saved card without login."""
        providers_sudo, methods_sudo, _report = self._dues_options(
            dues_sudo, partner_sudo, amount
        )
        by_token = kwargs.get("flow") == "token"
        if (
            kwargs.get("provider_id") not in providers_sudo.ids
            or (
                not by_token and kwargs.get("payment_method_id") not in methods_sudo.ids
            )
            or (by_token and request.env.user.partner_id != partner_sudo)
        ):
            raise ValidationError(
                request.env._("This way of paying is not offered here.")
            )
