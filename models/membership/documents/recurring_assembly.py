"""A general assembly: who may vote on its day, with how many votes, who speaks for
whom, and whether enough are there."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .document_company import long_day


class RecurringAssembly(models.Model):
    """A general assembly and its list of members entitled to vote.

    The list is never stored: it follows from where members stood on the day, as far as
    was known then. Who paid afterwards was not up to date there.
    """

    _name = "recurring.assembly"
    _description = "General Assembly"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        default=lambda self: self.env._("Annual general assembly"),
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(
        string="Day",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="Who is up to date on this day may vote.",
    )
    time = fields.Float(string="Begins At", help="Hour of the day.")
    place = fields.Char()
    plan_ids = fields.Many2many(
        "recurring.plan",
        string="Plans",
        domain="[('rr_kind', '=', 'membership')]",
        check_company=True,
        help="Members by these plans are invited. Empty: all members.",
    )
    includes_grace = fields.Boolean(
        string="In Grace Too", help="Members in their days of grace may vote as well."
    )
    max_proxies = fields.Integer(
        string="Proxies per Person",
        default=2,
        tracking=True,
        help="How many absent members one person may vote for, by the statutes.",
    )
    quorum = fields.Float(
        string="Quorum (%)",
        tracking=True,
        help="Which part has to be present or represented. 0: none is asked for.",
    )
    quorum_basis = fields.Selection(
        [("members", "Of the members entitled to vote"), ("votes", "Of the votes")],
        required=True,
        default="members",
    )
    present_ids = fields.Many2many(
        "recurring.membership",
        "recurring_assembly_present_rel",
        "assembly_id",
        "membership_id",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
        copy=False,
        help="Members who signed the sheet themselves.",
    )
    proxy_ids = fields.One2many(
        "recurring.assembly.proxy", "assembly_id", string="Proxies", copy=False
    )
    voter_count = fields.Integer(string="May Vote", compute="_compute_counts")
    vote_count = fields.Integer(string="Votes", compute="_compute_counts")
    present_count = fields.Integer(string="Present", compute="_compute_counts")
    represented_count = fields.Integer(string="Represented", compute="_compute_counts")
    there_votes = fields.Integer(
        string="Votes Present or Represented", compute="_compute_counts"
    )
    without_vote_text = fields.Char(string="Without a Vote", compute="_compute_counts")
    quorum_text = fields.Char(string="Quorum", compute="_compute_counts")
    is_quorate = fields.Boolean(compute="_compute_counts")

    _share = models.Constraint(
        "CHECK(quorum >= 0 AND quorum <= 100)", "A quorum lies between 0 and 100 %."
    )
    _proxies_not_negative = models.Constraint(
        "CHECK(max_proxies >= 0)", "A number of proxies cannot be negative."
    )

    # ------------------------------------------------------------------
    # Who may vote
    # ------------------------------------------------------------------

    def _members(self):
        """Return who belongs to the association on the day of the assembly, in order
        of their names: up to date, honorary and, if so wished, in grace."""
        self.ensure_one()
        states = ["up_to_date", "honorary"]
        if self.includes_grace:
            states.append("grace")
        members = self.env["recurring.membership"].with_context(
            membership_day=fields.Date.to_string(self.date)
        )
        domain = [
            ("company_id", "=", self.company_id.id),
            ("state", "in", states),
        ]
        if self.plan_ids:
            domain.append(("plan_id", "in", self.plan_ids.ids))
        return members.search(domain).sorted(
            lambda one: ((one.partner_id.name or "").casefold(), one.number)
        )

    def _voters(self):
        """Return the members who may vote, nobody twice: who is a member by several
        plans has the votes of one, the most. Members under age vote, or their guardian
        does, as their category says (``_voter_on``)."""
        best = {}
        for member in self._members():
            _voter, votes = member._voter_on(self.date)
            known = best.get(member.partner_id)
            if votes and (not known or votes > known[0]):
                best[member.partner_id] = (votes, member)
        empty = self.env["recurring.membership"].browse()
        return empty.concat(*(member for _votes, member in best.values()))

    def _votes(self, members):
        """Return the votes of members on the day of the assembly."""
        return sum(member._voter_on(self.date)[1] for member in members)

    def _proxies(self, voters):
        """Return ``{giver: holder}`` of the proxies that count: the giver may vote and
        did not come, the holder is among ``voters``."""
        return {
            proxy.giver_id: proxy.holder_id
            for proxy in self.proxy_ids
            if proxy.giver_id in voters
            and proxy.giver_id not in self.present_ids
            and proxy.holder_id in voters
        }

    @api.depends(
        "date",
        "company_id",
        "plan_ids",
        "includes_grace",
        "quorum",
        "quorum_basis",
        "present_ids",
        "proxy_ids.giver_id",
        "proxy_ids.holder_id",
    )
    def _compute_counts(self):
        for assembly in self:
            if not (assembly.date and assembly.company_id):
                assembly.update(dict.fromkeys(COUNTED, False))
                continue
            voters = assembly._voters()
            present = voters & assembly.present_ids._origin
            represented = voters.browse().concat(
                *(
                    giver
                    for giver, holder in assembly._proxies(voters).items()
                    if holder in present
                )
            )
            assembly.voter_count = len(voters)
            assembly.vote_count = assembly._votes(voters)
            assembly.present_count = len(present)
            assembly.represented_count = len(represented)
            assembly.there_votes = assembly._votes(present | represented)
            assembly.without_vote_text = assembly._without_vote_sentence(voters)
            assembly._count_quorum()

    def _without_vote_sentence(self, voters):
        members = self._members()
        none = members.filtered(lambda one: not one._voter_on(self.date)[1])
        parts = []
        if none:
            parts.append(self.env._("%s by their category or age", len(none)))
        if again := len(members) - len(voters) - len(none):
            parts.append(self.env._("%s counted once already", again))
        return ", ".join(parts)

    def _count_quorum(self):
        by_votes = self.quorum_basis == "votes"
        whole = self.vote_count if by_votes else self.voter_count
        there = (
            self.there_votes
            if by_votes
            else self.present_count + self.represented_count
        )
        # Percent times hundred as whole numbers: 33.33 % of 9,999 is no float's matter.
        asked = round(self.quorum * 100) * whole
        self.is_quorate = bool(there) and there * 10000 >= asked
        needed = -(-asked // 10000)
        if not self.quorum:
            self.quorum_text = self.env._("No quorum is asked for")
        elif self.is_quorate:
            self.quorum_text = self.env._(
                "Reached: %(there)s of %(whole)s, %(needed)s are needed",
                there=there,
                whole=whole,
                needed=needed,
            )
        else:
            self.quorum_text = self.env._(
                "Not reached: %(there)s of %(whole)s, %(needed)s are needed",
                there=there,
                whole=whole,
                needed=needed,
            )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_voters(self):
        """Open the members who may vote."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("May vote on %s", long_day(self.env, self.date)),
            "res_model": "recurring.membership",
            "domain": [("id", "in", self._voters().ids)],
            "views": [(False, "list"), (False, "form")],
            "context": {
                "membership_day": fields.Date.to_string(self.date),
                "create": False,
            },
        }

    def action_download_xlsx(self):
        """Download the list of voters as a spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/recurring_revenue/assembly/{self.id}",
            "target": "self",
        }

    def action_print_sheet(self):
        """Print the signature sheet."""
        report = self.env.ref("recurring_revenue.action_report_assembly_sheet")
        return report.report_action(self, config=False)

    def action_print_list(self):
        """Print the list of members entitled to vote."""
        report = self.env.ref("recurring_revenue.action_report_assembly_list")
        return report.report_action(self, config=False)

    def _time_text(self):
        if not self.time:
            return ""
        hours, minutes = divmod(round(self.time * 60), 60)
        return f"{hours:02d}:{minutes:02d}"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        for assembly in self:
            if assembly.present_ids:
                raise UserError(
                    self.env._(
                        "Who was present at “%s” is recorded: it stays on record.",
                        assembly.name,
                    )
                )


COUNTED = (
    "voter_count",
    "vote_count",
    "present_count",
    "represented_count",
    "there_votes",
    "without_vote_text",
    "quorum_text",
    "is_quorate",
)
