from odoo import api, fields, models
from odoo.exceptions import UserError

from ...exact import exact
from ...guard import applying, given, typed_over
from .receipt_eligibility import GiftsOfYear
from .receipt_finding import ELIGIBLE, MISSING

# Written by the buttons and by the work, never typed.
WRITTEN_BY_WORK = {"state", "user_id", "started_at", "ended_at", "previewed_at"}
PILES = [
    ("issue", "To be issued"),
    ("excluded", "Excluded"),
    ("missing", "Data missing"),
]
OUTCOMES = [
    ("todo", "To do"),
    ("issued", "Issued"),
    ("nothing", "Nothing left"),
    ("failed", "Failed"),
]
AT_ONCE = 50  # receipts issued while the user waits; more are a background job


class RecurringReceiptCampaign(models.Model):
    """The receipts of a year, issued together: one for each donor.

    A persisted job: what it will do is previewed, the button starts it, a scheduled
    action works it off in batches, each committed whole. Whoever was receipted before
    is left out, so that a second campaign of a year issues what came since.
    """

    _name = "recurring.receipt.campaign"
    _description = "Receipts of a Year"
    _inherit = ["mail.thread", "recurring.steps"]
    _order = "year desc, id desc"
    _rec_name = "year"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(
        string="Gifts of", required=True, default=lambda self: self._default_year()
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Started By",
        default=lambda self: self.env.user,
        readonly=True,
        copy=False,
    )
    previewed_at = fields.Datetime(readonly=True, copy=False)
    started_at = fields.Datetime(readonly=True, copy=False)
    ended_at = fields.Datetime(readonly=True, copy=False)
    row_ids = fields.One2many(
        "recurring.receipt.campaign.row", "campaign_id", readonly=True
    )
    issue_ids = fields.One2many(
        "recurring.receipt.campaign.row",
        "campaign_id",
        domain=[("pile", "=", "issue")],
        readonly=True,
    )
    excluded_ids = fields.One2many(
        "recurring.receipt.campaign.row",
        "campaign_id",
        domain=[("pile", "=", "excluded")],
        readonly=True,
    )
    missing_ids = fields.One2many(
        "recurring.receipt.campaign.row",
        "campaign_id",
        domain=[("pile", "=", "missing")],
        readonly=True,
    )
    receipt_ids = fields.One2many(
        "recurring.tax.receipt", "campaign_id", string="Tax Receipts", readonly=True
    )

    _year_possible = models.Constraint(
        "CHECK(year BETWEEN 2000 AND 2100)", "Choose a year from 2000 to 2100."
    )

    @api.model
    def _default_year(self):
        """The year before today's: receipts are issued in January."""
        return self.env.company._rr_receipt_today().year - 1

    @api.depends("year")
    def _compute_display_name(self):
        for campaign in self:
            campaign.display_name = self.env._("Receipts of %s", campaign.year)

    @api.model_create_multi
    def create(self, vals_list):
        """A new campaign has done nothing yet."""
        if given(self, vals_list, WRITTEN_BY_WORK):
            raise UserError(self.env._("Receipts are issued by the buttons."))
        return super().create(vals_list)

    def write(self, vals):
        """Keep what was started; a preview is of one year and association."""
        if typed_over(self, vals, WRITTEN_BY_WORK):
            raise UserError(self.env._("Receipts are issued by the buttons."))
        changed = typed_over(self, vals, {"year", "company_id"})
        if changed and changed[0].state != "draft":
            raise UserError(
                self.env._("Its receipts are under way: make another campaign.")
            )
        result = super().write(vals)
        if changed:
            self._forget_preview()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_new(self):
        if any(campaign.state != "draft" for campaign in self):
            raise UserError(
                self.env._("A campaign that issued receipts stays on record.")
            )

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    def action_preview(self):
        """Look at the year's gifts: who gets a receipt, who does not and why, and
        what is missing. Nothing is issued."""
        for campaign in self:
            campaign._set_state(("draft",), "draft")
            campaign._forget_preview()
            campaign._make_rows()
            applying(campaign).write({"previewed_at": fields.Datetime.now()})
        return True

    def _forget_preview(self):
        applying(self.row_ids).unlink()
        applying(self).write({"previewed_at": False})
        self.invalidate_recordset(["issue_ids", "excluded_ids", "missing_ids"])

    def _make_rows(self):
        self.ensure_one()
        gifts = GiftsOfYear(self.company_id, self.year)
        findings = gifts.findings()
        drafts = gifts.drafts(findings)
        drafts.sort(key=lambda draft: (draft.partner.name or "").casefold())
        rows = [self._row_of(draft) for draft in drafts]
        others = {}
        for finding in findings:
            if finding.status != ELIGIBLE:
                others.setdefault(self._heap(gifts, finding), []).append(finding)
        # What a receipt certifies already is no news: it comes last.
        heaps = sorted(
            others.values(), key=lambda found: found[0].reason == "receipted"
        )
        rows += [self._row_of_others(found) for found in heaps]
        applying(self.env["recurring.receipt.campaign.row"]).create(rows)
        self.invalidate_recordset(["issue_ids", "excluded_ids", "missing_ids"])

    def _heap(self, gifts, finding):
        """Return what findings are shown in one row: a donor's, with one sentence."""
        if finding.reason == "basis":
            return finding.reason
        donor = gifts.donor_key(finding.line.contribution_id)
        return donor, finding.reason, finding.text

    def _row_of(self, draft):
        return {
            "campaign_id": self.id,
            "pile": "issue",
            "partner_id": draft.partner.id,
            "joint_partner_id": draft.joint.id,
            "article_id": draft.article.id,
            "basis_id": draft.basis.id,
            "part": draft.part,
            "gift_count": len(draft.findings),
            "amount": float(draft.amount),
            "text": " ".join(dict.fromkeys(one.text for one in draft.findings)),
        }

    def _row_of_others(self, findings):
        first = findings[0]
        contribution = first.line.contribution_id
        whose = contribution if first.reason != "basis" else contribution.browse()
        return {
            "campaign_id": self.id,
            "pile": "missing" if first.status == MISSING else "excluded",
            "reason": first.reason,
            "partner_id": whose.partner_id.id,
            "joint_partner_id": whose.joint_partner_id.id,
            "gift_count": len(findings),
            "amount": float(sum(exact(one.line.amount) for one in findings)),
            "text": first.text,
            "receipt_id": contribution.receipt_id.id
            if first.reason.startswith("receipted")
            else False,
        }


