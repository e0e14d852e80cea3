import re
import unicodedata

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError


def code_from_name(name):
    """Return a short code for a plan's name.

    >>> code_from_name("Équipe, à l'année")
    'EQUIPE-A-L-ANNEE'
    """
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "-", plain.upper()).strip("-")


class RecurringPlan(models.Model):
    """A commercial offer; its prices and conditions stand on its versions.

    A published version never changes: whoever changes a price makes a new version,
    which says from which day new subscriptions use it. Old invoices can thus always be
    explained.
    """

    _name = "recurring.plan"
    _description = "Subscription Plan"
    _order = "sequence, name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index="btree",
        help="Short and unique: files that import subscriptions name the plan by it.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index=True,
        help="Leave empty to offer the plan in every company.",
    )
    description = fields.Text(
        translate=True, help="What the customer gets, in a sentence or two."
    )
    version_ids = fields.One2many("recurring.plan.version", "plan_id", copy=False)
    current_version_id = fields.Many2one(
        "recurring.plan.version",
        compute="_compute_current_version_id",
        store=True,
        help="The newest published version.",
    )
    draft_version_id = fields.Many2one(
        "recurring.plan.version", compute="_compute_draft_version_id"
    )
    state = fields.Selection(
        [
            ("draft", "In preparation"),
            ("published", "On sale"),
            ("retired", "No longer sold"),
        ],
        compute="_compute_state",
        store=True,
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_shown_version")
    price_summary = fields.Text(
        string="Prices",
        compute="_compute_shown_version",
        help="The price list as the customer reads it.",
    )
    schedule_text = fields.Char(string="Billed", compute="_compute_shown_version")
    product_tmpl_ids = fields.One2many(
        "product.template", "rr_plan_id", string="Sold through"
    )
    product_count = fields.Integer(compute="_compute_product_count")

    _code_company_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "Another plan has this code already: choose a different one.",
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("name")
    def _compute_code(self):
        """Propose a free code; one that was given stays."""
        taken = set()
        for plan in self:
            if not plan.code and plan.name:
                plan.code = plan._free_code(code_from_name(plan.name) or "PLAN", taken)
                taken.add(plan.code)

    def _free_code(self, stem, taken):
        """Return ``stem`` or, when it is in use, the first free ``stem-2``, ..."""
        # Codes of other companies count as well, since a shared plan must differ
        # from all of them; only the codes are read.
        used = taken.union(
            self.sudo()
            .with_context(active_test=False)
            .search([("code", "=like", stem + "%"), ("id", "!=", self._origin.id)])
            .mapped("code")
        )
        code, number = stem, 1
        while code in used:
            number += 1
            code = f"{stem}-{number}"
        return code

    @api.depends("version_ids.state", "version_ids.number")
    def _compute_current_version_id(self):
        for plan in self:
            published = plan.version_ids.filtered(lambda v: v.state == "published")
            plan.current_version_id = published.sorted("number")[-1:]

    @api.depends("version_ids.state")
    def _compute_draft_version_id(self):
        for plan in self:
            plan.draft_version_id = plan.version_ids.filtered(
                lambda v: v.state == "draft"
            )[:1]

    @api.depends("version_ids.state")
    def _compute_state(self):
        for plan in self:
            states = set(plan.version_ids.mapped("state"))
            if "published" in states:
                plan.state = "published"
            else:
                plan.state = "retired" if states == {"retired"} else "draft"

    @api.depends(
        "version_ids.price_summary",
        "version_ids.schedule_text",
        "version_ids.currency_id",
    )
    @api.depends_context("lang")
    def _compute_shown_version(self):
        """Show what is sold today, else what is being prepared."""
        today = fields.Date.context_today(self)
        for plan in self:
            version = (
                plan._version_at(today)
                or plan.current_version_id
                or plan.draft_version_id
                or plan.version_ids[:1]
            )
            plan.price_summary = version.price_summary
            plan.schedule_text = version.schedule_text
            plan.currency_id = version.currency_id

    @api.depends("product_tmpl_ids")
    def _compute_product_count(self):
        counts = dict(
            self.env["product.template"]._read_group(
                [("rr_plan_id", "in", self.ids)], ["rr_plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.product_count = counts.get(plan._origin, 0)

    @api.depends("name", "code")
    @api.depends_context("show_plan_code")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = plan.name
            if self.env.context.get("show_plan_code") and plan.code:
                plan.display_name = f"[{plan.code}] {plan.name}"

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("code", "company_id")
    def _check_code_shared(self):
        """A plan offered in every company shares its code with no company's plan."""
        for plan in self:
            domain = [("code", "=", plan.code), ("id", "!=", plan.id)]
            if plan.company_id:
                domain.append(("company_id", "=", False))
            # Reads codes of companies that the user may not see, and only those.
            if plan.sudo().with_context(active_test=False).search_count(domain, 1):
                raise ValidationError(
                    self.env._(
                        "The code %(code)s is used by another plan already, and one "
                        "of the two is offered in every company. Choose a different "
                        "code.",
                        code=plan.code,
                    )
                )

    @api.constrains("code")
    def _check_code_plain(self):
        for plan in self:
            if plan.code != plan.code.strip():
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” starts or ends with a space.",
                        code=plan.code,
                    )
                )

    # ------------------------------------------------------------------
    # Create, write, copy, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Give each new plan a first version to fill in."""
        plans = super().create(vals_list)
        for plan in plans:
            if not plan.version_ids:
                plan.version_ids = [Command.create({})]
        return plans

    def write(self, vals):
        if "company_id" in vals:
            self._check_company_change(vals["company_id"])
        return super().write(vals)

    def _check_company_change(self, company_id):
        for plan in self:
            frozen = plan.version_ids.filtered(lambda v: v.state != "draft")
            if frozen and plan.company_id.id != (company_id or False):
                raise UserError(
                    self.env._(
                        "%(plan)s has been published, so its company stays. Duplicate "
                        "the plan to offer it elsewhere.",
                        plan=plan.name,
                    )
                )

    def copy_data(self, default=None):
        default = dict(default or {})
        vals_list = super().copy_data(default)
        for plan, vals in zip(self, vals_list, strict=True):
            if "name" not in default:
                vals["name"] = self.env._("%s (copy)", plan.name)
        return vals_list

    def copy(self, default=None):
        """Copy the plan with its latest prices, as a first version in preparation."""
        copies = super().copy(default)
        for plan, duplicate in zip(self, copies, strict=True):
            source = plan._latest_version()
            if source:
                duplicate.version_ids.unlink()
                source.copy({"plan_id": duplicate.id, "effective_date": False})
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        for plan in self:
            if any(version.state != "draft" for version in plan.version_ids):
                raise UserError(
                    self.env._(
                        "%(plan)s has been published and may be what an invoice was "
                        "based on, so it cannot be deleted. Archive it instead: it "
                        "disappears from the lists and is sold no more.",
                        plan=plan.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sold(self):
        # Also names products that the user may not see: they hold the plan all the
        # same.
        products = (
            self.env["product.template"]
            .sudo()
            .with_context(active_test=False)
            .search([("rr_plan_id", "in", self.ids)], limit=1)
        )
        if products:
            raise UserError(
                self.env._(
                    "The product %(product)s is sold with the plan %(plan)s: choose "
                    "another plan there, or archive this one.",
                    product=products.name,
                    plan=products.rr_plan_id.name,
                )
            )

    # ------------------------------------------------------------------
    # Versions
    # ------------------------------------------------------------------

    def _version_at(self, date):
        """Return the version on which a subscription that starts on ``date`` begins.

        That is the published version with the latest effective date not after it; an
        empty effective date means "since ever". Empty when nothing is on sale then.
        """
        self.ensure_one()
        candidates = self.version_ids.filtered(
            lambda version: (
                version.state == "published"
                and (not version.effective_date or version.effective_date <= date)
            )
        )
        return candidates.sorted(
            lambda version: (version.effective_date or date.min, version.number)
        )[-1:]

    def _latest_version(self):
        """Return the version to copy from: what is sold, else the highest number."""
        self.ensure_one()
        return self.current_version_id or self.version_ids.sorted("number")[-1:]

    def action_new_version(self):
        """Open the version in preparation, made as a copy of the latest if needed."""
        self.ensure_one()
        draft = self.draft_version_id
        if not draft:
            today = fields.Date.context_today(self)
            draft = self._latest_version().copy(
                {"effective_date": today}
            ) or self.version_ids.create({"plan_id": self.id})
        return draft.action_open()

    def action_open_current(self):
        """Open the prices and conditions: of the draft, else of what is sold."""
        self.ensure_one()
        return (self.draft_version_id or self._latest_version()).action_open()

    def action_open_products(self):
        """List the products whose sale starts a subscription to this plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sale.product_template_action"
        )
        return action | {
            "name": self.env._("Sold through"),
            "domain": [("rr_plan_id", "=", self.id)],
            "context": {
                "default_rr_plan_id": self.id,
                "default_type": "service",
                "default_company_id": self.company_id.id,
            },
        }
