"""What a subscription takes from its customer, plan and company unless told."""

from odoo import api, fields, models


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    @api.depends("partner_id")
    def _compute_addresses(self):
        for sub in self:
            addresses = (
                sub.partner_id.address_get(["invoice"]) if sub.partner_id else {}
            )
            sub.partner_invoice_id = addresses.get("invoice")
            # The customer itself, not its delivery address: a service is not
            # shipped, and the address given here decides the VAT.
            sub.partner_shipping_id = sub.partner_id

    @api.depends("partner_id")
    def _compute_user_id(self):
        for sub in self:
            sub.user_id = (
                sub.user_id
                or sub.partner_id.user_id
                or sub.partner_id.commercial_partner_id.user_id
                or (
                    self.env.user
                    if self.env.user.has_group("base.group_user")
                    else False
                )
            )

    @api.depends("user_id", "company_id")
    def _compute_team_id(self):
        teams = {}
        for sub in self:
            key = (sub.user_id.id, sub.company_id.id)
            if key not in teams:
                teams[key] = (
                    self.env["crm.team"]
                    .with_company(sub.company_id)
                    ._get_default_team_id(user_id=sub.user_id.id or False)
                )
            sub.team_id = sub.team_id or teams[key]

    @api.depends("plan_id", "start_date")
    def _compute_plan_version_id(self):
        """The version on sale on the day of the start; a draft follows its start."""
        for sub in self:
            own = sub.plan_version_id.plan_id == sub.plan_id
            if own and sub.state != "draft":
                continue
            start = sub.start_date or fields.Date.context_today(sub)
            on_sale = sub.plan_id._version_at(start) if sub.plan_id else False
            if on_sale or not own:
                sub.plan_version_id = on_sale or sub.plan_id.current_version_id

    def _keeps_agreement(self):
        """Tell whether this has started: what was agreed then no longer follows."""
        self.ensure_one()
        return bool(self._origin) and self.state != "draft"

    @api.depends("plan_version_id")
    def _compute_from_version(self):
        for sub in self:
            if sub._keeps_agreement():
                sub.renewal = sub._origin.renewal
                sub.notice_days = sub._origin.notice_days
                continue
            sub.renewal = sub.plan_version_id.renewal
            sub.notice_days = sub.plan_version_id.notice_days

    @api.depends("partner_id", "company_id")
    def _compute_pricelist_id(self):
        for sub in self:
            if sub._keeps_agreement():
                sub.pricelist_id = sub._origin.pricelist_id
                continue
            partner = sub.partner_id.with_company(sub.company_id)
            sub.pricelist_id = partner.property_product_pricelist

    @api.depends("pricelist_id", "plan_version_id")
    def _compute_currency_id(self):
        for sub in self:
            if sub._keeps_agreement():
                sub.currency_id = sub._origin.currency_id
                continue
            sub.currency_id = (
                sub.pricelist_id.currency_id
                or sub.plan_version_id.currency_id
                or sub.company_id.currency_id
            )

    @api.depends("partner_invoice_id", "plan_version_id", "company_id")
    def _compute_payment_term_id(self):
        for sub in self:
            partner = sub.partner_invoice_id.with_company(sub.company_id)
            sub.payment_term_id = (
                sub.plan_version_id.payment_term_id
                or partner.property_payment_term_id
                or sub.company_id.rr_payment_term_id
            )

    @api.depends("partner_invoice_id", "company_id")
    def _compute_payment_method(self):
        for sub in self:
            partner = sub.partner_invoice_id.with_company(sub.company_id)
            sub.preferred_payment_method_line_id = (
                partner.property_inbound_payment_method_line_id
            )

    @api.depends("company_id")
    def _compute_invoice_grouping(self):
        for sub in self:
            sub.invoice_grouping = sub.company_id.rr_invoice_grouping or "subscription"

    @api.depends(lambda self: ["partner_id", *self._billing_group_fields()])
    def _compute_billing_group(self):
        for sub in self:
            if sub.invoice_grouping != "customer":
                sub.billing_group = f"s{sub.id}" if isinstance(sub.id, int) else False
                continue
            values = {name: sub[name] for name in self._billing_group_fields()[1:]}
            if values["partner_shipping_id"] == sub.partner_id:
                # The service is used by the subscriber: who pays for several gets one
                # invoice. Where tax law differs, the billing parts them.
                values["partner_shipping_id"] = sub.browse()
            keys = (str(value.id or 0) for value in values.values())
            sub.billing_group = "c" + "/".join(keys)

    @api.model
    def _billing_group_fields(self):
        """The wish to group, then what must be the same on one invoice."""
        return [
            "invoice_grouping",
            "company_id",
            "partner_invoice_id",
            "partner_shipping_id",
            "currency_id",
            "payment_term_id",
            "journal_id",
            "fiscal_position_id",
            "preferred_payment_method_line_id",
        ]
