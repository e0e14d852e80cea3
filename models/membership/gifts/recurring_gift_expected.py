from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_date

from ...guard import is_applying, typed_over


class RecurringGiftExpected(models.Model):
    """A gift that is expected on a day because it was promised; no claim."""

    _name = "recurring.gift.expected"
    _description = "Expected Gift"
    _order = "date_due desc, id desc"

    pledge_id = fields.Many2one(
        "recurring.gift.pledge", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="pledge_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="pledge_id.currency_id")
    partner_id = fields.Many2one(
        related="pledge_id.partner_id", store=True, index=True, string="Donor"
    )
    mode = fields.Selection(related="pledge_id.mode")
    date_due = fields.Date(string="Expected On", required=True)
    amount = fields.Monetary(string="Expected", required=True)
    contribution_line_id = fields.Many2one(
        "recurring.contribution.line",
        string="Received By",
        index="btree_not_null",
        ondelete="set null",
        domain="[('kind', '=', 'gift'), ('company_id', '=', company_id), "
        "('contribution_id.state', '=', 'booked'), "
        "('contribution_id.partner_id', '=', partner_id)]",
    )
    contribution_id = fields.Many2one(
        related="contribution_line_id.contribution_id", string="Gift"
    )
    received_on = fields.Date(related="contribution_line_id.contribution_id.date")
    received_amount = fields.Monetary(
        string="Received", compute="_compute_received_amount", store=True
    )
    state = fields.Selection(
        [
            ("received", "Received"),
            ("expected", "Expected"),
            ("missing", "Did not come"),
        ],
        compute="_compute_state",
    )

    _once = models.UniqueIndex(
        "(pledge_id, date_due)", "This gift is expected already."
    )

    @api.depends("contribution_line_id", "contribution_line_id.amount")
    def _compute_received_amount(self):
        """What the gift brought; one gift for several periods is shared among them."""
        lines = self.contribution_line_id
        rows = self.search([("contribution_line_id", "in", lines.ids)])
        of_line = (rows | self).grouped("contribution_line_id")
        for row in self:
            line = row.contribution_line_id
            if not line:
                row.received_amount = 0
                continue
            together = of_line[line].sorted("date_due")
            if row == together[-1]:
                others = sum((together - row).mapped("amount"))
                row.received_amount = line.amount - others
            else:
                row.received_amount = row.amount

    @api.depends("date_due", "contribution_line_id")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for row in self:
            if row.contribution_line_id:
                row.state = "received"
            else:
                late = row.date_due and row.date_due < today - timedelta(days=15)
                row.state = "missing" if late else "expected"

    @api.depends("partner_id", "date_due")
    def _compute_display_name(self):
        for row in self:
            day = format_date(self.env, row.date_due)
            row.display_name = f"{row.partner_id.name}, {day}"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is typed: gifts are expected because they were promised."""
        if not is_applying(self.env):
            raise UserError(self.env._("Expected gifts follow from what was promised."))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse but for the gift that was received for it."""
        if typed_over(self, vals, set(vals) - {"contribution_line_id"}):
            raise UserError(self.env._("Expected gifts follow from what was promised."))
        return super().write(vals)

    @api.constrains("contribution_line_id")
    def _check_line(self):
        for row in self:
            line = row.contribution_line_id
            if line and (line.kind != "gift" or line.company_id != row.company_id):
                raise ValidationError(self.env._("Choose a gift of this association."))

    # ------------------------------------------------------------------
    # Receiving
    # ------------------------------------------------------------------

    def _receive(self, day=None):
        """Book the gifts of these rows as received, each in the mode it was promised.

        :param day: when they were received; None: on the day each was expected
        :return: the booked contributions
        :raises UserError: one was received already
        """
        made = self.env["recurring.contribution"]
        for row in self:
            if row.contribution_line_id:
                raise UserError(
                    self.env._("%s was received already.", row.display_name)
                )
            contribution = made.create(row._prepare_contribution(day))
            row.contribution_line_id = contribution.line_ids
            contribution.action_book()
            made |= contribution
        return made

    def _prepare_contribution(self, day=None):
        pledge = self.pledge_id
        journals = self.env["account.journal"]
        journal = journals.search(
            [
                *journals._check_company_domain(self.company_id),
                ("type", "=", "cash" if pledge.mode == "cash" else "bank"),
            ],
            limit=1,
        )
        product = pledge._charge().product_id
        return {
            "partner_id": pledge.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "date": day or self.date_due,
            "mode": pledge.mode,
            "journal_id": journal.id,
            "line_ids": [
                Command.create(
                    {
                        "kind": "gift",
                        "product_id": product.id,
                        "amount": self.amount,
                        "fund_id": pledge.fund_id.id,
                        "analytic_distribution": pledge.analytic_distribution or False,
                    }
                )
            ],
        }
