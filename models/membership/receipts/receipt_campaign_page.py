"""What the page of a campaign says: counts, progress, what to complete first."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class RecurringReceiptCampaign(models.Model):
    _inherit = "recurring.receipt.campaign"

    issue_count = fields.Integer(string="To Be Issued", compute="_compute_counts")
    issue_amount = fields.Monetary(compute="_compute_counts")
    issued_count = fields.Integer(string="Issued", compute="_compute_counts")
    issued_amount = fields.Monetary(string="Sum Issued", compute="_compute_counts")
    excluded_count = fields.Integer(string="Excluded", compute="_compute_counts")
    missing_count = fields.Integer(string="Data Missing", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    progress_text = fields.Char(compute="_compute_counts")
    issue_label = fields.Char(compute="_compute_counts")
    missing_text = fields.Text(compute="_compute_notices")
    figure_notice = fields.Text(compute="_compute_notices")

    @api.depends("row_ids.pile", "row_ids.outcome", "state")
    def _compute_counts(self):
        groups = self.env["recurring.receipt.campaign.row"]._read_group(
            [("campaign_id", "in", self.ids)],
            ["campaign_id", "pile", "outcome"],
            ["__count", "amount:sum"],
        )
        found = {}
        for campaign, pile, outcome, count, amount in groups:
            found.setdefault(campaign, {})[pile, outcome] = (count, amount)
        for campaign in self:
            campaign._set_counts(found.get(campaign, {}))

    def _set_counts(self, found):
        def of(pile, *outcomes):
            return [
                values
                for (one, outcome), values in found.items()
                if one == pile and (not outcomes or outcome in outcomes)
            ]

        def count(rows):
            return sum(row[0] for row in rows)

        todo, issued = of("issue", "todo"), of("issue", "issued")
        self.issue_count = count(todo)
        self.issue_amount = sum(row[1] for row in todo)
        self.issued_count = count(issued)
        self.issued_amount = sum(row[1] for row in issued)
        self.excluded_count = count(of("excluded"))
        self.missing_count = count(of("missing"))
        self.failed_count = count(of("issue", "failed"))
        total = count(of("issue"))
        done = total - self.issue_count
        self.progress = 100.0 * done / total if total else 0.0
        self.progress_text = self.env._(
            "%(done)s of %(total)s receipts",
            done=formatLang(self.env, done, digits=0),
            total=formatLang(self.env, total, digits=0),
        )
        self.issue_label = (
            self.env._("Issue 1 receipt")
            if self.issue_count == 1
            else self.env._(
                "Issue %s receipts", formatLang(self.env, self.issue_count, digits=0)
            )
        )

    @api.depends("year", "company_id", "state", "previewed_at")
    def _compute_notices(self):
        for campaign in self:
            missing = campaign.company_id._rr_receipt_missing()
            campaign.missing_text = campaign.state != "done" and "\n".join(
                f"- {words}" for words in missing.values()
            )
            campaign.figure_notice = campaign._unconfirmed()

    def _unconfirmed(self):
        """Say which figure of the year could not be checked, where dues need it."""
        rules = self.env["recurring.receipt.rule"]
        country = self.company_id.country_id.code or "FR"
        try:
            rows = [
                rules._rows(code, country, f"{self.year}-12-31")[0]
                for code in ("counterpart_share", "counterpart_ceiling")
            ]
        except UserError:
            return False
        doubtful = [row for row in rows if not row.confirmed]
        sentences = (
            self.env._(
                "The ceiling of what may come back to a donor, %(value)s a year, is "
                "not confirmed for %(year)s: %(origin)s. Check it under "
                "Configuration.",
                value=self.currency_id.format(row.value),
                year=self.year,
                origin=row.source,
            )
            for row in doubtful
        )
        return "\n".join(sentences) or False

    def action_complete(self):
        """Open the window in which the association's data are completed."""
        self.ensure_one()
        return self.env["recurring.receipt.identity"]._open_for(self.company_id)

    def action_open_receipts(self):
        """Open the receipts that this campaign issued."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tax Receipts"),
            "res_model": "recurring.tax.receipt",
            "views": [(False, "list"), (False, "form")],
            "domain": [("campaign_id", "=", self.id)],
        }

    def action_print(self):
        """Print the receipts of this campaign that were not handed over."""
        self.ensure_one()
        return self._to_hand_over()._hand_over()

    def action_send(self):
        """E-mail the receipts that were not handed over; those of donors without an
        address are left to be printed."""
        self.ensure_one()
        template = self.env.ref("recurring_revenue.mail_template_tax_receipt")
        return self._to_hand_over()._hand_over(template)

    def _to_hand_over(self):
        receipts = self.receipt_ids.filtered(
            lambda one: one.state == "issued" and not one.printed_on and not one.sent_on
        )
        if not receipts:
            raise UserError(self.env._("All these receipts were handed over."))
        return receipts
