"""The entries that recognise revenue: native, posted, matched, and made fast.

An entry of a thousand lines is made like this: Odoo creates the document and posts
it, the lines in between are written in one statement (`revenue_entry_rows`). Matching
them with the lines of the invoices is planned here and written in a few statements
(`revenue_matching`). What keeps that honest:

- the first line of every structure is also made the standard way, and so is the first
  match of every kind; both are compared column by column (`revenue_entry_trust`);
- whatever differs, and everything while another module has a hand in it, goes the
  standard way; posting, numbering, locking and hashing are always Odoo's own.
"""

import logging
from contextlib import closing
from functools import partial

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date
from odoo.tools.misc import clean_context

from ..billing.complete_lines_check import differences, stored_rows
from ..exact import currency_rounding, exact
from .revenue_entry_rows import EntryRows

_logger = logging.getLogger(__name__)


class RecurringRevenueEntry(models.AbstractModel):
    _name = "recurring.revenue.entry"
    _description = "Revenue Entry"

    # ------------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------------

    @api.model
    def _book(self, company, journal, date, currency, lines, values=None):
        """Post one journal entry on exactly that day, without any tax.

        :param lines: dicts with `key` (its own for each line), `account_id`,
            `partner_id` (or False), `amount` (company currency, debit positive),
            `amount_currency` (in `currency`, debit positive), `analytic_distribution`
            (or False: no model of the company fills it in), `name`, and `extra`
            (dict of further stored values of `account.move.line`).
        :param values: further values of the `account.move`
        :return: (the posted move, {key: id of the line})
        :raise UserError: in plain words when there are no lines, the entry does not
            balance, an amount is finer than its currency, or the day is locked.
        """
        env = self.env(context=clean_context(self.env.context))
        entry = self.with_env(env).with_company(company)
        entry._check_lines(company, currency, lines)
        entry._check_day(company, journal, date)
        header = {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": journal.id,
            "date": date,
            "currency_id": currency.id,
            **(values or {}),
        }
        if entry._writes_rows(header, currency, lines):
            move, ids = entry._create_rows(header, currency, lines)
        else:
            move = entry._create_standard(header, currency, lines)
            ids = move.line_ids.sorted("id").ids
        move._post(soft=False)
        entry._check_posted(move, date)
        keys = [line["key"] for line in lines]
        return self.env["account.move"].browse(move.id), dict(
            zip(keys, ids, strict=True)
        )

    def _create_standard(self, header, currency, lines):
        """Return the draft entry as anybody would create it."""
        commands = [
            Command.create(self._standard_line(line, currency)) for line in lines
        ]
        return self._moves().create({**header, "line_ids": commands})

    def _standard_line(self, line, currency):
        return {
            **(line.get("extra") or {}),
            "display_type": "product",
            "account_id": line["account_id"],
            "partner_id": line["partner_id"],
            "currency_id": currency.id,
            "name": line["name"],
            "balance": float(line["amount"]),
            "amount_currency": float(line["amount_currency"]),
            "analytic_distribution": line["analytic_distribution"] or False,
            "tax_ids": [Command.clear()],  # not those that an account proposes
        }

    def _moves(self):
        """Return the model, without tracking notes where the law allows that."""
        silent = not self.env.company.restrictive_audit_trail
        return self.env["account.move"].with_context(tracking_disable=silent)

    # ------------------------------------------------------------------
    # The fast way
    # ------------------------------------------------------------------

    def _writes_rows(self, header, currency, lines):
        """Tell whether the lines may be written as rows: all structures are trusted."""
        if reason := self._foreign_hand():
            _logger.debug("Standard way for entries: %s", reason)
            return False
        samples = {}
        for line in lines:
            samples.setdefault(_structure(line), line)
        storno = self.env.company.account_storno
        place = (header["journal_id"], storno, currency.id, *sorted(header))
        return all(
            self._is_trusted(
                ("book", *place, *structure),
                partial(self._booking_differences, header, currency, line),
            )
            for structure, line in samples.items()
        )

    def _create_rows(self, header, currency, lines):
        """Return the draft entry, its lines written as rows, and their ids."""
        self.env["account.move.line"].check_access("create")
        move = self._moves().create(header)
        with move._check_balanced({"records": move}):
            self.env.flush_all()
            ids = EntryRows(move, currency).insert(lines)
            self._forget_inverses(lines)
            self._follow_lines(move)
        return move, ids

    def _follow_lines(self, move):
        """Let the document be computed from its new lines; all else was flushed.

        Odoo's `modified` would also search for the payments of the lines. New ones
        have none, and the search takes seconds while the database does not yet know
        how many matchings it holds.
        """
        move.invalidate_recordset(flush=False)
        lines = move._fields["line_ids"]
        for field in self.env.registry.get_dependent_fields(lines):
            if field.model_name == move._name and field.store:
                self.env.add_to_compute(field, move)
        move._fields["reconciled_payment_ids"]._update_cache(move, ())

    def _forget_inverses(self, lines):
        """Let the cache forget which lines it knew of moves and other records."""
        names = {"move_id", *(name for line in lines for name, _ in _extra(line))}
        for name in names:
            field = self.env["account.move.line"]._fields[name]
            for inverse in self.env.registry.field_inverses[field]:
                self.env[inverse.model_name].invalidate_model(
                    [inverse.name], flush=False
                )

    def _booking_differences(self, header, currency, line):
        """Return what differs between both ways for such a line and its opposite."""
        opposite = {**line, "amount": -line["amount"], "key": "opposite"}
        opposite["amount_currency"] = -line["amount_currency"]
        lines = [line, opposite]
        with closing(self.env.cr.savepoint()):
            standard = self._create_standard(header, currency, lines)
            (expected,) = stored_rows(standard)
            move, _ids = self._create_rows(header, currency, lines)
            (actual,) = stored_rows(move)
        return differences(expected, actual)

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def _check_lines(self, company, currency, lines):
        """Raise unless the lines balance to the cent in amounts of their currency."""
        if not lines:
            raise UserError(self.env._("There is nothing to book."))
        total = total_currency = 0
        for line in lines:
            amount = exact(line["amount"])
            amount_currency = exact(line["amount_currency"])
            total += amount
            total_currency += amount_currency
            self._check_amount(amount, company.currency_id)
            self._check_amount(amount_currency, currency)
            if currency == company.currency_id and amount != amount_currency:
                raise UserError(
                    self.env._(
                        "%(amount)s and %(other)s are to be the same amount of "
                        "%(currency)s.",
                        amount=amount,
                        other=amount_currency,
                        currency=currency.name,
                    )
                )
        if total or total_currency:
            raise UserError(
                self.env._(
                    "The entry does not balance: %(difference)s %(currency)s "
                    "(%(company_difference)s %(company_currency)s) remain.",
                    difference=total_currency,
                    currency=currency.name,
                    company_difference=total,
                    company_currency=company.currency_id.name,
                )
            )

    def _check_amount(self, amount, currency):
        if amount % currency_rounding(currency):
            raise UserError(
                self.env._(
                    "%(amount)s is not an amount of %(currency)s.",
                    amount=amount,
                    currency=currency.name,
                )
            )

    def _check_day(self, company, journal, date):
        """Raise where Odoo would silently book on a later day."""
        locks = company._get_violated_lock_dates(date, False, journal)
        if locks:
            raise UserError(
                self.env._(
                    "The books of %(company)s are closed up to %(lock)s: nothing is "
                    "booked on %(date)s. Book on a later day, or open the period.",
                    company=company.display_name,
                    lock=format_date(self.env, locks[-1][0]),
                    date=format_date(self.env, date),
                )
            )

    def _check_posted(self, move, date):
        if move.state != "posted" or move.date != date:
            raise UserError(
                self.env._(
                    "%(entry)s was to be posted on %(date)s, and is not: look which "
                    "installed module changes journal entries.",
                    entry=move.display_name,
                    date=format_date(self.env, date),
                )
            )


def _structure(line):
    """Return what decides how a line is stored, apart from its own values."""
    amount, amount_currency = line["amount"], line["amount_currency"]
    return (
        line["account_id"],
        bool(line["partner_id"]),
        bool(line["name"]),
        bool(line["analytic_distribution"]),
        (amount > 0) - (amount < 0),
        (amount_currency > 0) - (amount_currency < 0),
        tuple(sorted((key, bool(value)) for key, value in _extra(line))),
    )


def _extra(line):
    return (line.get("extra") or {}).items()
