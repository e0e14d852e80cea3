"""Native invoices, fast: their complete lines are computed here, then created at once.

Most of the time that Odoo takes for an invoice goes into finding out, line by line,
which tax and payment lines are missing. Those lines follow from the values by Odoo's
own tax computation, so this model computes them for a whole batch and creates the
moves with `skip_invoice_sync`, as Point of Sale does. Three things keep that honest:

- amounts, tags and accounts come from the methods of `account.tax`,
  `account.payment.term` and the computed fields of `account.move.line`;
- the first invoice of every *structure* (see `complete_lines_draft.Draft.structure`)
  is also created the standard way and compared row by row and column by column;
- whatever is not covered (`complete_lines_limits`), and whatever differs, goes the
  standard way. The balance is checked by Odoo in either case.
"""

import logging
import time
from collections import defaultdict
from contextlib import closing

from psycopg2 import OperationalError

from odoo import api, models, tools
from odoo.tools.misc import clean_context

from .account_move_posting import NumberFormats
from .complete_lines_check import differences, stored_rows
from .complete_lines_draft import Drafter
from .complete_lines_limits import NotCovered, defining_modules, foreign_override

_logger = logging.getLogger(__name__)

# Stored values of new drafts that the drafter hands over complete, and that would be
# computed a second time otherwise. They are compared like all others.
COMPLETE_MOVE_FIELDS = (
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "amount_residual",
    "amount_untaxed_signed",
    "amount_untaxed_in_currency_signed",
    "amount_tax_signed",
    "amount_total_signed",
    "amount_total_in_currency_signed",
    "amount_residual_signed",
    "commercial_partner_id",
    "payment_state",
)
COMPLETE_LINE_FIELDS = (
    "date",
    "invoice_date",
    "ref",
    "move_name",
    "parent_state",
    "payment_id",
    "statement_line_id",
    "statement_id",
    "price_subtotal",
    "price_total",
    "amount_residual",
    "amount_residual_currency",
    "reconciled",
)

# Modules that post without changing what the tax and payment lines are made from.
POSTING_MODULES = {
    "account",
    "account_edi",
    "account_fleet",
    "product_email_template",
    "purchase_stock",
    "recurring_revenue",
    "sale",
}
VERDICT_SECONDS = 15 * 60  # settings may be changed between the batches of a long run
VERDICT_LIMIT = 2000


