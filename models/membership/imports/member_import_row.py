"""The rows of a file of members or gifts, its headings and its tariffs."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .columns import SUBJECTS

MORE = "+"  # where the cells of a row keep those of the other rows of its order


class RecurringMemberImportRow(models.Model):
    """One row, or the rows of one order: what it said and what was made of it."""

    _name = "recurring.member.import.row"
    _description = "Row of an Import of Members and Gifts"
    _inherit = ["recurring.import.job.row"]

    import_id = fields.Many2one(
        "recurring.member.import", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    subject = fields.Selection(related="import_id.subject", store=True)
    state = fields.Selection(
        selection_add=[("skipped", "Left out"), ("undone", "Undone")],
        ondelete={"skipped": "cascade", "undone": "cascade"},
    )
    title = fields.Char(string="Who", help="The name and what it is about.")
    note = fields.Char(string="Remark")
    number = fields.Char(string="Member Number")
    email = fields.Char(string="E-mail")
    rank = fields.Integer(help="Rows that need others come after them.")
    possible_ids = fields.Many2many(
        "res.partner",
        string="Perhaps the Same Person",
        help="Contacts with the same e-mail, or with the same name.",
    )
    is_decided = fields.Boolean()
    partner_id = fields.Many2one(
        "res.partner", string="Contact", ondelete="set null", index="btree_not_null"
    )
    made_partner_ids = fields.Json(help="Contacts that this row made.")
    membership_id = fields.Many2one(
        "recurring.membership", ondelete="set null", index="btree_not_null"
    )
    made_membership = fields.Boolean()
    made_membership_ids = fields.Json(help="Of an order: the members that it made.")
    made_dues_ids = fields.Json(help="Of an order: the calls that it made.")
    dues_id = fields.Many2one(
        "recurring.dues", ondelete="set null", index="btree_not_null"
    )
    contribution_id = fields.Many2one(
        "recurring.contribution", ondelete="set null", index="btree_not_null"
    )
    problem_ids = fields.One2many("recurring.member.import.problem", "row_id")

    _waiting = models.Index("(import_id, state, rank, line)")
    _once = models.UniqueIndex(
        "(company_id, subject, reference) WHERE state = 'imported'",
        "This row was imported already.",
    )

    def _parts(self):
        """Return the cells of each row of the file that this one stands for."""
        cells = dict(self.cells or {})
        more = cells.pop(MORE, [])
        return [cells, *more]

    def action_same_person(self):
        """Say that this is the contact proposed: it is used, no other one is made."""
        for row in self:
            if len(row.possible_ids) != 1:
                raise UserError(
                    self.env._(
                        "Several contacts could be meant: merge them first, or import "
                        "this one as another person."
                    )
                )
            row._decide(row.possible_ids)

    def action_another_person(self):
        """Say that this is nobody who is there already."""
        self._decide(self.env["res.partner"])

    def _decide(self, partner):
        self.import_id._check_may_import()
        if any(row.state != "valid" for row in self):
            raise UserError(self.env._("This row was imported already."))
        # sudo: users decide by these buttons and write nothing else of a row.
        self.sudo().write({"partner_id": partner.id, "is_decided": True})


class RecurringMemberImportProblem(models.Model):
    """Why a row cannot be imported: line, column, value and reason."""

    _name = "recurring.member.import.problem"
    _description = "Problem of an Import of Members and Gifts"
    _inherit = ["recurring.import.job.problem"]

    row_id = fields.Many2one(
        "recurring.member.import.row", required=True, ondelete="cascade", index=True
    )
    import_id = fields.Many2one(related="row_id.import_id", store=True, index=True)
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    line = fields.Integer(related="row_id.line", store=True)
    title = fields.Char(related="row_id.title")


class RecurringMemberImportHeading(models.Model):
    """A heading of the file, and the column that it stands for."""

    _name = "recurring.member.import.heading"
    _description = "Heading of an Import of Members and Gifts"
    _order = "import_id, sequence, id"
    _rec_name = "heading"

    import_id = fields.Many2one(
        "recurring.member.import", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    subject = fields.Selection(related="import_id.subject")
    sequence = fields.Integer()
    heading = fields.Char(string="Heading in the File", required=True, readonly=True)
    sample = fields.Char(string="First Value", readonly=True)
    column = fields.Char(readonly=True)
    is_recognised = fields.Boolean(string="Found by Itself", readonly=True)
    is_chosen = fields.Boolean(string="Chosen by Hand", readonly=True)
    members_column = fields.Selection(
        lambda self: self._choices("members"),
        string="Column (Members)",
        compute="_compute_columns",
        inverse="_inverse_members",
    )
    gifts_column = fields.Selection(
        lambda self: self._choices("gifts"),
        string="Column (Gifts)",
        compute="_compute_columns",
        inverse="_inverse_gifts",
    )
    helloasso_column = fields.Selection(
        lambda self: self._choices("helloasso"),
        string="Column (HelloAsso)",
        compute="_compute_columns",
        inverse="_inverse_helloasso",
    )

    @api.model
    def _choices(self, subject):
        return [
            (column.name, str(self.env._(column.label))) for column in SUBJECTS[subject]
        ]

    @api.depends("column", "subject")
    def _compute_columns(self):
        for line in self:
            for subject in SUBJECTS:
                line[f"{subject}_column"] = subject == line.subject and line.column

    def _inverse_members(self):
        self._choose("members")

    def _inverse_gifts(self):
        self._choose("gifts")

    def _inverse_helloasso(self):
        self._choose("helloasso")

    def _choose(self, subject):
        for line in self.filtered(lambda line: line.subject == subject):
            column = line[f"{subject}_column"]
            if line.import_id.state != "mapping":
                raise UserError(
                    self.env._("Go back to the columns to change how it is imported.")
                )
            if column != line.column:
                # sudo: the choice is all that users write of a heading.
                line.sudo().write({"column": column, "is_chosen": True})

    def write(self, vals):
        """Let users choose the column, and nothing else."""
        allowed = {f"{subject}_column" for subject in SUBJECTS}
        if not self.env.su and set(vals) - allowed:
            raise UserError(self.env._("Only the column can be chosen."))
        return super().write(vals)


class RecurringMemberImportTariff(models.Model):
    """What a tariff of HelloAsso is here: dues of a category, a gift, or nothing."""

    _name = "recurring.member.import.tariff"
    _description = "Tariff of an Import"
    _order = "import_id, id"
    _rec_name = "tariff"

    import_id = fields.Many2one(
        "recurring.member.import", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    tariff = fields.Char(readonly=True, help="Type and tariff, as in the file.")
    row_count = fields.Integer(string="Rows", readonly=True)
    kind = fields.Selection(
        [("dues", "Dues"), ("gift", "Gift"), ("skip", "Leave out")],
        string="Stands For",
        required=True,
    )
    category_id = fields.Many2one(
        "recurring.membership.category", help="Of dues; empty: the one of the import."
    )

    def write(self, vals):
        """Let users say what a tariff stands for while the columns are mapped."""
        if not self.env.su:
            if set(vals) - {"kind", "category_id"}:
                raise UserError(self.env._("Only what it stands for can be chosen."))
            if any(line.import_id.state != "mapping" for line in self):
                raise UserError(
                    self.env._("Go back to the columns to change how it is imported.")
                )
        return super().write(vals)
