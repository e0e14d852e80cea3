"""Dues as invoices: for associations that want a claim on their members."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...exact import exact
from ...guard import applying, typed_over


class RecurringPlanVersion(models.Model):
    _inherit = "recurring.plan.version"

    rr_dues_document = fields.Selection(
        [
            ("call", "Called: no claim, booked when they are received"),
            ("invoice", "Invoiced: a claim, booked when they are called"),
        ],
        string="Dues Are",
        default="call",
        required=True,
    )

    def _publication_problems(self):
        """What bears VAT is invoiced: it could be called, but never be received."""
        problems = super()._publication_problems()
        if self.rr_kind != "membership" or self.rr_dues_document == "invoice":
            return problems
        products = self.charge_ids.product_id.filtered(
            lambda product: any(
                tax.amount
                for tax in product.taxes_id._filter_taxes_by_company(
                    self.plan_id.company_id or self.env.company
                )
            )
        )
        return [
            *problems,
            *(
                self.env._(
                    "“%s” bears VAT: let dues be invoiced, or choose a product "
                    "without VAT.",
                    product.display_name,
                )
                for product in products
            ),
        ]


class RecurringDues(models.Model):
    _inherit = "recurring.dues"

    is_invoiced = fields.Boolean(
        string="Invoiced",
        compute="_compute_is_invoiced",
        store=True,
        readonly=False,
        precompute=True,
        help="Calling these dues makes an invoice, a claim on the payer. Else they are "
        "booked when they are received.",
    )
    invoice_ids = fields.One2many(
        "account.move",
        "rr_dues_id",
        string="Invoices",
        groups="recurring_revenue.group_treasurer",
    )
    invoice_count = fields.Integer(
        compute="_compute_invoice_count", groups="recurring_revenue.group_treasurer"
    )

    @api.depends("plan_id")
    def _compute_is_invoiced(self):
        for dues in self:
            version = dues.plan_id.current_version_id
            dues.is_invoiced = version.rr_dues_document == "invoice"

    @api.depends("invoice_ids")
    def _compute_invoice_count(self):
        for dues in self:
            dues.invoice_count = len(dues.invoice_ids)

    def write(self, vals):
        """What was called stays a call or an invoice."""
        done = self.filtered(lambda dues: dues.state != "draft")
        if typed_over(done, vals, {"is_invoiced"}):
            raise UserError(
                self.env._("%s was called: it stays what it is.", done[0].name)
            )
        return super().write(vals)

    def _invoices(self):
        """Return the invoices that claim these dues and are not credited wholly."""
        # sudo: a secretary calls dues and has no rights in accounting.
        moves = self.sudo().invoice_ids
        return moves.filtered(
            lambda move: move.state == "posted" and move.payment_state != "reversed"
        )

    def action_call(self):
        """Call the dues; where they are invoiced, post the invoice of each payer."""
        result = super().action_call()
        for dues in self:
            if dues.is_invoiced and dues.amount:
                dues._make_invoices()
        return result

    def action_cancel(self):
        """Cancel dues; those that were invoiced are cancelled by a credit note."""
        invoices = self._invoices()
        if invoices:
            raise UserError(
                self.env._(
                    "%(dues)s was invoiced: the credit note of %(invoice)s cancels it.",
                    dues=invoices[0].rr_dues_id.name,
                    invoice=invoices[0].name,
                )
            )
        return super().action_cancel()

    def _partly_paid(self):
        """What was invoiced is not dropped: it is credited."""
        return super()._partly_paid() | self._invoices().rr_dues_id.with_env(self.env)

    def action_open_invoices(self):
        """Open the invoices of these dues."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "domain": [("rr_dues_id", "in", self.ids)],
            "views": [(False, "list"), (False, "form")],
        }

    # ------------------------------------------------------------------
    # Making them
    # ------------------------------------------------------------------

    def _make_invoices(self):
        """Post an invoice for each who pays: third parties their share, in the order
        of the lines, the payer the rest."""
        self.ensure_one()
        # sudo: the claim follows from the call; a secretary has no accounting rights.
        moves = self.env["account.move"].sudo().with_company(self.company_id)
        made = applying(moves).create(
            [
                self._prepare_invoice(partner, parts, due_on)
                for partner, parts, due_on in self._parts_by_payer()
            ]
        )
        moves.browse(made.ids).action_post()

    def _parts_by_payer(self):
        """Return [(partner, [(dues line, Decimal)], day to pay by)] that sum to the
        call exactly."""
        rest = {line: exact(line.amount) for line in self.line_ids}
        asked = [
            (share.partner_id, exact(share.amount), share.due_on or self.due_on)
            for share in self.share_ids
        ]
        asked.append((self.payer_id, exact(self.own_amount), self.due_on))
        found = []
        for partner, amount, due_on in asked:
            parts = []
            for line, left in rest.items():
                part = min(left, amount)
                if part > 0:
                    parts.append((line, part))
                    rest[line] -= part
                    amount -= part
            if parts:
                found.append((partner, parts, due_on))
        return found

    def _prepare_invoice(self, partner, parts, due_on):
        """Return the values of the invoice of one who pays."""
        company = self.company_id
        positions = self.env["account.fiscal.position"].sudo().with_company(company)
        # Services follow the customer, not an address of delivery.
        position = positions._get_fiscal_position(partner, delivery=partner)
        lang = partner.lang or self.env.lang
        day = self.called_on
        values = {
            "move_type": "out_invoice",
            "company_id": company.id,
            "partner_id": partner.id,
            "partner_shipping_id": partner.id,
            "fiscal_position_id": position.id,
            "currency_id": self.currency_id.id,
            "invoice_date": day,
            "invoice_origin": self.name,
            "rr_dues_id": self.id,
            "invoice_line_ids": [
                Command.create(
                    line.with_context(lang=lang)._prepare_invoice_line(
                        part, day, position
                    )
                )
                for line, part in parts
            ],
        }
        if due_on and due_on >= day:
            values.update(invoice_payment_term_id=False, invoice_date_due=due_on)
        return values


class RecurringDuesLine(models.Model):
    _inherit = "recurring.dues.line"

    def _prepare_invoice_line(self, amount, day, position):
        """Return the values of an invoice line: what for, for which days; taxes are
        the product's, by the fiscal position."""
        company, product = self.company_id, self.charge_id.product_id
        price = product.with_company(company)._get_tax_included_unit_price(
            company,
            self.currency_id,
            day,
            "sale",
            fiscal_position=position,
            product_price_unit=float(amount),
            product_currency=self.currency_id,
        )
        values = {
            "product_id": product.id,
            # The number tells members of a household apart; no name in the books.
            "name": f"{self._label()} ({self.membership_id.number})",
            "quantity": 1,
            "price_unit": price,
            "rr_dues_line_id": self.id,
        }
        if self.date_end:
            values.update(
                deferred_start_date=self.date_start, deferred_end_date=self.last_day
            )
        return values
