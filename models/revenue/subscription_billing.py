"""What the billing says of a line, so that it is deferred at once: no draft is made
twice. Whatever it does not say is put right when the document is posted."""

from odoo import models
from odoo.tools import SQL

from .deferral import Deferral


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _prepare_line_values(self, document, pricing, wording):
        """Let credit lines know which schedules they reduce, or that what they credit
        was booked as revenue."""
        made = super()._prepare_line_values(document, pricing, wording)
        origins = {item.origin for item in document.items if item.kind == "credit"}
        roots = self._revenue_roots(origins) if origins else {}
        for item, vals in zip(document.items, made, strict=True):
            if item.kind != "credit":
                continue
            if item.origin in roots:
                vals["rr_schedule_id"] = roots[item.origin]
            else:
                vals["rr_never_deferred"] = True
        return made

    def _revenue_roots(self, origins):
        """Return ``{ledger row: schedule}`` of charges that are credited."""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT i.id, s.root_id
                      FROM recurring_billed_item i
                      JOIN recurring_revenue_schedule s
                        ON s.move_line_id = i.move_line_id
                     WHERE i.id IN %(origins)s
                    UNION ALL
                    SELECT billed_item_id, root_id FROM recurring_revenue_schedule
                     WHERE billed_item_id IN %(origins)s
                    """,
                    origins=tuple(origins),
                )
            )
        )

    def _revenue_cause(self, line):
        """Return why a billing gives back what ``line`` credits: one of the causes of
        slices."""
        self.ensure_one()
        start, end = line.deferred_start_date, line.deferred_end_date
        if end and end < line.move_id.date.replace(day=1):
            return "past"
        if self.end_date and start and start >= self.end_date:
            return "terminated"
        if self.state == "paused":
            return "pause"
        return "modification"


class RecurringInvoiceBuilder(models.AbstractModel):
    _inherit = "recurring.invoice.builder"

    def _create_invoices(self, vals_list):
        """Book lines on the deferred account from the beginning where that is known."""
        if vals_list:
            company = self._company_of(vals_list)
            deferral = Deferral(company)
            if deferral.policies and not deferral.obstacle:
                vals_list = [self._rr_deferred(vals, deferral) for vals in vals_list]
        return super()._create_invoices(vals_list)

    def _rr_deferred(self, vals, deferral):
        """Return the values of an invoice with its deferred lines on their account."""
        commands = [
            (code, record, self._rr_deferred_line(vals, line, deferral))
            for code, record, line in vals.get("invoice_line_ids") or ()
        ]
        return {**vals, "invoice_line_ids": commands}

    def _rr_deferred_line(self, header, vals, deferral):
        if not vals.get("product_id"):
            return vals
        planned = Planned(self.env, vals)
        if vals.get("rr_schedule_id"):
            root = planned.rr_schedule_id
            target = root.treatment == "continuous" and root.deferred_account_id
        elif vals.get("rr_never_deferred"):
            return vals
        else:
            answer = deferral.answer(planned, header["invoice_date"])
            target = answer and answer.is_continuous and deferral.deferred_account
        income = target and self._rr_income(header, vals, deferral)
        if not target or not income:
            return vals
        return {
            **vals,
            "account_id": target.id,
            "rr_revenue_account_id": income,
        }

    def _rr_income(self, header, vals, deferral):
        """Return the income account of a line, None where Odoo is to find it: also
        where the account decides about the taxes."""
        if vals.get("account_id"):
            return vals["account_id"]
        key = (vals["product_id"], header.get("fiscal_position_id"))
        if key not in deferral.incomes:
            template = (
                self.env["product.product"].browse(key[0]).product_tmpl_id
            ).with_company(deferral.company)
            position = self.env["account.fiscal.position"].browse(key[1] or ())
            account = template.get_product_accounts(fiscal_pos=position)["income"]
            taxed = "tax_ids" in vals or template.taxes_id or not account.tax_ids
            deferral.incomes[key] = account.id if taxed else None
        return deferral.incomes[key]


class Planned:
    """An invoice line that is not made yet, read like one."""

    def __init__(self, env, vals):
        self.product_id = env["product.product"].browse(vals["product_id"])
        for name, model in (
            ("rr_subscription_id", "recurring.subscription"),
            ("rr_subscription_line_id", "recurring.subscription.line"),
            ("rr_schedule_id", "recurring.revenue.schedule"),
        ):
            setattr(self, name, env[model].browse(vals.get(name) or ()))
        self.deferred_start_date = vals.get("deferred_start_date")
        self.deferred_end_date = vals.get("deferred_end_date")