class RecurringReceiptCampaignRow(models.Model):
    """What a campaign will do for a donor, or why it does nothing."""

    _name = "recurring.receipt.campaign.row"
    _description = "Donor in the Receipts of a Year"
    _inherit = ["recurring.written.by.work"]
    _order = "campaign_id, id"

    campaign_id = fields.Many2one(
        "recurring.receipt.campaign", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="campaign_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="campaign_id.currency_id")
    pile = fields.Selection(PILES, required=True, readonly=True)
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True, default="todo")
    reason = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Donor", readonly=True)
    joint_partner_id = fields.Many2one(
        "res.partner", string="Jointly With", readonly=True
    )
    article_id = fields.Many2one(
        "recurring.receipt.clause", string="Article of Law", readonly=True
    )
    basis_id = fields.Many2one("recurring.gift.basis", readonly=True)
    part = fields.Integer(readonly=True)
    gift_count = fields.Integer(string="Gifts", readonly=True)
    amount = fields.Monetary(readonly=True)
    text = fields.Text(string="Why", readonly=True)
    receipt_id = fields.Many2one(
        "recurring.tax.receipt", string="Tax Receipt", readonly=True
    )

    def _key(self):
        """Name the receipt that a row stands for, as drafts do (``Draft.key``)."""
        donors = frozenset((self.partner_id.id, self.joint_partner_id.id)) - {False}
        return donors, self.article_id.id, self.basis_id.id, self.part

    def action_complete(self):
        """Open what has to be completed: the donor, or the basis of the association."""
        self.ensure_one()
        if self.reason == "basis":
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Basis for Tax Receipts"),
                "res_model": "recurring.gift.basis",
                "views": [(False, "list"), (False, "form")],
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    def action_open_contributions(self):
        """Open what this donor gave in the year."""
        self.ensure_one()
        domain = [
            ("company_id", "=", self.company_id.id),
            ("state", "in", ("booked", "history")),
            ("date", ">=", f"{self.campaign_id.year}-01-01"),
            ("date", "<=", f"{self.campaign_id.year}-12-31"),
        ]
        if self.partner_id:
            domain.append(("partner_id", "in", list(self._key()[0])))
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name or self.env._("Contributions"),
            "res_model": "recurring.contribution",
            "domain": domain,
            "views": [(False, "list"), (False, "form")],
        }


class RecurringTaxReceipt(models.Model):
    _inherit = "recurring.tax.receipt"

    campaign_id = fields.Many2one(
        "recurring.receipt.campaign",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.model
    def _receipt_values(self, draft, number, today, issuers):
        values = super()._receipt_values(draft, number, today, issuers)
        return {**values, "campaign_id": draft.campaign and draft.campaign.id}
