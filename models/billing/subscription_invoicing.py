"""From what is due to invoice values: which documents, with which header and lines."""

from dataclasses import dataclass, field

from odoo import models
from odoo.fields import Command

from ...engine.allocation import round_half_up
from ...engine.documents import Document, documents
from ..exact import currency_rounding, exact
from ..subscription.resolver import Resolver
from .invoice_lines import Credits, Pricing, Wording


@dataclass
class Draft:
    """A document about to be made: the engine's items and Odoo's values, in parallel.

    ``vals`` is None where nothing goes on a document (zero amounts, waivers).
    """

    subscriptions: models.BaseModel
    document: Document
    vals: dict | None = None
    line_values: list = field(default_factory=list)
    resolver: Resolver = field(default_factory=Resolver)


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    def _prepare_drafts(self, differences, run, resolver=None):
        """Return the documents of one billing group.

        :param differences: ``{subscription id: items}`` as ``_difference`` returns it
        :param run: the billing run; it gives the date and, saved or not, the company
        :param resolver: what the batch knows of positions, accounts and journals
        """
        resolver = resolver or Resolver(run.date)

        def one_invoice(sub):
            country = sub.partner_shipping_id.country_id
            return resolver.journal(sub), resolver.position(sub), country

        differences = self._discounted(differences, resolver)
        differences, former = self._part_former(differences)
        drafts = [
            draft
            for subs in self.grouped(one_invoice).values()
            for draft in subs._prepare_drafts_together(differences, run, resolver)
        ]
        for (sub, payer), items in former.items():
            before = resolver.before(payer)
            drafts += sub._prepare_drafts_together({sub.id: items}, run, before)
        return drafts

    def _part_former(self, differences):
        """Part what is due into what the payers of today get, and what former ones
        still get for what was served before: ``{(subscription, former): items}``."""
        today, former = dict(differences), {}
        for sub in self.filtered("former_payers"):
            payers = {
                item.nature: sub._former_on(item.part.start)
                for item in differences[sub.id]
                if item.kind == "charge"
            }
            items = []
            for item in differences[sub.id]:
                # A credit stands beside the charges that it may be netted with.
                payer = payers.get(item.nature)
                here = former.setdefault((sub, payer), []) if payer else items
                here.append(item)
            today[sub.id] = tuple(items)
        return today, former

    def _prepare_drafts_together(self, differences, run, resolver):
        items = [item for sub in self for item in differences[sub.id]]
        if not items:
            return []
        per_period = any(sub.plan_version_id.catch_up == "per_period" for sub in self)
        made = []
        for part in self._parts_of_documents(items):
            alike = self._with_free_items(documents(part, per_period))
            made += self._with_zero_invoices(alike)
        pricing = Pricing(resolver, Credits(self.env, items))
        return [
            self._prepare_draft(document, run, pricing) for document in _by_payer(made)
        ]

    def _parts_of_documents(self, items):
        """Part what VAT law keeps off a common document: what is out of its scope
        (BR-O-11 of EN 16931) from all the rest."""
        outside = self.env["account.tax"]._vat_out_of_scope_ids(self.company_id.ids)
        if not outside:
            return [items]
        parts = {}
        for item in items:
            taxes = set(item.nature[5].split(",")) if item.nature[5] else set()
            parts.setdefault(bool(taxes & outside), []).append(item)
        return list(parts.values())

    def _with_free_items(self, made):
        """Show on an invoice that is made anyway what a coupon leaves nothing of."""
        free = tuple(
            item
            for document in made
            if document.kind == "none"
            for item in document.items
            if item.kind == "charge" and item.amount
        )
        if not free or all(document.kind != "invoice" for document in made):
            return made
        result = []
        for document in made:
            items = tuple(item for item in document.items if item not in free)
            if items:
                result.append(Document(document.kind, document.origin, items))
        self._place_zeros(result, free)
        return result

    def _with_zero_invoices(self, made):
        """Put zero charges on an invoice for plans that want one."""
        wanted = {
            line.id
            for sub in self
            if sub.plan_version_id.zero_invoice
            for line in sub.line_ids
        }
        if not wanted:
            return made
        result, zeros = [], []
        for document in made:
            if document.kind != "none":
                result.append(document)
                continue
            shown = [
                item
                for item in document.items
                if item.line in wanted and item.kind == "charge"
            ]
            zeros += shown
            silent = tuple(item for item in document.items if item not in shown)
            if silent:
                result.append(Document("none", None, silent))
        if zeros:
            self._place_zeros(result, tuple(zeros))
        return result

    def _place_zeros(self, made, zeros):
        for position, document in enumerate(made):
            if document.kind == "invoice":
                made[position] = Document("invoice", None, document.items + zeros)
                return
        made.append(Document("invoice", None, zeros))

    def _prepare_draft(self, document, run, pricing):
        """Return the draft of one engine document."""
        draft = Draft(self, document, resolver=pricing.resolver)
        if document.kind == "none":
            return draft
        wording = Wording(self.env, with_number=len(self) > 1)
        draft.line_values = self._prepare_line_values(document, pricing, wording)
        draft.vals = {
            **self._prepare_invoice_header(document, run, pricing.resolver),
            "invoice_line_ids": [Command.create(vals) for vals in draft.line_values],
        }
        return draft

    def _prepare_line_values(self, document, pricing, wording):
        """Return the values of the invoice lines of a document, in order of its items.

        Odoo that rounds globally sums what lines come to before it rounds: lines of
        9.405, shown as 9.41, would total 18.81. Where there are several such lines
        they get whole cents, so that the total is what the lines say.
        """
        sign = -1 if document.kind == "credit_note" else 1
        lines = {line.id: line for line in self.line_ids}
        made = [
            lines[item.line]._prepare_invoice_line(item, sign, pricing, wording)
            for item in document.items
        ]
        if self.company_id.tax_calculation_rounding_method == "round_per_line":
            return made
        loose = [number for number, vals in enumerate(made) if not self._is_whole(vals)]
        if len(loose) > 1:
            for number in loose:
                item = document.items[number]
                made[number] = lines[item.line]._prepare_invoice_line(
                    item, sign, pricing, wording, exact_amount=True
                )
        return made

    def _is_whole(self, vals):
        """Tell whether an invoice line comes to whole cents without rounding."""
        amount = _line_amount(vals)
        rounding = currency_rounding(self.currency_id[:1])
        return round_half_up(amount, rounding) == amount

    def _prepare_invoice_header(self, document, run, resolver):
        """Return the header that all subscriptions of the group share."""
        of_lines = {line.id: line.subscription_id for line in self.line_ids}
        billed = self.browse().union(*(of_lines[item.line] for item in document.items))
        first = billed[:1]
        refund = document.kind == "credit_note"
        references = dict.fromkeys(filter(None, billed.mapped("client_order_ref")))
        payer, address, _chosen = resolver.parties(first)
        address = address if resolver.former else billed._shared_shipping()
        vals = {
            "move_type": "out_refund" if refund else "out_invoice",
            "company_id": run.company_id.id,
            "partner_id": payer.id,
            "partner_shipping_id": address.id,
            "currency_id": first.currency_id.id,
            "journal_id": resolver.journal(first).id,
            "invoice_date": self._invoice_date(document, run),
            "fiscal_position_id": resolver.position(first).id,
            "invoice_user_id": first.user_id.id,
            "team_id": first.team_id.id,
            "ref": ", ".join(references) or False,
            "invoice_origin": ", ".join(billed.mapped("name")),
            "rr_run_id": run.id,
        }
        for name in ("source_id", "medium_id", "campaign_id"):
            if first[name]:
                vals[name] = first[name].id
        term = first.payment_term_id if not refund else first.payment_term_id.browse()
        vals["invoice_payment_term_id"] = term.id
        if not term:
            # Odoo would say today, which need not be the day of the invoice.
            vals["invoice_date_due"] = vals["invoice_date"]
        if first.preferred_payment_method_line_id and not resolver.former:
            vals["preferred_payment_method_line_id"] = (
                first.preferred_payment_method_line_id.id
            )
        if refund and document.origin:
            vals.update(first._prepare_correction_header(document.origin, vals["ref"]))
        elif refund:
            # What a former system billed is given back to who paid it.
            payer = document.items[0].nature[0]
            if payer != vals["partner_id"]:
                vals.update(partner_id=payer, partner_shipping_id=payer)
        return vals

    def _shared_shipping(self):
        """Return the service address of an invoice: the one of all, else the payer's
        where it is in the same country; several subscribers have no common one."""
        addresses = self.partner_shipping_id
        payer = self[:1].partner_invoice_id
        if len(addresses) > 1 and payer.country_id == addresses.country_id:
            return payer
        return self[:1].partner_shipping_id

    def _prepare_correction_header(self, origin_id, reference):
        """Return what a credit note takes from the invoice that it corrects: its payer
        and taxes may not be today's. It names the invoice, as the law wants it."""
        origin = self.env["account.move"].browse(origin_id)
        env = self.with_context(lang=origin.partner_id.lang or self.env.lang).env
        corrects = env._("Reversal of: %s", origin.name)
        return {
            "ref": ", ".join(filter(None, (corrects, reference))),
            "reversed_entry_id": origin.id,
            "partner_id": origin.partner_id.id,
            "partner_shipping_id": origin.partner_shipping_id.id,
            "fiscal_position_id": origin.fiscal_position_id.id,
            "journal_id": origin.journal_id.id,
        }

    def _invoice_date(self, document, run):
        """Return the invoice date: the run's, or the first day billed, by setting."""
        if run.company_id.rr_invoice_date == "billing_date":
            return run.date
        starts = [item.part.start for item in document.items if item.kind == "charge"]
        return min(starts, default=run.date)

    def _prepare_ledger_rows(self, draft, move, run, resolver):
        """Return the ledger rows of a draft; ``move`` is its invoice or empty."""
        lines = {line.id: line for line in draft.subscriptions.line_ids}
        made = move.invoice_line_ids.sorted("sequence") if move else []
        sign = -1 if draft.document.kind == "credit_note" else 1
        rows = []
        for position, item in enumerate(draft.document.items):
            line = lines[item.line]
            usage = line._usage_data(item, draft.resolver.usage(line))
            row = line._prepare_ledger_row(item, run, usage)
            row["redemptions"] = line._prepare_redemptions(item, resolver)
            if move:
                vals = draft.line_values[position]
                row["move_id"] = move.id
                row["move_line_id"] = made[position].id
                row["document_amount"] = float(
                    sign * _document_amount(vals, line.currency_id)
                )
            rows.append(row)
        return rows


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    def _prepare_ledger_row(self, item, run, usage=None):
        """Return the ledger row that records ``item``, with what explains it.

        ``usage`` is what ``_usage_data`` says of a line by usage.
        """
        self.ensure_one()
        payer, company, currency, product, account, tax_key, basis = item.nature
        return {
            "subscription_id": self.subscription_id.id,
            "line_id": self.id,
            "kind": item.kind,
            "date_start": item.part.start,
            "date_end": item.part.end,
            "whole_start": item.whole.start,
            "whole_end": item.whole.end,
            "quantity": usage["quantity"] if usage else self.quantity,
            "amount": item.amount,
            "price_basis": basis,
            "partner_id": payer,
            "company_id": company,
            "currency_id": currency,
            "product_id": product,
            "account_id": account,
            "tax_key": tax_key,
            "origin_id": item.origin,
            "run_id": run.id,
            "explanation": self._explanation(item, run, usage),
        }

    def _explanation(self, item, run, usage=None):
        """Return what "Why?" needs, as data: words come when it is read."""
        share = item.share
        data = {
            "due": str(item.due),
            "date": str(run.date),
            "price": str(exact(self.price_unit)),
            "quantity": str(exact(self.quantity)),
            "source": self.price_source or "",
            "version": self.subscription_id.plan_version_id.number,
        }
        if self.discount:
            data["discount"] = str(exact(self.discount))
        if item.discounts:
            data["coupons"] = [
                [taken.discount, str(taken.amount)] for taken in item.discounts
            ]
        if usage:
            data["usage"] = usage
        if share:
            data["share"] = [share.numerator, share.denominator, share.basis]
        return data


def _by_payer(made):
    """Part credit notes without an invoice into one per payer that they pay back."""
    for document in made:
        if document.kind != "credit_note" or document.origin:
            yield document
            continue
        payers = {}
        for item in document.items:
            payers.setdefault(item.nature[0], []).append(item)
        for items in payers.values():
            yield Document(document.kind, document.origin, tuple(items))


def _line_amount(vals):
    """Return what an invoice line comes to in the basis of its own taxes, unrounded."""
    amount = exact(vals["quantity"]) * exact(vals["price_unit"])
    return amount * (100 - exact(vals.get("discount"))) / 100


def _document_amount(vals, currency):
    """Return what the invoice line comes to in the basis of its own taxes."""
    return round_half_up(_line_amount(vals), currency_rounding(currency))
