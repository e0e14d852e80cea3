"""What an import of members and gifts checks, and what it makes of its rows."""

import hashlib
from collections import Counter

from odoo import api, models
from odoo.tools import email_normalize

from ..names import match_name, normalised
from .build import GiftBuild
from .check import Facts
from .gift_check import GiftCheck
from .helloasso_build import HelloAssoBuild
from .helloasso_check import HelloAssoCheck, tariff_of
from .member_build import MemberBuild
from .member_check import MemberCheck
from .member_import_row import MORE
from .people import People

CHECKS = {"members": MemberCheck, "gifts": GiftCheck, "helloasso": HelloAssoCheck}
BUILDS = {"members": MemberBuild, "gifts": GiftBuild, "helloasso": HelloAssoBuild}


class RecurringMemberImport(models.Model):
    _inherit = "recurring.member.import"

    @api.model
    def _work_order(self):
        return "rank, line"

    def _progress_text(self, done, total):
        return self.env._("%(done)s of %(total)s rows imported", done=done, total=total)

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _mapped(self, cells):
        mapping = self._mapping()
        return {
            mapping[heading]: text
            for heading, text in cells.items()
            if heading in mapping
        }

    def _grouped(self, rows):
        """Return the rows; those of one payment of HelloAsso as one."""
        if self.subject != "helloasso":
            return rows
        groups = {}
        for line, cells in rows:
            mapped = self._mapped(cells)
            key = (mapped.get("order"), mapped.get("payment"), mapped.get("date"))
            if key[0] and key in groups:
                groups[key][1].setdefault(MORE, []).append(cells)
            else:
                groups[key if key[0] else line] = (line, dict(cells))
        return tuple(groups.values())

    def _references(self, rows):
        """Return what names each row for good: the same file has the same ones."""
        counts, references = Counter(), []
        for cells in rows:
            mapped = self._mapped(cells)
            key = self._key(mapped)
            counts[key] += 1
            # Two gifts that are alike in everything are two gifts.
            text = "|".join((*key, str(counts[key])))
            references.append(hashlib.sha256(text.encode()).hexdigest()[:32])
        return references

    def _key(self, mapped):
        if self.subject == "helloasso":
            names = ("order", "payment") if mapped.get("payment") else ("order", "date")
            return tuple(mapped.get(name, "") for name in names)
        if self.subject == "members" and mapped.get("number"):
            return (mapped["number"],)
        names = {
            "members": ("last_name", "first_name", "email", "birth_date", "plan"),
            "gifts": ("date", "last_name", "first_name", "amount", "reference", "mode"),
        }[self.subject]
        return tuple(normalised(mapped.get(name, "")) for name in names)

    def _collect_tariffs(self, table):
        """List the tariffs of the file, each as the last import took it."""
        counts = Counter(tariff_of(self._mapped(cells)) for _line, cells in table.rows)
        known = {
            line.tariff: line
            for line in self.tariff_ids.search(
                [
                    ("tariff", "in", list(counts)),
                    ("company_id", "=", self.company_id.id),
                ]
            )
        }
        categories = self._categories()
        self.tariff_ids.create(
            [
                {
                    "import_id": self.id,
                    "tariff": tariff,
                    "row_count": count,
                    "kind": known[tariff].kind
                    if tariff in known
                    else self._guessed_kind(tariff),
                    "category_id": known[tariff].category_id.id
                    if tariff in known
                    else self._guessed_category(tariff, categories).id,
                }
                for tariff, count in sorted(counts.items())
            ]
        )

    @api.model
    def _guessed_category(self, tariff, categories):
        """Return the category whose name stands in a tariff, the longest one."""
        text = f" {normalised(tariff)} "
        named = [name for name in categories if name and f" {name} " in text]
        none = self.env["recurring.membership.category"]
        return categories[max(named, key=len)] if named else none

    @api.model
    def _guessed_kind(self, tariff):
        words = normalised(tariff).split()
        if "don" in words or "donation" in words or "dons" in words:
            return "gift"
        return "dues"

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    def _categories(self):
        found = self.env["recurring.membership.category"].search(
            [("company_id", "in", (False, self.company_id.id))], order="sequence, id"
        )
        names = {}
        for lang in {self.env.lang, "en_US", self.company_id.partner_id.lang} - {None}:
            for category in found.with_context(lang=lang or "en_US"):
                names.setdefault(normalised(category.name), category)
        return {name: found.browse(one.id) for name, one in names.items()}

    def _plans(self):
        # Without sudo: who may not see a sensitive plan imports nobody into it.
        plans = (
            self.env["recurring.plan"]
            .sudo(False)
            .search(
                [
                    ("rr_kind", "=", "membership"),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        )
        names = {normalised(plan.name): plan for plan in plans}
        names |= {normalised(plan.code): plan for plan in plans if plan.code}
        return {name: plan.sudo(self.env.su) for name, plan in names.items()}

    def _facts(self, rows):
        mapping = self._mapping()
        parts = [
            self._mapped(part)
            for cells in rows
            for part in (cells, *cells.get(MORE, ()))
        ]
        emails = {part.get(name) for part in parts for name in ("email", "payer_email")}
        names = {
            match_name(part.get(f"{prefix}first_name"), part.get(f"{prefix}last_name"))
            for part in parts
            for prefix in ("", "payer_")
        } | {match_name(part.get("company_name")) for part in parts}
        others = {
            part[name]
            for part in parts
            for name in ("payer", "guardian", "representative")
            if name in part
        }
        people = People(
            self.env,
            self.company_id,
            emails | others,
            names | {match_name(text) for text in others},
        )
        facts = Facts(self.date, mapping, self._imported(), people)
        facts.plans, facts.categories = self._plans(), self._categories()
        facts.countries = self._countries()
        facts.payers = self._payers(rows)
        facts.projects = self._projects(parts)
        facts.tariffs = {line.tariff: line for line in self.tariff_ids}
        self._add_members(facts, parts, others)
        return facts

    def _imported(self):
        """Return the references of all rows of this kind that were imported."""
        return set(
            self.env["recurring.member.import.row"]
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("subject", "=", self.subject),
                    ("state", "=", "imported"),
                ]
            )
            .mapped("reference")
        )

    def _countries(self):
        countries = self.env["res.country"].search([("code", "!=", False)])
        known = {country.code.lower(): country for country in countries}
        for lang, _name in self.env["res.lang"].get_installed():
            for country in countries.with_context(lang=lang):
                known.setdefault(normalised(country.name), country)
        return known

    def _payers(self, rows):
        """Return the rows that others may name as payer, by number and by e-mail:
        those of the whole file."""
        if self.subject != "members":
            return {}
        stored = [row.cells for row in self.row_ids]
        payers = {}
        for cells in [*rows, *stored]:
            mapped = self._mapped(cells)
            for key in (
                mapped.get("number"),
                email_normalize(mapped.get("email") or ""),
            ):
                if key:
                    payers.setdefault(key, mapped)
        return payers

    def _projects(self, parts):
        if not any("project" in part for part in parts):
            return {}
        # sudo: a secretary may name a project without the rights of analytic accounts.
        accounts = (
            self.env["account.analytic.account"]
            .sudo()
            .search([("company_id", "in", (False, self.company_id.id))])
        )
        known = {normalised(account.name): account for account in accounts}
        return known | {normalised(one.code): one for one in accounts if one.code}

    def _add_members(self, facts, parts, others):
        numbers = {part["number"] for part in parts if "number" in part} | others
        memberships = self.env["recurring.membership"].search(
            [
                ("company_id", "=", self.company_id.id),
                "|",
                ("number", "in", list(numbers)),
                ("partner_id", "in", facts.people.ids()),
            ]
        )
        facts.members = {one.number: one for one in memberships}
        facts.memberships = {
            (one.partner_id.id, one.plan_id.id): one for one in memberships
        }

    # ------------------------------------------------------------------
    # Check and build
    # ------------------------------------------------------------------

    def _row_check(self, line, cells, facts, seen):
        if self.subject == "helloasso":
            own = {name: text for name, text in cells.items() if name != MORE}
            cells = [own, *cells.get(MORE, ())]
        return CHECKS[self.subject](self, line, cells, facts, seen)

    def _outcome(self, check):
        return check.outcome, check.row

    def _build(self, rows, parsed, facts):
        return BUILDS[self.subject](self, facts).run(rows, parsed)

    def action_import(self):
        """Import the valid rows; numbers that are kept are never given again."""
        if self.subject == "members" and self.state == "checked":
            self._pass_numbers()
        return super().action_import()

    def _finish(self):
        """Propose who may stand there twice by now."""
        result = super()._finish()
        self.env["recurring.duplicate"]._find(self.company_id)
        return result

    def _pass_numbers(self):
        """Let the sequence go on after the highest number of the file."""
        # sudo: sequences belong to the settings.
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .search(
                [
                    ("code", "=", "recurring.membership"),
                    ("company_id", "in", (self.company_id.id, False)),
                ],
                order="company_id",
                limit=1,
            )
        )
        prefix = sequence.prefix or ""
        numbers = [
            int(row.number[len(prefix) :])
            for row in self.row_ids.filtered(lambda row: row.state == "valid")
            if row.number
            and row.number.startswith(prefix)
            and row.number[len(prefix) :].isdecimal()
        ]
        if sequence and numbers and max(numbers) >= sequence.number_next_actual:
            sequence.number_next_actual = max(numbers) + 1
