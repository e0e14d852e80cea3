"""The figures of the law as one says them, and which are still to be checked."""

from odoo import api, fields, models

from ...catalog.texts import money, number


class RecurringReceiptRule(models.Model):
    _inherit = "recurring.receipt.rule"

    figure = fields.Char(compute="_compute_figure", help="The value as one says it.")
    check_state = fields.Selection(
        [("checked", "Checked"), ("to_check", "To check")],
        string="Certainty",
        compute="_compute_check_state",
    )

    @api.depends("code", "value", "up_to", "country")
    @api.depends_context("lang")
    def _compute_figure(self):
        for rule in self:
            if rule.code == "counterpart_ceiling":
                rule.figure = rule._in_currency(rule.value)
                continue
            share = f"{number(self.env, round(rule.value * 100, 4))} %"
            rule.figure = share
            if rule.up_to:
                rule.figure = self.env._(
                    "%(share)s of gifts up to %(sum)s a year",
                    share=share,
                    sum=rule._in_currency(rule.up_to),
                )

    def _in_currency(self, amount):
        country = self.env["res.country"].search([("code", "=", self.country)], limit=1)
        currency = country.currency_id or self.env.company.currency_id
        return money(self.env, amount, currency)

    @api.depends("confirmed")
    def _compute_check_state(self):
        for rule in self:
            rule.check_state = "checked" if rule.confirmed else "to_check"

    def action_confirm(self):
        """Record that these figures were compared with the law as published."""
        self.write({"confirmed": True})