class RecurringInvoiceBuilder(models.AbstractModel):
    _name = "recurring.invoice.builder"
    _description = "Invoice Builder"

    # ------------------------------------------------------------------
    # For the billing run
    # ------------------------------------------------------------------

    @api.model
    def _create_invoices(self, vals_list):
        """Create draft customer invoices and credit notes, in the order given.

        :param vals_list: ordinary values of `account.move` for one company, of type
            `out_invoice` or `out_refund`, with `journal_id`, `invoice_date` and the
            lines in `invoice_line_ids` as `Command.create`. A value that is missing
            is computed by Odoo's rules; False is kept. `rr_run_id` tells for how long
            a comparison with the standard way is trusted: within one run.
        :return: `account.move` records, not posted.
        :raise UserError: as `account.move.create` does.
        """
        vals_list = [dict(vals) for vals in vals_list]
        if not vals_list:
            return self.env["account.move"]
        company = self._company_of(vals_list)
        env = self.env(context=clean_context(self.env.context))
        builder = self.with_env(env).with_company(company)
        moves = builder._create_in_either_way(company, vals_list)
        return self.env["account.move"].browse(moves)

    @api.model
    def _post_invoices(self, moves):
        """Post the drafts now, whatever their date, and number them without a gap.

        The caller has checked what Odoo does not refuse (lock dates, archived
        records). Without the company's restrictive audit trail no tracking notes are
        written: the link to the billing run keeps who, when and how.
        """
        for company, part in moves.grouped("company_id").items():
            context = {**self._silence(company), "rr_sequence_formats": NumberFormats()}
            if self._posts_lines_as_they_are() and all(part.mapped("invoice_date")):
                context["skip_invoice_sync"] = True
            part.with_context(**context)._post(soft=False)
        return moves

    # ------------------------------------------------------------------
    # The two ways
    # ------------------------------------------------------------------

    def _create_in_either_way(self, company, vals_list):
        """Return the ids of the new moves, each made the way that suits it."""
        drafts, fast = {}, []
        drafter = self._drafter(company, vals_list)
        for position, vals in enumerate(vals_list):
            if drafter and (draft := self._draft(drafter, vals)):
                drafts[position] = draft
        if drafts:
            good = self._trusted_structures(vals_list, drafts)
            fast = [p for p, draft in drafts.items() if draft.structure in good]
        created = self._create_complete([drafts[p] for p in fast])
        made = dict(zip(fast, created._ids, strict=True))
        slow = [p for p in range(len(vals_list)) if p not in made]
        # where both ways differ, nothing that was resolved here is trusted
        explicit = self._explicit(company, vals_list)
        created = self._create_standard(
            [vals_list[p] if p in drafts else explicit(vals_list[p]) for p in slow]
        )
        made.update(zip(slow, created._ids, strict=True))
        return [made[position] for position in range(len(vals_list))]

    def _drafter(self, company, vals_list):
        """Return what computes complete lines, or None where it must not be used."""
        if not company.rr_complete_lines:
            return None
        if reason := self._foreign_override():
            _logger.debug("Standard way for all invoices: %s", reason)
            return None
        return Drafter(self.env, company, vals_list)

    def _explicit(self, company, vals_list):
        """Return the function that completes values for the standard way."""
        if self._foreign_override():
            return dict
        return Drafter(self.env, company, vals_list).explicit

    def _draft(self, drafter, vals):
        try:
            return drafter.draft(vals)
        except NotCovered as reason:
            _logger.debug("Standard way for an invoice: %s", reason)
            return None

    def _create_standard(self, vals_list):
        """Create the moves as anybody would, only without tracking notes.

        One `create` per payment term: where some have one and others have none, Odoo
        19.0 leaves the wrong due date on the drafts.
        """
        Move = self.env["account.move"].with_context(
            **self._silence(self.env.company), rr_alike_lines=True
        )
        per_term = defaultdict(list)
        for position, vals in enumerate(vals_list):
            per_term[vals.get("invoice_payment_term_id")].append(position)
        made = {}
        for positions in per_term.values():
            moves = Move.create([vals_list[position] for position in positions])
            made.update(zip(positions, moves._ids, strict=True))
        return Move.browse(made[position] for position in range(len(vals_list)))

    def _create_complete(self, drafts):
        """Create the moves with all their lines; Odoo checks that they balance."""
        moves = (
            self.env["account.move"]
            .with_context(
                **self._silence(self.env.company),
                skip_invoice_sync=True,
                skip_invoice_line_sync=True,
                rr_complete_lines=True,
                rr_alike_lines=True,
            )
            .create([draft.values() for draft in drafts])
        )
        for records, names in (
            (moves, COMPLETE_MOVE_FIELDS),
            (moves.line_ids, COMPLETE_LINE_FIELDS),
        ):
            for name in names:
                self.env.remove_to_compute(records._fields[name], records)
        return moves

    # ------------------------------------------------------------------
    # Trust
    # ------------------------------------------------------------------

    def _trusted_structures(self, vals_list, drafts):
        """Return the structures whose complete lines equal the standard ones.

        Those not known yet are compared by one invoice each, all in one savepoint.
        """
        memory = self._verdicts()
        now = time.monotonic()
        verdicts, fresh = {}, {}
        for position, draft in drafts.items():
            structure, run = draft.structure, vals_list[position].get("rr_run_id")
            if structure in verdicts or structure in fresh:
                continue
            known = run and memory.get((run, structure))
            if known and known[1] > now:
                verdicts[structure] = known[0]
            else:
                fresh[structure] = (run, vals_list[position], draft)
        if fresh:
            if len(memory) > VERDICT_LIMIT:
                memory.clear()
            for structure, equal in self._compare(fresh).items():
                verdicts[structure] = equal
                memory[fresh[structure][0], structure] = (equal, now + VERDICT_SECONDS)
        return {structure for structure, equal in verdicts.items() if equal}

    @tools.ormcache()
    def _verdicts(self):
        """Return this process's memory: {(run, structure): (equal, trusted until)}.

        Odoo forgets it with its other caches, when a module changes for example.
        """
        return {}

    @tools.ormcache()
    def _posts_lines_as_they_are(self):
        """Tell whether all who have a hand in posting leave taxes and terms alone."""
        return defining_modules(self.env["account.move"], "_post") <= POSTING_MODULES

    @tools.ormcache()
    def _foreign_override(self):
        return foreign_override(self.env)

    def _compare(self, samples):
        """Return {structure: whether both ways give the same rows}.

        :param samples: {structure: (run, values, draft)}
        """
        try:
            found = self._differences(samples)
        except OperationalError:
            raise  # another transaction was faster: the caller tries all again
        except Exception as error:
            # The savepoint is rolled back. One of the samples cannot be created:
            # leave it to the standard way, which tells the caller why.
            if len(samples) == 1:
                _logger.info("Standard way, no comparison was possible: %s", error)
                return dict.fromkeys(samples, False)
            return {
                structure: equal
                for structure, sample in samples.items()
                for equal in self._compare({structure: sample}).values()
            }
        for structure, lines in found.items():
            if lines:
                _logger.info(
                    "Standard way for invoices of structure %s, because complete "
                    "lines differ: %s",
                    structure,
                    "; ".join(lines),
                )
        return {structure: not lines for structure, lines in found.items()}

    def _differences(self, samples):
        """Create each sample in both ways, read the rows, and undo everything."""
        with closing(self.env.cr.savepoint()):
            standard = self.env["account.move"].union(
                *(self._create_standard([vals]) for _, vals, _ in samples.values())
            )
            expected = stored_rows(standard)
            complete = self._create_complete([draft for *_, draft in samples.values()])
            actual = stored_rows(complete)
        return {
            structure: differences(expected[index], actual[index])
            for index, structure in enumerate(samples)
        }

    # ------------------------------------------------------------------
    # Odds and ends
    # ------------------------------------------------------------------

    def _company_of(self, vals_list):
        company = vals_list[0].get("company_id")
        if not company:
            journal = self.env["account.journal"].browse(vals_list[0].get("journal_id"))
            company = (journal.company_id or self.env.company).id
        return self.env["res.company"].browse(company)

    def _silence(self, company):
        """Return the context that leaves out tracking notes where that is allowed."""
        return {"tracking_disable": not company.restrictive_audit_trail}
