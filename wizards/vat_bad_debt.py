"""An invoice that stays unpaid: what is lost and what VAT is recovered, then booked."""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

MANAGER = "account.group_account_manager"


class RecurringVatBadDebt(models.TransientModel):
    """The preview of a claim that is given up; amounts in the invoice's currency."""

    _name = "recurring.vat.bad.debt"
    _description = "Irrecoverable Claim"

    move_id = fields.Many2one("account.move", required=True, readonly=True)
    company_id = fields.Many2one(related="move_id.company_id")
    currency_id = fields.Many2one(related="move_id.currency_id")
    partner_id = fields.Many2one(related="move_id.commercial_partner_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    reason = fields.Char(
        help="Why nothing can be expected any more, e.g. the liquidation is closed."
    )
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        domain="[('type', '=', 'general'), ('company_id', '=', company_id)]",
        compute="_compute_defaults",
        store=True,
        precompute=True,
        readonly=False,
    )
    account_id = fields.Many2one(
        "account.account",
        string="Loss Account",
        required=True,
        domain="[('internal_group', '=', 'expense')]",
        compute="_compute_defaults",
        store=True,
        precompute=True,
        readonly=False,
    )
    amount_unpaid = fields.Monetary(compute="_compute_amounts", string="Unpaid")
    amount_net = fields.Monetary(compute="_compute_amounts", string="Loss Before Tax")
    amount_recovered = fields.Monetary(
        compute="_compute_amounts",
        string="VAT to Recover",
        help="VAT that was due on invoice: goods, and services on debits.",
    )
    amount_waiting = fields.Monetary(
        compute="_compute_amounts",
        string="VAT That Never Was Due",
        help="VAT on services on receipts: it leaves the account where it waited for "
        "the payment, nothing is recovered.",
    )
    mention = fields.Text(compute="_compute_amounts", string="Mention on the Duplicate")
    mention_confirmed = fields.Boolean(compute="_compute_amounts")

    @api.depends("move_id")
    def _compute_defaults(self):
        for wizard in self:
            company = wizard.company_id
            taken = (
                company.tax_cash_basis_journal_id | company.currency_exchange_journal_id
            )
            wizard.journal_id = self.env["account.journal"].search(
                [
                    ("type", "=", "general"),
                    ("company_id", "=", company.id),
                    ("id", "not in", taken.ids),
                ],
                limit=1,
            )
            accounts = self.env["account.account"].with_company(company)
            own = accounts._check_company_domain(company)
            wizard.account_id = accounts.search(
                [*own, ("code", "=like", "654%")], order="code", limit=1
            )

    @api.depends("move_id", "date")
    def _compute_amounts(self):
        for wizard in self:
            loss = wizard.move_id._rr_loss()
            wizard.amount_unpaid = float(loss.total)
            wizard.amount_net = float(loss.net)
            wizard.amount_recovered = float(loss.recovered)
            wizard.amount_waiting = float(loss.waiting)
            wording = wizard._wording()
            wizard.mention_confirmed = wording.confirmed
            wizard.mention = bool(loss.recovered) and wizard._words(loss)

    def _code(self):
        country = self.company_id.account_fiscal_country_id.code or ""
        return f"bad_debt_{country.lower()}"

    def _wording(self):
        mentions = self.env["recurring.vat.mention"]
        return mentions._worded(self._code(), self.date)

    def _words(self, loss):
        """Return the mention with its amounts: literally, in the language of the law,
        and in English below it for customers who read English."""
        lang = self.partner_id.lang or ""
        languages = ["fr_FR", *([lang] if lang.startswith("en") else [])]
        texts = [self._words_in(lang, loss) for lang in languages]
        return "\n".join(dict.fromkeys(texts))

    def _words_in(self, lang, loss):
        spoken, currency = self.with_context(lang=lang).env, self.currency_id
        return self.env["recurring.vat.mention"]._say(
            self._code(),
            self.date,
            lang,
            untaxed=formatLang(spoken, float(loss.untaxed), currency_obj=currency),
            tax=formatLang(spoken, float(loss.recovered), currency_obj=currency),
        )

    def _check(self):
        """Refuse what cannot be given up, and who may not do it."""
        move = self.move_id
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(
                self.env._("Only an accountant gives up what a customer owes.")
            )
        if move.move_type != "out_invoice" or move.state != "posted":
            raise UserError(self.env._("Only a posted invoice can be given up."))
        if not move._rr_loss().total:
            raise UserError(
                self.env._("%s is not unpaid: nothing is to be given up.", move.name)
            )
        if not self._wording():
            raise UserError(
                self.env._(
                    "The law's words for irrecoverable claims are not known for the "
                    "company's country on that day: load them first."
                )
            )

    def action_book(self):
        """Book the loss and the VAT, and settle the invoice with it.

        :return: the action that prints the duplicate, or closes where none is needed
        """
        self.ensure_one()
        self._check()
        move, loss = self.move_id, self.move_id._rr_loss()
        entry = self.env["account.move"].create(self._prepare_entry(loss))
        entry.action_post()
        self._settle(entry, loss)
        move.message_post(
            body=self.env._(
                "Given up as irrecoverable by %(entry)s. %(reason)s",
                entry=entry.name,
                reason=self.reason or "",
            )
        )
        if entry.rr_bad_debt_mention:
            return move.action_rr_bad_debt_print()
        return {"type": "ir.actions.act_window_close"}

    def _prepare_entry(self, loss):
        move = self.move_id
        text = self.env._("Irrecoverable: %s", move.name)
        return {
            "move_type": "entry",
            "date": self.date,
            "journal_id": self.journal_id.id,
            "company_id": move.company_id.id,
            "ref": f"{text}. {self.reason}" if self.reason else text,
            "rr_bad_debt_of_id": move.id,
            "rr_bad_debt_mention": self.mention,
            "line_ids": [
                Command.create({**vals, "name": text, "tax_ids": [Command.clear()]})
                for vals in self._prepare_lines(loss)
            ],
        }

    def _prepare_lines(self, loss):
        """Return the lines: VAT in the order of the invoice, the customer, the rest is
        the loss."""
        move = self.move_id
        box = self._box()
        lines = []
        for part in [*loss.parts, *loss.terms]:
            vals = self._prepare_line(part.line.account_id, part.amount, part.balance)
            if part in loss.parts and not part.waits and box:
                vals["tax_tag_ids"] = [Command.set(box.ids)]
            lines.append(vals)
        amount = -sum(part.amount for part in [*loss.parts, *loss.terms])
        balance = -sum(part.balance for part in [*loss.parts, *loss.terms])
        lines.append(self._prepare_line(self.account_id, amount, balance))
        return [{**vals, "partner_id": move.commercial_partner_id.id} for vals in lines]

    def _prepare_line(self, account, amount, balance):
        return {
            "account_id": account.id,
            "currency_id": self.currency_id.id,
            "amount_currency": float(amount),
            "balance": float(balance),
        }

    def _box(self):
        """Return the tag of the box that recovered VAT is declared in, if known."""
        box = self._wording().box
        tags = self.env["account.account.tag"]
        return tags.search(
            [
                ("applicability", "=", "taxes"),
                ("name", "=", box or ""),
                ("country_id", "=", self.company_id.account_fiscal_country_id.id),
            ],
            limit=1,
        )

    def _settle(self, entry, loss):
        """Reconcile the entry with the invoice, without making VAT due by it."""
        parts = [part for part in loss.parts if part.waits] + loss.terms
        booked = entry.line_ids
        for part in parts:
            account = part.line.account_id
            if not account.reconcile or not part.amount:
                continue
            twin = booked.filtered(
                lambda line, part=part: (
                    line.account_id == part.line.account_id and exact_equal(line, part)
                )
            )[:1]
            booked -= twin
            (part.line + twin).with_context(no_cash_basis=True).reconcile()


def exact_equal(line, part):
    """Tell whether an entry's line is the one made for a part."""
    return not line.currency_id.compare_amounts(
        line.amount_currency, float(part.amount)
    )
