"""Members and gifts from a file: read, mapped to columns, checked, then imported."""

import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...guard import typed_over
from ...subscription.imports.import_reader import UnreadableFile, read_lines
from ...subscription.imports.import_template import csv_table, xlsx_table
from .columns import columns_of
from .table import Headings, headed

GIFTS_AS = [
    ("history", "History: shown with the donor, no entry, no tax receipt"),
    ("draft", "Drafts, to be booked one by one"),
    ("booked", "Booked at once, with their entries"),
]
OPTIONS = {
    "plan_id",
    "category_id",
    "gifts_as",
    "receipt_wanted",
    "product_id",
    "journal_id",
    "heading_ids",
    "tariff_ids",
}


class RecurringMemberImport(models.Model):
    """One file of members, of gifts, or exported from HelloAsso.

    Headings are recognised and can be mapped by hand; nothing is written before every
    row was checked. Each row knows what was made of it: importing the file again adds
    nothing, and what nobody built on can be undone.
    """

    _name = "recurring.member.import"
    _description = "Import of Members and Gifts"
    _inherit = ["recurring.import.job"]
    _import_cron = "recurring_revenue.cron_member_import"
    _check_company_auto = True

    subject = fields.Selection(
        [
            ("members", "Members"),
            ("gifts", "Gifts"),
            ("helloasso", "HelloAsso: payments and memberships"),
        ],
        string="Kind of File",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        selection_add=[("mapping", "Columns"), ("checked",), ("undone", "Undone")],
        default="mapping",
        ondelete={"mapping": "cascade", "undone": "cascade"},
    )
    row_ids = fields.One2many("recurring.member.import.row", "import_id", readonly=True)
    problem_ids = fields.One2many(
        "recurring.member.import.problem", "import_id", readonly=True
    )
    heading_ids = fields.One2many("recurring.member.import.heading", "import_id")
    tariff_ids = fields.One2many("recurring.member.import.tariff", "import_id")
    plan_id = fields.Many2one(
        "recurring.plan",
        string="Membership Plan",
        check_company=True,
        domain="[('rr_kind', '=', 'membership')]",
        help="Of rows that name none.",
    )
    category_id = fields.Many2one(
        "recurring.membership.category",
        check_company=True,
        help="Of rows that name none.",
    )
    gifts_as = fields.Selection(
        GIFTS_AS, string="Import Them As", default="history", required=True
    )
    receipt_wanted = fields.Boolean(
        string="Receipts Still to Be Issued Here",
        help="What was booked elsewhere may be certified by receipts of this "
        "association’s numbering, where none was issued there.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Product for Gifts",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        help="Gives the account of gifts.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank, Cash or Clearing Journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
        help="Where the money arrived. HelloAsso pays out all at once: choose a "
        "journal of its own, which the payout on the bank clears.",
    )
    skipped_count = fields.Integer(string="Left Out", compute="_compute_counts")
    possible_count = fields.Integer(
        string="Perhaps Known Already", compute="_compute_possible_count"
    )
    is_sensitive = fields.Boolean(
        readonly=True, help="Some rows are of a plan that reveals a special category."
    )
    undone_at = fields.Datetime(readonly=True)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def _check_may_import(self):
        if self.env.su:
            return
        for job in self:
            job._check_subject(job.subject)
            job.check_access("write")

    @api.model
    def _check_subject(self, subject):
        group = "secretary" if subject == "members" else "treasurer"
        if not self.env.user.has_group(f"recurring_revenue.group_{group}"):
            raise AccessError(
                self.env._("Only treasurers import gifts, only secretaries members.")
            )

    def write(self, vals):
        """Let users choose options while the columns are mapped, and nothing else."""
        if not self.env.su:
            wrong = typed_over(self, vals, set(vals) - OPTIONS)
            late = any(job.state != "mapping" for job in self)
            if wrong or (late and typed_over(self, vals, OPTIONS)):
                raise UserError(
                    self.env._("Go back to the columns to change how it is imported.")
                )
        return super().write(vals)

    # ------------------------------------------------------------------
    # What users read
    # ------------------------------------------------------------------

    @api.depends("row_ids.state")
    def _compute_counts(self):
        result = super()._compute_counts()
        counts = dict(
            self.env[self._row_model()]._read_group(
                [("import_id", "in", self.ids), ("state", "=", "skipped")],
                ["import_id"],
                ["__count"],
            )
        )
        for job in self:
            job.skipped_count = counts.get(job, 0)
            job.row_count += job.skipped_count
        return result

    @api.depends("row_ids.state")
    def _compute_summary(self):
        result = super()._compute_summary()
        for job in self.filtered("skipped_count"):
            text = self.env._("%s left out", job.skipped_count)
            job.summary = ", ".join(filter(None, (job.summary, text)))
        return result

    @api.depends("row_ids.possible_ids", "row_ids.is_decided")
    def _compute_possible_count(self):
        for job in self:
            job.possible_count = len(
                job.row_ids.filtered(
                    lambda row: (
                        row.state == "valid" and row.possible_ids and not row.is_decided
                    )
                )
            )

    def _rejected_content(self, rows):
        headings = [line.heading for line in self.heading_ids]
        table = [[*headings, self.env._("# line"), self.env._("# to correct")]]
        for row in rows:
            reasons = "\n".join(row.problem_ids.mapped("sentence"))
            for cells in row._parts():
                values = [cells.get(heading, "") for heading in headings]
                table.append([*values, str(row.line), reasons])
        if self.kind == "csv":
            return csv_table(table, self.delimiter)
        return xlsx_table(table, self.env._("To correct"))

    # ------------------------------------------------------------------
    # Upload and columns
    # ------------------------------------------------------------------

    @api.model
    def _upload(self, content, filename, company, subject, **options):
        """Read a file and recognise its columns; return the job.

        One that needs no choice is checked at once.

        :raises UserError: the file as a whole is unreadable
        """
        self._check_subject(subject)
        # sudo: jobs are made here and nowhere else.
        job = self.sudo().create(
            {
                "name": filename or dict(self._fields["subject"].selection)[subject],
                "file": base64.b64encode(content),
                "company_id": company.id,
                "user_id": self.env.uid,
                "date": fields.Date.context_today(self),
                "subject": subject,
                **self._last_options(subject, company),
                **options,
            }
        )
        table = job._read_table()
        job.write({"kind": table.kind, "delimiter": table.delimiter})
        job._recognise(table)
        return job.sudo(self.env.su)

    @api.model
    def _last_options(self, subject, company):
        """Return the choices of the last import of this kind; of the first, what the
        association has one of."""
        last = self.search(
            [("subject", "=", subject), ("company_id", "=", company.id)], limit=1
        )
        if last:
            names = ("plan_id", "category_id", "gifts_as", "product_id", "journal_id")
            return {
                name: last[name].id if name.endswith("_id") else last[name]
                for name in names
            }
        in_company = [("company_id", "in", (False, company.id))]
        plans = self.env["recurring.plan"].search(
            [("rr_kind", "=", "membership"), *in_company], limit=2
        )
        categories = self.env["recurring.membership.category"].search(
            [("kind", "=", "person"), *in_company], limit=1
        )
        return {
            "plan_id": len(plans) == 1 and plans.id,
            "category_id": categories.id,
            "gifts_as": "booked" if subject == "helloasso" else "history",
        }

    def _read_table(self):
        """Return the Table of the file: its headings and rows.

        :raises UserError: it cannot be read
        """
        self.ensure_one()
        known = self.env["recurring.import.heading"]._known(
            self.subject, self.company_id
        )
        try:
            lines, kind, delimiter = read_lines(
                base64.b64decode(self.file),
                self.name,
                self.env,
                names=Headings(known),
                lenient=True,
            )
            return headed(lines, kind, delimiter, Headings(known), self.env)
        except UnreadableFile as error:
            raise UserError(str(error)) from error

    def _recognise(self, table):
        """Make a line for each heading, with the column that it stands for."""
        mapping = self.env["recurring.import.heading"]._recognise(
            self.subject, table.headings, self.company_id
        )
        self.heading_ids.create(
            [
                {
                    "import_id": self.id,
                    "sequence": place,
                    "heading": heading,
                    "sample": table.sample(heading),
                    "column": mapping.get(heading),
                    "is_recognised": heading in mapping,
                }
                for place, heading in enumerate(table.headings)
            ]
        )
        if self.subject == "helloasso":
            self._collect_tariffs(table)

    def _mapping(self):
        """Return ``{heading: column name}``."""
        return {line.heading: line.column for line in self.heading_ids if line.column}

    def _check_columns(self):
        """Raise where a column is missing or mapped twice, or an option not chosen."""
        known, mapped = columns_of(self.subject), list(self._mapping().values())
        twice = {name for name in mapped if mapped.count(name) > 1}
        lacking = [
            name
            for name, column in known.items()
            if column.required and name not in mapped
        ]
        if twice or lacking:
            names = ", ".join(
                str(self.env._(known[name].label)) for name in sorted(twice) or lacking
            )
            raise UserError(
                self.env._("Two headings stand for one column: %s.", names)
                if twice
                else self.env._(
                    "Say which heading stands for: %s. Without it nothing can be "
                    "imported.",
                    names,
                )
            )
        self._check_options(mapped)

    def _check_options(self, mapped):
        if self.subject == "gifts":
            needed = ["product_id", "journal_id"]
        elif self.subject == "helloasso":
            needed = ["product_id", "journal_id", "plan_id", "category_id"]
        else:
            needed = [
                name for name in ("plan_id", "category_id") if name[:-3] not in mapped
            ]
        for name in needed:
            if not self[name]:
                label = self._fields[name]._description_string(self.env)
                raise UserError(self.env._("Choose first: %s.", label))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_check(self):
        """Check every row by the columns chosen; keep the choice for next time."""
        self.ensure_one()
        self._check_may_import()
        self._check_columns()
        by_hand = self.heading_ids.filtered("is_chosen")
        # sudo: who imports may keep headings without changing those of others.
        self.env["recurring.import.heading"].sudo()._keep(
            self.subject,
            self.company_id,
            {line.heading: line.column for line in by_hand if line.column},
        )
        self._set_state(("mapping",), "checked")
        job = self.sudo()  # rows are made here and by the import alone
        job.row_ids.unlink()
        job._check_rows(job._grouped(job._read_table().rows))
        return True

    def action_columns(self):
        """Go back to the columns: nothing was imported yet."""
        self.ensure_one()
        self._check_may_import()
        self._set_state(("checked",), "mapping")
        self.sudo().row_ids.unlink()  # sudo: users do not write rows
        return True

    def action_import(self):
        """Import the valid rows; see the job."""
        if self.possible_count:
            undecided = self.possible_count
            raise UserError(
                self.env._(
                    "%s rows may be people whom you know already: say for each whether "
                    "it is the same person.",
                    undecided,
                )
            )
        return super().action_import()

    def action_open_possible(self):
        """List the rows that may be people who are there already."""
        action = self.action_open_rows()
        action["context"] = {"search_default_possible": 1}
        return action
