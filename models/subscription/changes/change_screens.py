"""What a change says to whoever reads the history."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ...catalog.texts import money, number


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    effective_text = fields.Char(string="Effective", compute="_compute_texts")
    what_text = fields.Text(string="What", compute="_compute_texts")
    partner_id = fields.Many2one(related="subscription_id.partner_id")
    can_withdraw = fields.Boolean(compute="_compute_can_withdraw")

    @api.depends("effective_date", "type", "details")
    @api.depends_context("lang")
    def _compute_texts(self):
        for change in self:
            change.effective_text = change._effective_text()
            change.what_text = "\n".join(change._what_texts()) or False

    @api.depends("type")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for change in self:
            change.display_name = change._type_name()

    def _effective_text(self):
        """Say the last day where something ends, the first day otherwise."""
        day = self.effective_date
        if self.type in ("cancel", "close"):
            last = format_date(self.env, day - timedelta(days=1))
            return self.env._("last day %s", last)
        return format_date(self.env, day)

    def _announcement(self):
        """Return "1 May 2026: Downgrade (Max → Pro)", for the top of the form."""
        text = self.env._(
            "%(day)s: %(what)s",
            day=format_date(self.env, self.effective_date),
            what=self._type_name(),
        )
        if self.what_text:
            text += f" ({self.what_text})"
        if self.state == "waiting":
            text = self.env._("%s, waits for approval", text)
        return text

    @api.depends("state", "details")
    def _compute_can_withdraw(self):
        for change in self:
            change.can_withdraw = change.state in ("scheduled", "waiting") and not (
                (change.details or {}).get("of")
            )

    # ------------------------------------------------------------------
    # What changed, read from the lines that it ended and started
    # ------------------------------------------------------------------

    def _what_texts(self):
        """Return a sentence per thing that changed."""
        details = self.details or {}
        header = details.get("header") or {}
        if "ask" in details and "created" not in details:
            return self._asked_texts(details["ask"])
        if self.type in ("upgrade", "downgrade", "migrate"):
            return self._plan_texts(details, header)
        if self.type == "pause":
            return self._pause_texts(details)
        if self.type in ("postpone", "anchor"):
            return self._rhythm_texts(header)
        if self.type == "customer":
            return self._customer_texts(header)
        return self._line_texts(details)

    def _lines_of(self, ids):
        return self.env["recurring.subscription.line"].browse(ids).exists()

    def _plan_texts(self, details, header):
        old = self._lines_of([row[0] for row in details.get("lines", ())])
        version = self.env["recurring.plan.version"].browse(
            header.get("plan_version_id")
        )
        before = old[:1]._version()
        if not version or not before:
            return []
        names = (before.plan_id.name, version.plan_id.name)
        if before.plan_id == version.plan_id:
            names = (before.display_name, version.display_name)
        return [self.env._("%(old)s → %(new)s", old=names[0], new=names[1])]

    def _pause_texts(self, details):
        until = fields.Date.to_date(details.get("until"))
        if not until:
            return [self.env._("until someone resumes it")]
        return [self.env._("service again from %s", format_date(self.env, until))]

    def _rhythm_texts(self, header):
        day = fields.Date.to_date(header.get("anchor_date"))
        if not day:
            return []
        return [self.env._("periods counted from %s", format_date(self.env, day))]

    def _customer_texts(self, header):
        texts = []
        for name in ("partner_id", "partner_invoice_id", "partner_shipping_id"):
            partner = self.env["res.partner"].browse(header.get(name)).exists()
            if partner:
                field = self.subscription_id._fields[name]
                texts.append(
                    self.env._(
                        "%(field)s: %(value)s",
                        field=field._description_string(self.env),
                        value=partner.sudo().display_name,  # sudo: a name of history
                    )
                )
        return texts

    def _line_texts(self, details):
        """Return "Seat: 2 → 5" for lines replaced, "Support" for those that came."""
        texts = []
        created = self._lines_of(details.get("created", ()))
        replaced = created.previous_line_id
        for line in created:
            if line.previous_line_id not in created:
                texts += self._replaced_texts(line)
        for line in self._lines_of([row[0] for row in details.get("lines", ())]):
            if line not in replaced and self.type == "addon_remove":
                texts.append(line.display_name)
        return list(dict.fromkeys(texts))

    def _replaced_texts(self, line):
        before = line.previous_line_id
        if not before:
            return [line.display_name]
        return self._compared_texts(before, line)

    def _asked_texts(self, ask):
        """Return what a change asks for that has not happened (yet)."""
        texts = []
        for row in ask["values"].get("lines") or ():
            line = self._lines_of([int(row["line_id"])])
            if line:
                texts += self._compared_texts(line, row)
        until = fields.Date.to_date(ask["values"].get("until"))
        if until:
            texts.append(self.env._("until %s", format_date(self.env, until)))
        return texts

    def _compared_texts(self, line, new):
        """Return "Seat: 2 → 5" for each value that ``new``, a line or what was asked
        for it, has otherwise than ``line``."""
        words = {
            "quantity": lambda value: number(self.env, value),
            "price_unit": lambda value: money(self.env, value, line.currency_id),
            "discount": lambda value: self.env._("%s %%", number(self.env, value)),
        }
        return [
            self.env._(
                "%(line)s: %(old)s → %(new)s",
                line=line.display_name,
                old=text(line[name]),
                new=text(new[name]),
            )
            for name, text in words.items()
            if name in new and line[name] != new[name]
        ]
