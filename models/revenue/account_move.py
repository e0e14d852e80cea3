"""Posting defers, taking back takes the schedules back, whoever makes the invoice.

Which line is deferred stands in ``deferral``, what a line is booked on in
``account_move_line``, what is written in ``schedule_build`` and ``schedule_credits``.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..guard import typed_over
from .deferral import Deferral, accounting_day


class AccountMove(models.Model):
    _inherit = "account.move"

    rr_revenue_run_id = fields.Many2one(
        "recurring.revenue.run",
        string="Recognised By",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    rr_schedule_count = fields.Integer(compute="_compute_rr_schedule_count")

    @api.depends("line_ids")
    def _compute_rr_schedule_count(self):
        counts = dict(
            self.env["recurring.revenue.schedule"]._read_group(
                [("move_id", "in", self.ids)], ["move_id"], ["__count"]
            )
        )
        for move in self:
            move.rr_schedule_count = counts.get(move._origin, 0)

    # ------------------------------------------------------------------
    # Posting
    # ------------------------------------------------------------------

    def _post(self, soft=True):
        """Book what is not earned yet as deferred, and write when it will be."""
        books = self._rr_deferrals()
        for company, moves in self._rr_sales(books).items():
            moves._rr_book_deferred(books[company])
        posted = super()._post(soft)
        for company, moves in posted._rr_sales(books).items():
            moves._rr_write_schedules(books[company])
        return posted

    def _rr_deferrals(self):
        """Return ``{company: Deferral}`` of the companies that defer revenue."""
        found = {}
        for company in self.company_id:
            deferral = Deferral(company)
            if deferral.policies and not company._revenue_rival():
                found[company] = deferral
        return found

    def _rr_sales(self, books):
        """Return the sales documents with lines for the companies in ``books``."""
        if not books:
            return {}
        sales = self.filtered(
            lambda move: (
                move.company_id in books
                and move.is_sale_document(include_receipts=True)
            )
        )
        return sales.grouped("company_id")

    def _rr_book_deferred(self, deferral):
        """Put draft lines on the account on which they belong: deferred or income."""
        known, groups = {}, {}
        self._rr_free_deferred()
        for move in self:
            day = accounting_day(move, known)
            for line in move.invoice_line_ids:
                if line.display_type != "product":
                    continue
                deferred = line._rr_booked_on(deferral, day)
                income = line._rr_earned_on(deferral, day)
                target = deferred or income
                kept = income if target != income else income.browse()
                if line.account_id != target or line.rr_revenue_account_id != kept:
                    key = (target, kept)
                    groups[key] = groups.get(key, line.browse()) | line
        for (target, kept), lines in groups.items():
            deferral.check()
            fixed = [lines._fields["analytic_distribution"], lines._fields["tax_ids"]]
            with self.env.protecting(fixed, lines):
                lines.with_context(skip_invoice_sync=True).write(
                    {"account_id": target.id, "rr_revenue_account_id": kept.id}
                )

    def _rr_free_deferred(self):
        """Let Odoo book discounts, and taxes without an account of their own, on the
        income account of their lines: only what schedules follow is deferred."""
        for move in self:
            lines = move.invoice_line_ids.filtered("rr_revenue_account_id")
            deferred = set(lines.account_id.ids)
            if not any(
                line.display_type != "product" and line.account_id.id in deferred
                for line in move.line_ids
            ):
                continue
            fixed = [lines._fields["analytic_distribution"], lines._fields["tax_ids"]]
            with self.env.protecting(fixed, lines):
                for income, own in lines.grouped("rr_revenue_account_id").items():
                    synced = own.with_context(skip_invoice_sync=False)
                    synced.write({"account_id": income.id})

    def _rr_write_schedules(self, deferral):
        """Write the schedules of documents that are posted now."""
        schedules = self.env["recurring.revenue.schedule"]
        sold, credited = [], self.env["account.move.line"]
        for move in self:
            for line in move.invoice_line_ids:
                if line.display_type != "product" or not line.balance:
                    continue
                if line._rr_credits():
                    credited |= line
                elif answer := line._rr_answer(deferral, move.date):
                    sold.append((line, answer))
        schedules._build(sold)
        # sudo: what a credit takes back is written in schedules that the user who
        # posts it need not be allowed to see.
        schedules.sudo()._credit(credited.sudo())

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def write(self, vals):
        """Take schedules back with the document, unless revenue was recognised."""
        if typed_over(self, vals, {"rr_revenue_run_id"}):
            raise UserError(self.env._("An entry stays with the run that made it."))
        if vals.get("state") in ("draft", "cancel"):
            leaving = self.filtered(lambda move: move.state == "posted")
            leaving._rr_take_back_schedules()
        return super().write(vals)

    def _check_draftable(self):
        """Refuse what a run booked, and invoices whose revenue was recognised."""
        result = super()._check_draftable()
        self._rr_check_revenue()
        return result

    def _rr_check_run(self):
        for move in self:
            if move.rr_revenue_run_id:
                raise UserError(
                    self.env._(
                        "%(entry)s was booked by closing %(run)s. Take the closing "
                        "back there: that reverses its entries.",
                        entry=move.name,
                        run=move.rr_revenue_run_id.display_name,
                    )
                )

    def _rr_check_revenue(self):
        self._rr_check_run()
        # sudo: whoever may reset an invoice need not see revenue schedules.
        schedules = self.env["recurring.revenue.schedule"].sudo()
        own = schedules.search([("move_id", "in", self.ids)])
        own._check_can_be_taken_back()

    def _rr_take_back_schedules(self):
        # sudo: as above.
        schedules = self.env["recurring.revenue.schedule"].sudo()
        own = schedules.search([("move_id", "in", self.ids)])
        if own:
            own._check_can_be_taken_back()
            own._take_back()

    def action_rr_open_schedules(self):
        """Open the revenue schedules of this document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Revenue of %s", self.name),
            "res_model": "recurring.revenue.schedule",
            "domain": list(Domain("move_id", "=", self.id)),
            "views": [(False, "list"), (False, "form")],
        }
